//! A content in its content codings, each with the headers of its response.
//!
//! A request to a page then copies a map of headers and a reference to the bytes. A coding that does not make the content smaller has no variant, and
//! the plain bytes are sent in its place.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, ETAG, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue};
use ring::digest::{SHA256, digest};

use super::coding::{Coding, compress};

/// One content: its plain bytes, and its compressed variants where they are smaller.
#[derive(Clone, Debug)]
pub(super) struct Encodings {
    /// A digest of the plain bytes, for entity tags, paths and event ids.
    pub(super) fingerprint: String,
    plain: Variant,
    gzip: Option<Variant>,
    brotli: Option<Variant>,
}

/// The bytes of one content coding.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub(super) body: Bytes,
    /// The strong entity tag, in quotes.
    pub(super) tag: HeaderValue,
    /// All headers of a 200.
    pub(super) headers: HeaderMap,
}

impl Encodings {
    /// Compresses a content. `common` are the headers that all its variants have.
    pub(super) fn new(bytes: Bytes, common: HeaderMap) -> Self {
        let common = of_any_coding(common);
        let fingerprint = fingerprint(&bytes);
        let variant = |coding, body| Variant::new(&common, &fingerprint, coding, body);
        let compressed = |coding| compress(coding, &bytes).map(|body| variant(coding, body));
        Self {
            gzip: compressed(Coding::Gzip),
            brotli: compressed(Coding::Brotli),
            plain: variant(Coding::Identity, bytes.clone()),
            fingerprint,
        }
    }

    /// Returns the same bytes with one header added or replaced.
    pub(super) fn with(&self, name: HeaderName, header: &HeaderValue) -> Self {
        let mut changed = self.clone();
        let variants = [
            Some(&mut changed.plain),
            changed.gzip.as_mut(),
            changed.brotli.as_mut(),
        ];
        for variant in variants.into_iter().flatten() {
            variant.headers.insert(name.clone(), header.clone());
        }
        changed
    }

    /// Returns the variant in `coding`, or the plain bytes without one.
    pub(super) fn variant(&self, coding: Coding) -> &Variant {
        match coding {
            Coding::Identity => None,
            Coding::Gzip => self.gzip.as_ref(),
            Coding::Brotli => self.brotli.as_ref(),
        }
        .unwrap_or(&self.plain)
    }
}

impl Variant {
    /// `fingerprint` is that of the plain bytes; the coding's name makes it a tag of these bytes.
    pub(super) fn new(common: &HeaderMap, fingerprint: &str, coding: Coding, body: Bytes) -> Self {
        let mut headers = common.clone();
        // A strong tag names the bytes, so each coding needs its own: RFC 9110, section 8.8.3.
        let (dash, name) = coding.name().map_or(("", ""), |name| ("-", name));
        let tag = value(&format!("\"{fingerprint}{dash}{name}\""));
        headers.insert(ETAG, tag.clone());
        if !name.is_empty() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        Self { body, tag, headers }
    }
}

/// Adds the headers of each response that has several content codings.
pub(super) fn of_any_coding(mut headers: HeaderMap) -> HeaderMap {
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
}

/// 128 bits of the SHA-256 in base64url, which needs no escaping in a path or a header.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    BASE64_URL_SAFE_NO_PAD.encode(digest.as_ref().first_chunk::<16>().unwrap_or(&[0; 16]))
}

/// Returns a header value. `text` is made by this module and is printable ASCII.
pub(super) fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
