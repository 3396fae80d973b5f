//! The server: connections within limits, and an end in good order.

mod answers;
mod connection;
mod limits;
mod peer;
mod stream;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;
use masthead::web::Service;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

pub(crate) use limits::Limits;
pub(crate) use peer::{Peer, Trust};

/// How often idle connections are asked to leave while somebody waits for a place.
const CROWDED: Duration = Duration::from_millis(50);
/// Before the next try where the system has no connection to give, such as for want of file descriptors.
const SHORTAGE: Duration = Duration::from_millis(100);
/// Before such a shortage is told of again.
const QUIET: Duration = Duration::from_secs(60);

/// The strip's answers, on connections.
pub(crate) struct Server {
    shared: Arc<Shared>,
    log: fn(&str),
}

/// What every connection needs.
struct Shared {
    service: Service,
    http: http1::Builder,
    limits: Limits,
    trust: Trust,
    /// One permit a connection.
    places: Arc<Semaphore>,
    /// Wakes those who have been here longest, so that they give up their place.
    crowded: Notify,
    /// True when the server ends.
    ending: watch::Sender<bool>,
}

impl Server {
    pub(crate) fn new(service: Service, limits: Limits, trust: Trust, log: fn(&str)) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.header_timeout)
            .max_header_size(Limits::HEADER_BYTES)
            .max_buf_size(Limits::HEADER_BYTES);
        // Not `pipeline_flush`: it holds an answer back while half of the next request is there, and loses the answer to a
        // request that is none.
        let shared = Shared {
            service,
            http,
            limits,
            trust,
            places: Arc::new(Semaphore::new(limits.connections)),
            crowded: Notify::new(),
            ending: watch::Sender::new(false),
        };
        Self {
            shared: Arc::new(shared),
            log,
        }
    }

    /// Answers until `ended`, then takes no more connections and finishes what is under way, within the limit.
    pub(crate) async fn run(self, listener: TcpListener, ended: impl Future<Output = ()>) {
        tokio::select! {
            () = self.accept(&listener) => {}
            () = ended => {}
        }
        // Told first: once nobody is taken any more, every answer says that it is the last.
        self.shared.ending.send_replace(true);
        // Closed at once, so that a load balancer turns elsewhere.
        drop(listener);
        let everyone = u32::try_from(self.shared.limits.connections).unwrap_or(u32::MAX);
        let left = self.shared.places.acquire_many(everyone);
        if timeout(self.shared.limits.shutdown_timeout, left)
            .await
            .is_err()
        {
            (self.log)("some connections were cut: they did not end in time");
        }
    }

    async fn accept(&self, listener: &TcpListener) {
        let mut told: Option<Instant> = None;
        loop {
            // Nobody is accepted who has no place: the system lets them wait.
            let Some(place) = self.shared.place().await else {
                return;
            };
            match listener.accept().await {
                Ok((stream, address)) => {
                    self.shared.clone().admit(stream, address.ip(), place);
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    if told.is_none_or(|told| told.elapsed() > QUIET) {
                        told = Some(Instant::now());
                        (self.log)(&format!("no connection can be taken: {error}"));
                    }
                    self.shared.make_room();
                    sleep(SHORTAGE).await;
                }
            }
        }
    }
}

impl Shared {
    /// A place for a connection. When all are taken, who idles is asked to leave, a few at a time.
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

    fn make_room(&self) {
        for _ in 0..self.limits.connections.div_ceil(16) {
            self.crowded.notify_one();
        }
    }

    fn admit(self: Arc<Self>, stream: TcpStream, address: IpAddr, place: OwnedSemaphorePermit) {
        tokio::spawn(async move {
            // A socket that takes no option is closed soon enough by what is wrong with it.
            _ = stream.set_nodelay(true);
            connection::serve(&self, stream, address).await;
            drop(place);
        });
    }
}

/// Whether the fault is of the connection that was about to be taken, so that the next may be good.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
