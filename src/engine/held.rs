//! The records of a ticker with the memory of its guard.
//!
//! # The ways in
//!
//! | method | for a record that | judged | written |
//! |---|---|---|---|
//! | `observe` | a feed or a witness has just answered with | with the next `judge`; its id counts as received by this server | yes |
//! | `fill` | a back-fill has read | only if it repeats an answer of the present; `guard::past` judges the others | yes |
//! | `take_over` | another server, the operator, or a clock that was set right brings | with the next `judge` | yes |
//! | `records` at a restart | the store has | by the checkpoint, or by folding all | it is in the store |
//! | `records` of a forecast | a weather service has answered with | no: it was checked by `Weather::plausible` | by `write_later` |
//!
//! # What must hold
//!
//! - `is_judged` is `false` from a change until the verdicts have followed from it. Each caller that adds records of rates calls `judge` before it
//!   chooses a snapshot. A publication that was first seen more than ten minutes after the last judgement is not shown in any case
//!   (`View::judged_until`).
//! - A record that became known before the fold's checkpoint makes the fold begin again ([`Fold::begin_again`]).
//! - `unwritten` has the records that no save has taken, `written` those of the last save. A failed save gives its records back; a reload writes
//!   both, because the save may still be under way.
//! - `received` has the publications that this process has received itself, and the guard's memory those with implausible rows also of the time
//!   before a restart. Without a shared store every publication counts as received.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::time::Duration;

use super::aside::SetAside;
use super::guard::{Fold, GuardEvent, Memory};
use super::{Bank, State};
use crate::ledger::{Ledger, Record, RecordId, Retention, Sighting, TOLERANCE};
use crate::weather::City;

/// The records, and what the guard remembers of them. They change together, so that no record is shown before it is judged.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) records: Ledger,
    pub(super) guard: Fold,
    /// The records that are not in the store yet; empty without a store.
    unwritten: Ledger,
    /// The records of the last save, which may be under way.
    written: Ledger,
    has_store: bool,
    /// Whether records of other servers are among them.
    is_shared: bool,
    /// The publications that this server's own transport has received.
    received: BTreeSet<RecordId>,
    /// Which forecasts are kept in memory.
    retention: Retention,
    /// Records of the future.
    pub(super) set_aside: SetAside,
    /// Whether the verdicts follow from all records.
    is_judged: bool,
    /// When forecasts were removed last. `None` after a start, and after the clock was set back.
    pruned_at: Option<DateTime<Utc>>,
}

impl Held {
    /// Nothing yet. The cities are those whose forecasts are kept.
    pub(super) fn new(cities: &[City], has_store: bool, is_shared: bool) -> Self {
        Self {
            has_store,
            is_shared,
            retention: Retention::default().cities(cities.iter().cloned()),
            ..Self::default()
        }
    }

    pub(super) const fn has_store(&self) -> bool {
        self.has_store
    }

    /// Whether records of other servers are among these.
    pub(super) const fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Goes on after a reload: with what is not in the store yet, what this process has received, and what is set aside.
    pub(super) fn follow(&mut self, before: &Self) {
        if self.has_store {
            self.unwritten.merge(before.unwritten.clone());
            // A record that is written twice is one.
            self.unwritten.merge(before.written.clone());
        }
        self.received.clone_from(&before.received);
        self.set_aside = before.set_aside.clone();
    }

    /// Judges the new records, and returns the decisions of the guard. Returns `None` without new records.
    pub(super) fn judge(&mut self, bank: &Bank, now: DateTime<Utc>) -> Option<Vec<GuardEvent>> {
        if self.is_judged && self.guard.advance(now) {
            return None;
        }
        let is_own = |id| !self.is_shared || self.received.contains(&id);
        let events = self.guard.take_in(&self.records, bank, &is_own, now);
        // Not before: after a panic the records are judged again.
        self.is_judged = true;
        Some(events)
    }

