//! SIGHUP: other settings without a restart. Readers notice nothing.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::{KEPT, LIMIT, Server, read_until};
use crate::upstream::Upstream;

/// Waits until a page contains a text.
#[track_caller]
fn wait_for(server: &Server, path: &str, text: &str) -> String {
    let began = Instant::now();
    loop {
        let page = server.get(path);
        if page.contains(text) {
            return page;
        }
        assert!(began.elapsed() < 4 * LIMIT, "no {text}: {page}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn is_reloaded(logged: &str) -> bool {
    let mut lines = logged.lines();
    lines.any(|line| line.contains("  INFO reloaded file=") && line.ends_with("masthead.toml\""))
}

/// Returns the lines of a page with numbers, without its ages.
fn numbers(page: &str) -> bool {
    page.contains("475.09") && page.contains("Astana")
}

#[test]
fn other_settings_are_in_force_after_sighup_and_known_items_stay() {
    let upstream = Upstream::start();
    let server = Server::with_settings(1024, &upstream.url, "");
    let page = wait_for(&server, "/strip/en.txt", "475.09");
    assert!(!page.contains("USD/KZT"), "{page}");
    wait_for(&server, "/strip/en.txt", "°C");
    // The bank, the weather service, and the banks that confirm the first rates.
    let began = Instant::now();
    while upstream.calls().len() < 6 {
        assert!(began.elapsed() < 4 * LIMIT, "{:?}", upstream.calls());
        std::thread::sleep(Duration::from_millis(20));
    }
    let requested = upstream.calls();

    // The upstream is gone: what is shown is what was known.
    let logged = server.reload(
        "http://127.0.0.1:9",
        "languages = [\"en\", \"ru\"]\n[layout]\npair_case = \"upper\"",
    );
    assert!(is_reloaded(&logged), "{logged}");
    let page = server.get("/strip/en.txt");
    assert!(
        page.contains("USD/KZT 475.09") && page.contains("°C"),
        "{page}"
    );
    assert!(server.get("/strip/kk.txt").starts_with("HTTP/1.1 404 "));
    assert_eq!(upstream.calls(), requested);

    // A city that was not known is fetched, and those that were known are not.
    let logged = server.reload(&upstream.url, "cities = [\"astana\", \"almaty\"]");
    assert!(is_reloaded(&logged), "{logged}");
    assert!(numbers(&server.get("/strip/en.txt")));
    let began = Instant::now();
    while upstream.calls() == requested {
        assert!(began.elapsed() < 2 * LIMIT, "Almaty is not fetched");
        std::thread::sleep(Duration::from_millis(20));
    }
    let page = wait_for(&server, "/strip/en.txt", "Almaty");
    assert!(numbers(&page), "{page}");
}

#[test]
fn wrong_settings_are_reported_and_the_old_ones_stay() {
    let upstream = Upstream::start();
    let server = Server::with_settings(1024, &upstream.url, "");
    wait_for(&server, "/strip/en.txt", "475.09");
    for (sections, error) in [
        (
            "bank = \"nbk\"",
            "masthead.toml:6:8: bank: unknown bank \"nbk\"",
        ),
        ("lang = 1", "masthead.toml:6:1: lang: unknown key"),
        ("bank = \"cbr", "masthead.toml:6:"),
        (
            "state = \"/dev/null\"",
            "masthead.toml:6:9: state: /dev/null: is a device",
        ),
    ] {
        let logged = server.reload(&upstream.url, sections);
        assert!(
            logged.contains(" ERROR not reloaded, the old settings stay in force file="),
            "{logged}"
        );
        assert!(logged.contains(error), "{logged}");
        assert!(server.get("/strip/kk.txt").contains("475.09"), "{sections}");
    }
    let logged = server.reload_text("");
    assert!(
        logged.contains("masthead.toml:1:1: contact: is required"),
        "{logged}"
    );
    server.serves_a_page("wrong settings");
    let logged = server.reload(&upstream.url, "languages = [\"ru\"]");
    assert!(is_reloaded(&logged), "{logged}");
    assert!(server.get("/strip/en.txt").starts_with("HTTP/1.1 404 "));
    assert!(server.get("/strip/ru.txt").contains("475.09"));
}

#[test]
fn settings_that_need_a_restart_are_named_and_the_others_are_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("masthead.ledger");
    let upstream = Upstream::start();
    let server = Server::with_settings(1024, &upstream.url, "");
    let text = format!(
        "contact = \"a; b@example.kz\"\nlisten = \"127.0.0.1:1\"\nbase = \"/strip\"\nthreads = 7\nstate = {state:?}\n\
         upstream = \"{}\"\nlanguages = [\"kk\"]\n[limits]\nconnections = 20\nevents = 19\n",
        upstream.url
    );
    let logged = server.reload_text(&text);
    let expected = " WARN changes take effect at the next restart keys=\"listen, threads, limits.connections, state\"\n";
    assert!(logged.contains(expected), "{logged}");
    assert!(is_reloaded(&logged), "{logged}");
    assert!(server.get("/strip/en.txt").starts_with("HTTP/1.1 404 "));
    server.serves_a_page("settings that need a restart");
    assert!(!state.exists());
}

#[test]
fn an_event_stream_continues_with_events_of_the_new_settings() {
    let upstream = Upstream::start();
    let server = Server::with_settings(1024, &upstream.url, "[limits]\nevents = 1");
    wait_for(&server, "/strip/en.txt", "°C");
    let mut stream = server.connect();
    stream
        .write_all(b"GET /strip/events?lang=en HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    read_until(&mut stream, "</section>");
    let mut kept = server.connect();
    kept.write_all(KEPT).unwrap();
    read_until(&mut kept, "</section>");
    // The same settings: no event, and the stream keeps its place.
    server.reload(&upstream.url, "[limits]\nevents = 1");
    let refused = server.get("/strip/events?lang=en");
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    // Other ones: an event with the new page, on the same connection.
    server.reload(
        &upstream.url,
        "[layout]\npair_case = \"upper\"\n[limits]\nevents = 1",
    );
    let event = read_until(&mut stream, "</section>");
    assert_eq!(event.matches("\nid: ").count(), 1, "{event}");
    assert!(event.contains(">USD</abbr>/KZT"), "{event}");
    // So does a connection for pages.
    kept.write_all(KEPT).unwrap();
    let page = read_until(&mut kept, "</section>");
    assert!(page.contains(">USD</abbr>/KZT"), "{page}");
    // A language without pages ends the stream.
    server.reload(&upstream.url, "languages = [\"kk\"]\n[limits]\nevents = 1");
    read_until(&mut stream, "0\r\n\r\n");
    drop(stream);
    let mut next = server.connect();
    next.write_all(b"GET /strip/events?lang=kk HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    read_until(&mut next, "</section>");
}

#[test]
fn no_request_fails_and_no_page_is_blank_during_reloads() {
    let upstream = Upstream::start();
    let server = Server::with_settings(1024, &upstream.url, "");
    wait_for(&server, "/strip/kk.txt", "475.09");
    wait_for(&server, "/strip/kk.txt", "°C");
    let (stop, pages) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let page = server.get("/strip/kk.txt");
                    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
                    assert!(page.contains("475.09") && page.contains("°C"), "{page}");
                    pages.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for round in 0..8 {
            let sections = match round % 4 {
                0 => "[layout]\npair_case = \"upper\"",
                1 => "cities = [\"astana\", \"oral\"]",
                2 => "bank = 1",
                _ => "",
            };
            server.reload(&upstream.url, sections);
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(pages.load(Ordering::Relaxed) > 20);
}

#[test]
fn a_quarantined_number_is_approved_after_a_reload() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("masthead.ledger");
    let upstream = Upstream::with_dollar("47.509");
    let with_state = format!("state = {state:?}");
    let server = Server::with_settings(1024, &upstream.url, &with_state);
    wait_for(&server, "/strip/health", "47.509");
    server.reload(
        &upstream.url,
        &format!("{with_state}\nlanguages = [\"en\"]"),
    );
    let health = server.get("/strip/health");
    let (_, rest) = health.split_once("\"holds\":[{\"id\":\"").unwrap();
    let (id, _) = rest.split_once('"').unwrap();
    std::fs::write(folder.path().join("masthead.ledger.approve"), id).unwrap();
    wait_for(&server, "/strip/en.txt", "47.509");
}
