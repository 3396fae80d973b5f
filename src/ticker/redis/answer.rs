//! The replies of a server. They may be anything: other programs can write to the same keys.

use std::time::Duration;

use chrono::{DateTime, Utc};
use redis::Value;

use super::link::Reply;
use super::member;
use super::server::Trouble;
use crate::ticker::shared::SharedRecord;

/// Returns the bytes of a string, empty for a missing key. Returns `None` for a key of another type.
pub(super) fn bytes(reply: Option<Reply>) -> Result<Option<Vec<u8>>, Trouble> {
    match usable(reply)? {
        Some(Value::BulkString(bytes)) => Ok(Some(bytes)),
        Some(_) => Err(unknown()),
        None => Ok(None),
    }
}

/// Returns the members of a sorted set and their scores. `None` for a key of another type.
pub(super) fn records(reply: Option<Reply>) -> Result<Option<Vec<SharedRecord>>, Trouble> {
    let Some(value) = usable(reply)? else {
        return Ok(None);
    };
    let Value::Array(values) = value else {
        return Err(unknown());
    };
    let mut values = values.into_iter();
    let mut records = Vec::with_capacity(values.len() / 2);
    while let Some(key) = values.next() {
        let (Value::BulkString(key), Some(Value::BulkString(score))) = (key, values.next()) else {
            return Err(unknown());
        };
        records.push(SharedRecord {
            key: member::key(key),
            last: instant(&score),
        });
    }
    Ok(Some(records))
}

/// Returns the time of the server's clock.
pub(super) fn time(reply: Option<Reply>) -> Result<DateTime<Utc>, Trouble> {
    let Value::Array(fields) = any(reply)? else {
        return Err(unknown());
    };
    let number = |field: &Value| match field {
        Value::BulkString(bytes) => parse::<i64>(bytes),
        _ => None,
    };
    let mut numbers = fields.iter().map(number);
    let mut time = || {
        let (seconds, micros) = (numbers.next()??, numbers.next()??);
        let micros = seconds.checked_mul(1_000_000)?.checked_add(micros)?;
        DateTime::from_timestamp_micros(micros)
    };
    time().ok_or_else(unknown)
}

/// Returns whether `SET` with `NX` wrote its value.
pub(super) fn was_free(reply: Option<Reply>) -> Result<bool, Trouble> {
    match any(reply)? {
        Value::Okay => Ok(true),
        Value::Nil => Ok(false),
        _ => Err(unknown()),
    }
}

pub(super) fn number(reply: Option<Reply>) -> Result<i64, Trouble> {
    match any(reply)? {
        Value::Int(number) => Ok(number),
        _ => Err(unknown()),
    }
}

/// Returns the number of milliseconds of `PTTL`. `None` if there is no key, or no expiry.
pub(super) fn left(number: i64) -> Option<Duration> {
    u64::try_from(number).ok().map(Duration::from_millis)
}

/// Whether a command was refused because its key has another type, and not because the server refuses such commands.
pub(super) fn is_other_type(error: &redis::ServerError) -> bool {
    error.code() == "WRONGTYPE"
}

/// Returns `None` for a key of another type.
fn usable(reply: Option<Reply>) -> Result<Option<Value>, Trouble> {
    match reply {
        Some(Err(error)) if is_other_type(&error) => Ok(None),
        reply => any(reply).map(Some),
    }
}

fn any(reply: Option<Reply>) -> Result<Value, Trouble> {
    reply.ok_or_else(unknown)?.map_err(Trouble::from)
}

/// Returns the instant of a score. The last instant that there is if it is not one in milliseconds: the record is then removed, as one of the
/// future is.
fn instant(score: &[u8]) -> DateTime<Utc> {
    // A server may write a whole number with an exponent.
    let score = parse::<f64>(score).filter(|score| score.fract() == 0.0);
    let millis = score.and_then(|score| format!("{score:.0}").parse().ok());
    millis
        .and_then(DateTime::from_timestamp_millis)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

pub(super) fn parse<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

fn unknown() -> Trouble {
    Trouble::from_text("a reply of another kind than a Redis gives")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_an_instant_in_milliseconds() {
        let of = |score: &str| instant(score.as_bytes());
        let millis = |millis| DateTime::from_timestamp_millis(millis).unwrap();
        assert_eq!(of("1775109600123"), millis(1_775_109_600_123));
        assert_eq!(of("1.7e+12"), millis(1_700_000_000_000));
        assert_eq!(of("-5"), millis(-5));
        let first = DateTime::<Utc>::MIN_UTC.timestamp_millis();
        assert_eq!(of(&first.to_string()).timestamp_millis(), first);
        let last = DateTime::<Utc>::MAX_UTC.timestamp_millis();
        assert_eq!(of(&last.to_string()).timestamp_millis(), last);
    }

    #[test]
    fn a_score_that_is_no_instant_is_the_last_one() {
        for score in [
            "inf", "-inf", "nan", "1e300", "9e15", "-9e15", "1.5", "", "x",
        ] {
            let last = instant(score.as_bytes());
            assert_eq!(last, DateTime::<Utc>::MAX_UTC, "{score}");
        }
    }
}
