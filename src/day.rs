//! Calendar days in a time zone: the day of an instant, and the start, end and hours of a day.
//!
//! A day belongs to a zone: a bank's rates change at midnight in the bank's zone, and a city's maximum is that of its local day.
//! A day usually has 24 hours. It has 23 or 25 when the clocks change, and may begin after 00:00.
//!
//! chrono panics or saturates near the ends of its range. The functions therefore fall back to a nearby value, and times from
//! outside are checked with [`is_plausible`] or limited with [`clamp`] when a value is made.

use std::ops::Range;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The first day that a record may be of.
pub(crate) const EARLIEST: NaiveDate = constant(1900, 1, 1);
/// The last day that a record may be of.
pub(crate) const LATEST: NaiveDate = constant(2200, 12, 31);

#[allow(clippy::panic)] // a compile error in the constants
const fn constant(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => panic!("no such day"),
    }
}

/// Returns the calendar day of `instant` in `zone`: 2026-04-01T19:00:00Z is 2 April in Almaty, which is UTC+5.
pub(crate) fn of(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    let utc = instant.naive_utc();
    let offset = zone.offset_from_utc_datetime(&utc).fix();
    utc.checked_add_offset(offset).unwrap_or(utc).date()
}

/// Returns the offset of `zone` from UTC at `instant` in seconds, positive east of Greenwich.
pub(crate) fn seconds_ahead(instant: DateTime<Utc>, zone: Tz) -> i32 {
    let offset = zone.offset_from_utc_datetime(&instant.naive_utc()).fix();
    offset.local_minus_utc()
}

/// Limits `instant` to the time from 1 January 1900 to the start of 31 December 2200, UTC.
///
/// Adding a few years to the result cannot overflow. Clocks passed in by a site go through this function.
pub(crate) fn clamp(instant: DateTime<Utc>) -> DateTime<Utc> {
    const FIRST: DateTime<Utc> = EARLIEST.and_time(NaiveTime::MIN).and_utc();
    const LAST: DateTime<Utc> = LATEST.and_time(NaiveTime::MIN).and_utc();
    instant.clamp(FIRST, LAST)
}

/// Returns the instant at which `day` begins in `zone`.
///
/// If a clock change skips midnight, the day begins at the first full hour that exists, at most three hours later. If the zone
/// database has no such hour, returns midnight UTC.
pub(crate) fn start(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    steady(day, day, zone).map_or_else(|| searched(day, zone), |span| span.start)
}

/// Returns the instant at which `day` ends in `zone`, exclusive: the start of the next day.
pub(crate) fn end(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    start(day.succ_opt().unwrap_or(NaiveDate::MAX), zone)
}

/// Returns `day` in `zone` as a range of instants: [`start`] and [`end`] in one step.
pub(crate) fn span(day: NaiveDate, zone: Tz) -> Range<DateTime<Utc>> {
    let next = day.succ_opt().unwrap_or(NaiveDate::MAX);
    steady(day, next, zone).unwrap_or_else(|| searched(day, zone)..searched(next, zone))
}

/// Returns the start of `first` and of `last`, if the offset of `zone` is the same a day before the former and a day after the
/// latter.
///
/// This holds for most days and is several times faster than [`searched`].
fn steady(first: NaiveDate, last: NaiveDate, zone: Tz) -> Option<Range<DateTime<Utc>>> {
    let [first, last] = [first, last].map(|day| day.and_time(NaiveTime::MIN));
    let day = TimeDelta::days(1);
    let around = [
        first.checked_sub_signed(day)?,
        last.checked_add_signed(day)?,
    ];
    let [before, after] = around.map(|utc| zone.offset_from_utc_datetime(&utc).fix());
    if before != after {
        return None;
    }
    let in_utc = |local: NaiveDateTime| Some(local.checked_sub_offset(before)?.and_utc());
    Some(in_utc(first)?..in_utc(last)?)
}

/// Returns the start of `day` by trying 00:00 to 03:00 local time.
fn searched(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..4)
        .filter_map(|hours| midnight.checked_add_signed(TimeDelta::hours(hours)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map_or_else(|| midnight.and_utc(), |start| start.with_timezone(&Utc))
}

/// Returns the instant of the full `hour` (0 to 23) of `day` in `zone`, the first one if a clock change repeats it.
///
/// Returns `None` if a clock change skips the hour.
pub(crate) fn hour(day: NaiveDate, hour: u32, zone: Tz) -> Option<DateTime<Utc>> {
    let local = day.and_hms_opt(hour, 0, 0)?;
    let at = zone.from_local_datetime(&local).earliest()?;
    Some(at.with_timezone(&Utc))
}

/// Returns whether `day` is in the years 1900 to 2200.
///
/// Constructors and decoders check dates from outside once, so that later arithmetic with days cannot overflow.
pub(crate) fn is_plausible(day: NaiveDate) -> bool {
    (EARLIEST..=LATEST).contains(&day)
}

#[cfg(test)]
mod tests;
