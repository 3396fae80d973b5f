//! A strip with sparklines beside one without, and a chart of ten years.

use std::hint::black_box;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::ledger::{Feed, Ledger, Sighting, View};
use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row};
use masthead::strip::{Chart, Lang};
use masthead::weather::City;
use masthead::{Attribution, Layout, SourceId, Strip};
use masthead_benches::race::Race;
use rust_decimal::Decimal;

use super::{NOW, ROUNDS, add};

const BANK: SourceId = SourceId::NATIONAL_BANK_KZ;

/// Four currencies on each day until that of the strip.
fn ledger(days: i64, now: DateTime<Utc>) -> Ledger {
    let today = now.date_naive();
    let mut ledger = Ledger::default();
    let mut values = [47_509, 55_106, 587, 6912];
    for back in (0..days).rev() {
        let day = today - TimeDelta::days(back);
        let currencies = ["USD", "EUR", "RUB", "CNY"].map(|code| code.parse().expect("a code"));
        let rows = currencies
            .into_iter()
            .zip(&mut values)
            .map(|(currency, value)| {
                *value += *value * (back * 7919 % 13 - 6) / 1000;
                let change = Decimal::new(back % 7 - 3, 2);
                Row::new(currency, Decimal::new(*value, 2), 1).with_change(change)
            });
        let head = Publication::new(
            BANK,
            Currency::KZT,
            Quotation::HomePerForeign,
            day,
            chrono_tz::Asia::Almaty,
        );
        let rates = Rates::new(head, rows).expect("rates");
        ledger.insert(Sighting::of_rates(BANK, Feed::OfDay, day, rates, now));
    }
    ledger
}

/// Measures a strip with and without sparklines of thirty days.
pub(super) fn sparklines() -> String {
    let now = NOW.parse().expect("a time");
    let view = View::new(BANK)
        .sparklines([30])
        .credits(|_| Attribution::new("National Bank of Kazakhstan"));
    let mut snapshot = ledger(40, now).at(now, &view);
    let city = City::find("astana").expect("a city");
    let other = super::snapshot();
    let weather = other.weather(city.id()).expect("weather").value().clone();
    let met = Attribution::new("Data from MET Norway").with_licence("CC BY 4.0");
    snapshot.add_weather(city.id(), city.zone(), weather, met, now, None);
    let mut tables = Vec::new();
    for lang in [Lang::En, Lang::Kk, Lang::KkArab] {
        let layouts = [0, 30].map(|days| Layout::line().lang(lang).sparklines(days));
        let [without, with] = layouts
            .each_ref()
            .map(|layout| Strip::new(&snapshot, layout, now));
        assert!(with.html().to_string().contains("<path"));
        let mut race = Race::new(format!("{lang}: html, sparklines"));
        add(&mut race, "masthead", None, |out| {
            without.html().write_to(out)
        });
        add(&mut race, "masthead, 30 days", None, |out| {
            with.html().write_to(out)
        });
        tables.push(race.finish(ROUNDS));
        let mut race = Race::new(format!("{lang}: text, sparklines"));
        add(&mut race, "masthead", None, |out| {
            without.text().write_to(out)
        });
        add(&mut race, "masthead, 30 days", None, |out| {
            with.text().write_to(out)
        });
        tables.push(race.finish(ROUNDS));
    }
    tables.join("\n")
}

/// Measures a chart of ten years.
pub(super) fn chart() -> String {
    let now: DateTime<Utc> = NOW.parse().expect("a time");
    let history = ledger(3653, now).history(now, &View::new(BANK));
    let days: (NaiveDate, NaiveDate) = (now.date_naive() - TimeDelta::days(3652), now.date_naive());
    let series = history.series(Pair::USD_KZT, days.0..=days.1);
    let chart = Chart::new([series]).expect("a chart");
    let mut race = Race::new("a chart of ten years");
    let bytes = |text: String| format!("{} bytes", text.len());
    race.add("series", String::new(), 1, || {
        black_box(history.series(Pair::USD_KZT, days.0..=days.1));
    });
    race.add("series and svg", bytes(chart.svg().to_string()), 1, || {
        let series = history.series(Pair::USD_KZT, days.0..=days.1);
        black_box(Chart::new([series]).expect("a chart").svg().to_string());
    });
    race.add("figure", bytes(chart.figure().to_string()), 1, || {
        black_box(chart.figure().to_string());
    });
    race.add("table", bytes(chart.table().to_string()), 1, || {
        black_box(chart.table().to_string());
    });
    race.finish(ROUNDS)
}
