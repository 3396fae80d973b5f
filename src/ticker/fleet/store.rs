//! The interface of a store that many servers share.

use std::fmt::Debug;
use std::time::Duration;

use crate::engine::{Ask, Hint, Leases, Node, SharedChange, SharedRecords, Topic};
use crate::fetch::BoxFuture;
use crate::ledger::RecordId;
use crate::ticker::StoreError;

/// A store that many servers share, so that one of them requests the sources and all show the same data.
///
/// It holds for each topic a set of records, each as a key with its last instant, and beside them texts by their ids. A key never changes
/// and its last instant only grows, so no write overwrites another and none has to be compared with what is stored. The store is not
/// trusted: records are judged like a response of a bank. It may lose everything, return old data, and apply a write late: each server adds
/// what the store lacks. The chapter [Many servers](crate::_documentation::servers) has the rules of a fleet, and the module
/// [`shared`](crate::ticker::shared) each call in an example.
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

    /// Returns the text of each id, in order. `None` for a missing text, or one that is longer than [`SharedText::LONGEST`](crate::engine::SharedText::LONGEST).
    ///
    /// # Errors
    ///
    /// If the store is unavailable.
    fn texts<'a>(
        &'a self,
        ids: &'a [RecordId],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>>;

    /// Applies each change and returns the outcomes in order: first the removals, then the texts, the records and the new revision, so that
    /// a server that sees a record finds its text. Of more than [`SharedRecord::MOST`](crate::engine::SharedRecord::MOST) records those that were seen last longest ago go.
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
