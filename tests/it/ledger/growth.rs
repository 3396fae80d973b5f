//! The work of a page and of a new record does not grow with the days in the ledger.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use masthead::ledger::{Ledger, RatesOn, Sighting};

use super::{ledger, own, page, seen, view};
use crate::support::{day, time};

const NOW: &str = "2026-04-02T07:00:00Z";

/// A publication for each of the last `days` days, with two sightings each.
fn grown(days: i64) -> Ledger {
    let now = time(NOW);
    let sightings = (0..days).flat_map(|back| {
        let at = now - TimeDelta::days(back);
        let of = at.date_naive();
        let figure = |more: u32| format!("4{:02}.{more:02}", of.ordinal() % 100);
        [
            seen(own(of, &figure(1)), at - TimeDelta::hours(4)),
            seen(own(of, &figure(2)), at - TimeDelta::hours(1)),
        ]
    });
    ledger(sightings)
}

fn newest(now: DateTime<Utc>, figure: i64) -> Sighting {
    seen(
        own(now.date_naive(), &format!("{}.00", 400 + figure)),
        now + TimeDelta::seconds(figure),
    )
}

#[test]
fn a_page_of_thirty_years_is_that_of_a_year() {
    let now = time(NOW);
    let (short, long) = (grown(365), grown(10_957));
    assert_eq!(page(&short.at(now, &view())), page(&long.at(now, &view())));
    let before = long.rates_on(day("1900-01-01"), now, &view());
    assert!(matches!(before, RatesOn::BeforeFirst { .. }));
}

/// The medians of both, measured in turn.
fn medians(mut one: impl FnMut(), mut other: impl FnMut()) -> [Duration; 2] {
    let timed = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        for _ in 0..20 {
            run();
        }
        start.elapsed() / 20
    };
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..101 {
        times[0].push(timed(&mut one));
        times[1].push(timed(&mut other));
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}

#[test]
#[ignore = "a measurement: cargo test --release -p masthead-tests --test it ledger::growth -- --ignored --nocapture"]
#[allow(clippy::print_stdout)]
fn the_work_does_not_grow_with_the_ledger() {
    let now = time(NOW);
    let started = Instant::now();
    let long = grown(10_957);
    println!(
        "30 years of sightings, made and inserted: {:?}",
        started.elapsed()
    );
    // As many days as a page looks back, and thirty years.
    let short = grown(90);
    let ten_days = grown(10);
    let today = now.date_naive();
    let started = Instant::now();
    black_box(ten_days.at(now, &view()));
    println!("the page of ten days, once: {:?}", started.elapsed());

    let at = |known: &Ledger| _ = black_box(known.at(now, &view()));
    assert_flat(
        "a page, of 90 days and of 30 years",
        1.5,
        medians(|| at(&short), || at(&long)),
    );
    println!(
        "a page, of 10 days and of 30 years: {:?}",
        medians(|| at(&ten_days), || at(&long))
    );

    let (mut a, mut b) = (short.clone(), long.clone());
    let (mut of_a, mut of_b) = (0, 0);
    let insert = |known: &mut Ledger, figure: &mut i64| {
        *figure += 1;
        known.insert(newest(now, *figure));
        _ = black_box(known.at(now, &view()));
    };
    let times = medians(|| insert(&mut a, &mut of_a), || insert(&mut b, &mut of_b));
    assert_flat(
        "a new record and its page, of 90 days and of 30 years",
        1.5,
        times,
    );

    let on = |known: &Ledger, back: i64| {
        _ = black_box(known.rates_on(today - TimeDelta::days(back), now, &view()))
    };
    assert_flat(
        "the rates of a day",
        1.5,
        medians(|| on(&short, 40), || on(&long, 40)),
    );
    println!(
        "the rates of a day 20 years ago: {:?}",
        medians(|| on(&long, 7_300), || ())[0]
    );
    let missing = |known: &Ledger| _ = black_box(known.rates_on(day("1900-01-01"), now, &view()));
    assert_flat(
        "no rates of a day",
        2.0,
        medians(|| missing(&short), || missing(&long)),
    );
}

#[allow(clippy::print_stdout, clippy::float_arithmetic)]
fn assert_flat(what: &str, most: f64, [short, long]: [Duration; 2]) {
    let factor = long.as_secs_f64() / short.as_secs_f64();
    println!("{what}: {short:?} and {long:?}, a factor of {factor:.2}");
    assert!(factor < most, "{what}");
}
