//! Chains of sources: their order, shares of time, cool-downs and rate limits.

use std::time::Duration;

use chrono::TimeDelta;
use masthead::fetch::{FetchError, Outcome, TransportErrorKind};
use masthead::ticker::Item;
use masthead::ticker::engine::{Effect, Engine, Event, Moment};
use masthead::weather::City;
use masthead::{SourceId, Ticker};
use tokio::time::Instant;

use crate::fake_hosts::cities;
use crate::scripted_chain::{ScriptedChain, TIME, answer, broken, hang, ok, status};
use crate::support::time;

const T0: &str = "2026-04-02T06:00:00Z";

#[tokio::test(start_paused = true)]
async fn sources_are_tried_in_order_until_one_answers() {
    for (answers, expected) in [
        (vec![ok("a")], "one: read = a from one"),
        (
            vec![status(404), ok("b")],
            "one: cannot read one: it answered 404 Not Found; two: read = b from two",
        ),
        (
            vec![broken(TransportErrorKind::Connect), ok("nothing"), ok("c")],
            "one: no connection: scripted; two: cannot read two: it has no data: \"scripted\"; three: read = c from three",
        ),
        (
            vec![ok("<html>"), ok("<html>"), status(500)],
            "one: cannot read one: garbage; two: cannot read two: garbage; \
             three: cannot read three: it answered 500 Internal Server Error",
        ),
    ] {
        let scripted = ScriptedChain::of(&["one", "two", "three"]).answering(answers);
        scripted.expect("key", T0, expected).await;
        assert_eq!(scripted.unused(), 0, "{expected}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_uses_its_share_of_the_time_only() {
    let scripted = ScriptedChain::of(&["one", "two", "three"]).answering([hang(), hang(), ok("c")]);
    let started = Instant::now();
    scripted
        .expect(
            "key",
            T0,
            "one: no answer within 4.0 s; two: no answer within 2.5 s; three: read = c from three",
        )
        .await;
    assert_eq!(started.elapsed(), Duration::from_millis(6500));

    let scripted = ScriptedChain::of(&["one", "two"]).answering([status(404), hang()]);
    let started = Instant::now();
    let expected = "one: cannot read one: it answered 404 Not Found; two: no answer within 9.0 s";
    scripted.expect("key", T0, expected).await;
    assert_eq!(started.elapsed(), TIME);
}

#[tokio::test(start_paused = true)]
async fn a_cool_down_grows_to_a_quarter_of_an_hour_and_ends_with_an_answer() {
    let scripted = ScriptedChain::of(&["one"]);
    let mut now = time(T0);
    for seconds in [30, 60, 120, 240, 480, 900, 900, 900, 900] {
        scripted.add(status(503));
        assert!(scripted.fails(now).await, "{seconds}");
        now = scripted.expect_rest(now, seconds).await;
    }
    scripted.add(ok("a"));
    assert!(!scripted.fails(now).await);
    scripted.add(status(503));
    assert!(scripted.fails(now).await);
    scripted.expect_rest(now, 30).await;
}

/// Of many cities one is not found: its cool-down grows while the others are answered.
#[tokio::test(start_paused = true)]
async fn an_answer_to_another_query_does_not_end_a_series() {
    let scripted = ScriptedChain::of(&["one"]);
    let mut now = time(T0);
    for seconds in [30, 60, 120, 240, 480, 900, 900] {
        scripted.add(status(404));
        assert!(scripted.fails(now).await, "{seconds}");
        now = scripted.expect_rest(now, seconds).await;
        scripted.add(ok("b"));
        let (other, at) = (format!("other {seconds} {now}"), now.to_rfc3339());
        scripted.expect(&other, &at, "one: read = b from one").await;
    }
    let after = now + TimeDelta::hours(1);
    scripted.add(ok("b"));
    scripted
        .expect("other", &after.to_rfc3339(), "one: read = b from one")
        .await;
    scripted.add(status(404));
    assert!(scripted.fails(after).await);
    scripted.expect_rest(after, 30).await;
}

#[tokio::test(start_paused = true)]
async fn a_cool_down_lasts_as_long_as_retry_after_says() {
    let date = ("date", "Thu, 02 Apr 2026 05:00:00 GMT");
    for (headers, seconds) in [
        (vec![("retry-after", "3600")], 3600),
        (vec![("retry-after", " 120 ")], 120),
        (vec![("retry-after", "Thu, 02 Apr 2026 06:10:00 GMT")], 600),
        // The `Date` of a host whose clock is an hour behind.
        (
            vec![("retry-after", "Thu, 02 Apr 2026 05:10:00 GMT"), date],
            600,
        ),
        (vec![("retry-after", "4000000000")], 24 * 3600),
        (
            vec![("retry-after", "Thu, 02 Apr 2099 06:10:00 GMT")],
            24 * 3600,
        ),
        (vec![("retry-after", "5")], 30),
        (vec![("retry-after", "Thu, 02 Apr 2020 06:10:00 GMT")], 30),
        (vec![("retry-after", "-5")], 30),
        (vec![("retry-after", "soon")], 30),
    ] {
        let scripted = ScriptedChain::of(&["one"]).answering([answer(429, &headers, "")]);
        assert!(scripted.fails(time(T0)).await);
        scripted.expect_rest(time(T0), seconds).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_cools_down_the_source_and_a_bad_answer_only_its_query() {
    for (answer, whole) in [
        (status(401), true),
        (status(403), true),
        (status(429), true),
        (status(500), false),
        (status(503), false),
        (hang(), false),
        (broken(TransportErrorKind::Timeout), false),
        (broken(TransportErrorKind::Connect), true),
        (broken(TransportErrorKind::Broken), false),
        (broken(TransportErrorKind::TooLarge), false),
        (broken(TransportErrorKind::Refused), false),
        (status(304), false),
        (status(400), false),
        (status(404), false),
        (ok("<html>"), false),
    ] {
        let what = format!("{answer:?}");
        let scripted = ScriptedChain::of(&["one"]).answering([answer]);
        assert!(scripted.fails(time(T0)).await, "{what}");
        let resting = "one: resting until 2026-04-02 06:00:30 UTC";
        scripted
            .expect("key", "2026-04-02T06:00:20Z", resting)
            .await;
        if whole {
            scripted
                .expect("other", "2026-04-02T06:00:20Z", resting)
                .await;
        } else {
            scripted.add(ok("b"));
            scripted
                .expect("other", "2026-04-02T06:00:20Z", "one: read = b from one")
                .await;
        }
        assert_eq!(scripted.unused(), 0, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_third_failure_in_a_row_cools_down_the_source() {
    let scripted = ScriptedChain::of(&["one"]).answering([
        status(503),
        ok("a"),
        status(503),
        status(503),
        hang(),
    ]);
    for (key, expected) in [
        (
            "k1",
            "one: cannot read one: it answered 503 Service Unavailable",
        ),
        ("k2", "one: read = a from one"),
        (
            "k3",
            "one: cannot read one: it answered 503 Service Unavailable",
        ),
        (
            "k4",
            "one: cannot read one: it answered 503 Service Unavailable",
        ),
        ("k5", "one: no answer within 9.0 s"),
        ("k6", "one: resting until 2026-04-02 06:00:30 UTC"),
    ] {
        scripted.expect(key, T0, expected).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_without_data_does_not_cool_down() {
    let scripted = ScriptedChain::of(&["one"]).answering([ok("nothing"), ok("a")]);
    scripted
        .expect(
            "key",
            T0,
            "one: cannot read one: it has no data: \"scripted\"",
        )
        .await;
    scripted.expect("key", T0, "one: read = a from one").await;
}

#[test]
fn one_outage_of_many_cities_is_one_failure() {
    let cities = cities(&["astana", "almaty", "oral", "aktau"]);
    let builder = Ticker::builder("tests").cities(cities.clone());
    let mut engine = builder.engine().unwrap();
    let refresh = |cities: &[City], seconds, engine: &mut Engine| {
        let items = cities.iter().map(|city| Item::Weather(city.id().clone()));
        let refresh = Event::Refresh {
            items: items.collect(),
            time: TIME,
            is_sparing: false,
        };
        engine.on(refresh, moment(seconds))
    };
    let mut asked = refresh(&cities, 0.0, &mut engine);
    for turn in [0.1, 0.2, 0.3] {
        assert_eq!(engine.wake(), Some(moment(turn).passed));
        asked.extend(engine.on(Event::Wake, moment(turn)));
    }
    assert_eq!(asked.len(), 4);
    for effect in asked {
        let Effect::Ask { ticket, .. } = effect else {
            panic!("{effect:?}");
        };
        let received = Err(FetchError::late(TIME));
        engine.on(Event::Answered { ticket, received }, moment(9.0));
    }
    for seconds in [10.0, 20.0, 29.9] {
        let effects = refresh(&cities[..1], seconds, &mut engine);
        let [Effect::Report(report)] = &effects[..] else {
            panic!("{effects:?}");
        };
        let outcome = &report.entries[0].attempts[0].outcome;
        let end = time(T0) + TimeDelta::milliseconds(30_200);
        assert!(
            matches!(outcome, Outcome::Resting(until) if *until == end),
            "{outcome:?}"
        );
    }
    let effects = refresh(&cities[..1], 30.3, &mut engine);
    assert!(matches!(effects[..], [Effect::Ask { .. }]), "{effects:?}");
}

/// The instant so many seconds after the start.
fn moment(seconds: f64) -> Moment {
    let passed = Duration::from_secs_f64(seconds);
    let clock = time(T0) + TimeDelta::from_std(passed).unwrap();
    Moment { clock, passed }
}

#[tokio::test(start_paused = true)]
async fn budgets_are_per_hour_and_shared_by_all_chains() {
    let bank = SourceId::NATIONAL_BANK_KZ;
    for (from, limit) in [
        ("2026-04-02T06:00:00Z", 4),
        ("2026-04-02T10:29:59Z", 4),
        ("2026-04-02T10:30:00Z", 12),
        ("2026-04-02T11:59:59Z", 12),
        ("2026-04-02T12:00:00Z", 4),
    ] {
        let (of_day, newest) = (
            ScriptedChain::of(&[bank.as_str()]),
            ScriptedChain::of(&[bank.as_str()]),
        );
        for number in 0..limit {
            let chain = if number % 2 == 0 { &of_day } else { &newest };
            chain.add(ok("a"));
            let answer = chain.read_with(&of_day.budgets, "key", time(from)).await;
            assert!(answer.reading.is_some(), "{from}: {answer:?}");
        }
        let key = "not asked before";
        let answer = newest.read_with(&of_day.budgets, key, time(from)).await;
        let again = time(from) + TimeDelta::hours(1);
        assert!(
            matches!(answer.attempts[0].outcome, Outcome::OverBudget(until) if until == again),
            "{from}: {answer:?}"
        );
        let just_before = again - TimeDelta::seconds(1);
        let mut budgets = of_day.budgets.try_lock().unwrap();
        assert!(budgets.take(&bank, again).is_ok());
        assert_eq!(budgets.take(&SourceId::MET_NORWAY, just_before), Ok(()));
    }
}

#[tokio::test(start_paused = true)]
async fn over_budget_the_last_answer_stays_or_the_next_source_is_tried() {
    let over = "national_bank_kz: no request left before 2026-04-02 07:00:00 UTC";
    let scripted = ScriptedChain::of(&["national_bank_kz", "two"]).answering([
        ok("a"),
        ok("b"),
        ok("c"),
        ok("d"),
    ]);
    for _ in 0..4 {
        assert!(!scripted.fails(time(T0)).await);
    }
    scripted.expect("key", T0, over).await;
    scripted.add(ok("e"));
    scripted
        .expect("other", T0, &format!("{over}; two: read = e from two"))
        .await;
}
