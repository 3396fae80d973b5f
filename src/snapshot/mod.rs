//! What is known, when it was so, and who said it.
//!
//! A [`Snapshot`] is immutable. It never expires, it ages: each item carries its times, and a [`FreshnessPolicy`] says
//! what they mean at a given instant.

mod added;
mod observed;
mod rates;
mod sample;
mod weather;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::day;
use crate::money::Rates;
use crate::provenance::{Attribution, SourceId};
use crate::weather::{City, CityId, Weather};

pub use added::Added;
pub use observed::{Freshness, FreshnessPolicy, Observed, Reading};

/// How far ahead of the time a time may be: clocks differ.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Everything a strip can show: the rates in force, the next publication, the weather by city, and the credits due.
///
/// ```
/// use masthead::money::Pair;
/// use masthead::{Freshness, FreshnessPolicy, Snapshot};
///
/// let now = Snapshot::SAMPLE_TIME;
/// let snapshot = Snapshot::sample();
/// let rates = snapshot.rates(now).unwrap();
/// assert_eq!(rates.value().rate(Pair::USD_KZT).unwrap().value().to_string(), "447.32");
/// assert_eq!(FreshnessPolicy::default().of_rates(rates, now), Freshness::Stale, "a sample is never fresh");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    rates: Option<Observed<Rates>>,
    next: Option<Observed<Rates>>,
    weather: BTreeMap<CityId, Observed<Weather>>,
    attributions: BTreeMap<SourceId, Attribution>,
}

impl Snapshot {
    /// The built-in sample: genuine figures of 13 June 2023, from a source named `sample`.
    ///
    /// It shows what a strip looks like where there is no data yet; render it at [`SAMPLE_TIME`](Self::SAMPLE_TIME). It is
    /// [stale](Freshness::Stale) at every instant, and every output of a [`Strip`](crate::Strip) says that it is a sample. A
    /// strip that has none of its pairs shows no rates of it.
    #[must_use]
    pub fn sample() -> Self {
        sample::snapshot()
    }

    /// The instant of the sample: 11:00 in Astana (then UTC+6) on 13 June 2023.
    pub const SAMPLE_TIME: DateTime<Utc> = sample::TIME;

    /// The publication in force at `now`: a next one takes over at the bank's own midnight, without a fetch.
    #[must_use]
    pub fn rates(&self, now: DateTime<Utc>) -> Option<&Observed<Rates>> {
        self.begun(now).or(self.rates.as_ref())
    }

    /// The publication for a later day than `now`'s, where the bank has made one known.
    #[must_use]
    pub fn next(&self, now: DateTime<Utc>) -> Option<&Observed<Rates>> {
        if self.begun(now).is_some() {
            None
        } else {
            self.next.as_ref()
        }
    }

    /// The weather of a city.
    #[must_use]
    pub fn weather(&self, city: &CityId) -> Option<&Observed<Weather>> {
        self.weather.get(city)
    }

    /// The cities whose weather is held.
    pub fn cities(&self) -> impl Iterator<Item = &CityId> {
        self.weather.keys()
    }

    /// The credit a source asks for.
    #[must_use]
    pub fn attribution(&self, source: &SourceId) -> Option<&Attribution> {
        self.attributions.get(source)
    }

    /// The next publication, once its day has begun where the bank is.
    fn begun(&self, now: DateTime<Utc>) -> Option<&Observed<Rates>> {
        self.next
            .as_ref()
            .filter(|next| next.value().day() <= day::of(now, next.value().zone()))
    }

    /// The same without what was fetched after `now`: kept by a clock that was wrong, it would never be replaced.
    #[must_use]
    pub fn without_future(mut self, now: DateTime<Utc>) -> Self {
        let now = day::clamp(now);
        self.rates = self.rates.filter(|held| held.is_of_the_past(now));
        self.next = self.next.filter(|held| held.is_of_the_past(now));
        self.weather.retain(|_, held| held.is_of_the_past(now));
        self
    }

    /// The same without the weather of cities other than these that was fetched more than two days ago: nobody asks for
    /// them any more.
    #[must_use]
    pub fn without_abandoned(mut self, cities: &[City], now: DateTime<Utc>) -> Self {
        let known = |id: &CityId| cities.iter().any(|city| city.id() == id);
        self.weather
            .retain(|id, held| known(id) || held.age(now) < TimeDelta::days(2));
        self
    }

    /// When anything of it was fetched last.
    #[cfg(feature = "ticker")]
    pub(crate) fn newest_fetch(&self) -> Option<DateTime<Utc>> {
        let weather = self.weather.values().map(Observed::fetched).max();
        self.newest_rates().max(weather)
    }

    /// The rates as they are held: placed in force, and placed as the next.
    #[cfg(feature = "ticker")]
    pub(crate) const fn both_rates(&self) -> (Option<&Observed<Rates>>, Option<&Observed<Rates>>) {
        (self.rates.as_ref(), self.next.as_ref())
    }

    /// When rates were fetched last.
    #[cfg(feature = "ticker")]
    pub(crate) fn newest_rates(&self) -> Option<DateTime<Utc>> {
        let rates = self.rates.iter().chain(&self.next);
        rates.map(Observed::fetched).max()
    }

    /// Of two snapshots the newer of each reading: rates by their day and then their fetch, weather by its fetch.
    #[cfg(feature = "ticker")]
    pub(crate) fn merged(mut self, other: Self) -> Self {
        let newer = |own: Option<Observed<Rates>>, other: Option<Observed<Rates>>| {
            own.into_iter()
                .chain(other)
                .max_by_key(|held| (held.value().day(), held.fetched()))
        };
        self.rates = newer(self.rates, other.rates);
        self.next = newer(self.next, other.next);
        for (city, held) in other.weather {
            match self.weather.get(&city) {
                Some(own) if own.fetched() >= held.fetched() => {}
                own => {
                    let held = held.not_newer_than(own);
                    self.weather.insert(city, held);
                }
            }
        }
        for (source, credit) in other.attributions {
            self.attributions.entry(source).or_insert(credit);
        }
        self
    }

    /// How many days a publication can stay in force: over the longest holidays, and some.
    pub const MAX_DAYS_IN_FORCE: i64 = 10;

    /// How many days ahead of its bank's today a publication may be: the longest holidays, and some.
    pub const MAX_DAYS_AHEAD: i64 = 14;
}

impl<T: Reading> Observed<T> {
    pub(crate) fn is_of_the_past(&self, now: DateTime<Utc>) -> bool {
        let issued = self.value().issued();
        self.fetched() <= now + TOLERANCE
            && issued.is_none_or(|issued| issued <= now + TOLERANCE)
            && self.valid() <= now + TimeDelta::days(Snapshot::MAX_DAYS_AHEAD + 1)
    }
}
