//! The bodies of responses.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Request, Response, Uri};
use http_body::{Body as _, Frame, SizeHint};
use masthead::web::Body;
use tokio::sync::watch;

use super::Peer;
use super::access::Access;
use super::site::{Answers, State};
use crate::metrics::{Counts, Open};

pub(super) fn is_stream(response: &Response<Body>) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE);
    media_type.is_some_and(|known| known == "text/event-stream")
}

/// A body that ends when the server stops, because an event stream would continue. At a reload an event stream continues with the events
/// of the other service.
pub(super) struct ConnectionBody {
    body: Content,
    /// `None` for a complete body, which is sent to its end. On the heap, because pages are moved without one.
    stream: Option<Box<OpenStream>>,
    /// The line of the log, which is written once the body is gone. `None` if requests are no lines.
    access: Option<Box<Access>>,
}

enum Content {
    /// `None` once it is sent, and for an empty one.
    Complete(Option<Bytes>),
    Strip(Body),
}

impl ConnectionBody {
    pub(super) fn complete(bytes: Bytes) -> Self {
        Self {
            body: Content::Complete(Some(bytes).filter(|bytes| !bytes.is_empty())),
            stream: None,
            access: None,
        }
    }

    pub(super) const fn strip(body: Body, stream: Option<Box<OpenStream>>) -> Self {
        Self {
            body: Content::Strip(body),
            stream,
            access: None,
        }
    }

    /// Logs the request once the body is gone.
    pub(super) fn log(&mut self, access: Option<Box<Access>>) {
        self.access = access;
    }

    /// Returns the next part.
    fn next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Self { body, stream, .. } = self;
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
}

/// An open event stream.
pub(super) struct OpenStream {
    /// The request for a stream that continues it.
    request: Parts,
    changed: Pin<Box<dyn Future<Output = Changed> + Send>>,
    _open: Open,
}

/// The state after a change, with the receiver for the next one. `None` if the sender is gone.
type Changed = Option<(State, watch::Receiver<State>)>;

impl OpenStream {
    pub(super) fn new(
        request: &Parts,
        changes: watch::Receiver<State>,
        counts: &Arc<Counts>,
    ) -> Option<Box<Self>> {
        Some(Box::new(Self {
            request: copied(request)?,
            changed: Box::pin(changed(changes)),
            _open: Open::stream(counts),
        }))
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
        let frame = self.next(context);
        if let Self {
            access: Some(access),
            ..
        } = &mut *self
            && let Poll::Ready(Some(Ok(frame))) = &frame
        {
            access.sent(frame.data_ref().map_or(0, Bytes::len));
        }
        frame
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
