use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::events::Events;

/// The body of a response: complete bytes, or a stream of events.
///
/// Returned by [`Service::answer`](super::Service::answer). It implements `http_body::Body` with chunks of [`Bytes`] and never
/// fails. The length of complete bytes is known; a stream has none, and HTTP/1.1 sends it chunked. Dropping a stream makes room for
/// another one.
///
/// Reading the first chunk of a stream, inside a Tokio runtime:
///
/// ```
/// use std::future::poll_fn;
/// use std::pin::Pin;
/// use http_body::Body as _;
/// use masthead::{Layout, Ticker};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
/// let service = ticker.service(Layout::line()).build()?;
/// let (request, ()) = http::Request::get("/events?lang=kk").body(())?.into_parts();
///
/// let mut stream = service.answer(&request).into_body();
/// assert_eq!(stream.size_hint().exact(), None);
/// let chunk = poll_fn(|context| Pin::new(&mut stream).poll_frame(context)).await;
/// let chunk = chunk.and_then(Result::ok).and_then(|frame| frame.into_data().ok());
/// assert!(chunk.is_some_and(|bytes| bytes.starts_with(b"retry: ")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Body(Kind);

#[derive(Debug)]
enum Kind {
    /// `None` once the bytes have been sent, and for an empty body.
    Complete(Option<Bytes>),
    Events(Events),
}

impl Body {
    /// A body of bytes that are available already.
    pub(super) fn complete(bytes: Bytes) -> Self {
        Self(Kind::Complete(
            Some(bytes).filter(|bytes| !bytes.is_empty()),
        ))
    }

    /// A body that streams events.
    pub(super) const fn events(events: Events) -> Self {
        Self(Kind::Events(events))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = match &mut self.0 {
            Kind::Complete(bytes) => bytes.take(),
            Kind::Events(events) => ready!(events.poll(context)),
        };
        Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Kind::Complete(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Complete(bytes) => {
                let length = bytes.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
            Kind::Events(_) => SizeHint::default(),
        }
    }
}
