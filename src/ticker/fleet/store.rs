//! The interface of a store that many servers share.

use std::fmt::Debug;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Node, Order, Topic};
use crate::fetch::BoxFuture;
use crate::ticker::StoreError;

/// A store that many servers share, so that one of them requests the sources and all show the same data.
///
/// It holds a set of records for each key, with a version. It is not trusted: the records are judged like a response of a bank. It may lose
/// everything, return old sets, and apply a write late: each server adds what it lacks.
///
/// # Contract
///
/// - Each call returns within a fraction of a second. A write that timed out may still be applied later.
/// - [`publish`](Self::publish) is an atomic compare-and-set: if two servers write at once the newer set stays, whatever the order. It
///   refuses a version [in the future](Order::is_of_the_future) by the store's own clock, and replaces a stored one.
/// - A lease only saves requests. If two servers hold one, no page is wrong.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Mutex;
/// use std::time::Duration;
/// use chrono::{DateTime, Utc};
/// use masthead::fetch::BoxFuture;
/// use masthead::ticker::{
///     Ask, Kept, Lease, Leases, Node, Order, Part, Put, SharedStore, StoreError, Topic, Wanted, Wish,
/// };
///
/// /// For the servers of one process, in a test: its clock stands still, so nothing expires.
/// #[derive(Debug, Default)]
/// struct Table(Mutex<Rows>);
///
/// #[derive(Debug, Default)]
/// struct Rows {
///     parts: BTreeMap<Topic, (Order, String)>,
///     leases: BTreeMap<Topic, Node>,
///     changes: u64,
/// }
///
/// impl SharedStore for Table {
///     fn mark(&self) -> BoxFuture<'_, Result<Option<String>, StoreError>> {
///         Box::pin(async { Ok(Some(self.0.lock().unwrap().changes.to_string())) })
///     }
///
///     fn read<'a>(&'a self, wanted: &'a [Wanted]) -> BoxFuture<'a, Result<Vec<Kept>, StoreError>> {
///         Box::pin(async {
///             let rows = self.0.lock().unwrap();
///             let kept = wanted.iter().map(|Wanted { topic, known }| match rows.parts.get(topic) {
///                 None => Kept::Nothing,
///                 Some((order, body)) if known.as_ref().is_none_or(|known| order > known) => {
///                     Kept::Newer(order.clone(), body.clone())
///                 }
///                 Some((order, _)) => Kept::Known(order.clone()),
///             });
///             Ok(kept.collect())
///         })
///     }
///
///     fn publish<'a>(&'a self, parts: &'a [Part]) -> BoxFuture<'a, Result<Vec<Put>, StoreError>> {
///         Box::pin(async {
///             let mut rows = self.0.lock().unwrap();
///             let put = parts.iter().map(|Part { topic, order, body }| match rows.parts.get(topic) {
///                 Some((newer, _)) if newer >= order => Put::Older(newer.clone()),
///                 _ => {
///                     rows.parts.insert(topic.clone(), (order.clone(), body.clone()));
///                     rows.changes += 1;
///                     Put::Taken
///                 }
///             });
///             Ok(put.collect())
///         })
///     }
///
///     fn lease<'a>(
///         &'a self,
///         asks: &'a [Ask],
///         node: &'a Node,
///         time: Duration,
///     ) -> BoxFuture<'a, Result<Leases, StoreError>> {
///         Box::pin(async move {
///             let mut rows = self.0.lock().unwrap();
///             let held = asks.iter().map(|Ask { topic, wish }| {
///                 if *wish == Wish::Take {
///                     rows.leases.entry(topic.clone()).or_insert_with(|| node.clone());
///                 }
///                 rows.leases.get(topic).map(|node| Lease { node: node.clone(), left: time })
///             });
///             Ok(Leases { held: held.collect(), now: "2026-04-02T06:00:00Z".parse().unwrap() })
///         })
///     }
/// }
/// ```
pub trait SharedStore: Debug + Send + Sync {
    /// Returns a revision token that changes on every write. It is polled every one to two seconds, so it must be cheap.
    ///
    /// # Errors
    ///
    /// If the store is unavailable, or is another one than before.
    fn mark(&self) -> BoxFuture<'_, Result<Option<String>, StoreError>>;

    /// Reads the set of each key, in order, with the body only if it is newer than the known version.
    ///
    /// # Errors
    ///
    /// If the store is unavailable. A single set that cannot be used is [`Kept::Unusable`].
    fn read<'a>(&'a self, wanted: &'a [Wanted]) -> BoxFuture<'a, Result<Vec<Kept>, StoreError>>;

    /// Writes each set unless the stored one is as new, and returns the outcomes in order.
    ///
    /// # Errors
    ///
    /// If the store is unavailable.
    fn publish<'a>(&'a self, parts: &'a [Part]) -> BoxFuture<'a, Result<Vec<Put>, StoreError>>;

    /// Takes, renews or releases leases of `node`, each for `time`, and returns their holders.
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

    /// Waits for a notification of a write. Notifications may be lost; a store without them, which is the default, is polled every second
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

/// A request for a set of records, for [`SharedStore::read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The key.
    pub topic: Topic,
    /// The version that the server has already.
    pub known: Option<Order>,
}

/// The outcome of reading a set of records.
#[derive(Debug)]
pub enum Kept {
    /// No set is stored.
    Nothing,
    /// The set is not newer than the known version.
    Known(Order),
    /// A newer set, with its body.
    Newer(Order, String),
    /// A value that is not masthead's, too large, or damaged. It stays until the next write replaces it.
    Unusable(StoreError),
}

/// A set of records that servers share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The key.
    pub topic: Topic,
    /// The version.
    pub order: Order,
    /// The records, as the text of a ledger's file.
    pub body: String,
}

/// The outcome of writing a set of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was written.
    Taken,
    /// The stored set is as new.
    Older(Order),
    /// Its version is in the future by the store's clock.
    Future,
    /// It is too long, or its place holds something that is not masthead's and cannot be replaced.
    Blocked(String),
}

/// A request about a lease, for [`SharedStore::lease`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The key of the set that the lease is for.
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
    /// A set was written.
    Published,
}
