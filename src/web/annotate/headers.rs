//! The headers of pages that are annotated.
//!
//! An annotated page has other bytes than the ones that the service below described, and changes at other times: with a correction of the rates.
//!
//! | header | becomes |
//! |---|---|
//! | `etag` | a digest of the bytes that are sent, also where no amount was annotated; weak if it was weak; absent if it was absent |
//! | `last-modified`, `accept-ranges` | removed |
//! | `content-length` | that of the bytes that are sent |
//! | digests of the body | removed if the bytes changed |

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED,
    TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderValue};

use super::super::encodings::{fingerprint, value};

/// Digests of a body.
const DIGESTS: [HeaderName; 4] = [
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("content-md5"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("repr-digest"),
];

/// Whether a body is HTML in UTF-8 and not compressed.
pub(super) fn is_plain_html(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).map(HeaderValue::to_str);
    let Some(Ok(media_type)) = media_type else {
        return false;
    };
    let mut parts = media_type.split(';').map(str::trim);
    let is_html = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("text/html"));
    let is_utf8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, charset)) if name.eq_ignore_ascii_case("charset") => {
            let charset = charset.trim_matches('"');
            ["utf-8", "utf8"]
                .iter()
                .any(|utf8| charset.eq_ignore_ascii_case(utf8))
        }
        _ => true,
    };
    is_html && parts.all(is_utf8) && !headers.contains_key(CONTENT_ENCODING)
}

/// Describes the page that is sent in place of the one that the headers were made for. Returns the opaque tag if there was one.
pub(super) fn describe(
    headers: &mut HeaderMap,
    page: &Bytes,
    is_changed: bool,
) -> Option<HeaderValue> {
    forget_state(headers);
    headers.remove(TRANSFER_ENCODING);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(page.len()));
    if is_changed {
        forget_digests(headers);
    }
    let is_weak = headers.get(ETAG)?.as_bytes().starts_with(b"W/");
    let opaque = format!("\"{}\"", fingerprint(page));
    let weak = if is_weak { "W/" } else { "" };
    headers.insert(ETAG, value(&format!("{weak}{opaque}")));
    Some(value(&opaque))
}

/// Removes what cannot be known without the page: the response to HEAD of a service that makes no body then.
pub(super) fn forget(headers: &mut HeaderMap) {
    forget_state(headers);
    forget_digests(headers);
    headers.remove(CONTENT_LENGTH);
    headers.remove(ETAG);
}

/// The time of the article's last change is not that of its rates, and parts of the page are not parts of the annotated one.
fn forget_state(headers: &mut HeaderMap) {
    headers.remove(LAST_MODIFIED);
    headers.remove(ACCEPT_RANGES);
}

fn forget_digests(headers: &mut HeaderMap) {
    for name in DIGESTS {
        headers.remove(name);
    }
}
