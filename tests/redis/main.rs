//! The shared store with a real server: each test that needs one starts Debian's `redis-server`.

mod access;
mod contract;
mod damage;
#[path = "../free_port.rs"]
mod free_port;
mod latency;
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
use masthead::ledger::RecordId;
use masthead::ticker::StoreError;
use masthead::ticker::shared::{
    Ask, Leases, Node, RedisStore, SharedChange, SharedRecord, SharedStore, SharedText, Topic, Wish,
};

use server::RedisServer;

const LEASE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

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

/// The instant so many milliseconds ago.
fn ago(millis: i64) -> DateTime<Utc> {
    let at = now() - TimeDelta::milliseconds(millis);
    DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap()
}

fn record(key: &str, last: DateTime<Utc>) -> SharedRecord {
    let key = key.to_owned();
    SharedRecord { key, last }
}

fn text(id: u64, text: impl Into<String>) -> SharedText {
    SharedText {
        id: id_of(id),
        text: text.into(),
        keep: HOUR,
    }
}

fn id_of(id: u64) -> RecordId {
    format!("{id:064x}").parse().unwrap()
}

/// A change that adds a record.
fn with(of: &str, key: &str, last: DateTime<Utc>) -> SharedChange {
    SharedChange {
        records: vec![record(key, last)],
        ..SharedChange::new(topic(of))
    }
}

/// A change that removes records.
fn without(of: &str, keys: &[String]) -> SharedChange {
    SharedChange {
        removed: keys.to_vec(),
        ..SharedChange::new(topic(of))
    }
}

/// A change that writes texts.
fn with_texts(of: &str, texts: Vec<SharedText>) -> SharedChange {
    SharedChange {
        texts,
        ..SharedChange::new(topic(of))
    }
}

/// Applies a change, which must succeed.
async fn change(store: &dyn SharedStore, change: SharedChange) {
    try_change(store, change).await.unwrap();
}

/// Applies a change. Returns the error of the call, or that of the change.
async fn try_change(store: &dyn SharedStore, change: SharedChange) -> Result<(), StoreError> {
    let mut outcomes = store.change(&[change]).await?;
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}

/// Adds a record, which must succeed.
async fn add(store: &dyn SharedStore, of: &str, key: &str, last: DateTime<Utc>) {
    change(store, with(of, key, last)).await;
}

/// Returns the records of a topic, sorted by their keys.
async fn records(store: &dyn SharedStore, of: &str) -> Vec<SharedRecord> {
    try_records(store, of).await.unwrap()
}

/// Returns the error of the call, or that of the topic.
async fn try_records(store: &dyn SharedStore, of: &str) -> Result<Vec<SharedRecord>, StoreError> {
    let mut topics = store.records(&[topic(of)]).await?.topics;
    assert_eq!(topics.len(), 1);
    let mut records = topics.remove(0)?;
    records.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(records)
}

async fn revision(store: &dyn SharedStore, of: &str) -> Option<String> {
    try_revision(store, of).await.unwrap()
}

async fn try_revision(store: &dyn SharedStore, of: &str) -> Result<Option<String>, StoreError> {
    let mut revisions = store.revisions(&[topic(of)]).await?;
    assert_eq!(revisions.len(), 1);
    Ok(revisions.remove(0))
}

async fn text_of(store: &dyn SharedStore, id: u64) -> Option<String> {
    let mut texts = store.texts(&[id_of(id)]).await.unwrap();
    assert_eq!(texts.len(), 1);
    texts.remove(0)
}

async fn lease(store: &dyn SharedStore, of: &str, wish: Wish, by: &str) -> Leases {
    let asks = [Ask::new(topic(of), wish)];
    let leases = store.lease(&asks, &node(by), LEASE).await.unwrap();
    assert_eq!(leases.held.len(), 1);
    leases
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
