//! A back-fill in a fleet: each day is requested once, and every node has it.

use std::time::Duration;

use chrono::NaiveDate;
use tokio::time::sleep;

use super::test_store::TestStore;
use super::{healthy_hosts, node_builder};
use crate::fake_hosts::{OF_DAY, bank, ok};
use crate::support::day;

/// A value that differs from that of the days nearby.
fn value(on: NaiveDate) -> String {
    let days = (on - day("2025-01-01")).num_days();
    format!("47{}.{:02}", days % 7, days * 37 % 100)
}

#[tokio::test(start_paused = true)]
async fn each_day_is_requested_once_and_every_node_has_it() {
    let hosts = healthy_hosts();
    hosts.on_each(OF_DAY, |asked| {
        let (_, date) = asked.address.split_once("fdate=").unwrap();
        let on = NaiveDate::parse_from_str(date, "%d.%m.%Y").unwrap();
        ok(bank(&on.to_string(), &value(on)))
    });
    let store = TestStore::new(&hosts);
    // More than the hundred days that servers share anyway.
    let since = day("2025-12-01");
    let tickers = ["a", "b", "c"].map(|node| {
        let builder = node_builder(&hosts, &store, node).history_since(since);
        builder.build().unwrap()
    });
    let tasks = tickers
        .clone()
        .map(|ticker| tokio::spawn(async move { ticker.run().await }));
    sleep(Duration::from_secs(3600)).await;
    let present = hosts.now().date_naive();
    let mut asked: Vec<String> = hosts
        .requests(OF_DAY)
        .into_iter()
        .map(|asked| asked.address)
        .collect();
    asked.retain(|address| !address.contains(&present.format("%d.%m.%Y").to_string()));
    let requests = asked.len();
    asked.sort();
    asked.dedup();
    // Not yesterday's.
    let days = usize::try_from((present - since).num_days()).unwrap() - 1;
    assert_eq!((requests, asked.len()), (days, days));
    for ticker in &tickers {
        let history = ticker.history();
        assert_eq!(history.gaps().count(), 1);
        for on in since.iter_days().take(days) {
            let found = history.rates_on(on).unwrap();
            assert_eq!(found.since, on);
            let mut rows = found.rates.rows().iter();
            assert!(rows.any(|row| row.value.to_string() == value(on)), "{on}");
        }
    }
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
}
