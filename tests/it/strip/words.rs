//! The words that ordinary strips do not have, compared with files as in [`golden`](super::golden): every sky by day and by
//! night, ages and marks of old values, the present temperature, the draft alphabet, the months.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::money::{Pair, Rates, Trend};
use masthead::strip::{DateStyle, KazakhLatin, Lang, Layout, Strip, Temperatures, Times};
use masthead::weather::{Celsius, City, Condition, Daylight, Hour, Sky, Weather};
use masthead::{Attribution, Snapshot, SourceId};

use super::golden::assert_golden;
use super::{NOW, rates};
use crate::support::time;
use crate::weather::values::{INTENSITIES, SKIES};

/// The states of the sky that have words of their own.
fn conditions() -> Vec<Condition> {
    let mut conditions = Vec::new();
    for sky in SKIES {
        let falls = |intensity| Condition::new(sky).with_intensity(intensity);
        match sky {
            Sky::Rain | Sky::Snow => conditions.extend(INTENSITIES.map(falls)),
            _ => conditions.push(Condition::new(sky)),
        }
    }
    conditions.push(Condition::new(Sky::Rain).with_thunder());
    conditions
}

/// Rates of a day with the won of the day before, and one hour of weather.
fn snapshot() -> Snapshot {
    let mut snapshot = Snapshot::default();
    let mut document = serde_json::to_value(rates("2026-04-02")).unwrap();
    document["older"] = serde_json::json!([["KRW", "2026-04-01"]]);
    let rates: Rates = serde_json::from_value(document).unwrap();
    snapshot.add_rates(rates, Attribution::new("bank"), time(NOW));
    let hour = Hour::new(time(NOW), Celsius::from_tenths(-4).unwrap())
        .with_condition(Condition::new(Sky::Clear))
        .with_daylight(Daylight::Night);
    let weather = Weather::new(SourceId::MET_NORWAY, [hour], []).unwrap();
    let city = City::find("oskemen").unwrap();
    let credit = Attribution::new("met");
    snapshot.add_weather(city.id(), city.zone(), weather, credit, time(NOW), None);
    snapshot
}

fn words(lang: Lang) -> String {
    let mut out = String::new();
    for condition in conditions() {
        let [day, night] = [Daylight::Day, Daylight::Night]
            .map(|light| lang.condition(&condition, Some(light)).unwrap());
        let night = if day == night {
            String::new()
        } else {
            format!(" | {night}")
        };
        writeln!(out, "{condition}: {day}{night}").unwrap();
    }
    for month in 1..=12 {
        let date = NaiveDate::from_ymd_opt(2026, month, month + 10).unwrap();
        let [full, long, medium] = [DateStyle::Full, DateStyle::Long, DateStyle::Medium]
            .map(|style| lang.date(date, style));
        writeln!(out, "{full} | {long} | {medium}").unwrap();
    }
    let snapshot = snapshot();
    let line = Layout::line()
        .lang(lang)
        .isolates(false)
        .rates([["krw/kzt".parse().unwrap()]])
        .cities([City::find("oskemen").unwrap().clone()])
        .temperatures(Temperatures::Now)
        .conditions(true);
    for minutes in [0, 1, 59, 60, 23 * 60, 24 * 60, 9 * 24 * 60] {
        let now = time(NOW) + TimeDelta::minutes(minutes);
        writeln!(out, "{}", Strip::new(&snapshot, &line, now).text()).unwrap();
    }
    let dated = line.clone().times(Times::Clock);
    let late = time(NOW) + TimeDelta::days(9);
    writeln!(out, "{}", Strip::new(&snapshot, &dated, late).text()).unwrap();
    let drafted = line.kazakh_latin(KazakhLatin::Draft2021);
    writeln!(out, "{}", Strip::new(&snapshot, &drafted, time(NOW)).text()).unwrap();
    out
}

#[test]
fn every_language_prints_its_golden_words() {
    for lang in Lang::ALL {
        assert_golden(&format!("{lang}.words.txt"), &words(*lang));
    }
}

