//! Rows that moved alone, across publications: when the bank has repeated itself often enough.
//!
//! A row in doubt is believed when so many further publications have each been nearer to the one before than to the value
//! believed last. Replayed over the days that the European Central Bank published from 1999 to 2026 it withholds no row for
//! more than three publications and shows no slip of a factor of ten.
//!
//! A row of 100 was believed on 31 March, and the common moves are 0:
//!
//! | list | value | nearer to | steps | |
//! |---|---|---|---|---|
//! | 1 April | 108 | | 108 | in doubt |
//! | 2 April | 109 | 108 than to 100 | 108, 109 | |
//! | 3 April | 109, most rows as on 2 April | | 108, 109 | does not count: one list under two days |
//! | 4 April | 108 | 109 than to 100 | 108, 109, 108 | |
//! | 5 April | 1090 | | 1090 | begins again: a slip within the series is more than four times as large |
//!
//! With 109 on 5 April instead, the third further list, the row is believed from then on. The lists of 1 to 4 April are believed with it, if a feed
//! serves them again: their values are those of the settled series.
//!
//! A value of 104 after 121 (100 was believed) is nearer to 100, and begins again too: it may be the way back.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::gate;
use crate::money::{Quotation, Row, decimal};
use crate::provenance::SourceId;

/// The further publications that a row in doubt needs.
const FURTHER: usize = 3;
/// The same for a currency whose rate appears once a week.
const FURTHER_OF_A_WEEKLY_LIST: usize = 1;
/// So many more where two witnesses deny a value of one day.
const FURTHER_IF_DENIED: usize = 3;
/// Two publications of one currency so many days apart are those of a weekly list.
const WEEK: i64 = 7;
/// A publication counts if it is read so long after the first: a fault of a server shows in all its feeds at once.
pub(super) const LATER: TimeDelta = TimeDelta::hours(6);

/// A value in doubt, and those that followed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Doubt {
    /// When the first value was read.
    since: DateTime<Utc>,
    /// The first value, and those that counted, by day; never empty.
    steps: Vec<Step>,
    /// Whether the currency had been believed a week before the first value: its list is a weekly one.
    is_weekly: bool,
    /// The witnesses that deny it, by the day of the value.
    denied: BTreeMap<NaiveDate, Vec<SourceId>>,
    /// Whether enough has followed, or a witness or the operator has confirmed the last step.
    is_settled: bool,
}

/// The steps and days of denials that are remembered: more than any count needs.
const REMEMBERED: usize = 8;

/// A value of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    day: NaiveDate,
    #[serde(with = "decimal::text")]
    value: Decimal,
    nominal: u32,
}

impl Step {
    const fn of(row: &Row, day: NaiveDate) -> Self {
        Self {
            day,
            value: row.value,
            nominal: row.nominal,
        }
    }

    /// Whether a row has the same value for one unit: another party repeats it without the nominal.
    fn is(&self, row: &Row) -> bool {
        let own = self.value.checked_mul(row.nominal.into());
        own.is_some() && own == row.value.checked_mul(self.nominal.into())
    }
}

/// A publication that may follow a value in doubt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Further<'a> {
    pub(super) row: &'a Row,
    pub(super) day: NaiveDate,
    pub(super) quotation: Quotation,
    /// Whether most rows of the list have other numbers than those of the list before: a bank puts one list under each day
    /// of its holidays.
    pub(super) has_other_numbers: bool,
    /// The logarithm of the value that is compared with: the one believed last, else the usual one.
    pub(super) reference: f64,
    /// The common move since the value before, which is no part of what this row did.
    pub(super) common: f64,
    /// The change of units since the value before, as [`change_of_units`](super::units::change_of_units) has it.
    pub(super) change_of_units: f64,
}

