//! The HTTP server: accepts connections within limits, and shuts down gracefully.

mod access;
mod articles;
mod body;
mod connection;
mod http_rules;
mod limits;
mod listener;
mod own_request;
mod peer;
mod responses;
mod site;
mod socket;
mod stream;
#[cfg(unix)]
mod unix_socket;
mod write_timeout;

use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

pub(crate) use articles::Articles;
pub(crate) use limits::Limits;
pub(crate) use listener::Listener;
pub(crate) use peer::{Peer, Trust};
pub(crate) use site::{Answers, Site};

use crate::metrics::{Counts, ListenerKind, Metrics, Open};
use own_request::OwnRequests;
use site::State;
use stream::Stream;

/// The interval at which idle connections are told to close while a new one waits.
const CROWDED: Duration = Duration::from_millis(50);
/// The pause after `accept` fails, for example because the process has no file descriptor left.
const SHORTAGE: Duration = Duration::from_millis(100);
/// The shortest time between two log lines about such a failure.
const QUIET: Duration = Duration::from_secs(60);

/// Serves the strip, or annotates articles.
struct Server {
    shared: Arc<Shared>,
}

/// The state that all connections share.
struct Shared {
    state: watch::Sender<State>,
    /// The most connections at once.
    connections: usize,
    /// One permit for each connection.
    places: Arc<Semaphore>,
    /// Notifies the connections that have waited longest, so that they close if they are idle.
    crowded: Notify,
    counts: Arc<Counts>,
    own: OwnRequests,
}

/// The servers of a process: each has a listener, and connections of its own.
pub(crate) struct Servers {
    strip: Server,
    articles: Option<Server>,
    metrics: Server,
}

/// The listeners of the servers.
pub(crate) struct Listeners {
    pub(crate) strip: Listener,
    pub(crate) articles: Option<Listener>,
    pub(crate) metrics: Option<Listener>,
}

/// The sites of the servers.
pub(crate) struct Sites {
    pub(crate) strip: Site,
    pub(crate) articles: Option<Site>,
}

impl Servers {
    pub(crate) fn new(sites: Sites, metrics: &Arc<Metrics>) -> Self {
        let server = |site, listener| Server::new(site, metrics.counts(listener));
        Self {
            strip: server(sites.strip, ListenerKind::Strip),
            articles: sites
                .articles
                .map(|site| server(site, ListenerKind::Articles)),
            metrics: server(Site::of_metrics(metrics), ListenerKind::Metrics),
        }
    }

    /// Answers requests by other sites from now on.
    pub(crate) fn replace(&self, sites: Sites) {
        self.strip.replace(sites.strip);
        if let (Some(server), Some(site)) = (&self.articles, sites.articles) {
            server.replace(site);
        }
    }

    /// The site of the strip in force.
    pub(crate) fn strip(&self) -> Arc<Site> {
        self.strip.shared.site()
    }

    /// Whether the strip's server answers a request of its own: accepted in the same way as those of readers, but from no network.
    #[cfg(unix)]
    pub(crate) async fn answers(&self) -> bool {
        self.strip.shared.own.is_answered().await
    }

    /// Serves until `ended` completes, and finishes the open connections.
    pub(crate) async fn run(&self, listeners: Listeners, ended: impl Future<Output = ()>) {
        let ending = watch::Sender::new(false);
        let end = || {
            let mut ending = ending.subscribe();
            async move { _ = ending.wait_for(|is_ending| *is_ending).await }
        };
        let annotate = async {
            if let (Some(server), Some(listener)) = (&self.articles, listeners.articles) {
                server.run(listener, end()).await;
            }
        };
        let scrapes = async {
            if let Some(listener) = listeners.metrics {
                self.metrics.run(listener, end()).await;
            }
        };
        let signal = async {
            ended.await;
            ending.send_replace(true);
        };
        tokio::join!(
            self.strip.run(listeners.strip, end()),
            annotate,
            scrapes,
            signal
        );
    }
}

