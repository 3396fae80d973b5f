//! A shared store is not trusted: its records are judged like any other, and evidence is shared with the numbers.

#![allow(clippy::inconsistent_digit_grouping)] // the last two_nodes digits are tiyn

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use masthead::Ticker;
use masthead::ledger::RecordKey;
use masthead::ticker::shared::{SharedChange, SharedRecord, Topic};
use masthead::ticker::{Bank, Evidence};

use super::test_store::TestStore;
use super::{diverges, fleet_of, healthy_hosts, node_builder, topics};
use crate::guard::bank_site::{BankSite, alone, witnessed};
use crate::support::day;

const EVE: &str = "2026-04-01";

/// Two nodes with a history of sixty ordinary days; the first is the site's own ticker.
async fn two_nodes(bank: fn(Bank) -> Bank) -> (BankSite, Ticker, TestStore) {
    let slot = Arc::new(Mutex::new(None));
    let made = Arc::clone(&slot);
    let site = BankSite::with_hosts(EVE, 475_00, bank, move |hosts, builder| {
        let store = TestStore::new(hosts);
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
fn another_node(site: &BankSite, store: &TestStore) -> Ticker {
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

/// A writer of the store cannot approve either.
#[tokio::test(start_paused = true)]
async fn an_approval_in_a_store_is_not_believed_and_is_removed() {
    let (mut site, second, store) = two_nodes(alone).await;
    site.pass(TimeDelta::days(1)).await;
    site.publish(day("2026-04-02"), 640_00);
    site.refresh().await;
    second.catch_up().await;
    let records = store.records(&Topic::Rates).into_iter();
    let held = records.max_by_key(|record| record.last).unwrap();
    let held: RecordKey = held.key.parse().unwrap();
    let mut approval = SharedChange::new(Topic::Rates);
    let key = format!("approval {}", held.answer().unwrap());
    approval.records.push(SharedRecord {
        key: key.clone(),
        last: site.hosts.now(),
    });
    store.write(approval);
    for ticker in [&site.ticker, &second] {
        ticker.catch_up().await;
        assert_eq!(dollar(&site, ticker), "475.00 of 2026-04-01");
        assert_eq!(ticker.holds().len(), 1);
    }
    assert!(!store.keys(&Topic::Rates).contains(&key));
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
    store.alter(&Topic::Rates, "\"475.00\"", "\"4750.0\"");
    assert!(!store.has_number(&Topic::Rates, "475.00"));
    second.catch_up().await;
    assert_eq!(dollar(&site, &second), "475.00 of 2026-04-01");
    assert!(second.holds().is_empty());
    assert!(
        store.has_number(&Topic::Rates, "475.00"),
        "it is added again"
    );
    // It may be what another server received, so it stays.
    site.pass(TimeDelta::minutes(30)).await;
    site.refresh().await;
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*site.ticker.snapshot());
    assert!(store.has_number(&Topic::Rates, "4750.0"));
    assert!(fleet_of(&second).is_good(), "{:?}", fleet_of(&second));
    assert!(second.holds().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_number_beyond_the_plausible_is_believed_once_the_bank_has_sent_it() {
    let (mut site, second, store) = two_nodes(alone).await;
    site.pass(TimeDelta::days(1)).await;
    site.publish(day("2026-04-02"), 4750_00);
    // The first node has it from the bank, and holds it back.
    site.refresh().await;
    assert_eq!(site.ticker.holds().len(), 1);
    assert!(store.has_number(&Topic::Rates, "4750.00"));
    second.catch_up().await;
    assert!(second.holds().is_empty());
    assert!(!fleet_of(&second).is_good(), "{:?}", fleet_of(&second));
    second.refresh(site.hosts.now()).await;
    second.catch_up().await;
    assert_eq!(second.holds(), site.ticker.holds());
    assert_eq!(&*second.snapshot(), &*site.ticker.snapshot());
    assert!(fleet_of(&second).is_good(), "{:?}", fleet_of(&second));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_comes_late_repeats_no_decision() {
    let (mut site, _, store) = two_nodes(alone).await;
    site.pass(TimeDelta::days(1)).await;
    site.publish(day("2026-04-02"), 640_00);
    site.refresh().await;
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let events = Arc::clone(&heard);
    let bank = alone(Bank::national_bank_kz());
    let third = site.hosts.ticker().cities([]).bank(bank);
    let third = third.on_report(move |report| {
        let decided = report.entries.iter().flat_map(|entry| &entry.events);
        let decided = decided.map(ToString::to_string);
        events.lock().unwrap().extend(decided);
    });
    let third = third.fleet(store.clone()).node("d").build().unwrap();
    third.catch_up().await;
    let before = heard.lock().unwrap().clone();
    assert!(
        before.iter().any(|event| event.contains("moved by")),
        "{before:?}"
    );
    // A publication of long ago, as another server saw it an hour before the others.
    let oldest = store.records(&Topic::Rates).into_iter();
    let SharedRecord { key, .. } = oldest.min_by_key(|record| record.last).unwrap();
    let mut parsed: RecordKey = key.parse().unwrap();
    let RecordKey::Sighting { first, .. } = &mut parsed else {
        panic!("{key}");
    };
    *first -= TimeDelta::hours(1);
    let last = *first;
    let mut late = SharedChange::new(Topic::Rates);
    let key = parsed.to_string();
    late.records.push(SharedRecord {
        key: key.clone(),
        last,
    });
    store.write(late);
    third.catch_up().await;
    assert!(fleet_of(&third).is_good(), "{:?}", fleet_of(&third));
    assert_eq!(*heard.lock().unwrap(), before);
    assert_eq!(third.holds(), site.ticker.holds());
}

#[tokio::test(start_paused = true)]
async fn old_records_with_a_new_revision_do_not_replace_newer_ones() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [first, second] =
        ["a", "b"].map(|node| node_builder(&hosts, &store, node).build().unwrap());
    first.refresh(hosts.now()).await;
    let old = store.saved(&topics());
    tokio::time::advance(std::time::Duration::from_secs(4000)).await;
    first.refresh(hosts.now()).await;
    second.catch_up().await;
    let (shown, new) = (second.snapshot().to_arc(), store.saved(&topics()));
    for mut old in old {
        old.removed = store.keys(&old.topic);
        store.write(old);
    }
    assert_ne!(store.saved(&topics()), new);
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*shown);
    assert_eq!(
        store.saved(&topics()),
        new,
        "the later instants are written again"
    );
    assert!(fleet_of(&second).is_good(), "{:?}", fleet_of(&second));
}

#[tokio::test(start_paused = true)]
async fn a_node_without_history_rejects_implausible_values() {
    let (site, _, store) = two_nodes(alone).await;
    store.alter(&Topic::Rates, "\"475.00\"", "\"4750.0\"");
    let fresh = another_node(&site, &store);
    fresh.catch_up().await;
    assert_eq!(
        dollar(&site, &fresh),
        "476.25 of 2026-03-31",
        "the last that it believes"
    );
}

#[tokio::test(start_paused = true)]
async fn an_impossible_forecast_is_not_adopted() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [first, second] =
        ["a", "b"].map(|node| node_builder(&hosts, &store, node).build().unwrap());
    first.refresh(hosts.now()).await;
    let [_, astana] = topics();
    store.alter(&astana, "\"8.5\"", "\"70.0\"");
    second.catch_up().await;
    assert_eq!(second.snapshot().cities().count(), 0);
    assert_eq!(diverges(&second, &astana).unwrap(), "it is not plausible");
}

/// A bank's pause decides how long its last rates seem current.
#[tokio::test(start_paused = true)]
async fn a_record_with_a_pause_of_more_than_forty_days_is_removed() {
    for (days, is_believed) in [(40, true), (41, false), (u16::MAX, false)] {
        let hosts = healthy_hosts();
        let store = TestStore::new(&hosts);
        let [first, second] =
            ["a", "b"].map(|node| node_builder(&hosts, &store, node).build().unwrap());
        first.refresh(hosts.now()).await;
        let mut altered = SharedChange::new(Topic::Rates);
        for SharedRecord { key, last } in store.records(&Topic::Rates) {
            let mut parsed: RecordKey = key.parse().unwrap();
            if let RecordKey::Sighting {
                answer: Some((_, pause)),
                ..
            } = &mut parsed
            {
                *pause = days;
            }
            let key_of_pause = parsed.to_string();
            altered.records.push(SharedRecord {
                key: key_of_pause,
                last,
            });
            altered.removed.push(key);
        }
        store.write(altered);
        second.catch_up().await;
        let snapshot = second.snapshot();
        let shown = snapshot.rates(hosts.now()).map(|held| held.value());
        let pause = shown.map(|rates| rates.longest_pause());
        assert_eq!(pause, is_believed.then_some(days));
        let kept = store.records(&Topic::Rates);
        assert_eq!(!kept.is_empty(), is_believed, "{kept:?}");
    }
}
