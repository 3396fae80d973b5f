//! Series and changes: gaps as gaps, rates for one unit, exact differences.

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use masthead::ledger::{Feed, History, NoRates, Sighting};
use masthead::money::{Currency, Pair, Rates, Row, parse_decimal};

use super::{head, ledger, seen, view};
use crate::support::{day, time};

/// The history of a bank that published these values of the won for the nominals.
fn won(values: &[(&str, &str, u32)]) -> History {
    let now = time("2030-01-01T00:00:00Z");
    let known = values.iter().map(|(of, value, nominal)| {
        let row = Row::new(Currency::KRW, parse_decimal(value).unwrap(), *nominal);
        seen(Rates::new(head(day(of)), [row]).unwrap(), now)
    });
    ledger(known).history(now, &view())
}

fn pair() -> Pair {
    "KRW/KZT".parse().unwrap()
}

fn days_of(first: &str, last: &str) -> RangeInclusive<NaiveDate> {
    day(first)..=day(last)
}

#[test]
fn a_series_has_gaps_and_compares_rates_for_one_unit() {
    let history = won(&[
        ("2026-04-02", "31.28", 100),
        ("2026-04-03", "0.3128", 1),
        ("2026-04-06", "314.00", 1000),
        ("2026-04-07", "3.1", 10),
    ]);
    let series = history.series(pair(), days_of("2026-03-31", "2026-04-08"));
    assert_eq!(series.points().len(), 9);
    assert_eq!(series.known().count(), 4);
    let gaps = [
        days_of("2026-03-31", "2026-04-01"),
        days_of("2026-04-04", "2026-04-05"),
        days_of("2026-04-08", "2026-04-08"),
    ];
    assert!(series.gaps().eq(gaps));
    assert_eq!(series.highest().unwrap().0, day("2026-04-06"));
    assert_eq!(series.lowest().unwrap().0, day("2026-04-07"));
    let equal = history.series(pair(), days_of("2026-04-02", "2026-04-03"));
    assert_eq!(
        equal.highest().unwrap().0,
        day("2026-04-02"),
        "the first of equals"
    );
    assert_eq!(
        equal.change().unwrap().difference().unwrap().to_string(),
        "0.0000"
    );
    assert!(history.gaps().eq([days_of("2026-04-04", "2026-04-05")]));
    assert_eq!(history.days(), Some(days_of("2026-04-02", "2026-04-07")));
    assert_eq!(
        history
            .series(Pair::USD_KZT, days_of("2026-04-02", "2026-04-07"))
            .change(),
        None
    );
    // A range of all days that chrono has is cut to those that a record can have.
    let longest = history.series(pair(), NaiveDate::MIN..=NaiveDate::MAX);
    assert_eq!(longest.points().len(), 109_938);
    assert_eq!(longest.known().count(), 4);
    #[allow(clippy::reversed_empty_ranges)]
    let empty = history.series(pair(), days_of("2026-04-07", "2026-04-02"));
    assert_eq!(empty.points().len(), 0);
}

#[test]
fn a_change_is_exact_and_its_percentage_rounded_once() {
    for (from, to, difference, percent) in [
        (("475.09", 1), ("479.84", 1), "4.75", "1.00"),
        (("31.28", 100), ("0.3128", 1), "0.0000", "0.00"),
        (("31.28", 100), ("315", 1000), "2.20", "0.70"),
        // 0.125 % and 0.375 %: halves go to the even digit. −0.125 % likewise.
        (("800", 1), ("801", 1), "1", "0.12"),
        (("800", 1), ("803", 1), "3", "0.38"),
        (("800", 1), ("799", 1), "-1", "-0.12"),
        (
            ("0.000000001", 1),
            ("1000000000", 1000000),
            "999999999.999000000",
            "99999999999900.00",
        ),
    ] {
        let history = won(&[("2026-04-02", from.0, from.1), ("2026-04-03", to.0, to.1)]);
        let change = history
            .change(pair(), day("2026-04-02"), day("2026-04-03"))
            .unwrap();
        let text = |value: Option<rust_decimal::Decimal>| value.unwrap().to_string();
        assert_eq!(text(change.difference()), difference, "{from:?} {to:?}");
        assert_eq!(text(change.percent()), percent, "{from:?} {to:?}");
    }
}

