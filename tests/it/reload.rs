//! A ticker with other settings that goes on from another one, without a restart.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use masthead::ledger::Record;
use masthead::money::Pair;
use masthead::source::{DynWeather, OpenMeteo};
use masthead::ticker::{Bank, FileStore, State, Store, StoreError};
use masthead::weather::City;
use masthead::{SourceId, Ticker};

use crate::fake_hosts::{
    BANK, FakeHosts, MET, NEWEST, OF_DAY, bank, cities, met, ok, status, weather_prefix,
};
use crate::ticker::{dollar, good_day, weather};

const NOON: &str = "2026-04-02T12:00:00Z";

/// Runs the ticker for so long.
async fn run(ticker: &Ticker, time: Duration) {
    assert!(tokio::time::timeout(time, ticker.run()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn known_items_stay_without_a_request_and_a_new_city_is_fetched() {
    let hosts = good_day();
    hosts.on(MET, ok(met(NOON, "7.5")).expiring(hosts.now(), 40));
    let before = hosts.ticker().build().unwrap();
    assert!(before.refresh(hosts.now()).await.is_complete());
    let known = before.snapshot().to_arc();
    let requests = hosts.requests("").len();

    let same = hosts.ticker().successor_of(&before).build().unwrap();
    assert_eq!(*same.snapshot(), *known);
    run(&same, Duration::from_secs(15 * 60)).await;
    assert_eq!(hosts.requests("").len(), requests);

    let wider = hosts
        .ticker()
        .cities(cities(&["oral", "astana"]))
        .successor_of(&same)
        .build()
        .unwrap();
    assert_eq!(*wider.snapshot(), *known, "before the first request");
    run(&wider, Duration::from_secs(60)).await;
    assert_eq!(hosts.requests(&weather_prefix("astana")).len(), 1);
    assert_eq!(hosts.requests(&weather_prefix("oral")).len(), 1);
    assert!(weather(&wider.snapshot(), "oral").is_some());
    assert_eq!(hosts.requests("").len(), requests + 1);

    let narrower = hosts
        .ticker()
        .cities(cities(&["oral"]))
        .successor_of(&wider)
        .build()
        .unwrap();
    assert!(weather(&narrower.snapshot(), "astana").is_none());
    assert!(weather(&narrower.snapshot(), "oral").is_some());
    // The ticker before it shows what it has shown.
    assert!(weather(&wider.snapshot(), "astana").is_some());
}

#[tokio::test(start_paused = true)]
async fn weather_of_a_removed_service_stays_until_another_answers() {
    let hosts = good_day();
    let before = hosts.ticker().build().unwrap();
    before.refresh(hosts.now()).await;
    hosts.on("api.open-meteo.com", status(503));
    let other: Arc<DynWeather> = Arc::new(OpenMeteo::free_for_non_commercial_use());
    let after = hosts
        .ticker()
        .weather([other])
        .successor_of(&before)
        .build()
        .unwrap();
    let shown = weather(&after.snapshot(), "astana").map(|held| held.source().clone());
    assert_eq!(shown, Some(SourceId::MET_NORWAY));
    run(&after, Duration::from_secs(60)).await;
    assert!(!hosts.requests("api.open-meteo.com").is_empty(), "at once");
    assert!(weather(&after.snapshot(), "astana").is_some());
}

#[tokio::test(start_paused = true)]
async fn another_bank_begins_without_the_rates_of_the_first() {
    let hosts = good_day();
    let before = hosts.ticker().build().unwrap();
    before.refresh(hosts.now()).await;
    let after = hosts
        .ticker()
        .bank(Bank::cbr())
        .successor_of(&before)
        .build()
        .unwrap();
    assert!(after.snapshot().rates(hosts.now()).is_none());
    assert!(weather(&after.snapshot(), "astana").is_some());
    // The rates of the first are still known.
    let back = hosts.ticker().successor_of(&after).build().unwrap();
    assert_eq!(dollar(&back.snapshot(), NOON), "475.09 of 2026-04-02");
}

#[tokio::test(start_paused = true)]
async fn reloads_spend_no_budget_and_end_no_rest() {
    let hosts = good_day();
    hosts
        .on(BANK, status(503))
        .on("api.frankfurter.dev", status(503));
    let mut ticker = hosts.ticker().build().unwrap();
    for _ in 0..60 {
        run(&ticker, Duration::from_secs(60)).await;
        ticker = hosts.ticker().successor_of(&ticker).build().unwrap();
    }
    // As without a reload: four requests an hour.
    let to_bank = hosts.requests(BANK).len();
    assert!((1..=4).contains(&to_bank), "{to_bank} requests");
    let failures = ticker.health().sources;
    let of_bank = failures
        .iter()
        .find(|source| source.source == SourceId::NATIONAL_BANK_KZ);
    assert!(of_bank.is_some_and(|source| source.last_failure.is_some()));
}

#[tokio::test(start_paused = true)]
async fn a_quarantined_number_stays_quarantined_and_can_be_approved() {
    let hosts = good_day();
    hosts.on(NEWEST, status(503));
    let before = hosts.ticker().build().unwrap();
    before.refresh(hosts.now()).await;
    hosts.wait_until("2026-04-02T19:30:00Z").await;
    hosts.on(OF_DAY, ok(bank("2026-04-03", "4701.30")));
    before.refresh(hosts.now()).await;
    let holds = before.holds();
    assert_eq!(holds.len(), 1);
    let after = hosts.ticker().successor_of(&before).build().unwrap();
    assert_eq!(after.holds(), holds);
    let shown = dollar(&after.snapshot(), "2026-04-02T19:30:00Z");
    assert_eq!(shown, dollar(&before.snapshot(), "2026-04-02T19:30:00Z"));
    let report = after.approve(holds[0].id).await.unwrap();
    let released = dollar(&after.snapshot(), "2026-04-02T19:30:00Z");
    assert!(released.starts_with("4701.3"), "{released}: {report:?}");
}

/// The disk was full at the last save; after the reload there is room again.
#[tokio::test(start_paused = true)]
async fn records_that_could_not_be_saved_are_saved_after_the_reload() {
    #[derive(Debug)]
    struct Full;
    impl Store for Full {
        fn load(&self) -> Result<Option<State>, StoreError> {
            Ok(None)
        }
        fn save(&self, _: &State) -> Result<(), StoreError> {
            Err(StoreError::new("disk full"))
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = || FileStore::new(folder.path().join("masthead.ledger"));
    let hosts = good_day();
    let before = hosts.ticker().store(Full).build().unwrap();
    before.refresh(hosts.now()).await;
    let after = hosts.ticker().store(file()).successor_of(&before).build();
    let after = after.unwrap();
    hosts.move_clock(TimeDelta::hours(1));
    after.refresh(hosts.now()).await;
    let first = hosts.now() - TimeDelta::hours(1);
    let stored = file().read(hosts.now()).unwrap().contents.ledger;
    let is_earlier = |record: Record| match record {
        Record::Sighting(sighting) => sighting.first() <= first,
        _ => false,
    };
    assert!(
        stored.records().any(is_earlier),
        "the answers before the reload"
    );
    let restarted = hosts.ticker().store(file()).build().unwrap();
    assert_eq!(*restarted.snapshot(), *after.snapshot());
}

#[tokio::test(start_paused = true)]
async fn records_of_the_store_are_loaded_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = || FileStore::new(folder.path().join("masthead.ledger"));
    let hosts = good_day();
    let other = hosts.ticker().cities(cities(&["oral"])).store(file());
    other.build().unwrap().refresh(hosts.now()).await;
    let before = hosts.ticker().build().unwrap();
    let after = hosts
        .ticker()
        .cities(cities(&["astana", "oral"]))
        .store(file())
        .successor_of(&before)
        .build()
        .unwrap();
    assert!(weather(&after.snapshot(), "oral").is_some());
    assert_eq!(dollar(&after.snapshot(), NOON), "475.09 of 2026-04-02");
}

/// Instants without the clock count on.
#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_before_a_reload_is_followed_after_it() {
    let hosts = FakeHosts::at("2026-04-03T12:00:00Z");
    hosts
        .on(OF_DAY, ok(bank("2026-04-03", "475.09")))
        .on(NEWEST, ok(bank("2026-04-03", "475.09")))
        .on(MET, ok(met("2026-04-03T12:00:00Z", "7.5")));
    let before = hosts.ticker().build().unwrap();
    run(&before, Duration::from_secs(60)).await;
    hosts.move_clock(TimeDelta::days(-1));
    run(&before, Duration::from_secs(60)).await;
    let after = hosts.ticker().successor_of(&before).build().unwrap();
    hosts.move_clock(TimeDelta::days(1));
    run(&after, Duration::from_secs(60)).await;
    let now = "2026-04-03T12:02:00Z";
    assert_eq!(dollar(&after.snapshot(), now), "475.09 of 2026-04-03");
    let records = after.health();
    assert!(records.items.iter().all(|item| item.fetched.is_some()));
}

#[tokio::test(start_paused = true)]
async fn a_city_of_the_same_id_at_another_place_begins_without_weather() {
    let hosts = good_day();
    let at = |place: &str| {
        let place = place.parse().unwrap();
        [City::new("home", "Home", place, chrono_tz::Asia::Almaty).unwrap()]
    };
    let ticker = |place| hosts.ticker().cities(at(place));
    let before = ticker("51.1694,71.4491").build().unwrap();
    before.refresh(hosts.now()).await;
    assert!(weather(&before.snapshot(), "home").is_some());
    let same = ticker("51.1694,71.4491");
    let same = same.successor_of(&before).build().unwrap();
    assert!(weather(&same.snapshot(), "home").is_some());
    let requests = hosts.requests(MET).len();
    let moved = ticker("43.2380,76.9452");
    let moved = moved.successor_of(&same).build().unwrap();
    assert!(weather(&moved.snapshot(), "home").is_none());
    run(&moved, Duration::from_secs(60)).await;
    assert_eq!(hosts.requests(MET).len(), requests + 1, "requested at once");
    assert!(weather(&moved.snapshot(), "home").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_saved_state_has_the_history_that_the_ticker_believes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.ledger");
    let hosts = good_day();
    hosts.on(NEWEST, status(503));
    let ticker = hosts.ticker().store(FileStore::new(&path)).build().unwrap();
    ticker.refresh(hosts.now()).await;
    hosts.wait_until("2026-04-02T19:30:00Z").await;
    hosts.on(OF_DAY, ok(bank("2026-04-03", "4701.30")));
    ticker.refresh(hosts.now()).await;
    assert_eq!(ticker.holds().len(), 1);
    let state = FileStore::new(&path).peek().unwrap().unwrap();
    let saved = state.history(SourceId::NATIONAL_BANK_KZ, hosts.now());
    let believed = ticker.history();
    for of in ["2026-04-01", "2026-04-02", "2026-04-03"] {
        let of = of.parse().unwrap();
        assert_eq!(saved.rates_on(of), believed.rates_on(of), "{of}");
    }
    let first = saved
        .rate(Pair::USD_KZT, "2026-04-02".parse().unwrap())
        .unwrap();
    assert!(!first.is_confirmed(), "the first rates");
    let held = saved.rate(Pair::USD_KZT, "2026-04-03".parse().unwrap());
    assert!(held.is_err(), "{held:?}");
}
