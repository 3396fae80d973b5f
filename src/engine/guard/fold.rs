//! The guard as a fold: the verdicts on the publications of a bank from the records alone, in the order in which they became known.
//!
//! # The checkpoint and the steps
//!
//! Folding all records at each event would cost the more the older the ledger is. So the fold keeps three things:
//!
//! - the `base`, a memory at an instant that is one to two days ago,
//! - a `Step` for each event since then, with the decisions that it led to,
//! - the memory after each of the last six steps.
//!
//! [`Fold::take_in`] lists the events since the base and compares them with the steps. Up to the first difference the steps stay; from there on
//! the events are judged again, from the last memory before. A repetition of an answer moves one of the last events, so that usually one or two
//! steps are judged. If a record became known before the base, [`Fold::is_late`] returns `true` and the fold begins from nothing, which is rare: a
//! merge with a server that was apart for a day.
//!
//! An example, with the base of 1 April, 06:00, and the steps A (2 April, 06:00), B (2 April, 10:31) and C (the last sight of A, 2 April, 11:00):
//!
//! | news | events since the base | judged |
//! |---|---|---|
//! | A is seen again at 11:10 | A, B, C at 11:10 | C alone |
//! | a record of another server, first seen at 10:40 | A, B, the new one, C | the new one and C |
//! | a record that was first seen on 1 April, 05:00 | it is before the base | all events of the ledger |
//! | no record, and it is 3 April, 06:01 | the base is older than two days | the base moves to 2 April, 06:01; B and C are its steps |
//!
//! Decisions that were undone and come again are not reported a second time, and decisions that are more than a day old are not reported at all: they
//! come of a start, not of news.
//!
//! The stored checkpoint is the memory with the number of records of the ten days before it. At a start it is used if its store has as many
//! records; if it has others, all of them are folded. A wrong checkpoint therefore costs time, not a verdict.
//!
//! # Publications of other servers
//!
//! If only other servers have received a publication, its rows beyond a quarter to four times the usual rate are withheld whatever the evidence,
//! because the writer of a store can invent evidence too. [`Fold::receive`] notes the ids that this server's own transport has received; they are
//! stored with the memory, but are no part of it: two servers with the same records differ in them.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::event::{Event, Key, Kind, events_of, events_since};
use super::{Guard, GuardEvent, Memory, Refusal, judge};
use crate::engine::Bank;
use crate::ledger::{Ledger, RecordId, Sighting, TWO_CLOCKS, Verdict};
use crate::money::Rates;

/// The memory of the guard, and the checkpoint from which it was computed.
#[derive(Debug, Default)]
pub(in crate::engine) struct Fold {
    /// The memory at an instant one to two days ago; after a start that of the store's checkpoint.
    base: Memory,
    /// The memory now: `base` after all steps.
    memory: Memory,
    /// The memory of a version without records. No record holds the evidence for it.
    floor: Memory,
    /// The events that were taken in since the checkpoint.
    steps: Vec<Step>,
    /// The first event that has not come yet: another server's clock may be ahead.
    ahead: Option<DateTime<Utc>>,
}

/// An event that was taken in.
#[derive(Debug)]
struct Step {
    /// The event, whether this server's own transport has received its publication, and the longest pause that it states.
    event: (Key, bool, Option<u16>),
    /// The decisions of the guard.
    decided: Vec<GuardEvent>,
    /// The memory afterwards, of the last few steps: a repetition moves one of the last events.
    after: Option<Memory>,
}

/// The comparison of the steps before with those after.
struct Kept {
    /// The number of those that are still the first ones.
    kept: usize,
    /// The decisions in the others.
    undone: Vec<GuardEvent>,
}

/// The memory is kept of so many of the last steps.
const REMEMBERED: usize = 6;

/// The checkpoint is at least this old, because records of other processes come late.
const LATE: TimeDelta = TimeDelta::days(1);

