//! A shared store is not trusted: its records are judged like any other, and evidence is shared with the numbers.

#![allow(clippy::inconsistent_digit_grouping)] // the last two_nodes digits are tiyn

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use masthead::Ticker;
use masthead::ticker::{Bank, Evidence, Topic};

use super::memory_store::{MemoryStore, with_number};
use super::{fleet_of, healthy_hosts, node_builder};
use crate::guard::bank_site::{BankSite, alone, witnessed};
use crate::support::day;

const EVE: &str = "2026-04-01";

/// Two nodes with a history of sixty ordinary days; the first is the site's own ticker.
async fn two_nodes(bank: fn(Bank) -> Bank) -> (BankSite, Ticker, MemoryStore) {
    let slot = Arc::new(Mutex::new(None));
    let made = Arc::clone(&slot);
    let site = BankSite::with_hosts(EVE, 475_00, bank, move |hosts, builder| {
        let store = MemoryStore::new(hosts);
        *made.lock().unwrap() = Some(store.clone());
        builder.fleet(store).node("a")
    });
    let site = site.await;
    let store = slot.lock().unwrap().take().unwrap();
    let second = site.hosts.ticker().cities([]);
    let second = second.bank(bank(Bank::national_bank_kz()));
    let second = second.fleet(store.clone()).node("b").build().unwrap();
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*site.ticker.snapshot());
    (site, second, store)
}

/// One more node, without history.
fn another_node(site: &BankSite, store: &MemoryStore) -> Ticker {
    let bank = alone(Bank::national_bank_kz());
    let ticker = site.hosts.ticker().cities([]).bank(bank);
    ticker.fleet(store.clone()).node("c").build().unwrap()
}

/// Returns the dollar displayed by a node, with its day.
fn dollar(site: &BankSite, ticker: &Ticker) -> String {
    let snapshot = ticker.snapshot();
    let shown = snapshot.rates(site.hosts.now()).unwrap();
    site.row(shown.value(), "USD").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_market_move_confirmed_on_one_node_is_shown_by_all() {
    let (mut site, second, _) = two_nodes(witnessed).await;
    let shock = day("2026-04-02");
    site.pass(TimeDelta::days(1)).await;
    site.publish(shock, 640_00);
    site.witness_publishes(shock);
    site.refresh().await;
    assert_eq!(site.dollar(), "640.00 of 2026-04-02");
    let asked = site.hosts.requests("").len();
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*site.ticker.snapshot());
    assert!(second.holds().is_empty());
    assert_eq!(site.hosts.requests("").len(), asked, "no second request");
}

