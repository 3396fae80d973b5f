//! Evidence, and the end of a quarantine by it.
//!
//! A witness is another bank. Its list gives a cross rate for each row in doubt: the quotient of its rates for the currency and for this bank's home
//! currency. It is evidence for the day of its list only, because between two days a rate may move as far as between two wrong lists.
//!
//! | in doubt | released by a witness that agrees on | denied by one that |
//! |---|---|---|
//! | rows | the row, and four fifths of the other rows that it quotes, at least one | disagrees on the row, and agrees on those others |
//! | the whole list | the anchor, and four fifths of what it quotes | disagrees |
//! | a list whose rows are apart, or with more than half of its rows alone | the anchor, and four fifths of the list | disagrees |
//!
//! The other rows are the check of the witness: a witness with a wrong home currency disagrees on all of them, and one that copies the number
//! in doubt is no second source. On the evening before a shock other banks have set their rates already; a denial for a day that has not begun
//! is therefore silence.
//!
//! [`agrees`] is the evidence of the next list: it has other numbers in most rows, it moved from the quarantined one as a whole, and no further than usual.
//! A release of a whole list leaves back the rows that moved alone, as row doubts of their own.
//!
//! # A shock
//!
//! On 21 August 2015 a dollar was 255.26 tenge after 188.38, and all currencies with it. The list of that day is quarantined as a whole (`Common`,
//! moved by 0.30, limit 0.03).
//!
//! | evidence | outcome |
//! |---|---|
//! | a witness with a list for 20 August | silence: it speaks of another day |
//! | a witness for 21 August, near the old rate | `Contradicted`; a second one makes the list wait for four further lists instead of one |
//! | a witness for 21 August that agrees on 9 of its 11 rows, the dollar among them | `Released`, but for rows that moved alone and that it denies |
//! | six hours later the bank's list of 22 August, moved by 0.01 from that of 21 August | `Released` by `Evidence::Next`; the new list is judged itself |
//! | the same, and the dollar is beyond four times the usual rate | the third further list releases the first |

use chrono::NaiveDate;

use super::Guard;
use super::across;
use super::doubt::Doubt;
use super::gate::{Moves, Quotes};
use super::held_row::HeldRow;
use super::hold::{Evidence, GuardEvent, Hold, HoldId, HoldReason};
use super::judge;
use super::memory::Memory;
use crate::day;
use crate::engine::{Bank, Witness};
use crate::money::{Currency, Rates};

