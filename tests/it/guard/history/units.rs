//! Days on which a unit changed: the guard compares values in the unit of the later day, and a slip of that size on another day is
//! quarantined.

use chrono::NaiveDate;
use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::ticker::HoldReason;
use rust_decimal::Decimal;

use super::replay::Replay;
use crate::support::day;

/// Our own rates of a home currency for a few others, which move a little from day to day.
const OTHERS: [(&str, i64); 10] = [
    ("CAD", 340_12),
    ("CHF", 455_30),
    ("CNY", 65_87),
    ("EUR", 497_11),
    ("GBP", 573_40),
    ("JPY", 3_81),
    ("NOK", 48_70),
    ("SEK", 48_55),
    ("SGD", 313_90),
    ("USD", 425_67),
];

/// A list of a day. `row` is the one of the currency whose unit changes: code, value and nominal.
fn list(home: &str, on: NaiveDate, times: Decimal, row: (&str, &str, u32)) -> Rates {
    let step = i64::from(chrono::Datelike::ordinal(&on) % 7) - 3;
    let rows = OTHERS.map(|(code, value)| {
        let value = Decimal::new(value + value * step / 1000, 2) * times;
        let value = value.round_dp(6);
        Row::new(code.parse().unwrap(), value, 1)
    });
    let (code, value, nominal) = row;
    let row = Row::new(
        code.parse().unwrap(),
        parse_decimal(value).unwrap(),
        nominal,
    );
    let header = Publication::new(
        "bank".parse().unwrap(),
        home.parse().unwrap(),
        Quotation::HomePerForeign,
        on,
        chrono_tz::Asia::Almaty,
    );
    Rates::new(header, rows.into_iter().chain([row])).unwrap()
}

fn days(from: &str, to: &str) -> impl Iterator<Item = NaiveDate> {
    let to = day(to);
    day(from).iter_days().take_while(move |on| *on <= to)
}

/// A bank that knows what a dollar buys of a currency, whose first row is then no surprise.
fn replay_of((code, value, nominal): (&str, &str, u32)) -> Replay {
    let per_unit = parse_decimal(value).unwrap() / Decimal::from(nominal);
    let units = Decimal::new(425_67, 2) / per_unit;
    Replay::with("KZT", |bank, _| {
        bank.per_dollar(code.parse().unwrap(), units)
    })
}

/// A currency whose unit changes, before and after.
struct Change {
    first: &'static str,
    before: (&'static str, &'static str, u32),
    after: (&'static str, &'static str, u32),
}

const CHANGES: [Change; 4] = [
    Change {
        first: "2021-10-01",
        before: ("VES", "101.70", 1_000_000),
        after: ("VES", "102.10", 1),
    },
    Change {
        first: "2026-01-01",
        before: ("SYP", "4.55", 100),
        after: ("SYP", "4.57", 1),
    },
    Change {
        first: "2005-01-01",
        before: ("TRL", "316.00", 1_000_000),
        after: ("TRY", "317.00", 1),
    },
    Change {
        first: "2016-07-01",
        before: ("BYR", "169.00", 10_000),
        after: ("BYN", "169.50", 1),
    },
];

#[tokio::test(start_paused = true)]
async fn a_change_of_a_unit_is_no_slip() {
    for Change {
        first,
        before,
        after,
    } in CHANGES
    {
        let mut replay = replay_of(before);
        let start = day(first) - chrono::TimeDelta::days(30);
        let end = day(first) + chrono::TimeDelta::days(10);
        for on in days(&start.to_string(), &end.to_string()) {
            let row = if on < day(first) { before } else { after };
            replay.day(&list("KZT", on, Decimal::ONE, row), true).await;
            assert_eq!(replay.quarantined(), [], "{} on {on}", row.0);
            let (shown, of) = replay.row(row.0.parse().unwrap()).unwrap();
            assert_eq!((shown.value.to_string().as_str(), of), (row.1, on));
        }
    }
}

/// The values of the new unit a few days early, or those of the old unit again a few days late.
#[tokio::test(start_paused = true)]
async fn a_slip_of_that_size_on_another_day_is_quarantined() {
    for Change {
        first,
        before,
        after,
    } in &CHANGES[..2]
    {
        for late in [-10_i64, 5] {
            let mut replay = replay_of(*before);
            let start = day(first) - chrono::TimeDelta::days(30);
            let slipped = day(first) + chrono::TimeDelta::days(late);
            for on in days(&start.to_string(), &slipped.to_string()) {
                let is_new = (on >= day(first)) != (on == slipped);
                let row = if is_new { *after } else { *before };
                replay.day(&list("KZT", on, Decimal::ONE, row), true).await;
            }
            let code: Currency = after.0.parse().unwrap();
            let [hold] = &replay.quarantined()[..] else {
                panic!("{code} on {slipped} is not quarantined");
            };
            assert_eq!((hold.day, hold.reason), (slipped, HoldReason::Rows));
            let [held] = &hold.rows[..] else {
                panic!("{:?}", hold.rows);
            };
            assert_eq!(held.currency, code);
            // The value before is for the same number of units, on a day of the same unit.
            let (old, new) = if late < 0 {
                (before, after)
            } else {
                (after, before)
            };
            let value = parse_decimal(old.1).unwrap() * Decimal::from(new.2);
            let expected = value / Decimal::from(old.2);
            assert_eq!((held.before, held.nominal), (Some(expected), new.2));
            // The row of the day before stays.
            let (shown, of) = replay.row(code).unwrap();
            assert_eq!(Some(of), slipped.pred_opt());
            let expected = if late < 0 { before.1 } else { after.1 };
            assert_eq!(shown.value.to_string(), expected);
        }
    }
}

