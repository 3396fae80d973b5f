//! Charts: golden files in every language, the numbers of picture, caption and table, units, bounds, and text from outside.
//!
//! `MASTHEAD_BLESS=1 cargo test chart` rewrites the golden files; look at them.

mod oracle;
mod units;

use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, Days, NaiveDate, Utc};
use masthead::ledger::{Feed, History, Ledger, Sighting, View};
use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::strip::{Chart, InvalidChart, Lang, NumberStyle};
use masthead::{Attribution, SourceId};

use super::svg::HOSTILE;
use crate::support::{day, time};
use oracle::{attributes, cells, levels, read};

const BANK: SourceId = SourceId::NATIONAL_BANK_KZ;
const NOW: &str = "2026-04-20T06:00:00Z";

/// A publication in tenge: each currency with its value and nominal.
fn rates(of: NaiveDate, rows: &[(&str, &str, u32)]) -> Rates {
    let head = Publication::new(
        BANK,
        Currency::KZT,
        Quotation::HomePerForeign,
        of,
        chrono_tz::Asia::Almaty,
    );
    let rows = rows.iter().map(|(code, value, nominal)| {
        let currency = code.parse().unwrap();
        Row::new(currency, parse_decimal(value).unwrap(), *nominal)
    });
    Rates::new(head, rows).unwrap()
}

fn add(ledger: &mut Ledger, rates: Rates, at: DateTime<Utc>) {
    let asked = rates.day();
    ledger.insert(Sighting::of_rates(BANK, Feed::OfDay, asked, rates, at));
}

fn history(ledger: &Ledger) -> History {
    ledger.history(time(NOW), &View::new(BANK))
}

/// Ten days of the dollar and of 100 won, with a gap, a correction of the dollar, and another nominal of the won on the first day.
fn small() -> History {
    let mut ledger = Ledger::default();
    let published = time("2026-04-10T12:00:00Z");
    let values = [
        "475.09", "474.80", "", "", "476.00", "478.5", "477.31", "1477.31", "476.2",
    ];
    for (value, of) in values.iter().zip(day("2026-04-02").iter_days()) {
        if value.is_empty() {
            continue;
        }
        let won = if of == day("2026-04-02") {
            ("KRW", "0.3128", 1)
        } else {
            ("KRW", "31.5", 100)
        };
        add(&mut ledger, rates(of, &[("USD", value, 1), won]), published);
    }
    let corrected = rates(
        day("2026-04-09"),
        &[("USD", "477.40", 1), ("KRW", "31.5", 100)],
    );
    add(&mut ledger, corrected, time("2026-04-10T13:00:00Z"));
    history(&ledger)
}

fn credit() -> Attribution {
    Attribution::new("National Bank of Kazakhstan")
        .with_url("https://nationalbank.kz/")
        .with_licence("terms")
        .with_licence_url("https://nationalbank.kz/terms")
}

fn days(first: &str, last: &str) -> std::ops::RangeInclusive<NaiveDate> {
    day(first)..=day(last)
}

fn won() -> Pair {
    "KRW/KZT".parse().unwrap()
}

fn chart_of(history: &History, pairs: &[Pair], first: &str, last: &str) -> Chart {
    let series = pairs
        .iter()
        .map(|pair| history.series(*pair, days(first, last)));
    Chart::new(series).unwrap().credit(BANK, credit())
}

#[test]
fn every_golden_chart_is_reproduced() {
    let history = small();
    for lang in Lang::ALL {
        let chart = chart_of(
            &history,
            &[Pair::USD_KZT, won()],
            "2026-04-01",
            "2026-04-11",
        );
        let chart = chart.lang(*lang).width(320).numbers(NumberStyle::Locale);
        let page = format!("{}\n{}", chart.figure(), chart.table()).replace("<tr>", "\n<tr>");
        for (ending, found) in [("svg", chart.svg().to_string()), ("html", page)] {
            let file = format!("it/strip/golden/chart.{lang}.{ending}");
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
            if std::env::var_os("MASTHEAD_BLESS").is_some() {
                std::fs::write(&path, &found).unwrap();
            }
            assert_eq!(found, std::fs::read_to_string(&path).unwrap(), "{file}");
        }
    }
}

#[test]
fn picture_caption_and_table_have_the_rates_of_the_series() {
    let history = small();
    let pairs = [Pair::USD_KZT, won()];
    let chart = chart_of(&history, &pairs, "2026-04-01", "2026-04-11").width(480);
    let rows = cells(&chart.table().to_string());
    for (column, pair) in pairs.into_iter().enumerate() {
        let series = history.series(pair, days("2026-04-01", "2026-04-11"));
        let newest = series.known().next_back().unwrap().1.nominal();
        let scaled = |rate: masthead::money::Rate| {
            (rate.value() * rust_decimal::Decimal::from(newest)
                / rust_decimal::Decimal::from(rate.nominal()))
            .normalize()
        };
        let expected: Vec<_> = series
            .points()
            .map(|(day, rate)| (day.to_string(), rate.map(scaled)))
            .collect();
        let found: Vec<_> = rows
            .iter()
            .map(|row| {
                let value = row[column + 1].0.as_deref();
                (
                    row[0].1.clone(),
                    value.map(|value| parse_decimal(value).unwrap().normalize()),
                )
            })
            .collect();
        assert_eq!(found, expected);
        // The level of each day in the picture, and no level in a gap.
        let svg = chart.svg().to_string();
        let drawn = levels(&svg, column, series.points().len());
        let values = expected.iter().map(|(_, value)| *value);
        oracle::assert_drawn(&drawn, &values.collect::<Vec<_>>());
    }
    let svg = chart.svg().to_string();
    assert!(svg.contains(
        "<desc>USD/KZT: 2 April 2026 – 10 April 2026, first 475.09, last 476.20, highest 478.50 (7 April 2026), \
         lowest 474.80 (3 April 2026), no data 1 April 2026, 4 April 2026 – 5 April 2026, 11 April 2026, corrected 9 April 2026. \
         100 KRW/KZT: 2 April 2026 – 10 April 2026, first 31.28, last 31.50, "
    ), "{svg}");
    assert_eq!(
        svg.matches("<circle ").count(),
        1,
        "the won was not corrected"
    );
    assert!(chart.figure().to_string().contains("<p>○ corrected</p>"));
    let of_the_day = history.rates_on(day("2026-04-09")).unwrap();
    assert!(of_the_day.is_corrected(Pair::USD_KZT) && !of_the_day.is_corrected(won()));
}

