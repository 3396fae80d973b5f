//! The weather of a page: one service, its newest forecast, the hours of today that have passed, and the age of the figures.

use chrono::{DateTime, TimeDelta, Utc};
use masthead::ledger::{Forecast, Ledger, Retention, View};
use masthead::weather::Weather;
use masthead::{Freshness, FreshnessPolicy, Observed, SourceId};

use super::{BANK, astana, ledger, weather};
use crate::support::{day, time};

pub(super) const TODAY: &str = "2026-04-02";

/// An hour of 2 April in Astana, which is UTC+5; also before and after it.
pub(super) fn local(hour: i64) -> DateTime<Utc> {
    time("2026-04-01T19:00:00Z") + TimeDelta::hours(hour)
}

/// Hours from `from` to `to` of 2 April: each has its number of degrees, plus `shift` tenths.
pub(super) fn forecast(service: SourceId, from: i16, to: i16, shift: i16) -> Weather {
    weather(
        service,
        local(from.into()),
        (from..to).map(|hour| hour * 10 + shift),
    )
}

pub(super) fn run(weather: Weather, at: DateTime<Utc>) -> Weather {
    weather.with_issued(at).unwrap()
}

pub(super) fn seen(weather: Weather, at: DateTime<Utc>) -> Forecast {
    Forecast::new(astana().id().clone(), weather, at, None)
}

fn view() -> View<'static> {
    View::new(BANK)
        .cities([astana()])
        .services([SourceId::MET_NORWAY, SourceId::OPEN_METEO])
}

pub(super) fn shown(known: &Ledger, now: DateTime<Utc>) -> Option<Observed<Weather>> {
    known.at(now, &view()).weather(astana().id()).cloned()
}

#[test]
fn hours_of_today_that_have_passed_come_from_earlier_runs_of_the_service() {
    let met = |from, run_at, shift| {
        run(
            forecast(SourceId::MET_NORWAY, from, 60, shift),
            local(run_at),
        )
    };
    let known = ledger([
        seen(met(-3, -4, 1), local(-3)),
        seen(met(6, 5, 2), local(6)),
        seen(met(14, 13, 3), local(14)),
        // Another service, with other hours.
        seen(forecast(SourceId::OPEN_METEO, 0, 48, 9), local(14)),
    ]);
    let now = local(14) + TimeDelta::minutes(10);
    let held = shown(&known, now).unwrap();
    assert_eq!(held.source(), &SourceId::MET_NORWAY);
    let tenths = |hour: i64| held.value().now(local(hour)).unwrap().temperature.tenths();
    assert_eq!(
        [0, 5, 6, 13, 14, 30].map(tenths),
        [1, 51, 62, 132, 143, 303]
    );
    let first = held.value().hours().first().unwrap();
    assert_eq!(first.at, local(0), "no hour of yesterday");
    assert_eq!(
        held.value()
            .range(day(TODAY), astana().zone())
            .unwrap()
            .low()
            .tenths(),
        1
    );
    assert_eq!((held.dated(), held.fetched()), (local(13), local(14)));
}

#[test]
fn an_older_run_that_comes_back_does_not_replace_a_newer_one() {
    let old = run(forecast(SourceId::MET_NORWAY, 6, 60, 1), local(5));
    let new = run(forecast(SourceId::MET_NORWAY, 6, 60, 2), local(8));
    let mut known = Ledger::default();
    for (weather, hour) in [(&old, 6), (&new, 9), (&old, 10), (&new, 11)] {
        assert!(
            known
                .observe_forecast(seen(weather.clone(), local(hour)))
                .is_some()
        );
    }
    assert_eq!(known.len(), 4);
    for (hour, shift, fetched) in [(6, 1, 6), (9, 2, 9), (10, 2, 9), (11, 2, 11)] {
        let now = local(hour);
        let held = shown(&known.as_known_at(now), now).unwrap();
        assert_eq!(
            held.value().now(now).unwrap().temperature.tenths(),
            10 * i16::try_from(hour).unwrap() + shift
        );
        assert_eq!(held.fetched(), local(fetched), "at {hour}");
    }
}

