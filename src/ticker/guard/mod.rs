//! Between decoding and publishing: a number that is surprising is held, not clamped and not shown.
//!
//! A publication is refused where it cannot be right ([`Refusal`]), held where it is surprising ([`Hold`]), and believed
//! otherwise. What is held is released by evidence ([`Evidence`]), never by time alone: an independent bank, the bank's own
//! changes or next publication where most rates moved, or the operator.
//!
//! Floats judge here; no number that is shown is made of one.
#![allow(clippy::float_arithmetic)]

mod follow;
mod gate;
mod hold;
mod judge;
mod memory;
mod plausible;
mod release;
mod witness;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::Bank;
use crate::day;
use crate::money::{Currency, Method, Rates};
use crate::snapshot::Reading as _;
pub use hold::{Evidence, GuardEvent, HeldRow, Hold, HoldId, HoldReason, ParseHoldIdError};
pub use judge::Refusal;
pub(super) use memory::Memory;
pub(super) use plausible::per_dollar;
pub(super) use release::STANDS_BY;
pub use witness::Witness;

use gate::Moves;
use judge::Suspicion;

/// What is believed, and what is to be told of it.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// What to publish, in this order.
    pub(super) publish: Vec<Rates>,
    pub(super) events: Vec<GuardEvent>,
}

/// Judges the publications of one bank.
#[derive(Debug)]
pub(super) struct Guard<'a> {
    pub(super) bank: &'a Bank,
    pub(super) memory: &'a mut Memory,
    pub(super) now: DateTime<Utc>,
}

impl Guard<'_> {
    /// Refuses what is never shown.
    pub(super) fn vet(&self, feed: &str, rates: &Rates) -> Result<(), Refusal> {
        let today = day::of(self.now, self.bank.zone);
        judge::refusal(self.bank, self.memory, feed, rates, today, self.now)
    }

    /// Judges a publication that is not refused. `served` says that the bank has just sent it.
    pub(super) fn consider(&mut self, feed: &str, rates: Rates, served: bool) -> Verdict {
        self.memory.forget_after(self.latest());
        self.memory.answered(feed, rates.len(), self.now);
        let mut verdict = Verdict::default();
        self.weigh(rates, served, &mut verdict);
        verdict
    }

    fn weigh(&mut self, rates: Rates, served: bool, verdict: &mut Verdict) {
        let mut known = self.memory.holds.iter();
        match known.position(|hold| hold.is_said_by(&rates)) {
            Some(at) => self.again(at, &rates, served, verdict),
            None => self.judge(rates, verdict),
        }
    }

    /// The last day of which a publication can be believed now.
    fn latest(&self) -> NaiveDate {
        let today = day::of(self.now, self.bank.zone);
        today
            .checked_add_days(Days::new(self.bank.days_ahead.into()))
            .unwrap_or(today)
    }

    fn judge(&mut self, rates: Rates, verdict: &mut Verdict) {
        match judge::suspicion(self.bank, self.memory, &rates) {
            Suspicion::None => self.believe(rates, verdict),
            Suspicion::Rows(rows) => self.doubt_rows(rates, rows, verdict),
            Suspicion::Whole(reason, rows) => self.doubt_all(rates, reason, rows, verdict),
        }
    }

    fn believe(&mut self, rates: Rates, verdict: &mut Verdict) {
        let (day, source) = (rates.day(), rates.source().clone());
        // What another party repeats does not unsay the bank's own word.
        let own = rates.publication().method == Method::Published;
        self.drop_holds(
            |hold| hold.day == day && (own || hold.source == source),
            verdict,
        );
        self.accept(rates, verdict);
    }

    /// Everything but the rows in doubt, whose last good numbers stay, each with its day.
    fn doubt_rows(&mut self, rates: Rates, rows: Vec<HeldRow>, verdict: &mut Verdict) {
        let hold = self.new_hold(rates, HoldReason::Rows, rows);
        let believed = release::without(self.memory, &hold);
        self.hold(hold, verdict);
        if let Some(believed) = believed {
            self.accept(believed, verdict);
        }
    }

    /// Nothing of it, unless it agrees with what was held before.
    fn doubt_all(
        &mut self,
        rates: Rates,
        reason: HoldReason,
        rows: Vec<HeldRow>,
        verdict: &mut Verdict,
    ) {
        let agreed = self.memory.holds.iter().position(|hold| {
            matches!(hold.reason, HoldReason::Common { .. } | HoldReason::Apart)
                && release::is_second_word(hold, self.now)
                && release::agrees(self.memory, &hold.candidate, &rates)
        });
        if let Some(at) = agreed {
            self.release_to_next(at, &rates, verdict);
            // A row of it may be wrong all the same.
            return self.judge(rates, verdict);
        }
        let hold = self.new_hold(rates, reason, rows);
        self.hold(hold, verdict);
    }

    /// In place of what the same source said of that day before.
    fn hold(&mut self, hold: Hold, verdict: &mut Verdict) {
        self.drop_holds(
            |held| held.day == hold.day && held.source == hold.source,
            verdict,
        );
        verdict.events.push(GuardEvent::Held(hold.clone()));
        self.memory.hold(hold);
    }

    /// What is held is served again.
    fn again(&mut self, at: usize, rates: &Rates, served: bool, verdict: &mut Verdict) {
        let Some(hold) = self.memory.holds.get_mut(at) else {
            return;
        };
        // Time that a wrong clock has counted does not count.
        hold.since = hold.since.min(self.now);
        let (since, day, reason) = (hold.since, hold.day, hold.reason);
        if served && rates.source() == &hold.source {
            hold.seen = self.now.max(hold.since);
            self.memory.changed(self.now);
        }
        if release::borne_out_by_changes(self.bank, self.memory, at) {
            self.release(at, Evidence::Change { since }, &[], verdict);
        } else if reason == HoldReason::Rows {
            verdict.publish.extend(self.memory.of_day(day).cloned());
        }
    }

    /// Remembers and publishes.
    fn accept(&mut self, rates: Rates, verdict: &mut Verdict) {
        let (day, first) = (rates.day(), self.memory.is_empty());
        if first {
            self.memory.unconfirmed = Some(day);
        } else if let Some(unconfirmed) = self.memory.unconfirmed.filter(|before| *before < day) {
            let quotes = self.memory.quotes(day);
            if Moves::between(&quotes, &rates).is_some_and(|moves| moves.most()) {
                self.confirm(unconfirmed, Evidence::Next { day }, verdict);
            }
        }
        self.memory.accept(&rates, self.now);
        // What was doubted of an older day is settled: a later publication is believed.
        self.drop_holds(|hold| hold.day < day, verdict);
        verdict.publish.push(rates);
    }

    pub(super) fn confirm(&mut self, day: NaiveDate, evidence: Evidence, verdict: &mut Verdict) {
        self.memory.unconfirmed = None;
        self.memory.denied_by.clear();
        self.memory.changed(self.now);
        verdict.events.push(GuardEvent::Confirmed { day, evidence });
    }

    fn drop_holds(&mut self, gone: impl Fn(&Hold) -> bool, verdict: &mut Verdict) {
        let dropped = self.memory.holds.extract_if(.., |hold| gone(hold));
        verdict
            .events
            .extend(dropped.map(|hold| GuardEvent::Dropped { hold: hold.id }));
    }

    /// What was in doubt before, in a publication of the day before or in a shorter list, is so since then.
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
            rows,
            contradicted_by: Vec::new(),
            candidate,
        }
    }
}

fn currencies(rows: &[HeldRow]) -> impl Iterator<Item = Currency> + '_ {
    rows.iter().map(|row| row.currency)
}
