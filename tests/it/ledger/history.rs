//! The rates of all days: those of `Ledger::rates_on`, gaps as gaps, series and changes.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{Datelike as _, NaiveDate, TimeDelta, Weekday};
use masthead::ledger::{Feed, History, Ledger, NoRates, Sighting, View};
use masthead::money::{Currency, Pair, Rates, Row, parse_decimal};
use proptest::prelude::*;

use super::laws::{cases, instants, of, seeds};
use super::records::{days_near, doubting_view};
use super::{computed, head, ledger, own, seen, view};
use crate::guard::history::series::european_central_bank;
use crate::support::{day, recorded, time};
use crate::ticker::good_day;

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn each_day_has_the_rates_that_the_ledger_gives_for_it(records in seeds(), now in instants()) {
        let (ledger, view) = (of(&records), doubting_view());
        let history = ledger.history(now, &view);
        let mut last = None;
        let first = days_near().next().unwrap() - TimeDelta::days(12);
        for of in first.iter_days().take(40) {
            let found = ledger.rates_on(of, now, &view);
            prop_assert_eq!(history.rates_on(of).cloned(), found.clone(), "on {}", of);
            last = found.ok().or(last);
            prop_assert_eq!(history.last_known(of), last.as_ref(), "until {}", of);
        }
        for of in [NaiveDate::MIN, NaiveDate::MAX] {
            prop_assert_eq!(history.rates_on(of).cloned(), ledger.rates_on(of, now, &view));
        }
        prop_assert!(history.last_known(NaiveDate::MIN).is_none());
        prop_assert_eq!(history.last_known(NaiveDate::MAX), last.as_ref());
    }
}

#[test]
fn a_correction_says_since_when_it_stands() {
    let (morning, noon, evening) = (
        time("2026-04-02T03:00:00Z"),
        time("2026-04-02T07:00:00Z"),
        time("2026-04-02T12:00:00Z"),
    );
    let of = day("2026-04-02");
    let copy = seen(computed(of, "999.00"), morning - TimeDelta::hours(1));
    let mut known = ledger([copy, seen(own(of, "475.09"), morning)]);
    let corrected = |known: &Ledger| {
        known
            .history(evening, &view())
            .rates_on(of)
            .unwrap()
            .corrected
    };
    assert_eq!(
        corrected(&known),
        None,
        "another party's figures are not the bank's"
    );
    // The same figures with another change are no correction.
    let row = super::row(Currency::USD, "475.09").with_change(parse_decimal("1.00").unwrap());
    known.insert(seen(Rates::new(head(of), [row]).unwrap(), noon));
    assert_eq!(corrected(&known), None);
    known.insert(seen(own(of, "475.10"), evening));
    assert_eq!(corrected(&known), Some(evening));
    let history = known.history(evening, &view());
    assert_eq!(history.rates_on(of).unwrap().learned, evening);
    let before = known.as_known_at(noon).history(noon, &view());
    assert_eq!(before.rates_on(of).unwrap().corrected, None);
}

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

#[test]
#[ignore = "needs the recorded answers"]
fn every_day_of_the_real_dollar_has_its_own_value() {
    let text = String::from_utf8(recorded("../history/national_bank_kz_usd.csv")).unwrap();
    let values: BTreeMap<NaiveDate, &str> = text
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap())
        .map(|(of, value)| (day(of), value))
        .collect();
    let known = values.iter().map(|(of, value)| {
        let at = of.and_hms_opt(3, 0, 0).unwrap().and_utc();
        seen(
            Rates::new(head(*of), [super::row(Currency::USD, value)]).unwrap(),
            at,
        )
    });
    let history = ledger(known).history(time("2026-11-01T00:00:00Z"), &view());
    let all = history.days().unwrap();
    for of in all.start().iter_days().take_while(|of| of <= all.end()) {
        let found = history.rate(Pair::USD_KZT, of);
        match values.get(&of) {
            Some(value) => {
                let rate = found.unwrap();
                assert_eq!(
                    (rate.value(), rate.day()),
                    (parse_decimal(value).unwrap(), of)
                );
            }
            None => assert!(matches!(found, Err(NoRates::Gap { .. })), "{of}: {found:?}"),
        }
    }
    // Saturday's dollar is not Friday's, on 228 of the 261 Saturdays of the years with every calendar day.
    let whole = values.range(..=day("2020-03-30"));
    let saturdays = whole
        .map(|(of, _)| of)
        .filter(|of| of.weekday() == Weekday::Sat);
    let moved = saturdays.filter(|of| {
        let change = history.change(Pair::USD_KZT, of.pred_opt().unwrap(), **of);
        change.is_ok_and(|change| !change.difference().unwrap().is_zero())
    });
    assert_eq!(moved.count(), 228);
}

#[test]
#[ignore = "needs the recorded answers"]
fn every_value_of_the_european_central_bank_comes_back() {
    let all = european_central_bank();
    let bank = all[0].publication().source.clone();
    let known = all.iter().map(|rates| {
        let at = rates.day().and_hms_opt(15, 0, 0).unwrap().and_utc();
        Sighting::of_rates(bank.clone(), Feed::OfDay, rates.day(), rates.clone(), at)
    });
    let history = ledger(known).history(time("2026-11-01T00:00:00Z"), &View::new(bank));
    let mut values = 0;
    for rates in &all {
        let found = history.rates_on(rates.day()).unwrap();
        assert_eq!(*found.rates, *rates);
        assert_eq!((found.since, found.until), (rates.day(), rates.day()));
        values += rates.len();
    }
    assert!(
        all.len() == 6_983 && values == 217_555,
        "{} days, {values} values",
        all.len()
    );
    // The bank sets no rates on a Saturday, and no other day serves it.
    assert!(matches!(
        history.rates_on(day("2024-01-06")),
        Err(NoRates::Gap { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_ticker_has_each_day_that_it_has_received_with_the_marks_of_the_page() {
    let hosts = good_day();
    let ticker = hosts.ticker().build().unwrap();
    assert!(ticker.history().days().is_none());
    ticker.refresh(hosts.now()).await;
    let snapshot = ticker.snapshot();
    let shown = snapshot.rates(hosts.now()).unwrap().value();
    let rate = shown.rate(Pair::USD_KZT).unwrap();
    assert!(!rate.is_confirmed(), "the first rates");
    let history = ticker.history();
    assert_eq!(history.rate(Pair::USD_KZT, shown.day()), Ok(rate));
    let found = history.rates_on(shown.day()).unwrap();
    assert_eq!((found.learned, found.corrected), (hosts.now(), None));
    let before = shown.day().pred_opt().unwrap();
    assert!(matches!(
        history.rates_on(before),
        Err(NoRates::BeforeFirst { .. })
    ));
}
