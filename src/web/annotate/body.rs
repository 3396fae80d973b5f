//! Reading a page, and sending it or what was read of it.
//!
//! A page is read completely before its first byte is sent, because a value may stand anywhere. A body that turns out to be longer than [`LONGEST`],
//! to fail or to have trailers is passed on as it is: the frames that were read come first, then the rest of the body, with its error at the same
//! place.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};

/// The longest page that is annotated, in bytes: 2 MB.
pub(super) const LONGEST: usize = 2 << 20;

/// The body of a response of [`Annotate`](super::Annotate): an annotated page, or the body of the inner service.
///
/// ```
/// use bytes::Bytes;
/// use http_body::Body;
/// use masthead::web::AnnotateBody;
///
/// /// The length that a server can state before it sends the body.
/// fn length<B: Body<Data = Bytes> + Unpin>(body: &AnnotateBody<B>) -> Option<u64> {
///     body.size_hint().exact()
/// }
/// ```
pub struct AnnotateBody<B: Body> {
    /// The frames before the rest.
    begun: VecDeque<Result<Frame<Bytes>, B::Error>>,
    rest: Option<B>,
}

// The frames are never pinned.
impl<B: Body + Unpin> Unpin for AnnotateBody<B> {}

impl<B: Body> AnnotateBody<B> {
    pub(super) fn complete(page: Bytes) -> Self {
        let page = Some(page).filter(|page| !page.is_empty());
        Self {
            begun: page.into_iter().map(|page| Ok(Frame::data(page))).collect(),
            rest: None,
        }
    }

    pub(super) const fn passed(body: B) -> Self {
        Self {
            begun: VecDeque::new(),
            rest: Some(body),
        }
    }
}

impl<B: Body<Data = Bytes> + Unpin> AnnotateBody<B> {
    /// Reads a page. Returns a body with all that was read and the rest if the page is too long, cannot be read or has trailers.
    pub(super) async fn read(mut body: B) -> Result<Bytes, Self> {
        let is_too_long = |length: usize| length > LONGEST;
        if usize::try_from(body.size_hint().lower()).map_or(true, is_too_long) {
            return Err(Self::passed(body));
        }
        let (mut read, mut length) = (Vec::new(), 0);
        loop {
            let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
            let Some(frame) = frame else {
                return Ok(joined(read, length));
            };
            let last = match frame.map(Frame::into_data) {
                Ok(Ok(data)) if !is_too_long(length + data.len()) => {
                    length += data.len();
                    read.extend(Some(data).filter(|data| !data.is_empty()));
                    continue;
                }
                Ok(Ok(data)) => Ok(Frame::data(data)),
                Ok(Err(trailers)) => Ok(trailers),
                Err(error) => Err(error),
            };
            let frames = read.into_iter().map(|data| Ok(Frame::data(data)));
            return Err(Self {
                begun: frames.chain([last]).collect(),
                rest: Some(body),
            });
        }
    }
}

/// Joins parts, without a copy if there is one.
fn joined(mut parts: Vec<Bytes>, length: usize) -> Bytes {
    if parts.len() < 2 {
        return parts.pop().unwrap_or_default();
    }
    let mut page = BytesMut::with_capacity(length);
    for part in parts {
        page.extend_from_slice(&part);
    }
    page.freeze()
}

impl<B: Body<Data = Bytes> + Unpin> Body for AnnotateBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Self { begun, rest } = &mut *self;
        match (begun.pop_front(), rest) {
            (Some(frame), _) => Poll::Ready(Some(frame)),
            (None, Some(rest)) => Pin::new(rest).poll_frame(context),
            (None, None) => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.begun.is_empty() && self.rest.as_ref().is_none_or(B::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let data = self.begun.iter().flatten().filter_map(Frame::data_ref);
        let begun = data.map(Bytes::len).sum::<usize>();
        let begun = u64::try_from(begun).unwrap_or(u64::MAX);
        let rest = self.rest.as_ref();
        let rest = rest.map_or(SizeHint::with_exact(0), B::size_hint);
        let mut size = SizeHint::new();
        size.set_lower(begun.saturating_add(rest.lower()));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(begun)) {
            size.set_upper(upper);
        }
        size
    }
}

impl<B: Body> fmt::Debug for AnnotateBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnnotateBody")
            .field("is_complete", &self.rest.is_none())
            .finish_non_exhaustive()
    }
}
