//! The layer that annotates articles: entity tags, conditions, HEAD.

use http::{HeaderMap, Request};
use masthead::web::AnnotateLayer;

use super::annotate::{Frames, call, get, known, layer, marked, page, read};
use super::{header, publish};
use crate::fake_hosts::{FRANKFURTER, MET, status};

#[tokio::test]
async fn an_entity_tag_is_that_of_the_page_as_it_is_sent() {
    let (ticker, hosts, _folder) = known();
    let layer = AnnotateLayer::new(&ticker);
    let state = [
        ("etag", "\"a\""),
        ("last-modified", "Thu, 02 Apr 2026 07:00:00 GMT"),
        ("accept-ranges", "bytes"),
        ("content-digest", "x"),
        ("repr-digest", "x"),
        ("cache-control", "max-age=60"),
    ];
    let first = get(&layer, page(&state)).await;
    let tag = header(&first, "etag").to_owned();
    assert!(tag.starts_with('"') && tag != "\"a\"", "{tag}");
    for gone in [
        "last-modified",
        "accept-ranges",
        "content-digest",
        "repr-digest",
    ] {
        assert!(!first.headers().contains_key(gone), "{gone}");
    }
    let weak = get(&layer, page(&[("etag", "W/\"a\"")])).await;
    assert_eq!(header(&weak, "etag"), format!("W/{tag}"));

    let conditional = async |tag: &str| {
        let request = Request::get("/").header("if-none-match", tag);
        read(call(&layer, request.body(()).unwrap(), page(&state)).await).await
    };
    for known in [&*tag, &format!("\"b\", W/{tag}"), "*"] {
        let unchanged = conditional(known).await;
        assert_eq!(
            (unchanged.status().as_u16(), &**unchanged.body()),
            (304, "")
        );
        assert_eq!(header(&unchanged, "etag"), tag);
        assert_eq!(header(&unchanged, "cache-control"), "max-age=60");
        for gone in ["content-type", "content-length"] {
            assert!(!unchanged.headers().contains_key(gone), "{gone}");
        }
    }
    assert_eq!(conditional("\"a\"").await.status(), 200);
    let posted = Request::post("/")
        .header("if-none-match", &*tag)
        .body(())
        .unwrap();
    let posted = read(call(&layer, posted, page(&state)).await).await;
    assert_eq!(posted.status(), 200);

    // The bank corrects the day's dollar.
    hosts.on(FRANKFURTER, status(503)).on(MET, status(503));
    publish(&hosts, &ticker, "477.09").await;
    let corrected = conditional(&tag).await;
    assert_eq!(corrected.status(), 200);
    assert_ne!(header(&corrected, "etag"), tag);
    assert_ne!(corrected.body(), first.body());
}

#[tokio::test]
async fn a_head_request_gets_the_headers_of_get_or_fewer() {
    let layer = layer();
    let state = [
        ("etag", "\"a\""),
        ("last-modified", "x"),
        ("content-length", "81"),
    ];
    let head = || Request::head("/").body(()).unwrap();
    let same = call(&layer, head(), page(&state)).await;
    assert_eq!(same.headers(), get(&layer, page(&state)).await.headers());

    let html = ("content-type", "text/html");
    let empty = marked(&[&[html], &state[..]].concat(), Frames::default());
    let fewer = read(call(&layer, head(), empty).await).await;
    assert_eq!(
        fewer.headers(),
        &HeaderMap::from_iter([(http::header::CONTENT_TYPE, html.1.parse().unwrap())])
    );
}
