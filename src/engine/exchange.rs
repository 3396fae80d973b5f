//! An exchange with the shared store, call by call: what the store has more is read, and what it lacks is added.
//!
//! ```text
//! exchange ─► Revisions ─► revisions_answered ─(nothing changed)────────────────────────────────┐
//!                               │                                                               │
//!                               ▼                                                               ▼
//!       ┌──────────────────► read_on ─(all read)─► write_on ─(all written)─► lease::after_records ─► Lease ─► after_leases
//!       │                       │                     │  ▲                                            │           │
//!  Texts, Records ◄─────────────┘                     └──┴── Change                                     └─► end_exchange ◄┘
//! ```
//!
//! `read_on` and `write_on` are loops that stop at the next call; the reply enters them again. They work in portions (64 topics, 256 texts a call),
//! so that a site with a thousand cities sends no call of unbounded size. Records are judged as soon as their texts are known, a topic at a time.
//!
//! A failed call ends the records' part and goes on with the leases: a store that cannot be read may still name the server that requests the sources.
//! The records read until then are kept, and `Fleet::is_dirty` stays set, so that the next exchange goes on.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Topic;
use super::core::Engine;
use super::event::Effect;
use super::fleet::{
    Awaited, Errand, Exchange, Listed, Purpose, Reading, SharedChange, SharedRecords, StoreCall,
    StoreReply, is_early,
};
use super::store_error::StoreError;
use crate::day;
use crate::ledger::Record;
use crate::text::WithCauses;

/// The longest time of a call. `RedisStore` has a shorter one of its own.
const LONGEST_CALL: Duration = Duration::from_secs(1);

impl Engine {
    /// Begins an exchange. An exchange that is under way is given up.
    pub(super) fn exchange(&mut self, purpose: Purpose, now: DateTime<Utc>) {
        if !self.held.is_shared() {
            return;
        }
        self.follow_clock(now);
        self.fleet.begin(self.passed);
        let topics = self.topics();
        let exchange = Exchange::new(purpose, now);
        self.call(exchange, StoreCall::Revisions(topics), Awaited::Revisions);
    }

    /// Has a call of the store made. Its number makes the reply of an earlier one count as late.
    pub(super) fn call(&mut self, mut exchange: Exchange, call: StoreCall, awaited: Awaited) {
        exchange.awaited = awaited;
        exchange.called = (self.clock.now, self.passed);
        let fleet = &mut self.fleet;
        fleet.calls += 1;
        let number = fleet.calls;
        fleet.exchange = Some(exchange);
        let time = LONGEST_CALL;
        self.effects.push(Effect::Call { number, call, time });
    }

    /// Takes in the answer to a call.
    pub(super) fn called(
        &mut self,
        number: u64,
        reply: Result<StoreReply, StoreError>,
        clock: DateTime<Utc>,
    ) {
        let is_current = number == self.fleet.calls;
        let Some(mut exchange) = self.fleet.exchange.take_if(|_| is_current) else {
            return;
        };
        let (at, since) = exchange.called;
        let awaited = std::mem::replace(&mut exchange.awaited, Awaited::Revisions);
        let reply = reply.inspect(|_| {
            self.fleet
                .note_answer(at, self.passed.saturating_sub(since));
        });
        match (awaited, reply) {
            (Awaited::Revisions, Ok(StoreReply::Revisions(revisions))) => {
                self.revisions_answered(exchange, revisions);
            }
            (Awaited::Records(topics), Ok(StoreReply::Records(records))) => {
                self.records_answered(exchange, topics, records, clock);
            }
            (Awaited::Texts(ids), Ok(StoreReply::Texts(texts))) => {
                let texts = ids.into_iter().zip(texts).collect();
                for (reading, _) in &mut exchange.readings {
                    reading.take_texts(&texts);
                }
                self.read_on(exchange);
            }
            (Awaited::Change(changes), Ok(StoreReply::Change(outcomes))) => {
                self.changes_answered(changes, outcomes);
                self.write_on(exchange);
            }
            (
                Awaited::Leases {
                    asks,
                    due,
                    is_renewal,
                },
                Ok(StoreReply::Lease(leases)),
            ) => {
                self.leases_answered(&exchange, asks, leases, clock);
                self.after_leases(&exchange, due, is_renewal);
            }
            (awaited, reply) => {
                let error = reply.map_or_else(
                    |error| WithCauses(&error).to_string(),
                    |_| "the shared store answered another call".into(),
                );
                self.call_failed(exchange, awaited, error);
            }
        }
    }

