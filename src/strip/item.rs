//! The items of a strip: a pair with its rate, a city with its weather, and how fresh each is.
//!
//! The outputs and the public iterators share these items, so that a site's own template cannot differ from the strip. An item is made when it is
//! asked for, of references into the snapshot.
//!
//! | item | its freshness |
//! |---|---|
//! | a pair without a rate, a city without a temperature to show | absent, whatever the publication or the forecast is |
//! | a rate of the publication's day | that of the publication, computed once for all pairs |
//! | a rate of an earlier day | that of its own day, unless its list is valid until today or later |
//! | a city whose forecast has the present hour | that of the forecast's age |
//! | a city whose forecast has other hours of today | that of its age, absent once its day is over |

use std::fmt;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::number::{MINUS, write_degrees};
use super::{Strip, Temperatures};
use crate::day;
use crate::money::{Pair, Rate, Rates, Trend};
use crate::snapshot::{Freshness, Observed};
use crate::weather::{City, Hour, Weather};

/// A pair of a strip with its rate, for a template of the site's own.
///
/// [`Strip::rates`] and [`Strip::next`] give one item for each pair of the layout, also where no rate is
/// known.
///
/// ```
/// use masthead::money::Trend;
/// use masthead::strip::{Layout, Strip};
/// use masthead::{Freshness, Snapshot};
///
/// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
/// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
/// let dollar = strip.rates().next().unwrap();
/// let rate = dollar.rate.unwrap();
/// assert_eq!((rate.value().to_string(), rate.nominal()), ("447.32".to_owned(), 1));
/// assert_eq!(rate.day().to_string(), "2023-06-13");
/// assert_eq!(dollar.observed.unwrap().source().as_str(), "sample");
/// assert_eq!(dollar.freshness, Freshness::Stale, "the sample is always stale");
/// assert_eq!(dollar.trend(), Trend::Unknown, "the sample has no changes");
/// assert!(!dollar.is_unconfirmed() && !dollar.is_behind() && dollar.older_day().is_none());
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RateItem<'a> {
    /// The pair.
    pub pair: Pair,
    /// The rate, or `None` if the publication has none for this pair.
    pub rate: Option<Rate>,
    /// The publication with its source and times, or `None` if no publication is known. It can be known
    /// although it has no rate for this pair.
    pub observed: Option<&'a Observed<Rates>>,
    /// The freshness of the rate; [`Absent`](Freshness::Absent) without a rate.
    pub freshness: Freshness,
}

impl RateItem<'_> {
    /// The day of the rate if it is earlier than the publication's day, else `None`.
    ///
    /// Such a rate is shown while the publication's own value for the currency is in quarantine, or it is from a weekly
    /// list. The strip prints its day beside it.
    #[must_use]
    pub fn older_day(&self) -> Option<NaiveDate> {
        let (rate, observed) = (self.rate?, self.observed?);
        Some(rate.day()).filter(|day| *day < observed.value().day())
    }

    /// Whether the rate is shown with the word *unconfirmed*: neither a second publication with other
    /// values nor another bank has [confirmed](Rate::is_confirmed) it. `false` without a rate.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        self.rate.is_some_and(|rate| !rate.is_confirmed())
    }

    /// Whether the rate's day has passed in the bank's zone, so that the rate now in force is not known.
    ///
    /// The strip then prints "rates for … are not known yet", or, for a rate of an [earlier day](Self::older_day) than its
    /// publication, that day alone: a template checks `older_day` first. `false` without a rate, and for the built-in sample,
    /// which is of no bank.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.rate.is_some()
            && self
                .observed
                .is_some_and(|held| is_behind(held, self.freshness))
    }

    /// The direction of the change since the bank's previous publication;
    /// [`Unknown`](Trend::Unknown) without a rate or a change.
    #[must_use]
    pub fn trend(&self) -> Trend {
        self.rate.map_or(Trend::Unknown, Rate::trend)
    }
}

/// A city of a strip with its weather, for a template of the site's own.
///
/// [`Strip::weather`] gives one item for each city of the layout, also where no weather is known.
///
/// ```
/// use masthead::strip::{Layout, Shown, Strip};
/// use masthead::weather::City;
/// use masthead::{Freshness, Snapshot};
///
/// let cities = ["astana", "almaty"].iter().filter_map(|id| City::find(id)).cloned();
/// let (snapshot, layout) = (Snapshot::sample(), Layout::line().cities(cities));
/// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
/// let [astana, almaty] = strip.weather().collect::<Vec<_>>().try_into().unwrap();
/// assert_eq!(astana.city.id().as_str(), "astana");
/// assert_eq!(astana.shown(), Some(Shown::Range { low: 21, high: 23 }));
/// assert_eq!((astana.now(), astana.freshness), (None, Freshness::Stale));
/// assert_eq!((almaty.shown(), almaty.freshness), (None, Freshness::Absent));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WeatherItem<'a> {
    /// The city.
    pub city: &'a City,
    /// The lower and the upper end of the day's range in whole degrees Celsius, as the layout's
    /// [`Temperatures`] define it. `None` if it is not known, and with [`Temperatures::Now`].
    pub range: Option<(i16, i16)>,
    /// The hour that holds now, with temperature and sky, or `None` if the forecast has no such hour.
    pub hour: Option<&'a Hour>,
    /// The forecast with its source and times, or `None` if the city has no forecast.
    pub observed: Option<&'a Observed<Weather>>,
    /// The freshness of the forecast; [`Absent`](Freshness::Absent) if no value of it can be shown.
    pub freshness: Freshness,
}

