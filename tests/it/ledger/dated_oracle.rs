//! Columns of dated amounts against the exact quotients, with random histories, days and amounts.

#![allow(clippy::inconsistent_digit_grouping)] // tenge and tiyn

use chrono::{NaiveDate, TimeDelta};
use masthead::ledger::{DatedConverter, DatedError, Feed, History, Lookup, Sighting};
use masthead::money::{Currency, Quotation, Rates, Row};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{head, ledger, view};
use crate::money::oracle::{for_amounts, rounded};
use crate::support::{day, time};

pub(super) const LOOKUPS: [Lookup; 2] = [Lookup::InForce, Lookup::LastKnown];
/// The size of a block in the crate. The results do not depend on it, but the path of each amount does.
const BLOCK: usize = 512;
/// The days of a random history, from 60 days before the end of a year on.
const DAYS: i64 = 100;

pub(super) fn first() -> NaiveDate {
    day("2023-11-02")
}

/// The rates of a day: home units for one dollar and one dinar, as mantissa and scale.
type Prices = [(i64, u32); 2];

/// A bank's days: its own publication, one carried from the day before, or a gap.
#[derive(Clone, Copy, Debug)]
enum Day {
    Published(Prices),
    Carried,
    Gap,
}

/// A column and the history that it is converted at.
#[derive(Clone, Debug)]
struct Case {
    quotation: Quotation,
    days: Vec<Day>,
    rows: Vec<(NaiveDate, i64)>,
}

impl Case {
    fn history(&self) -> History {
        let now = time("2030-01-01T00:00:00Z");
        let mut last = None;
        let sightings = self.days.iter().zip(first().iter_days());
        let sightings = sightings.filter_map(|(known, day)| {
            match known {
                Day::Published(prices) => {
                    let mut head = head(day);
                    head.quotation = self.quotation;
                    let rows = [Currency::USD, Currency::KWD].into_iter().zip(prices);
                    let rows = rows.map(|(currency, (mantissa, scale))| {
                        Row::new(currency, Decimal::new(*mantissa, *scale), 1)
                    });
                    last = Some(Rates::new(head, rows).unwrap().with_longest_pause(120));
                }
                Day::Carried => {}
                Day::Gap => return None,
            }
            let at = day.and_hms_opt(3, 0, 0).unwrap().and_utc();
            let bank = super::BANK;
            Some(Sighting::of_rates(
                bank,
                Feed::OfDay,
                day,
                last.clone()?,
                at,
            ))
        });
        ledger(sightings).history(now, &view())
    }

    /// The prices of a day by the rules of the look-up, found without the crate.
    fn prices(&self, lookup: Lookup, day: NaiveDate) -> Option<Prices> {
        let place = usize::try_from((day - first()).num_days()).ok()?;
        let until = |place: usize| {
            let known = self.days.iter().take(place + 1).rev();
            known.copied().find_map(|day| match day {
                Day::Published(prices) => Some(prices),
                Day::Carried | Day::Gap => None,
            })
        };
        match (lookup, self.days.get(place)) {
            (Lookup::InForce, None | Some(Day::Gap)) => None,
            _ => until(place),
        }
    }

    /// The exact result of an amount, or `None` if its day has no rate or the result does not fit.
    fn exact(
        &self,
        lookup: Lookup,
        pair: [Currency; 2],
        (day, amount): (NaiveDate, i64),
    ) -> Option<i64> {
        let prices = self.prices(lookup, day)?;
        let [from, to] = pair.map(|currency| {
            let (value, scale) = match currency {
                Currency::USD => prices[0],
                Currency::KWD => prices[1],
                _ => (1, 0),
            };
            let (value, tens) = (BigInt::from(value), BigInt::from(10).pow(scale));
            if self.quotation == Quotation::HomePerForeign {
                (value, tens)
            } else {
                (tens, value)
            }
        });
        let [minor, places] = pair.map(|currency| BigInt::from(10).pow(currency.minor_units()));
        let numerator = BigInt::from(amount) * from.0 * to.1 * places;
        let denominator = from.1 * to.0 * minor;
        let result = rounded(
            &numerator,
            &denominator,
            RoundingStrategy::MidpointNearestEven,
        );
        i64::try_from(result).ok()
    }
}

fn price() -> impl Strategy<Value = (i64, u32)> {
    prop_oneof![
        (400_00..500_00_i64).prop_map(|value| (value, 2)),
        (1..2_000_000_i64, 0..=6_u32),
        (1..=1_000_000_000_000_000_i64, 6..=9_u32),
    ]
}

