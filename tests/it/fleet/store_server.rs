//! The state of the shared store, by the exact contract of `SharedStore`, with an optional bug.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::ledger::RecordId;
use masthead::ticker::StoreError;
use masthead::ticker::shared::{
    Ask, Lease, Leases, Node, SharedChange, SharedRecords, SharedText, Topic, Wish,
};

use super::store_rows::{Rows, another_type};

/// A bug of a store that the checker must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plant {
    /// The last instant of a record is the one that was written last, also an earlier one.
    LastWriteWins,
    /// A change replaces all records of its topic.
    ReplacesRecords,
    /// The revision is that of the keys, so that a later last instant is not seen.
    RevisionOfKeys,
}

#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) node: Node,
    until: DateTime<Utc>,
}

/// The memory of the store.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) topics: BTreeMap<Topic, Rows>,
    /// The texts, each with the end of its time.
    pub(super) texts: BTreeMap<RecordId, (Arc<str>, DateTime<Utc>)>,
    pub(super) leases: BTreeMap<Topic, Held>,
}

/// The history of the store, in true time, for the checker.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The last holder of each lease.
    holders: BTreeMap<Topic, Node>,
    /// When a lease moved from one node to another.
    pub(super) takeovers: Vec<(DateTime<Utc>, Topic)>,
    /// The first violation of the contract.
    pub(super) wrong: Option<String>,
    /// The number of changes by servers.
    pub(super) changes: u64,
}

#[derive(Debug)]
pub(super) struct StoreServer {
    pub(super) table: Table,
    /// The last saved contents.
    pub(super) dump: Table,
    /// The contents of the replica, if one is read instead of the store.
    pub(super) replica: Option<(Table, DateTime<Utc>)>,
    /// The number of starts. A revision is valid within one of them.
    pub(super) starts: u64,
    /// The offset of the store's clock.
    pub(super) off: TimeDelta,
    plant: Option<Plant>,
    pub(super) late: Vec<Late>,
    /// The publications that a foreign writer has altered.
    pub(super) altered: BTreeSet<RecordId>,
    /// The number of changes, also of foreign ones. It numbers the revisions.
    pub(super) revisions: u64,
    pub(super) history: History,
}

/// A write whose caller has timed out.
#[derive(Debug)]
pub(super) struct Late {
    at: DateTime<Utc>,
    write: Write,
}

#[derive(Clone, Debug)]
pub(super) enum Write {
    Change(Vec<SharedChange>),
    Lease(Vec<Ask>, Node, Duration),
}

impl StoreServer {
    pub(super) fn new(plant: Option<Plant>) -> Self {
        Self {
            table: Table::default(),
            dump: Table::default(),
            replica: None,
            starts: 1,
            off: TimeDelta::zero(),
            plant,
            late: Vec::new(),
            altered: BTreeSet::new(),
            revisions: 0,
            history: History::default(),
        }
    }

    pub(super) fn revisions(
        &mut self,
        topics: &[Topic],
        now: DateTime<Utc>,
    ) -> Vec<Option<String>> {
        self.settle(now);
        let table = self.read_table();
        let revisions = topics.iter().map(|topic| {
            let rows = table.topics.get(topic)?;
            let revision = match self.plant {
                Some(Plant::RevisionOfKeys) => rows.hash_of_keys(),
                Some(Plant::LastWriteWins | Plant::ReplacesRecords) | None => rows.revision,
            };
            Some(format!("{}.{revision}", self.starts))
        });
        revisions.collect()
    }

    pub(super) fn records(&mut self, topics: &[Topic], now: DateTime<Utc>) -> SharedRecords {
        self.settle(now);
        let table = self.read_table();
        let records = topics.iter().map(|topic| match table.topics.get(topic) {
            None => Ok(Vec::new()),
            Some(rows) if rows.is_foreign => Err(another_type()),
            Some(rows) => Ok(rows.newest()),
        });
        SharedRecords {
            topics: records.collect(),
            now: now + self.off,
        }
    }

