//! The memory of the guard. It is stored with the records, so that a restart need not judge all of them again.
//!
//! It is what a later event is judged by, so it is bounded: four publications, 60 moves of each currency and of the home currency, eight
//! holds, and for each currency in doubt eight values. The verdicts on older publications stay as `withheld`, as long as the ledger
//! has the publication.
//!
//! The number of rows in an answer of each feed is kept for ten days, as the least and the most: a list that shrinks step by step, each time by
//! less than a fifth, is measured against the most of these days, and invented rows in a store cannot make the next true answer seem short.
//!
//! | answers of a feed within ten days | known number | the next answer is refused below |
//! |---|---|---|
//! | 40 rows | 40 | 32 |
//! | then 45 | 40: a greater one waits until the known one is too old | 32 |
//! | then 39 | 39 | 32 (31.2) |
//! | then 34 | 36: four fifths of the most, 45 | 29 (28.8) |
//!
//! # Which verdict a publication has
//!
//! `withheld` has the exceptions by id; each other publication is accepted. An entry with rows withholds these, one without rows all. An entry that
//! was made because only other servers have received the publication refers to the `rest`, a publication without the implausible rows, which is
//! judged in its place: the verdict is then that on the rest, and these rows too.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::believed::Believed;
use super::doubt::Doubt;
use super::gate::{Moves, Past, Quotes};
use super::held_row::HeldRow;
use super::hold::{Hold, HoldReason};
use crate::ledger::{RecordId, TWO_CLOCKS, Verdict};
use crate::money::{Currency, Method, Rates, Row};
use crate::provenance::SourceId;
use crate::snapshot::Reading as _;

/// Publications that were believed, how rates have moved, and what is held.
///
/// Two memories of the same records are equal, but for `received`, in which servers differ.
// The memory of an earlier version has more fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// The records up to this instant are taken in. `None` for a memory of a version without records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<DateTime<Utc>>,
    /// The number of records in the ten days before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) recent: usize,
    /// The last publications believed, every row of them, by day.
    accepted: Vec<Believed>,
    /// The last moves of each currency beside the common one.
    own: BTreeMap<Currency, Past>,
    /// The last common moves.
    common: Past,
    /// The rows in an answer of each feed, and when it was: of the last ten days the fewest.
    answered: BTreeMap<String, (usize, DateTime<Utc>)>,
    /// The most rows in an answer of each feed in these days, and when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    most_answered: BTreeMap<String, (usize, DateTime<Utc>)>,
    /// The quarantined publications and rows, at most eight; beyond, the one of the earliest day goes, and stays withheld.
    pub(super) holds: Vec<Hold>,
    /// The first publication, until something bears it out.
    pub(super) unconfirmed: Option<NaiveDate>,
    /// The banks that deny it.
    pub(super) denied_by: Vec<SourceId>,
    /// The currencies whose rates are shown unconfirmed, each with the day of the first.
    pub(super) unconfirmed_rows: BTreeMap<Currency, NaiveDate>,
    /// The rows that moved alone, across publications.
    pub(super) doubts: BTreeMap<Currency, Doubt>,
    /// The last day on which any of the numbers was another one.
    moved: Option<NaiveDate>,
    /// The publications with implausible rows that this server's own transport has received.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) received: BTreeSet<RecordId>,
    /// Publications with rows that are not accepted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    withheld: BTreeMap<RecordId, Withheld>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it so
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The rows of a publication that are not believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Withheld {
    day: NaiveDate,
    /// `None` for every row.
    rows: Option<Vec<Currency>>,
    /// The publication without these rows, whose verdict counts for the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rest: Option<RecordId>,
}

/// The rates that are not confirmed yet.
#[derive(Clone, Debug)]
pub(crate) struct Marks {
    all: bool,
    rows: Vec<Currency>,
}

impl Marks {
    /// Those of a publication.
    pub(crate) fn of(&self, rates: &Rates) -> Vec<Currency> {
        let rows = rates.each_row().map(|row| row.currency);
        rows.filter(|currency| self.all || self.rows.contains(currency))
            .collect()
    }
}

