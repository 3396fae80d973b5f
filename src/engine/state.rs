//! The content of a store: what it holds across restarts, and the import of what earlier versions stored.
//!
//! | part | trusted | if it is missing or wrong |
//! |---|---|---|
//! | records | like an answer of a source: each must be possible at the clock's time | the page is older, until a source answers |
//! | memory of the guard | if it has taken in as many records of the ten days before it as the store has | all records are judged again |
//! | message of damage | shown in the first report | |
//!
//! A save has the records since the last one, and the whole memory; [`State::merge`] is the union of the former and takes the latter as it is.
//! Verdicts and the marks of unconfirmed rows are no records: the memory has those of the present, and the rest follows from the records.

use chrono::{DateTime, NaiveDate, Utc};

use super::guard::{Hold, Memory, past};
use crate::ledger::{Feed, Forecast, History, Ledger, Record, Sighting, View};
use crate::money::Rates;
use crate::provenance::SourceId;
use crate::snapshot::{Observed, Reading as _, Snapshot};

/// The content of a store across restarts: records, and the guard's memory for judging the next publication.
///
/// A ticker saves what is new since the last save, and a store adds it to what it has: [`merge`](Self::merge) is a union.
///
/// ```
/// use masthead::Snapshot;
/// use masthead::ticker::State;
///
/// let mut state = State::default();
/// state.merge(State::from(Snapshot::sample()));
/// assert_eq!(state.records().len(), 2, "the rates, and the weather of Astana");
/// state.merge(State::from(Snapshot::sample()));
/// assert_eq!(state.records().len(), 2);
/// ```
///
/// A program that reads the file of a ticker sees its quarantined numbers and its damage:
///
/// ```
/// use masthead::ticker::FileStore;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("masthead.ledger");
/// std::fs::write(&path, "masthead ledger 1\nusd/kzt 475.09\n").unwrap();
/// let state = FileStore::new(&path).peek()?.unwrap();
/// assert!(state.records().is_empty() && state.holds().is_empty());
/// assert!(state.damage().unwrap().contains("1 line was not used"));
/// # Ok::<(), masthead::ticker::StoreError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    records: Ledger,
    guard: Option<Memory>,
    damage: Option<String>,
}

impl State {
    pub(crate) const fn new(records: Ledger, guard: Option<Memory>) -> Self {
        Self {
            records,
            guard,
            damage: None,
        }
    }

    /// The state with a message about parts of it that could not be used.
    pub(crate) fn with_damage(mut self, damage: Option<String>) -> Self {
        self.damage = damage;
        self
    }

    /// The records.
    #[must_use]
    pub const fn records(&self) -> &Ledger {
        &self.records
    }

    /// The quarantined numbers: surprising ones that nothing has confirmed yet. [`Ticker::approve`](crate::Ticker::approve) releases one.
    #[must_use]
    pub fn holds(&self) -> &[Hold] {
        self.guard.as_ref().map_or(&[], Memory::holds)
    }

    /// The lines of a file that could not be used, with the first reason. Returns `None` if all could.
    #[must_use]
    pub fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// Returns the rates of all days of a bank, as [`Ledger::history`] by the verdicts of the guard that are saved: quarantined numbers are missing, and
    /// rows that are not confirmed are marked.
    ///
    /// ```
    /// use masthead::ticker::State;
    /// use masthead::{Snapshot, SourceId};
    ///
    /// let state = State::from(Snapshot::sample());
    /// let history = state.history(SourceId::SAMPLE, Snapshot::SAMPLE_TIME);
    /// assert!(history.rates_on("2023-06-13".parse()?).is_ok());
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn history(&self, bank: SourceId, now: DateTime<Utc>) -> History {
        let days = NaiveDate::MIN..=NaiveDate::MAX;
        let past = past::verdicts(&self.records, &bank, days);
        let unguarded = Memory::default();
        let memory = self.guard.as_ref().unwrap_or(&unguarded);
        let view = past::judged(View::new(bank), memory, &past);
        let history = self.records.history(now, &view);
        history.marked(|rates| memory.unconfirmed_in(rates))
    }

    /// Adds the records of another state. Its memory of the guard replaces this one's, if it has one; its [`damage`](Self::damage) is not taken over.
    pub fn merge(&mut self, other: Self) {
        self.records.merge(other.records);
        if other.guard.is_some() {
            self.guard = other.guard;
        }
    }

    /// Keeps some of the records.
    pub(crate) fn retain(&mut self, keeps: impl Fn(&Record) -> bool) {
        self.records = self
            .records
            .records()
            .filter(|record| keeps(record))
            .collect();
    }

    pub(crate) fn into_parts(self) -> (Ledger, Memory, Option<String>) {
        (self.records, self.guard.unwrap_or_default(), self.damage)
    }

    /// The state of an earlier version: a snapshot, and the memory beside it.
    ///
    /// A publication with rows of earlier days becomes one record as it is. The publications that the guard remembers of days before that
    /// one are the rows that stand in the place of quarantined ones; their own instants were not kept, so they count as seen at the start
    /// of their day.
    pub(crate) fn of_snapshot(snapshot: &Snapshot, guard: Option<Memory>) -> Self {
        let mut records = Ledger::default();
        let (rates, next) = snapshot.both_rates();
        for (held, feed) in [(rates, Feed::OfDay), (next, Feed::Newest)] {
            let Some(held) = held else { continue };
            let rates = held.value().clone();
            let (source, asked) = (held.source().clone(), asked(&rates, held.fetched()));
            records.insert(Sighting::of_rates(
                source,
                feed,
                asked,
                rates,
                held.fetched(),
            ));
        }
        let weather = snapshot.cities();
        let weather = weather.filter_map(|city| Some((city, snapshot.weather(city)?)));
        for (city, held) in weather {
            let first = match held.value().stated() {
                Some(_) => held.fetched(),
                None => held.dated(),
            };
            let forecast = Forecast::new(city.clone(), held.value().clone(), first, None);
            records.insert(forecast.until(held.fetched(), held.expires()));
        }
        let shown = rates.map(|held: &Observed<_>| held.value().day());
        for rates in guard.iter().flat_map(Memory::accepted) {
            if shown.is_none_or(|shown| rates.day() < shown) {
                let first = crate::day::start(rates.day(), rates.zone());
                let (source, asked) = (rates.source().clone(), rates.day());
                records.insert(Sighting::of_rates(
                    source,
                    Feed::OfDay,
                    asked,
                    rates.clone(),
                    first,
                ));
            }
        }
        for hold in guard.iter().flat_map(Memory::holds) {
            let (source, rates) = (hold.source.clone(), hold.candidate().clone());
            let asked = asked(&rates, hold.since);
            let sighting = Sighting::of_rates(source, Feed::OfDay, asked, rates, hold.since);
            records.insert(sighting.until(hold.seen));
        }
        Self::new(records, guard)
    }

    /// The records one by one, for a file.
    pub(crate) fn lines(&self) -> Vec<Record> {
        self.records.records().collect()
    }

    pub(crate) const fn guard(&self) -> Option<&Memory> {
        self.guard.as_ref()
    }
}

/// The records of a snapshot, without a memory of the guard. The bank of its rates is their source.
impl From<Snapshot> for State {
    fn from(snapshot: Snapshot) -> Self {
        Self::of_snapshot(&snapshot, None)
    }
}

/// The day of the request, which earlier versions did not keep: that on which the answer was received, or a later one of the list itself.
fn asked(rates: &Rates, at: DateTime<Utc>) -> NaiveDate {
    crate::day::of(at, rates.zone()).max(rates.day())
}
