//! A fleet with a shared store: each node judges and shows the values that another node fetched, and each value is fetched once.

mod contract;
mod degraded;
mod engines;
mod guard;
mod history;
mod leases;
mod mended;
mod test_store;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::Ticker;
use masthead::ticker::shared::{SharedChange, Topic};
use masthead::ticker::{FleetHealth, TickerBuilder};
use test_store::TestStore;

use crate::fake_hosts::{
    FRANKFURTER, FakeHosts, MET, NEWEST, OF_DAY, bank, cities, met, ok, status,
};

const NOW: &str = "2026-04-02T04:00:00Z";
const DAY: &str = "2026-04-02";

#[tokio::test(start_paused = true)]
async fn a_second_node_shows_the_values_of_the_first_without_a_request() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [first, second] = ["a", "b"].map(|node| {
        let on = hosts.clone();
        // A record has milliseconds, a clock has more.
        let clock = move || on.now() + TimeDelta::nanoseconds(123_456);
        let node = node_builder(&hosts, &store, node).clock(clock);
        node.build().unwrap()
    });
    first.refresh(hosts.now()).await;
    let asked = hosts.requests("").len();
    second.catch_up().await;
    assert_eq!(&*first.snapshot(), &*second.snapshot());
    assert!(second.snapshot().rates(hosts.now()).is_some());
    assert_eq!(second.snapshot().cities().count(), 1);
    assert_eq!(hosts.requests("").len(), asked);
    for ticker in [&first, &second] {
        let fleet = fleet_of(ticker);
        assert!(fleet.is_good(), "{fleet:?}");
        assert_eq!(fleet.topics.len(), 2);
        assert!(fleet.topics.iter().all(|topic| topic.shared.is_some()));
        assert!(fleet.topics.iter().all(|topic| topic.records > 0));
    }
    // The adopting node does not write the records again.
    let changes = store.state().changes.len();
    for ticker in [&second, &first, &second] {
        ticker.catch_up().await;
    }
    assert_eq!(store.state().changes.len(), changes);
}

#[tokio::test(start_paused = true)]
async fn values_lost_by_the_store_are_published_again_by_any_node_that_has_them() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [first, second] =
        ["a", "b"].map(|node| node_builder(&hosts, &store, node).build().unwrap());
    first.refresh(hosts.now()).await;
    second.catch_up().await;
    let kept = store.saved(&topics());
    drop(first);
    store.lose_everything();
    second.catch_up().await;
    assert_eq!(store.saved(&topics()), kept);
    let third = node_builder(&hosts, &store, "c").build().unwrap();
    third.catch_up().await;
    assert_eq!(&*third.snapshot(), &*second.snapshot());
}

#[tokio::test(start_paused = true)]
async fn older_values_in_the_store_do_not_replace_newer_ones() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [first, second] =
        ["a", "b"].map(|node| node_builder(&hosts, &store, node).build().unwrap());
    first.refresh(hosts.now()).await;
    let old = store.saved(&topics());
    hosts.on(OF_DAY, ok(bank(DAY, "475.50")));
    hosts.on(NEWEST, ok(bank(DAY, "475.50")));
    tokio::time::advance(std::time::Duration::from_secs(4000)).await;
    first.refresh(hosts.now()).await;
    second.catch_up().await;
    let shown = second.snapshot().to_arc();
    assert!(
        shown
            .rates(hosts.now())
            .unwrap()
            .value()
            .rows()
            .iter()
            .any(|row| row.value.to_string() == "475.50")
    );
    let new = store.saved(&topics());
    assert_ne!(old, new);
    store.lose_everything();
    old.into_iter().for_each(|old| store.write(old));
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*shown);
    assert_eq!(
        store.saved(&topics()),
        new,
        "what was lost is written again"
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_with_a_wrong_clock_does_not_write() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let first = node_builder(&hosts, &store, "a").build().unwrap();
    let ahead = hosts.clone();
    let second = node_builder(&hosts, &store, "b").clock(move || ahead.now() + TimeDelta::hours(1));
    let second = second.build().unwrap();
    second.refresh(second.now()).await;
    let nothing = topics().map(SharedChange::new);
    assert_eq!(
        store.saved(&topics()),
        nothing,
        "its records are of the future"
    );
    first.refresh(hosts.now()).await;
    let kept = store.saved(&topics());
    assert_ne!(kept, nothing);
    _ = tokio::time::timeout(std::time::Duration::from_secs(120), second.run()).await;
    assert_eq!(store.saved(&topics()), kept);
    let fleet = fleet_of(&second);
    assert!(!fleet.is_good());
    assert_eq!(fleet.clock_ahead_s, -3600);
    assert!(store.leader(&Topic::Rates).is_none());
}

/// The displayed values change while they are shared: in the end the other nodes have all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_during_a_call_to_the_store_are_shared_too() {
    let hosts = FakeHosts::at(NOW);
    let day = |at: DateTime<Utc>| (at + TimeDelta::hours(5)).format("%Y-%m-%d").to_string();
    hosts.on_each(OF_DAY, move |asked| ok(bank(&day(asked.at), "475.09")));
    hosts.on_each(NEWEST, move |asked| {
        let dollar = format!("475.{}", 10 + asked.at.timestamp() / 1800 % 9);
        ok(bank(&day(asked.at + TimeDelta::days(1)), &dollar))
    });
    let store = TestStore::new(&hosts);
    let [first, second] = ["a", "b"].map(|node| {
        let ticker = node_builder(&hosts, &store, node).cities([]);
        ticker.build().unwrap()
    });
    let sharing = first.clone();
    let sharing = tokio::spawn(async move {
        loop {
            sharing.catch_up().await;
            tokio::task::yield_now().await;
        }
    });
    for step in 0..300 {
        hosts.move_clock(TimeDelta::minutes(30));
        first.refresh(hosts.now()).await;
        first.catch_up().await;
        second.catch_up().await;
        assert_eq!(&*second.snapshot(), &*first.snapshot(), "{step}");
    }
    sharing.abort();
    // The newest publication differed each time.
    assert!(second.snapshot().next(hosts.now()).is_some());
    assert_eq!(hosts.requests(NEWEST).len(), 300);
}

/// Hosts with a valid response for every request.
fn healthy_hosts() -> FakeHosts {
    let hosts = FakeHosts::at(NOW);
    hosts.on(OF_DAY, ok(bank(DAY, "475.09")));
    hosts.on(NEWEST, ok(bank(DAY, "475.09")));
    hosts.on(FRANKFURTER, status(503));
    hosts.on(MET, ok(met(NOW, "8.5")).expiring(hosts.now(), 60));
    hosts
}

fn node_builder(hosts: &FakeHosts, store: &TestStore, node: &str) -> TickerBuilder {
    hosts
        .ticker()
        .cities(cities(&["astana"]))
        .fleet(store.clone())
        .node(node)
}

fn topics() -> [Topic; 2] {
    [Topic::Rates, Topic::Weather("astana".parse().unwrap())]
}

fn fleet_of(ticker: &Ticker) -> FleetHealth {
    ticker.health().fleet.unwrap()
}

/// Why a node does not show or share a record of a topic.
fn diverges(ticker: &Ticker, topic: &Topic) -> Option<String> {
    let name = topic.to_string();
    let mut topics = fleet_of(ticker).topics.into_iter();
    topics.find(|topic| topic.topic == name).unwrap().diverges
}
