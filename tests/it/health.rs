//! The health report, a source that panics, the ticker's own thread, and a file shared by processes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chrono::{NaiveDate, TimeDelta};
use http::{Request, Response};
use masthead::fetch::Outcome;
use masthead::money::Rates;
use masthead::source::{DecodeError, DynRates, NationalBankKz, Source};
use masthead::ticker::{Bank, FileStore, Health, Item, State, Store};
use masthead::{Attribution, Freshness, SourceId, Ticker};

use crate::fake_hosts::{
    FRANKFURTER, FakeHosts, MET, NEWEST, OF_DAY, bank, cities, met, ok, status, without_witnesses,
};

fn good_day() -> FakeHosts {
    let hosts = FakeHosts::at("2026-04-02T12:00:00Z");
    hosts
        .on(OF_DAY, ok(bank("2026-04-02", "475.09")))
        .on(NEWEST, ok(bank("2026-04-03", "475.90")))
        .on(MET, ok(met("2026-04-02T12:00:00Z", "7.5")));
    hosts
}

#[tokio::test(start_paused = true)]
async fn health_reports_ages_and_the_outcome_of_each_source() {
    let hosts = good_day();
    let ticker = hosts.ticker().build().unwrap();
    assert!(!ticker.health().is_good(), "no reading yet");
    ticker.refresh(hosts.now()).await;
    let health = ticker.health();
    assert!(health.is_good(), "{health:?}");
    assert_eq!(health.last_refresh, Some(hosts.now()));
    assert_eq!(
        health.unconfirmed,
        Some(day("2026-04-02")),
        "no second bank has said so"
    );
    let [rates, astana] = &health.items[..] else {
        panic!("{:?}", health.items)
    };
    assert_eq!(
        (rates.item.as_str(), rates.freshness),
        ("rates", Freshness::Fresh)
    );
    assert_eq!((rates.day, rates.overdue), (Some(day("2026-04-02")), false));
    assert_eq!(
        (astana.item.as_str(), astana.fetched),
        ("weather of astana", Some(hosts.now()))
    );
    assert_eq!(of(&health, "cbu").failures, [("server_error", 1)].into());
    assert_eq!(
        of(&health, "national_bank_kz").last_success,
        Some(hosts.now())
    );

    hosts.on("", status(403));
    hosts.move_clock(TimeDelta::days(7));
    ticker.refresh(hosts.now()).await;
    let health = ticker.health();
    assert!(!health.is_good());
    assert_eq!(health.items[0].freshness, Freshness::Stale);
    assert!(health.items[0].overdue && health.items[1].overdue);
    let bank = of(&health, "national_bank_kz");
    assert_eq!(
        bank.failures["denied"], 2,
        "both feeds were requested at once"
    );
    assert!(bank.resting.is_some_and(|until| until > hosts.now()));
    let failure = bank.last_failure.as_ref().unwrap();
    assert_eq!(
        failure.text,
        "cannot read national_bank_kz: it answered 403 Forbidden"
    );
    let json = serde_json::to_value(&health).unwrap();
    assert_eq!(json["items"][0]["freshness"], "stale");
    assert_eq!(json["sources"][1]["source"], "cbu");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_panics_is_counted_and_does_not_affect_others() {
    #[derive(Debug)]
    struct Panicking;
    impl Source for Panicking {
        type Query = NaiveDate;
        type Reading = Rates;
        fn id(&self) -> SourceId {
            SourceId::constant("of_the_site")
        }
        fn attribution(&self) -> Attribution {
            Attribution::new("The site")
        }
        fn request(&self, today: &NaiveDate) -> Request<()> {
            NationalBankKz::of_day().request(today)
        }
        fn decode(&self, _: &NaiveDate, _: &Response<Bytes>) -> Result<Rates, DecodeError> {
            panic!("at https://bank.example/?key=s3cret")
        }
    }
    let hosts = good_day();
    let sources: [Arc<DynRates>; 2] = [Arc::new(Panicking), Arc::new(NationalBankKz::of_day())];
    let ticker = hosts
        .ticker()
        .bank(Bank::national_bank_kz().rates(sources))
        .build()
        .unwrap();
    let report = ticker.refresh(hosts.now()).await;
    assert_eq!(
        without_witnesses(&report),
        "rates: of_the_site: the source or the transport panicked\n"
    );
    let snapshot = ticker.snapshot();
    assert!(snapshot.rates(hosts.now()).is_some() && snapshot.cities().count() == 1);
    assert_eq!(
        of(&ticker.health(), "of_the_site").failures,
        [("panicked", 1)].into()
    );
}

#[tokio::test(start_paused = true)]
async fn an_impossible_reading_is_refused_and_the_next_source_is_tried() {
    let hosts = good_day();
    let ticker = hosts.ticker().build().unwrap();
    ticker.refresh(hosts.now()).await;
    // A truncated feed: nine of twelve rows, without the dollar.
    let cut = bank("2026-04-02", "475.09");
    let few = cut.replacen("<item><title>UAH", "<x><title>UAH", 1);
    assert_ne!(few, cut);
    let rows: Vec<&str> = cut.split("<item>").collect();
    let short = format!("{}<item>{}</rates>", rows[0], rows[1..10].join("<item>"));
    hosts.on(OF_DAY, ok(short)).on(FRANKFURTER, status(503));
    hosts.move_clock(TimeDelta::hours(1));
    let report = ticker.refresh(hosts.now()).await;
    let rates = report
        .entries
        .iter()
        .find(|entry| entry.item == Item::Rates)
        .unwrap();
    let told: Vec<String> = rates.attempts.iter().map(ToString::to_string).collect();
    // A list of nine rows is complete in itself; only the comparison with the last list shows that rows are missing.
    assert_eq!(
        told[0],
        "national_bank_kz: refused: 9 rates of 2026-04-02, and earlier answers had 12"
    );
    assert!(matches!(rates.attempts[1].outcome, Outcome::Failed(_)));
    assert_eq!(
        ticker.snapshot().rates(hosts.now()).unwrap().value().len(),
        12
    );
}

/// The feed of the day has had twelve rows, and the newest one ten. A list of nine is too short for the former alone.
#[tokio::test(start_paused = true)]
async fn a_list_that_one_feed_refuses_stays_once_another_is_believed() {
    let (hosts, mut lists) = (good_day(), Vec::new());
    for (rows, dollar) in [(10, "475.09"), (9, "476.00")] {
        let whole = bank("2026-04-02", dollar);
        let parts: Vec<&str> = whole.split("<item>").collect();
        let rows = parts[1..=rows].join("<item>");
        lists.push(format!("{}<item>{rows}</rates>", parts[0]));
    }
    let [ten, nine] = &lists[..] else { panic!() };
    hosts.on(NEWEST, ok(ten)).on(FRANKFURTER, status(503));
    let ticker = hosts.ticker().build().unwrap();
    // The rates' attempts and rows an hour later.
    let later = async |list: &str| {
        hosts.on(OF_DAY, ok(list.to_owned()));
        hosts.move_clock(TimeDelta::hours(1));
        let report = ticker.refresh(hosts.now()).await;
        let rates = report.entries.iter();
        let rates = rates.filter(|entry| entry.item == Item::Rates);
        let told = rates.flat_map(|entry| &entry.attempts);
        let told: Vec<String> = told.map(ToString::to_string).collect();
        let rows = ticker.snapshot().rates(hosts.now()).unwrap().value().len();
        (told[0].clone(), rows)
    };
    let refused = "national_bank_kz: refused: 9 rates of 2026-04-02, and earlier answers had 12";
    let read = "national_bank_kz: read";
    ticker.refresh(hosts.now()).await;
    hosts.on(NEWEST, ok(nine));
    assert_eq!(later(nine).await, (refused.to_owned(), 9));
    assert_eq!(later(nine).await, (read.to_owned(), 9));
    // It has not made lists of nine usual for the feed of the day.
    let other = nine.replace("476.00", "476.10");
    assert_eq!(later(&other).await, (refused.to_owned(), 9));
}

#[test]
fn a_background_thread_keeps_the_snapshot_fresh_and_ends_when_dropped() {
    let heard = Arc::new((Mutex::new(0_u32), std::sync::Condvar::new()));
    // With this machine's sockets and clock; the banks are at a port that refuses connections.
    let hearing = Arc::clone(&heard);
    let ticker = Ticker::builder("tests")
        .upstream("http://127.0.0.1:9")
        .on_report(move |_| {
            *hearing.0.lock().unwrap() += 1;
            hearing.1.notify_all();
        })
        .build()
        .unwrap();
    let background = ticker.start().unwrap();
    assert!(background.is_running());
    let count = heard.0.lock().unwrap();
    let patience = Duration::from_secs(20);
    let (count, _) = heard
        .1
        .wait_timeout_while(count, patience, |count| *count == 0)
        .unwrap();
    assert_eq!(*count, 1, "a report within a second");
    drop(count);
    let health = ticker.health();
    assert!(health.last_tick.is_some());
    assert_eq!(
        of(&health, "national_bank_kz")
            .last_failure
            .as_ref()
            .unwrap()
            .class,
        "no_connection"
    );
    drop(background);
}

#[test]
fn a_clock_that_panics_does_not_end_the_thread() {
    let told = std::sync::Once::new();
    let clock = move || {
        if std::thread::current().name() == Some("masthead") {
            told.call_once_force(|state| assert!(state.is_poisoned(), "scripted"));
        }
        "2026-04-02T12:00:00Z".parse().unwrap()
    };
    let ticker = Ticker::builder("tests")
        .upstream("http://127.0.0.1:9")
        .clock(clock)
        .build()
        .unwrap();
    let background = ticker.start().unwrap();
    let started = std::time::Instant::now();
    while ticker.health().restarts == 0 || ticker.health().last_tick.is_none() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "it was not started again"
        );
        std::thread::yield_now();
    }
    assert_eq!(ticker.health().restarts, 1);
    assert!(background.is_running());
}

