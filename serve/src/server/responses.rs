//! Responses on one connection.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Body as _;
use hyper::body::Incoming;
use masthead::web::Service;
use tokio::sync::watch;

use super::access::Access;
use super::articles::Articles;
use super::body::{ConnectionBody, OpenStream, is_stream};
use super::site::{Answers, State};
use super::{Shared, http_rules};
use crate::metrics::{Counts, Route};

/// The requests received on a connection so far.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// A request has arrived completely.
    requested: AtomicBool,
    /// The last response is an event stream.
    streams: AtomicBool,
    /// A request had a body that was not read to its end.
    has_body: AtomicBool,
}

impl Progress {
    pub(super) fn requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed)
    }

    pub(super) fn streams(&self) -> bool {
        self.streams.load(Ordering::Relaxed)
    }

    pub(super) fn has_body(&self) -> bool {
        self.has_body.load(Ordering::Relaxed)
    }
}

/// The service of one connection.
pub(super) struct ConnectionService {
    pub(super) shared: Arc<Shared>,
    /// `None` for a unix socket.
    pub(super) address: Option<IpAddr>,
    /// Whether the server itself sends the requests: they are no line of the log, and do not count.
    pub(super) is_own: bool,
    pub(super) progress: Arc<Progress>,
}

impl hyper::service::Service<Request<Incoming>> for ConnectionService {
    type Response = Response<ConnectionBody>;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        self.progress.requested.store(true, Ordering::Relaxed);
        let (request, body) = request.into_parts();
        let mut changes = self.shared.state.subscribe();
        let state = changes.borrow_and_update().clone();
        let note = match self.is_own {
            true => Note::None,
            false => Note::Reader(Access::of(&state.site, self.address, &request)),
        };
        let counts = &self.shared.counts;
        if !http_rules::is_valid(&request) {
            self.leave_unread(&body);
            let mut response = bad_request();
            note.of(counts, Route::None, &mut response);
            return Answer::Ready(Some(response));
        }
        match state.site.answers.clone() {
            Answers::Strip(service) => {
                self.leave_unread(&body);
                Answer::Ready(Some(self.strip(&service, request, &state, changes, note)))
            }
            Answers::Articles(articles) => {
                let progress = self.progress.clone();
                let answer = article(articles, request, body, progress, changes);
                let counts = counts.clone();
                Answer::Later(Box::pin(async move {
                    let (route, mut response) = answer.await;
                    note.of(&counts, route, &mut response);
                    response
                }))
            }
            Answers::Metrics(metrics) => {
                self.leave_unread(&body);
                let (route, mut response) = metrics.answer(&request);
                finish(&mut response, state.is_ending);
                let mut response = response.map(ConnectionBody::complete);
                note.of(counts, route, &mut response);
                Answer::Ready(Some(response))
            }
        }
    }
}

impl ConnectionService {
    /// Notes a body that is not read.
    fn leave_unread(&self, body: &Incoming) {
        if !body.is_end_stream() {
            self.progress.has_body.store(true, Ordering::Relaxed);
        }
    }

    /// Answers with the strip.
    fn strip(
        &self,
        service: &Service,
        mut request: Parts,
        State { site, is_ending }: &State,
        changes: watch::Receiver<State>,
        note: Note,
    ) -> Response<ConnectionBody> {
        // Only event streams are limited by address.
        let is_for_events = request.uri.path().ends_with("/events");
        if is_for_events {
            let peer = site.trust.peer(self.address, &request.headers);
            request.extensions.insert(peer);
        }

        let mut response = service.answer(&request);
        if is_for_events {
            let is_refused = response.status() == StatusCode::SERVICE_UNAVAILABLE;
            let peer = self.address.map(|address| address.to_canonical());
            site.warn_of_proxy(peer, &request, is_refused);
        }
        let is_stream = is_stream(&response);
        self.progress.streams.store(is_stream, Ordering::Relaxed);
        let stream = is_stream
            .then(|| OpenStream::new(&request, changes, &self.shared.counts))
            .flatten();
        finish(&mut response, *is_ending);
        let route = Route::of_strip(request.uri.path(), response.status());
        let mut response = response.map(|body| ConnectionBody::strip(body, stream));
        note.of(&self.shared.counts, route, &mut response);
        response
    }
}

/// The count of a request, and its line of the log.
enum Note {
    /// Requests of the server itself have neither.
    None,
    /// `None` if requests are no lines.
    Reader(Option<Box<Access>>),
}

impl Note {
    /// Counts and notes the response.
    fn of(self, counts: &Counts, route: Route, response: &mut Response<ConnectionBody>) {
        let Self::Reader(access) = self else { return };
        counts.request(route, response.status());
        if let Some(mut access) = access {
            access.answered(response.status());
            response.body_mut().log(Some(access));
        }
    }
}

/// Answers with an article.
async fn article(
    articles: Articles,
    request: Parts,
    mut body: Incoming,
    progress: Arc<Progress>,
    changes: watch::Receiver<State>,
) -> (Route, Response<ConnectionBody>) {
    let route = Route::of_articles(request.uri.path());
    let limit = changes.borrow().site.limits.header_timeout;
    let mut response = articles.answer(request, &mut body, limit).await;
    // A chunked body never says that it has ended.
    if response.status() != StatusCode::OK && !body.is_end_stream() {
        progress.has_body.store(true, Ordering::Relaxed);
    }
    let is_ending = changes.borrow().is_ending;
    finish(&mut response, is_ending);
    (route, response.map(ConnectionBody::complete))
}

/// The response to a request, at once or later.
#[allow(clippy::large_enum_variant)] // a box would cost each page an allocation
pub(super) enum Answer {
    /// `None` once it is taken.
    Ready(Option<Response<ConnectionBody>>),
    Later(Pin<Box<dyn Future<Output = Response<ConnectionBody>> + Send>>),
}

impl Future for Answer {
    type Output = Result<Response<ConnectionBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Ready(response) => response
                .take()
                .map_or(Poll::Pending, |it| Poll::Ready(Ok(it))),
            Self::Later(response) => response.as_mut().poll(context).map(Ok),
        }
    }
}

/// A 400 without a body, after which the connection closes, as hyper's own.
fn bad_request() -> Response<ConnectionBody> {
    let mut response = Response::new(ConnectionBody::complete(Bytes::new()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
    finish(&mut response, false);
    response
}

/// Adds the headers that every response has.
fn finish<B>(response: &mut Response<B>, is_ending: bool) {
    let headers = response.headers_mut();
    if let Some(date) = http_rules::date(SystemTime::now()) {
        headers.insert(DATE, date);
    }
    if is_ending {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
}
