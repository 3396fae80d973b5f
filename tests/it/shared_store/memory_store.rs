//! A store in memory by the contract of `SharedStore`, which can be unreachable or tampered with.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, Utc};
use masthead::fetch::BoxFuture;
use masthead::ledger::line::{FIRST_LINE, Reader, Writer};
use masthead::ledger::{Forecast, Record, Sighting};
use masthead::ticker::{
    Ask, Kept, Lease, Leases, Node, Order, Part, Put, SharedStore, StoreError, Topic, Wanted, Wish,
};
use tokio::time::Instant;

use crate::fake_hosts::FakeHosts;

/// Clones share their contents.
#[derive(Clone)]
pub(super) struct MemoryStore {
    hosts: FakeHosts,
    rows: Arc<Mutex<Rows>>,
}

#[derive(Default)]
pub(super) struct Rows {
    pub(super) is_away: bool,
    /// Like a replica.
    pub(super) is_read_only: bool,
    /// Every lease key holds another value.
    pub(super) has_no_leases: bool,
    pub(super) parts: BTreeMap<Topic, (Order, String)>,
    leases: BTreeMap<Topic, (Node, Instant)>,
    changes: u64,
    pub(super) published: Vec<Part>,
    pub(super) calls: usize,
}

impl MemoryStore {
    pub(super) fn new(hosts: &FakeHosts) -> Self {
        Self {
            hosts: hosts.clone(),
            rows: Arc::default(),
        }
    }

    pub(super) fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap()
    }

    /// Alters a stored body, as a writer with access would, with an order one second later.
    pub(super) fn tamper(&self, topic: &Topic, alter: impl Fn(&str) -> String) {
        let mut rows = self.rows();
        let (order, body) = rows.parts[topic].clone();
        let altered = alter(&body);
        assert_ne!(altered, body);
        let at = order.at + chrono::TimeDelta::seconds(1);
        rows.parts
            .insert(topic.clone(), (Order { at, ..order }, altered));
        rows.changes += 1;
    }

    pub(super) fn lose_everything(&self) {
        let mut rows = self.rows();
        rows.parts.clear();
        rows.changes += 1;
    }

    /// Changes the mark, as after a change from outside.
    pub(super) fn lose_nothing_but_tell(&self) {
        self.rows().changes += 1;
    }

    /// A foreign node holds the lease of a topic, and does not fetch.
    pub(super) fn block(&self, topic: &Topic) {
        let for_ever = Instant::now() + Duration::from_secs(1_000_000);
        let stranger = "stranger".parse().unwrap();
        self.rows()
            .leases
            .insert(topic.clone(), (stranger, for_ever));
    }

    pub(super) fn leader(&self, topic: &Topic) -> Option<String> {
        let rows = self.rows();
        let (node, until) = rows.leases.get(topic)?;
        (*until > Instant::now()).then(|| node.to_string())
    }

    async fn call<T>(
        &self,
        writes: impl FnOnce(&Rows) -> bool,
        act: impl FnOnce(&mut Rows, DateTime<Utc>) -> T,
    ) -> Result<T, StoreError> {
        let mut rows = self.rows();
        rows.calls += 1;
        if rows.is_away {
            return Err(StoreError::new("the store is away"));
        }
        if rows.is_read_only && writes(&rows) {
            return Err(StoreError::new("the store is read-only"));
        }
        Ok(act(&mut rows, self.hosts.now()))
    }
}

impl Rows {
    fn keep(&mut self, part: &Part, now: DateTime<Utc>) -> Put {
        if part.order.is_of_the_future(now) {
            return Put::Future;
        }
        match self.parts.get(&part.topic) {
            Some((kept, _)) if *kept >= part.order && !kept.is_of_the_future(now) => {
                return Put::Older(kept.clone());
            }
            _ => {}
        }
        // A real store keeps the text.
        let order: Order = part.order.to_string().parse().unwrap();
        let kept = (order, part.body.clone());
        self.parts.insert(part.topic.clone(), kept);
        self.changes += 1;
        self.published.push(part.clone());
        Put::Taken
    }

