//! The manual's lines of the log and its table of metrics are those of the program.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use masthead::ticker::Bank;

use crate::support::{LIMIT, Server, send};
use crate::upstream::Upstream;

const MANUAL: &str = include_str!("../../README.md");
const DEAD: &str = "http://127.0.0.1:9";

/// Returns the lines of the block under a marker of the manual.
fn block(marker: &str) -> impl Iterator<Item = &'static str> {
    let marker = format!("\n<!-- log: {marker} -->\n```");
    let (_, rest) = MANUAL.split_once(&marker).unwrap();
    let (block, _) = rest.split_once("\n```").unwrap();
    block.lines().skip(1)
}

/// The level of a line, the words of its message before the first number, and the names of its fields: equal in two lines about the same.
fn shape(line: &str) -> String {
    let (time, rest) = line.split_at(24);
    let is_time = time.ends_with('Z') && time.as_bytes()[10] == b'T';
    assert!(is_time, "{line}");
    let (level, rest) = rest.trim_start().split_once(' ').unwrap();
    let mut shape = level.to_owned();
    let (mut is_quoted, mut is_in_message) = (false, true);
    for word in rest.split(' ') {
        let field = word.split_once('=').map(|(name, _)| name);
        if let Some(name) = field.filter(|_| !is_quoted) {
            is_in_message = false;
            shape.push_str(&format!(" {name}="));
        }
        is_in_message &= !word.contains(|letter: char| letter.is_ascii_digit());
        if is_in_message {
            shape.push_str(&format!(" {word}"));
        }
        let escaped = word.matches("\\\"").count();
        is_quoted ^= (word.matches('"').count() - escaped) % 2 == 1;
    }
    // A failure that has repeated for an hour.
    shape.replace(" repeated= since=", "")
}

#[track_caller]
fn logs(server: &Server, text: &str) {
    let began = Instant::now();
    while !server.log().contains(text) {
        assert!(began.elapsed() < 4 * LIMIT, "{text}: {}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The table of hosts has each host that a bank is requested from.
#[test]
fn a_firewall_admits_the_hosts_of_every_bank() {
    let day = "2026-04-02".parse().unwrap();
    for id in Bank::ids() {
        let bank: Bank = id.as_str().parse().unwrap();
        let mut hosts = Vec::new();
        for source in bank.sources() {
            let host = format!("`{}`", source.request(&day).uri().host().unwrap());
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        let row = format!("\n| `{id}` | {} | `", hosts.join(", "));
        assert!(MANUAL.contains(&row), "{row}");
    }
}

#[test]
fn every_line_of_the_manual_is_one_that_the_server_writes() {
    let access = "[log]\naccess = true";
    let redis = "[redis]\nurl = \"redis://127.0.0.1:9\"";
    let failing = Server::with_settings(1024, DEAD, &format!("{access}\n{redis}"));
    logs(&failing, "no reading");
    logs(&failing, "the shared store is away");
    let page =
        b"GET /strip/kk.html HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\nConnection: close\r\n\r\n";
    assert!(send(failing.address, page).starts_with(b"HTTP/1.1 200 "));
    failing.reload(DEAD, &format!("threads = 7\n{access}"));
    failing.reload(DEAD, "bank = 1");
    failing.terminate();
    logs(&failing, " stopped\n");

    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("masthead.ledger");
    let slipped = Upstream::with_dollar("47.509");
    let server = Server::with_settings(1024, &slipped.url, &format!("state = {state:?}"));
    logs(&server, " WARN hold ");
    let log = server.log();
    let (_, id) = log.split_once(" WARN hold ").unwrap();
    let (id, _) = id.split_once(':').unwrap();
    std::fs::write(folder.path().join("masthead.ledger.approve"), id).unwrap();
    logs(&server, " approved id=");
    logs(&server, " refreshed read=");

    let log = failing.log() + &server.log();
    let written: BTreeSet<String> = log.lines().map(shape).collect();
    for line in block("text") {
        let shape = shape(line);
        assert!(written.contains(&shape), "{line}\n{shape}\n{written:#?}");
    }
    assert!(block("text").count() >= 12);
}

#[test]
fn the_json_of_the_manual_is_that_of_the_server() {
    let upstream = Upstream::start();
    let server = Server::with_settings(1024, &upstream.url, "[log]\nformat = \"json\"");
    logs(&server, "\"message\":\"refreshed\"");
    let keys = |line: &str| -> BTreeSet<String> {
        let event: serde_json::Map<_, _> = serde_json::from_str(line).unwrap();
        event.keys().cloned().collect()
    };
    let log = server.log();
    let mut lines = log.lines();
    let line = lines.find(|line| line.contains("\"refreshed\"")).unwrap();
    let manual: Vec<&str> = block("json").collect();
    assert_eq!(manual.len(), 1);
    assert_eq!(keys(line), keys(manual[0]));
}

#[test]
fn the_table_of_metrics_is_complete() {
    let server = Server::with_settings(1024, DEAD, "[metrics]\nlisten = \"127.0.0.1:0\"");
    let address = server.logged_address("metrics on http://");
    // The attempts have been counted.
    logs(&server, "no reading");
    let request = b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let scrape = String::from_utf8(send(address, request)).unwrap();
    let types = scrape
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    let names: BTreeSet<String> = types
        .map(|line| {
            let (name, kind) = line.split_once(' ').unwrap();
            let suffix = match kind {
                "counter" => "_total",
                "info" => "_info",
                _ => "",
            };
            format!("{name}{suffix} {kind}")
        })
        .collect();
    let rows = MANUAL.lines().filter_map(|line| {
        let row = line.strip_prefix("| `")?;
        let (name, rest) = row.split_once("` | ")?;
        let kind = rest.split([';', ' ']).next()?;
        let is_metric = name.starts_with("masthead_") || name.starts_with("process_");
        is_metric.then(|| format!("{name} {kind}"))
    });
    assert_eq!(names, rows.collect());
}
