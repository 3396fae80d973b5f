//! Metrics for Prometheus: `GET /metrics` on a listener of its own.
//!
//! Figures of the ticker, such as the age of an item, are those of its health report at the time of the scrape, and so agree with `/health`.
//! Counters live as long as the process, also across reloads.

mod counts;
mod route;
mod state;
mod upstream;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use masthead::Ticker;
use masthead::ticker::Report;
use prometheus_client::encoding::{prometheus_text, text};
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use state::State;
use upstream::Upstream;

pub(crate) use counts::{Counts, ListenerKind, Open};
pub(crate) use route::Route;

/// The media type of OpenMetrics.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The metrics of the process.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    upstream: Upstream,
    counts: [Arc<Counts>; 3],
    /// The ticker in force; `None` before the start.
    ticker: Arc<Mutex<Option<Ticker>>>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let counts: [Arc<Counts>; 3] = std::array::from_fn(|_| Arc::new(Counts::new()));
        let (upstream, ticker) = (Upstream::default(), Arc::default());
        let mut registry = Registry::default();
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let since = ConstGauge::new(since.unwrap_or(Duration::ZERO).as_secs_f64());
        let help = "Time at which the process started, in seconds since 1970 in UTC";
        registry.register_with_unit("process_start_time", help, Unit::Seconds, since);
        let ours = registry.sub_registry_with_prefix("masthead");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        ours.register("build", "Version of the program", build);
        upstream.register(ours);
        let state = State::new(counts.clone(), Arc::clone(&ticker));
        ours.register_collector(Box::new(state));
        Self {
            registry,
            upstream,
            counts,
            ticker,
        }
    }

    /// Counts what a refresh has requested.
    pub(crate) fn note(&self, report: &Report) {
        self.upstream.note(report);
    }

    /// Reads from this ticker from now on.
    pub(crate) fn watch(&self, ticker: Ticker) {
        let mut current = self.ticker.lock().unwrap_or_else(PoisonError::into_inner);
        *current = Some(ticker);
    }

    /// Returns the counts of a listener.
    pub(crate) fn counts(&self, listener: ListenerKind) -> Arc<Counts> {
        let [strip, articles, metrics] = &self.counts;
        let counts = match listener {
            ListenerKind::Strip => strip,
            ListenerKind::Articles => articles,
            ListenerKind::Metrics => metrics,
        };
        Arc::clone(counts)
    }

    /// Answers a request to the listener for metrics. A program that accepts plain text, and not OpenMetrics, gets the text format before it.
    pub(crate) fn answer(&self, request: &Parts) -> (Route, Response<Bytes>) {
        let refused = |status, reason: &'static str| {
            let mut response = Response::new(Bytes::from_static(reason.as_bytes()));
            *response.status_mut() = status;
            response
        };
        let is_readable = matches!(request.method, Method::GET | Method::HEAD);
        let (route, mut response) = match request.uri.path() {
            "/metrics" if is_readable => (Route::Metrics, Response::new(Bytes::new())),
            "/metrics" => {
                let status = StatusCode::METHOD_NOT_ALLOWED;
                (Route::Metrics, refused(status, "expected GET\n"))
            }
            _ => {
                let status = StatusCode::NOT_FOUND;
                (Route::None, refused(status, "expected GET /metrics\n"))
            }
        };
        let mut media_type = "text/plain; charset=utf-8";
        match response.status() {
            StatusCode::OK => {
                let mut body = String::new();
                let encoded = if accepts_only_plain_text(request) {
                    media_type = prometheus_text::CONTENT_TYPE;
                    prometheus_text::encode(&mut body, &self.registry)
                } else {
                    media_type = OPEN_METRICS;
                    text::encode(&mut body, &self.registry)
                };
                // Writing to a string cannot fail.
                if encoded.is_err() {
                    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                }
                *response.body_mut() = body.into();
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                let allowed = HeaderValue::from_static("GET, HEAD");
                response.headers_mut().insert(ALLOW, allowed);
            }
            _ => {}
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        (route, response)
    }
}

fn accepts_only_plain_text(request: &Parts) -> bool {
    let accepts = |media_type: &str| {
        let mut lines = request.headers.get_all(ACCEPT).iter();
        lines.any(|line| line.to_str().is_ok_and(|line| line.contains(media_type)))
    };
    accepts("text/plain") && !accepts("application/openmetrics-text")
}