    /// Notes a failed call. The records' part of the exchange ends, and the leases follow; after the leases the exchange ends.
    fn call_failed(&mut self, exchange: Exchange, awaited: Awaited, error: String) {
        let at = exchange.called.0;
        if let Awaited::Leases {
            due, is_renewal, ..
        } = awaited
        {
            self.fleet.note_failure(Errand::Lease, at, error);
            self.after_leases(&exchange, due, is_renewal);
        } else {
            self.fleet.note_failure(Errand::Exchange, at, error);
            self.after_records(exchange);
        }
    }

    /// Goes on with the topics whose revision is another one, or with the leases if neither the store's nor the own records changed.
    fn revisions_answered(&mut self, mut exchange: Exchange, revisions: Vec<Option<String>>) {
        let revisions = self.topics().into_iter().zip(revisions);
        match self.fleet.changed(revisions, self.passed) {
            Some(changed) => {
                exchange.unread = changed.into();
                self.read_on(exchange);
            }
            None => {
                self.fleet.note_done(Errand::Exchange);
                self.after_records(exchange);
            }
        }
    }

    /// Takes the keys of a call's topics, and the store's time, by which they are judged.
    fn records_answered(
        &mut self,
        mut exchange: Exchange,
        topics: Vec<(Topic, Option<String>)>,
        records: SharedRecords,
        clock: DateTime<Utc>,
    ) {
        self.note_store_clock(records.now, exchange.called.0, clock);
        exchange.clearings = self.fleet.clearings();
        exchange.by_store = day::clamp(records.now);
        let listed = topics.into_iter().zip(records.topics);
        let listed = listed.map(|((topic, revision), records)| (topic, revision, records));
        exchange.listed = listed.collect();
        self.read_on(exchange);
    }

    /// Reads what is to be read next, and then begins to write.
    fn read_on(&mut self, mut exchange: Exchange) {
        loop {
            let missing = exchange.next_missing();
            if !missing.is_empty() {
                let call = StoreCall::Texts(missing.clone());
                return self.call(exchange, call, Awaited::Texts(missing));
            }
            self.adopt_readings(&mut exchange);
            if !exchange.listed.is_empty() {
                self.take_listed(&mut exchange);
                continue;
            }
            let unread = exchange.next_unread();
            if !unread.is_empty() {
                let topics = unread.iter().map(|(topic, _)| topic.clone()).collect();
                return self.call(
                    exchange,
                    StoreCall::Records(topics),
                    Awaited::Records(unread),
                );
            }
            exchange.is_whole = self.judge_unused(exchange.now);
            exchange.unwritten = self.topics().into();
            return self.write_on(exchange);
        }
    }

    /// Takes in listed records, until enough texts are missing.
    fn take_listed(&mut self, exchange: &mut Exchange) {
        while let Some(listed) = exchange.listed.pop_front() {
            let (topic, revision, records): Listed = listed;
            let records = match records {
                Ok(records) => records,
                Err(error) => {
                    let error = WithCauses(&error).to_string();
                    self.fleet.note_unreadable(topic, error);
                    continue;
                }
            };
            let before = self.fleet.stored.get(&topic).cloned().unwrap_or_default();
            let mut reading = Reading::new(&topic, records, before, exchange.by_store);
            if !reading.is_complete() {
                let answers = self.answers_of(&topic, self.by_store(exchange.now));
                reading.recognise(&answers);
            }
            exchange.missing.extend(reading.missing());
            exchange.readings.push((reading, revision));
            if exchange.is_full() {
                break;
            }
        }
    }

