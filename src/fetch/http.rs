//! The bundled transport: reqwest with the limits that an unattended server needs.
//!
//! There are three time limits: for the connection (2 s), for each pause (4 s), for the whole (8 s). Within a ticker the time of the search may end a
//! request earlier. The body is counted as it is decoded, chunk by chunk; `Content-Length` alone would trust the sender.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_ENCODING;
use http::{HeaderValue, Request, Response, Uri};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

use super::resolve::SystemResolver;
use super::tls::tls;
use super::transport::{BoxFuture, Transport, TransportError, TransportErrorKind};
use crate::source::BodyLimit;

/// The bundled transport: HTTP/1.1 over rustls, hardened.
///
/// It uses only `https` and redirects within an origin, no proxy from the environment and no referrer. It limits the time for connecting, for a
/// pause and for the whole exchange, and the decoded body to 1 MiB. Its `User-Agent` names the site.
///
/// ```
/// use masthead::fetch::HttpTransport;
///
/// let transport = HttpTransport::builder("news.example.kz; web@example.kz").build()?;
/// # let _ = transport;
/// let error = HttpTransport::builder("two\nlines").build().unwrap_err();
/// assert_eq!(error.to_string(), "invalid contact \"two\\nlines\": expected one line of 1 to 200 characters of visible ASCII without parentheses, such as an address");
/// # Ok::<(), masthead::fetch::InvalidTransport>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: Client,
    body_limit: usize,
    upstream: Option<Uri>,
}

/// Settings of an [`HttpTransport`], from [`HttpTransport::builder`].
///
/// ```
/// use std::time::Duration;
/// use masthead::Ticker;
/// use masthead::fetch::HttpTransport;
///
/// let transport = HttpTransport::builder("news.example.kz; web@example.kz")
///     .connect_timeout(Duration::from_secs(1))
///     .timeout(Duration::from_secs(5))
///     .build()?;
/// let ticker = Ticker::builder("").transport(transport).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A test of a site sends its requests to a server of its own:
///
/// ```
/// use std::time::Duration;
/// use masthead::fetch::{HttpTransport, InvalidTransport};
///
/// let builder = || HttpTransport::builder("tests").read_timeout(Duration::from_millis(500)).body_limit(1 << 20);
/// assert!(builder().upstream("http://127.0.0.1:8080").build().is_ok());
/// let error = builder().upstream("127.0.0.1:8080").build().unwrap_err();
/// assert!(matches!(error, InvalidTransport::Upstream { .. }), "{error}");
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct HttpTransportBuilder {
    contact: String,
    connect_timeout: Duration,
    read_timeout: Duration,
    timeout: Duration,
    body_limit: usize,
    upstream: Option<String>,
}

impl HttpTransport {
    /// Starts the settings of a transport. `contact` goes into the `User-Agent` after the name and version of the crate: one line of 1 to 200 characters of visible ASCII
    /// without parentheses, with an e-mail address or a page with one. MET Norway refuses requests without a true contact.
    pub fn builder(contact: impl Into<String>) -> HttpTransportBuilder {
        HttpTransportBuilder {
            contact: contact.into(),
            connect_timeout: Duration::from_secs(2),
            read_timeout: Duration::from_secs(4),
            timeout: Duration::from_secs(8),
            body_limit: 1 << 20,
            upstream: None,
        }
    }

