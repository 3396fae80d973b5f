//! The calls of a shared store as values.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::engine::names::{Node, Topic};
use crate::engine::store_error::StoreError;
use crate::ledger::RecordId;

/// A call of a shared store: the methods of [`SharedStore`](crate::ticker::shared::SharedStore) as values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreCall {
    /// [`SharedStore::revisions`](crate::ticker::shared::SharedStore::revisions).
    Revisions(Vec<Topic>),
    /// [`SharedStore::records`](crate::ticker::shared::SharedStore::records).
    Records(Vec<Topic>),
    /// [`SharedStore::texts`](crate::ticker::shared::SharedStore::texts).
    Texts(Vec<RecordId>),
    /// [`SharedStore::change`](crate::ticker::shared::SharedStore::change).
    Change(Vec<SharedChange>),
    /// [`SharedStore::lease`](crate::ticker::shared::SharedStore::lease).
    Lease {
        /// The requests.
        asks: Vec<Ask>,
        /// The server that makes them.
        node: Node,
        /// The duration of a lease.
        time: Duration,
    },
}

/// The answer to a [`StoreCall`] of the same name.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreReply {
    /// The revision of each topic.
    Revisions(Vec<Option<String>>),
    /// The records of each topic.
    Records(SharedRecords),
    /// The text of each id.
    Texts(Vec<Option<String>>),
    /// The outcome of each change.
    Change(Vec<Result<(), StoreError>>),
    /// The holders of the leases.
    Lease(Leases),
}

/// A record of a topic, as a store holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedRecord {
    /// The text of a [`RecordKey`](crate::ledger::RecordKey). Another program may have written any text.
    pub key: String,
    /// The last instant of the record, with at most three decimals of a second. A store never replaces it by an earlier one.
    pub last: DateTime<Utc>,
}

impl SharedRecord {
    /// The most records of a topic. If a change would make more, those that were seen last longest ago go.
    pub const MOST: usize = 1024;
}

/// The records of several topics.
#[derive(Debug)]
pub struct SharedRecords {
    /// One for each requested topic, in order: at most [`SharedRecord::MOST`] records, or the reason why it cannot be read.
    pub topics: Vec<Result<Vec<SharedRecord>, StoreError>>,
    /// The time by the store's clock.
    pub now: DateTime<Utc>,
}

/// The canonical text of a publication or a forecast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedText {
    /// The id: the SHA-256 of the text.
    pub id: RecordId,
    /// The text, which is not empty.
    pub text: String,
    /// How long the store keeps it, at least: as long as servers share a record with it. A longer time costs memory only.
    pub keep: Duration,
}

impl SharedText {
    /// The longest text, in bytes.
    pub const LONGEST: usize = 64 << 10;
}

/// A change of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedChange {
    /// The topic.
    pub topic: Topic,
    /// The keys of records to remove.
    pub removed: Vec<String>,
    /// Texts to write.
    pub texts: Vec<SharedText>,
    /// Records to add, or whose last instant is to be raised.
    pub records: Vec<SharedRecord>,
}

impl SharedChange {
    /// A change of a topic that does nothing yet.
    #[must_use]
    pub const fn new(topic: Topic) -> Self {
        Self {
            topic,
            removed: Vec::new(),
            texts: Vec::new(),
            records: Vec::new(),
        }
    }
}

/// A request about a lease, for [`SharedStore::lease`](crate::ticker::shared::SharedStore::lease).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ask {
    /// The topic that the lease is for.
    pub topic: Topic,
    /// The action.
    pub wish: Wish,
}

impl Ask {
    /// A request for an action on the lease of a topic.
    #[must_use]
    pub const fn new(topic: Topic, wish: Wish) -> Self {
        Self { topic, wish }
    }
}

/// An action on a lease. A store answers all three, so a match needs no other arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Takes the lease if it is free, or renews it if this server holds it, for the time of the call; returns the holder in any case.
    Take,
    /// Returns the holder only.
    Look,
    /// Lets the lease expire after this time if this server holds it: it could not read the source, and another server tries then. Of another
    /// server's lease it returns the holder only.
    Rest(Duration),
}

/// The holder of a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// The holder.
    pub node: Node,
    /// The time until it expires, unless it is renewed.
    pub left: Duration,
}

impl Lease {
    /// A lease that `node` holds and that expires in `left`.
    #[must_use]
    pub const fn new(node: Node, left: Duration) -> Self {
        Self { node, left }
    }
}

/// The holders of the requested leases.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leases {
    /// One for each request, in order; `None` for a free lease.
    pub held: Vec<Option<Lease>>,
    /// The time by the store's clock.
    pub now: DateTime<Utc>,
}

impl Leases {
    /// The holders of the requested leases, in the order of the requests, at a time by the store's clock.
    #[must_use]
    pub const fn new(held: Vec<Option<Lease>>, now: DateTime<Utc>) -> Self {
        Self { held, now }
    }
}

/// A notification from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// Notifications work from now on. Earlier ones may have been missed, so the next exchange is due at once.
    Listening,
    /// A topic was changed.
    Changed,
}