/// Clocks in Astana were set back by an hour on 1 March 2024, so the offset depends on the date.
#[test]
fn a_clock_time_has_the_offset_of_the_city_on_that_day() {
    for (at, clock) in [
        ("2024-02-29T06:00:00Z", "12:00 UTC+6"),
        ("2024-03-01T06:00:00Z", "11:00 UTC+5"),
    ] {
        let mut snapshot = Snapshot::default();
        let hour = Hour::new(time(at), Celsius::from_tenths(-40).unwrap());
        let weather = Weather::new(SourceId::MET_NORWAY, [hour], []).unwrap();
        let city = City::find("astana").unwrap();
        let credit = Attribution::new("met");
        snapshot.add_weather(city.id(), city.zone(), weather, credit, time(at), None);
        let layout = Layout::line().times(Times::Clock);
        let text = Strip::new(&snapshot, &layout, time(at)).text().to_string();
        assert!(text.contains(clock), "{text}");
    }
}

#[test]
fn today_is_in_the_zone_of_the_city_else_of_the_bank() {
    let mut snapshot = Snapshot::default();
    let layout = Layout::line().cities([]).today(true);
    // In Almaty it is already the next day.
    let night = time("2026-04-02T20:00:00Z");
    let today = |snapshot: &Snapshot| Strip::new(snapshot, &layout, night).today().to_string();
    assert_eq!(
        today(&snapshot),
        "2026-04-02",
        "without city and rates, in UTC"
    );
    snapshot.add_rates(rates("2026-04-03"), Attribution::new("bank"), night);
    assert_eq!(today(&snapshot), "2026-04-03");
}

#[test]
fn a_source_without_visible_values_is_not_credited() {
    let snapshot = super::snapshot(220);
    let layout = Layout::line();
    let credits = |now: &str| {
        let strip = Strip::new(&snapshot, &layout, time(now));
        let sources = strip.attributions().map(|(source, _)| source.to_string());
        (sources.collect::<Vec<_>>(), strip.text().to_string())
    };
    let (sources, _) = credits("2026-04-02T18:00:00Z");
    assert_eq!(sources, ["national_bank_kz", "met_norway"]);
    let (sources, text) = credits("2026-04-06T06:00:00Z");
    assert_eq!(sources, ["national_bank_kz"]);
    assert!(text.contains("no data") && !text.contains("MET"), "{text}");
}

#[test]
fn a_template_gets_the_words_of_the_strip() {
    let snapshot = super::snapshot(230);
    let text = |lang: Lang, now: DateTime<Utc>| {
        let pairs = [Pair::USD_KZT, Pair::EUR_KZT, Pair::RUB_KZT, Pair::CNY_KZT];
        let layout = Layout::line().lang(lang).rates([pairs]).isolates(false);
        Strip::new(&snapshot, &layout, now).text().to_string()
    };
    let fetched = snapshot.rates(time(NOW)).unwrap().dated();
    let day = snapshot.rates(time(NOW)).unwrap().value().day();
    for lang in Lang::ALL.iter().copied() {
        let fresh = text(lang, time(NOW));
        for words in [
            lang.change(Trend::Down, "3.68").to_string(),
            lang.change(Trend::Up, "2.40").to_string(),
            lang.change(Trend::Unchanged, "0.00").to_string(),
            lang.as_of(day).to_string(),
            lang.age(time(NOW) - fetched).to_string(),
            lang.no_data().to_owned(),
        ] {
            assert!(fresh.contains(&words), "{lang}: {words} is not in {fresh}");
        }
        assert_eq!(lang.change(Trend::Unknown, "1").to_string(), "");
        let later = time(NOW) + TimeDelta::days(5);
        let stale = text(lang, later);
        for words in [
            lang.outdated().to_owned(),
            lang.age(later - fetched).to_string(),
            lang.not_known_yet(day + chrono::Days::new(5)).to_string(),
        ] {
            assert!(stale.contains(&words), "{lang}: {words} is not in {stale}");
        }
    }
}
