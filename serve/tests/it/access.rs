//! The log of requests, and the formats of the log.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::time::{Duration, Instant};

use crate::support::{LIMIT, Server, send};
use crate::upstream::Upstream;

const DEAD: &str = "http://127.0.0.1:9";

/// Waits until the log has this many lines about requests, and returns them.
#[track_caller]
fn requests(server: &Server, count: usize) -> Vec<String> {
    let began = Instant::now();
    loop {
        let log = server.log();
        let is_of_request = |line: &&str| {
            line.contains(" INFO request ") || line.contains("\"message\":\"request\"")
        };
        let lines: Vec<String> = log
            .lines()
            .filter(is_of_request)
            .map(str::to_owned)
            .collect();
        if lines.len() >= count {
            assert_eq!(lines.len(), count, "{log}");
            return lines;
        }
        assert!(began.elapsed() < LIMIT, "{log}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Asserts that a line begins with a time in UTC to the millisecond, and returns the rest.
#[track_caller]
fn after_time(line: &str) -> &str {
    let (time, rest) = line.split_at(24);
    let digits = time.replace(|letter: char| letter.is_ascii_digit(), "0");
    assert_eq!(digits, "0000-00-00T00:00:00.000Z", "{line}");
    rest
}

#[test]
fn each_request_is_a_line_if_the_settings_say_so() {
    let server = Server::with_settings(1024, DEAD, "");
    server.get("/strip/kk.html");
    let log = server.log();
    assert!(!log.contains("INFO request "), "{log}");
    // From the next request on.
    server.reload(DEAD, "[log]\naccess = true");
    let page = server.get("/strip/kk.html");
    let (_, body) = page.split_once("\r\n\r\n").unwrap();
    let lines = requests(&server, 1);
    let line = after_time(&lines[0]);
    let begin = format!(
        "  INFO request peer=127.0.0.1 method=GET path=\"/strip/kk.html\" status=200 bytes={} ms=",
        body.len()
    );
    assert!(line.starts_with(&begin), "{line}");
    // Without a user agent there is no such field.
    assert!(!line.contains("agent"), "{line}");
    server.send(b"HEAD /strip/fr.html?secret=1 HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/8\r\nConnection: close\r\n\r\n");
    let lines = requests(&server, 2);
    let line = after_time(&lines[1]);
    let begin =
        "  INFO request peer=127.0.0.1 method=HEAD path=\"/strip/fr.html\" status=404 bytes=0 ms=";
    assert!(
        line.starts_with(begin) && line.ends_with(" agent=\"curl/8\""),
        "{line}"
    );
    server.reload(DEAD, "");
    server.get("/strip/kk.html");
    assert_eq!(requests(&server, 2).len(), 2);
}

#[test]
fn a_client_cannot_forge_a_line_or_a_field() {
    for format in ["text", "json"] {
        let sections = format!(
            "[log]\naccess = true\nformat = \"{format}\"\n[proxy]\npeer_header = \"x-real-ip\"\ntrusted = [\"127.0.0.1\"]"
        );
        let server = Server::with_settings(1024, DEAD, &sections);
        let long = "x".repeat(9000);
        for request in [
            "GET /strip/%0a2026 HTTP/1.1\r\nHost: a\r\nUser-Agent: x\" status=200 \t\u{85}\u{2028}stopped\r\nX-Real-IP: 198.51.100.7\r\n"
                .to_owned(),
            format!("GET /strip/{long} HTTP/1.1\r\nHost: a\r\nUser-Agent: {}\r\n", &long[..7000]),
            "GET / HTTP/1.1\r\n".to_owned(),
        ] {
            let request = format!("{request}Connection: close\r\n\r\n");
            send(server.address, request.as_bytes());
        }
        let lines = requests(&server, 3);
        let log = server.log();
        assert!(
            !log.lines().any(|line| line.starts_with("stopped")),
            "{log}"
        );
        assert!(lines.iter().all(|line| line.len() < 2000), "{log}");
        if format == "text" {
            let end = " agent=\"x\\\" status=200 \\t\\u{85}\\u{2028}stopped\"";
            assert!(lines[0].ends_with(end), "{}", lines[0]);
            assert!(lines[0].contains(" peer=198.51.100.7 "), "{}", lines[0]);
            assert!(lines[2].contains(" status=400 "), "{}", lines[2]);
        } else {
            let events: Vec<serde_json::Value> = log
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            let first = events
                .iter()
                .find(|event| event["message"] == "request")
                .unwrap();
            assert_eq!(first["agent"], "x\" status=200 \t\u{85}\u{2028}stopped");
            assert_eq!(
                (&first["status"], &first["bytes"]),
                (&404.into(), &10.into())
            );
            for event in &events {
                after_time(event["timestamp"].as_str().unwrap());
            }
        }
    }
}

#[test]
fn a_line_tells_what_was_read_and_the_level_decides_what_is_written() {
    let upstream = Upstream::start();
    let read = |level: &str| {
        let sections = format!("cities = [\"astana\", \"oral\"]\n[log]\nlevel = \"{level}\"");
        let server = Server::with_settings(1024, &upstream.url, &sections);
        let began = Instant::now();
        while !server.get("/strip/health").contains("\"cbr\"") {
            assert!(began.elapsed() < 4 * LIMIT, "{}", server.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        // The lines follow the end of the refresh.
        while ![" refreshed ", "  WARN "]
            .iter()
            .all(|words| server.log().contains(words))
        {
            assert!(began.elapsed() < 4 * LIMIT, "{}", server.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        server.log()
    };
    let log = read("info");
    let line = log
        .lines()
        .find(|line| line.contains(" refreshed "))
        .unwrap();
    let event = after_time(line);
    let (_, day) = event.rsplit_once(" day=").unwrap();
    let (day, ms) = day.split_once(' ').unwrap();
    let expected = format!(
        "  INFO refreshed read=\"rates ({day}) from national_bank_kz, next rates ({day}) from national_bank_kz, weather of astana \
         and another city from met_norway\" day={day} {ms}"
    );
    assert_eq!(event, expected);
    assert!(ms.starts_with("ms=") && !ms.contains([' ', 'e']), "{ms}");
    let levels = |log: &str| -> BTreeSet<String> {
        let level = |line: &str| {
            line[24..]
                .trim_start()
                .split(' ')
                .next()
                .unwrap()
                .to_owned()
        };
        log.lines().map(level).collect()
    };
    assert_eq!(levels(&log), ["INFO", "WARN"].map(str::to_owned).into());
}

#[test]
fn a_log_without_information_has_only_warnings() {
    // The address is not in this log, so nothing but its absence is tested here: the port is one that is chosen before.
    let port = crate::free_port::free_port();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    let settings = format!(
        "contact = \"a; b@example.kz\"\nlisten = \"127.0.0.1:{port}\"\nupstream = \"{DEAD}\"\n[log]\nlevel = \"warn\"\naccess = true\n"
    );
    std::fs::write(&file, settings).unwrap();
    let mut serve = std::process::Command::new(env!("CARGO_BIN_EXE_masthead-serve"));
    let serve = serve
        .arg(&file)
        .stderr(std::process::Stdio::piped())
        .spawn();
    let mut child = serve.unwrap();
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let began = Instant::now();
    while std::net::TcpStream::connect(address).is_err() {
        assert!(began.elapsed() < LIMIT);
        std::thread::sleep(Duration::from_millis(20));
    }
    let health = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    while !String::from_utf8_lossy(&send(address, health)).contains("no_connection") {
        assert!(began.elapsed() < 4 * LIMIT);
        std::thread::sleep(Duration::from_millis(20));
    }
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut log = String::new();
    let mut lines = lines.map_while(Result::ok);
    // Ends with the process, which the next lines stop.
    while !log.contains(" source=\"national_bank_kz\" reason=\"no connection") {
        log.push_str(&(lines.next().expect("the line of the bank") + "\n"));
    }
    let id = child.id().to_string();
    let stopped = std::process::Command::new("kill")
        .arg(&id)
        .status()
        .unwrap();
    assert!(stopped.success());
    lines.for_each(|line| log.push_str(&(line + "\n")));
    child.wait().unwrap();
    assert!(
        log.contains(
            "  WARN no reading item=\"rates\" source=\"national_bank_kz\" reason=\"no connection"
        ),
        "{log}"
    );
    let is_written =
        |line: &str| line[24..].starts_with("  WARN ") || line.contains("  INFO request peer=");
    assert!(log.lines().all(is_written), "{log}");
    assert!(log.contains(" path=\"/health\" status=503 "), "{log}");
}
