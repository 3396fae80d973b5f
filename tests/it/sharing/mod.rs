//! What one server of a fleet reads is shown by the others: judged by each, asked for once.

mod guard;
mod leases;
mod table;
mod troubles;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::Ticker;
use masthead::ticker::{FleetHealth, TickerBuilder, Topic};
use table::Table;

use crate::world::{FRANKFURTER, MET, NEWEST, OF_DAY, World, bank, cities, met, ok, status};

const NOW: &str = "2026-04-02T04:00:00Z";
const DAY: &str = "2026-04-02";

#[tokio::test(start_paused = true)]
async fn a_second_server_shows_what_the_first_read_and_asks_nobody() {
    let world = well();
    let table = Table::new(&world);
    let [first, second] = ["a", "b"].map(|node| server(&world, &table, node).build().unwrap());
    first.refresh(world.now()).await;
    let asked = world.asked("").len();
    second.catch_up().await;
    assert_eq!(&*first.snapshot(), &*second.snapshot());
    assert!(second.snapshot().rates(world.now()).is_some());
    assert_eq!(second.snapshot().cities().count(), 1);
    assert_eq!(world.asked("").len(), asked);
    for ticker in [&first, &second] {
        let fleet = fleet_of(ticker);
        assert!(fleet.is_good(), "{fleet:?}");
        assert_eq!(fleet.topics.len(), 2);
        assert!(fleet.topics.iter().all(|topic| topic.shared.is_some()));
    }
    // Nothing of it is published anew by who has taken it over.
    let published = table.rows().published.len();
    for ticker in [&second, &first, &second] {
        ticker.catch_up().await;
    }
    assert_eq!(table.rows().published.len(), published);
}

#[tokio::test(start_paused = true)]
async fn what_a_store_has_lost_is_put_back_by_whoever_has_it() {
    let world = well();
    let table = Table::new(&world);
    let [first, second] = ["a", "b"].map(|node| server(&world, &table, node).build().unwrap());
    first.refresh(world.now()).await;
    second.catch_up().await;
    let kept = table.rows().parts.clone();
    drop(first);
    table.lose_everything();
    second.catch_up().await;
    assert_eq!(
        orders(&table.rows().parts),
        orders(&kept),
        "by who fetched it"
    );
    let third = server(&world, &table, "c").build().unwrap();
    third.catch_up().await;
    assert_eq!(&*third.snapshot(), &*second.snapshot());
}

#[tokio::test(start_paused = true)]
async fn what_a_store_gives_back_of_old_takes_nobody_back() {
    let world = well();
    let table = Table::new(&world);
    let [first, second] = ["a", "b"].map(|node| server(&world, &table, node).build().unwrap());
    first.refresh(world.now()).await;
    let old = table.rows().parts.clone();
    world.on(OF_DAY, ok(bank(DAY, "475.50")));
    world.on(NEWEST, ok(bank(DAY, "475.50")));
    tokio::time::advance(std::time::Duration::from_secs(4000)).await;
    first.refresh(world.now()).await;
    second.catch_up().await;
    let shown = second.snapshot().to_arc();
    assert!(
        shown
            .rates(world.now())
            .unwrap()
            .value()
            .rows()
            .iter()
            .any(|row| row.value.to_string() == "475.50")
    );
    table.rows().parts = old.clone();
    table.lose_nothing_but_tell();
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*shown);
    assert!(
        table.rows().parts[&Topic::Rates].0 > old[&Topic::Rates].0,
        "it is put back"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_whose_clock_is_wrong_keeps_to_itself() {
    let world = well();
    let table = Table::new(&world);
    let first = server(&world, &table, "a").build().unwrap();
    let ahead = world.clone();
    let second = server(&world, &table, "b").clock(move || ahead.now() + TimeDelta::hours(1));
    let second = second.build().unwrap();
    second.refresh(second.now()).await;
    assert!(
        table.rows().parts.is_empty(),
        "its orders are of the future"
    );
    first.refresh(world.now()).await;
    let kept = orders(&table.rows().parts);
    _ = tokio::time::timeout(std::time::Duration::from_secs(120), second.run()).await;
    assert_eq!(orders(&table.rows().parts), kept);
    let fleet = fleet_of(&second);
    assert!(!fleet.is_good());
    assert_eq!(fleet.clock_ahead_s, -3600);
    assert!(table.leader(&Topic::Rates).is_none());
}

/// What is shown changes while it is being shared: whatever is seen half-way, in the end the others have all of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_while_it_is_being_shared_is_shared_too() {
    let world = World::at(NOW);
    let day = |at: DateTime<Utc>| (at + TimeDelta::hours(5)).format("%Y-%m-%d").to_string();
    world.on_each(OF_DAY, move |asked| ok(bank(&day(asked.at), "475.09")));
    world.on_each(NEWEST, move |asked| {
        let dollar = format!("475.{}", 10 + asked.at.timestamp() / 1800 % 9);
        ok(bank(&day(asked.at + TimeDelta::days(1)), &dollar))
    });
    let table = Table::new(&world);
    let [first, second] = ["a", "b"].map(|node| {
        let ticker = server(&world, &table, node).cities([]);
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
        world.move_clock(TimeDelta::minutes(30));
        first.refresh(world.now()).await;
        first.catch_up().await;
        second.catch_up().await;
        assert_eq!(&*second.snapshot(), &*first.snapshot(), "{step}");
    }
    sharing.abort();
    // The newest publication was another one each time.
    assert!(second.snapshot().next(world.now()).is_some());
    assert_eq!(world.asked(NEWEST).len(), 300);
}

fn orders(
    parts: &std::collections::BTreeMap<Topic, (masthead::ticker::Order, String)>,
) -> Vec<String> {
    parts.values().map(|(order, _)| order.to_string()).collect()
}

/// A world in which everybody answers.
fn well() -> World {
    let world = World::at(NOW);
    world.on(OF_DAY, ok(bank(DAY, "475.09")));
    world.on(NEWEST, ok(bank(DAY, "475.09")));
    world.on(FRANKFURTER, status(503));
    world.on(MET, ok(met(NOW, "8.5")).expiring(world.now(), 60));
    world
}

fn server(world: &World, table: &Table, node: &str) -> TickerBuilder {
    world
        .ticker()
        .cities(cities(&["astana"]))
        .fleet(table.clone())
        .node(node)
}

fn fleet_of(ticker: &Ticker) -> FleetHealth {
    ticker.health().fleet.unwrap()
}
