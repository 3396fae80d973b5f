//! The records of a ticker with the memory of its guard.

use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::guard::{Fold, GuardEvent, Memory};
use super::{Bank, Shared, State};
use crate::day;
use crate::ledger::{Feed, Forecast, Ledger, Record, RecordId, Retention, Sighting, TOLERANCE};
use crate::money::Rates;
use crate::provenance::SourceId;
use crate::snapshot::{Added, Observed, Snapshot};
use crate::weather::{City, Weather};

/// The records, and what the guard remembers of them. They change together, so that no record is shown before it is judged.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) records: Ledger,
    pub(super) guard: Fold,
    /// The records that are not in the store yet; empty without a store.
    unwritten: Ledger,
    has_store: bool,
    /// Whether records of other servers are among them.
    is_shared: bool,
    /// The publications that this server's own transport has received.
    received: BTreeSet<RecordId>,
    /// Which forecasts are kept in memory.
    retention: Retention,
    /// Records that are in the future since the clock was set back. They are taken back when their time has come.
    set_aside: Ledger,
    /// Whether the verdicts follow from all records.
    is_judged: bool,
    /// The last reading of the clock.
    pub(super) clock: Option<DateTime<Utc>>,
    pruned_at: Option<DateTime<Utc>>,
}

impl Shared {
    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what a feed of the bank or a witness answered, and judges it before it can be shown. Returns what the guard has decided.
    pub(super) fn judged(&self, seen: Sighting, now: DateTime<Utc>) -> Vec<GuardEvent> {
        let mut held = self.held();
        if held.is_of_the_future(seen.first()) {
            held.set_aside.insert(seen);
            return Vec::new();
        }
        held.observe(seen, &self.bank);
        held.judge(&self.bank, now)
    }

    /// A sighting of a publication by a feed of the bank, at the instant at which it was served.
    pub(super) fn sighting(&self, rates: Rates, feed: Feed, served: DateTime<Utc>) -> Sighting {
        let asked = day::of(served, self.bank.zone);
        Sighting::of_rates(self.bank.id(), feed, asked, rates, served)
    }

    /// Returns a stored forecast without what is not plausible for its city, `None` if nothing is left.
    pub(super) fn plausible(&self, forecast: Forecast) -> Option<Forecast> {
        let Some(city) = self.cities.iter().find(|city| city.id() == forecast.city()) else {
            // The city is not shown now.
            return Some(forecast);
        };
        let stored = forecast.weather();
        match Weather::clone(stored).plausible(city.coordinates()) {
            Ok(weather) if weather == **stored => Some(forecast),
            Ok(weather) => {
                let plausible = Forecast::new(city.id().clone(), weather, forecast.first(), None);
                Some(plausible.until(forecast.last(), forecast.expires()))
            }
            Err(reason) => {
                let city = city.id();
                tracing::warn!(target: "masthead", %city, %reason, "the stored weather is dropped");
                None
            }
        }
    }

    /// Returns a stored record as this server uses it. Returns `None` if a right clock cannot have made it, or nothing of it is plausible.
    fn possible(&self, record: Record, now: DateTime<Utc>) -> Option<Record> {
        match record {
            Record::Sighting(sighting) => {
                if !sighting.is_possible(now, self.bank.days_ahead) {
                    return None;
                }
                let source = sighting.source();
                let is_own = self.bank.has_source(source) || *source == SourceId::SAMPLE;
                let sighting = if is_own {
                    sighting.of_bank(self.bank.id())
                } else {
                    sighting
                };
                Some(sighting.into())
            }
            Record::Forecast(forecast) => {
                let possible = Some(forecast).filter(|forecast| forecast.is_possible(now))?;
                self.plausible(possible).map(Record::from)
            }
            approval @ Record::Approval(_) => Some(approval),
        }
    }

    /// Adds what a weather service answered, and shows it.
    ///
    /// An earlier run than the newest, or one that does not reach the end of the day where the newest does, is passed over: of servers that
    /// share the newest one not all have it.
    pub(super) fn add_forecast(
        &self,
        city: &City,
        forecast: Forecast,
        now: DateTime<Utc>,
    ) -> Added {
        let observed = {
            let mut held = self.held();
            if held.is_of_the_future(forecast.first()) {
                held.set_aside.insert(forecast);
                return Added::Superseded;
            }
            let newest = held.records.newest_forecast(city.id(), forecast.service());
            let reaches = |forecast: &Forecast| forecast.weather().reaches(now, city.zone());
            let is_older = |newest: &Forecast| {
                newest.is_possible(now)
                    && (newest.version() > forecast.version()
                        || (reaches(newest) && !reaches(&forecast)))
            };
            if newest.is_some_and(is_older) {
                return Added::Superseded;
            }
            let observed = held.records.observe_forecast(forecast.clone());
            if let Some(record) = &observed {
                held.write_later(record.clone());
            }
            observed
        };
        let snapshots = self.show_weather(city, now);
        weather_added(&snapshots, &observed.unwrap_or(forecast))
    }
}

impl Held {
    /// The records and the memory that were kept. Records of rates by one of the ticker's sources are those of its bank.
    pub(super) fn restored(
        shared: &Shared,
        records: &Ledger,
        memory: Memory,
        now: DateTime<Utc>,
    ) -> Self {
        let bank = &shared.bank;
        let mut held = Self {
            has_store: shared.store.is_some(),
            is_shared: shared.fleet.is_some(),
            retention: Retention::default().cities(shared.cities.iter().cloned()),
            ..Self::default()
        };
        let latest = now + TOLERANCE;
        let future = records.records().filter(|record| record.last() > latest);
        held.set_aside.extend(future);
        // A record that a clock set ahead has repeated keeps what was seen before.
        let records = records.clone().without_future(now);
        let possible = records
            .records()
            .filter_map(|record| shared.possible(record, now));
        held.records.extend(possible);
        held.guard = Fold::restored(memory, &held.records, bank, now);
        held.judge(bank, now);
        held
    }

