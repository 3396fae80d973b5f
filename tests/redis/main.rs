//! The shared store with a real server: each test that needs one starts Debian's `redis-server`.

mod access;
mod latency;
mod model;
mod notifications;
mod outages;
mod properties;
mod replicas;
mod server;
mod timeouts;
mod tls;
mod unusable_data;

use std::io::Write as _;
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use masthead::ticker::{
    Ask, Kept, Leases, Node, Order, Part, Put, RedisStore, SharedStore, StoreError, Topic, Wanted,
    Wish,
};

use server::RedisServer;

const LEASE: Duration = Duration::from_secs(60);

fn store(server: &RedisServer) -> RedisStore {
    RedisStore::builder(server.url()).build().unwrap()
}

fn topic(text: &str) -> Topic {
    text.parse().unwrap()
}

fn node(text: &str) -> Node {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

/// An order of today, `ago` milliseconds before now.
fn order(ago: i64, by: &str) -> Order {
    let at = now() - TimeDelta::milliseconds(ago);
    Order {
        day: now().date_naive(),
        own_word: true,
        at: DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap(),
        node: node(by),
    }
}

fn part(of: &str, order: &Order, body: impl Into<String>) -> Part {
    Part {
        topic: topic(of),
        order: order.clone(),
        body: body.into(),
    }
}

async fn publish(store: &dyn SharedStore, of: &str, order: &Order, body: &str) -> Put {
    let parts = [part(of, order, body)];
    let mut put = store.publish(&parts).await.unwrap();
    assert_eq!(put.len(), 1);
    put.remove(0)
}

/// Reads a single topic.
async fn read(store: &dyn SharedStore, of: &str, known: Option<&Order>) -> Kept {
    try_read(store, of, known).await.unwrap()
}

async fn try_read(
    store: &dyn SharedStore,
    of: &str,
    known: Option<&Order>,
) -> Result<Kept, StoreError> {
    let wanted = [Wanted {
        topic: topic(of),
        known: known.cloned(),
    }];
    let mut kept = store.read(&wanted).await?;
    assert_eq!(kept.len(), 1);
    Ok(kept.remove(0))
}

async fn lease(store: &dyn SharedStore, of: &str, wish: Wish, by: &str) -> Leases {
    let asks = [Ask {
        topic: topic(of),
        wish,
    }];
    let leases = store.lease(&asks, &node(by), LEASE).await.unwrap();
    assert_eq!(leases.held.len(), 1);
    leases
}

#[track_caller]
fn assert_newer(kept: &Kept, order: &Order, body: &str) {
    let Kept::Newer(kept, text) = kept else {
        panic!("{kept:?}")
    };
    assert_eq!((kept, text.as_str()), (order, body));
}

#[track_caller]
fn assert_unusable(kept: &Kept, what: &str) {
    let Kept::Unusable(error) = kept else {
        panic!("{kept:?}")
    };
    assert!(error.to_string().ends_with(what), "{error}");
}

/// Returns the output of a future, and its duration.
async fn timed<T>(future: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    (future.await, start.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Written directly, because the test harness captures the output of a passing test.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Polls a future once.
async fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
}