/// The value of a currency slips on the very day on which its unit changes.
#[tokio::test(start_paused = true)]
async fn a_slip_on_the_day_of_the_change_is_quarantined_and_no_row_is_carried_into_the_new_unit() {
    let Change { first, before, .. } = CHANGES[0];
    let mut replay = replay_of(before);
    for on in days("2021-09-01", first) {
        // The bank has not changed the nominal, and prints the price of the old unit.
        replay
            .day(&list("KZT", on, Decimal::ONE, before), true)
            .await;
    }
    let [hold] = &replay.quarantined()[..] else {
        panic!("the old unit is shown as the new one");
    };
    let [held] = &hold.rows[..] else {
        panic!("{:?}", hold.rows);
    };
    // The value of the day before is in another unit, so that the two make no change.
    assert_eq!((held.currency.code(), held.before), ("VES", None));
    assert!(!held.to_string().contains("after"), "{held}");
    assert_eq!(replay.row("VES".parse().unwrap()), None);
}

/// The bank's own unit changes: every value is a 5000th of the day before.
#[tokio::test(start_paused = true)]
async fn a_change_of_the_banks_own_unit_is_no_move() {
    let per_dollar =
        |bank: masthead::ticker::Bank| bank.per_dollar("AZN".parse().unwrap(), Decimal::from(4593));
    let mut replay = Replay::with("AZN", |bank, _| per_dollar(bank));
    for on in days("2005-12-01", "2006-01-15") {
        let (home, times, value) = if on < day("2006-01-01") {
            ("AZM", 5000, "160.00")
        } else {
            ("AZN", 1, "0.032")
        };
        replay
            .day(
                &list(home, on, Decimal::new(times * 2158, 6), ("RUB", value, 1)),
                true,
            )
            .await;
        assert_eq!(replay.quarantined(), [], "{on}");
        let (_, of) = replay.row(Currency::USD).unwrap();
        assert_eq!(of, on);
    }
}

/// The change that is shown is never the difference of values in two units.
#[tokio::test(start_paused = true)]
async fn a_change_across_a_break_is_the_banks_own_or_none() {
    for (printed, shown) in [("101.699898", None), ("0.40", Some("0.40"))] {
        let mut replay = replay_of(("VES", "0.000101", 1));
        for on in days("2021-09-01", "2021-10-02") {
            let (value, change) = match on {
                on if on < day("2021-10-01") => ("0.000101", "0.000000"),
                on if on == day("2021-10-01") => ("101.70", printed),
                _ => ("101.80", "0.10"),
            };
            let rates = list("KZT", on, Decimal::ONE, ("VES", value, 1));
            let rows = rates.rows().iter().map(|row| {
                let change = if row.currency.code() == "VES" {
                    change
                } else {
                    "0.01"
                };
                row.with_change(parse_decimal(change).unwrap())
            });
            let rows: Vec<Row> = rows.collect();
            let rates = Rates::new(rates.publication().clone(), rows).unwrap();
            replay.day(&rates, true).await;
            let (row, _) = replay.row("VES".parse().unwrap()).unwrap();
            let change_shown = row.change.map(|change| change.to_string());
            if on == day("2021-10-01") {
                assert_eq!(change_shown.as_deref(), shown);
            } else if on > day("2021-10-01") {
                assert_eq!(change_shown.as_deref(), Some("0.10"));
            }
        }
    }
}

/// A row that moved alone two days before the change is shown with the third publication after it, as on every other day.
#[tokio::test(start_paused = true)]
async fn a_series_in_doubt_goes_on_across_the_change() {
    let Change {
        first,
        before,
        after,
    } = CHANGES[0];
    let mut replay = replay_of(before);
    for on in days("2021-09-01", "2021-10-03") {
        let (code, _, nominal) = if on < day(first) { before } else { after };
        let value = match on.to_string().as_str() {
            "2021-09-29" => "141.00",
            "2021-09-30" => "141.50",
            "2021-10-01" => "142.00",
            "2021-10-02" | "2021-10-03" => "142.50",
            _ => before.1,
        };
        replay
            .day(&list("KZT", on, Decimal::ONE, (code, value, nominal)), true)
            .await;
        let shown = replay.row(code.parse().unwrap());
        let of = shown.map(|(_, of)| of);
        match on.to_string().as_str() {
            "2021-09-29" | "2021-09-30" => assert_eq!(of, Some(day("2021-09-28"))),
            "2021-10-01" => assert_eq!(of, None, "no row of the old unit is carried"),
            _ => assert_eq!(of, Some(on)),
        }
    }
}
