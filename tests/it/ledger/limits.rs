//! Bounds, and instants and days at the ends of their ranges.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::SourceId;
use masthead::ledger::{
    Approval, Feed, Forecast, Ledger, Record, RecordId, Retention, Sighting, View,
};

use super::{BANK, astana, ledger, own, page, seen, view, weather};
use crate::support::{day, time};

const EDGES: [DateTime<Utc>; 3] = [
    DateTime::<Utc>::MIN_UTC,
    DateTime::<Utc>::UNIX_EPOCH,
    DateTime::<Utc>::MAX_UTC,
];

#[test]
fn no_clock_and_no_day_panics() {
    let view = View::new(BANK).cities([astana()]).days_ahead(u16::MAX);
    let hours = || weather(SourceId::OPEN_METEO, time("2026-04-02T00:00:00Z"), [10, 20]);
    for at in EDGES {
        for asked in [NaiveDate::MIN, day("2026-04-02"), NaiveDate::MAX] {
            let rates = own(day("2026-04-02"), "475.09").with_longest_pause(u16::MAX);
            let sighting = Sighting::of_rates(BANK, Feed::OfDay, asked, rates, at);
            let no_data = Sighting::of_no_data(BANK, BANK, Feed::OfDay, asked, at);
            let forecast = Forecast::new(astana().id().clone(), hours(), at, Some(at));
            let mut known = Ledger::default();
            for now in EDGES {
                _ = sighting.is_possible(now, u16::MAX);
                _ = no_data.is_possible(now, 14);
                _ = forecast.is_possible(now);
                known.insert(sighting.clone().until(now));
                known.insert(no_data.clone().until(now));
                known.insert(forecast.clone().until(now, Some(now)));
                known.insert(Approval {
                    id: sighting.id().unwrap(),
                    rows: vec![],
                    at: now,
                });
                known.observe(sighting.clone());
                known.observe_forecast(forecast.clone());
                _ = page(&known.at(now, &view));
                _ = known.as_known_at(now);
                for of in [NaiveDate::MIN, day("2026-04-02"), NaiveDate::MAX] {
                    _ = known.rates_on(of, now, &view);
                }
                for retention in [
                    Retention::default(),
                    Retention::days(0),
                    Retention::days(u16::MAX).cities([astana()]),
                ] {
                    let mut kept = known.clone();
                    kept.retain(&retention, now);
                }
            }
        }
    }
}

#[test]
fn records_of_a_wrong_clock_are_not_possible() {
    let now = time("2026-04-02T07:00:00Z");
    let at = |minutes| now + TimeDelta::minutes(minutes);
    let sighting = |minutes| seen(own(day("2026-04-02"), "475.09"), at(minutes));
    assert!(sighting(-5).is_possible(now, 14) && sighting(5).is_possible(now, 14));
    assert!(!sighting(6).is_possible(now, 14));
    assert!(!sighting(-5).until(at(6)).is_possible(now, 14));
    for (ahead, is_possible) in [(0, true), (14, true), (15, true), (16, false)] {
        let of = day("2026-04-02") + TimeDelta::days(ahead);
        assert_eq!(
            seen(own(of, "475.09"), now).is_possible(now, 14),
            is_possible,
            "{ahead} days"
        );
    }
    // A clock of 1970 cannot have read the rates of 2026.
    let long_ago = seen(
        own(day("2026-04-02"), "475.09"),
        DateTime::<Utc>::UNIX_EPOCH,
    );
    assert!(!long_ago.is_possible(now, 14));
    let hours = |at, run| {
        let weather = weather(SourceId::MET_NORWAY, now, [10, 20])
            .with_issued(run)
            .unwrap();
        Forecast::new(astana().id().clone(), weather, at, None)
    };
    assert!(hours(at(5), at(0)).is_possible(now));
    assert!(!hours(at(6), at(0)).is_possible(now));
    // A run that was ahead of the answer is not one.
    assert!(hours(at(0), at(60)).is_possible(now));
    assert_eq!(hours(at(0), at(60)).weather().issued(), None);
}

#[test]
fn of_more_sightings_of_a_day_the_first_ones_the_latest_and_the_one_seen_last_are_kept() {
    let at = |minute: i64| time("2026-04-02T00:00:00Z") + TimeDelta::minutes(minute);
    let sighting = |minute: i64| {
        seen(
            own(day("2026-04-02"), &format!("{}.00", 400 + minute)),
            at(minute),
        )
    };
    let mut known = Ledger::default();
    for minute in 0..57 {
        assert!(known.insert(sighting(minute)));
    }
    assert!(known.insert(sighting(70).until(at(300))), "seen last");
    assert!(known.insert(sighting(100)), "the latest");
    assert!(!known.insert(sighting(56)), "the one that went");
    assert!(!known.insert(sighting(80)), "none of them");
    assert!(known.insert(sighting(71).until(at(400))), "seen last now");
    let firsts: Vec<_> = known.sightings(&BANK).map(Sighting::first).collect();
    let expected = (0..56).chain([71, 100]).map(at);
    assert_eq!(firsts, expected.collect::<Vec<_>>());
    // It has come back after the latest.
    assert_eq!(
        super::dollar(&known.at(at(400), &view()), at(400)).as_deref(),
        Some("471.00")
    );
}

#[test]
fn of_more_approvals_the_latest_are_kept() {
    let now = time("2026-04-02T07:00:00Z");
    let approval = |number: i64| {
        // The ids fall while the instants rise.
        let id: RecordId = format!("{:064x}", 5_000 - number).parse().unwrap();
        Approval {
            id,
            rows: vec![],
            at: now + TimeDelta::minutes(number),
        }
    };
    let mut known = Ledger::default();
    for number in 0..1_500 {
        assert!(
            known.insert(approval(number)),
            "an operator's new approval counts: {number}"
        );
    }
    assert_eq!(known.len(), 1_000);
    assert!(!known.insert(approval(3)), "one that went");
    let kept = known.records().map(|record| match record {
        Record::Approval(approval) => approval,
        other => panic!("{other:?}"),
    });
    let expected = (500..1_500).map(approval);
    assert_eq!(kept.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn of_one_publication_with_two_pauses_the_longer_one_counts() {
    let (friday, sunday) = (day("2026-04-03"), day("2026-04-05"));
    let at = |of: NaiveDate| of.and_hms_opt(7, 0, 0).unwrap().and_utc();
    let short = seen(own(friday, "475.09").with_longest_pause(0), at(friday));
    let long = own(friday, "475.09").with_longest_pause(4);
    let later = Sighting::of_rates(BANK, Feed::OfDay, sunday, long.clone(), at(sunday));
    let known = ledger([short.clone(), later]);
    let held = known.at(at(sunday), &view());
    assert_eq!(held.rates(at(sunday)).unwrap().value().longest_pause(), 4);
    let on_friday = known.rates_on(friday, at(sunday), &view());
    assert!(on_friday.unwrap().rates.longest_pause() == 4);
    // Of one sighting too, and it is a change.
    let mut known = ledger([short]);
    assert!(known.insert(seen(long, at(friday))));
    assert_eq!(
        known
            .sightings(&BANK)
            .next()
            .unwrap()
            .rates()
            .unwrap()
            .longest_pause(),
        4
    );
}
