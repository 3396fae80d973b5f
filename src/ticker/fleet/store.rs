//! The interface of a store that many servers share.

use std::fmt::Debug;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Node, Topic};
use crate::fetch::BoxFuture;
use crate::ledger::RecordId;
use crate::ticker::StoreError;

/// A store that many servers share, so that one of them requests the sources and all show the same data.
///
/// It holds for each topic a set of records, each as a key with its last instant, and beside them texts by their ids. A key never changes
/// and its last instant only grows, so no write overwrites another and none has to be compared with what is stored. The store is not
/// trusted: records are judged like a response of a bank. It may lose everything, return old data, and apply a write late: each server adds
/// what the store lacks.
///
/// # Contract
///
/// - Each call returns within a fraction of a second. A write that timed out may still be applied later.
/// - After a [`change`](Self::change) has succeeded, each later [`records`](Self::records) has its records with a last instant at least as
///   late, until they are removed, and the revision of the topic is another one.
/// - A lease only saves requests. If two servers hold one, no page is wrong.
///
/// [`MemoryStore`](super::MemoryStore) is the reference for the servers of one process. The repository's `tests/contract.rs` checks any
/// implementation.
pub trait SharedStore: Debug + Send + Sync {
    /// Returns the revision of each topic, in order: a text that every change of the topic replaces by one that it never had. `None` if the
    /// topic has none. It is polled every one to two seconds, so it must be cheap.
    ///
    /// # Errors
    ///
    /// If the store is unavailable.
    fn revisions<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>>;

    /// Returns the records of each topic, in order, without their texts.
    ///
    /// # Errors
    ///
    /// If the store is unavailable. A single topic that cannot be read is an error in its place.
    fn records<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<SharedRecords, StoreError>>;

    /// Returns the text of each id, in order. `None` for a missing text, or one that is longer than [`SharedText::LONGEST`].
    ///
    /// # Errors
    ///
    /// If the store is unavailable.
    fn texts<'a>(
        &'a self,
        ids: &'a [RecordId],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>>;

    /// Applies each change and returns the outcomes in order: first the removals, then the texts, the records and the new revision, so that
    /// a server that sees a record finds its text. Of more than [`SharedRecord::MOST`] records those that were seen last longest ago go.
    ///
    /// # Errors
    ///
    /// If the store is unavailable. A single topic that cannot be written is an error in its place.
    fn change<'a>(
        &'a self,
        changes: &'a [SharedChange],
    ) -> BoxFuture<'a, Result<Vec<Result<(), StoreError>>, StoreError>>;

    /// Takes, renews or releases leases of `node`, each for `time`, and returns their holders. `asks` has each topic at most once.
    ///
    /// # Errors
    ///
    /// If the store is unavailable.
    fn lease<'a>(
        &'a self,
        asks: &'a [Ask],
        node: &'a Node,
        time: Duration,
    ) -> BoxFuture<'a, Result<Leases, StoreError>>;

    /// Waits for a notification of a change. Notifications may be lost; a store without them, which is the default, is polled every second
    /// instead.
    ///
    /// Dropping the future loses nothing: the next call returns notifications that arrived meanwhile.
    ///
    /// # Errors
    ///
    /// If notifications are unavailable. The call is repeated a second later.
    fn hint(&self) -> BoxFuture<'_, Result<Hint, StoreError>> {
        Box::pin(std::future::pending())
    }
}

/// A record of a topic, as a store holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedRecord {
    /// The text of a [`RecordKey`](crate::ledger::RecordKey). Another program may have written any text.
    pub key: String,
    /// The last instant of the record, in milliseconds. A store never replaces it by an earlier one.
    pub last: DateTime<Utc>,
}

impl SharedRecord {
    /// The most records of a topic.
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
    /// How long the store keeps it.
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

/// A request about a lease, for [`SharedStore::lease`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The topic that the lease is for.
    pub topic: Topic,
    /// The action.
    pub wish: Wish,
}

/// An action on a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Takes the lease if it is free, renews it if this server holds it.
    Take,
    /// Returns the holder only.
    Look,
    /// Lets the lease expire after this time if this server holds it: it could not read the source, and another server tries then.
    Rest(Duration),
}

/// The holder of a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The holder.
    pub node: Node,
    /// The time until it expires, unless it is renewed.
    pub left: Duration,
}

/// The holders of the requested leases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leases {
    /// One for each request, in order; `None` for a free lease.
    pub held: Vec<Option<Lease>>,
    /// The time by the store's clock.
    pub now: DateTime<Utc>,
}

/// A notification from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Notifications work from now on. Earlier ones may have been missed.
    Listening,
    /// A topic was changed.
    Changed,
}
