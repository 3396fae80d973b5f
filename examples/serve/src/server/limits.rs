use std::time::Duration;

/// What the server allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Connections at once.
    pub(crate) connections: usize,
    /// Of these, readers of events at once; the others are kept for pages.
    pub(crate) events: usize,
    /// Readers of events from one address.
    pub(crate) events_per_address: usize,
    /// In which a request must have come whole, counted from the last answer: also how long a connection may idle.
    pub(crate) header_timeout: Duration,
    /// In which a reader must take what waits for it.
    pub(crate) write_timeout: Duration,
    /// In which connections end when the server does.
    pub(crate) shutdown_timeout: Duration,
}

impl Limits {
    /// A request line with its headers; browsers send one or two thousand bytes. hyper takes a hundred headers at most.
    pub(super) const HEADER_BYTES: usize = 16 << 10;

    /// With this many connections, half of them for events.
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
    /// Below the 1024 file descriptors that a process has unless it is told more.
    fn default() -> Self {
        Self::of_connections(800)
    }
}
