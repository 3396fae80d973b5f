//! `/metrics` on a listener of its own: figures that agree with the health report, across failures and reloads.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::support::{KEPT, LIMIT, Server, read_until, send};
use crate::upstream::Upstream;

/// The section that switches the listener on.
const METRICS: &str = "[metrics]\nlisten = \"127.0.0.1:0\"";
const DEAD: &str = "http://127.0.0.1:9";

/// A server with metrics.
struct Measured {
    server: Server,
    address: SocketAddr,
}

impl Measured {
    fn start(upstream: &str, sections: &str) -> Self {
        let sections = format!("{sections}\n{METRICS}");
        let server = Server::with_settings(1024, upstream, &sections);
        let address = server.logged_address("metrics on http://");
        Self { server, address }
    }

    fn send(&self, head: &str) -> String {
        let request = format!("{head}\r\nHost: a\r\nConnection: close\r\n\r\n");
        String::from_utf8(send(self.address, request.as_bytes())).unwrap()
    }

    /// Scrapes. Returns the samples by their names with labels.
    #[track_caller]
    fn scrape(&self) -> BTreeMap<String, f64> {
        let answer = self.send("GET /metrics HTTP/1.1");
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(text.ends_with("\n# EOF\n"), "{text}");
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let sample = |line: &str| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        };
        samples.map(sample).collect()
    }

    /// Scrapes until a sample has a value.
    #[track_caller]
    fn wait_for(&self, name: &str, value: f64) -> BTreeMap<String, f64> {
        let began = Instant::now();
        loop {
            let samples = self.scrape();
            if samples.get(name).is_some_and(|found| is(*found, value)) {
                return samples;
            }
            assert!(began.elapsed() < 4 * LIMIT, "{name} {value}: {samples:#?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn is(found: f64, value: f64) -> bool {
    found.total_cmp(&value).is_eq()
}

fn state(item: &str, state: &str) -> String {
    format!("masthead_item_state{{item=\"{item}\",state=\"{state}\"}}")
}

fn attempts(source: &str, outcome: &str) -> String {
    format!("masthead_upstream_attempts_total{{source=\"{source}\",outcome=\"{outcome}\"}}")
}

fn requests(route: &str, code: &str) -> String {
    format!("masthead_http_requests_total{{listener=\"strip\",route=\"{route}\",code=\"{code}\"}}")
}

const DURATIONS: &str = "masthead_upstream_request_duration_seconds_count{source=\"met_norway\"}";
const AGE: &str = "masthead_item_age_seconds{item=\"weather of astana\"}";
const RESTING: &str = "masthead_source_resting{source=\"national_bank_kz\"}";

#[test]
fn the_listener_is_off_by_default_and_never_on_the_public_path() {
    let server = Server::start("");
    assert!(!server.log().contains("metrics"), "{}", server.log());
    for path in ["/metrics", "/strip/metrics"] {
        assert!(server.get(path).starts_with("HTTP/1.1 404 "), "{path}");
    }
    let site = Measured::start(DEAD, "");
    for path in ["/metrics", "/strip/metrics"] {
        assert!(site.server.get(path).starts_with("HTTP/1.1 404 "), "{path}");
    }
    let answer = site.send("GET /strip/kk.html HTTP/1.1");
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

#[test]
fn openmetrics_is_the_format_unless_only_plain_text_is_accepted() {
    let site = Measured::start(DEAD, "");
    let open_metrics =
        "\r\ncontent-type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n";
    let plain = "\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n";
    let of_prometheus = "\r\nAccept: application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    for (accept, media_type, last) in [
        ("", open_metrics, "\n# EOF\n"),
        ("\r\nAccept: */*", open_metrics, "\n# EOF\n"),
        (of_prometheus, open_metrics, "\n# EOF\n"),
        ("\r\nAccept: text/plain", plain, "\n"),
    ] {
        let answer = site.send(&format!("GET /metrics HTTP/1.1{accept}"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains(media_type), "{accept}: {answer}");
        assert!(answer.ends_with(last), "{accept}: {answer}");
        assert_eq!(answer.contains("# EOF"), media_type == open_metrics);
    }
    let head = site.send("HEAD /metrics HTTP/1.1");
    assert!(
        head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
    let refused = site.send("POST /metrics HTTP/1.1");
    assert!(
        refused.starts_with("HTTP/1.1 405 ") && refused.contains("\r\nallow: GET, HEAD\r\n"),
        "{refused}"
    );
}

#[test]
fn the_figures_agree_with_the_health_report_after_a_reading() {
    let upstream = Upstream::start();
    let site = Measured::start(&upstream.url, "");
    site.wait_for(&state("rates", "fresh"), 1.0);
    // The attempts are counted once the refresh has ended.
    let samples = site.wait_for(&attempts("national_bank_kz", "read"), 2.0);
    let weather = "weather of astana";
    for (name, value) in [
        (state("rates", "absent"), 0.0),
        (state(weather, "fresh"), 1.0),
        (state(weather, "stale"), 0.0),
        (attempts("met_norway", "read"), 1.0),
        (attempts("cbu", "status"), 1.0),
        (DURATIONS.to_owned(), 1.0),
        (RESTING.to_owned(), 0.0),
        ("masthead_quarantined_entries".to_owned(), 0.0),
        ("masthead_store_works".to_owned(), 1.0),
        ("masthead_item_overdue{item=\"rates\"}".to_owned(), 0.0),
    ] {
        assert!(is(samples[&name], value), "{name}: {samples:#?}");
    }
    let health = site.server.get("/strip/health");
    assert!(health.contains("\"failures\":{\"status\":1}"), "{health}");
    assert!(samples[AGE] >= 0.0 && samples[AGE] < 60.0, "{samples:#?}");
    let start = samples["process_start_time_seconds"];
    for name in [
        "masthead_source_last_success_timestamp_seconds{source=\"met_norway\"}",
        "masthead_last_refresh_timestamp_seconds",
    ] {
        let passed = samples[name] - start;
        assert!((0.0..60.0).contains(&passed), "{name}: {passed}");
    }
    // It grows without a refresh.
    std::thread::sleep(Duration::from_millis(50));
    assert!(site.scrape()[AGE] >= samples[AGE] + 0.05);
}

#[test]
fn a_bank_that_fails_and_a_quarantine_are_seen() {
    let site = Measured::start(DEAD, "");
    let samples = site.wait_for(&attempts("national_bank_kz", "no_connection"), 2.0);
    assert!(is(samples[&state("rates", "absent")], 1.0), "{samples:#?}");
    assert!(is(samples[RESTING], 1.0), "{samples:#?}");
    assert!(!samples.contains_key("masthead_item_age_seconds{item=\"rates\"}"));
    let success = "masthead_source_last_success_timestamp_seconds{source=\"national_bank_kz\"}";
    assert!(!samples.contains_key(success), "{samples:#?}");

    let slipped = Upstream::with_dollar("47.509");
    let site = Measured::start(&slipped.url, "");
    let samples = site.wait_for("masthead_quarantined_entries", 1.0);
    let age = samples["masthead_quarantine_age_seconds"];
    assert!((0.0..60.0).contains(&age), "{age}");
}

#[test]
fn counters_survive_a_reload_and_ages_are_those_of_the_new_ticker() {
    let upstream = Upstream::start();
    let site = Measured::start(&upstream.url, "");
    site.wait_for(&attempts("national_bank_kz", "read"), 2.0);
    site.server.serves_a_page("a reading");
    let with_metrics = |sections: &str| format!("{sections}\n{METRICS}");
    let cities = with_metrics("cities = [\"almaty\"]");
    let logged = site.server.reload(&upstream.url, &cities);
    assert!(logged.contains(" reloaded file="), "{logged}");
    let samples = site.wait_for(&state("weather of almaty", "fresh"), 1.0);
    assert!(!samples.contains_key(AGE), "{samples:#?}");
    let samples = site.wait_for(&attempts("met_norway", "read"), 2.0);
    assert!(
        is(samples[&attempts("national_bank_kz", "read")], 2.0),
        "{samples:#?}"
    );
    assert!(is(samples[&requests("html", "200")], 1.0), "{samples:#?}");

    let other = "[metrics]\nlisten = \"127.0.0.1:1\"";
    let logged = site.server.reload(&upstream.url, other);
    let line = " WARN changes take effect at the next restart keys=\"metrics.listen\"\n";
    assert!(logged.contains(line), "{logged}");
    let logged = site.server.reload(&upstream.url, "");
    let line = " WARN changes take effect at the next restart keys=\"metrics\"\n";
    assert!(logged.contains(line), "{logged}");
    site.scrape();
}

#[test]
fn requests_connections_and_event_streams_are_counted_and_no_path_is_a_label() {
    let site = Measured::start(DEAD, "");
    let get = |path: &str| site.server.get(path);
    for path in [
        "/strip/kk.html",
        "/strip/ru.html",
        "/strip/en.json",
        "/strip/masthead.css",
    ] {
        assert!(get(path).starts_with("HTTP/1.1 200 "), "{path}");
    }
    let tag = get("/strip/kk.txt");
    let tag = tag
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .unwrap();
    let request = format!(
        "GET /strip/kk.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: {tag}\r\nConnection: close\r\n\r\n"
    );
    assert!(
        site.server
            .send(request.as_bytes())
            .starts_with(b"HTTP/1.1 304 ")
    );
    for path in [
        "/strip/fr.html",
        "/wp-login.php",
        "/strip/history/x.json",
        "/strip/health",
    ] {
        get(path);
    }
    site.server.send(b"GET /strip/kk.html HTTP/1.1\r\n\r\n");
    let mut kept = site.server.connect();
    kept.write_all(KEPT).unwrap();
    read_until(&mut kept, "</section>");
    let mut stream = site.server.connect();
    let request = b"GET /strip/events?lang=kk HTTP/1.1\r\nHost: a\r\n\r\n";
    stream.write_all(request).unwrap();
    read_until(&mut stream, "</section>");

    let connections = "masthead_http_connections{listener=\"strip\"}";
    let samples = site.wait_for(connections, 2.0);
    let counted =
        |name: &&String| name.starts_with("masthead_http_requests_total{listener=\"strip\"");
    let counted: Vec<_> = samples.keys().filter(counted).collect();
    let expected = [
        (requests("asset", "200"), 1.0),
        (requests("events", "200"), 1.0),
        (requests("health", "503"), 1.0),
        (requests("history", "404"), 1.0),
        (requests("html", "200"), 3.0),
        (requests("json", "200"), 1.0),
        (requests("none", "400"), 1.0),
        (requests("none", "404"), 2.0),
        (requests("txt", "200"), 1.0),
        (requests("txt", "304"), 1.0),
    ];
    assert_eq!(
        counted,
        expected.iter().map(|(name, _)| name).collect::<Vec<_>>()
    );
    for (name, value) in expected {
        assert!(is(samples[&name], value), "{name}: {samples:#?}");
    }
    assert!(is(samples["masthead_event_streams"], 1.0), "{samples:#?}");
    drop((kept, stream));
    site.wait_for("masthead_event_streams", 0.0);
    site.wait_for(connections, 0.0);
}
