//! Requests for the rates of a pair: the range by default, its limits, and the ones that are refused.

use std::sync::OnceLock;

use http::Method;
use masthead::Layout;
use masthead::web::Service;
use proptest::prelude::*;
use serde_json::Value;

use super::history::{calendar, week, with_records};
use super::{get, header, request, text};
use crate::support::day;

#[tokio::test(start_paused = true)]
async fn the_range_is_thirty_days_by_default_and_ten_years_at_most() {
    let (_, service, ..) = with_records("2026-04-10T06:00:00Z", &calendar(day("2026-01-01"), 98));
    let range = |parameters: &str| {
        let response = get(
            &service,
            &format!("/strip/history/usd-kzt.json{parameters}"),
        );
        let document: Value = serde_json::from_slice(response.body()).unwrap();
        match response.status().as_u16() {
            200 => format!(
                "{} {}",
                document["from"].as_str().unwrap(),
                document["to"].as_str().unwrap()
            ),
            _ => document["error"].as_str().unwrap().to_owned(),
        }
    };
    // The last day with rates.
    assert_eq!(range(""), "2026-03-10 2026-04-08");
    assert_eq!(range("?"), "2026-03-10 2026-04-08");
    assert_eq!(range("?to=2026-02-01"), "2026-01-03 2026-02-01");
    assert_eq!(range("?from=2026-04-01"), "2026-04-01 2026-04-08");
    assert_eq!(range("?from=2026-05-01"), "2026-05-01 2026-05-01");
    assert_eq!(range("?to=1900-01-01"), "1900-01-01 1900-01-01");
    assert_eq!(
        range("?from=2190-12-26&to=2200-12-31"),
        "2190-12-26 2200-12-31"
    );
    assert_eq!(range("?from=2016-04-01"), "2016-04-01 2026-04-08");
    assert_eq!(
        range("?from=2016-03-31"),
        "invalid from \"2016-03-31\": expected at most 3660 days up to 2026-04-08, the last day of the range, not 3661"
    );
    assert_eq!(
        range("?to=2026-04-01&from=2026-04-02"),
        "invalid from \"2026-04-02\": expected a day not after 2026-04-01, the last day of the range"
    );
}

