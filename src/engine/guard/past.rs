//! Publications that are learned long after their days, by a back-fill: judged by the days before and after, whatever the order in which they came.
//!
//! The guard compares a publication with those before it, in the order in which they became known. For earlier days that order says little: a
//! back-fill begins with the newest day. So the verdict on them is a function of the set of records alone:
//!
//! - An answer with the figures of the day on which it was received, under an earlier day, is an echo. It is withheld, and one that may be right until the
//!   bank has repeated it beside other present figures.
//! - A row that is far from the days before and after is withheld until the bank has repeated it a day later.
//! - A table of many days, which were received at one instant, is the word of the operator who imported it, or the bank's archive: it is accepted.
//!
//! # Examples
//!
//! The back-fill runs on 10 April 2026, when the bank's present dollar is 475.09, and requests 3 May 2021:
//!
//! | answer under 3 May 2021 | verdict |
//! |---|---|
//! | 427.89, and the days around have 427 to 431 | accepted |
//! | 475.09 and all other figures of today | an echo: the bank does not keep the day. Withheld, for as long as it stands |
//! | 4278.9, the other rows near | the dollar is withheld; the bank's answer 20 hours later or more, with the same list, is believed |
//! | more than half of the rows far from both sides | the whole list is withheld |
//! | 427.89, and no list within ten days | accepted: there is no neighbour to judge it |
//!
//! For 7 April 2026, three days before, the figures of 10 April may be right, if the bank published none between. Then the answer is withheld until
//! the bank repeats it at a time when its present figures are others.
//!
//! A row is far if it is more than 5 % from the nearest other figure on each side, with the allowance for distance of `gate::spread`; a side without
//! a list within ten days counts as far if the other side has one.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::Memory;
use super::gate::{Quotes, spread};
use crate::day;
use crate::ledger::{Ledger, RecordId, Sighting, Verdict, View};
use crate::money::{Currency, Rates};
use crate::provenance::SourceId;

/// Banks publish so many days ahead, over a weekend with a day off.
const AHEAD: Days = Days::new(4);
/// Banks print the same figures for so many days at most.
const SAME: TimeDelta = TimeDelta::days(14);
/// A row is compared with other figures of the bank within so many days.
const NEAR: Days = Days::new(10);
/// So many days before a day are enough to judge it.
const COMPARED: Days = Days::new(30);
/// A move within four days beyond which a row is doubted, as a logarithm.
const FAR: f64 = 0.05;
/// An answer that the bank repeats after so long is what it has for the day.
const LATER: TimeDelta = TimeDelta::hours(20);

/// Returns the verdicts on back-filled publications of a range of days that are not accepted as they are.
pub(in crate::engine) fn verdicts(
    records: &Ledger,
    bank: &SourceId,
    days: RangeInclusive<NaiveDate>,
) -> BTreeMap<RecordId, Verdict> {
    let published = Published::of(records, bank, *days.start());
    let is_wanted = |(_, day): &&(&Sighting, NaiveDate)| days.contains(day);
    let echoes = published.echoes.iter().filter(is_wanted);
    let echoes = echoes.filter_map(|(sighting, _)| Some((sighting.id()?, Verdict::Withheld)));
    let mut verdicts: BTreeMap<RecordId, Verdict> = echoes.collect();
    let mut quotes = BTreeMap::new();
    for (sighting, day) in published.filled.iter().filter(is_wanted) {
        let (Some(id), Some(rates)) = (sighting.id(), sighting.rates()) else {
            continue;
        };
        let rows = published.doubted(id, rates, *day, &mut quotes);
        if rows.len() * 2 > rates.len() {
            verdicts.insert(id, Verdict::Withheld);
        } else if !rows.is_empty() {
            verdicts.insert(id, Verdict::Except(rows));
        }
    }
    verdicts
}

/// A view with the verdicts of the guard, and these on back-filled publications: for a publication that has both, the latter counts.
pub(in crate::engine) fn judged<'a>(
    view: View<'a>,
    memory: &'a Memory,
    past: &'a BTreeMap<RecordId, Verdict>,
) -> View<'a> {
    view.verdicts(move |id| {
        let known = past.get(&id).cloned();
        known.unwrap_or_else(|| memory.verdict(id))
    })
}