    /// Judges the records that are new, and returns what the guard has decided.
    pub(super) fn judge(&mut self, bank: &Bank, now: DateTime<Utc>) -> Vec<GuardEvent> {
        if self.is_judged && self.guard.advance(now) {
            return Vec::new();
        }
        let is_own = |id| !self.is_shared || self.received.contains(&id);
        let events = self.guard.take_in(&self.records, bank, &is_own, now);
        // Not before: after a panic the records are judged again.
        self.is_judged = true;
        events
    }

    pub(super) const fn memory(&self) -> &Memory {
        self.guard.memory()
    }

    /// Removes forecasts that are not needed any more, once an hour.
    pub(super) fn prune(&mut self, now: DateTime<Utc>) {
        let is_due = |at: DateTime<Utc>| now < at || now - at >= TimeDelta::hours(1);
        if !self.pruned_at.is_none_or(is_due) {
            return;
        }
        self.pruned_at = Some(now);
        self.records.retain(&self.retention, now);
        // While a store fails these grow too.
        self.unwritten.retain(&self.retention, now);
    }

    fn write_later(&mut self, record: impl Into<Record>) {
        if self.has_store {
            self.unwritten.insert(record);
        }
    }

    /// Returns whether this server's own transport has received a publication.
    pub(super) fn has_received(&self, id: RecordId) -> bool {
        self.received.contains(&id) || self.guard.has_received(id)
    }

    /// Adds what a feed answered.
    pub(super) fn observe(&mut self, sighting: Sighting, bank: &Bank) {
        let is_first = sighting.id().is_some_and(|id| self.received.insert(id));
        if let (true, Some(id), Some(rates)) = (is_first, sighting.id(), sighting.rates()) {
            self.guard.receive(id, rates, bank);
        }
        let observed = self.records.observe(sighting);
        let is_new = observed
            .as_ref()
            .is_some_and(|record| record.first() == record.last());
        if is_first || observed.is_some() {
            self.is_judged = false;
        }
        let Some(record) = observed else { return };
        if is_new && self.guard.is_late(record.first()) {
            self.guard.begin_again();
        }
        self.write_later(record);
    }

    /// Returns whether an instant is more than the tolerance after the last reading of the clock: the clock was set back during a
    /// request.
    fn is_of_the_future(&self, at: DateTime<Utc>) -> bool {
        self.clock.is_some_and(|clock| at > clock + TOLERANCE)
    }

    /// Sets aside what only a clock that was ahead can have made. If the clock is wrong now, the records come back when it is right again.
    /// `now` is by the clock by which other servers judge too.
    pub(super) fn set_future_aside(&mut self, now: DateTime<Utc>) {
        let latest = now + TOLERANCE;
        let records = self.records.records();
        self.set_aside
            .extend(records.filter(|record| record.last() > latest));
        self.records = std::mem::take(&mut self.records).without_future(now);
        self.unwritten = std::mem::take(&mut self.unwritten).without_future(now);
        self.is_judged = false;
    }

    /// Takes back the records whose time has come, by the same clock.
    pub(super) fn take_back(&mut self, shared: &Shared, now: DateTime<Utc>) {
        if self.set_aside.is_empty() {
            return;
        }
        let latest = now + TOLERANCE;
        let records = std::mem::take(&mut self.set_aside);
        let (come, future): (Vec<Record>, Vec<Record>) = records
            .records()
            .partition(|record| record.last() <= latest);
        self.set_aside.extend(future);
        for record in come {
            if let Some(record) = shared.possible(record, now) {
                self.take_over(record);
            }
        }
    }

    /// Adds a record that is known by other means than a feed. Returns whether something changed.
    pub(super) fn take_over(&mut self, record: impl Into<Record>) -> bool {
        let record = record.into();
        let is_late = match &record {
            Record::Sighting(sighting) => {
                self.guard.is_late(sighting.first()) && !self.records.knows(sighting)
            }
            _ => false,
        };
        if !self.records.insert(record.clone()) {
            return false;
        }
        if is_late {
            self.guard.begin_again();
        }
        if !matches!(record, Record::Forecast(_)) {
            self.is_judged = false;
        }
        self.write_later(record);
        true
    }

    /// Takes the records that are in no store yet, with the memory as it is.
    pub(super) fn take_unwritten(&mut self, bank: &Bank) -> State {
        State::new(
            std::mem::take(&mut self.unwritten),
            Some(self.guard.checkpoint(&self.records, bank)),
        )
    }

    /// Takes back records that could not be written.
    pub(super) fn not_written(&mut self, news: &State) {
        self.unwritten.merge(news.records().clone());
    }
}

/// The outcome for a forecast, by the snapshots before and after it.
fn weather_added([before, after]: &[Arc<Snapshot>; 2], forecast: &Forecast) -> Added {
    let [before, after] = [before, after].map(|snapshot| snapshot.weather(forecast.city()));
    let is_shown = |shown: &&Observed<Weather>| {
        shown.source() == forecast.service() && shown.fetched() >= forecast.last()
    };
    match (before, after.filter(is_shown)) {
        (_, None) => Added::Superseded,
        (Some(before), Some(after)) if before.value() == after.value() => Added::Confirmed,
        (_, Some(_)) => Added::Changed,
    }
}
