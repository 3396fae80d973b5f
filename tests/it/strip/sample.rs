//! The built-in sample: never fresh, marked in every output and language, and not shown for other pairs.

use masthead::money::{Currency, Pair};
use masthead::strip::{Layout, Strip};
use masthead::weather::{City, Weather};
use masthead::{Attribution, Freshness, FreshnessPolicy, Snapshot, SourceId};

use super::marks::{all, assert_said, json, words};
use super::{NOW, snapshot, squeezed};
use crate::support::time;

#[test]
fn the_sample_is_marked_in_every_output_and_language() {
    let (sample, real) = (Snapshot::sample(), snapshot(220));
    let layouts = all().chain(all().map(|(lang, layout)| (lang, layout.cities([]))));
    let layouts = layouts.chain(all().map(|(lang, layout)| (lang, layout.rates([[]]))));
    for (lang, layout) in layouts {
        let [.., words] = words(lang);
        let strip = Strip::new(&sample, &layout, Snapshot::SAMPLE_TIME);
        assert!(strip.is_sample());
        assert_said(&strip, words, 1);
        assert_eq!(json(&strip)["sample"], true);
        let html = strip.html().to_string();
        assert!(html.contains(r#"data-source="sample""#) && !html.contains(r#"="fresh""#));
        let strip = Strip::new(&real, &layout, time(NOW));
        assert!(!strip.is_sample());
        assert_said(&strip, words, 0);
        assert_eq!(json(&strip)["sample"], false);
    }
}

#[test]
fn the_sample_is_never_fresh_and_never_behind() {
    let (sample, layout) = (Snapshot::sample(), Layout::line());
    let policy = FreshnessPolicy::default();
    let city = City::find("astana").unwrap();
    let (rates, weather) = (
        sample.rates(Snapshot::SAMPLE_TIME).unwrap(),
        sample.weather(city.id()).unwrap(),
    );
    for hours in [-48, -1, 0, 1, 6, 24, 24 * 365] {
        let now = Snapshot::SAMPLE_TIME + chrono::TimeDelta::hours(hours);
        assert_eq!(policy.of_rates(rates, now), Freshness::Stale);
        assert!(policy.of_weather(weather, now, city.zone()) >= Freshness::Stale);
        let strip = Strip::new(&sample, &layout, now);
        assert!(
            strip
                .rates()
                .all(|item| item.freshness == Freshness::Stale && !item.is_behind())
        );
        assert!(
            strip
                .weather()
                .all(|item| item.freshness >= Freshness::Stale)
        );
        assert!(!strip.text().to_string().contains("not known"));
    }
    // Also with an hour that holds now.
    let mut snapshot = Snapshot::default();
    let hours = super::weather(220).hours().to_vec();
    let weather = Weather::new(SourceId::SAMPLE, hours, []).unwrap();
    let credit = Attribution::new("sample");
    snapshot.add_weather(city.id(), city.zone(), weather, credit, time(NOW), None);
    let strip = Strip::new(&snapshot, &layout, time(NOW));
    let item = strip.weather().next().unwrap();
    assert_eq!((item.now(), item.freshness), (Some(18), Freshness::Stale));
    let table = Layout::table().conditions(true).isolates(false);
    let table = Strip::new(&snapshot, &table, time(NOW)).text().to_string();
    assert!(
        table.contains("+21…+23\u{a0}°C  light rain, outdated\n"),
        "{table}"
    );
}

#[test]
fn the_sample_is_not_shown_for_other_pairs() {
    let sample = Snapshot::sample();
    let som = |code| Pair::new(code, Currency::UZS).unwrap();
    let pairs = [som(Currency::USD), som(Currency::EUR)];
    for (lang, layout) in all() {
        let [.., words] = words(lang);
        let layout = layout.rates([pairs]).cities([]);
        let strip = Strip::new(&sample, &layout, Snapshot::SAMPLE_TIME);
        assert!(
            strip
                .rates()
                .all(|item| item.freshness == Freshness::Absent)
        );
        assert!(!strip.is_sample());
        assert_said(&strip, words, 0);
        let empty = Snapshot::default();
        let empty = Strip::new(&empty, &layout, Snapshot::SAMPLE_TIME);
        assert_eq!(
            squeezed(&strip.text().to_string()),
            squeezed(&empty.text().to_string())
        );
        assert_eq!(strip.json().to_string(), empty.json().to_string());
    }
    // One of its pairs is enough.
    let layout = Layout::line().rates([[pairs[0], Pair::USD_KZT]]);
    assert!(Strip::new(&sample, &layout, Snapshot::SAMPLE_TIME).is_sample());
}

#[test]
fn a_page_of_the_sample_has_a_line_that_names_it() {
    let layout = Layout::page();
    let sample = Snapshot::sample();
    let text = Strip::new(&sample, &layout, Snapshot::SAMPLE_TIME)
        .text()
        .to_string();
    let marked = "\nusd/kzt 447.32 eur/kzt 482.21\nrub/kzt 5.43 cny/kzt 62.64\nWeather:\nAstana+21+23℃\n\
                  Built-in sample of 13 June 2023\n+7 701 759 90 19\n";
    assert!(text.contains(marked), "{text}");
}
