//! Freshness of rates and weather: just before, at and just after each limit.

use chrono::{DateTime, TimeDelta, Utc};
use masthead::{Freshness, FreshnessPolicy, Observed};

use super::{NOON, forecast, published};
use crate::support::time;

/// Asserts that each freshness applies from its time until the next one.
#[track_caller]
fn assert_ages(of: impl Fn(DateTime<Utc>) -> Freshness, limits: &[(&str, Freshness)]) {
    let mut before = None;
    for (at, freshness) in limits {
        if let Some(before) = before {
            assert_eq!(
                of(time(at) - TimeDelta::nanoseconds(1)),
                before,
                "just before {at}"
            );
        }
        assert_eq!(of(time(at)), *freshness, "at {at}");
        assert_eq!(
            of(time(at) + TimeDelta::nanoseconds(1)),
            *freshness,
            "just after {at}"
        );
        before = Some(*freshness);
    }
}

#[test]
fn rates_are_fresh_through_their_last_known_day_and_stale_a_day_later() {
    let policy = FreshnessPolicy::default();
    for (date, valid, limits) in [
        (
            4,
            NOON,
            [
                "2027-03-04T07:00:00Z",
                "2027-03-04T19:00:00Z",
                "2027-03-05T19:00:00Z",
            ],
        ),
        // Friday's rates, confirmed on Sunday.
        (
            5,
            "2027-03-07T06:00:00Z",
            [
                "2027-03-07T06:00:00Z",
                "2027-03-07T19:00:00Z",
                "2027-03-08T19:00:00Z",
            ],
        ),
        // Confirmed at the first instant of a day in the bank's zone, and at the last second of the day before.
        (
            5,
            "2027-03-06T19:00:00Z",
            [
                "2027-03-06T19:00:00Z",
                "2027-03-07T19:00:00Z",
                "2027-03-08T19:00:00Z",
            ],
        ),
        (
            5,
            "2027-03-06T18:59:59Z",
            [
                "2027-03-06T18:59:59Z",
                "2027-03-06T19:00:00Z",
                "2027-03-07T19:00:00Z",
            ],
        ),
        // Tomorrow's rates, fetched today.
        (
            5,
            "2027-03-04T12:00:00Z",
            [
                "2027-03-04T12:00:00Z",
                "2027-03-05T19:00:00Z",
                "2027-03-06T19:00:00Z",
            ],
        ),
    ] {
        let observed = Observed::new(published(date, 100), time(valid), time(valid));
        let [fresh, ageing, stale] = limits;
        let limits = [
            (fresh, Freshness::Fresh),
            (ageing, Freshness::Ageing),
            (stale, Freshness::Stale),
        ];
        assert_ages(|now| policy.of_rates(&observed, now), &limits);
    }
    let mut strict = policy;
    strict.rates_ageing = TimeDelta::zero();
    let observed = Observed::new(published(4, 100), time(NOON), time(NOON));
    let limits = [
        (NOON, Freshness::Fresh),
        ("2027-03-04T19:00:00Z", Freshness::Stale),
    ];
    assert_ages(|now| strict.of_rates(&observed, now), &limits);
}

#[test]
fn weather_ages_by_its_computation_and_is_absent_after_its_last_hour() {
    let policy = FreshnessPolicy::default();
    let zone = chrono_tz::Asia::Almaty;
    // NOON is 07:00 UTC. Without a computation time, the fetch counts.
    for (issued, fetched, limits) in [
        (
            Some("2027-03-04T01:00:00Z"),
            "2027-03-04T12:00:00Z",
            &[
                ("2027-03-04T12:00:00Z", Freshness::Fresh),
                ("2027-03-04T13:00:00Z", Freshness::Ageing),
                ("2027-03-05T01:00:00Z", Freshness::Stale),
                ("2027-03-06T07:00:00Z", Freshness::Absent),
            ][..],
        ),
        (
            Some("2027-03-04T06:00:00Z"),
            NOON,
            &[
                (NOON, Freshness::Fresh),
                // The service has not confirmed it for six hours.
                ("2027-03-04T13:00:00Z", Freshness::Ageing),
                ("2027-03-05T06:00:00Z", Freshness::Stale),
                ("2027-03-06T07:00:00Z", Freshness::Absent),
            ],
        ),
        (
            None,
            NOON,
            &[
                (NOON, Freshness::Fresh),
                ("2027-03-04T13:00:00Z", Freshness::Ageing),
                ("2027-03-05T07:00:00Z", Freshness::Stale),
                ("2027-03-06T07:00:00Z", Freshness::Absent),
            ],
        ),
        // Fetched before it was computed: one of the clocks is wrong, so the earlier time counts.
        (
            Some("2027-03-05T01:00:00Z"),
            NOON,
            &[
                (NOON, Freshness::Fresh),
                ("2027-03-04T13:00:00Z", Freshness::Ageing),
                ("2027-03-05T07:00:00Z", Freshness::Stale),
            ],
        ),
    ] {
        let weather = forecast(NOON, 48);
        let weather = match issued {
            Some(at) => weather.with_issued(time(at)).unwrap(),
            None => weather,
        };
        let held = Observed::new(weather, time(NOON), time(fetched));
        assert_ages(|now| policy.of_weather(&held, now, zone), limits);
    }
    let mut strict = policy;
    strict.forecast_fresh = TimeDelta::hours(1);
    strict.forecast_stale = TimeDelta::hours(2);
    let long = Observed::new(forecast(NOON, 48), time(NOON), time(NOON));
    assert_ages(
        |now| strict.of_weather(&long, now, zone),
        &[
            (NOON, Freshness::Fresh),
            ("2027-03-04T08:00:00Z", Freshness::Ageing),
            ("2027-03-04T09:00:00Z", Freshness::Stale),
        ],
    );
    // A forecast of two hours, until 08:30 UTC.
    let short = Observed::new(forecast("2027-03-04T06:30:00Z", 2), time(NOON), time(NOON));
    assert_ages(
        |now| policy.of_weather(&short, now, zone),
        &[
            (NOON, Freshness::Fresh),
            ("2027-03-04T08:30:00Z", Freshness::Absent),
        ],
    );
    // The age is zero if `now` is before the fetch.
    assert_eq!(
        long.age(time(NOON) - TimeDelta::hours(3)),
        TimeDelta::zero()
    );
}
