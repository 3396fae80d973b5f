//! The rows that moved alone, as publication follows publication.
//!
//! A hold is of one list, a [`Doubt`] of one currency across lists: each list of a series has a hold of its own, and the doubt counts them. So a row
//! has at most one doubt, which begins with its first hold and stays, settled, for four days after the last list that counted.

use std::collections::BTreeMap;

use super::Guard;
use super::doubt::{Doubt, Further};
use super::gate::Moves;
use super::held_row::HeldRow;
use super::hold::{Evidence, GuardEvent, HoldId};
use super::judge;
use super::units::change_of_units;
use crate::money::{Currency, Rates};

/// For so many days after the last of them the days of a settled series can be served again.
const REMEMBERED_DAYS: i64 = 4;

impl Guard<'_> {
    /// Takes a publication into account for each of its rows that moved alone; returns those that are still in doubt, and
    /// whether another one is not any more.
    pub(super) fn follow_doubts(
        &mut self,
        rates: &Rates,
        mut rows: Vec<HeldRow>,
        events: &mut Vec<GuardEvent>,
    ) -> (Vec<HeldRow>, bool) {
        let (published, quotation) = (rates.day(), rates.publication().quotation);
        let home = rates.home();
        // The list of the day itself may have been accepted already, without these rows.
        let before = self
            .memory
            .quotes(published.pred_opt().unwrap_or(published));
        let moves = Moves::between(&before, rates);
        let most = moves.as_ref().is_some_and(Moves::most);
        let most_carried = moves.as_ref().is_some_and(Moves::most_carried);
        let believed = self.memory.quotes(published);
        let mut settled: BTreeMap<HoldId, Vec<Currency>> = BTreeMap::new();
        let mut publications = 0;
        rows.retain(|held| {
            let currency = held.currency;
            let Some(row) = rates.row_of(currency) else {
                return true;
            };
            let is_carried = rates.is_carried(currency);
            let day = rates.day_of(currency);
            let usual = || judge::usual_log(self.bank, rates, currency);
            let reference = believed.get(currency).map(|quote| quote.log);
            let Some(reference) = reference.or_else(usual) else {
                return true;
            };
            let before = self.memory.doubts.get(&currency).and_then(Doubt::last_day);
            // A row of another list has the move of that list.
            let units = before.map(|from| change_of_units(currency, home, from, day));
            let before = before.filter(|_| !is_carried);
            let since = before.and_then(|day| Moves::between(&self.memory.quotes(day), rates));
            let Some(doubt) = self.memory.doubts.get_mut(&currency) else {
                let last_good = self.memory.last_good(currency, published);
                let doubt = Doubt::new(&row, day, last_good.map(|(_, day)| day), self.now);
                let doubt = if is_carried { doubt.weekly() } else { doubt };
                self.memory.doubts.insert(currency, doubt);
                return true;
            };
            let further = Further {
                row: &row,
                day,
                quotation,
                has_other_numbers: if is_carried { most_carried } else { most },
                reference,
                common: since.map_or(0.0, |moves| moves.common),
                change_of_units: units.unwrap_or_default(),
            };
            if !doubt.follow(&further, self.now) {
                return true;
            }
            publications = publications.max(doubt.followed());
            let holding = self.memory.holds.iter().rev();
            let holding = holding.filter(|hold| hold.day <= published && hold.names(currency));
            let hold = holding.max_by_key(|hold| hold.day).map(|hold| hold.id);
            settled
                .entry(hold.unwrap_or_else(|| HoldId::of(rates)))
                .or_default()
                .push(currency);
            false
        });
        let evidence = Evidence::Further {
            publications: u8::try_from(publications).unwrap_or(u8::MAX),
            day: published,
        };
        let is_evident = !settled.is_empty();
        for (hold, rows) in settled {
            let evidence = evidence.clone();
            events.push(GuardEvent::Released {
                hold,
                rows,
                evidence,
            });
        }
        (rows, is_evident)
    }

    /// Ends the doubts on rows that a publication shows near the value believed before. A settled one stays for as long as
    /// lists of its days are remembered: the bank's other feed may serve them again.
    pub(super) fn forget_doubts(&mut self, rates: &Rates, still: &[HeldRow]) {
        self.memory.doubts.retain(|currency, doubt| {
            let day = rates.day_of(*currency);
            let last = doubt.last_day().unwrap_or(day);
            let over = if doubt.is_settled() {
                (day - last).num_days() > REMEMBERED_DAYS
            } else {
                last <= day
            };
            !over
                || rates.row_of(*currency).is_none()
                || still.iter().any(|row| row.currency == *currency)
        });
    }
}