#[test]
fn rates_in_two_units_of_one_code_are_not_compared() {
    let now = time("2030-01-01T00:00:00Z");
    let pound = "SYP".parse().unwrap();
    let days = [
        ("2025-12-30", "0.04"),
        ("2025-12-31", "0.05"),
        ("2026-01-01", "4.50"),
        ("2026-01-02", "4.40"),
    ];
    let known = days.map(|(of, value)| {
        let row = Row::new(pound, parse_decimal(value).unwrap(), 1);
        seen(Rates::new(head(day(of)), [row]).unwrap(), now)
    });
    let history = ledger(known).history(now, &view());
    let pair: Pair = "SYP/KZT".parse().unwrap();
    let (before, after) = (day("2025-12-31"), day("2026-01-01"));
    let error = history.change(pair, before, after).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the rates of SYP/KZT on 2025-12-31 and on 2026-01-01 are in different units"
    );
    let within = history.change(pair, day("2025-12-30"), before).unwrap();
    assert_eq!(within.percent().unwrap().to_string(), "25.00");
    let series = history.series(pair, days_of("2025-12-30", "2026-01-02"));
    assert_eq!(series.known().count(), 4);
    assert_eq!(series.lowest().unwrap().0, day("2026-01-02"));
    assert_eq!(series.change().unwrap().from.day(), after);
    let old = history.series(pair, days_of("2025-12-30", "2025-12-31"));
    assert_eq!(old.highest().unwrap().0, before);
}

/// An answer of the feed of days to a request for a day.
pub(super) fn answer(of: &str, rates: &Rates, at: &str) -> Sighting {
    Sighting::of_rates(super::BANK, Feed::OfDay, day(of), rates.clone(), time(at))
}

#[test]
fn a_list_that_is_carried_stays_in_the_unit_of_its_own_day() {
    let pound = "SYP".parse().unwrap();
    let list = |of: &str, value: &str| {
        let row = Row::new(pound, parse_decimal(value).unwrap(), 1);
        Rates::new(head(day(of)), [row])
            .unwrap()
            .with_longest_pause(10)
    };
    let (old, new) = (list("2025-12-30", "0.05"), list("2026-01-03", "4.50"));
    let history = ledger([
        answer("2025-12-30", &old, "2025-12-30T07:00:00Z"),
        answer("2025-12-31", &old, "2025-12-31T07:00:00Z"),
        answer("2026-01-01", &old, "2026-01-01T07:00:00Z"),
        answer("2026-01-02", &old, "2026-01-02T07:00:00Z"),
        answer("2026-01-03", &new, "2026-01-03T07:00:00Z"),
    ]);
    let history = history.history(time("2026-01-03T08:00:00Z"), &view());
    let pair: Pair = "SYP/KZT".parse().unwrap();
    let carried = history
        .change(pair, day("2025-12-31"), day("2026-01-01"))
        .unwrap();
    assert!(carried.difference().unwrap().is_zero(), "one list");
    let across = history.change(pair, day("2026-01-02"), day("2026-01-03"));
    assert!(
        matches!(across, Err(NoRates::OtherUnit { .. })),
        "{across:?}"
    );
    let series = history.series(pair, days_of("2026-01-01", "2026-01-03"));
    assert_eq!(series.lowest().unwrap().0, day("2026-01-03"));
}

#[test]
fn an_error_names_bank_day_and_pair() {
    let history = won(&[("2026-04-02", "31.28", 100), ("2026-04-06", "31.30", 100)]);
    for (of, expected) in [
        (
            "2026-04-01",
            "no rates of national_bank_kz are known for 2026-04-01, the first ones are of 2026-04-02",
        ),
        (
            "2026-04-04",
            "no rates of national_bank_kz are known for 2026-04-04, only for 2026-04-02 before it and 2026-04-06 after it",
        ),
        (
            "2026-04-07",
            "no rates of national_bank_kz are known for 2026-04-07, the last ones are of 2026-04-06",
        ),
        (
            "2030-01-02",
            "national_bank_kz has not published rates for 2030-01-02 yet",
        ),
    ] {
        assert_eq!(history.rates_on(day(of)).unwrap_err().to_string(), expected);
    }
    let error = history.rate(Pair::USD_KZT, day("2026-04-02")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the rates of national_bank_kz for 2026-04-02 have no USD/KZT"
    );
    assert!(matches!(error, NoRates::NoPair { .. }));
}
