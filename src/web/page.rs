//! One rendered strip in one language and format, with its headers.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::{BufMut as _, Bytes, BytesMut};
use chrono::{DateTime, Utc};
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, LAST_MODIFIED,
};
use http::{HeaderMap, HeaderValue};

use super::encodings::{Encodings, value};
use super::route::Format;
use crate::strip::{Fragment, Lang};

/// How long a cache may keep a page: a minute, so that corrections and ages appear. It may serve the page for an hour while it fetches
/// a newer one, and for a day if no server answers; after that an age in words would be far from true.
pub(super) const CACHING: &str =
    "public, max-age=60, stale-while-revalidate=3600, stale-if-error=86400";

/// A strip in one language and format.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) text: Arc<str>,
    pub(super) encodings: Encodings,
    /// The instant it was rendered for, in `Last-Modified`; later if a client can have another text of this instant.
    pub(super) modified: SystemTime,
    /// The id of the event, which a client sends back as `Last-Event-ID`.
    pub(super) event_id: HeaderValue,
    /// The text as a server-sent event.
    pub(super) event: Bytes,
}

impl Page {
    /// Compresses a text that was rendered for the instant `at`.
    pub(super) fn new(text: String, at: DateTime<Utc>, lang: Lang, format: Format) -> Self {
        let text = Arc::from(text);
        let mut headers = HeaderMap::with_capacity(12);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(CACHING));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        headers.insert(LAST_MODIFIED, date(at));
        match format {
            Format::Json => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Format::Svg => {
                // Opened outside of a page the picture is a document, which needs its own inline style.
                let policy = "default-src 'none'; style-src 'unsafe-inline'";
                headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
            }
            Format::Html | Format::Live | Format::Text => {}
        }
        let encodings = Encodings::new(Bytes::from_owner(Text(Arc::clone(&text))), headers);
        Self {
            event_id: value(&encodings.fingerprint),
            event: event(&encodings.fingerprint, &text),
            text,
            encodings,
            modified: at.into(),
        }
    }

    /// Returns the page with an instant before which a client cannot have had it, in whole seconds: one that has a page of an earlier instant
    /// does not get a 304.
    pub(super) fn not_before(self, instant: SystemTime) -> Self {
        let modified = self.modified.max(instant);
        Self { modified, ..self }
    }

    /// Returns the second after this page, for the page with another text that follows. Both may be rendered for the same instant, because a reading
    /// that arrives late is as old as its request.
    pub(super) fn next_second(&self) -> SystemTime {
        let since = self.modified.duration_since(SystemTime::UNIX_EPOCH);
        let next = Duration::from_secs(since.map_or(0, |since| since.as_secs() + 1));
        SystemTime::UNIX_EPOCH + next
    }

    /// Returns the same text with another `Last-Modified`.
    pub(super) fn dated(&self, at: DateTime<Utc>) -> Self {
        Self {
            encodings: self.encodings.with(LAST_MODIFIED, &date(at)),
            modified: self.modified.max(at.into()),
            ..self.clone()
        }
    }

    /// Returns the text as a value for template engines, without a copy.
    pub(super) fn fragment(&self) -> Fragment {
        Fragment::trusted(Arc::clone(&self.text))
    }
}

impl Format {
    /// Returns the value of `Content-Type`.
    const fn media_type(self) -> &'static str {
        match self {
            Self::Html | Self::Live => "text/html; charset=utf-8",
            Self::Json => "application/json",
            Self::Text => "text/plain; charset=utf-8",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// Returns an instant as an HTTP date, in whole seconds.
fn date(at: DateTime<Utc>) -> HeaderValue {
    value(&httpdate::fmt_http_date(at.into()))
}

/// Returns the text as a server-sent event. The format needs a `data` field for each line, and ends a line at CR too.
fn event(id: &str, text: &str) -> Bytes {
    let mut event = BytesMut::with_capacity(text.len() + 64);
    event.put_slice(b"id: ");
    event.put_slice(id.as_bytes());
    for line in text.split(['\n', '\r']) {
        event.put_slice(b"\ndata: ");
        event.put_slice(line.as_bytes());
    }
    event.put_slice(b"\n\n");
    event.freeze()
}

/// Lets the bodies of responses borrow the text of a page.
struct Text(Arc<str>);

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
