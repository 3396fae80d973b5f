//! Between decoding and publishing: a number that is surprising is quarantined, not clamped and not shown.
//!
//! A publication is refused if it cannot be right ([`Refusal`]), quarantined if it is surprising ([`Hold`]), and believed
//! otherwise. Evidence ends a quarantine ([`Evidence`]), never time alone: an independent bank, further publications with other
//! numbers, or the operator. The bank's own `change` is no evidence: its feed computes it from the value.
//!
//! Floats judge here; no number that is shown is made of one.
//!
//! # The parts
//!
//! ```text
//! records ── event ──► events in the order in which they became known
//!                           │
//!                         fold        one step for each event: vet, judge, hear or approve; keeps the steps of a day
//!                           │
//!               ┌───────────┴────────────┐
//!             judge                    release
//!    refused, surprising or not    evidence and the end of a hold
//!               │                        │
//!              gate                    doubt, across
//!      moves and their limits      rows across publications, other banks
//!               └───────────┬────────────┘
//!                        memory       publications believed, moves, holds, doubts, verdicts
//! ```
//!
//! `past` judges what a back-fill has read, by its neighbours, outside of the fold.
//!
//! # The states of a publication
//!
//! ```text
//!              ┌─ refusal ──► refused: withheld, the next source is requested
//!              │
//! received ────┼─ surprising as a whole ──► hold of the whole list ──┬─ witness, next list, operator ──► believed,
//!              │                                    │                │                                   but for rows that moved alone
//!              │                                    │                └─ another list of this day, a later one believed ──► dropped
//!              │                                    ▼
//!              ├─ surprising rows ────────► hold of these rows ──────┬─ witness, three further lists, operator ──► believed
//!              │                            (the others are shown)   └─ another list of this day, a later one believed ──► dropped
//!              │
//!              └─ otherwise ──► believed ── without earlier rates: unconfirmed, until a witness or a list with other numbers confirms it
//! ```
//!
//! A hold that is dropped stays withheld: the ledger keeps the publication, and [`Memory`] the verdict on it, for as long as the ledger has it.
//!
//! # A slip and its end
//!
//! The National Bank's dollar, with 38 other rows that move as usual, by the instants of the records:
//!
//! | instant (UTC) | record | decision | the page shows |
//! |---|---|---|---|
//! | 2 April, 04:00 | list of 2 April, 475.09 | believed | 475.09 |
//! | 3 April, 04:00 | list of 3 April, 4750.9 | `Held`: the row moved by ln 10 = 2.303, and its limit is 0.03 | 475.09 of 2 April, the other rows of 3 April |
//! | 3 April, 04:00 | a witness for 3 April, 475.5 across | `Contradicted` | the same |
//! | 3 April, 04:15 | list of 3 April, 475.20 | `Dropped`; the new list is believed | 475.20 |
//!
//! If the bank meant it, each further list would be nearer to the one before than to 475.09, and the third would release the row
//! ([`Evidence::Further`]); two witnesses that contradict it make it the sixth. The list of 3 April alone, read the evening before, would not be
//! contradicted: other banks' lists of that day are then of the time before the shock.
//!
//! # What must hold
//!
//! - The verdicts are a function of the set of records: the same set in any order of arrival gives the same memory. A debug assertion in the
//!   fold compares each memory with one folded in one go.
//! - Judging an event uses only what became known before it. A record that is learned late and became known early makes the fold begin
//!   again at its instant, so that it cannot judge by what followed it.
//! - The instant of an event is the record's, not the time of the call. `Guard::now` is that instant.
//! - A verdict names publications by their id, not by their day: a correction is another publication and is judged again.
//! - Of a number that is quarantined the ledger shows the row believed before it, with its own day. The guard never makes a number.
#![allow(clippy::float_arithmetic)]

mod across;
mod believed;
mod change;
mod doubt;
mod event;
mod fold;
mod gate;
mod held_row;
mod hold;
mod judge;
mod memory;
pub(super) mod past;
mod refusal;
mod release;
mod series;
mod units;

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::Bank;
use crate::day;
use crate::money::{Currency, Method, Rates};
use crate::snapshot::Reading as _;
pub(super) use fold::Fold;
pub use held_row::HeldRow;
pub use hold::{Evidence, GuardEvent, Hold, HoldId, HoldReason};
pub(crate) use memory::Memory;
pub use refusal::Refusal;

