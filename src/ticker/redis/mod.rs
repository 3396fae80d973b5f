//! The store that many servers share, in a Redis or a Valkey.

mod address;
mod answer;
mod builder;
mod invalid;
mod link;
mod news;
mod server;

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use redis::{Cmd, Script};

use super::{
    Ask, Hint, Kept, Leases, Node, Order, Part, Put, SharedStore, StoreError, Topic, Wanted, Wish,
};
use crate::fetch::BoxFuture;

pub use builder::RedisStoreBuilder;
pub use invalid::InvalidRedisStore;

use link::{Link, Request};
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
/// Below the [prefix](RedisStoreBuilder::prefix) and the schema number are a hash for each record, a string for each lease, a revision token and a
/// channel: `masthead:3:rates`, `masthead:3:weather:astana`, `masthead:3:lease:rates`, `masthead:3:mark` and `masthead:3:news`. A record expires
/// thirty days after its last update. A key of another type under one of these names is left unchanged and reported.
///
/// # Rights
///
/// A user with these rights can read and change only keys below the prefix; the command is one line:
///
/// ```text
/// ACL SETUSER masthead on >password resetkeys ~masthead:* resetchannels &masthead:* -@all +evalsha +script|load +type
///     +hstrlen +hget +hset +getrange +set +pexpire +pttl +time +publish +subscribe +ping
/// ```
///
/// A database other than 0 also needs `+select`.
///
/// # Sentinel and Cluster
///
/// The store connects to one address: a single server, or the primary of several. A replica answers reads and refuses writes; after a refused
/// write the store reconnects, so that it finds the new primary if the address follows it.
///
/// - **Sentinel** is not queried: an address that follows the primary is simpler to operate, for example a DNS name or a service that moves with
///   it, or a proxy such as HAProxy that checks for `role:master`.
/// - **Cluster** redirections are not followed: `MOVED` is an error. A script may only use keys of one slot, so a cluster refuses all scripts
///   unless the prefix has a hash tag. With the prefix `{masthead}` all keys are in one slot, and the address must lead to the node of that slot.
///
/// ```
/// use masthead::ticker::RedisStore;
///
/// let store = RedisStore::builder("redis://masthead:s3cret@10.0.0.5/1").prefix("news").build()?;
/// assert_eq!(store.to_string(), "redis 10.0.0.5:6379/1");
/// let error = RedisStore::builder("redis://:s3cret@10.0.0.5/one").build().unwrap_err();
/// assert_eq!(error.to_string(), "invalid address \"redis://[redacted]@10.0.0.5\": invalid database number");
/// # Ok::<(), masthead::ticker::InvalidRedisStore>(())
/// ```
#[derive(Clone)]
pub struct RedisStore {
    server: Arc<Server>,
    link: Arc<Link>,
    news: Arc<News>,
    prefix: Arc<str>,
}

/// The version of the shape of bodies. Another one has other keys: old and new programs may share a store.
const SCHEMA: u32 = 3;
/// Thirty cities are a quarter of a megabyte together.
const LARGEST_BODY: usize = 1 << 20;
/// Where nothing was published for so long, nothing is left.
const KEPT_FOR: Duration = Duration::from_secs(30 * 86_400);

static READ: LazyLock<Script> =
    LazyLock::new(|| Script::new(concat!(include_str!("order.lua"), include_str!("read.lua"))));
static PUBLISH: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("order.lua"),
        include_str!("publish.lua")
    ))
});
static LEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lease.lua")));

impl RedisStore {
    /// Starts the settings of a store at an address.
    pub fn builder(address: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(address.into())
    }

    fn key(&self, name: impl fmt::Display) -> String {
        format!("{}:{SCHEMA}:{name}", self.prefix)
    }

    fn topic_key(&self, topic: &Topic) -> String {
        self.key(topic)
    }

    async fn read_mark(&self) -> Result<Option<String>, StoreError> {
        let mut command = Cmd::new();
        // Whatever lies there, no more of it is sent.
        command
            .arg("GETRANGE")
            .arg(self.key("mark"))
            .arg(0)
            .arg(127);
        let answer = self
            .link
            .ask(&self.server, &Request::Command(command))
            .await?;
        answer::mark(answer).ok_or_else(|| answer::unknown(&self.server))
    }