#[test]
fn two_processes_on_one_file_do_not_replace_newer_values() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().join("state.json"));
    let run = |now: &str, dollar: &str, on: &str, city: &str| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let hosts = FakeHosts::at(now);
            hosts
                .on(OF_DAY, ok(bank(on, dollar)))
                .on(NEWEST, status(503))
                .on(MET, ok(met(now, "7.5")));
            let ticker = hosts
                .ticker()
                .cities(cities(&[city]))
                .store(Blank(store.clone()));
            ticker.build().unwrap().refresh(hosts.now()).await;
        });
    };
    // A third process that starts shows the newer value of each, whichever was written last.
    let shown = |now: &str| {
        let hosts = FakeHosts::at(now);
        let ticker = hosts.ticker().cities(cities(&["astana", "almaty"]));
        let ticker = ticker.store(store.clone()).build().unwrap();
        let snapshot = ticker.snapshot();
        let rates = snapshot.rates(hosts.now()).map(|held| held.value().day());
        (rates, snapshot.cities().count())
    };
    let (newer, older) = (Some(day("2026-04-03")), Some(day("2026-04-02")));
    run("2026-04-03T12:00:00Z", "476.00", "2026-04-03", "astana");
    assert_eq!(shown("2026-04-03T12:00:00Z"), (newer, 1));
    // The other process has older data of the day before, for another city.
    run("2026-04-02T12:00:00Z", "475.09", "2026-04-02", "almaty");
    assert_eq!(shown("2026-04-03T12:00:00Z"), (newer, 2));
    // By a clock that is a day behind, what the first one wrote is of the future.
    assert_eq!(shown("2026-04-02T12:00:00Z"), (older, 1));
    run("2026-04-03T12:01:00Z", "476.00", "2026-04-03", "almaty");
    run("2026-04-03T12:00:30Z", "475.09", "2026-04-02", "astana");
    assert_eq!(shown("2026-04-03T12:02:00Z"), (newer, 2));
}

/// A store that never loads what another process saved.
#[derive(Debug)]
struct Blank(FileStore);

impl Store for Blank {
    fn load(&self) -> Result<Option<State>, masthead::ticker::StoreError> {
        Ok(None)
    }

    fn save(&self, state: &State) -> Result<(), masthead::ticker::StoreError> {
        self.0.save(state)
    }
}

#[track_caller]
fn of<'a>(health: &'a Health, source: &str) -> &'a masthead::ticker::SourceHealth {
    let named = |known: &&masthead::ticker::SourceHealth| known.source.as_str() == source;
    health
        .sources
        .iter()
        .find(named)
        .unwrap_or_else(|| panic!("no {source}: {health:?}"))
}

fn day(text: &str) -> NaiveDate {
    crate::support::day(text)
}
