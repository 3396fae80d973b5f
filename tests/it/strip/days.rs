//! Rates whose day has passed, and rates of tomorrow: in every output and language.

use chrono::{DateTime, Utc};
use masthead::strip::{Layout, Strip};
use masthead::weather::City;
use masthead::{Freshness, FreshnessPolicy, Snapshot};
use serde_json::Value;

use super::marks::{add, all, assert_said, json, words};
use super::{NOW, rates, snapshot};
use crate::support::time;

/// Midnight in Almaty at the end of 2 April 2026.
const MIDNIGHT: &str = "2026-04-02T19:00:00Z";

/// The rates of 3 April alone, fetched on 2 April.
fn tomorrow() -> Snapshot {
    let mut snapshot = Snapshot::default();
    add(&mut snapshot, rates("2026-04-03"), NOW);
    snapshot
}

#[test]
fn a_day_without_known_rates_is_named_in_every_output_and_language() {
    let snapshot = snapshot(220);
    for (lang, layout) in all() {
        let [_, words, ..] = words(lang);
        let strip = |at: DateTime<Utc>| Strip::new(&snapshot, &layout, at);
        let midnight = time(MIDNIGHT);
        let before = strip(midnight - chrono::TimeDelta::seconds(1));
        assert_said(&before, words, 0);
        assert!(before.rates().all(|item| !item.is_behind()));
        // For the whole day in the bank's zone, but not the next one, for which the note names another day.
        for at in [midnight, midnight + chrono::TimeDelta::hours(23)] {
            assert_said(&strip(at), words, 1);
        }
        assert_said(&strip(midnight + chrono::TimeDelta::hours(24)), words, 0);
    }
}

#[test]
fn rates_are_behind_if_and_only_if_they_are_not_fresh() {
    let snapshot = snapshot(220);
    let layout = Layout::line();
    let held = snapshot.rates(time(NOW)).unwrap();
    let behind = |at: &str| {
        let strip = Strip::new(&snapshot, &layout, time(at));
        let document = json(&strip);
        let rows = document["rates"].as_array().unwrap();
        let known: Vec<_> = rows.iter().map(|row| row["behind"].as_bool()).collect();
        let items = strip
            .rates()
            .map(|item| item.rate.map(|_| item.is_behind()));
        assert_eq!(known, items.collect::<Vec<_>>());
        assert_eq!(known[3], None, "the yuan is absent");
        assert!(known[..3].iter().all(|row| *row == known[0]));
        let fresh = FreshnessPolicy::default().of_rates(held, time(at)) == Freshness::Fresh;
        assert_eq!(known[0], Some(!fresh), "at {at}");
        known[0].unwrap()
    };
    assert!(!behind(NOW) && !behind("2026-04-02T18:59:59Z"));
    assert!(behind(MIDNIGHT) && behind("2026-04-03T20:00:00Z") && behind("2026-05-01T00:00:00Z"));
}

/// In Washington it is still the 2nd.
#[test]
fn the_day_without_known_rates_is_counted_in_the_zone_of_the_bank() {
    let snapshot = snapshot(220);
    let cities = City::find("washington").cloned();
    let layout = Layout::line().cities(cities).isolates(false);
    let strip = Strip::new(&snapshot, &layout, time(MIDNIGHT));
    assert_eq!(strip.today().to_string(), "2026-04-02");
    let text = strip.text().to_string();
    assert!(
        text.contains("rates for 3 April 2026 are not known yet"),
        "{text}"
    );
}

/// A holiday: on the 4th the bank confirms that the list of the 2nd is still in force.
#[test]
fn rates_that_the_bank_has_confirmed_for_today_are_not_behind() {
    let mut snapshot = Snapshot::default();
    let layout = Layout::line().isolates(false);
    add(&mut snapshot, rates("2026-04-02"), NOW);
    add(&mut snapshot, rates("2026-04-02"), "2026-04-04T06:00:00Z");
    let text = |at: &str| Strip::new(&snapshot, &layout, time(at)).text().to_string();
    assert!(!text("2026-04-04T18:59:00Z").contains("not known"));
    assert!(text("2026-04-04T19:00:00Z").contains("rates for 5 April 2026 are not known yet"));
}

