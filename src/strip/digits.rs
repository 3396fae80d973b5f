//! Digits, copied three at a time from a table of text. No buffer is needed, and groups of thousands are
//! those three digits.

use std::fmt::{self, Write};

use chrono::{DateTime, NaiveDate, Timelike as _, Utc};

/// The powers of ten up to 10^19, all that fit into 64 bits.
pub(super) const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut rest: &mut [u64] = &mut powers;
    let mut power = 1;
    while let [first, tail @ ..] = rest {
        *first = power;
        power = power.wrapping_mul(10);
        rest = tail;
    }
    powers
};

/// Writes an integer in decimal digits, with `group` between thousands.
pub(super) fn write_integer<W: Write + ?Sized>(
    value: u64,
    group: &str,
    out: &mut W,
) -> fmt::Result {
    if value < 1000 {
        return write_small(low(value), out);
    }
    write_integer(value / 1000, group, out)?;
    out.write_str(group)?;
    last::<3, W>(low(value), out)
}

/// Writes an integer below a thousand.
#[inline]
pub(super) fn write_small<W: Write + ?Sized>(value: u32, out: &mut W) -> fmt::Result {
    match value {
        0..10 => last::<1, W>(value, out),
        10..100 => last::<2, W>(value, out),
        _ => last::<3, W>(value, out),
    }
}

/// Writes exactly `count` digits, at most 19. `value` must be below 10^`count`.
pub(super) fn write_exactly<W: Write + ?Sized>(value: u64, count: u32, out: &mut W) -> fmt::Result {
    match count {
        0 => Ok(()),
        1 => last::<1, W>(low(value), out),
        2 => last::<2, W>(low(value), out),
        3 => last::<3, W>(low(value), out),
        _ => {
            write_exactly(value / 1000, count - 3, out)?;
            last::<3, W>(low(value), out)
        }
    }
}

/// Writes at least `count` digits, with leading zeros.
pub(super) fn write_padded<W: Write + ?Sized>(value: u64, count: u32, out: &mut W) -> fmt::Result {
    let unit = POWERS.get(count as usize).copied().unwrap_or(u64::MAX);
    if value < unit {
        write_exactly(value, count, out)
    } else {
        write_integer(value, "", out)
    }
}

/// The last three digits as a number.
fn low(value: u64) -> u32 {
    u32::try_from(value % 1000).unwrap_or_default()
}

/// Writes the last `COUNT` of the three digits of a value below a thousand.
#[inline]
fn last<const COUNT: usize, W: Write + ?Sized>(value: u32, out: &mut W) -> fmt::Result {
    static TABLE: &str = match std::str::from_utf8(&TRIPLES) {
        Ok(table) => table,
        Err(_) => "",
    };
    let end = value as usize * 3 + 3;
    match TABLE.get(end - COUNT..end) {
        // The length is a constant here, so the copy compiles to one or two moves.
        Some(digits) => out.write_str(digits),
        None => Ok(()),
    }
}

/// Writes a point and the two digits of a value below a hundred.
#[inline]
pub(super) fn write_hundredths<W: Write + ?Sized>(value: u32, out: &mut W) -> fmt::Result {
    static TABLE: &str = match std::str::from_utf8(&HUNDREDTHS) {
        Ok(table) => table,
        Err(_) => "",
    };
    let start = value as usize * 3;
    match TABLE.get(start..start + 3) {
        Some(digits) => out.write_str(digits),
        None => Ok(()),
    }
}

/// `.00.01….99`.
static HUNDREDTHS: [u8; 300] = {
    let mut table = [b'.'; 300];
    let mut rest: &mut [u8] = &mut table;
    let mut value = 0_u16;
    while let [_, tens, ones, tail @ ..] = rest {
        [*tens, *ones] = [digit(value / 10), digit(value % 10)];
        value += 1;
        rest = tail;
    }
    table
};

/// `000001002…999`.
static TRIPLES: [u8; 3000] = {
    let mut table = [0; 3000];
    let mut rest: &mut [u8] = &mut table;
    let mut value = 0_u16;
    while let [hundreds, tens, ones, tail @ ..] = rest {
        [*hundreds, *tens, *ones] = [
            digit(value / 100),
            digit(value / 10 % 10),
            digit(value % 10),
        ];
        value += 1;
        rest = tail;
    }
    table
};

/// The character of a value below ten.
#[allow(clippy::cast_possible_truncation)] // below ten
const fn digit(value: u16) -> u8 {
    b'0' + value as u8
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
            let value = fastrand::u64(..) >> fastrand::u32(..64);
            assert_eq!(
                written(|out| write_integer(value, "", out)),
                value.to_string()
            );
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
