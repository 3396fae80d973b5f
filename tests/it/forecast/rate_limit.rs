//! Rate limit of weather requests: at most ten a second to one service, with any number of cities, and every city has its turn.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::source::{DynWeather, MetNorway, OpenMeteo};
use masthead::weather::{City, Coordinates};
use masthead::{Freshness, Ticker};
use tokio::time::sleep;

use crate::fake_hosts::{FakeHosts, MET, Reply, SentRequest, met, ok};
use crate::ticker::good_day;

const OPEN_METEO: &str = "api.open-meteo.com";

/// `count` cities with different coordinates.
fn many(count: i32) -> Vec<City> {
    let city = |index: i32| {
        let place = format!("{}.{:02},70", 40 + index / 100, index % 100);
        let place: Coordinates = place.parse().unwrap();
        let name = format!("city-{index}");
        City::new(&name, name.clone(), place, chrono_tz::Asia::Almaty).unwrap()
    };
    (0..count).map(city).collect()
}

/// The largest number of requests in any one second.
fn most_in_a_second(asked: &[SentRequest]) -> usize {
    let mut times: Vec<DateTime<Utc>> = asked.iter().map(|asked| asked.at).collect();
    times.sort_unstable();
    let within = |(first, from): (usize, &DateTime<Utc>)| {
        let end = *from + TimeDelta::seconds(1);
        times[first..].partition_point(|at| *at < end)
    };
    times.iter().enumerate().map(within).max().unwrap_or(0)
}

/// The answer of a service with one hour of weather, which expires after half an hour.
fn hourly(asked: &SentRequest) -> Reply {
    let hour = asked.at.format("%Y-%m-%dT%H:00:00Z").to_string();
    ok(met(&hour, "7.5")).expiring(asked.at, 30)
}

/// The number of cities of each freshness.
fn freshness(ticker: &Ticker) -> BTreeMap<Freshness, usize> {
    let mut count = BTreeMap::new();
    for item in ticker.health().items.iter().skip(1) {
        *count.entry(item.freshness).or_default() += 1;
    }
    count
}

/// From the first start on, without saved data. In a build without optimisation 200 cities only; the stage `repeated` of `.ci/run`
/// has both counts.
#[tokio::test(start_paused = true)]
async fn hundreds_of_cities_are_fresh_at_ten_requests_a_second() {
    let runs = [(200, 1, 3), (1000, 4, 1)];
    let share = if cfg!(debug_assertions) {
        1
    } else {
        runs.len()
    };
    for (count, first_minutes, hours) in runs.into_iter().take(share) {
        let hosts = FakeHosts::at("2026-04-02T00:00:00Z");
        hosts.on_each("", hourly);
        let ticker = hosts.ticker().cities(many(count)).build().unwrap();
        let running = ticker.clone();
        let running = tokio::spawn(async move { running.run().await });
        sleep(Duration::from_secs(60 * first_minutes)).await;
        let all = usize::try_from(count).unwrap();
        assert_eq!(freshness(&ticker), [(Freshness::Fresh, all)].into());
        for _ in 0..hours {
            sleep(Duration::from_secs(3600)).await;
            assert_eq!(freshness(&ticker), [(Freshness::Fresh, all)].into());
        }
        running.abort();
        let asked = hosts.requests(MET);
        assert!(
            most_in_a_second(&asked) <= 11,
            "{count}: {} a second",
            most_in_a_second(&asked)
        );
        // Each city is fetched again within half an hour after its expiry, never before it.
        let mut of_city: BTreeMap<&str, Vec<DateTime<Utc>>> = BTreeMap::new();
        for asked in &asked {
            of_city.entry(&asked.address).or_default().push(asked.at);
        }
        assert_eq!(of_city.len(), all);
        for (address, times) in of_city {
            let gaps = times.iter().zip(&times[1..]).map(|(a, b)| *b - *a);
            let minutes: Vec<i64> = gaps.map(|gap| gap.num_minutes()).collect();
            let is_good = |gap: &i64| (30..60).contains(gap);
            assert!(minutes.iter().all(is_good), "{address}: {minutes:?}");
            assert!(minutes.len() >= hours, "{address}: {minutes:?}");
        }
    }
}

/// When the first service hangs, all cities of a refresh go to the second one at the same time.
#[tokio::test(start_paused = true)]
async fn the_rate_limit_holds_for_the_second_service_when_the_first_hangs() {
    let hosts = good_day();
    hosts.on(MET, Reply::Hang);
    hosts.on(OPEN_METEO, Reply::Broken);
    let services: [Arc<DynWeather>; 2] = [
        Arc::new(MetNorway::new()),
        Arc::new(OpenMeteo::free_for_non_commercial_use()),
    ];
    let ticker = hosts
        .ticker()
        .cities(many(45))
        .weather(services)
        .build()
        .unwrap();
    ticker.refresh(hosts.now()).await;
    for host in [MET, OPEN_METEO] {
        let asked = hosts.requests(host);
        assert!(asked.len() > 3, "{host}: {}", asked.len());
        assert!(
            most_in_a_second(&asked) <= 11,
            "{host}: {}",
            most_in_a_second(&asked)
        );
    }
}

/// Open-Meteo's budget is 240 requests an hour. Cities beyond the budget wait for the next hour.
#[tokio::test(start_paused = true)]
async fn cities_beyond_the_hourly_budget_are_fetched_in_the_next_hour() {
    let hosts = FakeHosts::at("2026-04-02T00:00:00Z");
    hosts.on_each("", hourly);
    hosts.on_each(OPEN_METEO, |asked| {
        let local = (asked.at + TimeDelta::hours(5))
            .format("%Y-%m-%d")
            .to_string();
        let mut body = super::open_meteo(&local, &[7.5; 48], 0.1).to_string();
        body = body.replace(r#""latitude":51.25"#, r#""latitude":LAT"#);
        body = body.replace(r#""longitude":71.5"#, r#""longitude":70.0"#);
        let (_, latitude) = asked.address.split_once("latitude=").unwrap();
        let latitude = latitude.split('&').next().unwrap();
        ok(body.replace("LAT", latitude)).expiring(asked.at, 30)
    });
    let service: Arc<DynWeather> = Arc::new(OpenMeteo::free_for_non_commercial_use());
    let ticker = hosts
        .ticker()
        .cities(many(400))
        .weather([service])
        .build()
        .unwrap();
    let running = ticker.clone();
    let running = tokio::spawn(async move { running.run().await });
    sleep(Duration::from_secs(600)).await;
    assert_eq!(ticker.snapshot().cities().count(), 240);
    // Cities that were fetched leave the next hour's requests to the others.
    sleep(Duration::from_secs(4200)).await;
    running.abort();
    assert_eq!(
        ticker.snapshot().cities().count(),
        400,
        "every city had its turn"
    );
    assert!(most_in_a_second(&hosts.requests(OPEN_METEO)) <= 11);
}
