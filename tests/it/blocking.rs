//! The blocking refresh for scripts works in and outside a runtime, never panics, and always ends.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use masthead::Ticker;
use masthead::fetch::HttpTransport;
use masthead::money::Currency;
use masthead::source::NationalBankKz;
use masthead::ticker::{Bank, Report, State, Store, StoreError};

use crate::fake_hosts::{FakeHosts, MET, PLACE, Reply, bank, met};
use crate::scripted_server::{Server, reply};
use crate::ticker::good_day;

/// Long enough for a machine under load; only a call that never ends reaches it.
const PATIENCE: Duration = Duration::from_secs(5);
const DEADLINE: Duration = Duration::from_millis(50);

#[test]
fn it_works_without_a_runtime() {
    assert_works();
}

#[tokio::test(flavor = "current_thread")]
async fn it_works_inside_a_runtime_of_one_thread() {
    assert_works();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn it_works_inside_a_runtime_of_many_threads() {
    assert_works();
    tokio::task::spawn_blocking(assert_works).await.unwrap();
}

#[track_caller]
fn assert_works() {
    let hosts = good_day();
    let ticker = hosts.ticker().build().unwrap();
    let report = ticker.refresh_blocking(hosts.now());
    assert!(report.is_complete(), "{report}");
    assert!(ticker.snapshot().rates(hosts.now()).is_some());
}

#[test]
fn a_panic_of_the_transport_is_contained_and_the_next_refresh_works() {
    // Without any host, so every request panics.
    let hosts = FakeHosts::at("2026-04-02T12:00:00Z");
    let ticker = hosts
        .ticker()
        .bank(Bank::national_bank_kz().newest([]))
        .cities([])
        .build()
        .unwrap();
    let report = ticker.refresh_blocking(hosts.now());
    let text = report.to_string();
    let told = "rates: national_bank_kz: the source or the transport panicked\n";
    assert!(text.starts_with(told), "{text}");
    assert!(!report.is_complete());
    hosts.on("", crate::fake_hosts::ok(bank("2026-04-02", "475.09")));
    let report = ticker.refresh_blocking(hosts.now() + TimeDelta::minutes(1));
    assert!(report.is_complete(), "{report}");
}

#[test]
fn the_longest_deadline_works() {
    let hosts = good_day();
    let ticker = hosts.ticker().deadline(Duration::MAX).build().unwrap();
    let report = ticker.refresh_blocking(hosts.now());
    assert!(report.is_complete(), "{report}");
}

#[test]
fn one_transport_serves_refreshes_on_many_runtimes() {
    let server = Server::start(|request| {
        let body = if request.path.contains("nationalbank") {
            bank("2026-04-02", "475.09")
        } else {
            met("2026-04-02T12:00:00Z", "7.5").replace(PLACE, "71.446,51.1801")
        };
        reply("200 OK", &[], body)
    });
    let transport = HttpTransport::builder("tests")
        .upstream(server.url())
        .build()
        .unwrap();
    let bank: Arc<masthead::source::DynRates> = Arc::new(NationalBankKz::of_day());
    let ticker = Ticker::builder("tests")
        .transport(transport)
        .bank(Bank::new(Currency::KZT, NationalBankKz::ZONE).rates([bank]))
        .build()
        .unwrap();
    for requests in [2, 4, 6] {
        let report = ticker.refresh_blocking("2026-04-02T12:00:00Z".parse().unwrap());
        assert!(report.is_complete(), "{report}");
        assert_eq!(server.seen().len(), requests);
    }
}

/// The first refresh cannot continue while its only thread waits for the second.
#[test]
fn it_ends_while_another_refresh_runs_on_the_same_thread() {
    let hosts = good_day();
    hosts.on(MET, Reply::Hang);
    let ticker = hosts.ticker().deadline(DEADLINE).build().unwrap();
    let ended = in_background(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut changes = ticker.changes();
            let now = hosts.now();
            let first = tokio::spawn({
                let ticker = ticker.clone();
                async move { ticker.refresh(now).await }
            });
            changes.changed().await.unwrap();
            let report = ticker.refresh_blocking(now);
            first.await.unwrap();
            report
        })
    });
    ended
        .recv_timeout(PATIENCE)
        .expect("the refresh does not end");
}

