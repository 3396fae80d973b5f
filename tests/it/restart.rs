//! Values that a ticker keeps across restarts, and its reports about the store.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use masthead::fetch::Outcome;
use masthead::ticker::{FileStore, Item, State, Store, StoreError};
use masthead::{Added, Attribution, Ticker};

use crate::fake_hosts::{
    BANK, FRANKFURTER, FakeHosts, MET, NEWEST, OF_DAY, WITNESSES, bank, cities, frankfurter, met,
    ok, status, weather_prefix, without_witnesses,
};
use crate::support::time;
use crate::ticker::{dollar, good_day, weather};

#[tokio::test(start_paused = true)]
async fn a_restart_with_fresh_data_sends_no_request() {
    let (hosts, store) = (good_day(), Kept::default());
    let first = restarted(&hosts, &store);
    assert!(first.refresh(hosts.now()).await.is_complete());
    let known = first.snapshot().to_arc();
    drop(first);
    hosts.wait_until("2026-04-02T12:10:00Z").await;
    let (second, asked) = (restarted(&hosts, &store), hosts.requests("").len());
    assert_eq!(*second.snapshot(), *known);
    let quarter = std::time::Duration::from_secs(15 * 60);
    assert!(tokio::time::timeout(quarter, second.run()).await.is_err());
    assert_eq!(hosts.requests("").len(), asked);
}

