//! Settings of the Redis or Valkey that servers share.

use std::time::Duration;

use masthead::ticker::TickerBuilder;
use masthead::ticker::shared::{Node, RedisStore, RedisStoreBuilder};

use super::reader::{Entry, Section};

/// The shared store, and the node name of this server.
#[derive(Debug)]
pub(super) struct Fleet {
    store: RedisStore,
    node: Node,
}

/// An address for checking one setting alone. It contains no secret.
const ANY: &str = "redis://localhost";
const ANY_WITH_TLS: &str = "rediss://localhost";

impl Fleet {
    /// Reads the section. Does not connect.
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let url = section.required("url");
        let prefix = section.entry("prefix");
        let node = section.entry("node");
        let timeout = section.entry("timeout_ms");
        let authority = section.entry("certificate_authority");
        section.finish();

        let node = match node {
            Some(entry) => entry.parse(),
            None => host_name(),
        };
        let prefix = prefix.and_then(|entry| prefix_of(&entry));
        let timeout = timeout.and_then(|entry| entry.whole(1..=1000));
        let authority = authority.and_then(|entry| Some((certificates(&entry)?, entry)));
        let url = url?;
        let mut store = RedisStore::builder(url.text()?);
        url.accepts(store.clone())?;
        if let Some((pem, entry)) = authority {
            store = store.certificate_authority(&pem);
            // The certificates are valid, so an error means that the address does not use TLS.
            entry.accepts(store.clone())?;
        }
        if let Some(prefix) = prefix {
            store = store.prefix(prefix);
        }
        if let Some(millis) = timeout {
            store = store.timeout(Duration::from_millis(millis));
        }
        let store = url.accepts(store)?;
        Some(Self { store, node: node? })
    }

    /// The name of this server among the others.
    pub(super) fn node(&self) -> &str {
        self.node.as_str()
    }

    /// Adds the shared store to a ticker.
    pub(super) fn join(&self, ticker: TickerBuilder) -> TickerBuilder {
        ticker.fleet(self.store.clone()).node(self.node.as_str())
    }
}

/// Reads the prefix of keys.
fn prefix_of<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    let prefix = entry.text()?;
    entry.accepts(RedisStore::builder(ANY).prefix(prefix))?;
    Some(prefix)
}

/// Reads a file of certificates in PEM.
fn certificates(entry: &Entry<'_>) -> Option<Vec<u8>> {
    let pem = std::fs::read(entry.words()?)
        .map_err(|error| entry.refuse(format_args!("cannot be read: {error}")))
        .ok()?;
    entry.accepts(RedisStore::builder(ANY_WITH_TLS).certificate_authority(&pem))?;
    Some(pem)
}

impl Entry<'_> {
    /// Builds the store with this value. Notes the error and returns `None` if the value is invalid.
    fn accepts(&self, store: RedisStoreBuilder) -> Option<RedisStore> {
        store.build().map_err(|error| self.refuse(error)).ok()
    }
}

/// Returns the machine's name as a node name.
fn host_name() -> Option<Node> {
    let name = gethostname::gethostname();
    node_of(&name.to_string_lossy())
}

/// Replaces characters that a node name cannot contain by `-`, and cuts the name at 64 characters.
fn node_of(name: &str) -> Option<Node> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let name = name.chars().map(|c| if good(c) { c } else { '-' });
    let name: String = name.take(64).collect();
    let name = if name.is_empty() { "masthead" } else { &name };
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_machine_name_becomes_a_node_name() {
        let long = "w".repeat(300);
        for (name, node) in [
            ("web-1.example.kz", "web-1.example.kz"),
            ("сайт 1", "-----1"),
            ("", "masthead"),
            (&long, &long[..64]),
        ] {
            assert_eq!(node_of(name).unwrap().as_str(), node);
        }
        assert!(host_name().is_some());
    }
}
