use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{Strip, Temperatures};
use crate::day;
use crate::money::{Pair, Rate, Rates, Trend};
use crate::snapshot::{Freshness, Observed};
use crate::weather::{City, Hour, Weather};

/// One pair of a strip, with what is known of it.
///
/// ```
/// # use masthead::{Freshness, Snapshot, strip::{Layout, Strip}};
/// # let (snapshot, layout) = (Snapshot::sample(), Layout::line());
/// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
/// let dollar = strip.rates().next().unwrap();
/// assert_eq!(dollar.rate.unwrap().value().to_string(), "447.32");
/// assert_eq!(dollar.freshness, Freshness::Stale, "of the sample");
/// assert!(!dollar.is_unconfirmed() && !dollar.is_behind());
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RateItem<'a> {
    /// The pair.
    pub pair: Pair,
    /// Its rate, where the publication has one.
    pub rate: Option<Rate>,
    /// The publication, where there is one: day, source, times.
    pub observed: Option<&'a Observed<Rates>>,
    /// How far the rate can be trusted; absent where there is none.
    pub freshness: Freshness,
}

impl RateItem<'_> {
    /// The day of the rate, where it is older than the publication: its number in the publication is doubted and the last
    /// good one stands, or it is from a weekly list.
    #[must_use]
    pub fn older_day(&self) -> Option<NaiveDate> {
        let (rate, observed) = (self.rate?, self.observed?);
        Some(rate.day()).filter(|day| *day < observed.value().day())
    }

    /// Whether the rate is shown with the word *unconfirmed*: no second publication with other numbers and no other bank
    /// has [confirmed](Rate::is_confirmed) it yet.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        self.rate.is_some_and(|rate| !rate.is_confirmed())
    }

    /// Whether the rate is of an earlier day than is in force where the bank is: what is in force there is not known. Always
    /// `false` of the built-in sample, which is of no bank.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.rate.is_some()
            && self
                .observed
                .is_some_and(|held| is_behind(held, self.freshness))
    }

    /// The direction of the bank's change.
    #[must_use]
    pub fn trend(&self) -> Trend {
        self.rate.map_or(Trend::Unknown, Rate::trend)
    }
}

/// One city of a strip, with what is known of it.
///
/// ```
/// # use masthead::{Snapshot, strip::{Layout, Shown, Strip}};
/// # let (snapshot, layout) = (Snapshot::sample(), Layout::line());
/// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
/// let astana = strip.weather().next().unwrap();
/// assert_eq!(astana.shown(), Some(Shown::Range { low: 21, high: 23 }));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WeatherItem<'a> {
    /// The city.
    pub city: &'a City,
    /// The day's range in whole degrees, as the layout's [`Temperatures`] define it, where it is known.
    pub range: Option<(i16, i16)>,
    /// The hour that holds now: temperature and sky.
    pub hour: Option<&'a Hour>,
    /// The forecast, where it is held: source, times.
    pub observed: Option<&'a Observed<Weather>>,
    /// How far it can be trusted; absent where it says nothing of the rest of the day.
    pub freshness: Freshness,
}

/// What of a city's weather a strip prints, in whole degrees Celsius.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The day's range.
    Range {
        /// Its lower end.
        low: i16,
        /// Its upper end.
        high: i16,
    },
    /// The temperature now, because the layout asks for it or the day's range is not known.
    Now(i16),
}

impl WeatherItem<'_> {
    /// The temperature now in whole degrees.
    #[must_use]
    pub fn now(&self) -> Option<i16> {
        self.hour.map(|hour| hour.temperature.whole())
    }

    /// What is printed: the range, else the temperature now.
    #[must_use]
    pub fn shown(&self) -> Option<Shown> {
        self.range
            .map(|(low, high)| Shown::Range { low, high })
            .or_else(|| self.now().map(Shown::Now))
    }
}

/// Whether rates of this freshness are of an earlier day than is in force where their bank is.
pub(super) fn is_behind(held: &Observed<Rates>, freshness: Freshness) -> bool {
    matches!(freshness, Freshness::Ageing | Freshness::Stale) && !held.is_sample()
}

impl<'a> Strip<'a> {
    /// The items of a publication; how fresh it is, is asked once for all of them.
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

    pub(super) fn city(&self, city: &'a City) -> WeatherItem<'a> {
        let observed = self.snapshot.weather(city.id());
        let hour = observed.and_then(|held| held.value().now(self.now));
        let freshness = match (observed, hour) {
            // An hour that holds now is enough: nothing else of the day has to be looked for.
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
        // Held, but neither its range nor its present can be shown: the reader sees nothing, so it is absent.
        if item.shown().is_none() {
            WeatherItem {
                freshness: Freshness::Absent,
                ..item
            }
        } else {
            item
        }
    }

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
