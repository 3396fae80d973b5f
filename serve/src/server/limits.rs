use std::time::Duration;

/// The limits on connections and times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The most connections at once.
    pub(crate) connections: usize,
    /// The most event streams at once, which leaves the other connections for pages.
    pub(crate) events: usize,
    /// The most event streams from one address.
    pub(crate) events_per_address: usize,
    /// The time for a request to arrive completely, counted from the last response: also how long a connection may idle.
    pub(crate) header_timeout: Duration,
    /// The time for a client to read what is waiting to be sent.
    pub(crate) write_timeout: Duration,
    /// The time for connections to end when the server stops.
    pub(crate) shutdown_timeout: Duration,
}

impl Limits {
    /// The longest request line with its headers. Browsers send one to two kilobytes. hyper accepts at most a hundred headers.
    pub(super) const HEADER_BYTES: usize = 16 << 10;

    /// The file descriptors for everything but connections: requests to banks, the log, the state file, the runtime.
    pub(crate) const OTHER_DESCRIPTORS: usize = 30;

    /// Returns the file descriptors that the process may open. `None` if that is unknown or unlimited.
    pub(crate) fn descriptors() -> Option<usize> {
        #[cfg(unix)]
        {
            let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
            usize::try_from(limit.current?).ok()
        }
        #[cfg(not(unix))]
        None
    }

    /// Returns the limits of the listener that annotates this many articles at once. Its other connections wait for a request, or are refused.
    pub(crate) const fn of_articles(&self, concurrency: usize) -> Self {
        Self {
            connections: 4 * concurrency,
            events: 0,
            ..*self
        }
    }

    /// Returns the limits of the listener for metrics, which a few scrapers read.
    pub(crate) fn of_metrics() -> Self {
        Self {
            events: 0,
            ..Self::of_connections(16)
        }
    }

    /// Returns the defaults for this many connections: half of them may be event streams.
    pub(crate) fn of_connections(connections: usize) -> Self {
        Self {
            connections,
            events: connections / 2,
            events_per_address: 100,
            header_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(5),
            shutdown_timeout: Duration::from_secs(10),
        }
    }
}

impl Default for Limits {
    /// 800 connections, below the usual limit of 1024 file descriptors for a process.
    fn default() -> Self {
        Self::of_connections(800)
    }
}
