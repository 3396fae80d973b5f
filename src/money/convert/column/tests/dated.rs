//! Tests of columns of dated amounts, at every level of vector instructions of the machine.

use chrono::{Datelike, NaiveDate, TimeDelta};
use fastrand::Rng;
use fearless_simd::dispatch;
use num_bigint::BigInt;

use super::super::dated::DatedLanes;
use super::super::{BLOCK, DayTable, convert, convert_in_place};
use super::levels;
use crate::money::convert::fraction::Fraction;
use crate::money::convert::oracle::{Hard, for_amounts, half_even, one_from, rate, units};

/// The days of a table, around the end of a leap year.
const DAYS: i64 = 40;

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 12, 11).unwrap()
}

/// The rate of each day, and `None` for a day without.
fn rates(random: &mut Rng) -> Vec<Option<Fraction>> {
    let missing = one_from(random, &[0, 0, 0, 4]);
    // Rates as those of a bank, which every kernel takes; of every length; and some that no kernel takes.
    let kind = random.u8(..4);
    let of_day = |_| {
        let rate = match kind {
            0 => Fraction::new(random.u128(40_000..50_000), 100),
            1 => Fraction::new(random.u128(100..10_000), random.u128(40_000..50_000)),
            2 => rate(random, 1..=53, 1..=49),
            _ => rate(random, 1..=60, 1..=60),
        };
        (random.u8(..100) >= missing).then_some(rate.reduced())
    };
    (0..DAYS).map(of_day).collect()
}

fn table(rates: &[Option<Fraction>]) -> DayTable {
    let mut table = DayTable::new(first().year(), first().year() + 2);
    for (rate, day) in rates.iter().zip(first().iter_days()) {
        if let Some(rate) = rate {
            let place = table.push_units(units(*rate, 1));
            table.set(day, place);
            table.set_after(place);
        }
    }
    table.finish()
}

/// The rate of a day by the definition of the table.
fn rate_on(rates: &[Option<Fraction>], day: NaiveDate) -> Option<Fraction> {
    if day.year() > first().year() + 2 {
        return rates.iter().rev().find_map(|rate| *rate);
    }
    let place = usize::try_from((day - first()).num_days()).ok()?;
    *rates.get(place)?
}

/// Rows in order or in no order, with runs of every length, most of them on days of the table and within the range of the results.
fn rows(random: &mut Rng, rates: &[Option<Fraction>]) -> Vec<(NaiveDate, i64)> {
    let longest = one_from(random, &[1, 3, 20, 200]);
    let bits = one_from(random, &[20, 33, 45, 63]);
    let outside = one_from(random, &[0, 0, 0, 3]);
    let mut rows = Vec::new();
    while rows.len() < 2 * BLOCK {
        let day = match random.u8(..100) {
            number if number < outside => one_from(
                random,
                &[NaiveDate::MIN, NaiveDate::MAX, first() - TimeDelta::days(1)],
            ),
            _ => first() + TimeDelta::days(random.i64(0..DAYS)),
        };
        let rate = rate_on(rates, day).unwrap_or(Fraction::ONE);
        let hard = (rate.denominator <= 1 << 60).then(|| Hard::new(rate));
        // Up to the largest amount whose result fits, and one in a thousand beyond it.
        let most = (1_u128 << 63) * rate.denominator / rate.numerator.min(1 << 64);
        let most = most.clamp(1, 1 << bits).cast_signed();
        for _ in 0..random.usize(1..=longest) {
            let within = -most..=most - 1;
            let amount = match (random.u16(..1_000), &hard) {
                (0, _) => random.i64(..).into(),
                (_, Some(hard)) => hard.amount(random.u128(..), &within),
                (_, None) => random.i128(within),
            };
            rows.push((day, amount.try_into().unwrap()));
        }
    }
    if random.bool() {
        rows.sort_unstable_by_key(|(day, _)| *day);
    }
    rows.truncate(random.usize(1..=2 * BLOCK));
    rows
}

#[test]
fn the_oracle_agrees_with_dated_amounts_at_every_level() {
    let input = |random: &mut Rng| {
        let rates = rates(random);
        let rows = rows(random, &rates);
        (rates, rows)
    };
    for_amounts(BLOCK, input, |(rates, rows)| {
        let table = table(rates);
        let exact = |(day, amount): &(NaiveDate, i64)| {
            let exact: BigInt = half_even(*amount, rate_on(rates, *day)?);
            i64::try_from(exact).ok()
        };
        let (days, from): (Vec<_>, Vec<_>) = rows.iter().copied().unzip();
        let results: Vec<i64> = rows.iter().map_while(exact).collect();
        let outcome = if results.len() == rows.len() {
            Ok(())
        } else {
            Err(results.len())
        };
        for level in levels() {
            let mut to = vec![7; from.len()];
            let found = dispatch!(level, simd => convert(DatedLanes::new(simd, &table, &days), &from, &mut to));
            assert_eq!(found, outcome, "{level:?}");
            assert_eq!(&to[..results.len()], &results[..], "{level:?}");
            let mut amounts = from.clone();
            let found = dispatch!(level, simd => convert_in_place(DatedLanes::new(simd, &table, &days), &mut amounts));
            assert_eq!(found, outcome, "in place, {level:?}");
            let kept = &from[results.len()..];
            assert_eq!(amounts, [&results, kept].concat(), "in place, {level:?}");
        }
    });
}
