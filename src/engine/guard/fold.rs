//! The guard as a fold: the verdicts on the publications of a bank from the records alone, in the order in which they became known.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Guard, GuardEvent, Memory, Refusal, judge};
use crate::engine::{Bank, Witness};
use crate::ledger::{Approval, Feed, Ledger, RecordId, Sighting, TWO_CLOCKS, Verdict};
use crate::money::Rates;

/// A record at the instant at which it became known, or at which it was last repeated.
#[derive(Clone, Copy, Debug)]
struct Event<'a> {
    at: DateTime<Utc>,
    kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    /// A feed of the bank answered with a publication.
    Seen(&'a Sighting),
    /// A witness answered.
    Heard(&'a Witness, &'a Sighting),
    /// The operator approved quarantined rows.
    Approved(&'a Approval),
}

impl Event<'_> {
    /// The order of events: at one instant the bank's answers come before those of the witnesses that were asked about them, and earlier days before later ones.
    fn key(
        &self,
    ) -> (
        DateTime<Utc>,
        u8,
        Option<NaiveDate>,
        Option<Feed>,
        Option<RecordId>,
    ) {
        let (rank, sighting) = match self.kind {
            Kind::Seen(sighting) => (0, Some(sighting)),
            Kind::Heard(_, sighting) => (1, Some(sighting)),
            Kind::Approved(_) => (2, None),
        };
        let id = sighting.and_then(Sighting::id);
        let day = sighting.and_then(Sighting::rates).map(|rates| rates.day());
        (self.at, rank, day, sighting.map(Sighting::feed), id)
    }
}

/// The memory of the guard, and the checkpoint from which it was computed.
#[derive(Debug, Default)]
pub(in crate::engine) struct Fold {
    base: Memory,
    memory: Memory,
    /// The memory of a version without records. No record holds the evidence for it.
    floor: Memory,
    /// The events since the checkpoint, each with its instant.
    events: Vec<(DateTime<Utc>, GuardEvent)>,
    /// The first event that has not come yet: another server's clock may be ahead.
    ahead: Option<DateTime<Utc>>,
}

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
            Some(until) => memory.recent == recent(records, bank, until),
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
            events: Vec::new(),
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

    fn is_checkpoint_old(&self, now: DateTime<Utc>) -> bool {
        self.base.until.is_none_or(|until| now - until > LATE * 2)
    }

    /// Returns whether an event of an instant is before the checkpoint, so that it takes a fold from the beginning.
    pub(in crate::engine) fn is_late(&self, at: DateTime<Utc>) -> bool {
        let is_known = self.floor.until.is_some_and(|floor| at <= floor);
        !is_known && self.base.until.is_some_and(|until| at <= until)
    }

    /// Forgets the checkpoint: the next fold is one of all records.
    pub(in crate::engine) fn begin_again(&mut self) {
        self.base = self.floor.clone();
    }

    /// Computes the memory again. Returns the events that are new since the last time and less than a day old.
    ///
    /// `is_own` says of which publications this server's own transport has received the same: of others no row is accepted that is beyond
    /// four times of the usual rate.
    pub(in crate::engine) fn take_in(
        &mut self,
        records: &Ledger,
        bank: &Bank,
        is_own: &dyn Fn(RecordId) -> bool,
        now: DateTime<Utc>,
    ) -> Vec<GuardEvent> {
        let latest = now + TWO_CLOCKS;
        if self.base.until.is_some_and(|until| until > latest) {
            // A clock that was ahead has made it.
            if self.floor.until.is_some_and(|until| until > latest) {
                self.floor = Memory::default();
            }
            self.begin_again();
        }
        let received = std::mem::take(&mut self.memory.received);
        let is_own = &|id| is_own(id) || received.contains(&id);
        let (memory, events) = self.base.clone().folded(records, bank, is_own, latest);
        let mut known = std::mem::take(&mut self.events);
        let mut new = events.clone();
        // A repetition moves the instant of an event that follows from it.
        new.retain(
            |event| match known.iter().position(|held| held.1 == event.1) {
                Some(at) => {
                    known.swap_remove(at);
                    false
                }
                None => now - event.0 < LATE,
            },
        );
        (self.memory, self.events) = (memory, events);
        self.memory.until = Some(now);
        let ahead = events_since(records, bank, latest).map(|event| event.at);
        self.ahead = ahead.filter(|at| *at > latest).min();
        if self.is_checkpoint_old(now) {
            let base = std::mem::take(&mut self.base);
            (self.base, _) = base.folded(records, bank, is_own, now - LATE);
            let id = bank.id();
            self.base
                .forget_unknown(|day, of| records.has_publication(&id, day, of));
            (self.memory, self.events) = self.base.clone().folded(records, bank, is_own, latest);
            self.memory.until = Some(now);
        }
        self.memory.received = received;
        if !self.memory.received.is_empty() {
            let ids = ids(records, bank);
            self.memory.received.retain(|id| ids.contains(id));
        }
        new.into_iter().map(|(_, event)| event).collect()
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
    ) -> (Self, Vec<(DateTime<Utc>, GuardEvent)>) {
        let mut guard_events = Vec::new();
        for event in events_of(records, bank, self.until, until) {
            let mut guard = Guard {
                bank,
                memory: &mut self,
                now: event.at,
            };
            let events = guard.take_in(event, is_own);
            guard_events.extend(events.into_iter().map(|decided| (event.at, decided)));
        }
        self.until = Some(until);
        (self, guard_events)
    }
}

