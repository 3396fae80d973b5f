//! Rules of HTTP/1.1 that hyper leaves to the application.

use std::time::SystemTime;

use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Method, Version};

/// Whether the request has a target of the form for its method, and one valid `Host`
/// ([RFC 9112, section 3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)). HTTP/1.0 needs no `Host`.
pub(super) fn is_valid(request: &Parts) -> bool {
    let is_authority = request.uri.scheme().is_none() && request.uri.authority().is_some();
    if is_authority != (request.method == Method::CONNECT) {
        return false;
    }
    let mut hosts = request.headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => request.version < Version::HTTP_11,
        (Some(host), None) => is_host(host),
        (Some(_), Some(_)) => false,
    }
}

/// Whether the value is a host with or without a port, or empty, which a client sends if its target has no host.
fn is_host(value: &HeaderValue) -> bool {
    if value.is_empty() {
        return true;
    }
    let authority = Authority::try_from(value.as_bytes());
    authority.is_ok_and(|authority| !authority.as_str().contains('@'))
}

/// Returns the value of `Date`. hyper keeps its own until the second after it has come, and so repeats it after the clock was set back.
pub(super) fn date(now: SystemTime) -> Option<HeaderValue> {
    // The format has no year before 1970 or after 9999.
    let is_possible = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .is_ok_and(|since| since.as_secs() < 253_402_300_800);
    let text = is_possible.then(|| httpdate::fmt_http_date(now))?;
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_date_follows_the_clock_both_ways() {
        let at = |seconds| date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        let text = |seconds| at(seconds).map(|date| date.to_str().unwrap().to_owned());
        let [earlier, later] = [
            "Thu, 02 Apr 2026 07:00:00 GMT",
            "Thu, 02 Apr 2026 07:00:01 GMT",
        ];
        for (seconds, expected) in [
            (1_775_113_200, earlier),
            (1_775_113_201, later),
            (1_775_113_200, earlier),
        ] {
            assert_eq!(text(seconds).as_deref(), Some(expected));
        }
        assert_eq!(at(253_402_300_800), None);
        assert_eq!(date(SystemTime::UNIX_EPOCH - Duration::from_secs(1)), None);
    }
}
