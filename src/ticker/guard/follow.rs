//! What another server believed is judged here too: a store in between is no place of trust.

use chrono::{NaiveDate, TimeDelta};

use super::doubt::Doubt;
use super::hold::{GuardEvent, Hold, HoldId};
use super::judge::{self, Refusal, Suspicion};
use super::memory::Memory;
use super::{Guard, Verdict};
use crate::day;
use crate::money::Rates;
use crate::snapshot::Reading as _;

/// No feed of a bank, so that its lists are not compared with this one's.
const NO_FEED: &str = "";

impl Guard<'_> {
    /// Goes through what another server believed, day by day, as if the bank had said it here; what was borne out there is
    /// by the same numbers borne out here. What it holds is held here too, where it `is_newer`. Of some days what is `kept` here was
    /// said later.
    ///
    /// Beside the verdict, why something was refused.
    pub(in crate::ticker) fn follow(
        &mut self,
        other: &Memory,
        shown: &[Rates],
        kept: &[NaiveDate],
        is_newer: bool,
    ) -> (Verdict, Option<Refusal>) {
        let (mut verdict, mut refused) = (Verdict::default(), None);
        // What a wrong clock has remembered is not newer.
        let own = Some(self.memory.at).filter(|at| *at <= self.now + TimeDelta::minutes(5));
        let at = own.map_or(other.at, |own| own.max(other.at));
        let is_first = self.memory.is_empty();
        self.memory.forget_after(self.latest());
        self.memory.learn(other);
        let today = day::of(self.now, self.bank.zone);
        let known = |rates: &&Rates| other.of_day(rates.day()).is_none();
        let mut said: Vec<&Rates> = other.accepted().iter().collect();
        said.extend(shown.iter().filter(known));
        said.retain(|rates| !kept.contains(&rates.day()));
        said.sort_by_key(|rates| rates.day());
        for rates in &said {
            if self.memory.of_day(rates.day()) == Some(*rates) {
                continue;
            }
            match judge::refusal(self.bank, self.memory, NO_FEED, rates, today, self.now) {
                Ok(()) => self.hear_of((*rates).clone(), &mut verdict),
                Err(why) => refused = Some(why),
            }
        }
        if is_newer {
            self.take_over_holds(other, &said, today);
        }
        if is_first && !self.memory.is_empty() {
            // Not what the publications just gone through have moved once more.
            self.memory.move_like(other);
        }
        let alike = |day| self.memory.of_day(day) == other.of_day(day);
        if self.memory.unconfirmed.is_some_and(alike) {
            self.memory.unconfirmed = other.unconfirmed;
            self.memory.denied_by.clone_from(&other.denied_by);
        }
        if is_first && !self.memory.is_empty() {
            self.memory.unconfirmed = other.unconfirmed;
            self.memory.denied_by.clone_from(&other.denied_by);
        }
        if is_newer {
            self.take_over_marks(other);
            self.take_over_doubts(other);
        }
        // What was said there is not said anew.
        self.memory.at = at;
        (verdict, refused)
    }

    fn hear_of(&mut self, rates: Rates, verdict: &mut Verdict) {
        let Some(evidence) = self.memory.proof(&rates).cloned() else {
            return self.weigh(rates, false, verdict);
        };
        let surprising = match judge::suspicion(self.bank, self.memory, &rates) {
            Suspicion::None => None,
            Suspicion::Rows(rows) | Suspicion::Whole(_, rows) => Some(rows),
        };
        if let Some(rows) = surprising {
            let mut doubted = super::currencies(&rows).chain([self.bank.anchor]);
            // Whoever can write to a store can prove anything there.
            if !doubted.all(|currency| judge::is_plausible(self.bank, &rates, currency)) {
                return self.weigh(rates, false, verdict);
            }
            self.memory.unconfirmed = None;
            self.memory.denied_by.clear();
            verdict.events.push(GuardEvent::Released {
                hold: HoldId::of(&rates),
                rows: super::currencies(&rows).collect(),
                evidence,
            });
        }
        self.believe(rates, verdict);
    }

    /// The marks of rows by what the other server knows of the same lists.
    fn take_over_marks(&mut self, other: &Memory) {
        let alike = |day: &NaiveDate| self.memory.of_day(*day) == other.of_day(*day);
        let own = self.memory.unconfirmed_rows.iter();
        let confirmed = own.filter(|(currency, day)| {
            alike(day) && !other.unconfirmed_rows.contains_key(*currency)
        });
        let confirmed: Vec<_> = confirmed.map(|(currency, _)| *currency).collect();
        let marks = other.unconfirmed_rows.iter().filter(|(_, day)| alike(day));
        let marks: Vec<_> = marks.map(|(currency, day)| (*currency, *day)).collect();
        self.memory.unconfirmed_rows.extend(marks);
        for currency in confirmed {
            self.memory.unconfirmed_rows.remove(&currency);
        }
    }

    /// Of each currency the doubt that is of the later day, or has counted more.
    fn take_over_doubts(&mut self, other: &Memory) {
        for (currency, doubt) in &other.doubts {
            let doubt = doubt.clone().untrusted();
            let is_ahead = |own: &Doubt| {
                !own.is_settled()
                    && (doubt.last_day(), doubt.followed()) > (own.last_day(), own.followed())
            };
            if self.memory.doubts.get(currency).is_none_or(is_ahead) {
                self.memory.doubts.insert(*currency, doubt);
            }
        }
    }

    /// The holds of the other server, and of this one's own those of what that one believes.
    fn take_over_holds(&mut self, other: &Memory, said: &[&Rates], today: NaiveDate) {
        self.memory.holds.retain(|hold| {
            let is_held_there = other.holds.iter().any(|there| there.id == hold.id);
            is_held_there || said.contains(&&hold.candidate)
        });
        for there in &other.holds {
            let known = self
                .memory
                .holds
                .iter_mut()
                .find(|hold| hold.id == there.id);
            if let Some(hold) = known {
                hold.since = hold.since.min(there.since);
                hold.seen = hold.seen.max(there.seen).min(self.now);
                for bank in &there.contradicted_by {
                    if !hold.contradicted_by.contains(bank) {
                        hold.contradicted_by.push(bank.clone());
                    }
                }
                continue;
            }
            let candidate = &there.candidate;
            let is_itself = there.id == HoldId::of(candidate)
                && there.day == candidate.day()
                && there.source == *candidate.source();
            let refused =
                judge::refusal(self.bank, self.memory, NO_FEED, candidate, today, self.now);
            if is_itself && refused.is_ok() && self.memory.of_day(there.day) != Some(candidate) {
                // What has agreed with it is counted here.
                self.memory.hold(Hold {
                    followed: 0,
                    ..there.clone()
                });
            }
        }
    }
}
