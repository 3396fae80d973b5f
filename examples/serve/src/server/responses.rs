//! Responses on one connection.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderValue, Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use masthead::web::Body;

use super::Shared;

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
    type Response = Response<StoppableBody>;
    type Error = Infallible;
    type Future = Ready<Result<Response<StoppableBody>, Infallible>>;

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
        // Only event streams are limited by address.
        if request.uri.path().ends_with("/events") {
            let peer = self.shared.trust.peer(self.address, &request.headers);
            request.extensions.insert(peer);
        }

        let mut response = self.shared.service.answer(&request);
        if *self.shared.ending.borrow() {
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let media_type = response.headers().get(CONTENT_TYPE);
        let is_stream = media_type.is_some_and(|known| known == "text/event-stream");
        streams.store(is_stream, Ordering::Relaxed);
        let end = is_stream.then(|| {
            let mut ending = self.shared.ending.subscribe();
            let end = async move {
                // A dropped sender ends the stream too.
                _ = ending.wait_for(|ending| *ending).await;
            };
            Box::pin(end) as Pin<Box<dyn Future<Output = ()> + Send>>
        });
        ready(Ok(response.map(|body| StoppableBody { body, end })))
    }
}

/// A body that ends when the server stops, because an event stream would continue.
pub(super) struct StoppableBody {
    body: Body,
    /// Completes when the server stops. `None` for a complete body, which is sent to its end.
    end: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl http_body::Body for StoppableBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &mut self.end {
            Some(end) if frame.is_pending() => end.as_mut().poll(context).map(|()| None),
            _ => frame,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
