//! Everything that is known of rates and weather, as a set of immutable records, and the page as a query of it.
//!
//! | record | says |
//! |---|---|
//! | [`Sighting`] | the feed of a bank answered with this publication, or with "no data", from one instant to another |
//! | [`Forecast`] | a weather service answered with these hours for a city, from one instant to another |
//! | [`Approval`] | an operator approved a publication, or rows of it |
//!
//! A [`Ledger`] is a set of such records. Merging two is a union, so it is commutative, associative and idempotent: a late, repeated
//! or reordered record does no harm. Which of two publications of a day counts is decided by them alone:
//! the bank's own before another party's copy, then the one that was seen first later.
//!
//! # Identity
//!
//! | record | two of them are one if they have the same | what may differ, and the union then has |
//! |---|---|---|
//! | [`Sighting`] | bank, requested day, first instant, id, source, feed | the last instant: the later; the bank's longest pause: the longer |
//! | [`Forecast`] | city, service, first instant, id | the last instant and its expiry: those of the later answer |
//! | [`Approval`] | publication, rows, instant | |
//!
//! The id is the SHA-256 of the figures ([`RecordId`]), so servers that receive the same answer at the same instant have one record, and those that
//! receive it at different instants have two, of one publication.
//!
//! # Queries
//!
//! [`Ledger::at`] gives the [`Snapshot`](crate::Snapshot) of an instant, [`Ledger::rates_on`] the rates of any day, [`Ledger::history`] those of
//! all days, and [`Ledger::as_known_at`] what was known at an earlier instant.
//!
//! ```
//! use masthead::ledger::{Feed, Ledger, NoRates, Sighting, View};
//! use masthead::money::Pair;
//! use masthead::{Snapshot, SourceId};
//!
//! let now = Snapshot::SAMPLE_TIME;
//! let rates = Snapshot::sample().rates(now).unwrap().value().clone();
//! let (bank, day) = (SourceId::SAMPLE, rates.day());
//! let mut ledger = Ledger::default();
//! ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day, rates, now));
//!
//! // The page of now.
//! let view = View::new(bank.clone());
//! let snapshot = ledger.at(now, &view);
//! let rates = snapshot.rates(now).unwrap();
//! assert_eq!(rates.value().rate(Pair::USD_KZT).unwrap().value().to_string(), "447.32");
//!
//! // The rates of a day: its own, and a gap on the day before.
//! assert_eq!(ledger.rates_on(day, now, &view).unwrap().since, day);
//! let before = day.pred_opt().unwrap();
//! assert_eq!(ledger.rates_on(before, now, &view), Err(NoRates::BeforeFirst { bank: SourceId::SAMPLE, day: before, first: day }));
//! ```

mod approval;
mod days;
mod feed;
mod forecast;
mod history;
mod id;
mod instant;
mod key;
#[doc(hidden)] // for tests; `docs/ledger_format.md` describes the format
pub mod line;
mod need;
mod page;
mod recent;
mod record;
mod series;
mod sighting;
mod sightings;
mod text;
mod verdict;
mod version;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use crate::provenance::SourceId;
use crate::weather::CityId;

pub use approval::Approval;
pub use days::{InForce, NoRates};
pub use feed::Feed;
pub use forecast::Forecast;
pub use history::History;
#[cfg(feature = "columns")]
pub use history::{DatedConverter, DatedError, Lookup};
pub use id::RecordId;
pub use key::{InvalidSharedRecord, RecordKey};
pub use need::Retention;
pub use record::Record;
pub use series::{Change, Series};
pub use sighting::Sighting;
pub use verdict::Verdict;
#[doc(hidden)] // an order, which tests compare
pub use version::{ForecastVersion, Version};
pub use view::View;

#[cfg(feature = "ticker")]
pub(crate) use instant::{TOLERANCE, TWO_CLOCKS};
use sightings::Sightings;

/// The forecasts of one service for one city, first seen on one day in UTC, that are kept: the first 127 and the latest. A service that is requested
/// every half hour gives 48 at most.
const MAX_FORECASTS: usize = 128;
/// The approvals that are kept: the latest ones, so that a new one counts.
const MAX_APPROVALS: usize = 1000;

