//! A [`MemoryStore`] that can be unreachable, counts its calls, and lets a test write as somebody with access to it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use masthead::fetch::BoxFuture;
use masthead::ledger::{Forecast, Record, RecordId, RecordKey, Sighting};
use masthead::ticker::StoreError;
use masthead::ticker::shared::{
    Ask, Lease, Leases, MemoryStore, Node, SharedChange, SharedRecord, SharedRecords, SharedStore,
    SharedText, Topic, Wish,
};

use crate::fake_hosts::FakeHosts;

/// How long the texts of a test are kept.
const KEEP: Duration = Duration::from_secs(100 * 86_400);

/// Clones share their contents. It has no notifications, so it is polled.
#[derive(Clone)]
pub(super) struct TestStore {
    hosts: FakeHosts,
    state: Arc<Mutex<State>>,
}

pub(super) struct State {
    contents: MemoryStore,
    /// The number of losses of everything: no revision returns after one.
    losses: u64,
    pub(super) is_away: bool,
    /// Like a replica.
    pub(super) is_read_only: bool,
    /// Every lease key holds another value.
    pub(super) has_no_leases: bool,
    pub(super) calls: usize,
    /// The changes by servers.
    pub(super) changes: Vec<SharedChange>,
}

impl TestStore {
    pub(super) fn new(hosts: &FakeHosts) -> Self {
        let state = State {
            contents: empty(hosts),
            losses: 0,
            is_away: false,
            is_read_only: false,
            has_no_leases: false,
            calls: 0,
            changes: Vec::new(),
        };
        Self {
            hosts: hosts.clone(),
            state: Arc::new(Mutex::new(state)),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The records of a topic, by their keys.
    pub(super) fn records(&self, topic: &Topic) -> Vec<SharedRecord> {
        let topics = [topic.clone()];
        let mut records = at_once(self.contents().records(&topics)).topics;
        records.remove(0).unwrap()
    }

    pub(super) fn keys(&self, topic: &Topic) -> Vec<String> {
        let records = self.records(topic).into_iter();
        records.map(|record| record.key).collect()
    }

    /// The text of each record of a topic that has one.
    pub(super) fn texts(&self, topic: &Topic) -> Vec<(RecordId, Option<String>)> {
        let keys = self.keys(topic);
        let parsed = keys.iter().filter_map(|key| key.parse().ok());
        let mut ids: Vec<_> = parsed.filter_map(|key: RecordKey| key.answer()).collect();
        ids.sort_unstable();
        ids.dedup();
        let texts = at_once(self.contents().texts(&ids));
        ids.into_iter().zip(texts).collect()
    }

    /// Whether a text of a topic has a number.
    pub(super) fn has_number(&self, topic: &Topic, number: &str) -> bool {
        let number = format!(" {number} ");
        let texts = self.texts(topic).into_iter().filter_map(|(_, text)| text);
        texts.into_iter().any(|text| text.contains(&number))
    }

    /// Changes a topic as a writer with access.
    pub(super) fn write(&self, change: SharedChange) {
        let outcomes = at_once(self.contents().change(&[change]));
        outcomes.into_iter().for_each(Result::unwrap);
    }

    /// Writes each record of a topic again with another number in the place of `from`, with the key and the id that it has then.
    pub(super) fn alter(&self, topic: &Topic, from: &str, to: &str) {
        let texts = self.texts(topic);
        let mut change = SharedChange::new(topic.clone());
        for SharedRecord { key, last } in self.records(topic) {
            let parsed: RecordKey = key.parse().unwrap();
            let text = texts.iter().find(|(id, _)| Some(*id) == parsed.answer());
            let text = text.and_then(|(_, text)| text.as_deref());
            let record = parsed.record(last, text).unwrap();
            let altered = with_number(&record, from, to);
            if let Some(altered) = altered.filter(|altered| *altered != record) {
                change.removed.push(key);
                add(&mut change, &altered);
            }
        }
        assert!(!change.records.is_empty(), "no record has {from}");
        self.write(change);
    }

    /// Writes a text in the place of each text of a topic. Returns the ids.
    pub(super) fn spoil_texts(&self, topic: &Topic, text: &str) -> Vec<RecordId> {
        self.write_texts(topic, text, KEEP)
    }

    /// Deletes the texts of a topic. Returns their ids.
    pub(super) fn delete_texts(&self, topic: &Topic) -> Vec<RecordId> {
        self.write_texts(topic, "", Duration::ZERO)
    }

    fn write_texts(&self, topic: &Topic, text: &str, keep: Duration) -> Vec<RecordId> {
        let ids: Vec<_> = self.texts(topic).into_iter().map(|(id, _)| id).collect();
        let texts = ids.iter().map(|id| SharedText {
            id: *id,
            text: text.to_owned(),
            keep,
        });
        self.write(SharedChange {
            texts: texts.collect(),
            ..SharedChange::new(topic.clone())
        });
        ids
    }

    pub(super) fn lose_everything(&self) {
        let contents = empty(&self.hosts);
        let mut state = self.state();
        state.contents = contents;
        state.losses += 1;
    }

    /// Loses the records and texts and keeps the revisions, as a server that evicts large keys first. There must be no change but those of
    /// servers before.
    pub(super) fn lose_records(&self) {
        let contents = empty(&self.hosts);
        let mut state = self.state();
        for change in &state.changes {
            let change = SharedChange::new(change.topic.clone());
            at_once(contents.change(&[change]));
        }
        state.contents = contents;
    }

    /// Returns what restores the present contents of some topics after a loss.
    pub(super) fn saved(&self, topics: &[Topic]) -> Vec<SharedChange> {
        let saved = topics.iter().map(|topic| {
            let texts = self.texts(topic).into_iter();
            SharedChange {
                records: self.records(topic),
                texts: texts
                    .filter_map(|(id, text)| {
                        let (text, keep) = (text?, KEEP);
                        Some(SharedText { id, text, keep })
                    })
                    .collect(),
                ..SharedChange::new(topic.clone())
            }
        });
        saved.collect()
    }

    /// A foreign node holds the lease of a topic, and does not fetch.
    pub(super) fn block(&self, topic: &Topic) {
        let lease = self.ask(topic, Wish::Take, Duration::from_secs(1_000_000));
        assert_eq!(lease.unwrap().node.as_str(), "stranger");
    }

    pub(super) fn leader(&self, topic: &Topic) -> Option<String> {
        let lease = self.ask(topic, Wish::Look, Duration::ZERO)?;
        Some(lease.node.to_string())
    }

    fn ask(&self, topic: &Topic, wish: Wish, time: Duration) -> Option<Lease> {
        let topic = topic.clone();
        let (asks, node) = ([Ask::new(topic, wish)], "stranger".parse().unwrap());
        let contents = self.contents();
        let mut leases = at_once(contents.lease(&asks, &node, time));
        leases.held.remove(0)
    }

    fn contents(&self) -> MemoryStore {
        self.state().contents.clone()
    }

    /// Counts a call of a server. Returns the store that answers it.
    fn called(&self) -> Result<MemoryStore, StoreError> {
        let mut state = self.state();
        state.calls += 1;
        if state.is_away {
            return Err(StoreError::new("the store is away"));
        }
        Ok(state.contents.clone())
    }
}

impl SharedStore for TestStore {
    fn revisions<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>> {
        Box::pin(async {
            let revisions = self.called()?.revisions(topics).await?.into_iter();
            let losses = self.state().losses;
            let revisions = revisions.map(|revision| Some(format!("{losses}.{}", revision?)));
            Ok(revisions.collect())
        })
    }

    fn records<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<SharedRecords, StoreError>> {
        Box::pin(async { self.called()?.records(topics).await })
    }

    fn texts<'a>(
        &'a self,
        ids: &'a [RecordId],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>> {
        Box::pin(async { self.called()?.texts(ids).await })
    }

    fn change<'a>(
        &'a self,
        changes: &'a [SharedChange],
    ) -> BoxFuture<'a, Result<Vec<Result<(), StoreError>>, StoreError>> {
        Box::pin(async {
            let contents = self.called()?;
            if self.state().is_read_only {
                return Err(read_only());
            }
            self.state().changes.extend_from_slice(changes);
            contents.change(changes).await
        })
    }

    fn lease<'a>(
        &'a self,
        asks: &'a [Ask],
        node: &'a Node,
        time: Duration,
    ) -> BoxFuture<'a, Result<Leases, StoreError>> {
        Box::pin(async move {
            let contents = self.called()?;
            let looks = asks
                .iter()
                .map(|Ask { topic, .. }| Ask::new(topic.clone(), Wish::Look));
            let mut before = contents
                .lease(&looks.collect::<Vec<_>>(), node, time)
                .await?;
            if self.state().has_no_leases {
                before.held.fill(None);
                return Ok(before);
            }
            let mut asked = asks.iter().zip(&before.held);
            let writes = asked.any(|(ask, held)| {
                let is_own = held.as_ref().is_none_or(|lease| lease.node == *node);
                ask.wish != Wish::Look && is_own
            });
            if writes && self.state().is_read_only {
                return Err(read_only());
            }
            contents.lease(asks, node, time).await
        })
    }
}