impl Guard<'_> {
    /// Hears an independent bank on everything that is held, and on what nothing has borne out yet.
    pub(in crate::engine) fn hear(&mut self, witness: &Witness, rates: &Rates) -> Vec<GuardEvent> {
        let mut events = Vec::new();
        let spoken_of = witness.day_spoken_of(rates);
        let today = day::of(self.now, self.bank.zone);
        let by = || Evidence::Witness {
            source: witness.id(),
            day: rates.day(),
        };
        let mut at = 0;
        while let Some(hold) = self.memory.holds.get(at) {
            let said = across::says(rates, &hold.candidate, self.tolerance(hold));
            let (mut agreed, denied) = sides(hold, &said, self.bank.anchor);
            if hold.reason != HoldReason::Rows
                && !broad(&said, hold.candidate.own_len())
                && self.is_apart(hold)
            {
                agreed.clear();
            }
            // On the evening before a shock other banks have set their day's rates already: that is silence.
            let denies = !denied.is_empty() && hold.day <= today;
            // Rates may move between the two days as far as between two lists that are wrong.
            if spoken_of != hold.day {
                at += 1;
            } else if hold.reason == HoldReason::Rows && !agreed.is_empty() {
                self.release_rows(at, &agreed, by(), &mut events);
            } else if hold.reason != HoldReason::Rows && !agreed.is_empty() {
                self.release(at, by(), &agreed, &mut events);
            } else {
                if denies {
                    self.contradict(at, witness, &denied, &mut events);
                }
                at += 1;
            }
        }
        self.confirm_shown(witness, rates, &mut events);
        events
    }

    /// Whether more than half of the rows moved alone: a list of another year may have the anchor of today.
    fn is_apart(&self, hold: &Hold) -> bool {
        let alone = judge::alone(self.bank, self.memory, &hold.candidate);
        alone.len() * 2 > hold.rows.len()
    }

    /// Confirms, by an independent bank, rates that are shown although nothing has confirmed them yet.
    fn confirm_shown(&mut self, witness: &Witness, rates: &Rates, events: &mut Vec<GuardEvent>) {
        let spoken_of = witness.day_spoken_of(rates);
        let first = self.memory.unconfirmed;
        let rows = self.memory.unconfirmed_rows.values().copied();
        let Some(since) = first.into_iter().chain(rows).min() else {
            return;
        };
        let first_spoken_of = first.filter(|day| *day <= spoken_of);
        let shown = first_spoken_of.and_then(|day| self.memory.of_day(day));
        let shown = shown.or_else(|| {
            let mut shown = self.memory.accepted().rev();
            shown.find(|shown| (since..=spoken_of).contains(&shown.day()))
        });
        let Some(shown) = shown else { return };
        let said = across::says(rates, shown, across::TOLERANCE);
        let day = shown.day();
        if majority(&said, self.bank.anchor) {
            if let Some(first) = first_spoken_of {
                let source = witness.id();
                let evidence = Evidence::Witness {
                    source,
                    day: rates.day(),
                };
                self.confirm(first, evidence, events);
            }
            for (currency, agrees) in said {
                let rows = &mut self.memory.unconfirmed_rows;
                if agrees {
                    rows.remove(&currency);
                } else if first.is_some() {
                    // The others confirm the list, and not this row.
                    rows.insert(currency, day);
                }
            }
        } else if first.is_some()
            && !said.is_empty()
            && !self.memory.denied_by.contains(&witness.id())
        {
            let by = witness.id();
            self.memory.denied_by.push(by.clone());
            events.push(GuardEvent::Denied { day, by });
        }
    }

    /// How far a witness may be from the quarantined rates. The typical move of a day's rates is known only if most of them are
    /// believed: a list that is quarantined whole may be of another year, and would widen its own tolerance.
    fn tolerance(&self, hold: &Hold) -> f64 {
        let before = hold.day.pred_opt().unwrap_or(hold.day);
        let moves = Moves::between(&self.memory.quotes(before), &hold.candidate);
        let moves = moves.filter(|_| hold.reason == HoldReason::Rows);
        moves.map_or(across::TOLERANCE, |moves| {
            across::tolerance(moves.typical())
        })
    }

    /// Believes quarantined rates, because the operator approves them: these rows, or the whole publication for an empty list. Returns no event if no
    /// quarantine has this id, or if the whole publication is quarantined and only rows of it are approved.
    pub(in crate::engine) fn approve(&mut self, id: HoldId, rows: &[Currency]) -> Vec<GuardEvent> {
        let mut events = Vec::new();
        let mut holds = self.memory.holds.iter().enumerate();
        let Some((at, hold)) = holds.find(|(_, hold)| hold.id == id) else {
            return events;
        };
        let mut approved: Vec<Currency> = super::currencies(&hold.rows).collect();
        if !rows.is_empty() {
            let is_of_rows = hold.reason == HoldReason::Rows;
            approved.retain(|held| is_of_rows && rows.contains(held));
            if approved.is_empty() {
                return events;
            }
        }
        self.release_rows(at, &approved, Evidence::Approved, &mut events);
        events
    }

    /// Notes that a witness denies rows of a hold, in the hold and in the doubts of the rows. Reported once for each hold and witness.
    fn contradict(
        &mut self,
        at: usize,
        witness: &Witness,
        denied: &[Currency],
        events: &mut Vec<GuardEvent>,
    ) {
        let Some(hold) = self.memory.holds.get_mut(at) else {
            return;
        };
        for currency in denied {
            if let Some(doubt) = self.memory.doubts.get_mut(currency) {
                doubt.deny(hold.day, &witness.id());
            }
        }
        if !hold.contradicted_by.contains(&witness.id()) {
            hold.contradicted_by.push(witness.id());
            let (hold, by) = (hold.id, witness.id());
            events.push(GuardEvent::Contradicted { hold, by });
        }
    }

    /// Believes quarantined rates except the rows that moved alone: a shock does not excuse a slip. Rows that are `borne_out`
    /// are believed too.
    pub(super) fn release(
        &mut self,
        at: usize,
        evidence: Evidence,
        borne_out: &[Currency],
        events: &mut Vec<GuardEvent>,
    ) {
        let Some(hold) = self.take(at) else { return };
        let mut doubted = judge::alone(self.bank, self.memory, &hold.candidate);
        doubted.retain(|row| !borne_out.contains(&row.currency));
        self.settle(at, hold, doubted, borne_out, evidence, events);
    }

    /// Believes what is held, because the next publication, of a day, agrees; but for the rows that moved alone.
    pub(super) fn release_to_next(
        &mut self,
        at: usize,
        events: &mut Vec<GuardEvent>,
        day: NaiveDate,
    ) {
        self.release(at, Evidence::Next { day }, &[], events);
    }

    fn release_rows(
        &mut self,
        at: usize,
        rows: &[Currency],
        evidence: Evidence,
        events: &mut Vec<GuardEvent>,
    ) {
        let Some(hold) = self.take(at) else { return };
        let mut doubted = hold.rows.clone();
        doubted.retain(|row| !rows.contains(&row.currency));
        self.settle(at, hold, doubted, rows, evidence, events);
    }

    pub(super) fn take(&mut self, at: usize) -> Option<Hold> {
        (at < self.memory.holds.len()).then(|| self.memory.holds.remove(at))
    }

    /// Publishes what was held; the rows still in doubt stay back.
    fn settle(
        &mut self,
        at: usize,
        hold: Hold,
        doubted: Vec<HeldRow>,
        confirmed: &[Currency],
        evidence: Evidence,
        events: &mut Vec<GuardEvent>,
    ) {
        let still = |row: &&HeldRow| doubted.iter().any(|held| held.currency == row.currency);
        let rows = hold.rows.iter().filter(|row| !still(row));
        let rows: Vec<Currency> = rows.map(|row| row.currency).collect();
        for currency in &rows {
            let row = hold.candidate.row(*currency);
            if let Some((doubt, row)) = self.memory.doubts.get_mut(currency).zip(row) {
                doubt.settle(hold.day, row);
            }
        }
        for held in &doubted {
            if let Some(row) = hold.candidate.row(held.currency) {
                let last_good = self.memory.last_good(held.currency, hold.day);
                let believed = last_good.map(|(_, day)| day);
                let doubt = || Doubt::new(row, hold.day, believed, hold.since);
                self.memory
                    .doubts
                    .entry(held.currency)
                    .or_insert_with(doubt);
            }
        }
        events.push(GuardEvent::Released {
            hold: hold.id,
            rows,
            evidence,
        });
        if hold.reason != HoldReason::Rows {
            // The unconfirmed publication shown so far is replaced.
            self.memory.unconfirmed = None;
            self.memory.denied_by.clear();
        }
        self.keep_in_doubt(at, hold, doubted);
        for currency in confirmed {
            self.memory.unconfirmed_rows.remove(currency);
        }
    }

    /// Publishes what was held but for the rows in doubt, for which the hold stays.
    pub(super) fn keep_in_doubt(&mut self, at: usize, hold: Hold, doubted: Vec<HeldRow>) {
        let hold = Hold {
            reason: HoldReason::Rows,
            rows: self.memory.beside(doubted, &hold.candidate),
            ..hold
        };
        let rows = super::currencies(&hold.rows);
        self.memory.withhold_rows(&hold.candidate, rows);
        let believed = without(self.memory, &hold);
        if !hold.rows.is_empty() {
            self.memory.holds.insert(at, hold);
        }
        if let Some(believed) = believed {
            let quotes = self.memory.quotes(believed.day());
            let moves = Moves::between(&quotes, &believed);
            self.mark_rows(&believed, &quotes, moves.as_ref());
            self.memory.accept(&believed);
        }
    }
}

