//! The age of a forecast counts from its computation, not from the time of the answer, file or store that it came from.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use masthead::ledger::View;
use masthead::source::{DynWeather, OpenMeteo};
use masthead::strip::{Layout, Strip, Times};
use masthead::ticker::State;
use masthead::weather::Weather;
use masthead::{Added, Attribution, Freshness, Snapshot, SourceId, Ticker};

use super::{astana, hours, issued, met_norway, open_meteo, shown, stamp};
use crate::fake_hosts::{FakeHosts, MET, Reply, ok};
use crate::support::time;
use crate::ticker::good_day;

const NOW: &str = "2026-04-02T12:00:00Z";
const OPEN_METEO: &str = "api.open-meteo.com";

/// The service answers with a body of nine days ago and current headers.
#[tokio::test(start_paused = true)]
async fn a_forecast_ages_while_its_service_repeats_it() {
    let hosts = good_day();
    let body = met_norway(
        Some("2026-03-24T11:40:00Z"),
        "2026-03-24T12:00:00Z",
        &[-1.0; 240],
    );
    hosts.on_each(MET, move |asked| {
        let date = asked.at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let headers = vec![("date", date.clone()), ("last-modified", date)];
        Reply::Answer(200, headers, body.to_string())
    });
    let ticker = hosts.ticker().build().unwrap();
    ticker.refresh(hosts.now()).await;
    assert_eq!(issued(&ticker), time("2026-03-24T11:40:00Z"));
    let (line, row) = shown(&ticker, hosts.now());
    assert!(
        line.contains("Astana 0…−2\u{a0}°C, 9 d ago, outdated ·"),
        "{line}"
    );
    assert!(
        line.ends_with("Data from MET Norway (CC BY 4.0), 9 d ago"),
        "{line}"
    );
    let clock = Layout::line().isolates(false).times(Times::Clock);
    let snapshot = ticker.snapshot().to_arc();
    let clock = Strip::new(&snapshot, &clock, hosts.now())
        .text()
        .to_string();
    let at = "updated: 24 Mar 2026, 16:40 UTC+5";
    assert!(clock.contains(&format!("°C, {at}, outdated ·")), "{clock}");
    assert!(clock.ends_with(&format!("(CC BY 4.0), {at}")), "{clock}");
    assert_eq!(row["freshness"], "stale");
    assert_eq!(row["issued"], "2026-03-24T11:40:00Z");
    assert_eq!(row["fetched"], NOW);
    let health = ticker.health();
    let item = &health.items[1];
    assert_eq!(item.freshness, Freshness::Stale);
    assert_eq!(item.issued, Some(time("2026-03-24T11:40:00Z")));
    assert_eq!(item.fetched, Some(time(NOW)));
    assert!(item.overdue && !health.is_good());

    // The report names the time at which the last hour has passed.
    hosts.wait_until("2026-04-03T12:00:00Z").await;
    let report = ticker.refresh(hosts.now()).await;
    let text = "weather of astana: the forecast has run out, at 2026-04-03 12:00:00 UTC";
    assert!(
        report.to_string().lines().any(|line| line == text),
        "{report}"
    );
    assert!(!report.is_complete());
    let item = &ticker.health().items[1];
    assert_eq!(item.freshness, Freshness::Absent);
    assert_eq!(item.ended, Some(time("2026-04-03T12:00:00Z")));
}

#[tokio::test(start_paused = true)]
async fn a_computation_time_in_the_future_is_replaced_by_the_first_fetch() {
    let hosts = good_day();
    for (stated, expected) in [
        ("2026-04-02T12:05:00Z", "2026-04-02T12:05:00Z"),
        ("2026-04-02T12:05:01Z", NOW),
        ("2026-05-01T00:00:00Z", NOW),
    ] {
        hosts.on(
            MET,
            ok(met_norway(Some(stated), NOW, &[7.0; 48]).to_string()),
        );
        let ticker = hosts.ticker().build().unwrap();
        ticker.refresh(time(NOW)).await;
        assert_eq!(issued(&ticker), time(expected), "{stated}");
    }
    // Repeated answers do not make it newer.
    let ticker = hosts.ticker().build().unwrap();
    for hour in 0..14 {
        ticker.refresh(time(NOW) + TimeDelta::hours(hour)).await;
    }
    assert_eq!(issued(&ticker), time(NOW));
    let now = time("2026-04-03T01:00:00Z");
    assert_eq!(shown(&ticker, now).1["freshness"], "ageing");
}