/// Publications remembered: in force, next, and two before.
const REMEMBERED: usize = 4;
/// For so long the number of rows in an answer bounds the next one; afterwards the bank may have changed its list.
const ROWS_COUNT_FOR: TimeDelta = TimeDelta::days(10);
/// Holds remembered; more than a few at once is a source that invents.
const MAX_HOLDS: usize = 8;

impl Memory {
    /// The quarantined publications and rows.
    pub(crate) fn holds(&self) -> &[Hold] {
        &self.holds
    }

    /// The first publication shown, until something bears it out.
    pub(crate) const fn unconfirmed(&self) -> Option<NaiveDate> {
        self.unconfirmed
    }

    /// The banks that deny it.
    pub(crate) fn denied_by(&self) -> &[SourceId] {
        &self.denied_by
    }

    /// The last day on which the bank had other numbers than before: a feed may stamp each day on the same ones.
    pub(crate) const fn moved(&self) -> Option<NaiveDate> {
        self.moved
    }

    /// Forgets what is of later days: a clock was wrong when it was remembered.
    pub(super) fn forget_after(&mut self, latest: NaiveDate) {
        self.accepted.retain(|rates| rates.day() <= latest);
        self.holds.retain(|hold| hold.day <= latest);
        self.unconfirmed_rows.retain(|_, day| *day <= latest);
        self.doubts
            .retain(|_, doubt| doubt.last_day().is_some_and(|day| day <= latest));
        self.moved = self.moved.filter(|day| *day <= latest);
    }

    /// Forgets the marks of currencies that are in no list that is remembered.
    pub(super) fn forget_marks(&mut self) {
        let accepted = &self.accepted;
        self.unconfirmed_rows.retain(|currency, _| {
            accepted
                .iter()
                .any(|held| held.rates().row_of(*currency).is_some())
        });
    }

    /// The rates that are not confirmed yet.
    pub(crate) fn marks(&self) -> Marks {
        Marks {
            all: self.unconfirmed.is_some(),
            rows: self.unconfirmed_rows.keys().copied().collect(),
        }
    }

    /// The rows of a publication of the past or present that are not confirmed yet: those of the days since the first one that is marked.
    pub(crate) fn unconfirmed_in(&self, rates: &Rates) -> Vec<Currency> {
        let day = rates.day();
        let is_new = |first: NaiveDate| first <= day;
        let all = self.unconfirmed.is_some_and(is_new);
        let is_marked =
            |row: &Currency| self.unconfirmed_rows.get(row).copied().is_some_and(is_new);
        let rows = rates.each_row().map(|row| row.currency);
        rows.filter(|row| all || is_marked(row)).collect()
    }

    /// Whether a witness can confirm or deny something: a number is quarantined or unconfirmed. Otherwise no witness is requested.
    pub(crate) fn wants_witness(&self) -> bool {
        self.unconfirmed.is_some() || !self.unconfirmed_rows.is_empty() || !self.holds.is_empty()
    }

