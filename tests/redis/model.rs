//! The model of the Redis store, in plain Rust.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use masthead::fetch::BoxFuture;
use masthead::ticker::{
    Ask, Kept, Lease, Leases, Node, Order, Part, Put, SharedStore, StoreError, Topic, Wanted, Wish,
};

use crate::now;

/// The parts and leases of one process.
#[derive(Debug, Default)]
pub(crate) struct Model(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    parts: BTreeMap<Topic, (Order, String)>,
    leases: BTreeMap<Topic, (Node, Instant)>,
    changes: u64,
}

impl Tables {
    fn read(&self, Wanted { topic, known }: &Wanted) -> Kept {
        match self.parts.get(topic) {
            None => Kept::Nothing,
            Some((order, _)) if known.as_ref().is_some_and(|known| known >= order) => {
                Kept::Known(order.clone())
            }
            Some((order, body)) => Kept::Newer(order.clone(), body.clone()),
        }
    }

    fn put(&mut self, part: &Part) -> Put {
        if part.order.is_of_the_future(now()) {
            return Put::Future;
        }
        match self.parts.get(&part.topic) {
            Some((kept, _)) if *kept >= part.order => Put::Older(kept.clone()),
            _ => {
                let kept = (part.order.clone(), part.body.clone());
                self.parts.insert(part.topic.clone(), kept);
                Put::Taken
            }
        }
    }

    fn ask(&mut self, Ask { topic, wish }: &Ask, node: &Node, time: Duration) -> Option<Lease> {
        let now = Instant::now();
        self.leases.retain(|_, (_, until)| *until > now);
        let is_free = !self.leases.contains_key(topic);
        let is_ours = self.leases.get(topic).is_some_and(|(held, _)| held == node);
        match wish {
            Wish::Take if is_free || is_ours => {
                self.leases
                    .insert(topic.clone(), (node.clone(), now + time));
            }
            Wish::Rest(time) if is_ours && time.is_zero() => {
                self.leases.remove(topic);
            }
            Wish::Rest(time) if is_ours => {
                self.leases
                    .insert(topic.clone(), (node.clone(), now + *time));
            }
            Wish::Take | Wish::Look | Wish::Rest(_) => {}
        }
        let lease = |(node, until): &(Node, Instant)| Lease {
            node: node.clone(),
            left: *until - now,
        };
        self.leases.get(topic).map(lease)
    }
}

impl SharedStore for Model {
    fn mark(&self) -> BoxFuture<'_, Result<Option<String>, StoreError>> {
        Box::pin(async {
            let changes = self.0.lock().unwrap().changes;
            Ok((changes > 0).then(|| changes.to_string()))
        })
    }

    fn read<'a>(&'a self, wanted: &'a [Wanted]) -> BoxFuture<'a, Result<Vec<Kept>, StoreError>> {
        Box::pin(async {
            let tables = self.0.lock().unwrap();
            Ok(wanted.iter().map(|wanted| tables.read(wanted)).collect())
        })
    }

    fn publish<'a>(&'a self, parts: &'a [Part]) -> BoxFuture<'a, Result<Vec<Put>, StoreError>> {
        Box::pin(async {
            let mut tables = self.0.lock().unwrap();
            let put: Vec<Put> = parts.iter().map(|part| tables.put(part)).collect();
            tables.changes += u64::from(put.contains(&Put::Taken));
            Ok(put)
        })
    }

    fn lease<'a>(
        &'a self,
        asks: &'a [Ask],
        node: &'a Node,
        time: Duration,
    ) -> BoxFuture<'a, Result<Leases, StoreError>> {
        Box::pin(async move {
            let mut tables = self.0.lock().unwrap();
            let held = asks.iter().map(|ask| tables.ask(ask, node, time));
            Ok(Leases {
                held: held.collect(),
                now: now(),
            })
        })
    }
}