/// A set of records.
///
/// It is bounded. It keeps the latest 1,000 approvals; for each bank and requested day 64 sightings (the first ones, the latest, and for each of at
/// most seven feeds the one that was seen last); for each service, city and day of their first sight 128 forecasts (the first ones and the latest). A
/// union keeps to the same bounds, so the laws of a union hold with them.
///
/// ```
/// use masthead::ledger::{Feed, Forecast, Ledger, Record, Sighting, View};
/// use masthead::weather::City;
/// use masthead::{Snapshot, SourceId};
///
/// # let (now, sample) = (Snapshot::SAMPLE_TIME, Snapshot::sample());
/// # let rates = sample.rates(now).unwrap().value().clone();
/// # let (day, astana) = (rates.day(), City::find("astana").unwrap());
/// # let weather = sample.weather(astana.id()).unwrap().value().clone();
/// // One server has received rates, another one a forecast.
/// let (mut first, mut second) = (Ledger::default(), Ledger::default());
/// first.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, day, rates, now));
/// second.observe_forecast(Forecast::new(astana.id().clone(), weather, now, None));
///
/// // The union does not depend on the order, and a second merge changes nothing.
/// let mut both = first.clone();
/// assert!(both.merge(second.clone()) && !both.merge(second.clone()));
/// second.merge(first);
/// assert_eq!(both, second);
///
/// assert_eq!((both.len(), both.records().count()), (2, 2));
/// assert_eq!(both.forecasts(astana.id()).count(), 1);
/// assert!(both.approvals().next().is_none());
/// assert!(both.records().all(|record: Record| record.last() == now));
/// assert!(both.history(now, &View::new(SourceId::SAMPLE)).rates_on(day).is_ok());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    banks: BTreeMap<SourceId, Sightings>,
    /// Of each city and service the forecasts by the day of their first sight, each list in the order of its keys. No list and no map is
    /// empty.
    cities: BTreeMap<CityId, BTreeMap<SourceId, BTreeMap<NaiveDate, Vec<Forecast>>>>,
    /// In the order of their instants.
    approvals: BTreeSet<Approval>,
}

impl Ledger {
    /// Adds a record. Returns whether the ledger changed: the record is new and within the bounds, or it was last seen later, or its
    /// last answer has a later expiry or a longer pause.
    ///
    /// It does not look for a repetition: an answer that was just received goes through [`observe`](Self::observe) or
    /// [`observe_forecast`](Self::observe_forecast).
    pub fn insert(&mut self, record: impl Into<Record>) -> bool {
        match record.into() {
            Record::Sighting(sighting) => self.insert_sighting(sighting),
            Record::Forecast(forecast) => self.insert_forecast(forecast),
            Record::Approval(approval) => self.insert_approval(approval),
        }
    }

    /// Adds every record of another ledger. Returns whether this one changed.
    pub fn merge(&mut self, other: Self) -> bool {
        let mut has_changed = false;
        for record in other.into_records() {
            has_changed |= self.insert(record);
        }
        has_changed
    }