#[test]
fn a_forecast_dropped_and_come_back_is_dated_by_its_return() {
    let [a, b] = [1, 2].map(|shift| forecast(SourceId::OPEN_METEO, 0, 48, shift));
    let mut known = Ledger::default();
    for (weather, hour) in [(&a, 1), (&a, 4), (&b, 6), (&a, 10), (&a, 11)] {
        known.observe_forecast(seen(weather.clone(), local(hour)));
    }
    assert_eq!(known.len(), 3);
    for (hour, tenths, dated, fetched) in [
        (5, 51, 1, 4),
        (6, 62, 6, 6),
        (9, 92, 6, 6),
        (10, 101, 10, 10),
        (12, 121, 10, 11),
    ] {
        let now = local(hour);
        let then = known.as_known_at(now);
        // Nor does it matter what is kept.
        let mut kept = then.clone();
        kept.retain(&Retention::default().cities([astana()]), now);
        for known in [then, kept] {
            let held = shown(&known, now).unwrap();
            assert_eq!(
                held.value().now(now).unwrap().temperature.tenths(),
                tenths,
                "at {hour}"
            );
            assert_eq!(
                (held.dated(), held.fetched()),
                (local(dated), local(fetched)),
                "at {hour}"
            );
        }
    }
}

#[test]
fn a_service_without_runs_that_repeats_itself_is_dated_by_its_first_sight() {
    let mut known = Ledger::default();
    let mut kept = Ledger::default();
    for hour in 0..20_i16 {
        // Each answer begins with the present hour, so each is another record, of the same figures.
        let answer = seen(
            forecast(SourceId::OPEN_METEO, hour, 72, 0),
            local(hour.into()),
        );
        known.observe_forecast(answer.clone());
        kept.observe_forecast(answer);
        let now = local(hour.into()) + TimeDelta::minutes(20);
        kept.retain(&Retention::default().cities([astana()]), now);
        for known in [&known, &kept] {
            let held = shown(known, now).unwrap();
            assert_eq!(
                (held.dated(), held.fetched()),
                (local(0), local(hour.into())),
                "after {hour} hours"
            );
            assert_eq!(held.value().hours().len(), 72);
            let expected = if hour < 12 {
                Freshness::Fresh
            } else {
                Freshness::Ageing
            };
            assert_eq!(
                FreshnessPolicy::default().of_weather(&held, now, astana().zone()),
                expected
            );
        }
    }
    // New figures are of the hour at which they came.
    let now = local(20);
    for known in [&mut known, &mut kept] {
        known.observe_forecast(seen(forecast(SourceId::OPEN_METEO, 20, 72, 5), now));
        assert_eq!(shown(known, now).unwrap().dated(), now);
    }
}

#[test]
fn a_repeated_answer_moves_the_last_instant_and_the_expiry() {
    let answer = |hour: i64| {
        let expires = local(hour) + TimeDelta::minutes(30);
        let weather = forecast(SourceId::OPEN_METEO, 0, 48, 0);
        Forecast::new(astana().id().clone(), weather, local(hour), Some(expires))
    };
    let mut known = ledger([answer(1)]);
    let record = known.observe_forecast(answer(3)).unwrap();
    assert_eq!((record.first(), record.last()), (local(1), local(3)));
    assert_eq!((known.len(), known.observe_forecast(answer(2))), (1, None));
    let held = shown(&known, local(3)).unwrap();
    assert_eq!(held.expires(), answer(3).expires());
    // The expiry of an answer that was not known yet is not known.
    let then = known.as_known_at(local(2));
    assert_eq!(shown(&then, local(2)).unwrap().expires(), None);
}

