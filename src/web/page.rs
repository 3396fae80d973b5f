//! One strip in one language and form, with the headers that go with it.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::{BufMut as _, Bytes, BytesMut};
use chrono::{DateTime, Utc};
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, LAST_MODIFIED,
};
use http::{HeaderMap, HeaderValue};

use super::packed::{Packed, value};
use super::route::Format;
use crate::strip::{Fragment, Lang};

/// How long an answer may be kept: a minute, so that a correction and an age show. It may be shown for an hour while a newer one
/// is fetched, and for a day where none can be had: longer, and an age in words would be far from true.
const KEPT: &str = "public, max-age=60, stale-while-revalidate=3600, stale-if-error=86400";

/// A strip in one language and form.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) text: Arc<str>,
    pub(super) packed: Packed,
    /// When these words were rendered.
    pub(super) modified: SystemTime,
    /// What a reader of events says to have.
    pub(super) event_id: HeaderValue,
    /// The text as an event.
    pub(super) event: Bytes,
}

impl Page {
    pub(super) fn new(text: String, at: DateTime<Utc>, lang: Lang, format: Format) -> Self {
        let text = Arc::from(text);
        let mut headers = HeaderMap::with_capacity(12);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(KEPT));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        headers.insert(LAST_MODIFIED, date(at));
        match format {
            Format::Json => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Format::Svg => {
                // Opened by itself a picture is a document, with a style of its own.
                let policy = "default-src 'none'; style-src 'unsafe-inline'";
                headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
            }
            Format::Html | Format::Live | Format::Text => {}
        }
        let packed = Packed::new(Bytes::from_owner(Text(Arc::clone(&text))), headers);
        Self {
            event_id: value(&packed.fingerprint),
            event: event(&packed.fingerprint, &text),
            text,
            packed,
            modified: at.into(),
        }
    }

    /// The same words, rendered at another time.
    pub(super) fn dated(&self, at: DateTime<Utc>) -> Self {
        Self {
            packed: self.packed.with(LAST_MODIFIED, &date(at)),
            modified: at.into(),
            ..self.clone()
        }
    }

    pub(super) fn fragment(&self) -> Fragment {
        Fragment::trusted(Arc::clone(&self.text))
    }
}

impl Format {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Html | Self::Live => "text/html; charset=utf-8",
            Self::Json => "application/json",
            Self::Text => "text/plain; charset=utf-8",
            Self::Svg => "image/svg+xml",
        }
    }
}

fn date(at: DateTime<Utc>) -> HeaderValue {
    value(&httpdate::fmt_http_date(at.into()))
}

/// An event of the text, by the standard's rules: each line is a field.
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

/// The text of a page, lent to the bodies of its answers.
struct Text(Arc<str>);

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