    /// Adds the records that are complete.
    fn adopt_readings(&mut self, exchange: &mut Exchange) {
        for (reading, revision) in std::mem::take(&mut exchange.readings) {
            let topic = reading.topic().clone();
            let has_changed = self.adopt(reading, exchange.now);
            exchange.has_adopted |= has_changed;
            self.fleet
                .note_revision(topic, revision, exchange.clearings);
        }
    }

    /// Adds the records that the store lacks, and removes unusable ones.
    fn write_on(&mut self, mut exchange: Exchange) {
        loop {
            let topics = exchange.next_unwritten();
            if topics.is_empty() {
                self.fleet.note_done(Errand::Exchange);
                if exchange.is_whole {
                    self.fleet.note_whole();
                }
                return self.after_records(exchange);
            }
            let changes = self.changes(&mut exchange, &topics);
            if changes.is_empty() {
                continue;
            }
            // The records are read again at the next exchange: others may have written too, and the store may lose this change.
            for change in &changes {
                self.fleet.read_again(&change.topic);
            }
            let call = StoreCall::Change(changes.clone());
            return self.call(exchange, call, Awaited::Change(changes));
        }
    }

    /// Returns the changes of topics that the store needs.
    fn changes(&mut self, exchange: &mut Exchange, topics: &[Topic]) -> Vec<SharedChange> {
        let now = exchange.now;
        let by_store = self.by_store(now);
        // The instants of a clock that is wrong are those of no right record.
        if self.clock.is_out_of_step() {
            for topic in topics {
                let unused = self.unused(topic, now);
                self.fleet.note_refused(topic, None, unused);
            }
            return Vec::new();
        }
        let own = |engine: &Self| -> Vec<Vec<Record>> {
            let records = topics.iter();
            let records = records.map(|topic| engine.records_of(topic, by_store));
            records.collect()
        };
        let mut records = own(self);
        let is_any_early = records
            .iter()
            .flatten()
            .any(|record| is_early(record, by_store));
        if is_any_early {
            self.set_early_aside(by_store, now);
            records = own(self);
        }
        let mut changes = Vec::new();
        for (topic, own) in topics.iter().zip(records) {
            let change = self.fleet.change(topic, own, by_store, self.passed);
            let unused = self.unused(topic, now);
            self.fleet.note_refused(topic, change.blocked, unused);
            exchange.is_whole &= change.mends_all;
            if change.change != SharedChange::new(topic.clone()) {
                changes.push(change.change);
            }
        }
        changes
    }

    /// Notes which changes the store has made. A topic that it could not write counts as not shared, and is tried again.
    fn changes_answered(
        &mut self,
        changes: Vec<SharedChange>,
        outcomes: Vec<Result<(), StoreError>>,
    ) {
        for (change, outcome) in changes.into_iter().zip(outcomes) {
            match outcome {
                Ok(()) => {
                    let stored = self.fleet.stored.entry(change.topic.clone());
                    stored.or_default().note_change(change);
                }
                Err(error) => {
                    let error = WithCauses(&error).to_string();
                    self.fleet.note_refused(&change.topic, Some(error), None);
                }
            }
        }
    }

    /// Notes the time by the store's clock in the answer to a call that lasted from `before` to `after`.
    pub(super) fn note_store_clock(
        &mut self,
        by_store: DateTime<Utc>,
        before: DateTime<Utc>,
        after: DateTime<Utc>,
    ) {
        let change = self.clock.note_store(by_store, before, after);
        self.fleet.note_drift(change);
    }

    /// Ends an exchange.
    pub(super) fn end_exchange(&mut self, exchange: &Exchange) {
        self.fleet.end(&mut self.random, self.passed);
        if exchange.has_adopted && self.held.has_store() {
            self.unsaved = true;
            self.effects.push(Effect::Keep);
        }
    }

    /// The topics of this server.
    pub(super) fn topics(&self) -> Vec<Topic> {
        let cities = self.cities.iter();
        let cities = cities.map(|city| Topic::Weather(city.id().clone()));
        let history = self.fill.as_ref().filter(|fill| fill.is_shared());
        let history = history.map(|_| Topic::History);
        [Topic::Rates]
            .into_iter()
            .chain(cities)
            .chain(history)
            .collect()
    }
}