    async fn read_kept(&self, wanted: &[Wanted]) -> Result<Vec<Kept>, StoreError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let keys = wanted.iter().map(|wanted| self.topic_key(&wanted.topic));
        let keys: Vec<String> = keys.collect();
        let mut script = READ.prepare_invoke();
        script.key(&keys).arg(LARGEST_BODY);
        for Wanted { known, .. } in wanted {
            script.arg(known.as_ref().map(Order::to_string).unwrap_or_default());
        }
        let answer = self
            .link
            .ask(&self.server, &Request::Script(script))
            .await?;
        answer::kept(answer, &keys, &self.server).ok_or_else(|| answer::unknown(&self.server))
    }

    async fn put(&self, parts: &[Part]) -> Result<Vec<Put>, StoreError> {
        let fits = |part: &Part| (1..=LARGEST_BODY).contains(&part.body.len());
        let fitting: Vec<&Part> = parts.iter().filter(|part| fits(part)).collect();
        let mut put = self.put_fitting(&fitting).await?.into_iter();
        let puts = parts.iter().map(|part| {
            if fits(part) {
                return put.next();
            }
            // Nobody would read it.
            let (size, most) = (part.body.len(), LARGEST_BODY);
            let why = format!("it would have {size} bytes: expected 1 to {most}");
            Some(Put::Blocked(why))
        });
        let puts: Option<Vec<Put>> = puts.collect();
        puts.ok_or_else(|| answer::unknown(&self.server))
    }

    async fn put_fitting(&self, parts: &[&Part]) -> Result<Vec<Put>, StoreError> {
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let mut script = PUBLISH.prepare_invoke();
        script.key(self.key("mark")).arg(self.key("news"));
        script
            .arg(millis(KEPT_FOR))
            .arg(Order::TOLERANCE.num_milliseconds());
        for Part { topic, order, body } in parts {
            script
                .key(self.topic_key(topic))
                .arg(order.to_string())
                .arg(body);
        }
        let answer = self
            .link
            .ask(&self.server, &Request::Script(script))
            .await?;
        answer::put(answer, parts.len()).ok_or_else(|| answer::unknown(&self.server))
    }

    async fn ask_leases(
        &self,
        asks: &[Ask],
        node: &Node,
        time: Duration,
    ) -> Result<Leases, StoreError> {
        let mut script = LEASE.prepare_invoke();
        script.arg(node.as_str()).arg(millis(time).max(1));
        for Ask { topic, wish } in asks {
            script.key(self.key(format_args!("lease:{topic}")));
            match wish {
                Wish::Take => script.arg("take"),
                Wish::Look => script.arg("look"),
                Wish::Rest(time) => script.arg(millis(*time)),
            };
        }
        let answer = self
            .link
            .ask(&self.server, &Request::Script(script))
            .await?;
        answer::leases(answer, asks.len()).ok_or_else(|| answer::unknown(&self.server))
    }
}

impl SharedStore for RedisStore {
    fn mark(&self) -> BoxFuture<'_, Result<Option<String>, StoreError>> {
        Box::pin(self.read_mark())
    }

    fn read<'a>(&'a self, wanted: &'a [Wanted]) -> BoxFuture<'a, Result<Vec<Kept>, StoreError>> {
        Box::pin(self.read_kept(wanted))
    }

    fn publish<'a>(&'a self, parts: &'a [Part]) -> BoxFuture<'a, Result<Vec<Put>, StoreError>> {
        Box::pin(self.put(parts))
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
        Box::pin(async { self.news.next(&self.server, &self.key("news")).await })
    }
}

impl fmt::Display for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "redis {}", self.server.address)
    }
}

// Without who it is asked as.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("address", &format_args!("{}", self.server.address))
            .field("prefix", &self.prefix)
            .field("timeout", &self.server.timeout)
            .finish_non_exhaustive()
    }
}

/// As many as a server takes: a month is longer than any lease.
fn millis(time: Duration) -> u64 {
    u64::try_from(time.min(KEPT_FOR).as_millis()).unwrap_or(u64::MAX)
}
