//! Changes of a topic by a foreign writer with access to the store, some of them well formed.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use fastrand::Rng;
use masthead::ledger::{Record, RecordId, Sighting};
use masthead::money::Rates;
use masthead::ticker::shared::{SharedRecord, Topic};
use rust_decimal::Decimal;
use serde_json::Value;

use super::store_server::StoreServer;
use crate::simulation::truth::today;

/// The kind of corruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Corruption {
    /// Every number is ten times as large, a tenth, or inverted: a lie.
    Every(Slip),
    /// The publications of that many days ago, or ahead.
    OtherDay(i64),
    /// The same records, seen last in the future.
    Future,
    /// Other texts in the place of the right ones.
    OtherTexts,
    /// Halves of the texts.
    Truncated,
    /// No texts.
    NoTexts,
    /// More records, whose keys cannot be parsed.
    Garbage,
    /// As many of them as a topic holds, and more.
    Flood,
    /// Every second record is missing.
    Removed,
    /// Another type in the place of the topic.
    Foreign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slip {
    Tenfold,
    Tenth,
    Inverted,
}

/// How near a publication must not come to today: within that a bank may have published it.
const NEAR: TimeDelta = TimeDelta::days(17);

/// The records of a topic, by their keys.
type Contents = Vec<(Arc<str>, Option<Record>)>;

impl Corruption {
    pub(super) fn any(random: &mut Rng, may_lie: bool) -> Self {
        let slips = [Slip::Tenfold, Slip::Tenth, Slip::Inverted];
        match random.u8(..if may_lie { 15 } else { 12 }) {
            0 | 1 => Self::Future,
            2 => Self::OtherTexts,
            3 => Self::Truncated,
            4 => Self::NoTexts,
            5 => Self::Garbage,
            6 => Self::Flood,
            7 => Self::Removed,
            8 => Self::Foreign,
            // Older than what is shown, or further ahead than any bank publishes: nearer days would be lies within what is plausible.
            9 | 10 => Self::OtherDay(-random.i64(15..40)),
            11 => Self::OtherDay(random.i64(30..400)),
            _ => Self::Every(*random.choice(&slips).unwrap()),
        }
    }

    pub(super) const fn is_lie(self) -> bool {
        matches!(self, Self::Every(_))
    }

    /// Corrupts a topic, as a writer whose clock is `ahead`. Returns whether it had records. `is_true` says which rates the bank has
    /// published: ten times what a host made a tenth of would be a plausible lie.
    pub(super) fn corrupt(
        self,
        server: &mut StoreServer,
        topic: &Topic,
        ahead: TimeDelta,
        is_true: &dyn Fn(&Rates) -> bool,
        now: DateTime<Utc>,
    ) -> bool {
        let contents = server.contents(topic);
        // Nothing more happens to one of another type.
        let is_foreign = server
            .table
            .topics
            .get(topic)
            .is_some_and(|rows| rows.is_foreign);
        if contents.is_empty() || is_foreign {
            return false;
        }
        let near = now + ahead;
        match self {
            Self::Every(slip) => {
                let altered = server.altered(&contents, near, is_true, |rates| slip.corrupt(rates));
                write(server, topic, altered, now);
            }
            Self::OtherDay(days) => {
                let mut altered =
                    server.altered(&contents, near, is_true, |rates| move_by(rates, days));
                // A publication of long ago that is moved there would be a plausible lie.
                altered.retain(|moved| {
                    let day = moved.rates().map(|rates| rates.day());
                    day.is_some_and(|day| (day - today(now)).abs() > NEAR)
                });
                write(server, topic, altered, now);
            }
            Self::Future => server.overwrite(topic, |rows| {
                let tomorrow = now + TimeDelta::days(1);
                rows.lasts.values_mut().for_each(|last| *last = tomorrow);
            }),
            Self::OtherTexts | Self::Truncated | Self::NoTexts => {
                let answers = server.answers(topic);
                server.overwrite(topic, |_| {});
                self.spoil_texts(server, &answers);
            }
            Self::Garbage => server.overwrite(topic, |rows| {
                for key in [
                    "",
                    "{\"strip\": <html>",
                    "sighting",
                    "forecast astana - - - -",
                ] {
                    rows.lasts.insert(key.into(), near);
                }
                let (key, _) = &contents[0];
                rows.lasts.insert(format!("{key} ").into(), near);
            }),
            Self::Flood => server.overwrite(topic, |rows| {
                for number in 0..SharedRecord::MOST + 100 {
                    rows.lasts.insert(format!("number {number}").into(), near);
                }
            }),
            Self::Removed => server.overwrite(topic, |rows| {
                let mut number = 0;
                rows.lasts.retain(|_, _| {
                    number += 1;
                    number % 2 == 0
                });
            }),
            Self::Foreign => server.overwrite(topic, |rows| rows.is_foreign = true),
        }
        true
    }

    fn spoil_texts(self, server: &mut StoreServer, answers: &BTreeSet<RecordId>) {
        let texts = &mut server.table.texts;
        let mut before: Arc<str> = "masthead publication 1\n".into();
        for id in answers {
            if self == Self::NoTexts {
                texts.remove(id);
            } else if let Some((text, _)) = texts.get_mut(id) {
                let right = Arc::clone(text);
                // The texts are ASCII.
                let half = right.get(..right.len() / 2).unwrap_or_default();
                *text = if self == Self::Truncated {
                    half.into()
                } else {
                    before
                };
                before = right;
            }
        }
    }
}

impl Slip {
    fn corrupt(self, rates: &mut Value) {
        for row in rates["rows"].as_array_mut().unwrap() {
            let value: Decimal = row["value"].as_str().unwrap().parse().unwrap();
            let spoilt = match self {
                Self::Tenfold => value * Decimal::TEN,
                Self::Tenth => value / Decimal::TEN,
                Self::Inverted => Decimal::ONE / value,
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

impl StoreServer {
    /// Every true publication altered, as if the bank had answered so at `at`. Publications that are altered already are left out: one that is moved
    /// back and then ahead would be a plausible lie.
    fn altered(
        &self,
        contents: &Contents,
        at: DateTime<Utc>,
        is_true: &dyn Fn(&Rates) -> bool,
        alter: impl Fn(&mut Value),
    ) -> Vec<Sighting> {
        let altered = contents.iter().filter_map(|(_, record)| {
            let Some(Record::Sighting(sighting)) = record else {
                return None;
            };
            let (id, rates) = (sighting.id()?, sighting.rates()?);
            if self.altered.contains(&id) || !is_true(rates) {
                return None;
            }
            let mut rates = serde_json::to_value(&**rates).unwrap();
            alter(&mut rates);
            let rates = serde_json::from_value(rates).ok()?;
            let (bank, feed, asked) = (sighting.bank().clone(), sighting.feed(), sighting.asked());
            Some(Sighting::of_rates(bank, feed, asked, rates, at))
        });
        altered.collect()
    }
}

/// Writes records beside the true ones, with their texts.
fn write(server: &mut StoreServer, topic: &Topic, records: Vec<Sighting>, now: DateTime<Utc>) {
    let records: Vec<Record> = records.into_iter().map(Record::from).collect();
    let until = now + TimeDelta::days(100);
    for record in &records {
        let id = record.key().and_then(|key| key.answer());
        if let Some((id, text)) = id.zip(record.text()) {
            server.table.texts.insert(id, (text.into(), until));
            server.altered.insert(id);
        }
    }
    server.overwrite(topic, |rows| {
        for record in &records {
            let key = record.key().unwrap().to_string();
            rows.lasts.insert(key.into(), record.last());
        }
    });
}
