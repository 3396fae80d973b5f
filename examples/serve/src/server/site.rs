//! What a reload of the settings replaces: the service, the limits of each connection, the trusted proxies.

use std::sync::Arc;

use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;
use masthead::web::Service;

use super::{Limits, Trust};

/// The service and its settings.
pub(crate) struct Site {
    pub(super) service: Service,
    pub(super) http: http1::Builder,
    pub(super) limits: Limits,
    pub(super) trust: Trust,
}

impl Site {
    pub(crate) fn new(service: Service, limits: Limits, trust: Trust) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.header_timeout)
            .max_header_size(Limits::HEADER_BYTES)
            .max_buf_size(Limits::HEADER_BYTES);
        // Without `pipeline_flush`: it delays a response while half of the next request has arrived, and loses the response before an
        // invalid request.
        Self {
            service,
            http,
            limits,
            trust,
        }
    }
}

/// The site in force, and whether the server is stopping.
#[derive(Clone)]
pub(super) struct State {
    pub(super) site: Arc<Site>,
    pub(super) is_ending: bool,
}