    /// The address to ask: the request's own, or its place below the upstream.
    fn address(&self, uri: &Uri) -> Result<String, TransportError> {
        let refused = |detail: &str| TransportError::new(TransportErrorKind::Refused, detail);
        let host = uri
            .host()
            .ok_or_else(|| refused("the address has no host"))?;
        if uri.scheme_str() != Some("https") {
            return Err(refused("the address is not https"));
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(match &self.upstream {
            Some(upstream) => format!(
                "{}/{host}{path}",
                upstream.to_string().trim_end_matches('/')
            ),
            None => uri.to_string(),
        })
    }

    /// Sends a request and collects the decoded body, up to the limit of the source or of the transport, whichever is larger.
    async fn exchange(&self, request: Request<()>) -> Result<Response<Bytes>, TransportError> {
        let (parts, ()) = request.into_parts();
        let address = self.address(&parts.uri)?;
        let limit = parts.extensions.get::<BodyLimit>();
        let limit = limit.map_or(self.body_limit, |limit| limit.0.max(self.body_limit));
        let mut answer = self
            .client
            .request(parts.method, address)
            .headers(parts.headers)
            .send()
            .await
            .map_err(translate)?;
        let too_large = || {
            TransportError::new(
                TransportErrorKind::TooLarge,
                format!("more than {limit} bytes"),
            )
        };
        if answer
            .content_length()
            .is_some_and(|length| length > limit as u64)
        {
            return Err(too_large());
        }
        // The client removes the header of an encoding that it decoded. The body of another status is not used.
        let encoding = answer.headers().get(CONTENT_ENCODING);
        if let Some(encoding) = encoding.filter(|_| answer.status().is_success())
            && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
        {
            return Err(TransportError::new(
                TransportErrorKind::Broken,
                format!("encoded as {encoding:?}, which was not asked for"),
            ));
        }
        let mut body = BytesMut::new();
        // Chunk by chunk, decoded: a kilobyte of gzip can be a megabyte of zeroes.
        while let Some(chunk) = answer.chunk().await.map_err(translate)? {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body.freeze());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

/// A client error in our words, without the address: its query may hold a key.
fn translate(error: reqwest::Error) -> TransportError {
    let kind = if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_builder() || error.is_redirect() {
        TransportErrorKind::Refused
    } else {
        TransportErrorKind::Broken
    };
    TransportError::new(kind, "").caused_by(error.without_url())
}

impl HttpTransportBuilder {
    /// Sets the time for name lookup, TCP and TLS together. A longer wait is [`TransportErrorKind::Connect`], and the next source is
    /// requested. Default: 2 seconds.
    pub const fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// Sets the longest pause within a response, between two pieces of it. Default: 4 seconds.
    pub const fn read_timeout(mut self, time: Duration) -> Self {
        self.read_timeout = time;
        self
    }

    /// Sets the time for a whole exchange, from name lookup to the last byte; it also ends a response that trickles. Default: 8 seconds.
    pub const fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// Sets the largest body in bytes, counted after decompression. A larger one is [`TransportErrorKind::TooLarge`]. Default: 1 MiB,
    /// and 32 MiB for the history of the European Central Bank.
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sends every request to `URL/<original host>/<original path and query>`, for a mirror or a test server. This is the only way to use plain
    /// `http`. Default: the sources' own addresses, with `https`.
    pub fn upstream(mut self, url: impl Into<String>) -> Self {
        self.upstream = Some(url.into());
        self
    }

    /// Builds the transport. Sends no request.
    ///
    /// # Errors
    ///
    /// If the contact is not one line of 1 to 200 characters of visible ASCII without parentheses, the upstream is not an `http` or `https` address with a host and without a query or a fragment, or the
    /// client cannot be set up.
    pub fn build(self) -> Result<HttpTransport, InvalidTransport> {
        let upstream = self.upstream.as_deref().map(parse_upstream).transpose()?;
        let plain = upstream
            .as_ref()
            .is_some_and(|url| url.scheme_str() == Some("http"));
        let client = ClientBuilder::new()
            .tls_backend_preconfigured(tls().map_err(InvalidTransport::client)?)
            .https_only(!plain)
            .http1_only()
            .no_proxy()
            .referer(false)
            .redirect(same_host())
            .dns_resolver(SystemResolver::default())
            .user_agent(user_agent(&self.contact)?)
            .connect_timeout(self.connect_timeout)
            .read_timeout(self.read_timeout)
            .timeout(self.timeout)
            .pool_max_idle_per_host(2)
            .build()
            .map_err(InvalidTransport::client)?;
        Ok(HttpTransport {
            client,
            body_limit: self.body_limit,
            upstream,
        })
    }
}

fn user_agent(contact: &str) -> Result<HeaderValue, InvalidTransport> {
    let invalid = || InvalidTransport::Contact {
        contact: contact.chars().take(80).collect(),
    };
    let visible =
        contact.chars().all(|c| c.is_ascii_graphic() || c == ' ') && !contact.contains(['(', ')']);
    if contact.trim().is_empty() || contact.len() > 200 || !visible {
        return Err(invalid());
    }
    HeaderValue::try_from(format!(
        "masthead/{} ({contact})",
        env!("CARGO_PKG_VERSION")
    ))
    .map_err(|_| invalid())
}

// A password in the address would end in every log that names the upstream.
fn parse_upstream(text: &str) -> Result<Uri, InvalidTransport> {
    let uri: Option<Uri> = text.parse().ok();
    let plain = |uri: &Uri| {
        let authority = uri.authority().map(http::uri::Authority::as_str);
        authority.is_some_and(|authority| !authority.contains('@'))
            && uri.query().is_none()
            && !text.contains('#')
    };
    uri.filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && plain(uri))
        .ok_or_else(|| {
            let fault = if text.contains('@') {
                "it has a user or a password"
            } else if text.contains('?') {
                "it has a query"
            } else if text.contains('#') {
                "it has a fragment"
            } else if !(text.starts_with("http://") || text.starts_with("https://")) {
                "it does not begin with http:// or https://"
            } else {
                "it is not an address"
            };
            // A query or a user may hold a secret.
            let shown = text.split(['?', '#']).next().unwrap_or_default();
            let url = if text.contains('@') {
                "[redacted]".into()
            } else {
                shown.chars().take(80).collect()
            };
            InvalidTransport::Upstream { url, fault }
        })
}

/// Up to two redirects that stay with the scheme, the host and the port; any other 3xx is the answer.
fn same_host() -> Policy {
    Policy::custom(|attempt| {
        let stays = attempt
            .previous()
            .first()
            .is_some_and(|first| first.origin() == attempt.url().origin());
        if stays && attempt.previous().len() <= 2 {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}

// Without the upstream, which is not checked yet and may hold a password.
impl fmt::Debug for HttpTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransportBuilder")
            .field("contact", &self.contact)
            .field("timeout", &self.timeout)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}

/// The error of [`HttpTransportBuilder::build`].
///
/// ```
/// use masthead::fetch::{HttpTransport, InvalidTransport};
///
/// let error = HttpTransport::builder("").build().unwrap_err();
/// assert!(matches!(error, InvalidTransport::Contact { .. }), "a contact is required: {error}");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTransport {
    /// The contact is not one line of 1 to 200 characters of visible ASCII, without parentheses.
    #[error(
        "invalid contact {contact:?}: expected one line of 1 to 200 characters of visible ASCII without parentheses, such as an address"
    )]
    Contact {
        /// The contact, shortened.
        contact: String,
    },
    /// The upstream is not an `http` or `https` address with a host and without a query, a fragment, a user or a password.
    #[error(
        "invalid upstream {url:?}: {fault}; expected http://host or https://host, with or without a path"
    )]
    Upstream {
        /// The address, shortened, and without a query or a user, which may hold a secret.
        url: String,
        /// The fault, in words.
        fault: &'static str,
    },
    /// The client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl InvalidTransport {
    fn client(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Client(cause.into())
    }
}
