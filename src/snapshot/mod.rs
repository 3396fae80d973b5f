//! The data of a strip with its times and sources: rates, weather and credits.
//!
//! A [`Snapshot`] holds values as [`Observed`], each with the times of its validity and its fetch. Values never expire; they age.
//! A [`FreshnessPolicy`] classifies their age at a given time as [`Freshness`], and only [absent](Freshness::Absent) data is
//! left out of a page. The chapter [How freshness works](crate::_documentation::freshness) has the rules, and a day of a list as a reader sees it.
//!
//! ```
//! use masthead::{Layout, Snapshot, Strip};
//!
//! let snapshot = Snapshot::sample();
//! let layout = Layout::line();
//! let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
//! assert!(strip.text().to_string().contains("447.32"));
//! ```

mod added;
mod observed;
mod rates;
mod recent;
mod sample;
mod weather;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::day;
use crate::money::Rates;
use crate::provenance::{Attribution, SourceId};
use crate::weather::{CityId, Weather};

pub use added::Added;
pub use observed::{Freshness, FreshnessPolicy, Observed, Reading};
pub(crate) use recent::{Curve, MOST_DAYS, Recent, lengths};

/// The largest difference between clocks at which a time in the future is still accepted.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// The data from which a strip is rendered: the rates in force, the next publication, the weather of each city, and the credit
/// of each source.
///
/// A `Ticker` publishes a new snapshot after each refresh; a [`Strip`](crate::Strip) renders one. A program without a ticker
/// fills its own with [`add_rates`](Self::add_rates) and [`add_weather`](Self::add_weather), or starts from the
/// [`sample`](Self::sample). It serialises with serde, without the rates of [sparklines](crate::Layout::sparklines), and deserialising checks
/// every value.
///
/// ```
/// use masthead::money::Pair;
/// use masthead::weather::City;
/// use masthead::{Freshness, FreshnessPolicy, Snapshot, SourceId};
///
/// let now = Snapshot::SAMPLE_TIME;
/// let snapshot = Snapshot::sample();
/// let rates = snapshot.rates(now).unwrap();
/// assert_eq!(rates.value().rate(Pair::USD_KZT).unwrap().value().to_string(), "447.32");
/// assert_eq!(snapshot.next(now), None);
///
/// let astana = City::find("astana").unwrap();
/// let weather = snapshot.weather(astana.id()).unwrap();
/// assert_eq!(weather.value().maximum(rates.value().day(), astana.zone()).unwrap().whole(), 22);
/// assert_eq!(snapshot.cities().collect::<Vec<_>>(), [astana.id()]);
///
/// // Each figure has a source, a credit and an age.
/// assert_eq!(snapshot.attribution(rates.source()).unwrap().name(), "Built-in sample of 13 June 2023");
/// assert_eq!(FreshnessPolicy::default().of_rates(rates, now), Freshness::Stale, "a sample is never fresh");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    // Shared, so that a ticker publishes the weather of one city without a copy of that of all others.
    rates: Option<Arc<Observed<Rates>>>,
    next: Option<Arc<Observed<Rates>>>,
    weather: BTreeMap<CityId, Arc<Observed<Weather>>>,
    attributions: BTreeMap<SourceId, Attribution>,
    /// The rates of the days before, for sparklines.
    #[serde(skip)]
    recent: Arc<[Recent]>,
}

impl Snapshot {
    /// Returns the built-in sample: figures of 13 June 2023, with the source [`SourceId::SAMPLE`].
    ///
    /// It demonstrates a strip before the first data is fetched. Render it at [`SAMPLE_TIME`](Self::SAMPLE_TIME). It is never
    /// fresh: its rates are always [stale](Freshness::Stale), its weather is stale until the end of its day and absent afterwards.
    /// Every output of a [`Strip`](crate::Strip) labels it as a sample. It has the dollar, euro, ruble and yuan in tenge, and
    /// Astana's weather; a layout with none of these pairs shows no rates of it.
    #[must_use]
    pub fn sample() -> Self {
        sample::snapshot()
    }

    /// The time of the sample: 11:00 in Astana (then UTC+6) on 13 June 2023.
    pub const SAMPLE_TIME: DateTime<Utc> = sample::TIME;

    /// A snapshot of its parts, each already chosen.
    pub(crate) fn of_parts(
        rates: Option<Observed<Rates>>,
        next: Option<Observed<Rates>>,
        weather: BTreeMap<CityId, Observed<Weather>>,
        attributions: BTreeMap<SourceId, Attribution>,
    ) -> Self {
        let weather = weather.into_iter();
        Self {
            rates: rates.map(Arc::new),
            next: next.map(Arc::new),
            weather: weather.map(|(city, held)| (city, held.into())).collect(),
            attributions,
            recent: Arc::default(),
        }
    }

    /// Replaces the rates of the days before.
    pub(crate) fn with_recent(mut self, recent: Vec<Recent>) -> Self {
        self.set_recent(recent);
        self
    }

    /// Replaces the rates of the days before, if they are others.
    pub(crate) fn set_recent(&mut self, recent: Vec<Recent>) {
        if *self.recent != *recent {
            self.recent = recent.into();
        }
    }

    /// The rates of so many days until that of a publication. Returns `None` if they are not kept.
    pub(crate) fn recent(&self, last: NaiveDate, days: u8) -> Option<&Recent> {
        self.recent.iter().find(|recent| recent.is_of(last, days))
    }