impl Fold {
    /// Continues from a stored memory, if it has taken in all of these records that are as old.
    pub(in crate::engine) fn restored(
        mut memory: Memory,
        records: &Ledger,
        bank: &Bank,
        now: DateTime<Utc>,
    ) -> Self {
        let is_whole = match memory.until {
            Some(until) => {
                until <= now + TWO_CLOCKS && memory.recent == recent(records, bank, until)
            }
            // A version without records has judged all that it has stored.
            None => !memory.is_empty(),
        };
        if !is_whole {
            let received = std::mem::take(&mut memory.received);
            let mut fold = Self::default();
            fold.memory.received = received;
            return fold;
        }
        let mut floor = Memory::default();
        if memory.until.is_none() {
            memory.until = Some(now);
            floor = memory.clone();
        }
        Self {
            base: memory.clone(),
            memory,
            floor,
            steps: Vec::new(),
            ahead: None,
        }
    }

    /// Remembers that this server's own transport has received a publication, if it has implausible rows.
    pub(in crate::engine) fn receive(&mut self, id: RecordId, rates: &Rates, bank: &Bank) {
        if !judge::implausible(bank, rates).is_empty() {
            self.memory.received.insert(id);
        }
    }

    /// Returns whether this server's own transport has received a publication with implausible rows, also before a restart.
    pub(in crate::engine) fn has_received(&self, id: RecordId) -> bool {
        self.memory.received.contains(&id)
    }

    pub(in crate::engine) const fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Returns the memory to store, from which a start continues if it has these records.
    pub(in crate::engine) fn checkpoint(&self, records: &Ledger, bank: &Bank) -> Memory {
        let mut memory = self.memory.clone();
        memory.recent = memory.until.map_or(0, |until| recent(records, bank, until));
        memory
    }

    /// Moves on to a later instant at which no event of the known records has come. Returns `false` if [`take_in`](Self::take_in) must be called.
    pub(in crate::engine) fn advance(&mut self, now: DateTime<Utc>) -> bool {
        let latest = now + TWO_CLOCKS;
        let is_unchanged = self.memory.until.is_some_and(|until| until <= now)
            && self.ahead.is_none_or(|ahead| latest < ahead)
            && !self.is_checkpoint_old(now);
        if is_unchanged {
            self.memory.until = Some(now);
        }
        is_unchanged
    }

    /// Whether an event has not come yet.
    pub(in crate::engine) const fn awaits(&self) -> bool {
        self.ahead.is_some()
    }

    /// Whether the base is to move: it is more than two days old, or has no instant yet.
    fn is_checkpoint_old(&self, now: DateTime<Utc>) -> bool {
        self.base.until.is_none_or(|until| now - until > LATE * 2)
    }

    /// Returns whether an event of an instant is before the checkpoint, so that it takes a fold from the beginning.
    pub(in crate::engine) fn is_late(&self, at: DateTime<Utc>) -> bool {
        let is_known = self.floor.until.is_some_and(|floor| at <= floor);
        !is_known && self.base.until.is_some_and(|until| at <= until)
    }

    /// Forgets a checkpoint of a clock that was set back to `now`.
    pub(in crate::engine) fn set_back(&mut self, now: DateTime<Utc>) {
        let is_ahead = |memory: &Memory| memory.until.is_some_and(|until| until > now + TWO_CLOCKS);
        if is_ahead(&self.floor) {
            self.floor = Memory::default();
        }
        if is_ahead(&self.base) {
            self.begin_again();
        }
    }

    /// Forgets the checkpoint: the next fold is one of all records.
    pub(in crate::engine) fn begin_again(&mut self) {
        self.base = self.floor.clone();
        // The decisions of the steps stay, so that they are not reported again.
        self.steps.iter_mut().for_each(|step| step.after = None);
    }

