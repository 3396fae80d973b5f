//! The contract of a shared store, with a real server.

use std::cell::Cell;
use std::time::Duration;

use masthead::ticker::shared::RedisStore;
use masthead_tests::contract;

use crate::server::RedisServer;

/// Returns a function that makes empty stores: each has a prefix of its own.
fn empty_stores(server: &RedisServer) -> impl Fn() -> RedisStore {
    let (url, number) = (server.url(), Cell::new(0));
    move || {
        number.set(number.get() + 1);
        let build = RedisStore::builder(&url).timeout(Duration::from_secs(5));
        let prefix = format!("masthead-{}", number.get());
        build.prefix(prefix).build().unwrap()
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn the_contract_is_kept() {
    let server = RedisServer::start(&[]);
    contract::shared_store(empty_stores(&server)).await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn leases_and_texts_expire() {
    let server = RedisServer::start(&[]);
    contract::expiry(empty_stores(&server), tokio::time::sleep).await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn changes_are_notified() {
    let server = RedisServer::start(&[]);
    contract::hints(&empty_stores(&server)()).await;
}
