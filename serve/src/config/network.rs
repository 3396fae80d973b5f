//! Settings of the server: address, path, limits, trusted proxies.

use std::net::{Ipv4Addr, SocketAddr};

use http::HeaderName;

use super::listen::Listen;
use super::reader::{Entry, Section};
use crate::server::{Limits, Trust};

/// Settings of the server.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) listen: Listen,
    /// Worker threads. `None`: one for each core of the machine.
    pub(crate) threads: Option<usize>,
    /// The path that the strip is mounted at; may be empty.
    pub(crate) base: String,
    /// Whether the health report has names and texts of errors.
    pub(crate) health_details: bool,
    pub(crate) limits: Limits,
    pub(crate) trust: Trust,
}

impl Network {
    pub(super) fn read(file: &mut Section<'_>) -> Self {
        let default = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        let listen = Listen::read(file.entry("listen").as_ref(), Some(default), file);
        let listen = listen.unwrap_or(Listen::Tcp(default));
        let threads = file.entry("threads");
        let base = file.entry("base").and_then(|entry| base(&entry));
        let health = file.entry("health");
        let health =
            health.and_then(|entry| entry.choose(&[("summary", false), ("details", true)]));
        Self {
            threads: threads.and_then(|entry| entry.whole(1..=256)),
            base: base.unwrap_or_default().to_owned(),
            health_details: health.unwrap_or_default(),
            limits: limits_of(file),
            trust: file
                .section("proxy")
                .map_or_else(Trust::default, |section| {
                    trust(section, listen.path().is_some())
                }),
            listen,
        }
    }
}

impl Network {
    /// Takes over the settings of a running server that cannot change while it runs. Returns the keys of those that differ.
    pub(super) fn keep_what_needs_a_restart(&mut self, running: &Self) -> Vec<&'static str> {
        let mut waiting = Vec::new();
        let mut keep = |key, differs| {
            if differs {
                waiting.push(key);
            }
        };
        keep("listen", self.listen != running.listen);
        keep("threads", self.threads != running.threads);
        let (most, running_most) = (self.limits.connections, running.limits.connections);
        keep("limits.connections", most != running_most);
        self.listen.clone_from(&running.listen);
        self.threads = running.threads;
        self.limits.connections = running_most;
        // Pages need connections however many event streams are open.
        self.limits.events = self.limits.events.min(running_most.saturating_sub(1));
        waiting
    }
}

/// Reads the mount path.
fn base<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    let path = entry.text()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let is_good = path.is_empty() || path == "/" || (path.starts_with('/') && !path.ends_with('/'));
    let is_good = is_good && path.bytes().all(plain) && !path.contains("//");
    if path.split('/').any(|part| matches!(part, "." | "..")) {
        entry
            .refuse("has the part . or .., which browsers remove: no browser requests such a path");
        return None;
    }
    if !is_good {
        entry.refuse("expected a path such as \"/strip\"");
    }
    is_good.then_some(path)
}

/// Reads the section of limits, and warns of more connections than file descriptors.
fn limits_of(file: &mut Section<'_>) -> Limits {
    let (limits, entry) = match file.section("limits") {
        Some(section) => limits(section),
        None => (Limits::default(), None),
    };
    if let Some(descriptors) = Limits::descriptors()
        && let needed = limits.connections.saturating_add(Limits::OTHER_DESCRIPTORS)
        && needed > descriptors
    {
        let connections = limits.connections;
        let what = format!(
            "{connections} connections need about {needed} file descriptors, and a process started here has {descriptors} (ulimit -n)"
        );
        match entry {
            Some(entry) => entry.warn(what),
            None => file.warn("limits.connections", what),
        }
    }
    limits
}

/// Reads the limits. `connections` comes first, because the default of `events` depends on it.
fn limits<'a>(mut section: Section<'a>) -> (Limits, Option<Entry<'a>>) {
    let mut limits = Limits::default();
    let connections = section.entry("connections");
    let most = connections.as_ref();
    if let Some(connections) = most.and_then(|entry| entry.whole(2..=1_000_000)) {
        limits = Limits::of_connections(connections);
    }
    if let Some(entry) = section.entry("events")
        && let Some(events) = entry.whole(0..=1_000_000)
    {
        // Pages need connections however many event streams are open.
        if events >= limits.connections {
            let most = limits.connections;
            entry.refuse(format_args!(
                "expected fewer than limits.connections, {most}"
            ));
        }
        limits.events = events;
    }
    let per_address = section.entry("events_per_address");
    if let Some(events) = per_address.and_then(|entry| entry.whole(1..=1_000_000)) {
        limits.events_per_address = events;
    }
    let mut seconds = |key, most, time: &mut std::time::Duration| {
        if let Some(limit) = section
            .entry(key)
            .and_then(|entry| entry.seconds(0.1..=most))
        {
            *time = limit;
        }
    };
    seconds("header_timeout", 60.0, &mut limits.header_timeout);
    seconds("write_timeout", 60.0, &mut limits.write_timeout);
    seconds("shutdown_timeout", 600.0, &mut limits.shutdown_timeout);
    section.finish();
    (limits, connections)
}

/// Reads the trusted proxies. `is_unix`: the proxy at the other end of the unix socket is trusted too.
fn trust(mut section: Section<'_>, is_unix: bool) -> Trust {
    let header = section.required("peer_header");
    let header: Option<HeaderName> = header.and_then(|entry| entry.parse());
    let entry = section.required("trusted");
    let proxies = entry.as_ref().and_then(Entry::list);
    section.finish();
    if !is_unix
        && proxies.as_ref().is_some_and(Vec::is_empty)
        && let Some(entry) = &entry
    {
        entry.warn("is empty: the header is read only over a unix socket, such as one of the service manager");
    }
    let proxies = proxies.unwrap_or_default();
    let proxies = proxies.iter().filter_map(Entry::parse).collect();
    header.map_or_else(Trust::default, |header| Trust::new(header, proxies))
}
