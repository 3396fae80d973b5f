//! Changes with made-up keys, texts and instants, and what a store has after them.

use std::collections::BTreeMap;
use std::slice;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::ledger::RecordId;
use masthead::ticker::shared::{
    Ask, Lease, Node, SharedChange, SharedRecord, SharedStore, SharedText, Topic, Wish,
};

pub(super) fn rates() -> Topic {
    Topic::Rates
}

pub(super) fn weather(city: &str) -> Topic {
    Topic::Weather(city.parse().expect("a city"))
}

/// An instant so many seconds after a fixed one.
pub(super) fn at(second: i64) -> DateTime<Utc> {
    let start = DateTime::from_timestamp(1_775_109_600, 0).expect("an instant");
    start + TimeDelta::seconds(second)
}

pub(super) fn record(key: &str, last: DateTime<Utc>) -> SharedRecord {
    SharedRecord {
        key: key.to_owned(),
        last,
    }
}

/// A change that adds records.
pub(super) fn with(topic: &Topic, records: &[(&str, i64)]) -> SharedChange {
    let records = records.iter().map(|(key, second)| record(key, at(*second)));
    SharedChange {
        records: records.collect(),
        ..SharedChange::new(topic.clone())
    }
}

/// A change that removes records.
pub(super) fn without(topic: &Topic, keys: &[&str]) -> SharedChange {
    SharedChange {
        removed: keys.iter().copied().map(str::to_owned).collect(),
        ..SharedChange::new(topic.clone())
    }
}

pub(super) fn text(id: usize, body: &str, keep: Duration) -> SharedText {
    SharedText {
        id: id_of(id),
        text: body.to_owned(),
        keep,
    }
}

/// The keys with their last instants.
pub(super) fn of(records: &[(&str, i64)]) -> BTreeMap<String, DateTime<Utc>> {
    let records = records
        .iter()
        .map(|(key, second)| ((*key).to_owned(), at(*second)));
    records.collect()
}

/// Applies a change, which must succeed.
pub(super) async fn assert_changed<S: SharedStore>(store: &S, change: SharedChange) {
    let mut outcomes = store.change(&[change]).await.expect("outcomes");
    assert_eq!(outcomes.len(), 1, "one outcome for each change");
    outcomes.remove(0).expect("a change that succeeds");
}

pub(super) async fn revision<S: SharedStore>(store: &S, topic: &Topic) -> Option<String> {
    let mut revisions = store
        .revisions(slice::from_ref(topic))
        .await
        .expect("revisions");
    assert_eq!(revisions.len(), 1, "one revision for each topic");
    revisions.remove(0)
}

pub(super) async fn lasts<S: SharedStore>(
    store: &S,
    topic: &Topic,
) -> BTreeMap<String, DateTime<Utc>> {
    let mut records = store
        .records(slice::from_ref(topic))
        .await
        .expect("records");
    assert_eq!(records.topics.len(), 1, "one result for each topic");
    let records = records.topics.remove(0).expect("a topic that can be read");
    let count = records.len();
    let records = records.into_iter().map(|record| (record.key, record.last));
    let records: BTreeMap<_, _> = records.collect();
    assert_eq!(records.len(), count, "a key has one record");
    records
}

pub(super) async fn texts_of<S: SharedStore>(store: &S, ids: &[usize]) -> Vec<Option<String>> {
    let ids: Vec<RecordId> = ids.iter().copied().map(id_of).collect();
    let texts = store.texts(&ids).await.expect("texts");
    assert_eq!(texts.len(), ids.len(), "one result for each id");
    texts
}

/// Returns the holder of a lease after a request.
pub(super) async fn held<S: SharedStore>(
    store: &S,
    topic: &Topic,
    wish: Wish,
    name: &str,
    time: Duration,
) -> Option<Lease> {
    let topic = topic.clone();
    let leases = store
        .lease(&[Ask::new(topic, wish)], &node(name), time)
        .await;
    let mut held = leases.expect("leases").held;
    assert_eq!(held.len(), 1, "one result for each request");
    held.remove(0)
}

/// Checks the holder, and that the lease was taken for `time` a moment ago.
pub(super) fn assert_holds(lease: Option<Lease>, name: &str, time: Duration) {
    let lease = lease.unwrap_or_else(|| panic!("the lease is free instead of held by {name}"));
    assert_eq!(lease.node, node(name), "the holder");
    let least = time.saturating_sub(Duration::from_secs(20));
    let is_near = (least..=time).contains(&lease.left);
    assert!(is_near, "{:?} are left of {time:?}", lease.left);
}

pub(super) fn node(name: &str) -> Node {
    name.parse().expect("a node")
}

fn id_of(id: usize) -> RecordId {
    format!("{id:064x}").parse().expect("an id")
}
