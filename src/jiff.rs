//! Conversion of days and instants between chrono and jiff.
//!
//! masthead's signatures use chrono. A site that uses jiff converts at the border:
//!
//! ```
//! use jiff::{Timestamp, civil::date};
//! use masthead::jiff::{to_chrono_date, to_chrono_instant, to_jiff_date, to_jiff_timestamp};
//! use masthead::{Layout, Snapshot, Strip};
//!
//! let now: Timestamp = "2023-06-13T09:30:00Z".parse()?;
//! let (snapshot, layout) = (Snapshot::sample(), Layout::line().isolates(false));
//! let strip = Strip::new(&snapshot, &layout, to_chrono_instant(now));
//! assert!(strip.text().to_string().starts_with("usd/kzt 447.32"));
//!
//! let rates = snapshot.rates(to_chrono_instant(now)).ok_or("no rates")?;
//! let day = to_jiff_date(rates.value().day())?;
//! assert_eq!(day, date(2023, 6, 13));
//! assert_eq!(to_chrono_date(day), rates.value().day());
//! assert_eq!(to_jiff_timestamp(Snapshot::SAMPLE_TIME)?.to_string(), "2023-06-13T05:00:00Z");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! jiff's days are those of the years -9999 to 9999, and its instants about a day less at each end; chrono's range is larger. So only the way
//! to jiff can fail.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use jiff::{Timestamp, civil::Date};

/// Converts a day.
///
/// # Errors
///
/// Returns an error if the year is not one of -9999 to 9999.
pub fn to_jiff_date(day: NaiveDate) -> Result<Date, InvalidForJiff> {
    let invalid = |_| InvalidForJiff::Day(day);
    let year = i16::try_from(day.year()).map_err(|_| InvalidForJiff::Day(day))?;
    // Months and days fit: they are at most 12 and 31.
    let [month, day_of_month] =
        [day.month(), day.day()].map(|number| i8::try_from(number).unwrap_or(i8::MAX));
    Date::new(year, month, day_of_month).map_err(invalid)
}

/// Converts a day. Every day of jiff is one of chrono.
#[must_use]
pub fn to_chrono_date(day: Date) -> NaiveDate {
    let [month, day_of_month] =
        [day.month(), day.day()].map(|number| u32::from(number.unsigned_abs()));
    NaiveDate::from_ymd_opt(day.year().into(), month, day_of_month).unwrap_or_default()
}

/// Converts an instant. An instant in a leap second, which jiff does not have, becomes the last nanosecond of the second before it.
///
/// # Errors
///
/// Returns an error if the instant is not between [`Timestamp::MIN`] and [`Timestamp::MAX`].
pub fn to_jiff_timestamp(instant: DateTime<Utc>) -> Result<Timestamp, InvalidForJiff> {
    let nanoseconds = instant.timestamp_subsec_nanos().min(999_999_999);
    let nanoseconds = i32::try_from(nanoseconds).unwrap_or(i32::MAX);
    Timestamp::new(instant.timestamp(), nanoseconds).map_err(|_| InvalidForJiff::Instant(instant))
}

/// Converts an instant. Every instant of jiff is one of chrono.
#[must_use]
pub fn to_chrono_instant(instant: Timestamp) -> DateTime<Utc> {
    let (mut seconds, mut nanoseconds) = (instant.as_second(), instant.subsec_nanosecond());
    // Before 1970 both have the same sign.
    if nanoseconds < 0 {
        seconds -= 1;
        nanoseconds += 1_000_000_000;
    }
    DateTime::from_timestamp(seconds, nanoseconds.unsigned_abs()).unwrap_or_default()
}

/// A day or an instant of chrono that jiff does not have.
///
/// ```
/// use masthead::jiff::{InvalidForJiff, to_jiff_date};
///
/// let day = chrono::NaiveDate::MAX;
/// assert_eq!(to_jiff_date(day), Err(InvalidForJiff::Day(day)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidForJiff {
    /// The year is not one of -9999 to 9999.
    #[error("jiff has no day {0}, only those of the years -9999 to 9999")]
    Day(NaiveDate),
    /// The instant is outside of jiff's range.
    #[error("jiff has no instant {0}, only those from {min} to {max}", min = Timestamp::MIN, max = Timestamp::MAX)]
    Instant(DateTime<Utc>),
}