    pub(super) fn texts(&mut self, ids: &[RecordId], now: DateTime<Utc>) -> Vec<Option<String>> {
        self.settle(now);
        let texts = &self.read_table().texts;
        let texts = ids.iter().map(|id| {
            let (text, _) = texts.get(id).filter(|(text, until)| {
                let is_short = text.len() <= SharedText::LONGEST;
                is_short && now < *until
            })?;
            Some(text.as_ref().to_owned())
        });
        texts.collect()
    }

    pub(super) fn change(
        &mut self,
        changes: &[SharedChange],
        now: DateTime<Utc>,
    ) -> Vec<Result<(), StoreError>> {
        self.settle(now);
        let outcomes = changes.iter().map(|change| self.apply(change, now));
        outcomes.collect()
    }

    pub(super) fn lease(
        &mut self,
        asks: &[Ask],
        node: &Node,
        time: Duration,
        now: DateTime<Utc>,
    ) -> Leases {
        self.settle(now);
        self.table.leases.retain(|_, held| now < held.until);
        let held = asks
            .iter()
            .map(|ask| self.ask(ask, node, time, now))
            .collect();
        Leases::new(held, now + self.off)
    }

    /// Applies a write at a later time, independent of its caller.
    pub(super) fn apply_at(&mut self, at: DateTime<Utc>, write: Write) {
        self.late.push(Late { at, write });
    }

    fn read_table(&self) -> &Table {
        self.replica
            .as_ref()
            .map_or(&self.table, |(replica, _)| replica)
    }

    fn apply(&mut self, change: &SharedChange, now: DateTime<Utc>) -> Result<(), StoreError> {
        let Table { topics, texts, .. } = &mut self.table;
        let rows = topics.entry(change.topic.clone()).or_default();
        if rows.is_foreign {
            return Err(another_type());
        }
        texts.retain(|_, (_, until)| now < *until);
        for SharedText { id, text, keep } in &change.texts {
            let until = now + TimeDelta::from_std(*keep).unwrap();
            texts.insert(*id, (text.as_str().into(), until));
        }
        self.revisions += 1;
        self.history.changes += 1;
        rows.revision = self.revisions;
        let before = rows.lasts.clone();
        rows.apply(change, self.plant);
        if let Err(what) = rows.check(&before, change) {
            let what = format!("the store {what} of {}", change.topic);
            self.history.wrong.get_or_insert(what);
        }
        Ok(())
    }

    fn ask(&mut self, ask: &Ask, node: &Node, time: Duration, now: DateTime<Utc>) -> Option<Lease> {
        let leases = &mut self.table.leases;
        let holder = leases.get(&ask.topic).map(|held| &held.node);
        let (free, mine) = (holder.is_none(), holder == Some(node));
        let time = match ask.wish {
            Wish::Take if free || mine => Some(time),
            Wish::Rest(time) if mine => Some(time),
            Wish::Take | Wish::Rest(_) | Wish::Look => None,
        };
        if let Some(time) = time {
            let until = now + TimeDelta::from_std(time).unwrap();
            let held = Held {
                node: node.clone(),
                until,
            };
            leases.insert(ask.topic.clone(), held);
            let before = self.history.holders.insert(ask.topic.clone(), node.clone());
            if before.as_ref() != Some(node) {
                self.history.takeovers.push((now, ask.topic.clone()));
            }
        }
        leases.get(&ask.topic).map(|held| {
            Lease::new(
                held.node.clone(),
                (held.until - now).to_std().unwrap_or_default(),
            )
        })
    }

    /// Applies the late writes that are due.
    fn settle(&mut self, now: DateTime<Utc>) {
        while let Some(next) = self
            .late
            .iter()
            .map(|late| late.at)
            .min()
            .filter(|at| *at <= now)
        {
            let mut due = self.late.extract_if(.., |late| late.at == next);
            let first = due.next();
            drop(due);
            match first.map(|late| late.write) {
                Some(Write::Change(changes)) => {
                    for change in changes {
                        // The caller no longer waits for the outcome.
                        _ = self.apply(&change, next);
                    }
                }
                Some(Write::Lease(asks, node, time)) => {
                    self.table.leases.retain(|_, held| next < held.until);
                    for ask in asks {
                        self.ask(&ask, &node, time, next);
                    }
                }
                None => return,
            }
        }
    }
}
