//! HTML and JSON: semantics, and escaping of text from outside.

use masthead::money::Pair;
use masthead::strip::{LanguageLink, Layout, Strip};
use masthead::weather::{City, Coordinates};
use masthead::{Attribution, Snapshot};

use super::marks::doubtful;
use super::{NOW, content, rates, snapshot};
use crate::support::time;

#[test]
fn html_has_semantic_elements_and_no_style_or_script() {
    let snapshot = snapshot(220);
    let layout = Layout::line();
    let html = Strip::new(&snapshot, &layout, time(NOW)).html().to_string();
    for part in [
        r#"<section class="masthead" lang="en" dir="ltr" aria-label="Currency rates and weather">"#,
        r#"data-pair="USD/KZT" data-trend="down" data-source="national_bank_kz" data-freshness="fresh">"#,
        r#"<bdi dir="ltr"><abbr title="US Dollar">usd</abbr>/kzt <data value="475.09">475.09</data></bdi>"#,
        r#"<span aria-hidden="true">▼</span> down <bdi dir="ltr"><data value="-3.68">3.68</data></bdi>"#,
        r#"<data value="5.4">5.40</data>"#,
        r#"<time datetime="2026-04-02">2 April 2026</time>"#,
        r#"<a href="https://nationalbank.kz/"><bdi>National Bank of Kazakhstan</bdi></a>"#,
        r#"<time datetime="2026-04-02T06:00:00Z">just now</time>"#,
        r#"data-city="astana" data-condition="light_rain_showers""#,
        r#"<data value="21">+21</data>…<data value="23">+23</data>"#,
    ] {
        assert!(html.contains(part), "{part}\nis not in\n{html}");
    }
    for banned in ["style=", "<script", "onclick", "javascript:"] {
        assert!(!html.contains(banned), "{banned}");
    }
}

#[test]
fn html_has_the_words_of_text() {
    for snapshot in [snapshot(220)].into_iter().chain(doubtful()) {
        for layout in [Layout::line(), Layout::page().isolates(true)] {
            for now in [NOW, "2026-04-03T06:00:00Z", "2026-04-09T06:00:00Z"] {
                let strip = Strip::new(&snapshot, &layout, time(now));
                assert_eq!(content(&strip.html().to_string()), strip.text().to_string());
            }
        }
    }
}

#[test]
fn text_from_outside_is_escaped() {
    let hostile = "\u{202e}<img src=x onerror=\"alert('1')\">\u{2066}&amp;\n";
    let place = Coordinates::new(1.0, 2.0).unwrap();
    let city = City::new("x", hostile, place, chrono_tz::UTC).unwrap();
    let mut snapshot = Snapshot::default();
    let credit = Attribution::new(hostile)
        .with_url("javascript:alert(1)")
        .with_licence(hostile);
    snapshot.add_rates(rates("2026-04-02"), credit, time(NOW));
    for layout in [Layout::line(), Layout::page()] {
        let layout = layout
            .cities([city.clone()])
            .link(hostile, Some(hostile.into()))
            .phone(hostile)
            .languages([LanguageLink::new(hostile, hostile).url(hostile)]);
        let strip = Strip::new(&snapshot, &layout, time(NOW));
        let html = strip.html().to_string();
        assert!(
            !html.contains("<img") && !html.contains("javascript:") && !html.contains("onerror=\""),
            "{html}"
        );
        assert!(
            html.contains("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;"),
            "{html}"
        );
        let json = strip.json().to_string();
        for output in [
            html,
            json,
            strip.ansi().to_string(),
            strip.text().to_string(),
        ] {
            assert!(!output.contains('\u{202e}'), "an override in {output}");
        }
    }
}

#[test]
fn json_keeps_the_row_of_an_absent_rate() {
    let snapshot = snapshot(220);
    let layout = Layout::line().rates([[Pair::USD_KZT, Pair::CNY_KZT]]);
    let strip = Strip::new(&snapshot, &layout, time(NOW));
    let json: serde_json::Value = serde_json::from_str(&strip.json().to_string()).unwrap();
    let expected = serde_json::json!({
        "schema": 2, "generated": NOW, "lang": "en", "dir": "ltr", "sample": false,
        "rates": [
            {"pair": "USD/KZT", "name": "US Dollar", "nominal": 1, "value": "475.09", "day": "2026-04-02", "behind": false, "change": "-3.68",
             "trend": "down", "confirmed": true, "source": "national_bank_kz", "fetched": NOW, "freshness": "fresh"},
            {"pair": "CNY/KZT", "name": "Chinese Yuan", "nominal": null, "value": null, "day": null, "behind": null, "change": null,
             "trend": "unknown", "confirmed": null, "source": null, "fetched": null, "freshness": "absent"},
        ],
        "next": null,
        "weather": [
            {"city": "astana", "name": "Astana", "low": 7, "high": 22, "around_maximum": {"from": 21, "to": 23}, "now": 18, "condition": "light_rain_showers",
             "sky": "light rain", "daylight": null, "source": "met_norway", "valid": NOW, "issued": NOW, "fetched": NOW, "freshness": "fresh"},
        ],
        "attribution": [
            {"name": "National Bank of Kazakhstan", "link": "https://nationalbank.kz/", "licence": null},
            {"name": "Data from MET Norway", "link": null, "licence": "CC BY 4.0"},
        ],
    });
    assert_eq!(json, expected);
    assert_eq!(serde_json::to_value(strip.json()).unwrap(), expected);
}

#[test]
fn json_can_stand_in_a_script_element() {
    let place = Coordinates::new(1.0, 2.0).unwrap();
    let city = City::new("x", "</script><b>&", place, chrono_tz::UTC).unwrap();
    let (snapshot, layout) = (Snapshot::default(), Layout::line().cities([city]));
    let json = Strip::new(&snapshot, &layout, time(NOW)).json().to_string();
    assert!(!json.contains(['<', '>', '&']), "{json}");
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["weather"][0]["name"], "</script><b>&");
}
