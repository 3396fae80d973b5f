//! The schedule over simulated days: when and how often the ticker sends requests to each source.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::Ticker;
use masthead::money::Method;
use masthead::ticker::shared::MemoryStore;
use tokio::task::JoinHandle;

use crate::fake_hosts::{
    BANK, FRANKFURTER, FakeHosts, MET, NEWEST, OF_DAY, Reply, SentRequest, bank, cities,
    frankfurter, met, ok, status, weather_prefix,
};
use crate::support::time;
use crate::ticker::{dollar, weather};

const CITIES: [&str; 3] = ["astana", "almaty", "oral"];

#[tokio::test(start_paused = true)]
async fn each_source_receives_requests_when_it_is_due() {
    // Several runs, because the jitter is random.
    for _ in 0..5 {
        let hosts = days_of_the_bank();
        let ticker = running(&hosts);
        reach(&hosts, "2026-04-02T00:01:00Z").await;
        assert_eq!(
            dollar(&ticker.snapshot(), "2026-04-02T00:01:00Z"),
            "402.00 of 2026-04-02"
        );
        assert!(
            CITIES
                .iter()
                .all(|city| weather(&ticker.snapshot(), city).is_some())
        );

        reach(&hosts, "2026-04-02T10:40:00Z").await;
        let next = ticker
            .snapshot()
            .next(hosts.now())
            .map(|next| next.value().day().to_string());
        assert_eq!(
            next.as_deref(),
            Some("2026-04-03"),
            "published ten minutes ago"
        );

        reach(&hosts, "2026-04-02T19:10:00Z").await;
        let snapshot = ticker.snapshot();
        assert_eq!(
            dollar(&snapshot, "2026-04-02T19:10:00Z"),
            "403.00 of 2026-04-03"
        );
        let confirmed = snapshot.rates(hosts.now()).unwrap().fetched();
        assert!(
            confirmed >= time("2026-04-02T19:00:00Z"),
            "asked for at {confirmed}, not since midnight"
        );

        reach(&hosts, "2026-04-03T00:00:00Z").await;
        let bank = hosts.requests(BANK);
        assert!(
            (14..=40).contains(&bank.len()),
            "{} requests a day",
            bank.len()
        );
        assert_within_budget(&bank, bank_limit);
        assert!(hosts.requests(FRANKFURTER).is_empty());
        for city in CITIES {
            let gaps = gaps(&hosts.requests(&weather_prefix(city)));
            // To the second; another test is stricter.
            let least = TimeDelta::minutes(31) - TimeDelta::seconds(1);
            assert!(gaps.iter().all(|gap| *gap >= least), "{city}: too early");
            let most = TimeDelta::minutes(36);
            assert!(gaps.iter().all(|gap| *gap <= most), "{city}: left alone");
            assert!(gaps.len() >= 39, "{city}: {} gaps", gaps.len());
        }
    }
}

/// A moved holiday on a Thursday: the bank's newest publication stays today's.
#[tokio::test(start_paused = true)]
async fn a_late_publication_is_requested_less_and_less_often() {
    let hosts = days_of_the_bank();
    hosts.on(NEWEST, ok(bank("2026-04-02", "402.00")));
    let _ticker = running(&hosts);
    for (until, requests) in [
        ("2026-04-02T10:30:00Z", 3..=5),
        ("2026-04-02T12:00:00Z", 7..=10),
        ("2026-04-02T15:00:00Z", 4..=7),
        ("2026-04-03T00:00:00Z", 2..=4),
    ] {
        let before = hosts.requests(NEWEST).len();
        reach(&hosts, until).await;
        let asked = hosts.requests(NEWEST).len() - before;
        assert!(requests.contains(&asked), "{asked} requests until {until}");
    }
    assert_within_budget(&hosts.requests(BANK), bank_limit);
}

