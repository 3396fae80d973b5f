//! Leases: one node fetches for the fleet, another takes over when it fails, and without the store each node fetches for itself.

use std::time::Duration;

use masthead::Ticker;
use masthead::ticker::shared::Topic;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::test_store::TestStore;
use super::{DAY, fleet_of, healthy_hosts, node_builder};
use crate::fake_hosts::{BANK, FakeHosts, MET, NEWEST, OF_DAY, bank, ok, status};

const MINUTE: Duration = Duration::from_secs(60);

pub(super) struct Fleet {
    pub(super) tickers: Vec<Ticker>,
    tasks: Vec<JoinHandle<std::convert::Infallible>>,
}

impl Fleet {
    pub(super) fn of(count: usize, hosts: &FakeHosts, store: &TestStore) -> Self {
        let tickers = (0..count).map(|node| {
            let builder = node_builder(hosts, store, &format!("web-{node}"));
            builder.build().unwrap()
        });
        let tickers: Vec<Ticker> = tickers.collect();
        let tasks = tickers.iter().map(|ticker| {
            let ticker = ticker.clone();
            tokio::spawn(async move { ticker.run().await })
        });
        let tasks = tasks.collect();
        Self { tickers, tasks }
    }

    fn leader(&self, store: &TestStore) -> usize {
        let name = store.leader(&Topic::Rates).unwrap();
        let is = |ticker: &Ticker| fleet_of(ticker).node.as_str() == name;
        self.tickers.iter().position(is).unwrap()
    }

    pub(super) fn assert_alike(&self) {
        for ticker in &self.tickers {
            assert_eq!(&*ticker.snapshot(), &*self.tickers[0].snapshot());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn ten_nodes_send_as_many_requests_as_one() {
    // The stage `repeated` of `.ci/run` has all five.
    const HOURS: u32 = if cfg!(debug_assertions) { 2 } else { 5 };
    let calls = async |count| {
        let hosts = healthy_hosts();
        let store = TestStore::new(&hosts);
        let fleet = Fleet::of(count, &hosts, &store);
        sleep(MINUTE * 60 * HOURS).await;
        assert!(
            fleet
                .tickers
                .iter()
                .all(|ticker| ticker.health().fleet.unwrap().is_good())
        );
        fleet.assert_alike();
        [BANK, MET].map(|host| hosts.requests(host).len())
    };
    let ([bank, met], [bank_of_ten, met_of_ten]) = (calls(1).await, calls(10).await);
    assert!(
        bank_of_ten <= bank + 1 && met_of_ten <= met + 1,
        "{bank}, {bank_of_ten}; {met}, {met_of_ten}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_publication_reaches_every_node_within_a_second_without_notifications() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let fleet = Fleet::of(5, &hosts, &store);
    sleep(MINUTE * 5).await;
    hosts.on(OF_DAY, ok(bank(DAY, "475.50")));
    hosts.on(NEWEST, ok(bank(DAY, "475.50")));
    let leader = fleet.leader(&store);
    fleet.tickers[leader].refresh(hosts.now()).await;
    sleep(Duration::from_secs(1)).await;
    fleet.assert_alike();
    let shown = fleet.tickers[(leader + 1) % 5].snapshot();
    let dollar = shown
        .rates(hosts.now())
        .unwrap()
        .value()
        .rows()
        .iter()
        .find(|row| row.currency.code() == "USD")
        .unwrap()
        .value;
    assert_eq!(dollar.to_string(), "475.50");
}

#[tokio::test(start_paused = true)]
async fn when_the_leader_dies_another_takes_over_within_one_lease() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let fleet = Fleet::of(3, &hosts, &store);
    sleep(MINUTE).await;
    let leader = fleet.leader(&store);
    fleet.tasks[leader].abort();
    sleep(Duration::from_secs(31)).await;
    assert_ne!(fleet.leader(&store), leader);
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_cannot_fetch_passes_the_lease_on_within_the_rate_limit() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let fleet = Fleet::of(5, &hosts, &store);
    sleep(MINUTE).await;
    let before = fleet.leader(&store);
    hosts.on(BANK, status(503));
    let asked = hosts.requests(BANK).len();
    let mut leaders = std::collections::BTreeSet::new();
    for _ in 0..8 * 60 {
        sleep(MINUTE).await;
        leaders.extend(store.leader(&Topic::Rates));
    }
    // Three requests an hour to each feed, like a single node, and one more for each takeover.
    let calls = hosts.requests(BANK).len() - asked;
    assert!((8..=8 * 8).contains(&calls), "{calls}");
    assert!(leaders.len() >= 3, "{leaders:?} after {before}");
    fleet.assert_alike();
}

#[tokio::test(start_paused = true)]
async fn a_lease_held_by_a_stranger_starves_no_node() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    store.block(&Topic::Rates);
    // Without any value to show, nodes wait a minute and a half at most.
    let fleet = Fleet::of(3, &hosts, &store);
    sleep(Duration::from_secs(95)).await;
    for ticker in &fleet.tickers {
        assert!(ticker.snapshot().rates(hosts.now()).is_some());
    }
    let read = hosts.requests(BANK).len();
    assert!((1..=3 * 2).contains(&read), "{read}");
    // With values to show, they wait an hour and a quarter beyond the usual three hours.
    sleep(MINUTE * 60 * 5).await;
    for ticker in &fleet.tickers {
        let fetched = ticker.snapshot().rates(hosts.now()).unwrap().fetched();
        assert!((hosts.now() - fetched).num_minutes() < 280, "{fetched}");
    }
    assert!(hosts.requests(BANK).len() > read);
}

#[tokio::test(start_paused = true)]
async fn without_the_store_each_node_fetches_for_itself_within_a_quarter_of_the_budget() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    store.state().is_away = true;
    let fleet = Fleet::of(4, &hosts, &store);
    sleep(MINUTE * 60 * 3).await;
    assert!(
        fleet
            .tickers
            .iter()
            .all(|ticker| ticker.snapshot().rates(hosts.now()).is_some())
    );
    let calls = hosts.requests(BANK).len();
    // Four nodes, three hours: a quarter of four an hour each.
    assert!((4..=4 * 4).contains(&calls), "{calls}");
    for ticker in &fleet.tickers {
        let health = fleet_of(ticker);
        assert!(!health.is_good() && health.away_since.is_some());
        assert_eq!(health.last_error.as_deref(), Some("the store is away"));
    }
    store.state().is_away = false;
    sleep(Duration::from_secs(3)).await;
    fleet.assert_alike();
    assert!(
        fleet
            .tickers
            .iter()
            .all(|ticker| fleet_of(ticker).is_good())
    );
}

#[tokio::test(start_paused = true)]
async fn an_idle_node_calls_the_store_at_most_about_once_a_second() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let _fleet = Fleet::of(1, &hosts, &store);
    sleep(MINUTE * 2).await;
    let before = store.state().calls;
    sleep(MINUTE * 10).await;
    let calls = store.state().calls - before;
    // The store of the tests sends no notifications, so it is polled each second.
    assert!((600..=800).contains(&calls), "{calls} in ten minutes");
}