impl Doubt {
    /// A doubt on the row of a day. `believed` is the day of the value believed last.
    pub(super) fn new(
        row: &Row,
        day: NaiveDate,
        believed: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            since: now,
            steps: vec![Step::of(row, day)],
            is_weekly: believed.is_some_and(|believed| (day - believed).num_days() >= WEEK),
            denied: BTreeMap::new(),
            is_settled: false,
        }
    }

    /// The same for a row of a weekly list.
    pub(super) const fn weekly(mut self) -> Self {
        self.is_weekly = true;
        self
    }

    /// Takes a publication into account; returns whether its value is believed now.
    ///
    /// | the publication | outcome |
    /// |---|---|
    /// | of the last step's day or an earlier one, and with the value of that step | that of the series |
    /// | of the last step's day, with another value | begins again: the bank has corrected it |
    /// | of an earlier day, with another value | does not count |
    /// | later, of a settled series | begins again |
    /// | later, but with most rows as before, less than six hours after the first, or with a change that leads from elsewhere | does not count |
    /// | later, and nearer to the last step than to the value believed | a step; enough of them settle the series |
    /// | later otherwise | begins again |
    pub(super) fn follow(&mut self, further: &Further<'_>, now: DateTime<Utc>) -> bool {
        let Further { row, day, .. } = *further;
        // A wrong clock may have counted time that has not passed.
        self.since = self.since.min(now);
        let Some(last) = self.steps.last().copied() else {
            self.begin_again(row, day, now);
            return false;
        };
        if day <= last.day {
            // A list under several days counts once, and is the same series under each of them.
            let step = self.steps.iter().rev().find(|step| step.day <= day);
            if step.is_some_and(|step| step.is(row)) {
                return self.is_settled;
            }
            if day == last.day {
                // The bank has corrected the value.
                self.begin_again(row, day, now);
            }
            return false;
        }
        if self.is_settled {
            self.begin_again(row, day, now);
            return false;
        }
        if !further.has_other_numbers || now - self.since < LATER || further.denies(&last) {
            return false;
        }
        if further.continues(&last) {
            let needed = self.needed(day, last.day);
            self.steps.push(Step::of(row, day));
            self.is_settled = self.followed() >= needed;
            let over = self.steps.len().saturating_sub(REMEMBERED);
            self.steps.drain(..over);
        } else {
            self.begin_again(row, day, now);
        }
        self.is_settled
    }

    fn begin_again(&mut self, row: &Row, day: NaiveDate, now: DateTime<Utc>) {
        *self = Self {
            since: now,
            steps: vec![Step::of(row, day)],
            is_weekly: self.is_weekly,
            denied: BTreeMap::new(),
            is_settled: false,
        };
    }

    /// The number of further publications that settle the series: three, or one if its list is a weekly one; three more if two witnesses deny a value
    /// of one day.
    fn needed(&self, day: NaiveDate, before: NaiveDate) -> usize {
        let needed = if self.is_weekly && (day - before).num_days() >= WEEK {
            FURTHER_OF_A_WEEKLY_LIST
        } else {
            FURTHER
        };
        let is_denied = self.denied.values().any(|banks| banks.len() >= 2);
        needed + if is_denied { FURTHER_IF_DENIED } else { 0 }
    }

    /// Notes that a witness or the operator has confirmed the value of a day. The values that followed it are not confirmed by that.
    pub(super) fn settle(&mut self, day: NaiveDate, row: &Row) {
        let confirmed = |step: &Step| step.day == day && step.is(row);
        if let Some(at) = self.steps.iter().position(confirmed) {
            self.steps.truncate(at + 1);
            self.is_settled = true;
        }
    }

    /// Notes that a witness says something else of a day.
    pub(super) fn deny(&mut self, day: NaiveDate, by: &SourceId) {
        let banks = self.denied.entry(day).or_default();
        if !banks.contains(by) && banks.len() < REMEMBERED {
            banks.push(by.clone());
        }
        while self.denied.len() > REMEMBERED {
            self.denied.pop_first();
        }
    }

    /// Whether no later publication of the series is awaited.
    pub(super) const fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// The last day whose value counted.
    pub(super) fn last_day(&self) -> Option<NaiveDate> {
        self.steps.last().map(|step| step.day)
    }

    /// How many publications have followed the first.
    pub(super) fn followed(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }
}

impl Further<'_> {
    fn log(&self, value: Decimal, nominal: u32) -> Option<f64> {
        gate::log_of(value, nominal, self.quotation)
    }

    /// The logarithm of the value before, in the units of this one.
    fn log_before(&self, before: &Step) -> Option<f64> {
        let log = self.log(before.value, before.nominal)?;
        Some(log + self.change_of_units)
    }

    /// Whether the value is nearer to the one before than to the reference, and within four times of it: a slip of a digit
    /// within a true series is no part of it.
    fn continues(&self, before: &Step) -> bool {
        const TIMES: f64 = 4.0;
        let value = self.log(self.row.value, self.row.nominal);
        let value = value.map(|value| value - self.common);
        let before = self.log_before(before);
        value.zip(before).is_some_and(|(value, before)| {
            let step = (value - before).abs();
            step < (value - self.reference).abs() && step <= TIMES.ln()
        })
    }

    /// Whether the bank's own change leads from elsewhere: the value before was not what the bank says it was.
    fn denies(&self, before: &Step) -> bool {
        let is_next_day = before.day.succ_opt() == Some(self.day);
        let change = self.row.change.filter(|_| is_next_day);
        let led_from = change.and_then(|change| self.row.value.checked_sub(change));
        let Some(led_from) = led_from.filter(|_| self.row.nominal == before.nominal) else {
            return false;
        };
        let said = self.log(led_from, before.nominal);
        match (said, self.log_before(before)) {
            (Some(said), Some(printed)) => (said - printed).abs() >= (said - self.reference).abs(),
            // It leads from zero or below.
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests;
