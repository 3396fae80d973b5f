//! Text from outside is escaped on every page, and no response repeats any part of its request.

use masthead::Layout;
use masthead::strip::{Lang, LanguageLink};
use masthead::weather::City;

use super::{FORMS, get, header, noon, request, text};
use crate::fake_hosts::{MET, met, ok};

/// Texts that break out of elements, attributes, scripts, comments and styles, or reorder a line.
const ATTACKS: [&str; 9] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</section></masthead-strip><iframe>",
    "--><!--",
    "]]><x/>",
    "javascript:alert(1)",
    "\u{202e}\u{2066}evil",
    "a\r\nset-cookie: x=1\r\n\r\ndata: y\u{0}\u{b}",
];

#[tokio::test(start_paused = true)]
async fn settings_and_sources_cannot_inject_markup() {
    for attack in ATTACKS {
        let hosts = noon();
        // The only text of a source that reaches a page: an unknown sky symbol.
        let symbol = serde_json::to_string(attack).unwrap();
        let sky = format!(
            r#"}}}},"next_1_hours":{{"summary":{{"symbol_code":{symbol}}},"details":{{}}}}}}"#
        );
        let forecast = met("2026-04-02T07:00:00Z", "7.5").replace("}}}}", &format!("{sky}}}"));
        hosts.on(MET, ok(forecast));
        let base = City::find("astana").unwrap().clone();
        let city = City::new("own", attack, base.coordinates(), base.zone()).unwrap();
        let layout = Layout::page().cities([city, base]);
        let ticker = hosts.ticker().shows(&layout).build().unwrap();
        let report = ticker.refresh(hosts.now()).await;
        assert!(report.is_complete(), "{report}");
        let layout = layout
            .link(attack, Some(attack.into()))
            .phone(attack)
            .languages([LanguageLink::new(attack, attack).url(attack)]);
        let astana = City::find("astana").unwrap().id();
        let layout = layout
            .city_name(Lang::Kk, astana, attack)
            .link_text(Lang::Kk, attack);
        let service = ticker.service(layout.conditions(true)).build().unwrap();
        for lang in Lang::ALL {
            for (form, _) in FORMS {
                let answer = get(&service, &format!("/{lang}.{form}"));
                let page = text(&answer);
                assert_eq!(answer.status(), 200);
                assert!(
                    !page.contains('\u{0}') && !page.contains('\u{202e}'),
                    "{form}: {page}"
                );
                if form != "txt" {
                    for tag in ["<script", "<img", "<iframe", "<!--", "<x/"] {
                        assert!(!page.contains(tag), "{form}: {page}");
                    }
                }
                if form.ends_with("html") {
                    assert!(
                        !page.contains(" onmouseover='") && !page.contains("\"\">"),
                        "{page}"
                    );
                }
            }
            let events = get(&service, &format!("/events?lang={lang}"));
            let lines = text(&events).lines();
            let fields = ["retry: ", "id: ", "data: "];
            for line in lines.filter(|line| !line.is_empty()) {
                assert!(fields.iter().any(|field| line.starts_with(field)), "{line}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_response_repeats_its_request() {
    let hosts = noon();
    let service = hosts
        .ticker()
        .build()
        .unwrap()
        .service(Layout::line())
        .build()
        .unwrap();
    let marks = ["x-mark-7f3a", "%3Cx-mark-7f3a%3E"];
    for mark in marks {
        for path in [
            format!("/{mark}"),
            format!("/{mark}.html"),
            format!("/kk.{mark}"),
            format!("/kk.html?{mark}"),
            format!("/events?lang={mark}"),
            format!("/events?{mark}=kk"),
            format!("/masthead.{mark}.css"),
        ] {
            let headers = [
                "accept-language",
                "accept-encoding",
                "if-none-match",
                "if-modified-since",
                "last-event-id",
                "host",
                "origin",
                "cookie",
            ];
            let answer = service.respond(&request(&path, &headers.map(|name| (name, mark))));
            assert!(!text(&answer).contains("7f3a"), "{path}: {}", text(&answer));
            for (name, value) in answer.headers() {
                assert!(!value.to_str().unwrap().contains("7f3a"), "{path}: {name}");
            }
            assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn malformed_headers_are_ignored() {
    let hosts = noon();
    let service = hosts
        .ticker()
        .build()
        .unwrap()
        .service(Layout::line())
        .build()
        .unwrap();
    let long = "kk;q=0.0001, gzip;q=, \"".repeat(5_000);
    for value in ["", ",,,", ";q=", "*;q=*", "\"", "W/", "\u{ff}", &long] {
        for name in [
            "accept-language",
            "accept-encoding",
            "if-none-match",
            "if-modified-since",
            "last-event-id",
        ] {
            let answer = service.respond(&request("/", &[(name, value)]));
            assert_eq!(answer.status(), 200, "{name}: {value:.40}");
        }
    }
}
