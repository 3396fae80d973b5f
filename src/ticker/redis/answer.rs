//! What a server answers. It may be anything: nobody but us need have written what is there.

use std::time::Duration;

use chrono::DateTime;
use redis::Value;

use super::server::Server;
use crate::ticker::{Kept, Lease, Leases, Put, StoreError};

/// The fields of a row of an answer.
type Row = Vec<Vec<u8>>;

pub(super) fn mark(value: Value) -> Option<Option<String>> {
    let text = |bytes: Vec<u8>| (!bytes.is_empty()).then(|| lossy(&bytes));
    field(value).map(text)
}

/// What is kept below each of the keys.
pub(super) fn kept(value: Value, keys: &[String], server: &Server) -> Option<Vec<Kept>> {
    let rows = rows(value, keys.len())?;
    let unusable = |key: &str, what: &str| {
        let text = format_args!("{key} cannot be used: {what}");
        Kept::Unusable(server.error(text))
    };
    let kept = rows.into_iter().zip(keys).map(|(row, key)| {
        let mut fields = row.into_iter();
        let tag = fields.next()?;
        Some(match (&*tag, fields.next(), fields.next()) {
            (b"nothing", None, None) => Kept::Nothing,
            (b"known", Some(order), None) => Kept::Known(parse(&order)?),
            (b"newer", Some(order), Some(body)) => match String::from_utf8(body) {
                Ok(body) => Kept::Newer(parse(&order)?, body),
                Err(_) => unusable(key, "the body is no text"),
            },
            (b"unusable", Some(what), None) => unusable(key, &lossy(&what)),
            _ => return None,
        })
    });
    kept.collect()
}

/// What became of each part.
pub(super) fn put(value: Value, parts: usize) -> Option<Vec<Put>> {
    let put = rows(value, parts)?.into_iter().map(|row| {
        let mut fields = row.into_iter();
        let tag = fields.next()?;
        Some(match (&*tag, fields.next()) {
            (b"taken", None) => Put::Taken,
            (b"future", None) => Put::Future,
            (b"older", Some(order)) => Put::Older(parse(&order)?),
            (b"blocked", Some(what)) => Put::Blocked(lossy(&what)),
            _ => return None,
        })
    });
    put.collect()
}

/// The time, and who holds each lease.
pub(super) fn leases(value: Value, asks: usize) -> Option<Leases> {
    let mut rows = rows(value, asks.checked_add(1)?)?.into_iter();
    let time = rows.next()?;
    let mut numbers = time.iter().map(|field| parse::<i64>(field));
    let (seconds, micros) = (numbers.next()??, numbers.next()??);
    let now = seconds.checked_mul(1_000_000)?.checked_add(micros)?;
    let held = rows.map(|row| {
        let mut fields = row.into_iter();
        let (holder, left) = (fields.next()?, fields.next()?);
        Some(Lease {
            node: parse(&holder)?,
            // One without an end is none that a server has taken.
            left: Duration::from_millis(parse(&left)?),
        })
    });
    Some(Leases {
        held: held.collect(),
        now: DateTime::from_timestamp_micros(now)?,
    })
}

pub(super) fn unknown(server: &Server) -> StoreError {
    server.error("an answer that none of our scripts gives")
}

/// So many rows, no more and no less.
fn rows(value: Value, count: usize) -> Option<Vec<Row>> {
    let Value::Array(rows) = value else {
        return None;
    };
    let row = |value| match value {
        Value::Array(fields) => fields.into_iter().map(field).collect(),
        _ => None,
    };
    let rows: Vec<Row> = rows.into_iter().map(row).collect::<Option<_>>()?;
    (rows.len() == count).then_some(rows)
}

fn field(value: Value) -> Option<Vec<u8>> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        Value::Int(number) => Some(number.to_string().into_bytes()),
        _ => None,
    }
}

fn parse<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
