//! Forecasts: the hour that applies now, the maximum and range of a local day, and merging with an older forecast.

pub(crate) mod gaps;
pub(crate) mod values;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use masthead::SourceId;
use masthead::weather::{Celsius, Extremes, Hour, InvalidWeather, TemperatureRange, Weather};

use crate::support::{day, time};

const ASTANA: Tz = Tz::Asia__Almaty;
const LONDON: Tz = Tz::Europe__London;

fn celsius(tenths: i16) -> Celsius {
    Celsius::from_tenths(tenths).unwrap()
}

fn hour(at: DateTime<Utc>, tenths: i16) -> Hour {
    Hour::new(at, celsius(tenths))
}

/// An hour of 4 March 2027 in Astana, which is UTC+5.
fn local(hour: i64) -> DateTime<Utc> {
    time("2027-03-03T19:00:00Z") + TimeDelta::hours(hour)
}

/// Hours of 4 March 2027 in Astana. The temperature in tenths of a degree is the number of the hour.
fn hours(range: std::ops::Range<i64>) -> Vec<Hour> {
    range
        .map(|at| hour(local(at), i16::try_from(at).unwrap()))
        .collect()
}

/// The period between two hours of 4 March 2027 in Astana.
fn period(from: i64, to: i64, low: i16, high: i16) -> Extremes {
    let range = TemperatureRange::new(celsius(low), celsius(high)).unwrap();
    Extremes::new(local(from), local(to), range)
}

#[track_caller]
fn weather(hours: Vec<Hour>, extremes: &[Extremes]) -> Weather {
    Weather::new(SourceId::MET_NORWAY, hours, extremes.iter().copied()).unwrap()
}

fn maximum(weather: &Weather) -> Option<i16> {
    weather
        .maximum(day("2027-03-04"), ASTANA)
        .map(Celsius::tenths)
}

fn range(weather: &Weather) -> Option<(i16, i16)> {
    let range = weather.range(day("2027-03-04"), ASTANA)?;
    Some((range.low().tenths(), range.high().tenths()))
}