#[tokio::test(start_paused = true)]
async fn a_day_without_the_bank_stays_within_its_budget_and_ends_with_its_rates() {
    let hosts = days_of_the_bank();
    hosts.on(BANK, status(503));
    hosts.on_each(FRANKFURTER, |asked| {
        let (_, day) = asked.address.split_once("date=").unwrap();
        ok(frankfurter(day, "401.00"))
    });
    let ticker = running(&hosts);
    reach(&hosts, "2026-04-02T23:00:00Z").await;
    assert_eq!(
        dollar(&ticker.snapshot(), "2026-04-02T23:00:00Z"),
        "401 of 2026-04-03"
    );
    assert_within_budget(&hosts.requests(BANK), bank_limit);
    assert_within_budget(&hosts.requests(FRANKFURTER), |_| 8);
    let dollars = format!("{FRANKFURTER}/v2/rates?base=USD");
    let second_route = hosts.requests(&dollars).len();
    assert!((20..=27).contains(&second_route), "{second_route} requests");

    the_bank_is_back(&hosts);
    reach(&hosts, "2026-04-02T23:25:00Z").await;
    let snapshot = ticker.snapshot();
    let rates = snapshot.rates(hosts.now()).unwrap().value();
    assert_eq!(rates.publication().method, Method::Published);
    assert_within_budget(&hosts.requests(BANK), bank_limit);
}

#[tokio::test(start_paused = true)]
async fn hours_without_any_response_have_no_lasting_effect() {
    let hosts = days_of_the_bank();
    hosts.on("", Reply::Hang);
    let ticker = running(&hosts);
    reach(&hosts, "2026-04-02T06:00:00Z").await;
    assert!(ticker.snapshot().rates(hosts.now()).is_none());
    for (host, limit) in [(FRANKFURTER, 8), (MET, 240)] {
        assert_within_budget(&hosts.requests(host), |_| limit);
    }
    assert_within_budget(&hosts.requests(BANK), bank_limit);
    let patience = hosts.requests(FRANKFURTER).len();
    assert!((18..=34).contains(&patience), "{patience} requests");
    let hope = hosts.requests(MET).len();
    assert!((22..=34).contains(&hope), "{hope} requests");
    the_bank_is_back(&hosts);
    hosts.on_each(MET, forecast);
    reach(&hosts, "2026-04-02T06:40:00Z").await;
    assert_eq!(
        dollar(&ticker.snapshot(), "2026-04-02T06:40:00Z"),
        "402.00 of 2026-04-02"
    );
    assert!(
        CITIES
            .iter()
            .all(|city| weather(&ticker.snapshot(), city).is_some())
    );
}