#[tokio::test(start_paused = true)]
async fn a_restart_keeps_the_expiry() {
    let (hosts, store) = (good_day(), Kept::default());
    let forecast = ok(met("2026-04-02T12:00:00Z", "7.5")).expiring(hosts.now(), 40);
    hosts.on(MET, forecast);
    restarted(&hosts, &store).refresh(hosts.now()).await;
    for (at, requests) in [
        ("2026-04-02T12:00:30Z", 1),
        ("2026-04-02T12:39:59Z", 1),
        ("2026-04-02T12:40:00Z", 2),
    ] {
        hosts.wait_until(at).await;
        let ticker = restarted(&hosts, &store);
        let report = ticker.refresh(hosts.now()).await;
        let outcome = &report.entries.last().unwrap().attempts[0].outcome;
        assert_eq!(
            matches!(outcome, Outcome::NotDue(_)),
            requests == 1,
            "{at}: {outcome:?}"
        );
        assert!(weather(&ticker.snapshot(), "astana").is_some(), "{at}");
        assert_eq!(hosts.requests(MET).len(), requests, "{at}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_city_is_fetched_and_a_known_one_is_not() {
    let (hosts, store) = (good_day(), Kept::default());
    hosts.on(
        MET,
        ok(met("2026-04-02T12:00:00Z", "7.5")).expiring(hosts.now(), 40),
    );
    restarted(&hosts, &store).refresh(hosts.now()).await;
    let ticker = builder(&hosts, &store)
        .cities(cities(&["astana", "oral"]))
        .build()
        .unwrap();
    let report = ticker.refresh(hosts.now()).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(hosts.requests(&weather_prefix("astana")).len(), 1);
    assert_eq!(hosts.requests(&weather_prefix("oral")).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn values_saved_by_a_fast_clock_are_dropped_and_fetched_again() {
    for (ahead, today, tomorrow) in [
        ("2026-04-02T12:30:00Z", "2026-04-02", "2026-04-03"),
        ("2036-04-02T12:00:00Z", "2036-04-02", "2036-04-03"),
    ] {
        let store = Kept::default();
        let hosts = FakeHosts::at(ahead);
        hosts.on(OF_DAY, ok(bank(today, "900.00")));
        hosts.on(NEWEST, ok(bank(tomorrow, "901.00")));
        hosts.on(MET, ok(met(ahead, "7.5")).expiring(hosts.now(), 40));
        restarted(&hosts, &store).refresh(hosts.now()).await;
        assert_eq!(restarted(&hosts, &store).snapshot().cities().count(), 1);

        let hosts = good_day();
        let ticker = restarted(&hosts, &store);
        assert!(ticker.snapshot().rates(hosts.now()).is_none(), "{ahead}");
        assert!(ticker.snapshot().next(hosts.now()).is_none(), "{ahead}");
        assert_eq!(ticker.snapshot().cities().count(), 0, "{ahead}");
        ticker.refresh(hosts.now()).await;
        assert!(weather(&ticker.snapshot(), "astana").is_some(), "{ahead}");
        assert_eq!(hosts.requests(MET).len(), 1, "{ahead}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stored_expiry_is_valid_for_three_hours_at_most() {
    let (hosts, store) = (good_day(), Kept::default());
    let ticker = restarted(&hosts, &store);
    ticker.refresh(hosts.now()).await;
    let mut kept = masthead::Snapshot::clone(&ticker.snapshot());
    let (city, held) = (
        &cities(&["astana"])[0],
        weather(&kept, "astana").unwrap().value().clone(),
    );
    let (credit, now) = (Attribution::new("MET"), hosts.now());
    kept.add_weather(
        city.id(),
        city.zone(),
        held,
        credit,
        now,
        Some(time("2099-01-01T00:00:00Z")),
    );
    store.state.lock().unwrap().replace(State::from(kept));
    let ticker = restarted(&hosts, &store);
    ticker.refresh(now + TimeDelta::hours(3)).await;
    assert_eq!(hosts.requests(MET).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn every_good_reading_is_kept_and_a_refresh_without_one_writes_nothing() {
    let (hosts, store) = (good_day(), Kept::default());
    let ticker = restarted(&hosts, &store);
    ticker.refresh(hosts.now()).await;
    assert_eq!(store.saves(), 1);
    assert_eq!(*restarted(&hosts, &store).snapshot(), *ticker.snapshot());

    hosts.wait_until("2026-04-02T12:40:00Z").await;
    ticker.refresh(hosts.now()).await;
    assert_eq!(
        store.saves(),
        2,
        "a reading confirmed is known to hold later"
    );

    hosts.wait_until("2026-04-02T13:40:00Z").await;
    hosts.on("", status(503));
    ticker.refresh(hosts.now()).await;
    assert_eq!(store.saves(), 2, "nothing to keep");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_reported_and_does_not_stop_the_ticker() {
    let hosts = good_day();
    let ticker = hosts.ticker().store(Failing).build().unwrap();
    let save = "cannot save: disk full\n";
    let report = ticker.refresh(hosts.now()).await;
    assert_eq!(
        without_witnesses(&report),
        format!("cannot load: disk gone\n{save}")
    );
    assert!(!report.is_complete());
    assert!(report.failures().all(|(item, _)| *item == Item::Rates));
    assert_eq!(report.failures().count(), WITNESSES.len());
    assert_eq!(
        dollar(&ticker.snapshot(), "2026-04-02T12:00:00Z"),
        "475.09 of 2026-04-02"
    );
    let report = ticker.refresh(hosts.now()).await;
    assert_eq!(
        without_witnesses(&report),
        save,
        "what was said at the start is said once"
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_that_panics_is_reported_and_does_not_stop_the_ticker() {
    let hosts = good_day();
    let ticker = hosts.ticker().store(Panicking).build().unwrap();
    for _ in 0..2 {
        let text = without_witnesses(&ticker.refresh(hosts.now()).await);
        assert!(text.starts_with("the state was not kept: "), "{text}");
    }
    assert!(ticker.snapshot().rates(hosts.now()).is_some());
}

/// Two processes share a file. One of them is cut off from the bank, and later reads the same day's rates by the second route.
#[tokio::test(start_paused = true)]
async fn computed_rates_of_another_process_do_not_replace_the_banks_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let hosts = good_day();
    let start = || hosts.ticker().store(FileStore::new(&path)).build().unwrap();
    let (own, cut_off) = (start(), start());
    own.refresh(hosts.now()).await;
    hosts.wait_until("2026-04-02T12:30:00Z").await;
    hosts.on(BANK, status(503));
    hosts.on(FRANKFURTER, ok(frankfurter("2026-04-02", "475.10")));
    cut_off.refresh(hosts.now()).await;
    let now = "2026-04-02T12:30:00Z";
    assert_eq!(dollar(&cut_off.snapshot(), now), "475.1 of 2026-04-02");
    assert_eq!(dollar(&start().snapshot(), now), "475.09 of 2026-04-02");
}

/// Two processes share a file. One quarantines a slip, and then the other one, which has not read it, writes its memory.
#[tokio::test(start_paused = true)]
async fn a_number_quarantined_by_another_process_is_not_shown_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let hosts = good_day();
    let start = || hosts.ticker().store(FileStore::new(&path)).build().unwrap();
    let (first, second) = (start(), start());
    for ticker in [&first, &second] {
        ticker.refresh(hosts.now()).await;
    }
    hosts.wait_until("2026-04-02T19:30:00Z").await;
    hosts.on(OF_DAY, ok(bank("2026-04-03", "4701.30")));
    hosts.on(NEWEST, status(503));
    first.refresh(hosts.now()).await;
    assert_eq!(first.holds().len(), 1);
    let shown = dollar(&first.snapshot(), "2026-04-02T19:30:00Z");
    hosts.on(OF_DAY, status(503));
    hosts.on(MET, ok(met("2026-04-02T19:00:00Z", "5.5")));
    second.refresh(hosts.now()).await;
    let third = start();
    assert_eq!(dollar(&third.snapshot(), "2026-04-02T19:30:00Z"), shown);
    assert_eq!(third.holds().len(), 1);
}

/// The values of a snapshot are stored, and the sources then answer with the same.
#[tokio::test(start_paused = true)]
async fn the_first_answers_after_a_restart_are_no_corrections() {
    let (hosts, store) = (good_day(), Kept::default());
    let before = restarted(&hosts, &store);
    before.refresh(hosts.now()).await;
    let snapshot = masthead::Snapshot::clone(&before.snapshot());
    store.state.lock().unwrap().replace(State::from(snapshot));
    hosts.wait_until("2026-04-02T13:30:00Z").await;
    let report = restarted(&hosts, &store).refresh(hosts.now()).await;
    let outcomes: Vec<_> = report.entries.iter().map(|entry| entry.added).collect();
    assert_eq!(outcomes, [Some(Added::Confirmed); 3], "{report}");
}

fn restarted(hosts: &FakeHosts, store: &Kept) -> Ticker {
    builder(hosts, store).build().unwrap()
}

fn builder(hosts: &FakeHosts, store: &Kept) -> masthead::ticker::TickerBuilder {
    hosts.ticker().store(store.clone())
}

/// A store in memory that outlives a ticker.
#[derive(Clone, Debug, Default)]
struct Kept {
    state: Arc<Mutex<Option<State>>>,
    saves: Arc<AtomicUsize>,
}

impl Kept {
    fn saves(&self) -> usize {
        self.saves.load(Ordering::Relaxed)
    }
}

impl Store for Kept {
    fn load(&self) -> Result<Option<State>, StoreError> {
        Ok(self.state.lock().unwrap().clone())
    }

    fn save(&self, state: &State) -> Result<(), StoreError> {
        self.saves.fetch_add(1, Ordering::Relaxed);
        let mut kept = self.state.lock().unwrap();
        kept.get_or_insert_default().merge(state.clone());
        Ok(())
    }
}

#[derive(Debug)]
struct Failing;

impl Store for Failing {
    fn load(&self) -> Result<Option<State>, StoreError> {
        Err(StoreError::new("cannot load").caused_by("disk gone"))
    }

    fn save(&self, _: &State) -> Result<(), StoreError> {
        Err(StoreError::new("cannot save").caused_by("disk full"))
    }
}

#[derive(Debug)]
struct Panicking;

impl Store for Panicking {
    fn load(&self) -> Result<Option<State>, StoreError> {
        Ok(None)
    }

    fn save(&self, _: &State) -> Result<(), StoreError> {
        panic!("scripted")
    }
}
