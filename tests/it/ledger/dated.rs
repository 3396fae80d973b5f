//! Columns of dated amounts: an error names the first amount without a result, and the work grows as the column.

#![allow(clippy::inconsistent_digit_grouping)] // tenge and tiyn

use std::time::{Duration, Instant};

use chrono::{NaiveDate, TimeDelta};
use masthead::ledger::{DatedError, Feed, History, Lookup, NoRates, Sighting, View};
use masthead::money::{ConvertError, Currency, Rates, Row, parse_decimal};
use rust_decimal::Decimal;

use super::dated_oracle::{LOOKUPS, first};
use super::{head, ledger, seen, view, with_list};
use crate::support::{day, time};

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
