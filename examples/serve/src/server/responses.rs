//! Responses on one connection.

use std::convert::Infallible;
use std::future::{self, Ready};
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
use masthead::web::Body;
use tokio::sync::watch;

use super::site::State;
use super::{Peer, Shared, http_rules};

/// The requests received on a connection so far.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// A request has arrived completely.
    requested: AtomicBool,
    /// The last response is an event stream.
    streams: AtomicBool,
    /// A request had a body, which is not read.
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
    pub(super) address: IpAddr,
    pub(super) progress: Arc<Progress>,
}

impl hyper::service::Service<Request<Incoming>> for ConnectionService {
    type Response = Response<ConnectionBody>;
    type Error = Infallible;
    type Future = Ready<Result<Response<ConnectionBody>, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let Progress {
            requested,
            streams,
            has_body,
        } = &*self.progress;
        requested.store(true, Ordering::Relaxed);
        let (mut request, body) = request.into_parts();
        if !body.is_end_stream() {
            has_body.store(true, Ordering::Relaxed);
        }
        let mut changes = self.shared.state.subscribe();
        let State { site, is_ending } = changes.borrow_and_update().clone();
        if !http_rules::is_valid(&request) {
            return future::ready(Ok(bad_request()));
        }
        // Only event streams are limited by address.
        let is_for_events = request.uri.path().ends_with("/events");
        if is_for_events {
            let peer = site.trust.peer(self.address, &request.headers);
            request.extensions.insert(peer);
        }

        let mut response = site.service.answer(&request);
        if is_for_events {
            let is_refused = response.status() == StatusCode::SERVICE_UNAVAILABLE;
            let peer = self.address.to_canonical();
            if let Some(line) = site.unknown_proxy(peer, &request, is_refused) {
                (self.shared.log)(&line);
            }
        }
        dated(&mut response);
        if is_ending {
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let is_stream = is_stream(&response);
        streams.store(is_stream, Ordering::Relaxed);
        let stream = is_stream
            .then(|| OpenStream::new(&request, changes))
            .flatten();
        future::ready(Ok(response.map(|body| ConnectionBody {
            body: Some(body),
            stream,
        })))
    }
}

/// A 400 without a body, after which the connection closes, as hyper's own.
fn bad_request() -> Response<ConnectionBody> {
    let mut response = Response::new(ConnectionBody {
        body: None,
        stream: None,
    });
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
    dated(&mut response);
    response
}

fn dated<B>(response: &mut Response<B>) {
    if let Some(date) = http_rules::date(SystemTime::now()) {
        response.headers_mut().insert(DATE, date);
    }
}

fn is_stream(response: &Response<Body>) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE);
    media_type.is_some_and(|known| known == "text/event-stream")
}

/// A body that ends when the server stops, because an event stream would continue. At a reload an event stream continues with the events
/// of the other service.
pub(super) struct ConnectionBody {
    /// `None` for an empty one.
    body: Option<Body>,
    /// `None` for a complete body, which is sent to its end.
    stream: Option<OpenStream>,
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
        let Some(body) = body else {
            return Poll::Ready(None);
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
                    let next = site.service.answer(&stream.request);
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
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let body = self.body.as_ref();
        body.map_or(SizeHint::with_exact(0), Body::size_hint)
    }
}