use gate::Moves;
use judge::Suspicion;

/// Judges the publications of one bank. It lives for one event.
#[derive(Debug)]
pub(super) struct Guard<'a> {
    pub(super) bank: &'a Bank,
    pub(super) memory: &'a mut Memory,
    /// The instant of the event.
    pub(super) now: DateTime<Utc>,
}

impl Guard<'_> {
    /// Judges a publication that its source has just served, and that is not refused.
    pub(super) fn consider(&mut self, rates: Rates) -> Vec<GuardEvent> {
        self.memory.forget_after(self.latest());
        let mut events = Vec::new();
        self.weigh(rates, &mut events);
        events
    }

    /// A publication with the numbers of a hold is that hold again; only another one is judged. So a slip that each feed repeats is one hold.
    fn weigh(&mut self, rates: Rates, events: &mut Vec<GuardEvent>) {
        let mut known = self.memory.holds.iter();
        match known.position(|hold| hold.is_said_by(&rates)) {
            Some(at) => self.again(at, &rates, events),
            None => self.judge(rates, events),
        }
    }

    /// The last day whose publication can be believed now.
    fn latest(&self) -> NaiveDate {
        let today = day::of(self.now, self.bank.zone);
        today
            .checked_add_days(Days::new(self.bank.days_ahead.into()))
            .unwrap_or(today)
    }

    /// Judges a publication that is no hold. It may call itself through [`doubt_all`](Self::doubt_all): a list that has released another one is then
    /// judged by that one.
    fn judge(&mut self, rates: Rates, events: &mut Vec<GuardEvent>) {
        match judge::suspicion(self.bank, self.memory, &rates) {
            Suspicion::None => {
                self.forget_doubts(&rates, &[]);
                self.believe(rates, events);
            }
            Suspicion::Rows(rows) => {
                self.forget_doubts(&rates, &rows);
                let (doubted, _) = self.follow_doubts(&rates, rows, events);
                if doubted.is_empty() {
                    self.believe(rates, events);
                } else {
                    self.doubt_rows(rates, doubted, events);
                }
            }
            Suspicion::Whole(reason, rows) => self.doubt_all(rates, reason, rows, events),
        }
    }

    /// Believes every row of a publication, and ends the holds of its day that it replaces.
    fn believe(&mut self, rates: Rates, events: &mut Vec<GuardEvent>) {
        self.memory.believe(&rates);
        let (day, source) = (rates.day(), rates.source().clone());
        // A repetition by another party does not withdraw the bank's own word.
        let own = rates.publication().method == Method::Published;
        self.drop_holds(
            |hold| hold.day == day && (own || hold.source == source),
            events,
        );
        self.accept(rates, events);
    }

    /// Everything but the rows in doubt, whose last good numbers stay, each with its day.
    fn doubt_rows(&mut self, rates: Rates, rows: Vec<HeldRow>, events: &mut Vec<GuardEvent>) {
        let hold = self.new_hold(rates, HoldReason::Rows, rows);
        let believed = release::without(self.memory, &hold);
        self.hold(hold, events);
        if let Some(believed) = believed {
            self.accept(believed, events);
        }
    }

    /// Holds a whole publication, unless enough publications agree with one that was held before.
    fn doubt_all(
        &mut self,
        rates: Rates,
        reason: HoldReason,
        rows: Vec<HeldRow>,
        events: &mut Vec<GuardEvent>,
    ) {
        let mut hold = self.new_hold(rates, reason, rows);
        match self.followed_by(&hold.candidate) {
            Some((at, true)) => {
                self.release_to_next(at, events, hold.day);
                // A row of it may still be wrong.
                return self.judge(hold.candidate, events);
            }
            Some((at, false)) => {
                if let Some(before) = self.memory.holds.get(at) {
                    hold.since = before.since.min(hold.since);
                    hold.followed = before.followed.saturating_add(1);
                    hold.contradicted_by.clone_from(&before.contradicted_by);
                }
            }
            None => {}
        }
        self.hold(hold, events);
    }

    /// The whole publication held before that another one agrees with, and whether enough agree by now. Of several it is the one with the longest
    /// series before it.
    fn followed_by(&self, next: &Rates) -> Option<(usize, bool)> {
        let holds = self.memory.holds.iter().enumerate();
        let agreed = holds.filter(|(_, hold)| {
            hold.reason != HoldReason::Rows
                && self.now - hold.since >= doubt::LATER
                && release::agrees(self.memory, &hold.candidate, next)
        });
        let (at, hold) = agreed.max_by_key(|(_, hold)| hold.followed)?;
        let needed = release::publications_needed(self.bank, hold);
        Some((at, hold.followed.saturating_add(1) >= needed))
    }

    /// Adds a hold, in the place of one that the same source had for that day.
    fn hold(&mut self, hold: Hold, events: &mut Vec<GuardEvent>) {
        self.drop_holds(
            |held| held.day == hold.day && held.source == hold.source,
            events,
        );
        events.push(GuardEvent::Held(hold.clone()));
        self.memory.hold(hold);
    }

    /// A source serves again what is quarantined.
    fn again(&mut self, at: usize, rates: &Rates, events: &mut Vec<GuardEvent>) {
        let Some(hold) = self.memory.holds.get_mut(at) else {
            return;
        };
        // Time that a wrong clock has counted does not count.
        hold.since = hold.since.min(self.now);
        let (reason, rows) = (hold.reason, hold.rows.clone());
        // Only the source of a publication says that it still stands.
        let is_of_source = rates.source() == &hold.source;
        // A publication with the same numbers is accepted no further than the quarantined one, unless it was believed before that one came:
        // its rows may be fewer, and what bore them out still does.
        if is_of_source || !self.memory.is_believed(rates) {
            self.memory.withhold_as_held(reason, &rows, rates);
        }
        if !is_of_source {
            return;
        }
        let Some(hold) = self.memory.holds.get_mut(at) else {
            return;
        };
        hold.seen = self.now;
        let reason = hold.reason;
        let (candidate, rows) = (hold.candidate.clone(), hold.rows.clone());
        if reason == HoldReason::Rows {
            let (doubted, is_settled) = self.follow_doubts(&candidate, rows, events);
            if is_settled {
                let Some(hold) = self.take(at) else { return };
                return self.keep_in_doubt(at, hold, doubted);
            }
            return;
        }
        match self.followed_by(&candidate) {
            Some((before, true)) => {
                self.release_to_next(before, events, candidate.day());
                self.drop_holds(|hold| hold.candidate == candidate, events);
                self.judge(candidate, events);
            }
            Some((before, false)) => {
                let followed = self.memory.holds.get(before).map(|before| before.followed);
                if let Some((followed, hold)) = followed.zip(self.memory.holds.get_mut(at)) {
                    hold.followed = hold.followed.max(followed.saturating_add(1));
                }
            }
            None => {}
        }
    }

    /// Remembers a publication that is believed, at least in part: it confirms an unconfirmed one if most of its numbers are others, and ends the
    /// holds of days before it that have passed.
    fn accept(&mut self, rates: Rates, events: &mut Vec<GuardEvent>) {
        let rates = self.carrying(rates);
        let (day, first) = (rates.day(), self.memory.is_empty());
        let quotes = self.memory.quotes(day);
        let moves = Moves::between(&quotes, &rates);
        let has_other_numbers = moves.as_ref().is_some_and(Moves::most);
        if first {
            self.memory.unconfirmed = Some(day);
        } else if let Some(unconfirmed) = self.memory.unconfirmed.filter(|first| *first != day)
            && has_other_numbers
        {
            self.confirm(unconfirmed, Evidence::Next { day }, events);
        }
        self.mark_rows(&rates, &quotes, moves.as_ref());
        self.memory.accept(&rates);
        self.memory.forget_marks();
        // A later publication is believed. Quarantined rates of today stay quarantined, because today's feed goes on serving them.
        let today = day::of(self.now, self.bank.zone);
        self.drop_holds(|hold| hold.day < day && hold.day < today, events);
    }

    /// Another party's list, which has fewer currencies than the bank's own, with the last rates believed of the others, each
    /// with its day. Likewise the bank's own list where its weekly one was not read with it, for as long as that is in force.
    fn carrying(&self, rates: Rates) -> Rates {
        let day = rates.day();
        if rates.publication().method == Method::Published {
            let lists = self.memory.accepted().rev();
            let lists = lists.filter(|list| list.day() <= day);
            let in_force = lists.flat_map(|list| list.carried_in_force(day));
            return rates.carrying(in_force);
        }
        let currencies = self.memory.accepted().flat_map(Rates::rows);
        let missing = currencies.map(|row| row.currency);
        let missing: BTreeSet<Currency> = missing
            .filter(|currency| rates.row_of(*currency).is_none())
            .collect();
        let last_good = missing
            .into_iter()
            .filter_map(|currency| self.memory.last_good(currency, day.pred_opt()?))
            .map(|(row, day)| (row, day, None));
        let last_good: Vec<_> = last_good.collect();
        rates.carrying(last_good)
    }

    /// Marks the rows that are new and of no usual value, and confirms those that a list with other numbers shows again.
    fn mark_rows(&mut self, rates: &Rates, quotes: &gate::Quotes, moves: Option<&Moves>) {
        let (most, most_carried) = (
            moves.is_some_and(Moves::most),
            moves.is_some_and(Moves::most_carried),
        );
        for row in rates.each_row() {
            let (currency, day) = (row.currency, rates.day_of(row.currency));
            let has_other_numbers = if rates.is_carried(currency) {
                most_carried
            } else {
                most
            };
            let marks = &mut self.memory.unconfirmed_rows;
            if quotes.get(currency).is_none() {
                if self.bank.usual(currency).is_none() {
                    marks.insert(currency, day);
                }
            } else if has_other_numbers && marks.get(&currency).is_some_and(|first| *first != day) {
                marks.remove(&currency);
            }
        }
    }

    /// Ends the mark of the first publication. Marks of single rows stay.
    pub(super) fn confirm(
        &mut self,
        day: NaiveDate,
        evidence: Evidence,
        events: &mut Vec<GuardEvent>,
    ) {
        self.memory.unconfirmed = None;
        self.memory.denied_by.clear();
        events.push(GuardEvent::Confirmed { day, evidence });
    }

    /// Ends holds without a release. Their publications stay withheld.
    fn drop_holds(&mut self, gone: impl Fn(&Hold) -> bool, events: &mut Vec<GuardEvent>) {
        let dropped = self.memory.holds.extract_if(.., |hold| gone(hold));
        events.extend(dropped.map(|hold| GuardEvent::Dropped { hold: hold.id }));
    }

    /// Makes a quarantine. Numbers that were in doubt before, in a publication of the day before or in a shorter list, are so since then.
    fn new_hold(&self, candidate: Rates, reason: HoldReason, rows: Vec<HeldRow>) -> Hold {
        let alike = |hold: &&Hold| {
            let same = hold.rows.iter().map(|row| (row.currency, row.value));
            same.eq(rows.iter().map(|row| (row.currency, row.value)))
                || (hold.says_the_same(&candidate) && hold.source == *candidate.source())
        };
        let before = self.memory.holds.iter().find(alike).map(|hold| hold.since);
        Hold {
            id: HoldId::of(&candidate),
            day: candidate.day(),
            source: candidate.source().clone(),
            since: before.map_or(self.now, |since| since.min(self.now)),
            seen: self.now,
            reason,
            rows: self.memory.beside(rows, &candidate),
            contradicted_by: Vec::new(),
            followed: 0,
            candidate,
        }
    }
}

/// Returns whether the anchor's rate is beyond four times of the usual one, or less than a quarter of it.
pub(super) fn is_beyond(bank: &Bank, rates: &Rates) -> bool {
    judge::is_implausible(bank, rates, bank.anchor)
}

fn currencies(rows: &[HeldRow]) -> impl Iterator<Item = Currency> + '_ {
    rows.iter().map(|row| row.currency)
}

impl Memory {
    /// Refuses what is never shown.
    pub(super) fn vet(
        &self,
        bank: &Bank,
        feed: &str,
        rates: &Rates,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        judge::refusal(bank, self, feed, rates, day::of(now, bank.zone), now)
    }

    /// A publication as it is shown: with the changes that are consistent, and the rows that are not confirmed marked.
    pub(super) fn presented(&self, rates: Rates) -> Rates {
        let unconfirmed = self.marks().of(&rates);
        // All rates may move, and each beside the others.
        let common = self.common_limit();
        let limit = |currency| common + self.limit(currency);
        change::consistent(rates, |day| self.of_day(day), limit).with_unconfirmed(unconfirmed)
    }
}
