//! The store that many servers share, in a Redis or a Valkey.
//!
//! | file | owns |
//! |---|---|
//! | `address`, `builder`, `invalid` | the settings, and their errors, which have no password in them |
//! | `server` | connections: TCP, TLS or a Unix socket, the log-in, and the bound on what may be received |
//! | `link` | the one connection for calls, opened when it is needed, and the time limit of a call |
//! | `news` | the other connection, subscribed to notifications, and its pings |
//! | `commands` | the operations of [`SharedStore`] as pipelines of plain commands |
//! | `answer`, `member` | the replies. Each may be anything: other programs can write to the same keys |
//!
//! # Why plain commands
//!
//! No write depends on what is stored, so no script and no transaction is needed: a key never changes, `ZADD … GT` lets a last instant only grow, and
//! a pipeline that is applied in part is completed by the next exchange of any server. The order within a pipeline is what a reader needs: texts
//! before the records that refer to them, and the revision last.
//!
//! A pipeline whose connection was lost is sent once more on a new one, and may be executed twice. That is harmless for all commands but one: an old
//! revision must not come back, so a change is made again, with another random revision ([`Call::ask_made`](link::Call::ask_made)).

mod address;
mod answer;
mod builder;
mod commands;
mod invalid;
mod link;
mod member;
mod news;
mod server;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::StoreError;
use crate::engine::{Ask, Hint, Leases, Node, SharedChange, SharedRecords, Topic};
use crate::fetch::BoxFuture;
use crate::ledger::RecordId;
use crate::ticker::fleet::SharedStore;

pub use builder::RedisStoreBuilder;
pub use invalid::InvalidRedisStore;

use link::Link;
use news::News;
use server::Server;

/// A [`SharedStore`] in a Redis 6.2 or later, or a Valkey.
///
/// Building it connects nothing. It uses two connections, one for calls and one for notifications; each is opened when it is needed and again
/// after it failed. A call takes at most 250 milliseconds ([`timeout`](RedisStoreBuilder::timeout)); if no server is reachable it fails at once.
/// Clones share the connections.
///
/// # Addresses
///
/// - `redis://[user[:password]@]host[:port][/database]`; `/`, `?`, `#` and `@` in a password must be percent-encoded,
/// - `rediss://` for the same with TLS: certificates are verified by those that the machine trusts, or by your own
///   [certificate authority](RedisStoreBuilder::certificate_authority). Client certificates are not supported,
/// - `unix:///run/redis.sock?db=1&user=masthead&pass=...`.
///
/// # Keys
///
/// All keys are below the [prefix](RedisStoreBuilder::prefix) and the schema number:
///
/// | key | type | value | expires |
/// |---|---|---|---|
/// | `masthead:4:seen:rates`, `masthead:4:seen:weather:astana` | sorted set | the records of the topic: the key of each, and its last instant in milliseconds | 100 days after the last change |
/// | `masthead:4:revision:rates` | string | 16 random digits, others after each change | 100 days after the last change |
/// | `masthead:4:text:1f2e…90` | string | the text of a publication or a forecast | when no server needs it |
/// | `masthead:4:lease:rates` | string | the name of the server that requests the source | after 30 seconds, unless the server renews it |
///
/// Changes are notified on the channel `masthead:4:news`. All of it can be deleted at any time: each server adds what is missing.
///
/// If one of these keys has a value of another type, a text or a revision is replaced and the others are left unchanged: a set of records is
/// reported, and such a lease has no holder. Foreign members of a sorted set are removed. If they have more than 24 MiB together they cannot be read,
/// and the set is emptied: each server adds what is missing.
///
/// # Rights
///
/// A user with these rights can read and change only keys below the prefix; the command is one line:
///
/// ```text
/// ACL SETUSER masthead on >password resetkeys ~masthead:* resetchannels &masthead:* -@all +getrange +set +zrange +zadd +zrem
///     +zremrangebyrank +pexpire +pttl +time +publish +subscribe +ping
/// ```
///
/// A database other than 0 also needs `+select`. Without `+publish` servers find changes within two seconds.
///
/// # Sentinel and Cluster
///
/// The store connects to one address: a single server, or the primary of several. A replica answers reads and refuses writes; after a refused
/// write the store reconnects, so that it finds the new primary if the address follows it.
///
/// - **Sentinel** is not queried: an address that follows the primary is simpler to operate, for example a DNS name or a service that moves with
///   it, or a proxy such as HAProxy that checks for `role:master`.
/// - **Cluster** redirections are not followed: `MOVED` is an error. With a hash tag as prefix, such as `{masthead}`, all keys are in one slot, and
///   the address must lead to the node of that slot.
///
/// ```
/// use masthead::ticker::shared::RedisStore;
///
/// let store = RedisStore::builder("redis://masthead:s3cret@10.0.0.5/1").prefix("news").build()?;
/// assert_eq!(store.to_string(), "redis 10.0.0.5:6379/1");
/// let error = RedisStore::builder("redis://:s3cret@10.0.0.5/one").build().unwrap_err();
/// assert_eq!(error.to_string(), "invalid address \"redis://[redacted]@10.0.0.5\": invalid database number");
/// # Ok::<(), masthead::ticker::shared::InvalidRedisStore>(())
/// ```
#[derive(Clone)]
pub struct RedisStore {
    server: Arc<Server>,
    link: Arc<Link>,
    news: Arc<News>,
    prefix: Arc<str>,
}

/// The version of the keys and their values. Programs of two versions may share a server.
const SCHEMA: u32 = 4;

impl RedisStore {
    /// Starts the settings of a store at an address.
    pub fn builder(address: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(address.into())
    }
}

impl SharedStore for RedisStore {
    fn revisions<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>> {
        Box::pin(self.read_revisions(topics))
    }

    fn records<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<SharedRecords, StoreError>> {
        Box::pin(self.read_records(topics))
    }

    fn texts<'a>(
        &'a self,
        ids: &'a [RecordId],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>> {
        Box::pin(self.read_texts_of(ids))
    }

    fn change<'a>(
        &'a self,
        changes: &'a [SharedChange],
    ) -> BoxFuture<'a, Result<Vec<Result<(), StoreError>>, StoreError>> {
        Box::pin(self.write(changes))
    }

    fn lease<'a>(
        &'a self,
        asks: &'a [Ask],
        node: &'a Node,
        time: Duration,
    ) -> BoxFuture<'a, Result<Leases, StoreError>> {
        Box::pin(self.ask_leases(asks, node, time))
    }

    fn hint(&self) -> BoxFuture<'_, Result<Hint, StoreError>> {
        Box::pin(async { self.news.next(&self.server, &self.channel()).await })
    }
}

impl fmt::Display for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "redis {}", self.server.address)
    }
}

// Without the user and the password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("address", &format_args!("{}", self.server.address))
            .field("prefix", &self.prefix)
            .field("timeout", &self.server.timeout)
            .finish_non_exhaustive()
    }
}
