//! Numbers and dates in digits, written without an allocation.

use std::fmt::{self, Write};

use chrono::{DateTime, NaiveDate, Timelike as _, Utc};

/// Writes an integer in decimal digits.
pub(super) fn write_integer<W: Write + ?Sized>(
    value: impl itoa::Integer,
    out: &mut W,
) -> fmt::Result {
    out.write_str(itoa::Buffer::new().format(value))
}

/// Writes at least `count` digits, with leading zeros.
pub(super) fn write_padded<W: Write + ?Sized>(
    value: impl itoa::Integer,
    count: usize,
    out: &mut W,
) -> fmt::Result {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value);
    (digits.len()..count).try_for_each(|_| out.write_str("0"))?;
    out.write_str(digits)
}

/// Writes a date for machines: `2026-04-02`.
pub(super) fn write_iso<W: Write + ?Sized>(date: NaiveDate, out: &mut W) -> fmt::Result {
    write!(out, "{date}")
}

/// Writes an instant for machines: RFC 3339, UTC, whole seconds.
pub(super) fn write_instant<W: Write + ?Sized>(at: DateTime<Utc>, out: &mut W) -> fmt::Result {
    let at = at.naive_utc();
    write!(out, "{:?}Z", at.with_nanosecond(0).unwrap_or(at))
}

#[cfg(test)]
mod tests {
    use chrono::{SecondsFormat, TimeDelta};

    use super::*;

    fn written(write: impl Fn(&mut String) -> fmt::Result) -> String {
        let mut out = String::new();
        write(&mut out).unwrap();
        out
    }

    const CASES: usize = 1_000;

    #[test]
    fn integers_are_written_as_the_language_prints_them() {
        for _ in 0..CASES {
            let value = fastrand::u128(..) >> fastrand::u32(..128);
            assert_eq!(written(|out| write_integer(value, out)), value.to_string());
            assert_eq!(
                written(|out| write_padded(value, 4, out)),
                format!("{value:04}")
            );
        }
    }

    #[test]
    fn days_are_written_as_the_calendar_prints_them() {
        for _ in 0..CASES {
            let days = fastrand::i64(-900_000..3_000_000);
            let date = NaiveDate::default() + TimeDelta::days(days);
            assert_eq!(written(|out| write_iso(date, out)), date.to_string());
        }
    }

    #[test]
    fn instants_are_written_by_the_standard() {
        for _ in 0..CASES {
            let seconds = fastrand::i64(-2_000_000_000..8_000_000_000);
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            let expected = at.to_rfc3339_opts(SecondsFormat::Secs, true);
            assert_eq!(written(|out| write_instant(at, out)), expected);
        }
    }
}
