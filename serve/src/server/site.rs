//! The parts of a server that a reload replaces: the source of its answers, the limits of each connection, the trusted proxies.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::request::Parts;
use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;
use masthead::web::Service;

use super::articles::Articles;
use super::{Limits, Trust};
use crate::metrics::Metrics;

/// The source of a server's answers.
#[derive(Clone)]
pub(crate) enum Answers {
    Strip(Service),
    Articles(Articles),
    Metrics(Arc<Metrics>),
}

/// The answers of a server and its settings.
pub(crate) struct Site {
    pub(super) answers: Answers,
    pub(super) http: http1::Builder,
    pub(super) limits: Limits,
    pub(super) trust: Trust,
    /// Whether each request is a line of the log.
    pub(super) is_logging: bool,
    /// Whether the log says that the readers behind a proxy look like one.
    pub(super) has_named_proxy: AtomicBool,
}

impl Site {
    pub(crate) fn new(answers: Answers, limits: Limits, trust: Trust) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .auto_date_header(false)
            .header_read_timeout(limits.header_timeout)
            .max_header_size(Limits::HEADER_BYTES)
            .max_buf_size(Limits::HEADER_BYTES);
        // Without `pipeline_flush`: it delays a response while half of the next request has arrived, and loses the response before an
        // invalid request.
        Self {
            answers,
            http,
            limits,
            trust,
            is_logging: false,
            has_named_proxy: AtomicBool::new(false),
        }
    }
}

impl Site {
    /// The site of the listener for metrics.
    pub(super) fn of_metrics(metrics: &Arc<Metrics>) -> Self {
        let answers = Answers::Metrics(Arc::clone(metrics));
        Self::new(answers, Limits::of_metrics(), Trust::default())
    }

    /// The same, whose requests are lines of the log or not.
    pub(crate) const fn logging(mut self, is_logging: bool) -> Self {
        self.is_logging = is_logging;
        self
    }

    pub(crate) const fn answers(&self) -> &Answers {
        &self.answers
    }

    /// Logs once that a reader of events seems to be behind a proxy, and the settings name none. A reader on a unix socket has no address.
    pub(super) fn warn_of_proxy(&self, peer: Option<IpAddr>, request: &Parts, is_refused: bool) {
        if self.trust.is_set() {
            return;
        }
        let from = peer.map_or_else(|| "the unix socket".to_owned(), |peer| peer.to_string());
        let is_local = peer.is_none_or(|peer| peer.is_loopback());
        let header = FORWARDED
            .iter()
            .find(|name| request.headers.contains_key(**name));
        let reason = match header {
            Some(header) => format!("requests from {from} have the header {header}"),
            None if is_refused && is_local => {
                format!("{from} has as many event streams as one address may have")
            }
            None => return,
        };
        let most = self.limits.events_per_address;
        if !self.has_named_proxy.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "{reason}, and the settings have no section [proxy]: all readers behind the proxy count as one address, with {most} event streams at most"
            );
        }
    }
}

/// Headers by which proxies pass the address of the client.
const FORWARDED: [&str; 3] = ["x-forwarded-for", "x-real-ip", "forwarded"];

/// The site in force, and whether the server is stopping.
#[derive(Clone)]
pub(super) struct State {
    pub(super) site: Arc<Site>,
    pub(super) is_ending: bool,
}
