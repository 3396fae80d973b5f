//! Event streams: the latest fragment, for as many subscribers as the limits allow.

use std::time::Duration;

use http::{Method, Request};
use http_body_util::BodyExt as _;
use masthead::Layout;
use masthead::web::{Body, Service};
use tower_service::Service as _;

use super::{full, get, header, noon, publish, request, text};

/// Returns the next chunk, or `None` at the end of the stream.
async fn next(body: &mut Body) -> Option<String> {
    let frame = body.frame().await?.unwrap().into_data().unwrap();
    Some(String::from_utf8(frame.to_vec()).unwrap())
}

/// Checks the first chunk, `retry`, and returns the first event.
async fn begin(body: &mut Body) -> String {
    let retry = next(body).await.unwrap();
    let retry = retry.strip_prefix("retry: ").unwrap().trim_end();
    assert!(
        (3_000..10_000).contains(&retry.parse::<u32>().unwrap()),
        "{retry}"
    );
    next(body).await.unwrap()
}

/// Returns a chunk that is available without waiting.
async fn pending(body: &mut Body) -> Option<String> {
    tokio::time::timeout(Duration::ZERO, next(body))
        .await
        .ok()?
}

fn open(service: &Service, headers: &[(&str, &str)]) -> http::Response<Body> {
    service.answer(&request("/strip/events?lang=ru", headers))
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_the_current_fragment_and_each_change() {
    let hosts = noon();
    let (ticker, service) = full(&hosts).await;
    let answer = open(&service, &[]);
    assert_eq!(header(&answer, "content-type"), "text/event-stream");
    assert_eq!(
        (
            header(&answer, "cache-control"),
            header(&answer, "access-control-allow-origin")
        ),
        ("no-store", "*")
    );
    let mut body = answer.into_body();
    let first = begin(&mut body).await;
    let page = get(&service, "/strip/ru.html");
    let id = header(&page, "etag").trim_matches('"').to_owned();
    assert_eq!(first, format!("id: {id}\ndata: {}\n\n", text(&page)));

    publish(&hosts, &ticker, "475.10").await;
    let second = next(&mut body).await.unwrap();
    assert!(
        second.starts_with("id: ") && second.contains("475.10"),
        "{second}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_client_gets_the_latest_event_only() {
    let hosts = noon();
    let (ticker, service) = full(&hosts).await;
    let mut body = open(&service, &[]).into_body();
    begin(&mut body).await;
    for dollar in ["475.10", "475.11", "475.12"] {
        publish(&hosts, &ticker, dollar).await;
    }
    let event = next(&mut body).await.unwrap();
    assert!(
        event.contains("475.12") && !event.contains("475.11"),
        "{event}"
    );
    assert_eq!(pending(&mut body).await, None, "no other event");
}

#[tokio::test(start_paused = true)]
async fn a_reconnecting_client_is_not_sent_the_event_it_has() {
    let hosts = noon();
    let (_, service) = full(&hosts).await;
    let page = get(&service, "/strip/ru.html");
    let id = header(&page, "etag").trim_matches('"').to_owned();
    let mut body = open(&service, &[("last-event-id", &id)]).into_body();
    assert!(next(&mut body).await.unwrap().starts_with("retry: "));
    assert_eq!(pending(&mut body).await, None);
    let mut body = open(&service, &[("last-event-id", "unknown")]).into_body();
    assert!(begin(&mut body).await.contains(&id));
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_sends_heartbeats_and_ends_in_time() {
    let hosts = noon();
    let (_, service) = full(&hosts).await;
    let began = tokio::time::Instant::now();
    let mut body = open(&service, &[]).into_body();
    begin(&mut body).await;
    let (mut heartbeats, mut events) = (0, 0);
    while let Some(sent) = next(&mut body).await {
        if sent == ":\n\n" {
            heartbeats += 1;
        } else {
            assert!(sent.starts_with("id: "), "{sent}");
            events += 1;
        }
    }
    let lived = began.elapsed();
    assert!(
        (Duration::from_secs(20 * 60)..Duration::from_secs(41 * 60)).contains(&lived),
        "{lived:?}"
    );
    // Ages in words change once a minute. At least every 25 s there is an event or a heartbeat.
    let minutes = lived.as_secs() / 60;
    assert!(
        events >= minutes - 1 && events <= minutes + 1,
        "{events} events in {minutes} minutes"
    );
    assert!(
        heartbeats + events + 2 >= lived.as_secs() / 25,
        "{heartbeats} heartbeats"
    );
}

#[tokio::test(start_paused = true)]
async fn above_the_limits_a_client_gets_503_with_retry_after() {
    let hosts = noon();
    let (ticker, _) = full(&hosts).await;
    let service = ticker
        .service(Layout::line())
        .at("/strip")
        .readers(3, 2)
        .peer(|request| {
            request
                .headers
                .get("x-real-ip")?
                .to_str()
                .ok()?
                .parse()
                .ok()
        })
        .build()
        .unwrap();
    let at = |address| open(&service, &[("x-real-ip", address)]);
    let (first, second) = (at("192.0.2.1"), at("192.0.2.1"));
    assert_eq!(
        (first.status(), second.status()),
        (http::StatusCode::OK, http::StatusCode::OK)
    );
    let third = at("192.0.2.1");
    assert_eq!(third.status(), 503, "two from one address");
    let wait: u32 = header(&third, "retry-after").parse().unwrap();
    assert!((60..180).contains(&wait));
    let third = at("192.0.2.2");
    assert_eq!(
        (third.status().as_u16(), at("192.0.2.3").status().as_u16()),
        (200, 503),
        "three in total"
    );
    drop(first);
    assert_eq!(at("192.0.2.1").status(), 200, "a dropped stream makes room");
}

#[tokio::test(start_paused = true)]
async fn the_tower_service_answers_pages_and_streams() {
    let hosts = noon();
    let (ticker, mut service) = full(&hosts).await;
    let call = |path: &str| Request::get(path).body("an unread body").unwrap();
    let page = service.call(call("/strip/kk.html")).await.unwrap();
    let whole = page.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(whole, get(&service, "/strip/kk.html").into_body());
    let mut stream = service
        .call(call("/strip/events?lang=kk"))
        .await
        .unwrap()
        .into_body();
    begin(&mut stream).await;
    publish(&hosts, &ticker, "475.10").await;
    assert!(next(&mut stream).await.unwrap().contains("475.10"));

    // A complete body is one event, after which the client returns.
    let once = get(&service, "/strip/events?lang=kk");
    assert!(text(&once).starts_with("retry: ") && text(&once).ends_with("\n\n"));
    let mut head = request("/strip/events", &[]);
    head.method = Method::HEAD;
    assert!(
        service.answer(&head).into_body().frame().await.is_none(),
        "HEAD has no stream"
    );
}