    /// Whether the request changes the holder or the time of the lease.
    fn changes_for(&self, Ask { topic, wish }: &Ask, node: &Node) -> bool {
        let lease = self.leases.get(topic);
        let lease = lease.filter(|(_, until)| *until > Instant::now());
        *wish != Wish::Look && lease.is_none_or(|(held, _)| held == node)
    }

    fn ask(&mut self, Ask { topic, wish }: &Ask, node: &Node, time: Duration) -> Option<Lease> {
        let now = Instant::now();
        if self.has_no_leases {
            return None;
        }
        self.leases.retain(|_, (_, until)| *until > now);
        let is_own = self.leases.get(topic).is_none_or(|(held, _)| held == node);
        match wish {
            Wish::Take if is_own => {
                self.leases
                    .insert(topic.clone(), (node.clone(), now + time));
            }
            Wish::Rest(time) => {
                let lease = self.leases.get_mut(topic).filter(|_| is_own);
                lease
                    .into_iter()
                    .for_each(|(_, until)| *until = now + *time);
            }
            Wish::Take | Wish::Look => {}
        }
        let (node, until) = self.leases.get(topic)?;
        Some(Lease {
            node: node.clone(),
            left: *until - now,
        })
    }
}

impl SharedStore for MemoryStore {
    fn mark(&self) -> BoxFuture<'_, Result<Option<String>, StoreError>> {
        Box::pin(self.call(|_| false, |rows, _| Some(rows.changes.to_string())))
    }

    fn read<'a>(&'a self, wanted: &'a [Wanted]) -> BoxFuture<'a, Result<Vec<Kept>, StoreError>> {
        let reads = |_: &Rows| false;
        Box::pin(self.call(reads, |rows, _| {
            let kept = wanted
                .iter()
                .map(|Wanted { topic, known }| match rows.parts.get(topic) {
                    None => Kept::Nothing,
                    Some((order, _)) if known.as_ref().is_some_and(|known| order <= known) => {
                        Kept::Known(order.clone())
                    }
                    Some((order, body)) => Kept::Newer(order.clone(), body.clone()),
                });
            kept.collect()
        }))
    }

    fn publish<'a>(&'a self, parts: &'a [Part]) -> BoxFuture<'a, Result<Vec<Put>, StoreError>> {
        Box::pin(self.call(
            |_| true,
            |rows, now| parts.iter().map(|part| rows.keep(part, now)).collect(),
        ))
    }

    fn lease<'a>(
        &'a self,
        asks: &'a [Ask],
        node: &'a Node,
        time: Duration,
    ) -> BoxFuture<'a, Result<Leases, StoreError>> {
        let writes = move |rows: &Rows| asks.iter().any(|ask| rows.changes_for(ask, node));
        Box::pin(self.call(writes, move |rows, now| Leases {
            held: asks.iter().map(|ask| rows.ask(ask, node, time)).collect(),
            now,
        }))
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Table")
    }
}

/// The records of a body with another number in the place of `from`, with the ids that they have then.
pub(super) fn with_number(body: &str, from: &str, to: &str) -> String {
    let mut reader = Reader::new(DateTime::<Utc>::MAX_UTC);
    for line in body.lines() {
        reader.line(line.as_bytes());
    }
    let (mut text, mut writer) = (FIRST_LINE.to_owned(), Writer::default());
    for record in reader.finish().ledger.records() {
        let altered = match &record {
            Record::Sighting(sighting) => sighting.rates().map(|rates| {
                let rates = serde_json::to_string(&**rates).unwrap();
                let rates = serde_json::from_str(&rates.replace(from, to)).unwrap();
                let (bank, feed) = (sighting.bank().clone(), sighting.feed());
                let altered =
                    Sighting::of_rates(bank, feed, sighting.asked(), rates, sighting.first());
                Record::from(altered.until(sighting.last()))
            }),
            Record::Forecast(forecast) => {
                let weather = serde_json::to_string(&**forecast.weather()).unwrap();
                let weather = serde_json::from_str(&weather.replace(from, to)).unwrap();
                let (city, first) = (forecast.city().clone(), forecast.first());
                let altered = Forecast::new(city, weather, first, None);
                Some(altered.until(forecast.last(), forecast.expires()).into())
            }
            _ => None,
        };
        writer.record(&altered.unwrap_or(record), &mut text);
    }
    text
}