fn days() -> impl Strategy<Value = Vec<Day>> {
    let alike = prop::collection::vec(
        [(400_00..500_00_i64, 2..=2_u32), (1..9_999_i64, 2..=4_u32)],
        100,
    );
    let any = prop::collection::vec([price(), price()], 100);
    let kinds = prop::collection::vec(0..10_u8, usize::try_from(DAYS).unwrap());
    (prop_oneof![2 => alike.boxed(), 1 => any.boxed()], kinds).prop_map(|(prices, kinds)| {
        let days = prices.into_iter().zip(kinds);
        let days = days.map(|(prices, kind)| match kind {
            0 => Day::Gap,
            1..=3 => Day::Carried,
            _ => Day::Published(prices),
        });
        days.collect()
    })
}

/// Amounts around zero, any, and ends.
fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => (any::<i64>(), 20..64_u32).prop_map(|(amount, shift)| amount >> shift),
        2 => (any::<i64>(), 0..20_u32).prop_map(|(amount, shift)| amount >> shift),
        1 => prop::sample::select(vec![0, 1, -1, i64::MIN, i64::MAX, i64::MIN + 1]),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let quotation =
        prop::sample::select(vec![Quotation::HomePerForeign, Quotation::ForeignPerHome]);
    // Days before and after the history too, and those of `NaiveDate` that are farthest away.
    let of = prop_oneof![
        60 => (0..DAYS).prop_map(|day| first() + TimeDelta::days(day)),
        1 => (-3..DAYS + 400).prop_map(|day| first() + TimeDelta::days(day)),
        1 => prop::sample::select(vec![NaiveDate::MIN, NaiveDate::MAX, day("1899-12-31"), day("2201-01-01")]),
    ];
    let runs = prop::collection::vec((of, 1..40_usize), BLOCK);
    let amounts = prop::collection::vec(amount(), BLOCK);
    (quotation, days(), runs, amounts, 0..3_u8, 0..64_u32).prop_map(
        |(quotation, days, mut runs, amounts, order, shift)| {
            if order == 0 {
                runs.iter_mut().for_each(|run| run.1 = 1);
            } else {
                runs.truncate(40);
            }
            if order == 1 {
                runs.sort_unstable();
            }
            let of = runs
                .iter()
                .flat_map(|(day, length)| std::iter::repeat_n(*day, *length));
            // In some columns all amounts are small enough for the first kernels.
            let amounts = amounts.into_iter().map(|amount| amount >> shift);
            let rows = of.zip(amounts).collect();
            Case {
                quotation,
                days,
                rows,
            }
        },
    )
}

/// Converts both ways, and compares with the results and with the first amount without one.
#[track_caller]
fn agrees(converter: &DatedConverter, rows: &[(NaiveDate, i64)], expected: &[Option<i64>]) {
    let (days, from): (Vec<_>, Vec<_>) = rows.iter().copied().unzip();
    let results: Vec<i64> = expected.iter().map_while(|result| *result).collect();
    let failed = (results.len() < rows.len()).then_some(results.len());
    let index = |outcome: Result<(), DatedError>| match outcome {
        Ok(()) => None,
        Err(
            DatedError::NoRates { index, .. }
            | DatedError::Convert { index, .. }
            | DatedError::Overflow { index, .. },
        ) => Some(index),
        Err(error) => panic!("{error}"),
    };
    let mut to = vec![7; from.len()];
    assert_eq!(
        index(converter.convert_minor(&days, &from, &mut to)),
        failed
    );
    assert_eq!(to[..results.len()], results);
    let mut amounts = from.clone();
    assert_eq!(
        index(converter.convert_minor_in_place(&days, &mut amounts)),
        failed
    );
    let kept = &from[results.len()..];
    assert_eq!(amounts, [&results, kept].concat());
}

const PAIRS: [[Currency; 2]; 6] = [
    [Currency::USD, Currency::KZT],
    [Currency::KZT, Currency::USD],
    [Currency::USD, Currency::KWD],
    [Currency::KWD, Currency::USD],
    [Currency::KZT, Currency::KWD],
    [Currency::KWD, Currency::KWD],
];

/// With `PROPTEST_CASES` for as many amounts as it says.
#[test]
fn the_oracle_agrees_for_every_day_order_and_lookup() {
    let amounts = BLOCK * PAIRS.len() * LOOKUPS.len();
    for_amounts(u32::try_from(amounts).unwrap(), case(), |case| {
        let history = case.history();
        for (pair, lookup) in PAIRS
            .iter()
            .flat_map(|pair| LOOKUPS.map(|lookup| (*pair, lookup)))
        {
            let converter = history.converter(pair[0], pair[1], lookup);
            let expected = case.rows.iter().map(|row| case.exact(lookup, pair, *row));
            let expected: Vec<_> = expected.collect();
            agrees(&converter, &case.rows, &expected);
            // And only the amounts that have a result.
            let both = case
                .rows
                .iter()
                .zip(&expected)
                .filter(|(_, result)| result.is_some());
            let (rows, expected): (Vec<_>, Vec<Option<i64>>) = both.unzip();
            agrees(&converter, &rows, &expected);
        }
        Ok(())
    });
}
