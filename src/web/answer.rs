//! Answers, with their headers. Nothing of a request is repeated in one.

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
use super::events::Events;
use super::packed::Variant;
use super::page::Page;
use crate::snapshot::Freshness;
use crate::ticker::Health;

const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// A page. `negotiated` says that its language was chosen by the request's headers.
pub(super) fn page(request: &Parts, page: &Page, negotiated: bool) -> Response<Bytes> {
    let variant = page.packed.variant(Coding::accepted(&request.headers));
    let mut response = conditional(request, variant, Some(page.modified));
    if negotiated {
        let vary = HeaderValue::from_static("accept-encoding, accept-language");
        response.headers_mut().insert(VARY, vary);
    }
    response
}

/// A static file. `kept` says that it was asked for by its content.
pub(super) fn asset(request: &Parts, asset: &Asset, kept: bool) -> Response<Bytes> {
    let variant = asset.packed.variant(Coding::accepted(&request.headers));
    let mut response = conditional(request, variant, None);
    let kept = HeaderValue::from_static(if kept {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600, stale-while-revalidate=86400"
    });
    response.headers_mut().insert(CACHE_CONTROL, kept);
    response
}

/// The bytes of a variant, or that the reader has them, by
/// [RFC 9110, section 13.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2).
fn conditional(
    request: &Parts,
    variant: &Variant,
    modified: Option<SystemTime>,
) -> Response<Bytes> {
    let headers = variant.headers.clone();
    let mut response = Response::new(Bytes::new());
    if has(&request.headers, &variant.tag, modified) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.headers_mut() = headers;
        // Of a body that is not sent.
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().remove(CONTENT_ENCODING);
    } else {
        *response.headers_mut() = headers;
        *response.body_mut() = variant.body.clone();
    }
    response
}

/// Whether the reader has what it asks for. A date counts only where no tag is sent.
fn has(headers: &HeaderMap, tag: &HeaderValue, modified: Option<SystemTime>) -> bool {
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
    // A date of HTTP is of whole seconds.
    since.zip(modified).is_some_and(|(since, modified)| {
        modified < since.checked_add(Duration::from_secs(1)).unwrap_or(since)
    })
}

/// The tags for the head of a page.
pub(super) fn head(tags: &str) -> Response<Bytes> {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response = whole(
        StatusCode::OK,
        html,
        Bytes::copy_from_slice(tags.as_bytes()),
    );
    let kept = HeaderValue::from_static("public, max-age=60, stale-while-revalidate=86400");
    response.headers_mut().insert(CACHE_CONTROL, kept);
    response
}

/// How the ticker is; 503 when something shown is stale or missing.
pub(super) fn health(health: &Health) -> Response<Bytes> {
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
    match serde_json::to_vec(health) {
        Ok(body) => whole(status, json, Bytes::from(body)),
        Err(_) => whole(
            StatusCode::INTERNAL_SERVER_ERROR,
            PLAIN,
            Bytes::from_static(b"the report cannot be written\n"),
        ),
    }
}

/// A stream of events. Proxies that hold answers back until they are whole are told not to.
pub(super) fn events(events: Events) -> Response<Body> {
    event_stream(Body::events(events))
}

/// Events that are sent at once.
pub(super) fn event(event: Bytes) -> Response<Bytes> {
    event_stream(event)
}

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

/// Every place for a reader of events is taken.
pub(super) fn full() -> Response<Bytes> {
    let text = Bytes::from_static(b"too many readers of events\n");
    let mut response = whole(StatusCode::SERVICE_UNAVAILABLE, PLAIN, text);
    let headers = response.headers_mut();
    // By chance, so that those who are sent away together do not come back together.
    headers.insert(RETRY_AFTER, HeaderValue::from(fastrand::u32(60..180)));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

pub(super) fn not_found() -> Response<Bytes> {
    whole(
        StatusCode::NOT_FOUND,
        PLAIN,
        Bytes::from_static(b"not found\n"),
    )
}

pub(super) fn not_allowed() -> Response<Bytes> {
    let text = Bytes::from_static(b"GET or HEAD\n");
    let mut response = whole(StatusCode::METHOD_NOT_ALLOWED, PLAIN, text);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// An answer to HEAD: that to GET, without its body, whose length it tells.
pub(super) fn without_body(response: Response<Bytes>) -> Response<Bytes> {
    let (mut head, body) = response.into_parts();
    if head.status != StatusCode::NOT_MODIFIED {
        head.headers
            .insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    Response::from_parts(head, Bytes::new())
}

fn whole(status: StatusCode, media_type: HeaderValue, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type);
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
