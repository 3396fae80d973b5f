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
fn fast_and_searched_starts_of_days_are_equal() {
    // All days from 1900 to 2100 in all zones would be 40 million. The test takes the days near each change of offset.
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
        "only {unsteady} days near a clock change"
    );
}
