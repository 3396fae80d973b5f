//! Corrupt records that another program may write to the store, some of them well formed.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use fastrand::Rng;
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
    /// Invalid JSON.
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
            8 | 9 => Self::OtherDay(-random.i64(1..40)),
            10 => Self::OtherDay(random.i64(15..400)),
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
        // An already corrupt value is not a record.
        if serde_json::from_str::<Value>(body).is_err() {
            return false;
        }
        let by = |at: DateTime<Utc>| Order {
            // Newer than the previous record.
            at: at.max(order.at + TimeDelta::milliseconds(1)),
            node: "stranger".parse().unwrap(),
            ..order.clone()
        };
        let part = |at: DateTime<Utc>, body: String| Cell::Part(by(at), body.into());
        let near = now + ahead;
        let cell = match self {
            Self::Every(slip) => {
                let body = altered(body, &|rates| slip.corrupt(rates));
                part(near, body_at(&body, by(near).at))
            }
            Self::OtherDay(days) => part(near, altered(body, &|rates| move_by(rates, days))),
            Self::Future => part(now + TimeDelta::days(1), body.to_owned()),
            Self::Garbage => part(near, "{\"strip\": <html>".into()),
            Self::Truncated => {
                let half = (0..=body.len() / 2)
                    .rev()
                    .find(|at| body.is_char_boundary(*at));
                part(near, body[..half.unwrap()].to_owned())
            }
            Self::OtherVersion => {
                let mut document: Value = serde_json::from_str(body).unwrap();
                document["schema"] = 999.into();
                part(near, document.to_string())
            }
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

/// The same body with its own time set: an order that differs from that of its body would be refused for that reason alone.
fn body_at(body: &str, at: DateTime<Utc>) -> String {
    let mut document: Value = serde_json::from_str(body).unwrap();
    if let Some(guard) = document["body"].get_mut("guard") {
        guard["at"] = serde_json::to_value(at).unwrap();
    }
    document.to_string()
}

fn move_by(rates: &mut Value, days: i64) {
    let day: NaiveDate = rates["publication"]["day"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    rates["publication"]["day"] = (day + TimeDelta::days(days)).to_string().into();
}

/// The body with every publication altered: the displayed ones, and those remembered by its guard.
fn altered(body: &str, alter: &dyn Fn(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(body).unwrap();
    walk(&mut document, alter);
    document.to_string()
}

fn walk(value: &mut Value, alter: &dyn Fn(&mut Value)) {
    match value {
        Value::Object(fields) if fields.contains_key("publication") => alter(value),
        Value::Object(fields) => fields.values_mut().for_each(|field| walk(field, alter)),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, alter)),
        _ => {}
    }
}
