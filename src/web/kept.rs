//! A layout shows only what its ticker keeps.

use crate::money::{Currency, Pair};
use crate::strip::Layout;
use crate::ticker::{Ticker, TickerBuilder};
use crate::weather::CityId;

/// The error of a layout that shows what its ticker does not keep: its place on the page would stay without data.
///
/// ```
/// use masthead::ticker::Bank;
/// use masthead::weather::City;
/// use masthead::{Layout, Ticker};
///
/// // The layout's pairs are those of the tenge by default.
/// let ticker = Ticker::builder("news.example.kg; web@example.kg").bank(Bank::nbkr()).build()?;
/// let error = ticker.service(Layout::line()).unwrap_err();
/// assert_eq!(error.to_string(), "the layout shows USD/KZT, which the ticker does not keep; its bank has pairs of KGS");
///
/// let layout = Layout::line().cities(City::find("almaty").cloned());
/// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
/// let error = ticker.service(layout.clone()).unwrap_err();
/// assert_eq!(error.to_string(), "the layout shows the weather of almaty, which the ticker does not keep");
///
/// // A ticker that keeps what the layout shows.
/// let ticker = Ticker::builder("news.example.kz; web@example.kz").shows(&layout).build()?;
/// assert!(ticker.service(layout).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidService {
    /// The bank does not have the pair in this direction, or it is not among [`TickerBuilder::pairs`].
    #[error(
        "the layout shows {pair}, which the ticker does not keep; its bank has pairs of {home}"
    )]
    Pair {
        /// The pair of the layout.
        pair: Pair,
        /// The home currency of the bank.
        home: Currency,
    },
    /// The city is not among [`TickerBuilder::cities`].
    #[error("the layout shows the weather of {city}, which the ticker does not keep")]
    City {
        /// The id of the city.
        city: CityId,
    },
}

/// Checks that the ticker keeps everything that the layout shows.
pub(super) fn check(ticker: &Ticker, layout: &Layout) -> Result<(), InvalidService> {
    if let Some(pair) = layout.pairs().find(|pair| !ticker.keeps_pair(*pair)) {
        let home = ticker.home();
        return Err(InvalidService::Pair { pair, home });
    }
    let mut cities = layout.cities_shown().iter();
    match cities.find(|city| !ticker.keeps_city(city.id())) {
        Some(city) => Err(InvalidService::City {
            city: city.id().clone(),
        }),
        None => Ok(()),
    }
}

impl TickerBuilder {
    /// Keeps what a layout shows: sets the [cities](Self::cities) and the [shown pairs](Self::shown_pairs) to its own, so that they are said once.
    /// Requires the feature `web`.
    pub fn shows(self, layout: &Layout) -> Self {
        let cities = layout.cities_shown().iter().cloned();
        self.shown_pairs(layout.pairs()).cities(cities)
    }
}
