use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use super::SharedStore;
use crate::engine::{
    Ask, Hint, Lease, Leases, Node, SharedChange, SharedRecord, SharedRecords, SharedText, Topic,
    Wish,
};
use crate::fetch::BoxFuture;
use crate::ledger::RecordId;
use crate::ticker::StoreError;

/// A [`SharedStore`] in memory, for several tickers of one process and for tests. Clones share their contents.
///
/// ```
/// use masthead::Ticker;
/// use masthead::ticker::shared::MemoryStore;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::default();
/// let almaty = Ticker::builder("news.example.kz; web@example.kz").fleet(store.clone()).build()?;
/// let astana = Ticker::builder("news.example.kz; web@example.kz").fleet(store).build()?;
/// # Ok(()) }
/// ```
pub struct MemoryStore {
    contents: Arc<Contents>,
    /// The number of changes that this clone has been notified of; `None` before it listens.
    notified: Mutex<Option<u64>>,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

#[derive(Default)]
struct Contents {
    table: Mutex<Table>,
    changed: Notify,
}

#[derive(Default)]
struct Table {
    topics: BTreeMap<Topic, Rows>,
    texts: BTreeMap<RecordId, (String, DateTime<Utc>)>,
    leases: BTreeMap<Topic, (Node, DateTime<Utc>)>,
    changes: u64,
}

#[derive(Default)]
struct Rows {
    lasts: BTreeMap<String, DateTime<Utc>>,
    revision: u64,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self {
            contents: Arc::default(),
            notified: Mutex::default(),
            clock: Arc::new(|| SystemTime::now().into()),
        }
    }
}

impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self {
            contents: Arc::clone(&self.contents),
            notified: Mutex::default(),
            clock: Arc::clone(&self.clock),
        }
    }
}

impl MemoryStore {
    /// Sets the clock by which leases and texts expire. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The notification for the changes since the last one. Returns `None` if there were no changes.
    fn news(&self) -> Option<Hint> {
        let changes = self.table().changes;
        let mut notified = self.notified.lock().unwrap_or_else(PoisonError::into_inner);
        match notified.replace(changes) {
            None => Some(Hint::Listening),
            Some(before) => (before != changes).then_some(Hint::Changed),
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        let table = &self.contents.table;
        table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SharedStore for MemoryStore {
    fn revisions<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>> {
        Box::pin(async {
            let table = self.table();
            let revisions = topics.iter().map(|topic| {
                let rows = table.topics.get(topic);
                rows.map(|rows| rows.revision.to_string())
            });
            Ok(revisions.collect())
        })
    }

    fn records<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<SharedRecords, StoreError>> {
        Box::pin(async {
            let table = self.table();
            let records = topics.iter().map(|topic| {
                let rows = table.topics.get(topic).into_iter();
                let lasts = rows.flat_map(|rows| &rows.lasts);
                let records = lasts.map(|(key, last)| SharedRecord {
                    key: key.clone(),
                    last: *last,
                });
                Ok(records.collect())
            });
            Ok(SharedRecords {
                topics: records.collect(),
                now: (self.clock)(),
            })
        })
    }

    fn texts<'a>(
        &'a self,
        ids: &'a [RecordId],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>> {
        Box::pin(async {
            let (table, now) = (self.table(), (self.clock)());
            let texts = ids.iter().map(|id| {
                let held = table.texts.get(id).filter(|(_, until)| now < *until);
                held.map(|(text, _)| text.clone())
            });
            Ok(texts.collect())
        })
    }

    fn change<'a>(
        &'a self,
        changes: &'a [SharedChange],
    ) -> BoxFuture<'a, Result<Vec<Result<(), StoreError>>, StoreError>> {
        Box::pin(async {
            let (mut table, now) = (self.table(), (self.clock)());
            let outcomes = changes.iter().map(|change| {
                table.change(change, now);
                Ok(())
            });
            let outcomes = outcomes.collect();
            drop(table);
            self.contents.changed.notify_waiters();
            Ok(outcomes)
        })
    }

    fn lease<'a>(
        &'a self,
        asks: &'a [Ask],
        node: &'a Node,
        time: Duration,
    ) -> BoxFuture<'a, Result<Leases, StoreError>> {
        Box::pin(async move {
            let (mut table, now) = (self.table(), (self.clock)());
            let held = asks
                .iter()
                .map(|ask| table.lease(ask, node, time, now))
                .collect();
            Ok(Leases { held, now })
        })
    }

    fn hint(&self) -> BoxFuture<'_, Result<Hint, StoreError>> {
        Box::pin(async {
            loop {
                let mut changed = std::pin::pin!(self.contents.changed.notified());
                // Before the count is read, so that no change in between is missed.
                changed.as_mut().enable();
                if let Some(hint) = self.news() {
                    return Ok(hint);
                }
                changed.await;
            }
        })
    }
}

impl Table {
    fn change(&mut self, change: &SharedChange, now: DateTime<Utc>) {
        self.changes += 1;
        let revision = self.changes;
        self.texts.retain(|_, (_, until)| now < *until);
        for SharedText { id, text, keep } in &change.texts {
            // A text that is too long would never be returned.
            if text.len() <= SharedText::LONGEST {
                self.texts.insert(*id, (text.clone(), after(now, *keep)));
            }
        }
        let rows = self.topics.entry(change.topic.clone()).or_default();
        rows.revision = revision;
        for key in &change.removed {
            rows.lasts.remove(key);
        }
        for SharedRecord { key, last } in &change.records {
            let held = rows.lasts.entry(key.clone()).or_insert(*last);
            *held = (*held).max(*last);
        }
        while rows.lasts.len() > SharedRecord::MOST {
            let oldest = rows.lasts.iter().min_by_key(|(key, last)| (**last, *key));
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                break;
            };
            rows.lasts.remove(&oldest);
        }
    }

    fn lease(
        &mut self,
        Ask { topic, wish }: &Ask,
        node: &Node,
        time: Duration,
        now: DateTime<Utc>,
    ) -> Option<Lease> {
        self.leases.retain(|_, (_, until)| now < *until);
        let holder = self.leases.get(topic).map(|(holder, _)| holder);
        let until = match wish {
            Wish::Take if holder.is_none_or(|holder| holder == node) => Some(after(now, time)),
            Wish::Rest(time) if holder == Some(node) => Some(after(now, *time)),
            Wish::Take | Wish::Rest(_) | Wish::Look => None,
        };
        if let Some(until) = until {
            self.leases.insert(topic.clone(), (node.clone(), until));
        }
        let (node, until) = self.leases.get(topic)?;
        let left = (*until - now).to_std().ok().filter(|left| !left.is_zero());
        left.map(|left| Lease {
            node: node.clone(),
            left,
        })
    }
}

/// The instant after a duration, or the last one that there is.
fn after(now: DateTime<Utc>, time: Duration) -> DateTime<Utc> {
    let time = TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
    now.checked_add_signed(time)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}
