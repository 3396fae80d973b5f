//! A layout shows only what its ticker keeps.
//!
//! A pair or a city that is not kept would show "no data" for as long as the site runs, and look like a source that is down. So it is an error at the
//! start, with the setting that is missing. A [fixed](Ticker::fixed) ticker has no list of pairs and cities to compare with, and keeps all of them;
//! the lengths of its sparklines are those of its snapshot.

use crate::money::Pair;
use crate::strip::{Lang, Layout};
use crate::ticker::{Ticker, TickerBuilder};
use crate::weather::CityId;

/// The error of [`ServiceBuilder::build`](super::ServiceBuilder::build): a layout that shows what its ticker does not keep, whose place on the page
/// would stay without data, an empty name of a city, or a path that cannot be mounted.
///
/// ```
/// use masthead::ticker::Bank;
/// use masthead::weather::City;
/// use masthead::{Layout, Ticker};
///
/// // The layout's pairs are those of the tenge by default.
/// let ticker = Ticker::builder("news.example.kg; web@example.kg").bank(Bank::nbkr()).build()?;
/// let error = ticker.service(Layout::line()).build().unwrap_err();
/// assert_eq!(error.to_string(), "the layout shows USD/KZT, which the ticker does not keep; its bank quotes pairs such as USD/KGS");
///
/// let layout = Layout::line().rates([["KGS/USD".parse()?]]);
/// let error = ticker.service(layout).build().unwrap_err();
/// assert_eq!(error.to_string(), "the layout shows KGS/USD, which the ticker does not keep; its bank quotes pairs such as USD/KGS");
///
/// let layout = Layout::line().cities(City::find("almaty").cloned());
/// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
/// let error = ticker.service(layout.clone()).build().unwrap_err();
/// assert_eq!(error.to_string(), "the layout shows the weather of almaty, which the ticker does not keep; see TickerBuilder::cities");
///
/// let error = ticker.service(Layout::line()).at("/../strip").build().unwrap_err();
/// assert!(error.to_string().starts_with("invalid path \"/../strip\" of the service: the segment \"..\"; expected "));
///
/// // A ticker that keeps what the layout shows.
/// let ticker = Ticker::builder("news.example.kz; web@example.kz").shows(&layout).build()?;
/// assert!(ticker.service(layout).build().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidService {
    /// The bank does not quote the pair in this direction, or it is not among [`TickerBuilder::pairs`].
    #[error("the layout shows {pair}, which the ticker does not keep; {}", hint(*pair, *quoted))]
    Pair {
        /// The pair of the layout.
        pair: Pair,
        /// A pair of the bank: that of the layout in the bank's direction if it is one, else the dollar's or the euro's.
        quoted: Pair,
    },
    /// The city is not among [`TickerBuilder::cities`].
    #[error(
        "the layout shows the weather of {city}, which the ticker does not keep; see TickerBuilder::cities"
    )]
    City {
        /// The id of the city.
        city: CityId,
    },
    /// [`TickerBuilder::cities`] has a city of the same id at another place.
    #[error(
        "the layout shows the weather of {city}, and the ticker keeps a city of this id at another place; see TickerBuilder::cities"
    )]
    OtherCity {
        /// The id that both cities have.
        city: CityId,
    },
    /// The path given to [`ServiceBuilder::at`](super::ServiceBuilder::at) is not one.
    #[error(
        "invalid path {base:?} of the service: {fault}; expected a path such as /strip, of segments of letters, digits, percent-encoded bytes and -._~!$()*+,;=:@, each not empty and neither . nor .."
    )]
    Base {
        /// The path, shortened.
        base: String,
        /// The first fault in it, in words.
        fault: String,
    },
    /// The name given to [`Layout::city_name`] is empty or white space.
    #[error("the layout gives {city} an empty name in {lang}")]
    CityName {
        /// The id of the city.
        city: CityId,
        /// The language.
        lang: Lang,
    },
    /// The length is not among [`TickerBuilder::sparklines`].
    #[error(
        "the layout shows sparklines of {days} days, for which the ticker keeps no rates; see TickerBuilder::sparklines"
    )]
    Sparklines {
        /// The length in days.
        days: u8,
    },
}

fn hint(pair: Pair, quoted: Pair) -> String {
    if pair == quoted {
        "see TickerBuilder::pairs".into()
    } else {
        format!("its bank quotes pairs such as {quoted}")
    }
}

/// Checks that the ticker keeps everything that the layout shows.
pub(super) fn check(ticker: &Ticker, layout: &Layout) -> Result<(), InvalidService> {
    if let Some(pair) = layout.pairs().find(|pair| !ticker.keeps_pair(*pair)) {
        let quoted = ticker.quoted_like(pair);
        return Err(InvalidService::Pair { pair, quoted });
    }
    if let Some((city, lang)) = layout.nameless() {
        let city = city.clone();
        return Err(InvalidService::CityName { city, lang });
    }
    let days = layout.sparkline_days();
    if days > 0 && !ticker.keeps_sparklines(days) {
        return Err(InvalidService::Sparklines { days });
    }
    let mut cities = layout.get_cities().iter();
    match cities.find(|city| !ticker.keeps_city(city)) {
        Some(city) if ticker.keeps_city_id(city.id()) => Err(InvalidService::OtherCity {
            city: city.id().clone(),
        }),
        Some(city) => Err(InvalidService::City {
            city: city.id().clone(),
        }),
        None => Ok(()),
    }
}

impl TickerBuilder {
    /// Keeps what a layout shows, so that pairs and cities stand in one place: adds its pairs to the [shown pairs](Self::shown_pairs), its
    /// [sparklines](Self::sparklines) and its cities to the [cities](Self::cities). For a site with several layouts, call it with each. Requires the feature `web`.
    ///
    /// Without [`cities`](Self::cities) the ticker then keeps the cities of the layouts alone, without the default. `cities` and
    /// [`shown_pairs`](Self::shown_pairs) replace what was added before, so call them first. [`pairs`](Self::pairs) stays as it is set, and still
    /// drops the rates of other currencies: a layout that shows another pair is refused by [`Ticker::service`].
    ///
    /// ```
    /// use masthead::weather::City;
    /// use masthead::{Layout, Ticker};
    ///
    /// let (wide, narrow) = (Layout::line().cities(City::find("almaty").cloned()), Layout::page());
    /// let ticker = Ticker::builder("news.example.kz; web@example.kz").shows(&wide).shows(&narrow).build()?;
    /// assert!(ticker.service(wide).build().is_ok() && ticker.service(narrow).build().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shows(self, layout: &Layout) -> Self {
        self.show_too(layout.pairs(), layout.sparkline_days(), layout.get_cities())
    }
}