    /// The last instant of the records that are judged: ten minutes after that of the judgement, because two right clocks may be so far from each
    /// other.
    pub(crate) fn judged_until(&self) -> DateTime<Utc> {
        let until = self.until.map(|until| until + TWO_CLOCKS);
        until.unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// The verdict on the publication with an id.
    pub(crate) fn verdict(&self, id: RecordId) -> Verdict {
        let Some(withheld) = self.withheld.get(&id) else {
            return Verdict::Accepted;
        };
        let Some(rows) = &withheld.rows else {
            return Verdict::Withheld;
        };
        let rest = withheld.rest.filter(|rest| *rest != id);
        match rest.map_or(Verdict::Accepted, |rest| self.verdict(rest)) {
            Verdict::Accepted => Verdict::Except(rows.clone()),
            Verdict::Except(others) => {
                Verdict::Except(rows.iter().copied().chain(others).collect())
            }
            Verdict::Withheld => Verdict::Withheld,
        }
    }

    /// Withholds some rows of a publication. `rest` is the publication without them: its verdict counts for the other rows.
    pub(super) fn withhold_beyond(&mut self, id: RecordId, rows: Vec<Currency>, rest: &Rates) {
        let withheld = Withheld {
            day: rest.day(),
            rows: Some(rows),
            rest: Some(RecordId::of_rates(rest)),
        };
        self.withheld.insert(id, withheld);
    }

    /// Forgets what was decided of publications that are no longer known. An entry that is forgotten while its publication is known would
    /// let it be shown.
    pub(super) fn forget_unknown(&mut self, is_known: impl Fn(NaiveDate, RecordId) -> bool) {
        let entries = self.withheld.iter();
        let known = entries.filter(|(id, held)| is_known(held.day, **id));
        let kept = known.flat_map(|(id, held)| [Some(*id), held.rest]);
        let kept: BTreeSet<RecordId> = kept.flatten().collect();
        self.withheld.retain(|id, _| kept.contains(id));
    }

    /// Believes every row of a publication.
    pub(super) fn believe(&mut self, rates: &Rates) {
        if self.withholds_of(rates.day()) {
            self.withheld.remove(&RecordId::of_rates(rates));
        }
    }

    /// The verdict on a publication.
    pub(crate) fn verdict_of(&self, rates: &Rates) -> Verdict {
        if self.withholds_of(rates.day()) {
            self.verdict(RecordId::of_rates(rates))
        } else {
            Verdict::Accepted
        }
    }

    /// Whether something of a day is withheld. The id of a publication, which is a hash, takes longer.
    fn withholds_of(&self, day: NaiveDate) -> bool {
        self.withheld.values().any(|withheld| withheld.day == day)
    }

    /// Believes all rows of a publication but these.
    pub(super) fn withhold_rows(&mut self, rates: &Rates, rows: impl Iterator<Item = Currency>) {
        let rows: Vec<Currency> = rows.collect();
        if rows.is_empty() {
            self.believe(rates);
        } else {
            self.withhold_as(rates, Some(rows));
        }
    }

    /// Withholds every quarantined publication, or its quarantined rows.
    pub(crate) fn withhold_held(&mut self) {
        for hold in self.holds.clone() {
            self.withhold_as_held(hold.reason, &hold.rows, &hold.candidate);
        }
    }

    /// Believes of a publication no more than of what is held.
    pub(super) fn withhold_as_held(&mut self, reason: HoldReason, rows: &[HeldRow], rates: &Rates) {
        match reason {
            HoldReason::Rows => self.withhold_rows(rates, rows.iter().map(|row| row.currency)),
            _ => self.withhold_as(rates, None),
        }
    }

    /// Believes no row of a publication.
    pub(super) fn withhold(&mut self, rates: &Rates) {
        self.withhold_as(rates, None);
    }

    fn withhold_as(&mut self, rates: &Rates, rows: Option<Vec<Currency>>) {
        let withheld = Withheld {
            day: rates.day(),
            rows,
            rest: None,
        };
        self.withheld.insert(RecordId::of_rates(rates), withheld);
    }

    /// The publications believed, the oldest first.
    pub(crate) fn accepted(&self) -> impl DoubleEndedIterator<Item = &Rates> {
        self.accepted.iter().map(Believed::rates)
    }

    /// The publication believed of a day.
    pub(crate) fn of_day(&self, day: NaiveDate) -> Option<&Rates> {
        self.accepted().find(|rates| rates.day() == day)
    }

    /// Returns whether a publication repeats the one believed of its day and nothing is in doubt, so that it changes no verdict.
    pub(super) fn is_repeated(&self, id: RecordId, rates: &Rates) -> bool {
        let is_in_doubt = self.wants_witness() || !self.doubts.is_empty();
        !is_in_doubt
            && self.of_day(rates.day()) == Some(rates)
            && self.verdict(id) == Verdict::Accepted
    }

    /// Returns whether the rows of a publication that are not withheld are those believed of its day.
    pub(super) fn is_believed(&self, rates: &Rates) -> bool {
        let verdict = self.verdict_of(rates);
        let believed = self.of_day(rates.day());
        let believed = believed.filter(|believed| believed.source() == rates.source());
        let is_row = |believed: &Rates, row: Row| believed.row_of(row.currency) == Some(row);
        let mut rows = rates.each_row();
        verdict.accepts_any(rates)
            && believed.is_some_and(|believed| {
                rows.all(|row| !verdict.accepts(row.currency) || is_row(believed, row))
            })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.accepted.is_empty()
    }

    /// The last publications, the nearest to a day first: that day and those before it, then those after.
    fn nearest(&self, day: NaiveDate) -> impl Iterator<Item = &Believed> {
        let before = self
            .accepted
            .iter()
            .rev()
            .filter(move |rates| rates.day() <= day);
        before.chain(self.accepted.iter().filter(move |rates| rates.day() > day))
    }

    /// The rates that a publication of a day is compared with: for each currency the last one believed, in the units of that day.
    pub(super) fn quotes(&self, day: NaiveDate) -> Quotes {
        let mut nearest = self.nearest(day);
        let mut quotes = nearest
            .next()
            .map_or_else(Quotes::default, |first| first.quotes().on(day).into_owned());
        nearest.for_each(|other| quotes.add_missing(&other.quotes().on(day)));
        quotes
    }

    /// The days from the last publication believed to a day.
    pub(super) fn days_since(&self, day: NaiveDate) -> i64 {
        let last = self
            .accepted()
            .map(Rates::day)
            .filter(|held| *held <= day)
            .max();
        last.map_or(0, |last| (day - last).num_days())
    }

    /// The last row believed of a currency up to a day, with its own day.
    pub(super) fn last_good(&self, currency: Currency, day: NaiveDate) -> Option<(Row, NaiveDate)> {
        let mut until = self.accepted().rev().filter(|rates| rates.day() <= day);
        until.find_map(|rates| Some((rates.row_of(currency)?, rates.day_of(currency))))
    }

    /// The rows of a publication, each beside the last rate believed that it is compared with.
    pub(super) fn beside(&self, rows: Vec<HeldRow>, rates: &Rates) -> Vec<HeldRow> {
        let quotation = rates.publication().quotation;
        let before = |currency| {
            let mut nearest = self.nearest(rates.day()).map(Believed::rates);
            let row = nearest.find_map(|held| Some((held, held.row_of(currency)?)));
            let is_one = |held: &Rates| {
                let units = [currency, rates.home()];
                let (from, to) = (held.day().min(rates.day()), held.day().max(rates.day()));
                units.into_iter().all(|unit| unit.has_one_unit(from, to))
            };
            let row = row.filter(|(held, _)| is_one(held));
            row.map(|(held, row)| (row, held.publication().quotation))
        };
        let rows = rows.into_iter();
        rows.map(|row| row.after(before(row.currency), quotation))
            .collect()
    }

    /// The limit of a currency's own move, for a list of the next day.
    pub(super) fn limit(&self, currency: Currency) -> f64 {
        self.own.get(&currency).copied().unwrap_or_default().limit()
    }

    /// The limit of the common move, for a list of the next day.
    pub(super) fn common_limit(&self) -> f64 {
        self.common.limit()
    }

    /// Believes a publication, and learns how rates move where its numbers are new ones.
    ///
    /// Of one day one publication is remembered, the last that was believed; a computed one does not replace the bank's own. A correction teaches no
    /// move, because it is not one from day to day. A publication of a day before the four that are remembered is not.
    pub(super) fn accept(&mut self, rates: &Rates) {
        let known = self.of_day(rates.day());
        if known.is_some_and(|known| {
            known == rates
                || (known.publication().method == Method::Published
                    && rates.publication().method == Method::Computed)
        }) {
            return;
        }
        let correction = known.is_some();
        let is_older = |held: &Believed| rates.day() < held.day();
        if self.accepted.len() >= REMEMBERED && self.accepted.iter().all(is_older) {
            // Nothing that is remembered is compared with it.
            return;
        }
        let first = self.accepted.is_empty();
        let moves = Moves::between(&self.quotes(rates.day()), rates);
        if first || moves.as_ref().is_some_and(Moves::any) {
            self.moved = Some(rates.day());
        }
        if let Some(moves) = moves.filter(|_| !correction) {
            if moves.any() {
                self.common.remember(moves.common);
                for (currency, size, _) in &moves.own {
                    self.own.entry(*currency).or_default().remember(*size);
                }
            }
            for row in moves.carried {
                self.own.entry(row.currency).or_default().remember(row.size);
            }
        }
        self.accepted.retain(|held| held.day() != rates.day());
        self.accepted.push(rates.clone().into());
        self.accepted.sort_by_key(Believed::day);
        let over = self.accepted.len().saturating_sub(REMEMBERED);
        self.accepted.drain(..over);
    }

    /// The number of rows that the next answer of a feed is compared with. Returns `None` if that is so long ago that the bank may have
    /// changed its list.
    pub(super) fn rows_of(&self, feed: &str, now: DateTime<Utc>) -> Option<usize> {
        let (rows, at) = self.answered.get(feed)?;
        let recent = (now - *at).abs() < ROWS_COUNT_FOR;
        recent.then_some(*rows)
    }

    /// Notes the rows in an answer of a feed. A greater number counts only once the known one is too old: invented rows in a store must not
    /// make the bank's own next answer seem short. A lower one counts down to four fifths of the most: answers that are each a little shorter
    /// must not lower it step by step. A list that is too short for the feed, but believed by another one, does not count. The number follows from the
    /// records alone, whichever server received them.
    pub(super) fn answered(&mut self, feed: &str, rows: usize, now: DateTime<Utc>) {
        if let Some(known) = self.rows_of(feed, now)
            && rows * 5 < known * 4
        {
            return;
        }
        let is_recent = |at: DateTime<Utc>| (now - at).abs() < ROWS_COUNT_FOR;
        let most = self.most_answered.get(feed).copied();
        let most = most.filter(|(most, at)| *most > rows && is_recent(*at));
        let (most, at) = most.unwrap_or((rows, now));
        self.most_answered.insert(feed.to_owned(), (most, at));
        if self.rows_of(feed, now).is_none_or(|known| rows <= known) {
            let least = (most * 4).div_ceil(5);
            self.answered
                .insert(feed.to_owned(), (rows.max(least), now));
        }
    }

    /// Adds a hold, and the verdict on its publication.
    pub(super) fn hold(&mut self, hold: Hold) {
        self.withhold_as_held(hold.reason, &hold.rows, &hold.candidate);
        self.holds.push(hold);
        if self.holds.len() > MAX_HOLDS {
            let held = self.holds.iter().enumerate();
            let earliest = held.min_by_key(|(_, hold)| hold.day).map(|(at, _)| at);
            earliest.map(|at| self.holds.remove(at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_are_each_a_little_shorter_do_not_lower_the_number_of_rows_step_by_step() {
        let (mut memory, now) = (Memory::default(), DateTime::UNIX_EPOCH);
        let rows = |memory: &Memory, days| memory.rows_of("feed", now + TimeDelta::days(days));
        for (answered, known) in [(40, 40), (45, 40), (39, 39), (36, 36), (30, 36), (1, 36)] {
            memory.answered("feed", answered, now);
            assert_eq!(rows(&memory, 0), Some(known), "after {answered} rows");
        }
        // After ten days the bank may have changed its list.
        assert_eq!(rows(&memory, 10), None);
        memory.answered("feed", 20, now + TimeDelta::days(10));
        assert_eq!(rows(&memory, 10), Some(20));
    }
}