/// The temperatures of a city that a strip prints, in whole degrees Celsius, halves rounded away from
/// zero. `Display` writes them as the strip does, in the same way in every language.
///
/// ```
/// use masthead::strip::Shown;
///
/// assert_eq!(Shown::Range { low: 21, high: 23 }.to_string(), "+21…+23\u{a0}°C");
/// assert_eq!(Shown::Range { low: -9, high: -4 }.to_string(), "−4…−9\u{a0}°C");
/// assert_eq!(Shown::Now(0).to_string(), "0\u{a0}°C");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The day's range.
    Range {
        /// The lower end.
        low: i16,
        /// The upper end.
        high: i16,
    },
    /// The temperature now: the layout has [`Temperatures::Now`], or the day's range is not known.
    Now(i16),
}

/// Between the ends of a range.
pub(super) const BETWEEN: &str = "…";
/// The unit after temperatures.
pub(super) const CELSIUS: &str = "\u{a0}°C";

impl Shown {
    /// The temperatures in the order in which they are printed. Below zero the larger magnitude stands last, as in Kazakh forecasts.
    pub(super) fn ends(self) -> (i16, Option<i16>) {
        match self {
            Self::Now(now) => (now, None),
            Self::Range { low, high } if low == high => (low, None),
            Self::Range { low, high } if high <= 0 => (high, Some(low)),
            Self::Range { low, high } => (low, Some(high)),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.ends();
        write_degrees(first, MINUS, f)?;
        if let Some(second) = second {
            f.write_str(BETWEEN)?;
            write_degrees(second, MINUS, f)?;
        }
        f.write_str(CELSIUS)
    }
}

impl WeatherItem<'_> {
    /// The temperature now in whole degrees Celsius, or `None` without an hour that holds now.
    #[must_use]
    pub fn now(&self) -> Option<i16> {
        self.hour.map(|hour| hour.temperature.whole())
    }

    /// The temperatures that are printed: the range, else the temperature now, else `None`.
    #[must_use]
    pub fn shown(&self) -> Option<Shown> {
        self.range
            .map(|(low, high)| Shown::Range { low, high })
            .or_else(|| self.now().map(Shown::Now))
    }
}

/// Whether rates of this freshness are of an earlier day than the bank's today.
pub(super) fn is_behind(held: &Observed<Rates>, freshness: Freshness) -> bool {
    matches!(freshness, Freshness::Ageing | Freshness::Stale) && !held.is_sample()
}

impl<'a> Strip<'a> {
    /// Returns a function from a pair to its item. The publication's freshness is computed once for all.
    pub(super) fn rate_items(
        &self,
        publication: Option<(&'a Observed<Rates>, Freshness)>,
    ) -> impl Fn(Pair) -> RateItem<'a> + use<'a> {
        let (policy, now) = (self.policy, self.now);
        move |pair| {
            let rate = publication.and_then(|(held, _)| held.value().rate(pair));
            let freshness = match (publication, rate) {
                (Some((held, freshness)), Some(rate))
                    if rate.day() < held.value().day() && !held.is_sample() =>
                {
                    let today = day::of(now, held.value().zone());
                    // A list for several days is in force on each of them.
                    let ends = [pair.base(), pair.quote()].map(|own| held.value().valid_until(own));
                    if ends.into_iter().flatten().any(|last| last >= today) {
                        freshness
                    } else {
                        policy.of_day(rate.day(), held.value().zone(), now)
                    }
                }
                (Some((_, freshness)), Some(_)) => freshness,
                _ => Freshness::Absent,
            };
            RateItem {
                pair,
                rate,
                observed: publication.map(|(held, _)| held),
                freshness,
            }
        }
    }

    /// The item of a city.
    pub(super) fn city(&self, city: &'a City) -> WeatherItem<'a> {
        let observed = self.snapshot.weather(city.id());
        let hour = observed.and_then(|held| held.value().now(self.now));
        let freshness = match (observed, hour) {
            // An hour that holds now is enough: the search for a later one is saved.
            (Some(held), Some(_)) => self.policy.of_forecast(held, self.now),
            (Some(held), None) => self.policy.of_weather(held, self.now, city.zone()),
            (None, _) => Freshness::Absent,
        };
        let held = observed
            .filter(|_| freshness != Freshness::Absent)
            .map(Observed::value);
        let range = held.and_then(|weather| self.range(weather, city.zone()));
        let item = WeatherItem {
            city,
            range,
            hour,
            observed,
            freshness,
        };
        // A forecast with neither a range nor a present hour shows no value, so it is absent.
        if item.shown().is_none() {
            WeatherItem {
                freshness: Freshness::Absent,
                ..item
            }
        } else {
            item
        }
    }

    /// The range that the layout's [`Temperatures`] ask for.
    fn range(&self, weather: &Weather, zone: Tz) -> Option<(i16, i16)> {
        let today = day::of(self.now, zone);
        match self.layout.temperatures {
            Temperatures::AroundMaximum => weather
                .maximum(today, zone)
                .map(|maximum| (maximum.whole() - 1, maximum.whole() + 1)),
            Temperatures::Range => weather
                .range(today, zone)
                .map(|range| (range.low().whole(), range.high().whole())),
            Temperatures::Now => None,
        }
    }
}
