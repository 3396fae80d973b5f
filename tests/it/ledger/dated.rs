//! Columns of dated amounts: each result is the exact quotient of its day, and an error names the first amount without one.

use std::time::{Duration, Instant};

use chrono::{NaiveDate, TimeDelta};
use masthead::ledger::{
    DatedConverter, DatedError, Feed, History, Lookup, NoRates, Sighting, View,
};
use masthead::money::{ConvertError, Currency, Quotation, Rates, Row, parse_decimal};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{head, ledger, seen, view, with_list};
use crate::money::oracle::{for_amounts, rounded};
use crate::support::{day, time};

const LOOKUPS: [Lookup; 2] = [Lookup::InForce, Lookup::LastKnown];
/// The size of a block in the crate. The results do not depend on it, but the path of each amount does.
const BLOCK: usize = 512;
/// The days of a random history, from 60 days before the end of a year on.
const DAYS: i64 = 100;

fn first() -> NaiveDate {
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

/// A history with these dollars.
fn dollars(values: &[(&str, &str)]) -> History {
    let known = values
        .iter()
        .map(|(of, value)| seen(super::own(day(of), value), time("2026-02-01T00:00:00Z")));
    ledger(known).history(time("2026-02-01T00:00:00Z"), &view())
}

#[test]
fn an_error_names_the_first_amount_and_the_reason_of_its_day() {
    let history = dollars(&[("2026-01-05", "500.00"), ("2026-01-07", "510.00")]);
    let of = |lookup| history.converter(Currency::USD, Currency::KZT, lookup);
    let [known, gap, after] = ["2026-01-05", "2026-01-06", "2026-01-08"].map(day);
    let found = |lookup, days: &[NaiveDate], amounts: &[i64]| {
        of(lookup).convert_minor_in_place(days, &mut amounts.to_vec())
    };
    for (missing, amounts) in [
        (gap, [1, 2, 3]),
        (after, [1, 2, i64::MAX]),
        (day("2026-01-04"), [1, 2, 3]),
    ] {
        let days = [known, missing, known];
        let reason = history.rates_on(missing).unwrap_err();
        let expected = DatedError::NoRates { index: 1, reason };
        assert_eq!(
            found(Lookup::InForce, &days, &amounts),
            Err(expected),
            "{missing}"
        );
    }
    let overflow = DatedError::Overflow {
        index: 0,
        day: known,
        from: Currency::USD,
        to: Currency::KZT,
    };
    assert_eq!(
        overflow.to_string(),
        "amount 0 of 2026-01-05 is too large to convert from USD to KZT exactly"
    );
    assert_eq!(
        found(Lookup::InForce, &[known, gap], &[i64::MIN, 1]),
        Err(overflow)
    );

    let mut amounts = [1_00, -2_00, 3_00, 4_00];
    of(Lookup::LastKnown)
        .convert_minor_in_place(
            &[gap, after, day("2199-01-01"), NaiveDate::MAX],
            &mut amounts,
        )
        .unwrap();
    assert_eq!(amounts, [500_00, -1020_00, 1530_00, 2040_00]);
    let before = day("2026-01-04");
    let expected = DatedError::NoRates {
        index: 0,
        reason: history.rates_on(before).unwrap_err(),
    };
    assert_eq!(found(Lookup::LastKnown, &[before], &[1]), Err(expected));
    assert!(matches!(
        found(Lookup::LastKnown, &[NaiveDate::MIN], &[1]),
        Err(DatedError::NoRates {
            index: 0,
            reason: NoRates::BeforeFirst { .. }
        })
    ));

    let empty =
        ledger::<Sighting>([]).history(time("2026-02-01T00:00:00Z"), &View::new(super::BANK));
    let outcome = empty
        .converter(Currency::USD, Currency::KZT, Lookup::LastKnown)
        .convert_minor_in_place(&[known], &mut [1]);
    assert_eq!(
        outcome,
        Err(DatedError::NoRates {
            index: 0,
            reason: empty.rates_on(known).unwrap_err()
        })
    );
}

#[test]
fn slices_of_different_lengths_are_refused() {
    let converter = dollars(&[("2026-01-05", "500.00")]).converter(
        Currency::USD,
        Currency::KZT,
        Lookup::InForce,
    );
    let of = day("2026-01-05");
    let mut to = [7; 2];
    for (days, from) in [(&[of; 2][..], &[1][..]), (&[of], &[1, 2]), (&[of], &[1])] {
        let error = converter.convert_minor(days, from, &mut to).unwrap_err();
        assert_eq!(
            error,
            DatedError::Length {
                days: days.len(),
                from: from.len(),
                to: 2
            }
        );
    }
    assert_eq!(to, [7; 2]);
    let error = converter
        .convert_minor_in_place(&[of], &mut to)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "1 days for 2 amounts to convert and 2 places for results"
    );
}

#[test]
fn a_currency_without_a_row_and_one_that_was_withdrawn_are_errors_of_the_conversion() {
    let history = dollars(&[("2025-12-31", "500.00")]);
    let of = day("2025-12-31");
    let error = |currency: &str, of| {
        let converter =
            history.converter(currency.parse().unwrap(), Currency::KZT, Lookup::LastKnown);
        converter
            .convert_minor_in_place(&[of], &mut [1])
            .unwrap_err()
    };
    let unknown = ConvertError::Unknown {
        currency: Currency::GBP,
        day: of,
    };
    assert_eq!(
        error("GBP", of),
        DatedError::Convert {
            index: 0,
            day: of,
            reason: unknown
        }
    );
    assert_eq!(
        error("HRK", of).to_string(),
        "amount 0 of 2025-12-31: HRK is not in use on 2025-12-31: it was withdrawn after 2022-12-31, its successor is EUR"
    );
}