/// The publications of a bank by their days.
struct Published<'a> {
    /// The back-filled ones.
    filled: Vec<(&'a Sighting, NaiveDate)>,
    /// …that have the figures of other days.
    echoes: Vec<(&'a Sighting, NaiveDate)>,
    /// Those of each day that are not of a back-fill.
    present: BTreeMap<NaiveDate, Vec<&'a Sighting>>,
    /// The newest one of each day that is no echo.
    newest: BTreeMap<NaiveDate, &'a Sighting>,
    /// The publications that their neighbours do not judge: the bank has repeated them, or they are not of a back-fill alone.
    accepted: BTreeSet<RecordId>,
}

impl<'a> Published<'a> {
    /// Those for days since a first one, with earlier ones to compare with.
    fn of(records: &'a Ledger, bank: &SourceId, first: NaiveDate) -> Self {
        let first = first.checked_sub_days(COMPARED).unwrap_or(first);
        let all = records.sightings_since(bank, first);
        let all = all.filter_map(|sighting| Some((sighting, sighting.rates()?.day())));
        let all: Vec<(&Sighting, NaiveDate)> = all.collect();
        let mut published = Self {
            filled: Vec::new(),
            echoes: Vec::new(),
            present: BTreeMap::new(),
            newest: BTreeMap::new(),
            accepted: BTreeSet::new(),
        };
        let (late, live): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|(sighting, _)| sighting.is_late());
        if late.is_empty() {
            return published;
        }
        let mut received: BTreeMap<DateTime<Utc>, usize> = BTreeMap::new();
        for (sighting, _) in &late {
            *received.entry(sighting.first()).or_default() += 1;
        }
        // A back-fill requests one day at a time.
        let (filled, of_tables): (Vec<_>, Vec<_>) = late
            .into_iter()
            .partition(|(sighting, _)| received.get(&sighting.first()) == Some(&1));
        let others = [live, of_tables].concat();
        let known = others.iter().filter_map(|(sighting, _)| sighting.id());
        published.accepted.extend(known);
        for (sighting, day) in &others {
            published.present.entry(*day).or_default().push(sighting);
        }
        published.add(others.into_iter());
        let filled = filled.into_iter();
        let filled = filled.filter(|(sighting, _)| {
            let id = sighting.id();
            id.is_some_and(|id| !published.accepted.contains(&id))
        });
        // An echo is of no day, so that no day is compared with it.
        let filled: Vec<_> = filled.collect();
        let (echoes, genuine): (Vec<_>, Vec<_>) = filled
            .into_iter()
            .partition(|(sighting, day)| published.is_echo(sighting, *day));
        published.add(genuine.iter().copied());
        published.filled = genuine;
        published.echoes = echoes;
        published
    }

    /// Notes publications as neighbours of others, and those that the bank has repeated as accepted.
    fn add(&mut self, sightings: impl Iterator<Item = (&'a Sighting, NaiveDate)>) {
        for (sighting, day) in sightings {
            let held = self.newest.entry(day).or_insert(sighting);
            if sighting.version() > held.version() {
                *held = sighting;
            }
            if is_repeated(sighting) {
                self.accepted.extend(sighting.id());
            }
        }
    }

    /// Whether the figures under an earlier day are those of the day on which they were received. Those of the days just before the present ones may be
    /// the same; they are believed once the bank repeats them beside other present figures.
    fn is_echo(&self, sighting: &Sighting, day: NaiveDate) -> bool {
        let Some(rates) = sighting.rates() else {
            return false;
        };
        let is_same = |other: &Sighting| {
            let other = other.rates();
            other.is_some_and(|other| other.len() == rates.len() && other.agrees_with(rates))
        };
        // The day of the present publication with these figures.
        let echoed = |received: DateTime<Utc>| {
            let today = day::of(received, rates.zone());
            let ahead = today.checked_add_days(AHEAD).unwrap_or(today);
            let in_force = self.present.range(..=today).next_back();
            let ahead = self
                .present
                .range(today..=ahead)
                .skip_while(|(of, _)| **of == today);
            let mut present = in_force.into_iter().chain(ahead);
            // Also the figures before a correction.
            let is_any = |others: &[&Sighting]| others.iter().any(|other| is_same(other));
            present.find_map(|(of, others)| is_any(others).then_some(*of))
        };
        let Some(present) = echoed(sighting.first()).filter(|present| day < *present) else {
            return false;
        };
        let next = day.succ_opt().unwrap_or(day);
        let mut between = self.newest.range(next..present);
        let is_apart = present - day > SAME || between.any(|(_, other)| !is_same(other));
        is_apart || !is_repeated(sighting) || echoed(sighting.last()).is_some()
    }

    /// The rows that are far from the days before and after.
    fn doubted(
        &self,
        id: RecordId,
        rates: &Rates,
        day: NaiveDate,
        quotes: &mut BTreeMap<NaiveDate, Quotes>,
    ) -> Vec<Currency> {
        if self.accepted.contains(&id) {
            return Vec::new();
        }
        let near: Vec<(NaiveDate, &Rates)> = self
            .newest
            .range(around(day, NEAR))
            .filter_map(|(of, other)| Some((*of, &**other.rates()?)))
            .filter(|(of, _)| *of != day)
            .collect();
        for (of, other) in &near {
            quotes.entry(*of).or_insert_with(|| Quotes::of(other));
        }
        // In the units of the day, from the nearest one on; most rows need the first of them only.
        let on = |(of, _): &(NaiveDate, &Rates)| {
            let (of, quotes) = (*of, quotes.get(of)?);
            let distance = (of - day).num_days().abs();
            let restated = LazyCell::new(move || quotes.on(day));
            Some((restated, distance))
        };
        let before = near.iter().rev().filter(|(of, _)| *of < day);
        let after = near.iter().filter(|(of, _)| *of > day);
        let before: Vec<_> = before.filter_map(on).collect();
        let after: Vec<_> = after.filter_map(on).collect();
        let own = Quotes::of(rates);
        let rows = rates.each_row().map(|row| row.currency);
        let rows = rows.filter(|currency| {
            let Some(own) = own.get(*currency) else {
                return false;
            };
            let [before, after] = [&before, &after].map(|side| {
                let side = side.iter();
                Side::of(side.filter_map(|(quotes, days)| {
                    let quote = quotes.get(*currency)?;
                    Some((quote.log - own.log, *days))
                }))
            });
            is_apart(before, after)
        });
        rows.collect()
    }
}

/// The figures of a row on one side of a day.
#[derive(Clone, Copy)]
enum Side {
    /// No day nearby has rates.
    Unknown,
    /// All days nearby have the same.
    Same,
    /// The distance to the nearest ones that differ, as a logarithm, and in days.
    Other(f64, i64),
}

impl Side {
    fn of(distances: impl Iterator<Item = (f64, i64)>) -> Self {
        let mut side = Self::Unknown;
        for (distance, days) in distances {
            if distance != 0.0 {
                return Self::Other(distance, days);
            }
            side = Self::Same;
        }
        side
    }
}

/// Whether a row is far from both sides.
fn is_apart(before: Side, after: Side) -> bool {
    let is_far = |side| match side {
        Side::Other(distance, days) => distance.abs() > FAR * spread(days),
        Side::Unknown => true,
        Side::Same => false,
    };
    let is_alone = matches!((before, after), (Side::Unknown, Side::Unknown));
    is_far(before) && is_far(after) && !is_alone
}

/// Whether the bank has given the same answer a day later.
fn is_repeated(sighting: &Sighting) -> bool {
    sighting.last() - sighting.first() >= LATER
}

fn around(day: NaiveDate, by: Days) -> RangeInclusive<NaiveDate> {
    let first = day.checked_sub_days(by).unwrap_or(day);
    let last = day.checked_add_days(by).unwrap_or(day);
    first..=last
}
