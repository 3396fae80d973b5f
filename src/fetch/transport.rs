//! The interface of an HTTP client. It is the whole surface to the network: a request without a body, and the complete response.

use std::error::Error;
use std::fmt::Debug;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};

/// A boxed future, as [`Transport::send`] returns it.
///
/// ```
/// use masthead::fetch::BoxFuture;
///
/// fn later(value: u32) -> BoxFuture<'static, u32> {
///     Box::pin(async move { value })
/// }
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// assert_eq!(runtime.block_on(later(7)), 7);
/// ```
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A client that sends a request and returns the complete response: [`HttpTransport`](super::HttpTransport), [`FakeUpstream`](super::FakeUpstream) in
/// tests, or one of your own.
///
/// # Contract
///
/// - A response with any status is `Ok`, also 304 and 429.
/// - The body is decompressed and bounded.
/// - The headers of the request are sent as they are: the ticker's validators, a source's key. The transport adds a `User-Agent`, and follows no redirect
///   to another origin.
/// - The transport has a time limit of its own; the caller may drop the future earlier.
/// - It does not retry: the next source is the fallback, and the next refresh is the retry.
/// - The text of an error does not contain the query of the address, which may contain a key.
///
/// A panic counts as a failed request. An adapter for another client takes a dozen lines:
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
    /// Sends a request without a body and waits for the complete response.
    ///
    /// # Errors
    ///
    /// If no complete response arrived. The [kind](TransportErrorKind) decides whether the source gets a cool-down: a request that was not sent
    /// ([`Refused`](TransportErrorKind::Refused)) causes none for the source.
    fn send(&self, request: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;
}

/// The reason why no response arrived, without the query of the address, which may contain a key.
///
/// ```
/// use masthead::fetch::{TransportError, TransportErrorKind};
///
/// let error = TransportError::new(TransportErrorKind::TooLarge, "more than 1048576 bytes");
/// assert_eq!(error.to_string(), "the answer is too large: more than 1048576 bytes");
/// assert_eq!(error.kind(), TransportErrorKind::TooLarge);
///
/// // With the error of a client, which the log prints too.
/// let error = error.caused_by(std::io::Error::other("reset by peer"));
/// assert!(std::error::Error::source(&error).is_some());
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{kind}{}{detail}", if detail.is_empty() { "" } else { ": " })]
pub struct TransportError {
    kind: TransportErrorKind,
    detail: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kind of a [`TransportError`].
///
/// ```
/// use masthead::fetch::{TransportError, TransportErrorKind};
///
/// // An adapter for another client names the kind, by which the health counts failures, and keeps the cause.
/// let cause = std::io::Error::other("reset by peer");
/// let error = TransportError::new(TransportErrorKind::Broken, "").caused_by(cause);
/// assert_eq!(error.kind(), TransportErrorKind::Broken);
/// assert_eq!(error.to_string(), "the answer broke off");
/// assert_eq!(std::error::Error::source(&error).map(ToString::to_string), Some("reset by peer".into()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The transport does not send requests to this address.
    #[error("the request was not sent")]
    Refused,
    /// No connection: name lookup, TCP or TLS. The source gets a cool-down at once.
    #[error("no connection")]
    Connect,
    /// A time limit was reached.
    #[error("no answer in time")]
    Timeout,
    /// The body is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// The connection broke, or the response is not valid HTTP.
    #[error("the answer broke off")]
    Broken,
}

impl TransportError {
    /// An error of a kind, with details in words; they may be empty.
    #[must_use]
    pub fn new(kind: TransportErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            source: None,
        }
    }

    /// Adds the cause. It must not contain the query of the address.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind of failure.
    #[must_use]
    pub const fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}