#[test]
fn a_stale_best_service_gives_way_and_comes_back() {
    let met = |from, run_at| run(forecast(SourceId::MET_NORWAY, from, 90, 0), local(run_at));
    let mut known = ledger([
        seen(met(0, -1), local(0)),
        seen(forecast(SourceId::OPEN_METEO, 0, 90, 9), local(1)),
    ]);
    let source = |known: &Ledger, now| shown(known, now).unwrap().source().clone();
    assert_eq!(
        source(&known, local(2)),
        SourceId::MET_NORWAY,
        "the second is not used"
    );
    // The best is silent, or repeats a run of yesterday.
    let now = local(25);
    known.observe_forecast(seen(forecast(SourceId::OPEN_METEO, 25, 90, 8), now));
    assert_eq!(source(&known, now), SourceId::OPEN_METEO);
    known.observe_forecast(seen(met(0, -1), now));
    assert_eq!(source(&known, now), SourceId::OPEN_METEO);
    // It has a new run.
    known.observe_forecast(seen(met(26, 25), local(26)));
    let back = shown(&known, local(26)).unwrap();
    assert_eq!(back.source(), &SourceId::MET_NORWAY);
    assert_eq!(
        back.value().hours().first().map(|hour| hour.at),
        Some(local(24)),
        "with its own hours of today"
    );
    assert!(
        back.value()
            .hours()
            .iter()
            .all(|hour| hour.temperature.tenths() % 10 == 0)
    );
}

#[test]
fn services_without_a_rank_are_taken_in_the_order_of_their_ids() {
    let known = ledger([
        seen(forecast(SourceId::OPEN_METEO, 0, 48, 0), local(2)),
        seen(
            forecast(SourceId::constant("a_station"), 0, 48, 0),
            local(2),
        ),
    ]);
    let source = |view: &View<'_>| {
        let page = known.at(local(2), view);
        page.weather(astana().id()).unwrap().source().clone()
    };
    assert_eq!(
        source(&View::new(BANK).cities([astana()])).as_str(),
        "a_station"
    );
    assert_eq!(source(&view()), SourceId::OPEN_METEO);
    assert!(
        known
            .at(local(2), &View::new(BANK))
            .cities()
            .next()
            .is_none()
    );
}

#[test]
fn a_forecast_that_has_ended_gives_way_to_one_that_reaches_the_day() {
    let known = ledger([
        seen(
            run(forecast(SourceId::MET_NORWAY, 0, 12, 0), local(-1)),
            local(0),
        ),
        seen(forecast(SourceId::OPEN_METEO, 0, 48, 9), local(1)),
    ]);
    let source = |now| shown(&known, now).unwrap().source().clone();
    assert_eq!(source(local(15)), SourceId::OPEN_METEO);
    // Alone it is kept, and absent on a page.
    let alone = ledger([seen(forecast(SourceId::MET_NORWAY, 0, 12, 0), local(0))]);
    let held = shown(&alone, local(15)).unwrap();
    let freshness = FreshnessPolicy::default().of_weather(&held, local(15), astana().zone());
    assert_eq!(freshness, Freshness::Absent);
}

#[test]
fn a_forecast_that_ends_before_the_day_does_gives_way() {
    let short = run(forecast(SourceId::MET_NORWAY, 0, 18, 0), local(7));
    let long = forecast(SourceId::OPEN_METEO, 0, 48, 9);
    let known = ledger([seen(short.clone(), local(8)), seen(long, local(8))]);
    assert_eq!(
        shown(&known, local(8)).unwrap().source(),
        &SourceId::OPEN_METEO
    );
    let alone = ledger([seen(short, local(8))]);
    assert_eq!(
        shown(&alone, local(8)).unwrap().source(),
        &SourceId::MET_NORWAY
    );
}

#[test]
fn the_last_forecast_stays_while_a_service_is_silent_for_days() {
    let long = weather(
        SourceId::OPEN_METEO,
        local(0),
        (0..24 * 9).map(|hour| hour % 30),
    );
    let known = ledger([seen(long, local(0))]);
    for days in 0..9 {
        let now = local(24 * days + 12);
        let mut kept = known.clone();
        kept.retain(&Retention::default(), now);
        for known in [&known, &kept] {
            assert!(
                shown(known, now).unwrap().value().now(now).is_some(),
                "after {days} days"
            );
        }
    }
}
