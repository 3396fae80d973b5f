//! Responses on one connection.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use masthead::web::{Body, Service};
use tokio::sync::watch;

use super::articles::Articles;
use super::site::{Answers, State};
use super::{Peer, Shared, http_rules};

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
    pub(super) progress: Arc<Progress>,
}

impl hyper::service::Service<Request<Incoming>> for ConnectionService {
    type Response = Response<ConnectionBody>;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        self.progress.requested.store(true, Ordering::Relaxed);
        let (request, body) = request.into_parts();
        if !http_rules::is_valid(&request) {
            self.leave_unread(&body);
            return Answer::Ready(Some(bad_request()));
        }
        let mut changes = self.shared.state.subscribe();
        let state = changes.borrow_and_update().clone();
        match state.site.answers.clone() {
            Answers::Strip(service) => {
                self.leave_unread(&body);
                Answer::Ready(Some(self.strip(&service, request, &state, changes)))
            }
            Answers::Articles(articles) => {
                let answer = article(articles, request, body, self.progress.clone(), changes);
                Answer::Later(Box::pin(answer))
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
            if let Some(line) = site.unknown_proxy(peer, &request, is_refused) {
                (self.shared.log)(&line);
            }
        }
        let is_stream = is_stream(&response);
        self.progress.streams.store(is_stream, Ordering::Relaxed);
        let stream = is_stream
            .then(|| OpenStream::new(&request, changes))
            .flatten();
        finish(&mut response, *is_ending);
        response.map(|body| ConnectionBody {
            body: Content::Strip(body),
            stream,
        })
    }
}

/// Answers with an article.
async fn article(
    articles: Articles,
    request: Parts,
    mut body: Incoming,
    progress: Arc<Progress>,
    changes: watch::Receiver<State>,
) -> Response<ConnectionBody> {
    let limit = changes.borrow().site.limits.header_timeout;
    let mut response = articles.answer(request, &mut body, limit).await;
    // A chunked body never says that it has ended.
    if response.status() != StatusCode::OK && !body.is_end_stream() {
        progress.has_body.store(true, Ordering::Relaxed);
    }
    let is_ending = changes.borrow().is_ending;
    finish(&mut response, is_ending);
    response.map(ConnectionBody::complete)
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

fn is_stream(response: &Response<Body>) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE);
    media_type.is_some_and(|known| known == "text/event-stream")
}

/// A body that ends when the server stops, because an event stream would continue. At a reload an event stream continues with the events
/// of the other service.
pub(super) struct ConnectionBody {
    body: Content,
    /// `None` for a complete body, which is sent to its end.
    stream: Option<OpenStream>,
}

enum Content {
    /// `None` once it is sent, and for an empty one.
    Complete(Option<Bytes>),
    Strip(Body),
}

impl ConnectionBody {
    fn complete(bytes: Bytes) -> Self {
        Self {
            body: Content::Complete(Some(bytes).filter(|bytes| !bytes.is_empty())),
            stream: None,
        }
    }
}

/// An open event stream.
struct OpenStream {
    /// The request for a stream that continues it.
    request: Parts,
    changed: Pin<Box<dyn Future<Output = Changed> + Send>>,
}

/// The state after a change, with the receiver for the next one. `None` if the sender is gone.
type Changed = Option<(State, watch::Receiver<State>)>;

impl OpenStream {
    fn new(request: &Parts, changes: watch::Receiver<State>) -> Option<Self> {
        Some(Self {
            request: copied(request)?,
            changed: Box::pin(changed(changes)),
        })
    }

    /// Notes the id of an event that is sent, so that a stream which continues this one does not repeat it.
    fn note(&mut self, bytes: &[u8]) {
        let id = bytes.strip_prefix(b"id: ");
        let id = id.and_then(|rest| rest.split(|byte| *byte == b'\n').next());
        if let Some(Ok(id)) = id.map(HeaderValue::from_bytes) {
            self.request.headers.insert("last-event-id", id);
        }
    }
}

async fn changed(mut changes: watch::Receiver<State>) -> Changed {
    changes.changed().await.ok()?;
    let state = changes.borrow_and_update().clone();
    Some((state, changes))
}

/// Copies what decides on an event stream. Without the buffer that the connection was read into, which the request's parts are slices of.
fn copied(request: &Parts) -> Option<Parts> {
    let uri: Uri = request.uri.to_string().parse().ok()?;
    let (mut copy, ()) = Request::get(uri).body(()).ok()?.into_parts();
    for value in request.headers.get_all(ACCEPT_LANGUAGE) {
        let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        copy.headers.append(ACCEPT_LANGUAGE, value);
    }
    if let Some(peer) = request.extensions.get::<Peer>() {
        copy.extensions.insert(*peer);
    }
    Some(copy)
}

impl http_body::Body for ConnectionBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Self { body, stream } = &mut *self;
        let body = match body {
            Content::Complete(bytes) => {
                return Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes))));
            }
            Content::Strip(body) => body,
        };
        loop {
            let frame = Pin::new(&mut *body).poll_frame(context);
            let Some(stream) = stream else { return frame };
            if let Poll::Ready(frame) = frame {
                if let Some(Ok(frame)) = &frame
                    && let Some(bytes) = frame.data_ref()
                {
                    stream.note(bytes);
                }
                return Poll::Ready(frame);
            }
            match ready!(stream.changed.as_mut().poll(context)) {
                Some((State { site, is_ending }, changes)) if !is_ending => {
                    let Answers::Strip(service) = &site.answers else {
                        return Poll::Ready(None);
                    };
                    let next = service.answer(&stream.request);
                    if !is_stream(&next) {
                        // The limit is lower now, or the language has no pages any more: the client finds out when it reconnects.
                        return Poll::Ready(None);
                    }
                    *body = next.into_body();
                    stream.changed = Box::pin(changed(changes));
                }
                _ => return Poll::Ready(None),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            Content::Complete(bytes) => bytes.is_none(),
            Content::Strip(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Content::Complete(bytes) => {
                let length = bytes.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
            Content::Strip(body) => body.size_hint(),
        }
    }
}