#[test]
fn rates_that_are_carried_over_a_change_of_unit_are_refused() {
    let rows = [("BGN", "280.00"), ("SYP", "0.04"), ("USD", "500.00")];
    let rows =
        rows.map(|(code, value)| Row::new(code.parse().unwrap(), parse_decimal(value).unwrap(), 1));
    let [last, next] = ["2025-12-31", "2026-01-01"].map(day);
    let rates = Rates::new(head(last), rows).unwrap().with_longest_pause(10);
    let now = time("2026-01-02T00:00:00Z");
    let known = [last, next]
        .map(|day| Sighting::of_rates(super::BANK, Feed::OfDay, day, rates.clone(), now));
    let history = ledger(known).history(now, &view());
    assert_eq!(history.rates_on(next).unwrap().since, last, "carried");
    for lookup in LOOKUPS {
        let convert = |from: &str, to: &str, day| {
            let converter = history.converter(from.parse().unwrap(), to.parse().unwrap(), lookup);
            let mut amounts = [100_00];
            converter
                .convert_minor_in_place(&[day], &mut amounts)
                .map(|()| amounts[0])
        };
        assert_eq!(convert("SYP", "KZT", last), Ok(4_00));
        let (pair, from, to) = ("SYP/USD".parse().unwrap(), last, next);
        let reason = NoRates::OtherUnit { pair, from, to };
        assert_eq!(
            convert("SYP", "USD", next),
            Err(DatedError::NoRates { index: 0, reason })
        );
        assert_eq!(convert("BGN", "KZT", last), Ok(28_000_00));
        let reason = ConvertError::Withdrawn {
            currency: "BGN".parse().unwrap(),
            last_day: last,
            successor: Currency::EUR,
            day: next,
        };
        assert_eq!(
            convert("KZT", "BGN", next),
            Err(DatedError::Convert {
                index: 0,
                day: next,
                reason
            })
        );
        assert_eq!(convert("USD", "KZT", next), Ok(50_000_00));
        assert_eq!(convert("SYP", "SYP", next), Ok(100_00), "the amount itself");
    }
}

#[test]
fn rows_of_two_days_are_refused_as_by_the_converter_of_the_day() {
    let (of, list) = (day("2026-04-02"), day("2026-03-30"));
    let history = ledger([seen(
        with_list(of, list, "3.10"),
        time("2026-04-02T07:00:00Z"),
    )]);
    let history = history.history(time("2026-04-02T07:00:00Z"), &view());
    let convert = |from, to| {
        let converter = history.converter(from, to, Lookup::InForce);
        let mut amounts = [100];
        converter
            .convert_minor_in_place(&[of], &mut amounts)
            .map(|()| amounts[0])
    };
    assert_eq!(convert(Currency::JPY, Currency::KZT), Ok(310));
    let reason = history
        .rates_on(of)
        .unwrap()
        .rates
        .converter(Currency::JPY, Currency::USD)
        .unwrap_err();
    assert!(matches!(reason, ConvertError::OtherDay { .. }));
    let expected = DatedError::Convert {
        index: 0,
        day: of,
        reason,
    };
    assert_eq!(convert(Currency::JPY, Currency::USD), Err(expected));
}

/// The median of the times of a call.
fn median(mut call: impl FnMut()) -> Duration {
    let mut times: Vec<_> = (0..21)
        .map(|_| {
            let start = Instant::now();
            call();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

#[test]
fn twice_the_amounts_or_days_take_at_most_two_and_a_half_times_the_work() {
    let history = |days: i64| {
        let rates =
            (0..days).map(|number| (first() + TimeDelta::days(number), 400_00 + number % 997));
        let rates = rates.map(|(day, value)| {
            let row = Row::new(Currency::USD, Decimal::new(value, 2), 1);
            seen(
                Rates::new(head(day), [row]).unwrap(),
                time("2060-01-01T00:00:00Z"),
            )
        });
        ledger(rates).history(time("2060-01-01T00:00:00Z"), &view())
    };
    let prepare =
        |history: &History| history.converter(Currency::USD, Currency::KZT, Lookup::LastKnown);
    let [short, long] = [1_500, 3_000].map(history);
    let converter = prepare(&long);
    let column = |length: i64| {
        let days = (0..length).map(|row| first() + TimeDelta::days(row * 7_919 % 3_000));
        (days.collect::<Vec<_>>(), (0..length).collect::<Vec<i64>>())
    };
    let convert = |(days, from): &(Vec<NaiveDate>, Vec<i64>)| {
        converter
            .convert_minor_in_place(days, &mut from.clone())
            .unwrap();
    };
    let [some, twice] = [50_000, 100_000].map(column);
    // Other tests run beside this one, so a slow measurement is repeated.
    let grows = |one: &dyn Fn(), two: &dyn Fn()| {
        let mut ratios =
            (0..8).map(|_| median(two).as_nanos() * 10 / median(one).as_nanos().max(1));
        assert!(ratios.any(|ratio| ratio <= 25));
    };
    grows(&|| _ = prepare(&short), &|| _ = prepare(&long));
    grows(&|| convert(&some), &|| convert(&twice));
}