    /// The records, in a fixed order: sightings by bank, requested day and first instant; forecasts by city, service and first instant; approvals by
    /// their instants. Equal ledgers give the same sequence.
    pub fn records(&self) -> impl Iterator<Item = Record> + '_ {
        let sightings = self.banks.values().flat_map(Sightings::iter);
        let forecasts = self.all_forecasts();
        let approvals = self.approvals.iter();
        sightings
            .map(|sighting| Record::Sighting(sighting.clone()))
            .chain(forecasts.map(|forecast| Record::Forecast(forecast.clone())))
            .chain(approvals.map(|approval| Record::Approval(approval.clone())))
    }

    /// The sightings of a bank, by the day asked for and then by their first instant.
    pub fn sightings<'a>(
        &'a self,
        bank: &SourceId,
    ) -> impl DoubleEndedIterator<Item = &'a Sighting> + use<'a> {
        self.banks.get(bank).into_iter().flat_map(Sightings::iter)
    }

    /// The sightings of a bank that were last seen at an instant or later, by the day asked for and then by their first instant.
    #[cfg(feature = "ticker")]
    pub(crate) fn seen_since<'a>(
        &'a self,
        bank: &SourceId,
        at: DateTime<Utc>,
    ) -> impl Iterator<Item = &'a Sighting> + use<'a> {
        let bank = self.banks.get(bank).into_iter();
        bank.flat_map(move |bank| bank.seen_since(at))
    }

    /// The forecasts for a city, by service and then by their first instant.
    pub fn forecasts<'a>(&'a self, city: &CityId) -> impl Iterator<Item = &'a Forecast> {
        let services = self.cities.get(city).into_iter().flat_map(BTreeMap::values);
        services.flat_map(BTreeMap::values).flatten()
    }

    /// The approvals, by their instants.
    pub fn approvals(&self) -> impl Iterator<Item = &Approval> {
        self.approvals.iter()
    }

    /// Returns whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.banks.is_empty() && self.cities.is_empty() && self.approvals.is_empty()
    }

    /// The number of records, which is counted at each call.
    #[must_use]
    pub fn len(&self) -> usize {
        let sightings: usize = self.banks.values().map(Sightings::len).sum();
        sightings + self.all_forecasts().count() + self.approvals.len()
    }

    fn all_forecasts(&self) -> impl Iterator<Item = &Forecast> {
        let services = self.cities.values().flat_map(BTreeMap::values);
        services.flat_map(BTreeMap::values).flatten()
    }

    /// Adds what a feed answered at one instant, or moves the last instant of its latest sighting for that day if it is the same
    /// answer. Returns the record to write down, or `None` if nothing changed.
    ///
    /// ```
    /// use masthead::ledger::{Feed, Ledger, Sighting};
    /// use masthead::{Snapshot, SourceId};
    ///
    /// let now = Snapshot::SAMPLE_TIME;
    /// let rates = Snapshot::sample().rates(now).unwrap().value().clone();
    /// let answer = |at| Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates.clone(), at);
    /// let mut ledger = Ledger::default();
    /// ledger.observe(answer(now));
    /// let later = now + chrono::TimeDelta::hours(1);
    /// let record = ledger.observe(answer(later)).unwrap();
    /// assert_eq!((record.first(), record.last()), (now, later));
    /// assert_eq!(ledger.len(), 1);
    /// ```
    pub fn observe(&mut self, sighting: Sighting) -> Option<Sighting> {
        let bank = self.banks.get(sighting.bank());
        let day = bank.map_or(&[][..], |bank| bank.asked_for(sighting.asked()));
        let latest = day.iter().rev().find(|held| {
            held.feed() == sighting.feed()
                && held.source() == sighting.source()
                && held.first() <= sighting.first()
        });
        let record = match latest {
            Some(held) if held.id() == sighting.id() => held.clone().until(sighting.last()),
            _ => sighting,
        };
        self.insert_sighting(record.clone()).then_some(record)
    }

    /// Adds what a weather service answered at one instant, or moves the last instant of its latest forecast if it is the same answer.
    /// Returns the record to write down, or `None` if nothing changed.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use masthead::Snapshot;
    /// use masthead::ledger::{Forecast, Ledger};
    /// use masthead::weather::City;
    ///
    /// let (astana, now) = (City::find("astana").unwrap().id(), Snapshot::SAMPLE_TIME);
    /// let weather = Snapshot::sample().weather(astana).unwrap().value().clone();
    /// let answer = |at| Forecast::new(astana.clone(), weather.clone(), at, Some(at + TimeDelta::minutes(30)));
    /// let mut ledger = Ledger::default();
    /// ledger.observe_forecast(answer(now));
    ///
    /// // The same hours half an hour later: one record, seen until then, with the expiry of the last answer.
    /// let later = now + TimeDelta::minutes(30);
    /// let record = ledger.observe_forecast(answer(later)).unwrap();
    /// assert_eq!((record.first(), record.last(), record.expires()), (now, later, Some(later + TimeDelta::minutes(30))));
    /// assert_eq!(ledger.len(), 1);
    /// assert_eq!(ledger.observe_forecast(answer(later)), None);
    /// ```
    pub fn observe_forecast(&mut self, forecast: Forecast) -> Option<Forecast> {
        let services = self.cities.get(forecast.city());
        let days = services.and_then(|services| services.get(forecast.service()));
        let until = forecast.first().date_naive();
        let known = days.into_iter().flat_map(|days| days.range(..=until).rev());
        let mut known = known.flat_map(|(_, day)| day.iter().rev());
        let latest = known.find(|held| held.first() <= forecast.first());
        let record = match latest {
            Some(held) if held.id() == forecast.id() => {
                held.clone().until(forecast.last(), forecast.expires())
            }
            _ => forecast,
        };
        self.insert_forecast(record.clone()).then_some(record)
    }

    /// Returns what was known at an instant: the records first seen by then, each last seen by then.
    ///
    /// A server that was cut off from its sources at the time may have shown less. Where the bounds left out sightings of a day, the one
    /// before them stands in their place.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use masthead::ledger::{Feed, Ledger, Sighting};
    /// use masthead::{Snapshot, SourceId};
    ///
    /// let now = Snapshot::SAMPLE_TIME;
    /// let rates = Snapshot::sample().rates(now).unwrap().value().clone();
    /// let mut ledger = Ledger::default();
    /// ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now).until(now + TimeDelta::hours(9)));
    /// let known = ledger.as_known_at(now + TimeDelta::hours(1));
    /// assert_eq!(known.sightings(&SourceId::SAMPLE).next().unwrap().last(), now + TimeDelta::hours(1));
    /// assert!(ledger.as_known_at(now - TimeDelta::hours(1)).is_empty());
    /// ```
    #[must_use]
    pub fn as_known_at(&self, at: DateTime<Utc>) -> Self {
        let known = self.records().filter_map(|record| match record {
            Record::Sighting(sighting) => sighting.as_known_at(at).map(Record::from),
            Record::Forecast(forecast) => forecast.as_known_at(at).map(Record::from),
            Record::Approval(approval) => (approval.at <= at).then(|| approval.into()),
        });
        known.collect()
    }

    /// The number of services with forecasts for a city.
    #[cfg(feature = "ticker")]
    pub(crate) fn services(&self, city: &CityId) -> usize {
        self.cities.get(city).map_or(0, BTreeMap::len)
    }

    /// The newest forecast of a service for a city, among those first seen on the last three days with any. Returns `None` without one.
    #[cfg(feature = "ticker")]
    pub(crate) fn newest_forecast(&self, city: &CityId, service: &SourceId) -> Option<&Forecast> {
        let days = self.cities.get(city)?.get(service)?;
        let recent = days.values().rev().take(3).flatten();
        recent.max_by_key(|forecast| forecast.version())
    }

    /// Returns whether a publication of a bank is known. `day` is its day.
    #[cfg(feature = "ticker")]
    pub(crate) fn has_publication(&self, bank: &SourceId, day: NaiveDate, id: RecordId) -> bool {
        let mut banks = self.banks.get(bank).into_iter();
        banks.any(|bank| bank.of_day(day).any(|sighting| sighting.id() == Some(id)))
    }

    /// The sightings of a bank for days since a first one, by the day asked for and then by their first instant.
    #[cfg(feature = "ticker")]
    pub(crate) fn sightings_since<'a>(
        &'a self,
        bank: &SourceId,
        first: NaiveDate,
    ) -> impl Iterator<Item = &'a Sighting> + use<'a> {
        let bank = self.banks.get(bank).into_iter();
        bank.flat_map(move |bank| bank.asked_since(first))
    }

    /// The answers of a bank to requests for a day.
    #[cfg(feature = "ticker")]
    pub(crate) fn asked_for(&self, bank: &SourceId, day: NaiveDate) -> &[Sighting] {
        self.banks.get(bank).map_or(&[], |bank| bank.asked_for(day))
    }

    /// Returns whether a sighting of the same answer since the same instant is known.
    #[cfg(feature = "ticker")]
    pub(crate) fn knows(&self, sighting: &Sighting) -> bool {
        let bank = self.banks.get(sighting.bank());
        let mut held = bank
            .into_iter()
            .flat_map(|bank| bank.asked_for(sighting.asked()));
        held.any(|held| held.key() == sighting.key())
    }

    /// Removes what only a clock that was ahead can have made: records that were first seen in the future, and later repetitions.
    #[cfg(feature = "ticker")]
    pub(crate) fn without_future(self, now: DateTime<Utc>) -> Self {
        let latest = crate::day::clamp(now) + TOLERANCE;
        let records = self.into_records().filter_map(|record| match record {
            Record::Sighting(sighting) if sighting.last() > latest => {
                let known = sighting.as_known_at(sighting.first());
                known
                    .filter(|known| known.first() <= latest)
                    .map(Record::from)
            }
            Record::Forecast(forecast) if forecast.last() > latest => {
                let known = forecast.as_known_at(forecast.first());
                known
                    .filter(|known| known.first() <= latest)
                    .map(Record::from)
            }
            Record::Approval(approval) if approval.at > latest => None,
            record => Some(record),
        });
        records.collect()
    }

    fn into_records(self) -> impl Iterator<Item = Record> {
        let sightings = self.banks.into_values().flat_map(Sightings::into_iter);
        let forecasts = self.cities.into_values().flat_map(BTreeMap::into_values);
        let forecasts = forecasts.flat_map(BTreeMap::into_values).flatten();
        sightings
            .map(Record::from)
            .chain(forecasts.map(Record::from))
            .chain(self.approvals.into_iter().map(Record::from))
    }

    fn insert_sighting(&mut self, sighting: Sighting) -> bool {
        match self.banks.get_mut(sighting.bank()) {
            Some(bank) => bank.insert(sighting),
            None => {
                let bank = self.banks.entry(sighting.bank().clone()).or_default();
                bank.insert(sighting)
            }
        }
    }

    fn insert_forecast(&mut self, forecast: Forecast) -> bool {
        let services = self.cities.entry(forecast.city().clone()).or_default();
        let days = services.entry(forecast.service().clone()).or_default();
        let day = days.entry(forecast.first().date_naive()).or_default();
        insert(day, forecast, MAX_FORECASTS).0
    }

    /// Keeps the latest approvals: their order is that of their instants, so the greatest of a union are among the greatest of its parts.
    fn insert_approval(&mut self, approval: Approval) -> bool {
        let approval = approval.in_order();
        let is_new = self.approvals.insert(approval.clone());
        if self.approvals.len() <= MAX_APPROVALS {
            return is_new;
        }
        // The set held as many before, so that one goes.
        self.approvals.pop_first() != Some(approval)
    }
}

