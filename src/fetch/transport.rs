use std::error::Error;
use std::fmt::Debug;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};

/// A boxed future, as [`Transport::send`] returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something that carries a request to a host and brings its answer back whole.
///
/// # Contract
///
/// An answer of any status is a response, not an error. The body is decoded and bounded. The transport gives up after a
/// time of its own; the caller may drop the future earlier. A host with a client of its own implements this in a dozen
/// lines:
///
/// ```
/// use bytes::Bytes;
/// use masthead::fetch::{BoxFuture, Transport, TransportError};
///
/// #[derive(Debug)]
/// struct Canned(&'static str);
///
/// impl Transport for Canned {
///     fn send(&self, _: http::Request<()>) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
///         Box::pin(async { Ok(http::Response::new(Bytes::from_static(self.0.as_bytes()))) })
///     }
/// }
/// ```
pub trait Transport: Debug + Send + Sync {
    /// Sends a request without a body and waits for the whole answer.
    fn send(&self, request: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;
}

/// No answer came: what went wrong, without the query of the address, which may hold a key.
///
/// ```
/// use masthead::fetch::{TransportError, TransportErrorKind};
///
/// let error = TransportError::new(TransportErrorKind::TooLarge, "more than 1048576 bytes");
/// assert_eq!(error.to_string(), "the answer is too large: more than 1048576 bytes");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{kind}{}{detail}", if detail.is_empty() { "" } else { ": " })]
pub struct TransportError {
    kind: TransportErrorKind,
    detail: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What kept an answer from coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The address is not one the transport may ask.
    #[error("the request was not sent")]
    Refused,
    /// No connection: name lookup, TCP or TLS.
    #[error("no connection")]
    Connect,
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// The body is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// The connection broke, or what came is not HTTP.
    #[error("the answer broke off")]
    Broken,
}

impl TransportError {
    /// An error of a kind, with what more is known of it, if anything.
    #[must_use]
    pub fn new(kind: TransportErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            source: None,
        }
    }

    /// The same with its cause. The cause must not hold the query of the address.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What kept the answer from coming.
    #[must_use]
    pub const fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}
