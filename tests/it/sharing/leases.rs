//! Who asks upstream: one of a fleet, another when that one cannot, each for itself when there is no store.

use std::time::Duration;

use masthead::Ticker;
use masthead::ticker::Topic;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::table::Table;
use super::{DAY, fleet_of, server, well};
use crate::world::{BANK, MET, NEWEST, OF_DAY, World, bank, ok, status};

const MINUTE: Duration = Duration::from_secs(60);

pub(super) struct Fleet {
    pub(super) tickers: Vec<Ticker>,
    tasks: Vec<JoinHandle<std::convert::Infallible>>,
}

impl Fleet {
    pub(super) fn of(count: usize, world: &World, table: &Table) -> Self {
        let tickers = (0..count).map(|node| {
            let builder = server(world, table, &format!("web-{node}"));
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

    fn leader(&self, table: &Table) -> usize {
        let name = table.leader(&Topic::Rates).unwrap();
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
async fn ten_servers_ask_as_one_does() {
    let calls = async |count| {
        let world = well();
        let table = Table::new(&world);
        let fleet = Fleet::of(count, &world, &table);
        sleep(MINUTE * 60 * 5).await;
        assert!(
            fleet
                .tickers
                .iter()
                .all(|ticker| ticker.health().fleet.unwrap().is_good())
        );
        fleet.assert_alike();
        [BANK, MET].map(|host| world.asked(host).len())
    };
    let ([bank, met], [bank_of_ten, met_of_ten]) = (calls(1).await, calls(10).await);
    assert!(
        bank_of_ten <= bank + 1 && met_of_ten <= met + 1,
        "{bank}, {bank_of_ten}; {met}, {met_of_ten}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_publication_reaches_every_server_within_a_second_without_hints() {
    let world = well();
    let table = Table::new(&world);
    let fleet = Fleet::of(5, &world, &table);
    sleep(MINUTE * 5).await;
    world.on(OF_DAY, ok(bank(DAY, "475.50")));
    world.on(NEWEST, ok(bank(DAY, "475.50")));
    let leader = fleet.leader(&table);
    fleet.tickers[leader].refresh(world.now()).await;
    sleep(Duration::from_secs(1)).await;
    fleet.assert_alike();
    let shown = fleet.tickers[(leader + 1) % 5].snapshot();
    let dollar = shown
        .rates(world.now())
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
    let world = well();
    let table = Table::new(&world);
    let fleet = Fleet::of(3, &world, &table);
    sleep(MINUTE).await;
    let leader = fleet.leader(&table);
    fleet.tasks[leader].abort();
    sleep(Duration::from_secs(31)).await;
    assert_ne!(fleet.leader(&table), leader);
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_cannot_read_lets_another_try_and_the_bank_hears_one_client() {
    let world = well();
    let table = Table::new(&world);
    let fleet = Fleet::of(5, &world, &table);
    sleep(MINUTE).await;
    let before = fleet.leader(&table);
    world.on(BANK, status(503));
    let asked = world.asked(BANK).len();
    let mut leaders = std::collections::BTreeSet::new();
    for _ in 0..8 * 60 {
        sleep(MINUTE).await;
        leaders.extend(table.leader(&Topic::Rates));
    }
    // Each feed three times an hour, as one server alone would; and then once for each who takes over.
    let calls = world.asked(BANK).len() - asked;
    assert!((8..=8 * 8).contains(&calls), "{calls}");
    assert!(leaders.len() >= 3, "{leaders:?} after {before}");
    fleet.assert_alike();
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_a_stranger_holds_starves_nobody() {
    let world = well();
    let table = Table::new(&world);
    table.block(&Topic::Rates);
    // With nothing to show they wait for a minute and a half at most.
    let fleet = Fleet::of(3, &world, &table);
    sleep(Duration::from_secs(95)).await;
    for ticker in &fleet.tickers {
        assert!(ticker.snapshot().rates(world.now()).is_some());
    }
    let read = world.asked(BANK).len();
    assert!((1..=3 * 2).contains(&read), "{read}");
    // With something to show they wait for an hour and a quarter beyond the usual three.
    sleep(MINUTE * 60 * 5).await;
    for ticker in &fleet.tickers {
        let fetched = ticker.snapshot().rates(world.now()).unwrap().fetched();
        assert!((world.now() - fetched).num_minutes() < 280, "{fetched}");
    }
    assert!(world.asked(BANK).len() > read);
}

#[tokio::test(start_paused = true)]
async fn without_the_store_each_server_asks_for_itself_within_a_quarter() {
    let world = well();
    let table = Table::new(&world);
    table.rows().is_away = true;
    let fleet = Fleet::of(4, &world, &table);
    sleep(MINUTE * 60 * 3).await;
    assert!(
        fleet
            .tickers
            .iter()
            .all(|ticker| ticker.snapshot().rates(world.now()).is_some())
    );
    let calls = world.asked(BANK).len();
    // Four servers, three hours: a quarter of four an hour each.
    assert!((4..=4 * 4).contains(&calls), "{calls}");
    for ticker in &fleet.tickers {
        let health = fleet_of(ticker);
        assert!(!health.is_good() && health.away_since.is_some());
        assert_eq!(health.last_error.as_deref(), Some("the table is away"));
    }
    table.rows().is_away = false;
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
async fn at_rest_a_server_calls_the_store_less_than_once_a_second() {
    let world = well();
    let table = Table::new(&world);
    let _fleet = Fleet::of(1, &world, &table);
    sleep(MINUTE * 2).await;
    let before = table.rows().calls;
    sleep(MINUTE * 10).await;
    let calls = table.rows().calls - before;
    // Nothing is heard of on a table, so it is looked at each second.
    assert!((600..=800).contains(&calls), "{calls} in ten minutes");
}
