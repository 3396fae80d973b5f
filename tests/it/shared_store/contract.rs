//! The contract of `SharedStore`, for the store of the crate and for that of these tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use masthead::ticker::shared::MemoryStore;
use masthead_tests::contract;

use super::NOW;
use super::test_store::TestStore;
use crate::fake_hosts::FakeHosts;
use crate::support::time;

#[tokio::test]
async fn a_memory_store_keeps_the_contract() {
    contract::shared_store(MemoryStore::default).await;
    contract::expiry(MemoryStore::default, tokio::time::sleep).await;
    contract::hints(&MemoryStore::default()).await;
}

#[tokio::test]
async fn a_memory_store_with_an_own_clock_keeps_the_contract() {
    let now: Arc<Mutex<DateTime<Utc>>> = Arc::new(Mutex::new(time(NOW)));
    let new = || {
        let now = Arc::clone(&now);
        MemoryStore::default().clock(move || *now.lock().unwrap())
    };
    contract::shared_store(new).await;
    let pass = async |passed: Duration| *now.lock().unwrap() += passed;
    contract::expiry(new, pass).await;
}

#[tokio::test(start_paused = true)]
async fn the_store_of_these_tests_keeps_the_contract() {
    let new = || TestStore::new(&FakeHosts::at(NOW));
    contract::shared_store(new).await;
    contract::expiry(new, tokio::time::sleep).await;
}

#[tokio::test]
async fn clones_of_a_memory_store_share_their_contents_and_each_is_notified() {
    let store = MemoryStore::default();
    let [one, other] = [store.clone(), store];
    contract::hints(&one).await;
    // The other one listens first now, and misses what was before.
    contract::hints(&other).await;
}
