//! Responses and their headers. No response repeats any part of its request, but that [`refused`] names a parameter.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH,
    CONTENT_TYPE, IF_MODIFIED_SINCE, IF_NONE_MATCH, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::Asset;
use super::body::Body;
use super::coding::Coding;
use super::compressed::Compressed;
use super::encodings::{Variant, fingerprint, of_any_coding};
use super::events::Events;
use super::health::Summary;
use super::page::Page;
use super::query::Format;
use super::refused::Refused;
use crate::snapshot::Freshness;
use crate::ticker::Health;

const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Responds with a page. `negotiated`: its language was chosen by `Accept-Language`, which `Vary` then names.
pub(super) fn page(request: &Parts, page: &Page, negotiated: bool) -> Response<Bytes> {
    let variant = page.encodings.variant(Coding::accepted(&request.headers));
    let mut response = conditional(request, variant, Some(page.modified));
    if negotiated {
        let vary = HeaderValue::from_static("accept-encoding, accept-language");
        response.headers_mut().insert(VARY, vary);
    }
    response
}

/// Responds with a static file. `immutable`: the path contains the digest of the content, so that a browser may keep it for a year.
pub(super) fn asset(request: &Parts, asset: &Asset, immutable: bool) -> Response<Bytes> {
    let variant = asset.encodings.variant(Coding::accepted(&request.headers));
    let mut response = conditional(request, variant, None);
    let caching = HeaderValue::from_static(if immutable {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600, stale-while-revalidate=86400"
    });
    response.headers_mut().insert(CACHE_CONTROL, caching);
    response
}

/// Responds with a document that was made for the request. It is compressed only if the client does not have it already.
pub(super) fn document(
    request: &Parts,
    plain: Bytes,
    headers: HeaderMap,
    compressed: &Compressed,
) -> Response<Bytes> {
    let headers = of_any_coding(headers);
    let (coding, fingerprint) = (Coding::accepted(&request.headers), fingerprint(&plain));
    let variant = |coding, body| Variant::new(&headers, &fingerprint, coding, body);
    let tagged = variant(coding, Bytes::new());
    let variant = if is_unchanged(&request.headers, &tagged.tag, None) {
        tagged
    } else {
        match compressed.body(&plain, &fingerprint, coding) {
            Some(body) => variant(coding, body),
            None => variant(Coding::Identity, plain),
        }
    };
    conditional(request, &variant, None)
}

/// Refuses a request for the rates of a pair: in JSON, or in text for a table.
pub(super) fn refused(refused: &Refused, format: Format) -> Response<Bytes> {
    let (media_type, body) = match format {
        Format::Json => (HeaderValue::from_static("application/json"), refused.json()),
        Format::Csv | Format::Svg => (PLAIN, format!("{refused}\n").into_bytes()),
    };
    let mut response = complete(refused.status(), media_type, Bytes::from(body));
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Responds with a variant, or with 304 if the client has it already. The order of the two conditions is that of
/// [RFC 9110, section 13.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2).
///
/// `modified` is `None` for assets, whose content never changes while the process runs.
fn conditional(
    request: &Parts,
    variant: &Variant,
    modified: Option<SystemTime>,
) -> Response<Bytes> {
    let headers = variant.headers.clone();
    let mut response = Response::new(Bytes::new());
    if is_unchanged(&request.headers, &variant.tag, modified) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.headers_mut() = headers;
        // These two describe a body, and a 304 has none.
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().remove(CONTENT_ENCODING);
    } else {
        *response.headers_mut() = headers;
        *response.body_mut() = variant.body.clone();
    }
    response
}

/// Whether the client already has the variant with this `tag`. `If-Modified-Since` counts only without an `If-None-Match`.
pub(super) fn is_unchanged(
    headers: &HeaderMap,
    tag: &HeaderValue,
    modified: Option<SystemTime>,
) -> bool {
    if headers.contains_key(IF_NONE_MATCH) {
        let tags = headers.get_all(IF_NONE_MATCH).iter();
        return tags
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .any(|known| {
                known == b"*" || known.strip_prefix(b"W/").unwrap_or(known) == tag.as_bytes()
            });
    }
    let since = headers.get(IF_MODIFIED_SINCE);
    let since = since.and_then(|value| httpdate::parse_http_date(value.to_str().ok()?).ok());
    // An HTTP date has whole seconds.
    since.zip(modified).is_some_and(|(since, modified)| {
        modified < since.checked_add(Duration::from_secs(1)).unwrap_or(since)
    })
}

/// Responds with the two tags for the `<head>` of a page.
pub(super) fn head(tags: &str) -> Response<Bytes> {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response = complete(
        StatusCode::OK,
        html,
        Bytes::copy_from_slice(tags.as_bytes()),
    );
    let caching = HeaderValue::from_static("public, max-age=60, stale-while-revalidate=86400");
    response.headers_mut().insert(CACHE_CONTROL, caching);
    response
}

/// Responds with the ticker's health as JSON; with 503 if an item is stale or absent. Only with `details` it has names and texts of errors.
pub(super) fn health(health: &Health, details: bool) -> Response<Bytes> {
    let is_stale = health
        .items
        .iter()
        .any(|item| item.freshness >= Freshness::Stale);
    let status = if is_stale {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    let json = HeaderValue::from_static("application/json");
    let report = if details {
        serde_json::to_vec(health)
    } else {
        serde_json::to_vec(&Summary::of(health))
    };
    match report {
        Ok(body) => complete(status, json, Bytes::from(body)),
        Err(_) => complete(
            StatusCode::INTERNAL_SERVER_ERROR,
            PLAIN,
            Bytes::from_static(b"the report cannot be written\n"),
        ),
    }
}

/// Responds with a stream of events.
pub(super) fn events(events: Events) -> Response<Body> {
    event_stream(Body::events(events))
}

/// Responds with a single event, which completes the body.
pub(super) fn event(event: Bytes) -> Response<Bytes> {
    event_stream(event)
}

/// A 200 with the headers of events. `x-accel-buffering` makes nginx pass each event on instead of collecting them.
fn event_stream<B>(body: B) -> Response<B> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Refuses an event stream because a limit is reached.
pub(super) fn too_many_subscribers() -> Response<Bytes> {
    let text = Bytes::from_static(b"too many readers of events\n");
    let mut response = complete(StatusCode::SERVICE_UNAVAILABLE, PLAIN, text);
    let headers = response.headers_mut();
    // Random, so that clients refused together do not return together.
    headers.insert(RETRY_AFTER, HeaderValue::from(fastrand::u32(60..180)));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// The path names no route, or a language that is not served.
pub(super) fn not_found() -> Response<Bytes> {
    complete(
        StatusCode::NOT_FOUND,
        PLAIN,
        Bytes::from_static(b"not found\n"),
    )
}

/// The method is neither GET nor HEAD.
pub(super) fn not_allowed() -> Response<Bytes> {
    let text = Bytes::from_static(b"GET or HEAD\n");
    let mut response = complete(StatusCode::METHOD_NOT_ALLOWED, PLAIN, text);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// The response to HEAD: that to GET without its body. `Content-Length` is the body's length.
pub(super) fn without_body(response: Response<Bytes>) -> Response<Bytes> {
    let (mut head, body) = response.into_parts();
    if head.status != StatusCode::NOT_MODIFIED {
        head.headers
            .insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    Response::from_parts(head, Bytes::new())
}

/// A complete response that must not be cached, unless the caller replaces `Cache-Control`.
fn complete(status: StatusCode, media_type: HeaderValue, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type);
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