    /// Replaces the rates, each slot that is known, with the credits of their sources.
    #[cfg(feature = "ticker")]
    pub(crate) fn set_rates(
        &mut self,
        rates: Option<Observed<Rates>>,
        next: Option<Observed<Rates>>,
        credit: impl Fn(&SourceId) -> Option<Attribution>,
    ) {
        for held in rates.iter().chain(&next) {
            let source = held.source();
            let credit = credit(source).unwrap_or_else(|| Attribution::new(source.to_string()));
            self.attributions.insert(source.clone(), credit);
        }
        for (slot, held) in [(&mut self.rates, rates), (&mut self.next, next)] {
            if slot.as_deref() != held.as_ref() {
                *slot = held.map(Arc::new);
            }
        }
    }

    /// Removes the weather of other cities, and the rates unless they are kept.
    #[cfg(feature = "ticker")]
    pub(crate) fn retain(&mut self, keeps_rates: bool, keeps: impl Fn(&CityId) -> bool) {
        if !keeps_rates {
            (self.rates, self.next) = (None, None);
            self.recent = Arc::default();
        }
        self.weather.retain(|city, _| keeps(city));
    }

    /// Replaces the weather of a city, with the credit of its source.
    #[cfg(feature = "ticker")]
    pub(crate) fn set_weather(
        &mut self,
        city: &CityId,
        weather: Observed<Weather>,
        credit: Option<Attribution>,
    ) {
        let source = weather.source().clone();
        let credit = credit.unwrap_or_else(|| Attribution::new(source.to_string()));
        self.attributions.insert(source, credit);
        if self.weather(city) != Some(&weather) {
            self.weather.insert(city.clone(), Arc::new(weather));
        }
    }

    /// The publication in force at `now`. Returns `None` if no rates were added yet, or only those of a later day.
    ///
    /// The next publication comes into force at midnight in the bank's zone, without another fetch.
    #[must_use]
    pub fn rates(&self, now: DateTime<Utc>) -> Option<&Observed<Rates>> {
        self.begun(now).or(self.rates.as_deref())
    }

    /// The publication for a later day than that of `now` in the bank's zone. Returns `None` if the bank has not published one.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use masthead::{Attribution, Snapshot};
    ///
    /// # let rates_of_13_june = Snapshot::sample().rates(Snapshot::SAMPLE_TIME).unwrap().value().clone();
    /// let eve = Snapshot::SAMPLE_TIME - TimeDelta::days(1);
    /// let mut snapshot = Snapshot::default();
    /// snapshot.add_rates(rates_of_13_june, Attribution::new("The bank"), eve);
    /// assert!(snapshot.rates(eve).is_none() && snapshot.next(eve).is_some());
    ///
    /// let day = Snapshot::SAMPLE_TIME;
    /// assert!(snapshot.rates(day).is_some() && snapshot.next(day).is_none());
    /// ```
    #[must_use]
    pub fn next(&self, now: DateTime<Utc>) -> Option<&Observed<Rates>> {
        if self.begun(now).is_some() {
            None
        } else {
            self.next.as_deref()
        }
    }

    /// Whether it has the rates of so many days before those shown.
    #[cfg(feature = "web")]
    pub(crate) fn has_recent(&self, days: u8) -> bool {
        self.recent.iter().any(|recent| recent.has(days))
    }

    /// The forecast for a city. Returns `None` if none was added. It may be too old to be shown:
    /// [`FreshnessPolicy::of_weather`] decides.
    #[must_use]
    pub fn weather(&self, city: &CityId) -> Option<&Observed<Weather>> {
        self.weather.get(city).map(Arc::as_ref)
    }

    /// The cities that have a forecast, sorted by id.
    pub fn cities(&self) -> impl Iterator<Item = &CityId> {
        self.weather.keys()
    }

    /// The credit that the terms of a source require. Returns `None` if no value of the source was added.
    #[must_use]
    pub fn attribution(&self, source: &SourceId) -> Option<&Attribution> {
        self.attributions.get(source)
    }

    /// Returns the next publication once its day has begun in the bank's zone.
    fn begun(&self, now: DateTime<Utc>) -> Option<&Observed<Rates>> {
        self.next
            .as_deref()
            .filter(|next| next.value().day() <= day::of(now, next.value().zone()))
    }

    /// The time of the latest fetch of any value.
    #[cfg(feature = "web")]
    pub(crate) fn newest_fetch(&self) -> Option<DateTime<Utc>> {
        let weather = self.weather.values().map(|held| held.fetched()).max();
        let rates = self.rates.iter().chain(&self.next);
        rates.map(|held| held.fetched()).max().max(weather)
    }

    /// The two slots of rates: in force and next, regardless of the present time.
    #[cfg(feature = "ticker")]
    pub(crate) fn both_rates(&self) -> (Option<&Observed<Rates>>, Option<&Observed<Rates>>) {
        (self.rates.as_deref(), self.next.as_deref())
    }

    /// The largest number of days by which a publication may be ahead of the current day in its bank's zone: the longest holidays,
    /// plus a margin.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use masthead::{Added, Attribution, Snapshot};
    ///
    /// # let rates_of_13_june = Snapshot::sample().rates(Snapshot::SAMPLE_TIME).unwrap().value().clone();
    /// let too_early = Snapshot::SAMPLE_TIME - TimeDelta::days(Snapshot::MAX_DAYS_AHEAD + 1);
    /// let added = Snapshot::default().add_rates(rates_of_13_june, Attribution::new("The bank"), too_early);
    /// assert_eq!(added, Added::TooFarAhead);
    /// ```
    pub const MAX_DAYS_AHEAD: i64 = 14;
}