impl Server {
    fn new(site: Site, counts: Arc<Counts>) -> Self {
        let connections = site.limits.connections;
        let state = State {
            site: Arc::new(site),
            is_ending: false,
        };
        let shared = Shared {
            state: watch::Sender::new(state),
            connections,
            places: Arc::new(Semaphore::new(connections)),
            crowded: Notify::new(),
            counts,
            own: OwnRequests::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Answers requests by another site from now on. Connections stay open, and so do event streams: they continue with events of the other
    /// site. The number of connections does not change.
    fn replace(&self, site: Site) {
        self.shared
            .state
            .send_modify(|state| state.site = Arc::new(site));
    }

    /// Serves until `ended` completes. Then accepts no more connections and finishes the open ones, within the limit.
    async fn run(&self, listener: Listener, ended: impl Future<Output = ()>) {
        tokio::select! {
            () = self.accept(&listener) => {}
            () = ended => {}
        }
        // First, so that every response after the last accepted connection carries `Connection: close`.
        self.shared
            .state
            .send_modify(|state| state.is_ending = true);
        // Closed at once, so that a load balancer stops sending connections.
        drop(listener);
        let everyone = u32::try_from(self.shared.connections).unwrap_or(u32::MAX);
        let left = self.shared.places.acquire_many(everyone);
        let limit = self.shared.site().limits.shutdown_timeout;
        if timeout(limit, left).await.is_err() {
            tracing::warn!("some connections were cut because they did not end in time");
        }
    }

    /// Waits, and meanwhile serves the server's own requests. They need no place: readers who take all of them are no failure of the server.
    async fn or_own<T>(&self, wait: impl Future<Output = T>) -> T {
        let mut wait = pin!(wait);
        loop {
            tokio::select! {
                biased;
                own = self.shared.own.next() => {
                    let shared = self.shared.clone();
                    tokio::spawn(async move { connection::serve(&shared, own, None, true).await });
                }
                done = &mut wait => return done,
            }
        }
    }

    /// Accepts connections while there are free places. Returns once the semaphore is closed.
    async fn accept(&self, listener: &Listener) {
        let mut reported: Option<Instant> = None;
        loop {
            // Without a free place no connection is accepted: it waits in the system's backlog.
            let Some(place) = self.or_own(self.shared.place()).await else {
                return;
            };
            match self.or_own(listener.accept()).await {
                Ok((stream, address)) => {
                    self.shared.clone().admit(stream, address, place);
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    if reported.is_none_or(|reported| reported.elapsed() > QUIET) {
                        reported = Some(Instant::now());
                        let error = error.to_string();
                        tracing::error!(error, "cannot accept connections");
                    }
                    self.shared.make_room();
                    sleep(SHORTAGE).await;
                }
            }
        }
    }
}

impl Shared {
    /// The site in force.
    fn site(&self) -> Arc<Site> {
        self.state.borrow().site.clone()
    }

    /// Waits for a free place. While all are taken, tells idle connections to close, a few at a time. Returns `None` once the semaphore is
    /// closed.
    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        while self.places.available_permits() == 0 {
            self.make_room();
            let place = self.places.clone().acquire_owned();
            if let Ok(place) = timeout(CROWDED, place).await {
                return place.ok();
            }
        }
        self.places.clone().acquire_owned().await.ok()
    }

    /// Tells a sixteenth of the connections to close if they are idle.
    fn make_room(&self) {
        for _ in 0..self.connections.div_ceil(16) {
            self.crowded.notify_one();
        }
    }

    /// Serves a connection in a task, which holds its place.
    fn admit(
        self: Arc<Self>,
        stream: Stream,
        address: Option<IpAddr>,
        place: OwnedSemaphorePermit,
    ) {
        tokio::spawn(async move {
            let _open = Open::connection(&self.counts);
            stream.prepare();
            connection::serve(&self, stream, address, false).await;
            drop(place);
        });
    }
}

/// Whether `accept` failed because of one connection, so that the next can be accepted at once.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