#[tokio::test(start_paused = true)]
async fn each_refresh_is_reported_with_only_the_due_items() {
    let (hosts, heard) = (days_of_the_bank(), Arc::new(Mutex::new(Vec::new())));
    let ticker = hosts.ticker().on_report({
        let heard = Arc::clone(&heard);
        move |report| {
            let items = report.entries.iter().map(|entry| entry.item.to_string());
            heard
                .lock()
                .unwrap()
                .push(items.collect::<Vec<_>>().join(", "));
        }
    });
    let ticker = ticker.build().unwrap();
    let forty_minutes = Duration::from_secs(40 * 60);
    assert!(
        tokio::time::timeout(forty_minutes, ticker.run())
            .await
            .is_err()
    );
    let expected = ["rates, next rates, weather of astana", "weather of astana"];
    assert_eq!(*heard.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_ahead_makes_everything_due() {
    assert_asks_after(TimeDelta::days(1), Duration::from_secs(60)).await;
}

/// A machine starts with the clock of another year, before the network corrects it.
#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_does_not_stop_the_ticker() {
    let four_hours = Duration::from_secs(4 * 3600);
    assert_asks_after(-TimeDelta::days(1), four_hours).await;
    assert_asks_after(-TimeDelta::days(3650), four_hours).await;
}

/// Without a shared store, and as the only server that uses one, whose clock is the same.
async fn assert_asks_after(jump: TimeDelta, within: Duration) {
    let alone = days_of_the_bank();
    let ticker = running(&alone);
    assert_asks(&alone, jump, within).await;
    drop(ticker);
    let hosts = days_of_the_bank();
    let clock = hosts.clone();
    let store = MemoryStore::default().clock(move || clock.now());
    let builder = hosts.ticker().cities(cities(&CITIES)).fleet(store);
    let _ticker = run(builder.build().unwrap());
    assert_asks(&hosts, jump, within).await;
}

async fn assert_asks(hosts: &FakeHosts, jump: TimeDelta, within: Duration) {
    tokio::time::sleep(Duration::from_secs(90)).await;
    let addresses = [OF_DAY, NEWEST, MET];
    let before = addresses.map(|host| hosts.requests(host).len());
    hosts.move_clock(jump);
    tokio::time::sleep(within).await;
    for (host, before) in addresses.into_iter().zip(before) {
        assert!(
            hosts.requests(host).len() > before,
            "{host} was not asked after {jump}"
        );
    }
}

/// From 05:00 on Thursday in Astana. The bank publishes at 15:30; MET's responses expire after 31 minutes.
fn days_of_the_bank() -> FakeHosts {
    let hosts = FakeHosts::at("2026-04-02T00:00:00Z");
    the_bank_is_back(&hosts);
    hosts.on_each(MET, forecast);
    hosts
}

fn the_bank_is_back(hosts: &FakeHosts) {
    hosts.on_each(OF_DAY, |asked| {
        let (_, date) = asked.address.split_once("fdate=").unwrap();
        let day = chrono::NaiveDate::parse_from_str(date, "%d.%m.%Y").unwrap();
        rates_of(day)
    });
    hosts.on_each(NEWEST, |asked| {
        let published = TimeDelta::hours(24 - 10) - TimeDelta::minutes(30);
        rates_of((asked.at + published).date_naive())
    });
}

/// The dollar encodes its day: 402.00 on the second of April.
fn rates_of(day: chrono::NaiveDate) -> Reply {
    let dollar = format!("{}.00", day.format("%-m%d"));
    ok(bank(&day.to_string(), &dollar))
}

fn forecast(asked: &SentRequest) -> Reply {
    let hour = asked.at.format("%Y-%m-%dT%H:00:00Z").to_string();
    ok(met(&hour, "7.5")).expiring(asked.at, 31)
}

/// A ticker that runs until it is dropped.
struct Running {
    ticker: Ticker,
    task: JoinHandle<std::convert::Infallible>,
}

fn running(hosts: &FakeHosts) -> Running {
    run(hosts.ticker().cities(cities(&CITIES)).build().unwrap())
}

fn run(ticker: Ticker) -> Running {
    let task = tokio::spawn({
        let ticker = ticker.clone();
        async move { ticker.run().await }
    });
    Running { ticker, task }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl std::ops::Deref for Running {
    type Target = Ticker;

    fn deref(&self) -> &Ticker {
        assert!(!self.task.is_finished(), "the ticker stopped");
        &self.ticker
    }
}

/// Advances the clock to an instant in steps of a second, each with time for the ticker's work.
async fn reach(hosts: &FakeHosts, then: &str) {
    let left = time(then) - hosts.now();
    tokio::time::sleep(left.to_std().unwrap()).await;
}

/// Returns the hourly limit of the National Bank at an instant.
fn bank_limit(at: DateTime<Utc>) -> usize {
    let of_day = at.time();
    let clock = |hour, minute| chrono::NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    if (clock(10, 30)..clock(12, 0)).contains(&of_day) {
        12
    } else {
        4
    }
}

/// Checks the requests of every hour that ends with a request.
#[track_caller]
fn assert_within_budget(asked: &[SentRequest], limit: impl Fn(DateTime<Utc>) -> usize) {
    for (index, last) in asked.iter().enumerate() {
        let hour = asked[..=index]
            .iter()
            .filter(|asked| last.at - asked.at < TimeDelta::hours(1));
        let count = hour.count();
        assert!(
            count <= limit(last.at),
            "{count} requests in the hour to {}",
            last.at
        );
    }
}

fn gaps(asked: &[SentRequest]) -> Vec<TimeDelta> {
    asked
        .windows(2)
        .map(|pair| pair[1].at - pair[0].at)
        .collect()
}
