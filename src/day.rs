//! Days in a zone: which one an instant falls on, and where it begins.

use std::ops::Range;

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

/// The calendar day of `instant` in `zone`.
pub(crate) fn of(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    let utc = instant.naive_utc();
    let offset = zone.offset_from_utc_datetime(&utc).fix();
    utc.checked_add_offset(offset).unwrap_or(utc).date()
}

/// How many seconds the clocks of `zone` are ahead of UTC at `instant`.
pub(crate) fn seconds_ahead(instant: DateTime<Utc>, zone: Tz) -> i32 {
    let offset = zone.offset_from_utc_datetime(&instant.naive_utc()).fix();
    offset.local_minus_utc()
}

/// An instant of a year in which somebody reads a strip, the nearest to `instant`: what is added to it never overflows.
pub(crate) fn clamp(instant: DateTime<Utc>) -> DateTime<Utc> {
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(2200, 12, 31).unwrap_or_default();
    let [first, last] = [first, last].map(|day| day.and_time(NaiveTime::MIN).and_utc());
    instant.clamp(first, last)
}

/// The instant at which `day` begins in `zone`.
///
/// Where the clocks skip midnight the day begins at the first time that exists, which is never more than a few hours
/// later; a zone database that says otherwise falls back to midnight UTC.
pub(crate) fn start(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    steady(day, day, zone).map_or_else(|| searched(day, zone), |span| span.start)
}

/// The instant at which `day` ends in `zone`: the start of the next.
pub(crate) fn end(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    start(day.succ_opt().unwrap_or(NaiveDate::MAX), zone)
}

/// A day in `zone`, its end not included.
pub(crate) fn span(day: NaiveDate, zone: Tz) -> Range<DateTime<Utc>> {
    let next = day.succ_opt().unwrap_or(NaiveDate::MAX);
    steady(day, next, zone).unwrap_or_else(|| searched(day, zone)..searched(next, zone))
}

/// From the start of a day to that of a later one, where the clocks of `zone` are the same a day before and a day after:
/// most days, and found several times faster.
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

fn searched(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..4)
        .filter_map(|hours| midnight.checked_add_signed(TimeDelta::hours(hours)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map_or_else(|| midnight.and_utc(), |start| start.with_timezone(&Utc))
}

/// The instant at which the clocks of `zone` show a full hour of `day`, the first where they show it twice.
pub(crate) fn hour(day: NaiveDate, hour: u32, zone: Tz) -> Option<DateTime<Utc>> {
    let local = day.and_hms_opt(hour, 0, 0)?;
    let at = zone.from_local_datetime(&local).earliest()?;
    Some(at.with_timezone(&Utc))
}

/// Whether a day is of a year in which somebody reads a strip: 1900 to 2200.
///
/// Far outside of these, adding a day to a date overflows; a date from a wire is checked once, where a value is made.
pub(crate) fn is_plausible(day: NaiveDate) -> bool {
    (1900..=2200).contains(&day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn astana_left_utc_plus_six_on_1_march_2024() {
        let zone = Tz::Asia__Almaty;
        let before = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        let after = NaiveDate::from_ymd_opt(2024, 3, 2).unwrap();
        assert_eq!(
            start(before, zone).to_rfc3339(),
            "2024-02-28T18:00:00+00:00"
        );
        assert_eq!(start(after, zone).to_rfc3339(), "2024-03-01T19:00:00+00:00");
        assert_eq!(end(before, zone), start(before.succ_opt().unwrap(), zone));
    }

    #[test]
    fn a_day_without_midnight_begins_at_its_first_hour() {
        // Lebanon moved its clocks from 00:00 to 01:00 on 27 March 2022.
        let day = NaiveDate::from_ymd_opt(2022, 3, 27).unwrap();
        assert_eq!(
            start(day, Tz::Asia__Beirut).to_rfc3339(),
            "2022-03-26T22:00:00+00:00"
        );
    }

    #[test]
    fn the_fast_way_finds_what_the_search_finds() {
        // Every day from 1900 to 2100 of every zone would be 40 million: each zone's days around its changes, and some.
        let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
        let mut unsteady = 0;
        for zone in chrono_tz::TZ_VARIANTS {
            let mut offset = None;
            for day in (0..73_000)
                .step_by(7)
                .map(|days| first + TimeDelta::days(days))
            {
                let at = zone
                    .offset_from_utc_datetime(&day.and_time(NaiveTime::MIN))
                    .fix();
                if offset.replace(at) == Some(at) {
                    continue;
                }
                for day in (-9..3).map(|days| day + TimeDelta::days(days)) {
                    let next = day.succ_opt().unwrap();
                    assert_eq!(start(day, zone), searched(day, zone), "{day} in {zone}");
                    let span = span(day, zone);
                    assert_eq!(
                        span,
                        searched(day, zone)..searched(next, zone),
                        "{day} in {zone}"
                    );
                    unsteady += usize::from(steady(day, next, zone).is_none());
                }
            }
        }
        assert!(
            unsteady > 10_000,
            "only {unsteady} days near a change of clocks"
        );
    }
}