#[tokio::test(start_paused = true)]
async fn a_wrong_request_is_refused_with_the_parameter_its_value_and_what_is_expected() {
    let (_, service, ..) = with_records("2026-04-07T06:00:00Z", &week());
    let day_expected = "expected a day from 1900-01-01 to 2200-12-31, such as 2026-04-02";
    let spelling = "expected two currency codes in lower case, such as usd-kzt";
    let days = [
        "",
        "2026-4-2",
        "2026-02-30",
        "2026-04-02T00:00:00Z",
        "+2026-04-02",
        " 2026-04-02",
        "02.04.2026",
        "1899-12-31",
        "2201-01-01",
        "99999-01-01",
        "today",
        "0",
    ];
    let days = days.into_iter().flat_map(|value| {
        ["from", "to"].map(|name| {
            let encoded = value.replace('+', "%2B").replace(' ', "+");
            (
                format!("usd-kzt.*?{name}={encoded}"),
                400,
                format!("invalid {name} \"{value}\": {day_expected}"),
            )
        })
    });
    let others = [
        (
            "usd-kzt.*?from",
            400,
            format!("invalid from \"\": {day_expected}"),
        ),
        (
            "usd-kzt.*?form=2026-04-02",
            400,
            "unknown parameter \"form\": expected from and to".into(),
        ),
        (
            "usd-kzt.*?From=2026-04-02",
            400,
            "unknown parameter \"From\": expected from and to".into(),
        ),
        (
            "usd-kzt.*?to=2026-04-02&to=2026-04-02",
            400,
            "repeated parameter \"to\": expected at most one".into(),
        ),
        (
            "USD-KZT.*",
            404,
            format!("unknown pair \"USD-KZT\": {spelling}"),
        ),
        (
            "usd/kzt.*",
            404,
            format!("unknown pair \"usd/kzt\": {spelling}"),
        ),
        (
            "usd%2Dkzt.*",
            404,
            format!("unknown pair \"usd%2Dkzt\": {spelling}"),
        ),
        (
            "eur-Kzt.*",
            404,
            "unknown pair \"eur-Kzt\": expected two currency codes in lower case, such as eur-kzt"
                .into(),
        ),
        (
            "kzt-kzt.*",
            404,
            format!("unknown pair \"kzt-kzt\": {spelling}"),
        ),
        (".*", 404, format!("unknown pair \"\": {spelling}")),
        ("usd.*", 404, format!("unknown pair \"usd\": {spelling}")),
        (
            "usd-kzt.min.*",
            404,
            format!("unknown pair \"usd-kzt.min\": {spelling}"),
        ),
        (
            "kzt-usd.*",
            404,
            "unknown pair \"kzt-usd\": national_bank_kz has no rates of it, it quotes usd-kzt"
                .into(),
        ),
        (
            "xof-kzt.*",
            404,
            "unknown pair \"xof-kzt\": national_bank_kz has no rates of it".into(),
        ),
        (
            "usd-eur.*",
            404,
            "unknown pair \"usd-eur\": national_bank_kz has no rates of it".into(),
        ),
    ];
    let others = others.map(|(path, status, message)| (path.to_owned(), status, message));
    for (path, status, message) in days.chain(others) {
        let path = format!("/strip/history/{path}");
        for (format, media_type) in [
            ("json", "application/json"),
            ("csv", "text/plain; charset=utf-8"),
        ] {
            let response = get(&service, &path.replace('*', format));
            assert_eq!(response.status(), status, "{path}: {}", text(&response));
            let expected = [
                ("content-type", media_type),
                ("cache-control", "no-store"),
                ("x-content-type-options", "nosniff"),
                ("access-control-allow-origin", "*"),
            ];
            for (name, value) in expected {
                assert_eq!(header(&response, name), value, "{path}");
            }
            if format == "json" {
                let body: Value = serde_json::from_slice(response.body()).unwrap();
                assert_eq!(body["error"], message);
                assert!(message.contains(&format!(
                        "\"{}\"",
                        body["value"]
                            .as_str()
                            .or(body["parameter"].as_str())
                            .unwrap()
                    )));
            } else {
                assert_eq!(text(&response), format!("{message}\n"));
            }
        }
    }
    for path in [
        "usd-kzt",
        "usd-kzt.xml",
        "usd-kzt.JSON",
        "",
        "usd-kzt.json/",
    ] {
        let response = get(&service, &format!("/strip/history/{path}"));
        assert_eq!(
            (response.status().as_u16(), text(&response)),
            (404, "not found\n"),
            "{path}"
        );
    }
    let mut parts = request("/strip/history/usd-kzt.json", &[]);
    parts.method = Method::POST;
    assert_eq!(service.respond(&parts).status(), 405);
}

/// Texts that a query may have: its own words, markup, and bytes that are not characters.
fn parameters() -> impl Strategy<Value = String> {
    let words = [
        "from",
        "to",
        "=",
        "&",
        "?",
        "2026-04-02",
        "2026-04-03",
        "%00",
        "%ff",
        "%3Cscript%3E",
        "%22",
        "+",
        ";",
        "from=2026-04-02&",
        "%",
        "\\",
        "'",
        "[]",
        "1",
    ];
    let word = prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(String::from),
        "[!-~]{1,90}"
    ];
    prop::collection::vec(word, 0..9).prop_map(|words| words.concat())
}

/// Addresses with such parameters, in the path or after it. Most random text is no address.
fn addresses() -> impl Strategy<Value = http::Uri> {
    (parameters(), any::<bool>()).prop_filter_map("no address", |(parameters, is_in_path)| {
        let path = if is_in_path {
            format!("/history/{parameters}.json")
        } else {
            format!("/history/usd-kzt.json?{parameters}")
        };
        path.parse().ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_query_has_a_short_harmless_answer(uri in addresses()) {
        static SERVICE: OnceLock<Service> = OnceLock::new();
        let service = SERVICE.get_or_init(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let _entered = runtime.enter();
            masthead::Ticker::builder("tests").clock(|| crate::support::time("2026-04-02T07:00:00Z")).build().unwrap().service(Layout::line()).build().unwrap()
        });
        let mut parts = request("/", &[]);
        parts.uri = uri;
        let response = service.respond(&parts);
        prop_assert!(matches!(response.status().as_u16(), 200 | 400 | 404), "{}", response.status());
        prop_assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        let body = text(&response);
        prop_assert!(body.len() < 1_500 && body.is_ascii(), "{} bytes", body.len());
        prop_assert!(!body.contains(['<', '>', '&', '\'']), "{}", body);
        if response.status() != 404 || header(&response, "content-type") == "application/json" {
            prop_assert!(serde_json::from_str::<Value>(body).is_ok(), "{}", body);
        }
        for (_, value) in response.headers() {
            prop_assert!(value.to_str().is_ok());
        }
    }
}
