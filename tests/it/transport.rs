//! The bundled transport: addresses, request headers, redirects.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use masthead::fetch::{
    HttpTransport, HttpTransportBuilder, InvalidTransport, Transport as _, TransportError,
    TransportErrorKind,
};

use crate::scripted_server::{Server, reply};

const CONTACT: &str = "news.example.kz; web@example.kz";
/// An address with a secret in its query.
pub(crate) const ADDRESS: &str = "https://bank.example/rss/rates.xml?apikey=s3cret";
pub(crate) const LIMIT: usize = 64 << 10;
/// The longest pause within a response.
pub(crate) const SILENCE: Duration = Duration::from_millis(150);
pub(crate) const TOTAL: Duration = Duration::from_millis(600);

#[tokio::test]
async fn a_request_goes_to_the_upstream_with_its_host_as_the_first_segment() {
    let server = Server::answering(reply("200 OK", &[], "fine"));
    for (upstream, address, path) in [
        ("", ADDRESS, "/bank.example/rss/rates.xml?apikey=s3cret"),
        ("/", "https://bank.example", "/bank.example/"),
        (
            "/mirror/",
            "https://a.example/b?c=%20d",
            "/mirror/a.example/b?c=%20d",
        ),
    ] {
        let transport = build(builder().upstream(server.url() + upstream));
        assert_eq!(body(transport.send(get(address)).await), "fine");
        assert_eq!(server.seen().last().unwrap().path, path);
    }
}

#[tokio::test]
async fn a_request_has_a_contact_and_no_referrer() {
    let server = Server::start(|request| match request.path.as_str() {
        "/bank.example/there" => reply("200 OK", &[], "fine"),
        _ => reply("302 Found", &[("Location", "/bank.example/there")], ""),
    });
    let mut request = get("https://bank.example/here?apikey=s3cret");
    let etag = "\"7\"".parse().unwrap();
    request.headers_mut().insert("if-none-match", etag);
    body(through(&server).send(request).await);
    assert_eq!(server.seen().len(), 2);
    for seen in server.seen() {
        let agent = format!("masthead/{} ({CONTACT})", env!("CARGO_PKG_VERSION"));
        assert_eq!(seen.method, "GET");
        assert_eq!(seen.header("user-agent"), Some(agent.as_str()));
        assert_eq!(seen.header("accept-encoding"), Some("gzip"));
        assert_eq!(seen.header("if-none-match"), Some("\"7\""));
        assert_eq!(seen.header("referer"), None);
    }
}

#[tokio::test]
async fn a_host_is_found_by_its_name() {
    let server = Server::answering(reply("200 OK", &[], "fine"));
    let transport = build(builder().upstream(format!("http://localhost:{}", server.port())));
    assert_eq!(body(transport.send(get(ADDRESS)).await), "fine");
}

