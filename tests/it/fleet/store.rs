//! The nodes' connection to the store: each call meets the faults of the moment.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::fetch::BoxFuture;
use masthead::ledger::RecordId;
use masthead::ticker::StoreError;
use masthead::ticker::shared::{
    Ask, Hint, Leases, Node, SharedChange, SharedRecords, SharedStore, Topic, Wish,
};
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::sleep;

use super::node::LastInput;
use super::store_faults::{Fault, Outcome, StoreFaults};
use super::store_server::{StoreServer, Write};
use crate::simulation::hosts::Hosts;

/// The store of a fleet, with its faults.
pub(super) struct Shared {
    hosts: Hosts,
    inner: Mutex<Inner>,
    /// Notified of each change. Waiters wake in order, which a channel leaves to chance.
    changed: Notify,
}

pub(super) struct Inner {
    pub(super) server: StoreServer,
    pub(super) faults: StoreFaults,
}

/// The time-out of a call.
const TIMEOUT: Duration = Duration::from_millis(250);
/// The interval at which a lagging replica is updated.
const LAG: TimeDelta = TimeDelta::seconds(40);

impl Shared {
    pub(super) fn new(hosts: &Hosts, server: StoreServer, faults: StoreFaults) -> Arc<Self> {
        Arc::new(Self {
            hosts: hosts.clone(),
            inner: Mutex::new(Inner { server, faults }),
            changed: Notify::new(),
        })
    }

    /// Accesses the store as it is now, without the faults of the connection.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Inner, DateTime<Utc>) -> T) -> T {
        let now = self.hosts.now();
        let mut inner = self.inner.lock().unwrap();
        inner.turn(now);
        act(&mut inner, now)
    }
}

impl Inner {
    /// Updates the faults for the current time.
    fn turn(&mut self, now: DateTime<Utc>) {
        self.faults.note(now);
        self.server.off = self.faults.off();
        match self.faults.replica() {
            None => self.server.promote(),
            Some(fault) => {
                let longest = if fault == Fault::Lagging {
                    LAG
                } else {
                    TimeDelta::days(1)
                };
                self.server.replicate(now, longest);
            }
        }
    }
}

/// The client of one node.
pub(super) struct SimStore {
    shared: Arc<Shared>,
    node: usize,
    /// The number of changes seen since it listens, and whether the last notification was a repetition.
    heard: Mutex<Option<(u64, bool)>>,
    calls: Arc<AtomicU64>,
    last_input: LastInput,
}

impl SimStore {
    /// `calls` counts every call except waiting for notifications.
    pub(super) fn new(
        shared: &Arc<Shared>,
        node: usize,
        calls: &Arc<AtomicU64>,
        last_input: &LastInput,
    ) -> Self {
        Self {
            shared: Arc::clone(shared),
            node,
            heard: Mutex::default(),
            calls: Arc::clone(calls),
            last_input: last_input.clone(),
        }
    }

    /// Notes that the node may write to its disk from now on. The write happens in a poll of its own.
    async fn has_input(&self) {
        self.last_input.now();
        yield_now().await;
    }

    /// Half of the latency passes before the store acts, and half after.
    async fn call<T>(
        &self,
        write: impl FnOnce() -> Option<Write>,
        act: impl FnOnce(&mut StoreServer, DateTime<Utc>) -> T,
    ) -> Result<T, StoreError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let write = write();
        let fate = self
            .shared
            .with(|inner, now| inner.faults.outcome(self.node, write.is_some(), now));
        match fate {
            Outcome::Answered(0) => Ok(self.shared.with(|inner, now| act(&mut inner.server, now))),
            Outcome::Answered(time) => {
                sleep(Duration::from_millis(time / 2)).await;
                let answer = self.shared.with(|inner, now| act(&mut inner.server, now));
                sleep(Duration::from_millis(time - time / 2)).await;
                Ok(answer)
            }
            Outcome::Lost(later) => {
                if let Some((write, later)) = write.zip(later) {
                    let later = TimeDelta::milliseconds(later.try_into().unwrap());
                    self.shared
                        .with(|inner, now| inner.server.apply_at(now + later, write));
                }
                sleep(TIMEOUT).await;
                Err(StoreError::new("no answer within 250 ms"))
            }
            Outcome::Refused => Err(StoreError::new("connection refused")),
            Outcome::ReadOnly => Err(StoreError::new(
                "you can't write against a read only replica",
            )),
        }
    }
}

impl SharedStore for SimStore {
    fn revisions<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>> {
        Box::pin(self.call(|| None, |server, now| server.revisions(topics, now)))
    }

    fn records<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<SharedRecords, StoreError>> {
        Box::pin(async {
            let records = self
                .call(|| None, |server, now| server.records(topics, now))
                .await?;
            self.has_input().await;
            Ok(records)
        })
    }

    fn texts<'a>(
        &'a self,
        ids: &'a [RecordId],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>> {
        Box::pin(async {
            let texts = self
                .call(|| None, |server, now| server.texts(ids, now))
                .await?;
            self.has_input().await;
            Ok(texts)
        })
    }

    fn change<'a>(
        &'a self,
        changes: &'a [SharedChange],
    ) -> BoxFuture<'a, Result<Vec<Result<(), StoreError>>, StoreError>> {
        Box::pin(async {
            let write = || Some(Write::Change(changes.to_vec()));
            let outcomes = self
                .call(write, |server, now| server.change(changes, now))
                .await?;
            if outcomes.iter().any(Result::is_ok) {
                self.shared.changed.notify_waiters();
            }
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
            let writes = asks.iter().any(|ask| ask.wish != Wish::Look);
            let write = || writes.then(|| Write::Lease(asks.to_vec(), node.clone(), time));
            self.call(write, |server, now| server.lease(asks, node, time, now))
                .await
        })
    }

    fn hint(&self) -> BoxFuture<'_, Result<Hint, StoreError>> {
        Box::pin(async {
            loop {
                let mut changed = std::pin::pin!(self.shared.changed.notified());
                changed.as_mut().enable();
                let (count, echoes, away) = self.shared.with(|inner, _| {
                    let (faults, count) = (&inner.faults, inner.server.history.changes);
                    (
                        count,
                        faults.notifications(self.node),
                        faults.away_since(self.node),
                    )
                });
                {
                    let mut heard = self.heard.lock().unwrap();
                    if away.is_some() {
                        *heard = None;
                        return Err(StoreError::new("connection closed"));
                    }
                    match *heard {
                        None => {
                            *heard = Some((count, false));
                            return Ok(Hint::Listening);
                        }
                        Some((before, echoed)) if before < count => {
                            let again = echoes > 1 && !echoed;
                            // Notifications missed during a fault do not arrive later.
                            *heard = Some((if again { before } else { count }, again));
                            if echoes > 0 {
                                return Ok(Hint::Changed);
                            }
                        }
                        Some(_) => {}
                    }
                }
                changed.await;
            }
        })
    }
}

impl fmt::Debug for SimStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimStore")
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}