/// The won's rate of the 2nd is in quarantine, so the publication keeps that of the 1st.
#[test]
fn an_older_row_is_behind_on_the_day_after_its_own() {
    let mut document = serde_json::to_value(rates("2026-04-02")).unwrap();
    document["older"] = serde_json::json!([["KRW", "2026-04-01"]]);
    document["unconfirmed"] = serde_json::json!(["KRW"]);
    document["rows"][1]["change"] = serde_json::json!("0.5");
    assert_eq!(document["rows"][1]["currency"], "KRW");
    let mut snapshot = Snapshot::default();
    add(
        &mut snapshot,
        serde_json::from_value(document).unwrap(),
        "2026-04-01T06:00:00Z",
    );
    let pairs = ["usd/kzt", "krw/kzt"].map(|pair| pair.parse().unwrap());
    let layout = Layout::table().rates([pairs]).cities([]).isolates(false);
    let behind = |at: &str| {
        let strip = Strip::new(&snapshot, &layout, time(at));
        strip
            .rates()
            .map(|item| item.is_behind())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        behind("2026-04-01T12:00:00Z"),
        [false, false],
        "all of it is of today or later"
    );
    assert_eq!(behind(NOW), [false, true]);
    assert_eq!(behind("2026-04-03T06:00:00Z"), [true, true]);
    // All marks stand in one cell, with commas between them.
    let text = Strip::new(&snapshot, &layout, time(NOW)).text().to_string();
    assert!(
        text.contains("100 krw/kzt   31.28  ▲ up 0.50, unconfirmed, as of 1 April 2026\n"),
        "{text}"
    );
}

#[test]
fn rates_of_tomorrow_are_marked_with_their_day_in_every_output_and_language() {
    let snapshot = tomorrow();
    for (lang, layout) in all() {
        let [_, _, words, _] = words(lang);
        let strip = Strip::new(&snapshot, &layout, time(NOW));
        assert_said(&strip, words, 1);
        assert_said(&strip, "475.09", 1);
        // From midnight they are in force.
        assert_said(&Strip::new(&snapshot, &layout, time(MIDNIGHT)), words, 0);
    }
}

#[test]
fn rates_of_tomorrow_are_shown_only_without_rates_in_force() {
    let layout = Layout::line().isolates(false);
    let days = |rows: &Value| {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["day"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let mut snapshot = tomorrow();
    let strip = Strip::new(&snapshot, &layout, time(NOW));
    let document = json(&strip);
    let day = Some("2026-04-03".to_owned());
    let expected = [day.clone(), day.clone(), day, None];
    assert_eq!(days(&document["rates"]), expected);
    assert_eq!(days(&document["next"]), expected);
    assert!(strip.rates().all(|item| !item.is_behind()));
    assert_eq!(strip.attributions().count(), 1);
    assert!(
        strip
            .text()
            .to_string()
            .contains("from 3 April 2026, National Bank of Kazakhstan, just now"),
        "{}",
        strip.text()
    );
    // The date of a page is the day of rates in force, else today.
    assert_eq!(strip.date().to_string(), "2026-04-02");
    let begun = Strip::new(&snapshot, &layout, time(MIDNIGHT));
    assert_eq!(begun.date().to_string(), "2026-04-03");
    assert!(begun.next().is_none());

    add(&mut snapshot, rates("2026-04-02"), NOW);
    let strip = Strip::new(&snapshot, &layout, time(NOW));
    let text = strip.text().to_string();
    assert!(
        text.contains("as of 2 April 2026") && !text.contains("3 April"),
        "{text}"
    );
    assert!(strip.next().is_some());
}
