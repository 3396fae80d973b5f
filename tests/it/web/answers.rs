//! Each route: its body and its headers.

use std::io::Read as _;

use chrono::TimeDelta;
use http::Method;
use masthead::strip::Lang;
use masthead::web::Asset;
use masthead::{Layout, Strip};

use super::{FORMS, full, get, header, noon, request, text};
use crate::fake_hosts::{BANK, FRANKFURTER, FakeHosts, MET, status};

#[tokio::test(start_paused = true)]
async fn each_language_and_format_is_the_current_strip() {
    let hosts = noon();
    let (ticker, service) = full(&hosts).await;
    let snapshot = ticker.snapshot();
    for lang in Lang::ALL {
        let layout = Layout::line().lang(*lang);
        let strip = Strip::new(&snapshot, &layout, hosts.now());
        for (form, media_type) in FORMS {
            let answer = get(&service, &format!("/strip/{lang}.{form}"));
            assert_eq!(answer.status(), 200, "{lang}.{form}");
            assert_eq!(header(&answer, "content-type"), media_type);
            assert_eq!(header(&answer, "content-language"), lang.tag());
            assert_eq!(header(&answer, "vary"), "accept-encoding");
            assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
            assert!(header(&answer, "cache-control").starts_with("public, max-age=60, stale-"));
            let html = strip.html().to_string();
            let expected = match form {
                "html" => html,
                "live.html" => format!(
                    "<masthead-strip lang=\"{lang}\" src=\"/strip/{lang}.html\" events=\"/strip/events?lang={lang}\" \
                     pause=\"{}\" resume=\"{}\">{html}</masthead-strip>",
                    lang.pause(),
                    lang.resume()
                ),
                "json" => strip.json().to_string(),
                "txt" => format!("{}\n", strip.text()),
                _ => strip.svg().to_string(),
            };
            assert_eq!(text(&answer), expected, "{lang}.{form}");
        }
        assert_eq!(service.fragment(*lang).as_ref(), strip.html().to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn compressed_bodies_decompress_to_the_plain_one() {
    let hosts = noon();
    let (_, service) = full(&hosts).await;
    let paths = [
        "/strip/kk.html",
        "/strip/ru.json",
        "/strip/masthead.css",
        "/strip/masthead.js",
    ];
    for path in paths {
        let plain = get(&service, path);
        assert_eq!(header(&plain, "content-encoding"), "");
        let gzip = service.respond(&request(path, &[("accept-encoding", "gzip, deflate")]));
        assert_eq!(header(&gzip, "content-encoding"), "gzip");
        let mut decompressed = Vec::new();
        let mut reader = flate2::read::GzDecoder::new(&**gzip.body());
        reader.read_to_end(&mut decompressed).unwrap();
        assert_eq!(decompressed, **plain.body(), "{path}");
        let brotli = service.respond(&request(path, &[("accept-encoding", "gzip, deflate, br")]));
        assert_eq!(header(&brotli, "content-encoding"), "br");
        decompressed.clear();
        let mut reader = brotli::Decompressor::new(&**brotli.body(), 4096);
        reader.read_to_end(&mut decompressed).unwrap();
        assert_eq!(decompressed, **plain.body(), "{path}");
        assert!(brotli.body().len() <= gzip.body().len() && gzip.body().len() < plain.body().len());
        let tags = [&plain, &gzip, &brotli].map(|answer| header(answer, "etag"));
        assert!(
            tags[0] != tags[1] && tags[1] != tags[2],
            "each coding has its own tag: {tags:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_root_path_negotiates_the_language() {
    let hosts = noon();
    let (ticker, service) = full(&hosts).await;
    for (path, accepted, lang) in [
        ("/", "ru, en;q=0.8", "ru"),
        ("/strip", "kk-KZ", "kk"),
        ("/strip/", "de", "en"),
        ("/strip/", "", "en"),
    ] {
        let answer = service.respond(&request(path, &[("accept-language", accepted)]));
        assert_eq!(header(&answer, "content-language"), lang, "{accepted}");
        assert_eq!(header(&answer, "vary"), "accept-encoding, accept-language");
        assert!(text(&answer).contains(&format!("lang=\"{lang}\"")));
    }
    // Several lines are one list.
    let lines = [
        ("accept-language", "ru;q=0.5"),
        ("accept-language", "kk;q=0.9"),
    ];
    for path in ["/", "/events"] {
        let answer = service.respond(&request(path, &lines));
        assert!(text(&answer).contains("lang=\"kk\""), "{path}");
    }
    let service = ticker
        .service(Layout::line())
        .languages([Lang::Kk, Lang::Ru])
        .build()
        .unwrap();
    let answer = service.respond(&request("/", &[("accept-language", "zh, ru;q=0.1")]));
    assert_eq!(
        header(&answer, "content-language"),
        "ru",
        "among the served languages"
    );
    assert_eq!(get(&service, "/zh-Hans.html").status(), 404);
    assert_eq!(get(&service, "/en.html").status(), 200, "the layout's own");
    assert_eq!(get(&service, "/events?lang=zh-Hans").status(), 404);
    assert!(
        service
            .fragment(Lang::ZhHans)
            .as_ref()
            .contains(r#"lang="en""#)
    );
}

#[tokio::test(start_paused = true)]
async fn unknown_paths_are_404_and_other_methods_405() {
    let hosts = noon();
    let (_, service) = full(&hosts).await;
    for path in [
        "/strip/kk",
        "/strip/kk.",
        "/strip/kk.exe",
        "/strip/KK.html",
        "/strip/kz.html",
        "/strip/.html",
        "/strip//kk.html",
        "/strip/kk.html/",
        "/strip/../kk.html",
        "/strip/%6bk.html",
        "/stripkk.html",
        "/strips/kk.html",
        "/strip/masthead.svg",
        "/strip/masthead..css",
        "/strip/events/",
        "/strip/events?lang=%3Cscript%3E",
        "/strip/health/x",
        "/strip/<script>",
        "*",
    ] {
        let Ok(uri) = path.parse() else { continue };
        let mut parts = request("/", &[]);
        parts.uri = uri;
        let answer = service.respond(&parts);
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(
            (text(&answer), header(&answer, "cache-control")),
            ("not found\n", "no-store")
        );
    }
    for method in [
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::CONNECT,
    ] {
        let mut parts = request("/strip/kk.html", &[]);
        parts.method = method;
        let answer = service.respond(&parts);
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "allow")),
            (405, "GET, HEAD")
        );
        assert_eq!(text(&answer), "GET or HEAD\n");
    }
}

#[tokio::test(start_paused = true)]
async fn head_has_the_headers_of_get_and_no_body() {
    let hosts = noon();
    let (_, service) = full(&hosts).await;
    for path in [
        "/strip/kk.html",
        "/strip/",
        "/strip/masthead.css",
        "/strip/head.html",
        "/strip/none",
        "/strip/events",
    ] {
        let whole = get(&service, path);
        let mut parts = request(path, &[]);
        parts.method = Method::HEAD;
        let head = service.respond(&parts);
        assert_eq!(
            (head.status(), head.body().len()),
            (whole.status(), 0),
            "{path}"
        );
        if path != "/strip/events" {
            assert_eq!(
                header(&head, "content-length"),
                whole.body().len().to_string()
            );
        }
        assert_eq!(header(&head, "etag"), header(&whole, "etag"));
        assert_eq!(
            header(&head, "content-type"),
            header(&whole, "content-type")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn assets_are_cached_for_a_year_by_digest_and_for_an_hour_by_name() {
    let hosts = noon();
    let (_, service) = full(&hosts).await;
    let head = get(&service, "/strip/head.html");
    for (asset, name) in [
        (Asset::style(), "masthead.css"),
        (Asset::script(), "masthead.js"),
    ] {
        let kept = get(&service, &format!("/strip/{}", asset.path()));
        let named = get(&service, &format!("/strip/{name}"));
        assert_eq!((text(&kept), text(&named)), (asset.text(), asset.text()));
        assert_eq!(
            header(&kept, "cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert!(header(&named, "cache-control").starts_with("public, max-age=3600,"));
        assert!(
            text(&head).contains(&asset.tag("/strip")),
            "{}",
            text(&head)
        );
        let tag = header(&kept, "etag");
        let again = service.respond(&request(
            &format!("/strip/{name}"),
            &[("if-none-match", tag)],
        ));
        assert_eq!((again.status().as_u16(), again.body().len()), (304, 0));
        let other = get(
            &service,
            &format!("/strip/{}", asset.path().replacen('.', ".0", 1)),
        );
        assert_eq!(other.status(), 404, "another digest");
    }
    assert_eq!(service.head().as_ref(), text(&head));
}

#[tokio::test(start_paused = true)]
async fn without_data_every_route_answers_and_health_is_503() {
    let hosts = FakeHosts::at("2026-04-02T07:00:00Z");
    let service = hosts
        .ticker()
        .build()
        .unwrap()
        .service(Layout::line())
        .build()
        .unwrap();
    for lang in Lang::ALL {
        for (form, _) in FORMS {
            let answer = get(&service, &format!("/{lang}.{form}"));
            assert_eq!(answer.status(), 200, "{lang}.{form}");
            assert!(!answer.body().is_empty());
        }
        let html = get(&service, &format!("/{lang}.html"));
        assert_eq!(
            text(&html).matches(r#"data-freshness="absent""#).count(),
            5,
            "{html:?}"
        );
    }
    assert_eq!(get(&service, "/events").status(), 200);
    let health = get(&service, "/health");
    assert_eq!(
        (health.status().as_u16(), header(&health, "cache-control")),
        (503, "no-store")
    );
    assert!(text(&health).contains(r#""freshness":"absent""#));
    let (_, service) = full(&noon()).await;
    let health = get(&service, "/health");
    assert_eq!(health.status(), 200, "{}", text(&health));
    serde_json::from_slice::<serde_json::Value>(health.body()).unwrap();
}

#[tokio::test(start_paused = true)]
async fn after_all_sources_fail_each_route_shows_the_last_data_with_its_day() {
    let hosts = noon();
    let (ticker, service) = full(&hosts).await;
    for host in [BANK, FRANKFURTER, MET] {
        hosts.on(host, status(503));
    }
    hosts.move_clock(TimeDelta::days(3));
    let report = ticker.refresh(hosts.now()).await;
    assert!(
        report.entries.iter().all(|entry| !entry.is_good()),
        "{report}"
    );
    for lang in Lang::ALL {
        for (form, _) in FORMS {
            let answer = get(&service, &format!("/strip/{lang}.{form}"));
            assert_eq!(answer.status(), 200, "{lang}.{form}");
            assert!(
                text(&answer).contains("475.09"),
                "{lang}.{form}: {}",
                text(&answer)
            );
        }
        let html = get(&service, &format!("/strip/{lang}.html"));
        assert_eq!(
            text(&html).matches(r#"data-freshness="stale""#).count(),
            4,
            "{}",
            text(&html)
        );
        assert!(
            text(&html).contains(r#"<time datetime="2026-04-02">"#),
            "{}",
            text(&html)
        );
    }
    assert_eq!(get(&service, "/strip/events").status(), 200);
    assert_eq!(get(&service, "/strip/health").status(), 503);
}
