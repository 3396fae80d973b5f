//! An exchange under way: one call of the store after the other.
//!
//! A topic passes through four lists: `unread` (its revision is another one), `listed` (its keys were read), `readings` (its texts are being read,
//! their ids in `missing`) and `unwritten`. `engine::exchange` empties them in this order; a topic whose keys cannot be read leaves them with an
//! error.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Ask, Purpose, Reading, SharedChange, SharedRecord};
use crate::engine::Item;
use crate::engine::names::Topic;
use crate::engine::store_error::StoreError;
use crate::ledger::RecordId;

/// The most topics in a call that reads or writes records.
const TOPICS_A_CALL: usize = 64;
/// The most texts that are read in one call: sixteen megabytes, if each is as long as it may be.
const TEXTS_A_CALL: usize = 256;
/// The most texts that are collected before their records are judged.
const TEXTS_AT_ONCE: usize = 1024;

/// The records that a store listed for a topic, with its revision.
pub(in crate::engine) type Listed = (Topic, Option<String>, Result<Vec<SharedRecord>, StoreError>);

/// An exchange under way.
#[derive(Debug)]
pub(in crate::engine) struct Exchange {
    pub(in crate::engine) purpose: Purpose,
    /// The instant at which it began.
    pub(in crate::engine) now: DateTime<Utc>,
    /// The call under way.
    pub(in crate::engine) awaited: Awaited,
    /// When this call began, by the clock and without it.
    pub(in crate::engine) called: (DateTime<Utc>, Duration),
    /// The topics whose records are to be read.
    pub(in crate::engine) unread: VecDeque<(Topic, Option<String>)>,
    /// The topics whose records were listed, and not taken in yet.
    pub(in crate::engine) listed: VecDeque<Listed>,
    /// The clearings when they were listed.
    pub(in crate::engine) clearings: u64,
    /// The time by the store's clock when they were listed.
    pub(in crate::engine) by_store: DateTime<Utc>,
    /// The records that are being completed.
    pub(in crate::engine) readings: Vec<(Reading, Option<String>)>,
    /// The ids of the texts that they lack.
    pub(in crate::engine) missing: BTreeSet<RecordId>,
    /// The topics whose records are to be written.
    pub(in crate::engine) unwritten: VecDeque<Topic>,
    /// Whether records of other servers were added.
    pub(in crate::engine) has_adopted: bool,
    /// Whether no record waits for its time.
    pub(in crate::engine) is_whole: bool,
}

/// The call that an exchange waits for.
#[derive(Debug)]
pub(in crate::engine) enum Awaited {
    Revisions,
    Records(Vec<(Topic, Option<String>)>),
    Texts(Vec<RecordId>),
    Change(Vec<SharedChange>),
    Leases {
        asks: Vec<Ask>,
        /// The items that are due.
        due: Vec<Item>,
        /// Whether all leases are renewed.
        is_renewal: bool,
    },
}

impl Exchange {
    pub(in crate::engine) fn new(purpose: Purpose, now: DateTime<Utc>) -> Self {
        Self {
            purpose,
            now,
            awaited: Awaited::Revisions,
            called: (now, Duration::ZERO),
            unread: VecDeque::new(),
            listed: VecDeque::new(),
            clearings: 0,
            by_store: now,
            readings: Vec::new(),
            missing: BTreeSet::new(),
            unwritten: VecDeque::new(),
            has_adopted: false,
            is_whole: true,
        }
    }

    /// Moves its instants by a clock that was set back by `by`.
    pub(in crate::engine) fn set_back(&mut self, by: TimeDelta) {
        self.now -= by;
        self.called.0 -= by;
    }

    /// Takes the next topics whose records are read in one call.
    pub(in crate::engine) fn next_unread(&mut self) -> Vec<(Topic, Option<String>)> {
        let count = self.unread.len().min(TOPICS_A_CALL);
        self.unread.drain(..count).collect()
    }

    /// Takes the next topics whose records are written in one call.
    pub(in crate::engine) fn next_unwritten(&mut self) -> Vec<Topic> {
        let count = self.unwritten.len().min(TOPICS_A_CALL);
        self.unwritten.drain(..count).collect()
    }

    /// Takes the next texts that are read in one call.
    pub(in crate::engine) fn next_missing(&mut self) -> Vec<RecordId> {
        let ids = self.missing.iter().take(TEXTS_A_CALL);
        let ids: Vec<RecordId> = ids.copied().collect();
        for id in &ids {
            self.missing.remove(id);
        }
        ids
    }

    /// Whether so many texts are missing that the records are completed before others are taken in.
    pub(in crate::engine) fn is_full(&self) -> bool {
        self.missing.len() >= TEXTS_AT_ONCE
    }
}