#[tokio::test(start_paused = true)]
async fn a_value_quarantined_on_one_node_is_quarantined_on_all_since_the_same_time() {
    let (mut site, second, store) = two_nodes(alone).await;
    let shock = day("2026-04-02");
    site.pass(TimeDelta::days(1)).await;
    site.publish(shock, 640_00);
    site.refresh().await;
    second.catch_up().await;
    assert_eq!(site.dollar(), "475.00 of 2026-04-01");
    assert_eq!(&*second.snapshot(), &*site.ticker.snapshot());
    assert_eq!(second.holds(), site.ticker.holds());
    assert!(fleet_of(&second).is_good(), "they agree");
    // A writer of the store cannot approve: an approval is each node's own.
    second.approve(second.holds()[0].id).await.unwrap();
    second.catch_up().await;
    site.ticker.catch_up().await;
    assert_eq!(dollar(&site, &second), "640.00 of 2026-04-02");
    assert_eq!(site.dollar(), "475.00 of 2026-04-01");
    site.ticker
        .approve(site.ticker.holds()[0].id)
        .await
        .unwrap();
    assert_eq!(&*second.snapshot(), &*site.ticker.snapshot());
    assert!(site.ticker.holds().is_empty());
    let third = another_node(&site, &store);
    third.catch_up().await;
    assert_eq!(dollar(&site, &third), "475.00 of 2026-04-01");
    assert_eq!(third.holds().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_second_publication_that_agrees_is_accepted_by_every_node() {
    let (mut site, second, _) = two_nodes(alone).await;
    for (date, dollar) in [("2026-04-02", 640_00), ("2026-04-03", 641_00)] {
        site.pass(TimeDelta::days(1)).await;
        site.publish(day(date), dollar);
        site.refresh().await;
    }
    assert!(matches!(
        site.released()[..],
        [(_, _, Evidence::Next { .. })]
    ));
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*site.ticker.snapshot());
}

#[tokio::test(start_paused = true)]
async fn a_number_altered_in_the_store_is_not_shown() {
    let (site, second, store) = two_nodes(alone).await;
    store.tamper(&Topic::Rates, |body| {
        with_number(body, "\"475.00\"", "\"4750.0\"")
    });
    assert!(store.rows().parts[&Topic::Rates].1.contains(" 4750.0"));
    second.catch_up().await;
    assert_eq!(dollar(&site, &second), "475.00 of 2026-04-01");
    assert!(second.holds().is_empty());
    // It may be what another server received, so the next write keeps it.
    site.pass(TimeDelta::minutes(30)).await;
    site.refresh().await;
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*site.ticker.snapshot());
    assert!(store.rows().parts[&Topic::Rates].1.contains(" 4750.0"));
    assert!(fleet_of(&second).is_good(), "{:?}", fleet_of(&second));
    assert!(second.holds().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_old_record_with_a_new_order_does_not_replace_newer_values() {
    let hosts = healthy_hosts();
    let store = MemoryStore::new(&hosts);
    let [first, second] =
        ["a", "b"].map(|node| node_builder(&hosts, &store, node).build().unwrap());
    first.refresh(hosts.now()).await;
    let old = store.rows().parts.clone();
    tokio::time::advance(std::time::Duration::from_secs(4000)).await;
    first.refresh(hosts.now()).await;
    second.catch_up().await;
    let shown = second.snapshot().to_arc();
    for (topic, (_, body)) in old {
        let order = store.rows().parts[&topic].0.clone();
        let at = order.at + TimeDelta::seconds(1);
        let order = masthead::ticker::Order { at, ..order };
        store.rows().parts.insert(topic, (order, body));
    }
    store.lose_nothing_but_tell();
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*shown);
    assert!(fleet_of(&second).is_good(), "{:?}", fleet_of(&second));
}

#[tokio::test(start_paused = true)]
async fn a_node_without_history_rejects_implausible_values() {
    let (site, _, store) = two_nodes(alone).await;
    store.tamper(&Topic::Rates, |body| {
        with_number(body, "\"475.00\"", "\"4750.0\"")
    });
    let fresh = another_node(&site, &store);
    fresh.catch_up().await;
    assert_eq!(
        dollar(&site, &fresh),
        "476.25 of 2026-03-31",
        "the last that it believes"
    );
}

#[tokio::test(start_paused = true)]
async fn an_invalid_record_is_replaced() {
    for spoil in [
        "{",
        "masthead ledger 999\n",
        "masthead ledger 1\nhello\n",
        "",
    ] {
        let hosts = healthy_hosts();
        let store = MemoryStore::new(&hosts);
        let [first, second] =
            ["a", "b"].map(|node| node_builder(&hosts, &store, node).build().unwrap());
        first.refresh(hosts.now()).await;
        second.catch_up().await;
        let shown = second.snapshot().to_arc();
        store.tamper(&Topic::Rates, |_| spoil.to_owned());
        second.catch_up().await;
        assert_eq!(&*second.snapshot(), &*shown);
        assert!(store.rows().parts[&Topic::Rates].1.len() > 100, "{spoil}");
        tokio::time::advance(std::time::Duration::from_secs(4000)).await;
        first.refresh(hosts.now()).await;
        second.catch_up().await;
        assert_eq!(&*second.snapshot(), &*first.snapshot());
        assert!(fleet_of(&second).is_good());
    }
}

#[tokio::test(start_paused = true)]
async fn an_impossible_forecast_is_not_adopted() {
    let hosts = healthy_hosts();
    let store = MemoryStore::new(&hosts);
    let [first, second] =
        ["a", "b"].map(|node| node_builder(&hosts, &store, node).build().unwrap());
    first.refresh(hosts.now()).await;
    let astana = Topic::Weather("astana".parse().unwrap());
    if let Some((_, body)) = store.rows().parts.get_mut(&astana) {
        assert!(body.contains(" 85 "), "{body}");
        *body = with_number(body, "\"8.5\"", "\"70.0\"");
    }
    store.lose_nothing_but_tell();
    second.catch_up().await;
    assert_eq!(second.snapshot().cities().count(), 0);
    let fleet = fleet_of(&second);
    let topic = fleet
        .topics
        .iter()
        .find(|topic| topic.topic == "weather:astana");
    let why = topic.unwrap().diverges.clone().unwrap();
    assert_eq!(why, "it is not plausible");
}
