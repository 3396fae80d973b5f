//! Conversion of columns of dated amounts, compared with the column without days. `benches/columns.sh` measures polars, DuckDB and NumPy beside it.

use std::hint::black_box;

use allocation_counter::measure;
use chrono::{NaiveDate, TimeDelta};
use fearless_simd::{Level, dispatch};
use masthead::SourceId;
use masthead::ledger::{DatedConverter, Feed, History, Ledger, Lookup, Sighting, View};
use masthead::money::{Converter, Currency, Publication, Quotation, Rates, Row};
use masthead_benches::race::Race;
use rust_decimal::Decimal;

use crate::{Exact, half_even};

const ROUNDS: usize = 51;
const LEN: usize = 1_000_000;
const DAYS: i64 = 8_000;
const HUNDRED: i128 = 100;

fn first() -> NaiveDate {
    "2003-01-01".parse().expect("a day")
}

/// The price of a dollar in hundredths of a tenge. The script computes the same.
fn tiyn(day: i64) -> i64 {
    40_000 + (day * 7_919) % 10_000
}

/// A publication for each day.
fn history() -> History {
    let bank = SourceId::NATIONAL_BANK_KZ;
    let sightings = (0..DAYS).map(|number| {
        let day = first() + TimeDelta::days(number);
        let zone = chrono_tz::Asia::Almaty;
        let publication = Publication::new(
            bank.clone(),
            Currency::KZT,
            Quotation::HomePerForeign,
            day,
            zone,
        );
        let dollar = Row::new(Currency::USD, Decimal::new(tiyn(number), 2), 1);
        let rates = Rates::new(publication, [dollar]).expect("rates");
        let at = day.and_hms_opt(3, 0, 0).expect("an hour").and_utc();
        Sighting::of_rates(bank.clone(), Feed::OfDay, day, rates, at)
    });
    let ledger: Ledger = sightings.map(Into::into).collect();
    ledger.history(
        "2026-01-01T00:00:00Z".parse().expect("an instant"),
        &View::new(bank.clone()),
    )
}

pub(crate) fn all() {
    let history = history();
    let there = history.converter(Currency::USD, Currency::KZT, Lookup::InForce);
    let of_a_day = history.rates_on(first()).expect("rates");
    let undated = of_a_day
        .rates
        .converter(Currency::USD, Currency::KZT)
        .expect("a row");
    for (title, bits) in [("results up to 2^42", 33), ("results of up to 63 bits", 53)] {
        println!("{}", race(title, bits, &there, &undated));
    }
}

fn race(title: &str, bits: u32, dated: &DatedConverter, undated: &Converter) -> String {
    let mut random = fastrand::Rng::with_seed(3);
    let from: Vec<i64> = (0..LEN)
        .map(|_| random.i64(-(1 << bits)..1 << bits))
        .collect();
    let unsorted: Vec<i64> = (0..LEN).map(|_| random.i64(0..DAYS)).collect();
    let mut sorted = unsorted.clone();
    sorted.sort_unstable();
    let [sorted, unsorted] = [sorted, unsorted].map(|numbers| {
        let days = numbers.iter().map(|day| first() + TimeDelta::days(*day));
        let days: Vec<NaiveDate> = days.collect();
        let exact = from.iter().zip(&numbers);
        let exact = exact.map(|(amount, day)| half_even(*amount, tiyn(*day).into(), HUNDRED));
        (days, Exact(exact.collect()))
    });
    let (from, sorted, unsorted) = (&from, &sorted, &unsorted);
    let mut race = Race::new(format!("1,000,000 dated amounts, {title}, USD to KZT"));
    let mut to = vec![0; LEN];
    race.add("masthead, without days", String::new(), LEN, move || {
        undated
            .convert_minor(black_box(from), black_box(&mut to))
            .expect("they fit");
    });
    let mut to = vec![0; LEN];
    race.add("memcpy", String::new(), LEN, move || {
        black_box(&mut to).copy_from_slice(black_box(from));
    });
    let mut to = vec![0; LEN];
    race.add(
        "a copy that reads the days",
        String::new(),
        LEN,
        move || {
            black_box(copy(
                black_box(&sorted.0),
                black_box(from),
                black_box(&mut to),
            ));
        },
    );
    for (name, (days, exact)) in [
        ("masthead, days sorted", sorted),
        ("masthead, random days of 8,000", unsorted),
    ] {
        let mut to = vec![0; LEN];
        let convert = move |to: &mut [i64]| {
            dated
                .convert_minor(black_box(days), black_box(from), black_box(to))
                .expect("they fit");
        };
        let allocations = measure(|| convert(&mut to)).count_total;
        let answers = exact.compared(name, &to, allocations);
        race.add(name, answers, LEN, move || convert(&mut to));
    }
    race.finish(ROUNDS)
}

/// Copies the amounts and compares each day with one: the least that a loop over dated amounts can do.
#[inline(never)]
fn copy(days: &[NaiveDate], from: &[i64], to: &mut [i64]) -> bool {
    const PAIR: usize = 16;
    let Some(first) = days.first() else {
        return true;
    };
    dispatch!(Level::new(), _simd => {
        let amounts = from.chunks_exact(PAIR).zip(to.chunks_exact_mut(PAIR));
        let mut any = false;
        for (days, (from, to)) in days.chunks_exact(PAIR).zip(amounts) {
            any |= days.iter().fold(false, |any, day| any | (day != first));
            to.copy_from_slice(from);
        }
        any
    })
}