impl Extend<Record> for Ledger {
    fn extend<T: IntoIterator<Item = Record>>(&mut self, records: T) {
        for record in records {
            self.insert(record);
        }
    }
}

impl FromIterator<Record> for Ledger {
    fn from_iter<T: IntoIterator<Item = Record>>(records: T) -> Self {
        let mut ledger = Self::default();
        ledger.extend(records);
        ledger
    }
}

/// A record that repeats itself, in a list that is bounded.
trait Repeated {
    type Key<'a>: Ord
    where
        Self: 'a;

    /// The identity within the list, the first instant before all else: a bound that keeps the least keys keeps what was known first.
    fn key(&self) -> Self::Key<'_>;
    /// Takes over what a record of the same key has more. Returns whether something changed. It must be a maximum, so that the order does not matter.
    fn extend(&mut self, other: &Self) -> bool;
}

impl Repeated for Sighting {
    type Key<'a> = sighting::SightingKey<'a>;

    fn key(&self) -> Self::Key<'_> {
        self.key()
    }

    fn extend(&mut self, other: &Self) -> bool {
        self.extend(other)
    }
}

impl Repeated for Forecast {
    type Key<'a> = forecast::ForecastKey;

    fn key(&self) -> Self::Key<'_> {
        self.key()
    }

    fn extend(&mut self, other: &Self) -> bool {
        self.extend(other)
    }
}

/// Inserts into a list that is sorted by key, and keeps its first `most - 1` records and the last. Returns whether the list changed, and
/// the record that went.
///
/// The records with the least keys of a union are among those of its parts, and so is the last. So the bound keeps the laws.
fn insert<T: Repeated>(list: &mut Vec<T>, record: T, most: usize) -> (bool, Option<T>) {
    match list.binary_search_by(|held| held.key().cmp(&record.key())) {
        Ok(at) => {
            let held = list.get_mut(at);
            (held.is_some_and(|held| held.extend(&record)), None)
        }
        Err(at) => {
            list.insert(at, record);
            if list.len() <= most {
                return (true, None);
            }
            // The list held `most` before, so that one goes: the last of the first ones, or the one that was last.
            let gone = most - 1;
            (gone != at, Some(list.remove(gone)))
        }
    }
}