/// The publication of a hold without the rows in doubt: their last good numbers stay.
pub(super) fn without(memory: &Memory, hold: &Hold) -> Option<Rates> {
    let doubted: Vec<Currency> = super::currencies(&hold.rows).collect();
    let last_good = |currency| memory.last_good(currency, hold.day);
    hold.candidate.clone().doubting(&doubted, last_good).ok()
}

/// How many further publications must agree with a whole one that is held: one, or three if its anchor is beyond four times of the usual rate; three
/// more if two banks deny it, which weighs more than the bank's own repetition.
pub(super) fn publications_needed(bank: &Bank, hold: &Hold) -> u8 {
    let is_implausible = judge::is_implausible(bank, &hold.candidate, bank.anchor);
    let needed = if is_implausible { 3 } else { 1 };
    needed + if hold.contradicted_by.len() < 2 { 0 } else { 3 }
}

/// Whether a publication agrees with one that is held, of an earlier day and of other numbers.
pub(super) fn agrees(memory: &Memory, held: &Rates, next: &Rates) -> bool {
    let quotes = Quotes::of(held);
    held.day() < next.day()
        && Moves::between(&quotes, next).is_some_and(|moves| {
            moves.most() && moves.together() && moves.common.abs() <= memory.common_limit()
        })
}

/// The rows of a hold that a witness bears out, and those it denies. A whole publication is borne out or denied as one.
fn sides(
    hold: &Hold,
    said: &[(Currency, bool)],
    anchor: Currency,
) -> (Vec<Currency>, Vec<Currency>) {
    let of = |side: bool| {
        let named =
            super::currencies(&hold.rows).filter(move |currency| said.contains(&(*currency, side)));
        named.collect::<Vec<_>>()
    };
    // A witness whose other rates are not those that are shown has a wrong home currency, or has copied this very number.
    let held: Vec<Currency> = super::currencies(&hold.rows).collect();
    let others = said.iter().filter(|(currency, _)| !held.contains(currency));
    let (agreed, all) = others.fold((0, 0), |(agreed, all), (_, agrees)| {
        (agreed + usize::from(*agrees), all + 1)
    });
    match hold.reason {
        HoldReason::Rows if all == 0 || agreed * 5 < all * 4 => (Vec::new(), Vec::new()),
        HoldReason::Rows => (of(true), of(false)),
        // Some rows of another year are near those of today: five rows that agree do not confirm the rest.
        HoldReason::Apart if !broad(said, hold.candidate.own_len()) => (Vec::new(), of(false)),
        _ if majority(said, anchor) => (of(true), Vec::new()),
        _ => (Vec::new(), of(false)),
    }
}

/// Whether a witness bears out four fifths of all rows.
fn broad(said: &[(Currency, bool)], rows: usize) -> bool {
    said.iter().filter(|(_, agrees)| *agrees).count() * 5 >= rows * 4
}

/// Whether a witness bears out the anchor, and four fifths of what it speaks of.
fn majority(said: &[(Currency, bool)], anchor: Currency) -> bool {
    let agreed = said.iter().filter(|(_, agrees)| *agrees).count();
    said.contains(&(anchor, true)) && agreed * 5 >= said.len() * 4
}
