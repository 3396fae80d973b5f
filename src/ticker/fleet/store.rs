//! What a store is asked that many servers share.

use std::fmt::Debug;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Node, Order, Topic};
use crate::fetch::BoxFuture;
use crate::ticker::StoreError;

/// The version of the shape of bodies. Another one has other keys: old and new programs may share a store.
pub(in crate::ticker) const SCHEMA: u32 = 2;

/// A store that many servers share, so that one of them asks the banks and all show the same.
///
/// It is no place of trust: what it gives back is judged like an answer of a bank, and orders are compared on both sides. It
/// may lose everything, give back what is old, and apply a write late.
///
/// # Contract
///
/// - Each call ends within a fraction of a second by itself. What was sent may be applied later all the same.
/// - [`publish`](Self::publish) compares and sets at once: of two servers that write together the newer part stays, whatever
///   the order in which they come. It refuses what is [of the future](Order::is_of_the_future) by the store's own clock, and
///   replaces what is.
/// - A lease only saves calls. Should two servers hold one, nothing is wrong on a page.
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
/// /// For the servers of one process, in a test: its time stands still, so that nothing expires.
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
    /// Something that is another one whenever what is kept is: asked every second or two, so cheap.
    ///
    /// # Errors
    ///
    /// When the store is away, or is not what it was.
    fn mark(&self) -> BoxFuture<'_, Result<Option<String>, StoreError>>;

    /// What is kept of each topic, in their order; the body only of what is newer than what is known.
    ///
    /// # Errors
    ///
    /// When the store is away. Of a single topic that cannot be used the answer is [`Kept::Unusable`].
    fn read<'a>(&'a self, wanted: &'a [Wanted]) -> BoxFuture<'a, Result<Vec<Kept>, StoreError>>;

    /// Keeps each part, unless what is kept is as new. What became of each, in their order.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn publish<'a>(&'a self, parts: &'a [Part]) -> BoxFuture<'a, Result<Vec<Put>, StoreError>>;

    /// Takes, renews or gives up leases of a `node`, each for a `time`, and says who holds them now.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn lease<'a>(
        &'a self,
        asks: &'a [Ask],
        node: &'a Node,
        time: Duration,
    ) -> BoxFuture<'a, Result<Leases, StoreError>>;

    /// Waits until somebody says that something was published. It may be lost, so it is a hint and no more; a store
    /// without such a voice is asked each second instead.
    ///
    /// Dropping the future loses nothing: what was said since is told at the next call.
    ///
    /// # Errors
    ///
    /// When nothing can be heard. It is asked again a second later.
    fn hint(&self) -> BoxFuture<'_, Result<Hint, StoreError>> {
        Box::pin(std::future::pending())
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Of which reading.
    pub topic: Topic,
    /// What is known of it already.
    pub known: Option<Order>,
}

/// What a store keeps of a topic.
#[derive(Debug)]
pub enum Kept {
    /// Nothing.
    Nothing,
    /// Nothing that is newer than what is known.
    Known(Order),
    /// Something newer, and its body.
    Newer(Order, String),
    /// Something that is none of ours, too large, or damaged. It is left as it is until the next part takes its place.
    Unusable(StoreError),
}

/// A reading as servers share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Of what.
    pub topic: Topic,
    /// How new it is.
    pub order: Order,
    /// The reading, as JSON. Its shape is masthead's own and has a version.
    pub body: String,
}

/// What became of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is kept.
    Taken,
    /// Something as new is kept already.
    Older(Order),
    /// It is of the future, by the store's own clock.
    Future,
    /// What is in its place is none of ours, and cannot be replaced.
    Blocked(String),
}

/// What is asked of a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Of which reading.
    pub topic: Topic,
    /// What.
    pub wish: Wish,
}

/// What a server wishes of a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To hold it: taken where nobody does, renewed where this server does.
    Take,
    /// To know who does.
    Look,
    /// To let it run out after so long, where this server holds it: it could not read, and another one shall try then.
    Rest(Duration),
}

/// Who holds a lease, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Who.
    pub node: Node,
    /// For how long, unless it is renewed.
    pub left: Duration,
}

/// Who holds each lease that was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leases {
    /// In the order in which they were asked about.
    pub held: Vec<Option<Lease>>,
    /// The time by the store's clock.
    pub now: DateTime<Utc>,
}

/// What is heard of other servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// From now on publications are heard of. Something may have been missed before.
    Listening,
    /// Something was published.
    Published,
}
