//! The records of a topic, as servers share them: the text of a ledger's file.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, SubsecRound as _, TimeDelta, Utc};

use super::{Node, Order, Topic};
use crate::ledger::line::{Contents, FIRST_LINE, Reader, Writer, version_of};
use crate::ledger::{Ledger, Record, Retention};
use crate::snapshot::Observed;
use crate::ticker::{Shared, StoreError};

/// The days of rates that servers share: with five publications a week more than the sixty moves by which the guard judges, so that a
/// server that starts judges as the others.
const DAYS: i64 = 100;
/// The most bytes of refused records that are written back. A store holds a megabyte for a topic.
pub(super) const MOST_REFUSED: usize = 256 << 10;
/// The most bytes of this server's records of the rates.
const MOST_OWN: usize = 640 << 10;

impl Shared {
    /// The records of a topic that other servers need: of fewer days if they would be too long for a store.
    pub(super) fn records_of(&self, topic: &Topic, now: DateTime<Utc>) -> Ledger {
        let mut records = self.all_records_of(topic, now);
        let mut days = DAYS;
        while days > 1 && most_bytes(&records) > MOST_OWN {
            days /= 2;
            let since = now.date_naive() - TimeDelta::days(days);
            records = records
                .records()
                .filter(|record| record.last().date_naive() >= since)
                .collect();
        }
        records
    }

    fn all_records_of(&self, topic: &Topic, now: DateTime<Utc>) -> Ledger {
        let held = self.held();
        let records: Ledger = match topic {
            Topic::Rates => {
                let since = shared_since(now);
                let witnesses = self.bank.witnesses.iter().map(|witness| witness.id());
                let banks = std::iter::once(self.bank.id()).chain(witnesses);
                let sightings = banks.flat_map(|bank| {
                    let newest_first = held.records.sightings(&bank).rev();
                    newest_first.take_while(|sighting| sighting.asked() >= since)
                });
                sightings.cloned().map(Record::from).collect()
            }
            Topic::Weather(city) => {
                let forecasts = held.records.forecasts(city);
                forecasts.cloned().map(Record::from).collect()
            }
        };
        drop(held);
        self.needed(records, now)
    }

    /// The records that servers share at `now`, of these.
    pub(super) fn needed(&self, records: Ledger, now: DateTime<Utc>) -> Ledger {
        let since = shared_since(now);
        let is_needed = |record: &Record| match record {
            Record::Sighting(sighting) => sighting.asked() >= since,
            _ => true,
        };
        let records = records.records().filter(is_needed);
        let mut records: Ledger = records.collect();
        let cities = self.cities.iter().cloned();
        records.retain(&Retention::default().cities(cities), now);
        records
    }

    /// When the shown values of a topic were fetched.
    pub(super) fn fetched(&self, topic: &Topic) -> Option<DateTime<Utc>> {
        let snapshot = self.cell.load();
        match topic {
            Topic::Rates => {
                let (rates, next) = snapshot.both_rates();
                rates.into_iter().chain(next).map(Observed::fetched).max()
            }
            Topic::Weather(city) => snapshot.weather(city).map(Observed::fetched),
        }
    }
}

fn shared_since(now: DateTime<Utc>) -> NaiveDate {
    now.date_naive() - TimeDelta::days(DAYS)
}

/// The version of a set of records that replaces the one with the version `before`.
pub(super) fn order_after(before: Option<&Order>, node: &Node, now: DateTime<Utc>) -> Order {
    let after = before.map(|order| order.at + TimeDelta::milliseconds(1));
    // The text of a version has milliseconds, and a store answers with it.
    let at = after.map_or(now, |after| after.max(now)).trunc_subsecs(3);
    Order {
        day: at.date_naive(),
        own_word: true,
        at,
        node: node.clone(),
    }
}

/// An upper bound of the length of the sightings in a text: a line for each, and for each publication a line with its rows.
fn most_bytes(records: &Ledger) -> usize {
    let (mut bytes, mut publications) = (0, BTreeSet::new());
    for record in records.records() {
        let Record::Sighting(sighting) = record else {
            continue;
        };
        bytes += 400;
        if let Some((id, rates)) = sighting.id().zip(sighting.rates())
            && publications.insert(id)
        {
            bytes += 400 + 50 * rates.len();
        }
    }
    bytes
}

/// Writes records as the text of a file.
pub(super) fn text(records: &Ledger) -> String {
    let (mut text, mut writer) = (FIRST_LINE.to_owned(), Writer::default());
    for record in records.records() {
        writer.record(&record, &mut text);
    }
    text
}

/// Reads records. Those of the future are left out.
///
/// # Errors
///
/// If it is another text, or of another version.
pub(super) fn contents(text: &str, now: DateTime<Utc>) -> Result<Contents, StoreError> {
    let first = text.lines().next().unwrap_or_default();
    if version_of(first.as_bytes()) != version_of(FIRST_LINE.trim_end().as_bytes()) {
        return Err(StoreError::new(
            "it does not begin as records of this version",
        ));
    }
    let mut reader = Reader::new(now);
    for line in text.lines() {
        reader.line(line.as_bytes());
    }
    Ok(reader.finish())
}