    /// Computes the memory again. Returns the events that are new since the last time and less than a day old.
    ///
    /// `is_own` returns whether this server's own transport has received the same publication. If it has not, rows beyond four times of the
    /// usual rate are not accepted.
    pub(in crate::engine) fn take_in(
        &mut self,
        records: &Ledger,
        bank: &Bank,
        is_own: &dyn Fn(RecordId) -> bool,
        now: DateTime<Utc>,
    ) -> Vec<GuardEvent> {
        let latest = now + TWO_CLOCKS;
        let mut received = std::mem::take(&mut self.memory.received);
        let is_own = &|id| is_own(id) || received.contains(&id);
        let mut known = self.step_to(records, bank, is_own, latest);
        let new = self.steps.iter().skip(known.kept).flat_map(|step| {
            let decided = step.decided.iter().cloned();
            decided.map(|event| (step.event.0.0, event))
        });
        let mut new: Vec<(DateTime<Utc>, GuardEvent)> = new.collect();
        // A repetition moves the instant of an event that follows from it.
        new.retain(|(at, event)| {
            let is_known = known.undone.iter().position(|undone| undone == event);
            is_known.map_or(now - *at < LATE, |place| {
                known.undone.swap_remove(place);
                false
            })
        });
        self.memory.until = Some(now);
        let ahead = events_since(records, bank, latest).map(|event| event.at);
        self.ahead = ahead.filter(|at| *at > latest).min();
        if self.is_checkpoint_old(now) {
            self.steps.clear();
            let base = std::mem::take(&mut self.base);
            self.base = base.folded(records, bank, is_own, now - LATE);
            let id = bank.id();
            self.base
                .forget_unknown(|day, of| records.has_publication(&id, day, of));
            _ = self.step_to(records, bank, is_own, latest);
            self.memory.until = Some(now);
            if !received.is_empty() {
                let ids = ids(records, bank);
                received.retain(|id| ids.contains(id));
            }
        }
        self.memory.received = received;
        new.into_iter().map(|(_, event)| event).collect()
    }
}

impl Fold {
    /// Takes in the events since the checkpoint up to `until`. Goes on from the last step that has not
    /// changed.
    fn step_to(
        &mut self,
        records: &Ledger,
        bank: &Bank,
        is_own: &dyn Fn(RecordId) -> bool,
        until: DateTime<Utc>,
    ) -> Kept {
        let events = events_of(records, bank, self.base.until, until);
        let named = |event: &Event<'_>| {
            let is_own = event.id().is_some_and(is_own);
            (event.key(), is_own, event.longest_pause())
        };
        let steps = self.steps.iter().zip(&events);
        let same = steps.take_while(|(step, event)| step.event == named(event));
        let same = self.steps.get(..same.count()).unwrap_or_default();
        let kept = same.iter().rposition(|step| step.after.is_some());
        let kept = kept.map_or(0, |last| last + 1);
        let undone = self.steps.split_off(kept.min(self.steps.len()));
        let undone = undone.into_iter().flat_map(|step| step.decided).collect();
        let last = self.steps.last().and_then(|step| step.after.as_ref());
        let mut memory = last.unwrap_or(&self.base).clone();
        for event in events.into_iter().skip(kept) {
            let name = named(&event);
            let decided = memory.take_in(event, bank, is_own);
            self.steps.push(Step {
                event: name,
                decided,
                after: Some(memory.clone()),
            });
            let old = self.steps.len().checked_sub(REMEMBERED + 1);
            if let Some(old) = old.and_then(|old| self.steps.get_mut(old)) {
                old.after = None;
            }
        }
        memory.until = Some(until);
        debug_assert_eq!(
            memory,
            self.base.clone().folded(records, bank, is_own, until),
            "the steps that were kept are those of the records"
        );
        self.memory = memory;
        Kept { kept, undone }
    }
}

/// The ids of the bank's publications.
fn ids(records: &Ledger, bank: &Bank) -> BTreeSet<RecordId> {
    let sightings = records.sightings(&bank.id());
    sightings.filter_map(Sighting::id).collect()
}

impl Memory {
    /// Takes in the events of the records since its own instant, up to `until`.
    fn folded(
        mut self,
        records: &Ledger,
        bank: &Bank,
        is_own: &dyn Fn(RecordId) -> bool,
        until: DateTime<Utc>,
    ) -> Self {
        for event in events_of(records, bank, self.until, until) {
            self.take_in(event, bank, is_own);
        }
        self.until = Some(until);
        self
    }