#[test]
fn a_store_that_hangs_does_not_hold_a_refresh() {
    let (release, hold) = channel();
    let hosts = good_day();
    let store = Hanging(Mutex::new(hold));
    let ticker = hosts
        .ticker()
        .store(store)
        .deadline(DEADLINE)
        .build()
        .unwrap();
    let ended = in_background({
        let (ticker, now) = (ticker.clone(), hosts.now());
        move || ticker.refresh_blocking(now)
    });
    let report = ended.recv_timeout(PATIENCE);
    drop::<Sender<()>>(release);
    let report = report.expect("the refresh waits for the disk");
    assert!(!report.store.is_empty(), "{report}");
    assert!(ticker.snapshot().rates(hosts.now()).is_some());
}

#[test]
fn at_most_one_save_runs_and_the_next_refresh_saves_what_it_missed() {
    let (release, hold) = channel();
    let saved: Arc<Mutex<Vec<State>>> = Arc::default();
    let store = Counting {
        hang: Hanging(Mutex::new(hold)),
        saved: Arc::clone(&saved),
    };
    let hosts = good_day();
    let ticker = hosts
        .ticker()
        .store(store)
        .deadline(DEADLINE)
        .build()
        .unwrap();
    let refresh = || {
        let (ticker, now) = (ticker.clone(), hosts.now());
        let ended = in_background(move || ticker.refresh_blocking(now));
        ended.recv_timeout(PATIENCE).expect("it waits for the disk")
    };
    let told = [0, 1, 2].map(|minutes| {
        hosts.move_clock(TimeDelta::minutes(minutes));
        refresh()
            .store
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    });
    let (late, skipped) = (
        "the state was not kept in time; the store may still be writing",
        "the state was not kept: an earlier save is still under way",
    );
    assert_eq!(told, [[late], [skipped], [skipped]]);
    assert_eq!(
        saved.lock().unwrap().len(),
        1,
        "more saves than one at a time"
    );

    drop::<Sender<()>>(release);
    // First without any new reading, then without any value left to keep.
    hosts.on("", Reply::Broken);
    for saves in [2, 2] {
        let report = refresh();
        assert!(report.store.is_empty(), "{report}");
        assert_eq!(saved.lock().unwrap().len(), saves);
    }
    let saved = saved.lock().unwrap();
    // The second one has the records that the first may not have written.
    let mut both = saved[0].clone();
    both.merge(saved[1].clone());
    assert_eq!(both.records(), saved[1].records());
    assert_ne!(saved[0].records(), saved[1].records());
}

/// Refreshes on another thread, which outlives a failing test.
fn in_background(run: impl FnOnce() -> Report + Send + 'static) -> Receiver<Report> {
    let (send, receive) = channel();
    std::thread::spawn(move || _ = send.send(run()));
    receive
}

/// A store that does not return until the sender is dropped.
#[derive(Debug)]
struct Hanging(Mutex<Receiver<()>>);

impl Store for Hanging {
    fn load(&self) -> Result<Option<State>, StoreError> {
        Ok(None)
    }

    fn save(&self, _: &State) -> Result<(), StoreError> {
        let _ = self.0.lock().unwrap().recv();
        Ok(())
    }
}

/// The same store, which also counts the states that it received.
#[derive(Debug)]
struct Counting {
    hang: Hanging,
    saved: Arc<Mutex<Vec<State>>>,
}

impl Store for Counting {
    fn load(&self) -> Result<Option<State>, StoreError> {
        self.hang.load()
    }

    fn save(&self, state: &State) -> Result<(), StoreError> {
        self.saved.lock().unwrap().push(state.clone());
        self.hang.save(state)
    }
}
