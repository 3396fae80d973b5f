//! Corrupt records that another program may write to the store, some of them well formed.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use fastrand::Rng;
use masthead::ledger::line::{FIRST_LINE, Reader, Writer};
use masthead::ledger::{Ledger, Record, Sighting};
use masthead::ticker::{Order, Topic};
use serde_json::Value;

use super::store_server::{Cell, StoreServer};

/// The kind of corruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Corruption {
    /// Every number is ten times as large, a tenth, or inverted: a lie.
    Every(Slip),
    /// The publications of that many days ago, or ahead.
    OtherDay(i64),
    /// The same record with an order in the future.
    Future,
    /// No records.
    Garbage,
    /// The first half of the record.
    Truncated,
    /// A record of a newer program version.
    OtherVersion,
    Damaged,
    Oversized,
    Foreign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slip {
    Tenfold,
    Tenth,
    Inverted,
}

impl Corruption {
    pub(super) fn any(random: &mut Rng, may_lie: bool) -> Self {
        let slips = [Slip::Tenfold, Slip::Tenth, Slip::Inverted];
        match random.u8(..if may_lie { 14 } else { 11 }) {
            0 | 1 => Self::Future,
            2 => Self::Garbage,
            3 => Self::Truncated,
            4 => Self::OtherVersion,
            5 => Self::Damaged,
            6 => Self::Oversized,
            7 => Self::Foreign,
            // Older than what is shared, or further ahead than any bank publishes: nearer days would be lies within what is plausible.
            8 | 9 => Self::OtherDay(-random.i64(15..40)),
            10 => Self::OtherDay(random.i64(30..400)),
            _ => Self::Every(*random.choice(&slips).unwrap()),
        }
    }

    pub(super) const fn is_lie(self) -> bool {
        matches!(self, Self::Every(_))
    }

    /// Replaces the record of a topic. Returns whether there was one.
    pub(super) fn corrupt(
        self,
        server: &mut StoreServer,
        topic: &Topic,
        ahead: TimeDelta,
        now: DateTime<Utc>,
    ) -> bool {
        let Some((order, body)) = server.part(topic) else {
            return false;
        };
        // An already corrupt value has no records.
        let Some(records) = records(body) else {
            return false;
        };
        let by = |at: DateTime<Utc>| Order {
            // Newer than the previous record.
            at: at.max(order.at + TimeDelta::milliseconds(1)),
            node: "stranger".parse().unwrap(),
            ..order.clone()
        };
        let part = |at: DateTime<Utc>, body: String| Cell::Part(by(at), body.into());
        let near = now + ahead;
        let cell = match self {
            Self::Every(slip) => part(
                near,
                with_altered(records, near, &|rates| slip.corrupt(rates)),
            ),
            Self::OtherDay(days) => part(
                near,
                with_altered(records, near, &|rates| move_by(rates, days)),
            ),
            Self::Future => part(now + TimeDelta::days(1), body.to_owned()),
            Self::Garbage => part(near, "{\"strip\": <html>".into()),
            Self::Truncated => {
                let half = (0..=body.len() / 2)
                    .rev()
                    .find(|at| body.is_char_boundary(*at));
                part(near, body[..half.unwrap()].to_owned())
            }
            Self::OtherVersion => part(near, body.replacen("ledger 1", "ledger 999", 1)),
            Self::Damaged => Cell::Damaged,
            Self::Oversized => Cell::Oversized(by(near)),
            Self::Foreign => Cell::Foreign,
        };
        server.overwrite(topic, cell);
        true
    }
}

impl Slip {
    fn corrupt(self, rates: &mut Value) {
        for row in rates["rows"].as_array_mut().unwrap() {
            let value: rust_decimal::Decimal = row["value"].as_str().unwrap().parse().unwrap();
            let spoilt = match self {
                Self::Tenfold => value * rust_decimal::Decimal::TEN,
                Self::Tenth => value / rust_decimal::Decimal::TEN,
                Self::Inverted => rust_decimal::Decimal::ONE / value,
            };
            row["value"] = spoilt.round_sf(6).unwrap().to_string().into();
        }
    }
}

fn move_by(rates: &mut Value, days: i64) {
    let day: NaiveDate = rates["publication"]["day"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    rates["publication"]["day"] = (day + TimeDelta::days(days)).to_string().into();
}

/// The records of a body. Returns `None` for another text.
pub(super) fn records(body: &str) -> Option<Ledger> {
    let mut reader = Reader::new(DateTime::<Utc>::MAX_UTC);
    for line in body.lines() {
        reader.line(line.as_bytes());
    }
    let contents = reader.finish();
    contents.skipped.is_none().then_some(contents.ledger)
}

/// A body with every publication altered beside the true one, as if the bank had answered so at `at`.
fn with_altered(mut records: Ledger, at: DateTime<Utc>, alter: &dyn Fn(&mut Value)) -> String {
    let altered = records.records().filter_map(|record| {
        let Record::Sighting(sighting) = record else {
            return None;
        };
        let rates = sighting.rates()?;
        // Moved back and then ahead, a publication would come near its own day.
        if (rates.day() - sighting.asked()).abs() > TimeDelta::days(7) {
            return None;
        }
        let mut rates = serde_json::to_value(&**rates).unwrap();
        alter(&mut rates);
        let rates = serde_json::from_value(rates).ok()?;
        let (bank, feed, asked) = (sighting.bank().clone(), sighting.feed(), sighting.asked());
        Some(Record::from(Sighting::of_rates(
            bank, feed, asked, rates, at,
        )))
    });
    let altered: Vec<Record> = altered.collect();
    records.extend(altered);
    let (mut text, mut writer) = (FIRST_LINE.to_owned(), Writer::default());
    for record in records.records() {
        writer.record(&record, &mut text);
    }
    text
}