    fn take_in(
        &mut self,
        event: Event<'_>,
        bank: &Bank,
        is_own: &dyn Fn(RecordId) -> bool,
    ) -> Vec<GuardEvent> {
        let mut guard = Guard {
            bank,
            memory: self,
            now: event.at,
        };
        guard.take_in(event, is_own)
    }
}

impl Guard<'_> {
    /// Takes in an event. A witness's list counts only while a number is in doubt, and an approval only for a hold that exists then, and of
    /// its rows only for those that the approval names.
    fn take_in(&mut self, event: Event<'_>, is_own: &dyn Fn(RecordId) -> bool) -> Vec<GuardEvent> {
        match event.kind {
            Kind::Seen(sighting) => {
                let Some(rates) = sighting.rates() else {
                    return Vec::new();
                };
                let feed = format!("{}/{}", sighting.source(), sighting.feed());
                if let Err(refusal) = self.memory.vet(self.bank, &feed, rates, self.now) {
                    return self.refuse(rates, refusal);
                }
                let Some(id) = sighting.id() else {
                    return Vec::new();
                };
                self.memory.answered(&feed, rates.own_len(), self.now);
                let rates = Rates::clone(rates);
                if self.memory.is_repeated(id, &rates) {
                    Vec::new()
                } else if is_own(id) {
                    self.consider(rates)
                } else {
                    self.consider_foreign(id, rates)
                }
            }
            Kind::Heard(witness, sighting) => {
                let heard = sighting.rates().filter(|_| self.memory.wants_witness());
                heard.map_or_else(Vec::new, |rates| self.hear(witness, rates))
            }
            Kind::Approved(approval) => {
                let mut holds = self.memory.holds().iter();
                let hold = holds
                    .find(|hold| RecordId::of_rates(hold.candidate()) == approval.id)
                    .map(|hold| hold.id);
                hold.map_or_else(Vec::new, |hold| self.approve(hold, &approval.rows))
            }
        }
    }
}

impl Guard<'_> {
    /// Withholds a publication that was refused, and reports it unless it was withheld before. A record that is here was accepted by the chain, so
    /// this happens if other records came first by their instants, or if another server received it.
    fn refuse(&mut self, rates: &Rates, refusal: Refusal) -> Vec<GuardEvent> {
        let mut events = Vec::new();
        if self.memory.verdict_of(rates) != Verdict::Withheld {
            let (day, source) = (rates.day(), rates.publication().source.clone());
            let refused = GuardEvent::Refused {
                day,
                source,
                refusal,
            };
            events.push(refused);
        }
        self.memory.withhold(rates);
        events
    }

    /// Judges a publication that only other servers have received. A writer of a store can invent evidence too.
    ///
    /// Its implausible rows are withheld, and the rest is judged as a publication of its own, whose verdict counts for the other rows
    /// ([`Memory::verdict`]). With an implausible anchor none of its rows is believed.
    fn consider_foreign(&mut self, id: RecordId, rates: Rates) -> Vec<GuardEvent> {
        let beyond = judge::implausible(self.bank, &rates);
        if beyond.is_empty() {
            return self.consider(rates);
        }
        let last_good = |currency| self.memory.last_good(currency, rates.day());
        let rest = rates.clone().doubting(&beyond, last_good);
        let Some(rest) = rest.ok().filter(|_| !beyond.contains(&self.bank.anchor)) else {
            self.memory.withhold(&rates);
            return Vec::new();
        };
        self.memory.withhold_beyond(id, beyond, &rest);
        self.consider(rest)
    }
}

/// The number of the bank's records that became known in the ten days before an instant.
fn recent(records: &Ledger, bank: &Bank, until: DateTime<Utc>) -> usize {
    let since = until - TimeDelta::days(10);
    let seen = records.seen_since(&bank.id(), since);
    let seen = seen.filter(|sighting| !sighting.is_late());
    let firsts = seen.map(Sighting::first);
    let approved = records.approvals().map(|approval| approval.at);
    let recent = firsts
        .chain(approved)
        .filter(|at| (since..=until).contains(at));
    recent.count()
}