impl fmt::Debug for TestStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestStore")
    }
}

/// Adds a record with its text to a change.
pub(super) fn add(change: &mut SharedChange, record: &Record) {
    let key = record.key().unwrap();
    if let Some((id, text)) = key.answer().zip(record.text()) {
        let keep = KEEP;
        change.texts.push(SharedText { id, text, keep });
    }
    change.records.push(SharedRecord {
        key: key.to_string(),
        last: record.last(),
    });
}

fn empty(hosts: &FakeHosts) -> MemoryStore {
    let hosts = hosts.clone();
    MemoryStore::default().clock(move || hosts.now())
}

fn read_only() -> StoreError {
    StoreError::new("the store is read-only")
}

/// The result of a call of a store in memory, which does not wait.
fn at_once<T>(mut call: BoxFuture<'_, Result<T, StoreError>>) -> T {
    match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.unwrap(),
        Poll::Pending => panic!("a store in memory waits"),
    }
}

/// A record with another number in the place of `from`.
fn with_number(record: &Record, from: &str, to: &str) -> Option<Record> {
    match record {
        Record::Sighting(sighting) => {
            let rates = serde_json::to_string(&**sighting.rates()?).unwrap();
            let rates = serde_json::from_str(&rates.replace(from, to)).unwrap();
            let (bank, feed) = (sighting.bank().clone(), sighting.feed());
            let altered = Sighting::of_rates(bank, feed, sighting.asked(), rates, sighting.first());
            Some(altered.until(sighting.last()).into())
        }
        Record::Forecast(forecast) => {
            let weather = serde_json::to_string(&**forecast.weather()).unwrap();
            let weather = serde_json::from_str(&weather.replace(from, to)).unwrap();
            let (city, first) = (forecast.city().clone(), forecast.first());
            let altered = Forecast::new(city, weather, first, None);
            Some(altered.until(forecast.last(), forecast.expires()).into())
        }
        _ => None,
    }
}
