//! Days and instants between chrono and jiff.

use chrono::{DateTime, NaiveDate, Utc};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use masthead::jiff::{to_chrono_date, to_chrono_instant, to_jiff_date, to_jiff_timestamp};
use proptest::prelude::*;

use crate::support::{day, time};

#[test]
fn the_ends_of_both_ranges() {
    for end in [Date::MIN, Date::MAX] {
        assert_eq!(to_jiff_date(to_chrono_date(end)), Ok(end));
    }
    for end in [Timestamp::MIN, Timestamp::MAX] {
        assert_eq!(to_jiff_timestamp(to_chrono_instant(end)), Ok(end));
    }
    for (end, name) in [
        (NaiveDate::MIN, "-262143-01-01"),
        (NaiveDate::MAX, "+262142-12-31"),
    ] {
        let error = to_jiff_date(end).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("jiff has no day {name}, only those of the years -9999 to 9999")
        );
    }
    let year = NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap();
    assert!(to_jiff_date(year).is_err());
    assert!(to_jiff_timestamp(DateTime::<Utc>::MAX_UTC).is_err());
    let error = to_jiff_timestamp(DateTime::<Utc>::MIN_UTC)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(
            "jiff has no instant -262143-01-01 00:00:00 UTC, only those from -009999-"
        ),
        "{error}"
    );
}

#[test]
fn a_leap_second_ends_the_second_before_it() {
    let leap = time("2016-12-31T23:59:60.25Z");
    let after = to_jiff_timestamp(leap).unwrap();
    assert_eq!(after.to_string(), "2016-12-31T23:59:59.999999999Z");
    assert!(after > to_jiff_timestamp(time("2016-12-31T23:59:59.75Z")).unwrap());
    assert!(after < to_jiff_timestamp(time("2017-01-01T00:00:00Z")).unwrap());
}

#[test]
fn instants_before_1970_have_fractions() {
    let instant = time("1969-12-31T23:59:58.25Z");
    let converted = to_jiff_timestamp(instant).unwrap();
    assert_eq!(converted.to_string(), "1969-12-31T23:59:58.25Z");
    assert_eq!(to_chrono_instant(converted), instant);
    assert_eq!(to_jiff_date(day("2024-02-29")), Ok(date(2024, 2, 29)));
}

proptest! {
    /// Both libraries write a day and an instant alike, and the way back is the inverse.
    #[test]
    fn both_ways_are_inverse(days in -700_000_i32..3_500_000, seconds in -60_000_000_000_i64..253_000_000_000, nanoseconds in 0_u32..1_000_000_000) {
        let day = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
        let converted = to_jiff_date(day).unwrap();
        prop_assert_eq!(to_chrono_date(converted), day);
        if days > 0 {
            prop_assert_eq!(converted.to_string(), day.to_string());
        }
        let instant = DateTime::from_timestamp(seconds, nanoseconds).unwrap();
        let converted = to_jiff_timestamp(instant).unwrap();
        prop_assert_eq!(to_chrono_instant(converted), instant);
        prop_assert_eq!(converted.as_nanosecond(), i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds));
    }
}