    pub(super) const fn memory(&self) -> &Memory {
        self.guard.memory()
    }

    /// Whether a record has not come yet.
    pub(super) const fn awaits(&self) -> bool {
        self.guard.awaits()
    }

    /// Removes forecasts that are not needed any more, once an hour.
    pub(super) fn prune(&mut self, now: DateTime<Utc>) {
        let is_due = |at: DateTime<Utc>| now - at >= TimeDelta::hours(1);
        if !self.pruned_at.is_none_or(is_due) {
            return;
        }
        self.pruned_at = Some(now);
        self.records.retain(&self.retention, now);
        // While a store fails these grow too.
        self.unwritten.retain(&self.retention, now);
    }

    /// Adds a record to those of the next save, if there is a store.
    pub(super) fn write_later(&mut self, record: impl Into<Record>) {
        if self.has_store {
            self.unwritten.insert(record);
        }
    }

    /// Returns whether this server's own transport has received a publication.
    pub(super) fn has_received(&self, id: RecordId) -> bool {
        self.received.contains(&id) || self.guard.has_received(id)
    }

    /// Adds what a feed answered. An answer that repeats itself moves the end of its record, and with it one of the guard's events, so that it is
    /// judged again.
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

    /// Takes in the answer to a request for an earlier day, which does not change what is believed of the present. Returns the record to write
    /// down, or `None` if nothing changed.
    pub(super) fn fill(&mut self, sighting: Sighting) -> Option<Sighting> {
        let record = self.records.observe(sighting)?;
        if !record.is_late() {
            // It repeats a present answer.
            self.is_judged = false;
        }
        self.write_later(record.clone());
        Some(record)
    }

    /// Forgets the instants of a clock that was set back to `now`.
    pub(super) fn set_back(&mut self, now: DateTime<Utc>) {
        self.guard.set_back(now);
        self.pruned_at = None;
    }

    /// Sets aside what only a clock that was ahead can have made. If the clock is wrong now, the records come back when it is right again.
    /// `now` is by the clock by which other servers judge too.
    pub(super) fn set_future_aside(&mut self, now: DateTime<Utc>, passed: Duration) {
        let future = self.take_future(now);
        self.set_aside.add_doubtful(future.into_iter(), passed);
    }

    /// Sets aside what this server's clock allows and the store's does not yet.
    pub(super) fn set_early_aside(&mut self, by_store: DateTime<Utc>) {
        let early = self.take_future(by_store);
        self.set_aside.add_early(early.into_iter());
    }

    /// Removes the records of the future, and the sights of the future of others. Returns each of them as it was, whole.
    fn take_future(&mut self, now: DateTime<Utc>) -> Vec<Record> {
        let latest = now + TOLERANCE;
        let records = self.records.records();
        let future = records.filter(|record| record.last() > latest).collect();
        self.records = std::mem::take(&mut self.records).without_future(now);
        self.unwritten = std::mem::take(&mut self.unwritten).without_future(now);
        self.is_judged = false;
        future
    }

    /// Adds a record that is known by other means than a feed. Returns whether something changed: a record that the bounds of the ledger leave out,
    /// or that was known with a later end, changes nothing.
    pub(super) fn take_over(&mut self, record: impl Into<Record>) -> bool {
        let record = record.into();
        let is_late = match &record {
            Record::Sighting(sighting) => {
                self.guard.is_late(sighting.first()) && !self.records.knows(sighting)
            }
            // The clock may have been set back a little since the checkpoint of a restart or a reload.
            Record::Approval(approval) => self.guard.is_late(approval.at),
            Record::Forecast(_) => false,
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
        self.written = std::mem::take(&mut self.unwritten);
        State::new(
            self.written.clone(),
            Some(self.guard.checkpoint(&self.records, bank)),
        )
    }

    /// Takes back records that could not be written.
    pub(super) fn not_written(&mut self, news: &State) {
        self.unwritten.merge(news.records().clone());
    }
}
