//! Publications that are learned long after their days, by a back-fill: judged by the days before and after, whatever the order in which they came.
//!
//! The guard compares a publication with those before it, in the order in which they became known. For earlier days that order says little: a
//! back-fill begins with the newest day. So the verdict on them is a function of the set of records alone:
//!
//! - An answer with the figures of the day on which it was received, under an earlier day, is an echo. It is withheld.
//! - A row that is far from the days before and after, which are near each other, is withheld until the bank has repeated it a day later.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::Memory;
use super::gate::{Quotes, spread};
use crate::day;
use crate::ledger::{Ledger, RecordId, Sighting, Verdict, View};
use crate::money::{Currency, Rates};
use crate::provenance::SourceId;

/// Within so many days of the day on which an answer was received, its figures are those of that day.
const PRESENT: Days = Days::new(10);
/// Banks print the same figures for so many days at most.
const SAME: TimeDelta = TimeDelta::days(14);
/// A row is compared with other figures of the bank within so many days.
const NEAR: Days = Days::new(10);
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
    let mut verdicts = BTreeMap::new();
    let published = Published::of(records, bank);
    let filled = published.filled.iter();
    let wanted = filled.filter(|(sighting, day)| days.contains(day) && sighting.id().is_some());
    let mut quotes = BTreeMap::new();
    for (sighting, day) in wanted {
        let Some(id) = sighting.id() else { continue };
        let rows = published.doubted(sighting, *day, &mut quotes);
        let Some(rows) = rows else {
            verdicts.insert(id, Verdict::Withheld);
            continue;
        };
        let own = sighting.rates().map_or(0, |rates| rates.len());
        if rows.len() * 2 > own {
            verdicts.insert(id, Verdict::Withheld);
        } else if !rows.is_empty() {
            verdicts.insert(id, Verdict::Except(rows));
        }
    }
    verdicts
}

/// A view with the verdicts of the guard, and these on back-filled publications.
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
    /// The newest one of each day that is no echo.
    newest: BTreeMap<NaiveDate, &'a Sighting>,
    /// The first and the last sight of each.
    seen: BTreeMap<RecordId, (DateTime<Utc>, DateTime<Utc>)>,
}

impl<'a> Published<'a> {
    fn of(records: &'a Ledger, bank: &SourceId) -> Self {
        let all = records.sightings(bank);
        let all = all.filter_map(|sighting| Some((sighting, sighting.rates()?.day())));
        let all: Vec<(&Sighting, NaiveDate)> = all.collect();
        let mut published = Self {
            filled: Vec::new(),
            newest: BTreeMap::new(),
            seen: BTreeMap::new(),
        };
        let (filled, live): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|(sighting, _)| sighting.is_late());
        if filled.is_empty() {
            return published;
        }
        published.add(live.into_iter());
        let filled = filled.into_iter();
        // An echo is of no day, so that no day is compared with it.
        let (echoes, genuine): (Vec<_>, Vec<_>) =
            filled.partition(|(sighting, day)| published.is_echo(sighting, *day));
        published.add(genuine.iter().copied());
        published.filled = [genuine, echoes].concat();
        published
    }

    fn add(&mut self, sightings: impl Iterator<Item = (&'a Sighting, NaiveDate)>) {
        for (sighting, day) in sightings {
            let held = self.newest.entry(day).or_insert(sighting);
            if sighting.version() > held.version() {
                *held = sighting;
            }
            if let Some(id) = sighting.id() {
                let own = (sighting.first(), sighting.last());
                let (first, last) = self.seen.entry(id).or_insert(own);
                *first = own.0.min(*first);
                *last = own.1.max(*last);
            }
        }
    }

    /// Whether the figures under an earlier day are those of the day on which they were received.
    fn is_echo(&self, sighting: &Sighting, day: NaiveDate) -> bool {
        let Some(rates) = sighting.rates() else {
            return false;
        };
        let [first, last] = [sighting.first(), sighting.last()];
        [first, last].into_iter().any(|received| {
            let received = day::of(received, rates.zone());
            let present = around(received, PRESENT);
            let mut present = self.newest.range(present);
            present.any(|(of, other)| {
                let is_same =
                    |other: &Rates| other.len() == rates.len() && other.agrees_with(rates);
                *of - day > SAME && other.rates().is_some_and(|other| is_same(other))
            })
        })
    }

    /// The rows that are far from the days before and after. `None` for an echo.
    fn doubted(
        &self,
        sighting: &'a Sighting,
        day: NaiveDate,
        quotes: &mut BTreeMap<NaiveDate, Quotes>,
    ) -> Option<Vec<Currency>> {
        let rates = sighting.rates()?;
        let (first, last) = self.seen.get(&sighting.id()?)?;
        let sides = [
            self.newest.range(..day).next_back(),
            self.newest.range(day..).find(|(of, _)| **of > day),
        ];
        let received = sighting.first();
        let mut others = sides.into_iter().flatten();
        // One document has the days before and after too: a table that was imported, or the bank's own archive.
        if *last - *first >= LATER || others.all(|(_, other)| other.first() == received) {
            return Some(Vec::new());
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
        let rows = rates.rows().iter().map(|row| row.currency);
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
        Some(rows.collect())
    }
}

/// The figures of a row on one side of a day.
#[derive(Clone, Copy)]
enum Side {
    /// There are none nearby.
    Unknown,
    /// They are those of the day.
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

/// Whether a row is far from both sides, and they are near each other.
fn is_apart(before: Side, after: Side) -> bool {
    let is_far = |distance: f64, days| distance.abs() > FAR * spread(days);
    match (before, after) {
        (Side::Same, _) | (_, Side::Same) | (Side::Unknown, Side::Unknown) => false,
        (Side::Other(before, days), Side::Other(after, days_after)) => {
            let between = (before - after).abs();
            let nearest = before.abs().min(after.abs());
            is_far(before, days) && is_far(after, days_after) && between * 2.0 < nearest
        }
        (Side::Other(distance, days), Side::Unknown)
        | (Side::Unknown, Side::Other(distance, days)) => is_far(distance, days),
    }
}

fn around(day: NaiveDate, by: Days) -> RangeInclusive<NaiveDate> {
    let first = day.checked_sub_days(by).unwrap_or(day);
    let last = day.checked_add_days(by).unwrap_or(day);
    first..=last
}
