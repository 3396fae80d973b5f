//! HTTP responses: every route, with data and without, to well-behaved and hostile clients.

#[cfg(feature = "annotate")]
mod annotate;
#[cfg(feature = "annotate")]
mod annotate_caching;
mod answers;
mod caching;
mod events;
mod health;
mod history;
mod history_caching;
mod history_requests;
mod injection;
mod sparklines;

use bytes::Bytes;
use chrono::TimeDelta;
use http::request::Parts;
use http::{Request, Response};
use masthead::money::Pair;
use masthead::weather::{City, Coordinates};
use masthead::web::{InvalidService, Service};
use masthead::{Layout, Ticker};

use crate::fake_hosts::{FakeHosts, MET, NEWEST, OF_DAY, bank, met, ok};

const FORMS: [(&str, &str); 5] = [
    ("html", "text/html; charset=utf-8"),
    ("live.html", "text/html; charset=utf-8"),
    ("json", "application/json"),
    ("txt", "text/plain; charset=utf-8"),
    ("svg", "image/svg+xml"),
];

/// Noon in Astana; every source answers.
fn noon() -> FakeHosts {
    let hosts = FakeHosts::at("2026-04-02T07:00:00Z");
    hosts
        .on(OF_DAY, ok(bank("2026-04-02", "475.09")))
        .on(NEWEST, ok(bank("2026-04-02", "475.09")))
        .on(MET, ok(met("2026-04-02T07:00:00Z", "7.5")));
    hosts
}

/// Returns a ticker whose refresh was complete, and its service at `/strip`.
async fn full(hosts: &FakeHosts) -> (Ticker, Service) {
    let ticker = hosts.ticker().build().unwrap();
    let report = ticker.refresh(hosts.now()).await;
    assert!(report.is_complete(), "{report}");
    let service = ticker.service(Layout::line()).at("/strip").build().unwrap();
    (ticker, service)
}

/// Publishes a corrected dollar half an hour later: the ticker requests a bank no more often.
async fn publish(hosts: &FakeHosts, ticker: &Ticker, dollar: &str) {
    let page = bank("2026-04-02", dollar);
    hosts.on(OF_DAY, ok(page.clone())).on(NEWEST, ok(page));
    hosts.move_clock(TimeDelta::minutes(31));
    ticker.refresh(hosts.now()).await;
}

fn request(path: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn get(service: &Service, path: &str) -> Response<Bytes> {
    service.respond(&request(path, &[]))
}

#[track_caller]
fn header<'a, B>(response: &'a Response<B>, name: &str) -> &'a str {
    match response.headers().get(name) {
        Some(value) => value.to_str().unwrap(),
        None => "",
    }
}

#[track_caller]
fn text(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

#[test]
fn a_layout_shows_only_pairs_and_cities_that_are_kept() {
    let hosts = FakeHosts::at("2026-04-02T06:00:00Z");
    let kept = hosts.ticker().pairs([Pair::USD_KZT]).build().unwrap();
    let refusal = |layout: Layout| {
        kept.service(layout)
            .build()
            .err()
            .map(|error| error.to_string())
    };
    assert_eq!(refusal(Layout::line().rates([[Pair::USD_KZT]])), None);
    let said = "the layout shows EUR/KZT, which the ticker does not keep; see TickerBuilder::pairs";
    let euro = refusal(Layout::line().rates([[Pair::EUR_KZT]]));
    assert_eq!(euro.as_deref(), Some(said));

    // A city of the same id at another place.
    let astana = City::find("astana").unwrap();
    let place = Coordinates::new(43.0, 77.0).unwrap();
    let elsewhere = City::new("astana", "Astana", place, astana.zone()).unwrap();
    let layout = Layout::line().rates([[Pair::USD_KZT]]).cities([elsewhere]);
    let said = "the layout shows the weather of astana, and the ticker keeps a city of this id at another place; see TickerBuilder::cities";
    assert_eq!(refusal(layout).as_deref(), Some(said));

    let almaty = City::find("almaty").cloned();
    let layout = Layout::line().rates([[Pair::USD_KZT]]).cities(almaty);
    let said = "the layout shows the weather of almaty, which the ticker does not keep; see TickerBuilder::cities";
    assert_eq!(refusal(layout).as_deref(), Some(said));

    let foreign = hosts.ticker().shown_pairs(["USD/KGS".parse().unwrap()]);
    let error = foreign.build().unwrap_err().to_string();
    let said = "the pair USD/KGS is not one of the bank, whose currency is KZT";
    assert_eq!(error, said);
}

#[test]
fn a_service_is_mounted_at_a_path_alone() {
    let ticker = FakeHosts::at("2026-04-02T06:00:00Z")
        .ticker()
        .build()
        .unwrap();
    let at = |base: &str| ticker.service(Layout::line()).at(base).build();
    for (base, prefix) in [
        ("", "/"),
        ("/", "/"),
        ("//", "/"),
        ("strip", "/strip/"),
        ("/strip/", "/strip/"),
        ("/a/b-c_d.e~f", "/a/b-c_d.e~f/"),
        ("/%D2%9B", "/%D2%9B/"),
        ("/...", "/.../"),
        (
            "/.well-known/a:b@c!$()*+,;=",
            "/.well-known/a:b@c!$()*+,;=/",
        ),
    ] {
        let service = at(base).unwrap();
        let href = format!("href=\"{prefix}masthead.");
        let head = service.head();
        assert!(head.as_ref().contains(&href), "{base:?}: {head}");
        assert_eq!(get(&service, &format!("{prefix}en.html")).status(), 200);
    }
    for (base, fault) in [
        ("/a\"><script>", "the character '\"'"),
        ("/a'b", "the character '\\''"),
        ("/a&b", "the character '&'"),
        ("/a b", "the character ' '"),
        ("/a\\b", "the character '\\\\'"),
        ("/a?b", "the character '?'"),
        ("/a#b", "the character '#'"),
        ("/a\nb", "the character '\\n'"),
        ("/қ", "the character 'қ'"),
        ("/a%2", "the character '%'"),
        ("/a%g0", "the character '%'"),
        ("https://cdn.example.kz/strip", "an empty segment"),
        ("/a//b", "an empty segment"),
        ("/../x", "the segment \"..\""),
        ("/x/..", "the segment \"..\""),
        ("/.", "the segment \".\""),
        ("/%2e/x", "the segment \"%2e\""),
        ("/.%2E/x", "the segment \".%2E\""),
    ] {
        let error = at(base).unwrap_err();
        let said = format!(
            "invalid path {base:?} of the service: {fault}; expected a path such as /strip, of segments of "
        );
        assert!(matches!(error, InvalidService::Base { .. }), "{base:?}");
        assert!(error.to_string().starts_with(&said), "{error}");
    }
    let long = "/ x".repeat(100);
    assert!(at(&long).unwrap_err().to_string().len() < 400);
}
