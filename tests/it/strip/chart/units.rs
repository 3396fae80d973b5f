//! Charts across a change of a unit.

use masthead::SourceId;
use masthead::ledger::{Feed, Ledger, Sighting, View};
use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::strip::Chart;

use super::oracle::cells;
use super::{NOW, add, chart_of, days, history, rates};
use crate::support::{day, time};

#[test]
fn an_old_unit_is_restated_or_refused() {
    let mut ledger = Ledger::default();
    let old = [("2025-12-30", "0.0400"), ("2025-12-31", "0.0404")];
    let new = [("2026-01-01", "4.05"), ("2026-01-02", "4.00")];
    for (of, value) in old.into_iter().chain(new) {
        add(
            &mut ledger,
            rates(day(of), &[("SYP", value, 1)]),
            time("2026-02-01T00:00:00Z"),
        );
    }
    for (of, code, value, nominal) in [
        ("2016-06-29", "BYR", "16.8", 1000),
        ("2016-06-30", "BYR", "16.9", 1000),
        ("2016-07-01", "BYN", "168.55", 1),
    ] {
        add(
            &mut ledger,
            rates(day(of), &[(code, value, nominal)]),
            time("2026-02-01T00:00:00Z"),
        );
    }
    let history = history(&ledger);
    let pound: Pair = "SYP/KZT".parse().unwrap();
    let chart = chart_of(&history, &[pound], "2025-12-30", "2026-01-02");
    let values = |chart: &Chart| {
        let rows = cells(&chart.table().to_string());
        rows.into_iter()
            .filter_map(|row| row[1].0.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&chart), ["4", "4.04", "4.05", "4.00"]);
    assert!(
        chart
            .svg()
            .to_string()
            .contains("100 SYP = 1 SYP: 30 December 2025 – 31 December 2025")
    );

    let pairs = ["BYR/KZT", "BYN/KZT"].map(|pair| pair.parse().unwrap());
    let joined = chart_of(&history, &pairs, "2016-06-29", "2016-07-01");
    assert_eq!(values(&joined), ["168", "169", "168.55"]);
    assert!(
        joined
            .figure()
            .to_string()
            .contains("<p>10000 BYR = 1 BYN: 29 June 2016 – 30 June 2016</p>")
    );
    let [byr, byn] = pairs;
    let reversed = chart_of(&history, &[byn, byr], "2016-06-29", "2016-07-01");
    assert_eq!(values(&reversed), values(&joined));
    let alone = chart_of(&history, &[byr], "2016-06-29", "2016-07-01");
    assert_eq!(values(&alone), ["16.8", "16.9"], "for 1000 BYR");
}

#[test]
fn a_ratio_without_an_exact_decimal_is_refused_and_pairs_that_overlap_stay_apart() {
    let head = |of| {
        Publication::new(
            SourceId::ECB,
            Currency::USD,
            Quotation::ForeignPerHome,
            of,
            chrono_tz::UTC,
        )
    };
    let at = time("2026-02-01T00:00:00Z");
    let mut ledger = Ledger::default();
    for (of, rows) in [
        ("2025-12-31", &[("BGN", "1.7"), ("EUR", "0.87")][..]),
        ("2026-01-01", &[("EUR", "0.88")]),
    ] {
        let rows = rows
            .iter()
            .map(|(code, value)| Row::new(code.parse().unwrap(), parse_decimal(value).unwrap(), 1));
        let rates = Rates::new(head(day(of)), rows).unwrap();
        ledger.insert(Sighting::of_rates(
            SourceId::ECB,
            Feed::OfDay,
            day(of),
            rates,
            at,
        ));
    }
    let history = ledger.history(time(NOW), &View::new(SourceId::ECB));
    let [lev, euro] = ["USD/BGN", "USD/EUR"].map(|pair| pair.parse::<Pair>().unwrap());
    let of_lev = history.series(lev, days("2025-12-31", "2025-12-31"));
    let of_euro = |first| history.series(euro, days(first, "2026-01-01"));
    let error = Chart::new([of_lev.clone(), of_euro("2026-01-01")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the rate of USD/BGN on 2025-12-31 has no exact decimal in the unit of 2026-01-01"
    );
    let both = Chart::new([of_lev, of_euro("2025-12-31")]).unwrap();
    assert_eq!(cells(&both.table().to_string())[0].len(), 3, "two pairs");
}
