//! The lines of the log about requests.

use std::net::IpAddr;
use std::time::Instant;

use http::header::USER_AGENT;
use http::request::Parts;
use http::{Method, StatusCode};

use super::site::Site;
use crate::log::ACCESS;
use crate::refreshes::milliseconds;

/// The most bytes of a value that a client chooses.
const LONGEST: usize = 512;

/// A request, which is a line of the log once its response is sent or given up.
pub(super) struct Access {
    began: Instant,
    peer: IpAddr,
    method: Method,
    path: String,
    agent: Option<String>,
    /// `None` while there is no response.
    status: Option<StatusCode>,
    bytes: usize,
}

impl Access {
    /// Notes a request, if the site logs them.
    pub(super) fn of(
        site: &Site,
        connection: Option<IpAddr>,
        request: &Parts,
    ) -> Option<Box<Self>> {
        site.is_logging.then(|| {
            let agent = request.headers.get(USER_AGENT);
            let agent = agent.map(|agent| String::from_utf8_lossy(agent.as_bytes()));
            Box::new(Self {
                began: Instant::now(),
                peer: site.trust.peer(connection, &request.headers).0,
                method: request.method.clone(),
                path: cut(request.uri.path()),
                agent: agent.map(|agent| cut(&agent)),
                status: None,
                bytes: 0,
            })
        })
    }

    /// Notes the status of the response.
    pub(super) fn answered(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    /// Notes bytes of the body.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

fn cut(text: &str) -> String {
    text.get(..text.floor_char_boundary(LONGEST))
        .unwrap_or_default()
        .to_owned()
}

impl Drop for Access {
    fn drop(&mut self) {
        let Self {
            peer,
            method,
            path,
            agent,
            bytes,
            ..
        } = self;
        let status = self.status.map(|status| status.as_u16());
        let ms = milliseconds(self.began.elapsed());
        tracing::info!(target: ACCESS, %peer, %method, path, status, bytes, ms, agent, "request");
    }
}