fn by_open_meteo(hosts: &FakeHosts) -> Ticker {
    let service: Arc<DynWeather> = Arc::new(OpenMeteo::free_for_non_commercial_use());
    hosts.ticker().weather([service]).build().unwrap()
}

/// A day and a half of equal temperatures, in answers that differ in other bytes.
#[tokio::test(start_paused = true)]
async fn without_a_computation_time_equal_hours_are_the_same_forecast() {
    let hosts = good_day();
    let temperature = |hour: i32| f64::from((hour % 24 - 15).abs()) / -2.0;
    hosts.on_each(OPEN_METEO, move |asked| {
        let local = asked.at + TimeDelta::hours(5);
        let day = local.format("%Y-%m-%d").to_string();
        // Each answer begins with the current day and ends on 4 April.
        let hours = if day.as_str() == "2026-04-02" { 72 } else { 48 };
        let degrees: Vec<f64> = (0..hours).map(temperature).collect();
        let made_in = f64::from(asked.at.timestamp_subsec_micros());
        let seconds = f64::from(u32::try_from(asked.at.timestamp() % 1_000_000).unwrap());
        ok(open_meteo(&day, &degrees, made_in + seconds).to_string())
    });
    let ticker = by_open_meteo(&hosts);
    for (at, freshness) in [
        (NOW, "fresh"),
        ("2026-04-02T18:00:00Z", "fresh"),
        ("2026-04-02T23:59:00Z", "fresh"),
        ("2026-04-03T00:00:00Z", "ageing"),
        ("2026-04-03T11:00:00Z", "ageing"),
        ("2026-04-03T12:00:00Z", "stale"),
    ] {
        if time(at) > hosts.now() {
            hosts.wait_until(at).await;
        }
        let report = ticker.refresh(hosts.now()).await;
        assert_eq!(
            report.entries[2].added.map(Added::is_taken),
            Some(true),
            "{at}"
        );
        assert_eq!(issued(&ticker), time(NOW), "{at}");
        let row = shown(&ticker, hosts.now()).1;
        assert_eq!(row["freshness"], freshness, "{at}");
        assert_eq!(row["fetched"], stamp(hosts.now()));
    }
    // One changed temperature makes it a new forecast.
    hosts.on_each(OPEN_METEO, move |_| {
        let mut degrees: Vec<f64> = (0..48).map(temperature).collect();
        degrees[30] -= 0.1;
        ok(open_meteo("2026-04-03", &degrees, 0.5).to_string())
    });
    let now = hosts.now();
    ticker.refresh(now).await;
    assert_eq!(issued(&ticker), now);
    assert_eq!(shown(&ticker, now).1["freshness"], "fresh");
}