#[test]
fn a_forecast_is_sorted_and_checked() {
    let mut shuffled = hours(0..24);
    shuffled.reverse();
    shuffled.swap(3, 17);
    assert_eq!(weather(shuffled, &[]).hours(), hours(0..24));
    let new =
        |hours, extremes: &[Extremes]| Weather::new(SourceId::MET_NORWAY, hours, extremes.to_vec());
    let error = new(vec![], &[]).unwrap_err();
    assert_eq!(error.to_string(), "a forecast without hours");
    assert_eq!(error, InvalidWeather::Empty);
    let error = new([hours(3..5), hours(3..4)].concat(), &[]).unwrap_err();
    assert_eq!(error.to_string(), "two hours at 2027-03-03 22:00:00 UTC");
    for to in [6, 5] {
        let error = new(vec![], &[period(6, to, 0, 1)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the period from 2027-03-04 01:00:00 UTC does not end after its start"
        );
    }
}

#[test]
fn now_is_the_last_hour_begun_or_else_the_next() {
    let mut known = hours(10..12);
    known.push(hour(local(10) + TimeDelta::minutes(30), 105));
    let weather = weather(known, &[]);
    for (at, tenths) in [
        ("08:59:59", None),
        ("09:00:00", None),
        ("09:00:01", Some(10)),
        ("10:00:00", Some(10)),
        ("10:29:59", Some(10)),
        ("10:30:00", Some(105)),
        ("10:59:59", Some(105)),
        ("11:00:00", Some(11)),
        ("11:59:59", Some(11)),
        ("12:00:00", None),
    ] {
        let now = time(&format!("2027-03-04T{at}+05:00"));
        assert_eq!(
            weather.now(now).map(|hour| hour.temperature.tenths()),
            tenths,
            "{at}"
        );
    }
}

#[test]
fn a_maximum_needs_the_whole_afternoon() {
    for (held, expected) in [
        (0..24, Some(23)),
        (12..18, Some(17)),
        (11..18, Some(17)),
        (12..19, Some(18)),
        (13..24, None),
        (12..17, None),
        (0..12, None),
        (18..24, None),
    ] {
        assert_eq!(
            maximum(&weather(hours(held.clone()), &[])),
            expected,
            "{held:?}"
        );
    }
    let hole = weather([hours(0..14), hours(16..24)].concat(), &[]);
    assert_eq!(maximum(&hole), None);
    let moment = hour(local(14) + TimeDelta::minutes(45), -30);
    let filled = weather([hours(0..14), hours(16..24), vec![moment]].concat(), &[]);
    assert_eq!(maximum(&filled), Some(23));
}

#[test]
fn a_maximum_may_lie_outside_the_afternoon() {
    let mut cooling = hours(0..24);
    cooling[2] = hour(local(2), 99);
    assert_eq!(maximum(&weather(cooling, &[])), Some(99));
    // Temperatures of other days do not count.
    let mut two_days = hours(-24..48);
    two_days[0] = hour(local(-24), 500);
    assert_eq!(maximum(&weather(two_days, &[])), Some(23));
}

#[test]
fn a_period_inside_the_day_replaces_its_hours() {
    for (held, periods, expected) in [
        (0..0, vec![period(12, 18, -5, 40)], Some(40)),
        (0..0, vec![period(0, 24, -5, 40)], Some(40)),
        (0..0, vec![period(13, 19, -5, 40)], None),
        (
            0..0,
            vec![period(12, 15, -5, 30), period(15, 18, -5, 40)],
            Some(40),
        ),
        (12..15, vec![period(15, 21, -5, 40)], Some(40)),
        (12..14, vec![period(15, 21, -5, 40)], Some(40)),
        (12..13, vec![period(15, 21, -5, 40)], None),
        // Periods that cross midnight do not count.
        (12..18, vec![period(19, 25, -5, 40)], Some(17)),
        (12..18, vec![period(-1, 5, -5, 40)], Some(17)),
        (0..0, vec![period(11, 25, -5, 40)], None),
        (0..1, vec![period(11, 25, -5, 40)], None),
        (20..21, vec![period(-1, 18, -5, 40)], None),
        (12..18, vec![period(18, 24, -5, 40)], Some(40)),
    ] {
        assert_eq!(
            maximum(&weather(hours(held.clone()), &periods)),
            expected,
            "{held:?} {periods:?}"
        );
    }
}

#[test]
fn a_range_needs_every_hour_of_the_day() {
    assert_eq!(range(&weather(hours(0..24), &[])), Some((0, 23)));
    assert_eq!(range(&weather(hours(-5..30), &[])), Some((0, 23)));
    assert_eq!(range(&weather(hours(1..24), &[])), None);
    assert_eq!(range(&weather(hours(0..23), &[])), None);
    assert_eq!(
        range(&weather(hours(6..24), &[period(0, 6, -70, 2)])),
        Some((-70, 23))
    );
    assert_eq!(
        range(&weather(vec![], &[period(0, 24, -70, 2)])),
        Some((-70, 2))
    );
}

/// Returns whether London's day has a maximum and a range, if the hours `held` (in UTC) are known.
#[track_caller]
fn london(date: &str, held: std::ops::Range<i64>) -> (bool, bool) {
    let midnight = time(&format!("{date}T00:00:00Z"));
    let hours = held
        .map(|at| hour(midnight + TimeDelta::hours(at), 100))
        .collect();
    let weather = weather(hours, &[]);
    (
        weather.maximum(day(date), LONDON).is_some(),
        weather.range(day(date), LONDON).is_some(),
    )
}

#[test]
fn a_range_needs_23_or_25_hours_when_the_clocks_change() {
    // 28 March has 23 hours, from 00:00Z to 23:00Z, and 31 October has 25, from 23:00Z to 00:00Z.
    for (date, held, range) in [
        ("2027-03-28", 0..23, true),
        ("2027-03-28", 0..22, false),
        ("2027-10-31", -1..24, true),
        ("2027-10-31", -1..23, false),
        ("2027-10-31", 0..24, false),
    ] {
        assert_eq!(london(date, held.clone()).1, range, "{date} {held:?}");
    }
}

#[test]
fn the_afternoon_is_12_to_18_local_time_when_the_clocks_change() {
    for (date, held, maximum) in [
        ("2027-03-27", 12..18, true),
        ("2027-03-28", 11..17, true),
        ("2027-03-28", 12..18, false),
        ("2027-03-29", 11..17, true),
        ("2027-10-30", 11..17, true),
        ("2027-10-31", 12..18, true),
        ("2027-10-31", 11..17, false),
        ("2027-11-01", 12..18, true),
    ] {
        assert_eq!(london(date, held.clone()).0, maximum, "{date} {held:?}");
    }
}

#[test]
fn a_forecast_reaches_while_an_hour_or_period_covers_the_rest_of_the_day() {
    let cases = [
        (
            weather(hours(15..16), &[]),
            vec![
                ("2027-03-03T23:59:59", false), // another day
                ("2027-03-04T00:00:00", true),
                ("2027-03-04T15:59:59", true),
                ("2027-03-04T16:00:00", false),
            ],
        ),
        (
            weather(vec![], &[period(11, 17, 0, 1)]),
            vec![
                ("2027-03-03T23:59:59", false),
                ("2027-03-04T00:00:00", true),
                ("2027-03-04T16:59:59", true),
                ("2027-03-04T17:00:00", false),
            ],
        ),
        (
            weather(vec![], &[period(21, 27, 0, 1)]),
            vec![
                ("2027-03-04T00:00:00", true),
                ("2027-03-05T02:59:59", true),
                ("2027-03-05T03:00:00", false),
            ],
        ),
    ];
    for (weather, moments) in cases {
        for (at, reaches) in moments {
            assert_eq!(
                weather.reaches(time(&format!("{at}+05:00")), ASTANA),
                reaches,
                "{at}"
            );
        }
    }
}

#[test]
fn forecasts_of_different_sources_are_not_merged() {
    let revised = Weather::new(SourceId::OPEN_METEO, hours(10..30), []).unwrap();
    assert_eq!(
        revised
            .clone()
            .merge(&weather(hours(-3..20), &[]), local(0)),
        revised
    );
}

#[test]
fn merge_adds_older_hours_before_the_start() {
    let older = weather(hours(-3..20), &[]);
    let newer = |range: std::ops::Range<i64>| {
        let revised = hours(range).into_iter().map(|known| hour(known.at, 200));
        Weather::new(SourceId::MET_NORWAY, revised, []).unwrap()
    };
    let merged = newer(10..30).merge(&older, local(0));
    assert_eq!(merged.source(), &SourceId::MET_NORWAY);
    assert_eq!(merged.hours()[..10], hours(0..10));
    assert_eq!(merged.hours()[10..], *newer(10..30).hours());
    // Older hours after the end of the newer forecast are dropped.
    assert_eq!(newer(10..12).merge(&older, local(0)).hours().len(), 12);
    // A forecast that begins at midnight keeps no older hours, and merging twice adds no duplicates.
    assert_eq!(newer(0..24).merge(&older, local(0)), newer(0..24));
    assert_eq!(newer(10..30).merge(&merged, local(0)), merged);
    // A gap between the older end and the newer start stays.
    assert_eq!(
        maximum(&newer(16..30).merge(&weather(hours(0..14), &[]), local(0))),
        None
    );
    assert_eq!(
        maximum(&newer(16..30).merge(&weather(hours(0..15), &[]), local(0))),
        Some(200)
    );
}

#[test]
fn merge_keeps_older_periods_that_end_before_the_start() {
    let older = weather(
        hours(0..1),
        &[period(-1, 5, 0, 1), period(0, 6, 2, 3), period(5, 11, 4, 5)],
    );
    let merged = weather(hours(10..24), &[]).merge(&older, local(0));
    assert_eq!(
        merged,
        weather([hours(0..1), hours(10..24)].concat(), &[period(0, 6, 2, 3)])
    );
    let merged = weather(hours(11..24), &[]).merge(&older, local(0));
    assert_eq!(
        merged,
        weather(
            [hours(0..1), hours(11..24)].concat(),
            &[period(0, 6, 2, 3), period(5, 11, 4, 5)]
        )
    );
    // The newer forecast starts with its first period if that is before its first hour.
    let whole_day = weather(hours(12..24), &[period(0, 24, -9, 9)]);
    assert_eq!(whole_day.clone().merge(&older, local(0)), whole_day);
}
