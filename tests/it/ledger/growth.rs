//! The work of a page and of a new record does not grow with the days in the ledger.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use masthead::ledger::{Ledger, NoRates, Sighting};

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
        now + TimeDelta::milliseconds(figure),
    )
}

#[test]
fn a_page_of_thirty_years_is_that_of_a_year() {
    let now = time(NOW);
    let (short, long) = (grown(365), grown(10_957));
    assert_eq!(page(&short.at(now, &view())), page(&long.at(now, &view())));
    let before = long.rates_on(day("1900-01-01"), now, &view());
    assert!(matches!(before, Err(NoRates::BeforeFirst { .. })));
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
    let short = grown(10);
    let today = now.date_naive();

    let at = |known: &Ledger| _ = black_box(known.at(now, &view()));
    assert_flat("a page", medians(|| at(&short), || at(&long)));

    let (mut a, mut b) = (short.clone(), long.clone());
    let (mut of_a, mut of_b) = (0, 0);
    let insert = |known: &mut Ledger, figure: &mut i64| {
        *figure += 1;
        known.insert(newest(now, *figure));
        _ = black_box(known.at(now, &view()));
    };
    let times = medians(|| insert(&mut a, &mut of_a), || insert(&mut b, &mut of_b));
    assert_flat("a new record and its page", times);

    // Of sparklines with all their days.
    let with_recent = |known: &Ledger| _ = black_box(known.at(now, &view().sparklines([30])));
    let filled = grown(60);
    assert_flat(
        "a page with sparklines",
        medians(|| with_recent(&filled), || with_recent(&long)),
    );

    let on = |known: &Ledger, of| _ = black_box(known.rates_on(of, now, &view()));
    let recent = today - TimeDelta::days(5);
    assert_flat(
        "the rates of a day",
        medians(|| on(&short, recent), || on(&long, recent)),
    );
    let before = day("1900-01-01");
    assert_flat(
        "no rates of a day",
        medians(|| on(&short, before), || on(&long, before)),
    );
}

#[allow(clippy::print_stdout, clippy::float_arithmetic)]
fn assert_flat(what: &str, [short, long]: [Duration; 2]) {
    let factor = long.as_secs_f64() / short.as_secs_f64();
    println!("{what}: {short:?} with 10 days and {long:?} with 30 years, a factor of {factor:.2}");
    assert!(factor < 1.5, "{what}: a factor of {factor:.2}");
}
