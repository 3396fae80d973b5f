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

use super::fleet::SCHEMA;
use super::{
    Ask, Hint, Kept, Leases, Node, Order, Part, Put, SharedStore, StoreError, Topic, Wanted, Wish,
};
use crate::fetch::BoxFuture;

pub use builder::RedisStoreBuilder;
pub use invalid::InvalidRedisStore;

use link::{Link, Request};
use news::News;
use server::Server;

/// A store in a Redis from version 6.2, or a Valkey, that many servers share.
///
/// Nothing is connected when it is made. There are two connections, one for calls and one to hear of news on; each is opened
/// when it is needed, and anew after it failed. A call takes 250 milliseconds at most, whatever the server does; where
/// there is none it fails at once. Clones share the connections.
///
/// # Addresses
///
/// - `redis://[user[:password]@]host[:port][/database]`; a `/`, `?`, `#` or `@` of a password is written with its percents,
/// - `rediss://` for the same with TLS: certificates are judged by what the machine trusts, or by a
///   [certificate authority](RedisStoreBuilder::certificate_authority) of your own. Certificates of clients are not supported,
/// - `unix:///run/redis.sock?db=1&user=masthead&pass=...`.
///
/// # What is kept
///
/// Below a [prefix](RedisStoreBuilder::prefix) and the version of the readings' shape are a hash for each reading, a string
/// for each lease, a mark and a channel: `masthead:1:rates`, `masthead:1:weather:astana`, `masthead:1:lease:rates`,
/// `masthead:1:mark` and `masthead:1:news`. Readings are gone after thirty days without another. What is of another type
/// under one of these names is left alone and told of.
///
/// # Rights
///
/// A user that can do no more than this, and no other harm than to what is below the prefix; it is one line:
///
/// ```text
/// ACL SETUSER masthead on >password resetkeys ~masthead:* resetchannels &masthead:* -@all +evalsha +script|load +type
///     +hstrlen +hget +hset +getrange +set +pexpire +pttl +time +publish +subscribe +ping
/// ```
///
/// With a database other than 0 it is `+select` besides.
///
/// # Sentinel and Cluster
///
/// It speaks to one address: a server by itself, or whichever is the primary of several. On a replica it reads, and what it
/// publishes is refused; then it connects anew, so that it finds the new primary where the address follows it.
///
/// - **Sentinel** is not asked, because an address that follows the primary is the simpler part to operate: a name or a
///   service that moves with it, or a proxy such as HAProxy that asks for `role:master`.
/// - **Cluster** is not followed: an answer `MOVED` is an error. A script may only touch keys of one slot, so without a hash
///   tag a cluster refuses all of them. With the prefix `{masthead}` they are in one slot, and the address must lead to the
///   node that has it.
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
    /// A store at an address.
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
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let mut script = PUBLISH.prepare_invoke();
        script.key(self.key("mark")).arg(self.key("news"));
        script
            .arg(millis(KEPT_FOR))
            .arg(Order::TOLERANCE.num_milliseconds());
        for Part { topic, order, body } in parts {
            // Nobody would read it.
            if !(1..=LARGEST_BODY).contains(&body.len()) {
                let (size, most) = (body.len(), LARGEST_BODY);
                let what = format_args!("{topic} has {size} bytes: expected 1 to {most}");
                return Err(self.server.error(what));
            }
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