impl Guard<'_> {
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
                hold.and_then(|hold| self.approve(hold)).unwrap_or_default()
            }
        }
    }
}

impl Guard<'_> {
    fn refuse(&mut self, rates: &Rates, refusal: Refusal) -> Vec<GuardEvent> {
        let mut events = Vec::new();
        if self.memory.verdict(RecordId::of_rates(rates)) != Verdict::Withheld {
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
    let firsts = records.seen_since(&bank.id(), since).map(Sighting::first);
    let approved = records.approvals().map(|approval| approval.at);
    let recent = firsts
        .chain(approved)
        .filter(|at| (since..=until).contains(at));
    recent.count()
}

/// The events of the records after `since` and up to `until`, in their order.
fn events_of<'a>(
    records: &'a Ledger,
    bank: &'a Bank,
    since: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
) -> Vec<Event<'a>> {
    let events = events_since(records, bank, since.unwrap_or(DateTime::<Utc>::MIN_UTC));
    let mut events: Vec<Event<'a>> = events
        .filter(|event| since.is_none_or(|since| event.at > since) && event.at <= until)
        .collect();
    events.sort_by_key(Event::key);
    events
}

/// The events of the records that were last seen at an instant or later, and of all approvals.
fn events_since<'a>(
    records: &'a Ledger,
    bank: &'a Bank,
    since: DateTime<Utc>,
) -> impl Iterator<Item = Event<'a>> {
    let seen = records.seen_since(&bank.id(), since).map(Kind::Seen);
    let heard = bank.witnesses.iter().flat_map(move |witness| {
        let heard = records.seen_since(&witness.id(), since);
        heard.map(move |sighting| Kind::Heard(witness, sighting))
    });
    let approved = records.approvals().map(Kind::Approved);
    let kinds = seen.chain(heard).chain(approved);
    kinds.flat_map(|kind| kind.instants().map(move |at| Event { at, kind }))
}

impl Kind<'_> {
    /// The first instant, and the last if it is another one.
    fn instants(&self) -> impl Iterator<Item = DateTime<Utc>> + use<> {
        let (first, last) = match self {
            Kind::Seen(sighting) | Kind::Heard(_, sighting) => (sighting.first(), sighting.last()),
            Kind::Approved(approval) => (approval.at, approval.at),
        };
        std::iter::once(first).chain((last > first).then_some(last))
    }
}
