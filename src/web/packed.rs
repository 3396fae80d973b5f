//! The bytes of an answer, packed and not, with the headers that go with them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, ETAG, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue};
use ring::digest::{SHA256, digest};

use super::coding::{Coding, pack};

/// One content in each coding that is worth it.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    /// What the content is known by.
    pub(super) fingerprint: String,
    plain: Variant,
    gzip: Option<Variant>,
    brotli: Option<Variant>,
}

/// The bytes in one coding.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub(super) body: Bytes,
    pub(super) tag: HeaderValue,
    /// All of an answer of 200.
    pub(super) headers: HeaderMap,
}

impl Packed {
    /// A content, with the headers that are the same in every coding.
    pub(super) fn new(bytes: Bytes, mut common: HeaderMap) -> Self {
        common.insert(VARY, HeaderValue::from_static("accept-encoding"));
        common.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let fingerprint = fingerprint(&bytes);
        let variant = |coding, body| Variant::new(&common, &fingerprint, coding, body);
        let packed = |coding| pack(coding, &bytes).map(|body| variant(coding, body));
        Self {
            gzip: packed(Coding::Gzip),
            brotli: packed(Coding::Brotli),
            plain: variant(Coding::Identity, bytes.clone()),
            fingerprint,
        }
    }

    /// The same bytes with one more header, or another in its place.
    pub(super) fn with(&self, name: HeaderName, header: &HeaderValue) -> Self {
        let mut packed = self.clone();
        let variants = [
            Some(&mut packed.plain),
            packed.gzip.as_mut(),
            packed.brotli.as_mut(),
        ];
        for variant in variants.into_iter().flatten() {
            variant.headers.insert(name.clone(), header.clone());
        }
        packed
    }

    /// The variant that a reader can unpack.
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
    fn new(common: &HeaderMap, fingerprint: &str, coding: Coding, body: Bytes) -> Self {
        let mut headers = common.clone();
        // The same content in other bytes has another tag.
        let (dash, name) = coding.name().map_or(("", ""), |name| ("-", name));
        let tag = value(&format!("\"{fingerprint}{dash}{name}\""));
        headers.insert(ETAG, tag.clone());
        if !name.is_empty() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        Self { body, tag, headers }
    }
}

/// 128 bits of the SHA-256, in letters that a path and a header take.
fn fingerprint(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    BASE64_URL_SAFE_NO_PAD.encode(digest.as_ref().first_chunk::<16>().unwrap_or(&[0; 16]))
}

/// A header's value of text of ours, which is printable ASCII.
pub(super) fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