#[test]
fn a_part_of_a_page_has_neither_style_nor_script() {
    let chart = chart_of(&small(), &[Pair::USD_KZT], "2026-04-01", "2026-04-11");
    for part in [chart.figure().to_string(), chart.table().to_string()] {
        read(&part);
        for banned in [
            "<style",
            " style=",
            "<script",
            " id=",
            "color=\"#",
            "fill=\"#",
        ] {
            assert!(!part.contains(banned), "{banned} in {part}");
        }
    }
    let links = attributes(&chart.figure().to_string(), "href");
    assert_eq!(
        links,
        ["https://nationalbank.kz/", "https://nationalbank.kz/terms"]
    );
    assert!(
        chart
            .svg()
            .to_string()
            .contains("@media (prefers-color-scheme:dark)")
    );
}

#[test]
fn text_from_outside_stays_text() {
    let history = small();
    let own: SourceId = "own_bank".parse().unwrap();
    for text in HOSTILE {
        let credit = Attribution::new(text)
            .with_url(text)
            .with_licence(text)
            .with_licence_url(text);
        for lang in Lang::ALL {
            let series = history.series(Pair::USD_KZT, days("2026-04-01", "2026-04-11"));
            let chart = Chart::new([series])
                .unwrap()
                .lang(*lang)
                .credit(own.clone(), credit.clone());
            let outputs = [
                chart.svg().to_string(),
                chart.figure().to_string(),
                chart.table().to_string(),
            ];
            for output in &outputs {
                read(output);
                assert!(attributes(output, "href").is_empty(), "{output}");
            }
            let hostile = |c: char| {
                matches!(
                    c,
                    '\0'..='\u{8}' | '\u{b}' | '\u{1b}' | '\u{202e}' | '\u{200f}'
                )
            };
            assert!(outputs.iter().all(|output| !output.contains(hostile)));
        }
    }
    let link = "https://x.example/\"><script>alert(1)</script>";
    let series = history.series(Pair::USD_KZT, days("2026-04-01", "2026-04-11"));
    let chart = Chart::new([series])
        .unwrap()
        .credit(own, Attribution::new("x").with_url(link));
    read(&chart.figure().to_string());
    assert_eq!(attributes(&chart.figure().to_string(), "href"), [link]);
}

#[test]
fn a_chart_has_days_and_at_most_eight_pairs() {
    assert_eq!(Chart::new([]).unwrap_err(), InvalidChart::Empty);
    let history = small();
    let none = history.series(Pair::USD_KZT, days("2026-04-11", "2026-04-01"));
    assert_eq!(Chart::new([none]).unwrap_err(), InvalidChart::Empty);
    let many = (0..9).map(|_| history.series(Pair::USD_KZT, days("2026-04-01", "2026-04-11")));
    assert_eq!(
        Chart::new(many).unwrap_err(),
        InvalidChart::TooManyPairs { count: 9 }
    );
    let unknown = chart_of(&history, &[Pair::EUR_KZT], "2026-04-01", "2026-04-11")
        .svg()
        .to_string();
    assert!(unknown.contains(">no data</text>") && !unknown.contains("masthead-chart-line"));
}

#[test]
fn the_longest_range_is_bounded_in_time_and_size() {
    let mut ledger = Ledger::default();
    let mut value = 40_000_u32;
    for (index, of) in day("2016-04-11").iter_days().take(3653).enumerate() {
        value = value + u32::try_from(index * 7919 % 101).unwrap() - 50;
        let text = format!("{}.{:02}", value / 100, value % 100);
        add(
            &mut ledger,
            rates(of, &[("USD", &text, 1)]),
            time("2026-04-19T00:00:00Z"),
        );
    }
    let history = history(&ledger);
    for (first, last) in [("2016-04-11", "2026-04-11"), ("0001-01-01", "9999-12-31")] {
        let start = Instant::now();
        let chart = chart_of(&history, &[Pair::USD_KZT; 8], first, last).width(u16::MAX);
        let svg = chart.svg().to_string();
        let table = chart.table().to_string();
        // Without optimisation and on a busy machine.
        assert!(
            start.elapsed().as_secs() < 20,
            "{first}: {:?}",
            start.elapsed()
        );
        assert!(
            svg.contains(r#"width="2000""#) && svg.len() < 500_000,
            "{}",
            svg.len()
        );
        let rows = cells(&table).len();
        assert!((100..=366).contains(&rows), "{rows} rows");
    }
    // The last rate of each month.
    let chart = chart_of(&history, &[Pair::USD_KZT], "2016-04-11", "2026-04-11");
    let rows = cells(&chart.table().to_string());
    let of_may = history.rate(Pair::USD_KZT, day("2016-05-31")).unwrap();
    assert_eq!(rows[1][0].1, "2016-05-31");
    assert_eq!(rows[1][1].0, Some(of_may.value().to_string()));
    let oldest = day("2016-04-11") + Days::new(3652);
    assert_eq!(rows.last().unwrap()[0].1, oldest.to_string());
}