#[test]
fn six_common_hours_are_needed_to_recognise_a_forecast() {
    let city = astana();
    let mut snapshot = Snapshot::default();
    let mut add = |source: SourceId, from: &str, tenths: &[i16], now: &str| {
        let weather = Weather::new(source, hours(from, tenths), []).unwrap();
        let credit = Attribution::new("A service");
        snapshot.add_weather(city.id(), city.zone(), weather, credit, time(now), None);
        snapshot
            .weather(city.id())
            .unwrap()
            .value()
            .issued()
            .unwrap()
    };
    let met = || SourceId::MET_NORWAY;
    let first = add(
        met(),
        "2026-04-02T06:00:00Z",
        &[10; 12],
        "2026-04-02T06:10:00Z",
    );
    assert_eq!(first, time("2026-04-02T06:10:00Z"));
    // Six hours in common.
    let second = add(
        met(),
        "2026-04-02T12:00:00Z",
        &[10; 12],
        "2026-04-02T12:10:00Z",
    );
    assert_eq!(second, first);
    // Five hours in common, and seven new ones.
    let third = add(
        met(),
        "2026-04-02T19:00:00Z",
        &[10; 12],
        "2026-04-02T19:10:00Z",
    );
    assert_eq!(third, time("2026-04-02T19:10:00Z"));
    // All five hours are known already.
    let fourth = add(
        met(),
        "2026-04-02T20:00:00Z",
        &[10; 5],
        "2026-04-02T20:10:00Z",
    );
    assert_eq!(fourth, third);
    // Equal hours of another service are a different forecast.
    let other = add(
        SourceId::OPEN_METEO,
        "2026-04-02T20:00:00Z",
        &[10; 5],
        "2026-04-02T20:20:00Z",
    );
    assert_eq!(other, time("2026-04-02T20:20:00Z"));
}

/// A forecast from a file or another process keeps its age.
#[tokio::test(start_paused = true)]
async fn a_restart_does_not_make_a_forecast_newer() {
    let at = |now: &str, first_seen: &str| {
        let mut snapshot = Snapshot::default();
        for now in [first_seen, now] {
            let weather = Weather::new(SourceId::OPEN_METEO, hours(NOW, &[50; 24]), []).unwrap();
            let (city, credit) = (astana(), Attribution::new("A service"));
            snapshot.add_weather(city.id(), city.zone(), weather, credit, time(now), None);
        }
        State::from(snapshot)
    };
    let view = View::new(SourceId::NATIONAL_BANK_KZ).cities([astana().clone()]);
    let held = |state: &State, now: &str| {
        let snapshot = state.records().at(time(now), &view);
        let held = snapshot.weather(astana().id());
        held.map(|held| (held.fetched(), held.value().issued()))
    };
    let (early, late) = ("2026-04-02T12:10:00Z", "2026-04-02T12:40:00Z");
    let later = "2026-04-02T12:44:00Z";
    // Two processes with one file saw the same hours first at different times.
    let states = [at(late, early), at(later, late)];
    for (one, other) in [(0, 1), (1, 0)] {
        let mut merged = states[one].clone();
        merged.merge(states[other].clone());
        let expected = (time(later), Some(time(early)));
        assert_eq!(held(&merged, later), Some(expected));
    }
    // A forecast by a clock more than ten minutes ahead counts once its time has come, because it would be fresh for too long.
    let state = at("2026-04-02T20:00:00Z", "2026-04-02T20:00:00Z");
    assert!(held(&state, "2026-04-02T19:50:00Z").is_some());
    assert!(held(&state, "2026-04-02T19:49:59Z").is_none());
}

/// The service fails for a night: its last forecast ages by its computation and by the missing confirmation.
#[tokio::test(start_paused = true)]
async fn a_forecast_that_is_not_confirmed_for_six_hours_is_ageing() {
    let hosts = good_day();
    hosts.on(MET, ok(met_norway(Some(NOW), NOW, &[7.0; 60]).to_string()));
    let ticker = hosts.ticker().build().unwrap();
    ticker.refresh(hosts.now()).await;
    hosts.on(MET, Reply::Broken);
    for (at, freshness, overdue) in [
        ("2026-04-02T17:59:59Z", "fresh", false),
        ("2026-04-02T18:00:00Z", "ageing", false),
        ("2026-04-02T18:00:01Z", "ageing", true),
        ("2026-04-03T11:59:59Z", "ageing", true),
        ("2026-04-03T12:00:00Z", "stale", true),
    ] {
        tokio::time::advance(Duration::ZERO).await;
        hosts.wait_until(at).await;
        let (line, row) = shown(&ticker, hosts.now());
        assert_eq!(row["freshness"], freshness, "{at}");
        assert_eq!(
            line.contains("°C, 24 h ago, outdated"),
            freshness == "stale",
            "{line}"
        );
        assert_eq!(ticker.health().items[1].overdue, overdue, "{at}");
    }
}