#[tokio::test]
async fn a_redirect_to_another_host_is_the_response() {
    let elsewhere = Server::answering(reply("200 OK", &[], "stolen"));
    let server = Server::start({
        let locations = [
            elsewhere.url(),
            format!("http://localhost:{}", elsewhere.port()),
            "https://127.0.0.1/".into(),
        ];
        move |request| {
            let at: usize = request.path.rsplit('/').next().unwrap().parse().unwrap();
            reply("302 Found", &[("Location", &locations[at])], "moved")
        }
    });
    for at in 0..3 {
        let answer = through(&server)
            .send(get(&format!("https://bank.example/{at}")))
            .await;
        assert_eq!(answer.unwrap().status(), 302, "location {at}");
    }
    assert_eq!(server.seen().len(), 3);
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_redirect_within_the_host_is_followed_twice_at_most() {
    // `/3` redirects to `/2` and so on; `/0` is the end.
    let server = Server::start(|request| {
        match request
            .path
            .rsplit('/')
            .next()
            .unwrap()
            .parse::<u32>()
            .unwrap()
        {
            0 => reply("200 OK", &[], "the end"),
            left => reply(
                "301 Moved",
                &[("Location", &format!("/hop/{}", left - 1))],
                "moved",
            ),
        }
    });
    for (hops, status) in [(1, 200), (2, 200), (3, 301), (9, 301)] {
        let before = server.seen().len();
        let answer = through(&server)
            .send(get(&format!("https://bank.example/{hops}")))
            .await;
        assert_eq!(answer.unwrap().status(), status, "{hops} hops");
        assert_eq!(server.seen().len() - before, hops.min(2) + 1, "{hops} hops");
    }
}

#[tokio::test]
async fn any_status_is_a_response() {
    for status in [
        "203 Non-Authoritative",
        "304 Not Modified",
        "404 Not Found",
        "429 Slow Down",
        "503 Away",
    ] {
        let server = Server::answering(reply(status, &[("Retry-After", "120")], ""));
        let answer = ask(&server).await.unwrap();
        assert!(
            status.starts_with(answer.status().as_str()),
            "{status}: {answer:?}"
        );
        assert_eq!(answer.headers()["retry-after"], "120");
    }
}

#[tokio::test]
async fn only_https_is_requested() {
    let server = Server::answering(reply("200 OK", &[], "fine"));
    let plain = format!("{}/?apikey=s3cret", server.url());
    for transport in [build(builder()), through(&server)] {
        for address in [
            plain.as_str(),
            "/rss?apikey=s3cret",
            "ftp://bank.example/?apikey=s3cret",
        ] {
            assert_kind(
                transport.send(get(address)).await,
                TransportErrorKind::Refused,
            );
        }
    }
    assert!(server.seen().is_empty());
}

#[test]
fn a_contact_is_one_line_of_visible_ascii() {
    for contact in [
        "web@example.kz",
        "https://news.example.kz/contact",
        &"x".repeat(200),
    ] {
        assert!(HttpTransport::builder(contact).build().is_ok(), "{contact}");
    }
    for contact in [
        "",
        "  ",
        "two\nlines",
        "a\r\nX-Header: 1",
        "tab\there",
        "редакция",
        "a (b)",
        &"x".repeat(201),
    ] {
        let error = HttpTransport::builder(contact).build().expect_err(contact);
        assert!(
            matches!(error, InvalidTransport::Contact { .. }),
            "{contact:?}: {error}"
        );
        assert!(error.to_string().contains("1 to 200 characters"), "{error}");
    }
}

#[test]
fn an_upstream_is_an_http_address_with_a_host_and_without_a_query() {
    for url in [
        "http://127.0.0.1:8080",
        "https://mirror.example/a/b/",
        "http://[::1]:80",
    ] {
        assert!(builder().upstream(url).build().is_ok(), "{url}");
    }
    let scheme = "it does not begin with http:// or https://";
    for (url, fault) in [
        ("", scheme),
        ("mirror.example", scheme),
        ("/path", scheme),
        ("ftp://mirror.example", scheme),
        ("file:///etc", scheme),
        ("http://", "it is not an address"),
        ("http://a b", "it is not an address"),
        ("http://mirror.example/?key=s3cret", "it has a query"),
        ("http://x?y=1", "it has a query"),
        ("http://x/#y", "it has a fragment"),
        ("http://user:s3cret@x", "it has a user or a password"),
    ] {
        let error = builder().upstream(url).build().expect_err(url);
        assert!(
            matches!(error, InvalidTransport::Upstream { .. }),
            "{url:?}: {error}"
        );
        assert!(
            error.to_string().contains(&format!(": {fault}; ")),
            "{error}"
        );
        assert_keeps_the_secret(&error);
    }
}

/// Checks whether such an upstream is accepted.
#[test]
fn the_password_of_an_upstream_does_not_appear() {
    let builder = builder().upstream("https://mirror:s3cret@mirror.example/");
    assert!(!format!("{builder:?}").contains("s3cret"), "{builder:?}");
    match builder.build() {
        Ok(transport) => assert!(
            !format!("{transport:?}").contains("s3cret"),
            "{transport:?}"
        ),
        Err(error) => assert_keeps_the_secret(&error),
    }
}

pub(crate) fn builder() -> HttpTransportBuilder {
    HttpTransport::builder(CONTACT)
        .connect_timeout(TOTAL)
        .read_timeout(SILENCE)
        .timeout(TOTAL)
        .body_limit(LIMIT)
}

#[track_caller]
pub(crate) fn build(builder: HttpTransportBuilder) -> HttpTransport {
    builder.build().unwrap()
}

#[track_caller]
pub(crate) fn through(server: &Server) -> HttpTransport {
    build(builder().upstream(server.url()))
}

pub(crate) async fn ask(server: &Server) -> Result<Response<Bytes>, TransportError> {
    through(server).send(get(ADDRESS)).await
}

#[track_caller]
pub(crate) fn get(address: &str) -> Request<()> {
    Request::get(address).body(()).unwrap()
}

#[track_caller]
pub(crate) fn body(answer: Result<Response<Bytes>, TransportError>) -> String {
    String::from_utf8(answer.unwrap().into_body().into()).unwrap()
}

#[track_caller]
pub(crate) fn assert_kind(
    answer: Result<Response<Bytes>, TransportError>,
    kind: TransportErrorKind,
) {
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), kind, "{error:?}");
}

#[track_caller]
pub(crate) fn assert_keeps_the_secret(error: &(dyn Error + 'static)) {
    let chain = std::iter::successors(Some(error), |error| (*error).source());
    let told: String = chain.map(|error| format!("{error}\n{error:?}\n")).collect();
    assert!(
        !told.contains("s3cret") && !told.contains("apikey"),
        "{told}"
    );
}
