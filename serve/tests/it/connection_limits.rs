//! More connections than the limits allow.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use crate::support::{KEPT, LIMIT, Server, read_to_close, read_until};

const EVENTS: &[u8] = b"GET /strip/events?lang=kk HTTP/1.1\r\nHost: news.example.kz\r\n\r\n";

#[test]
fn idle_connections_make_room() {
    // Longer than the test, so that only the limit closes connections.
    let server = Server::start("connections = 8\nheader_timeout = 60");
    let mut idle: Vec<_> = (0..8).map(|_| server.connect()).collect();
    for stream in &mut idle {
        stream.write_all(KEPT).unwrap();
        read_until(stream, "</section>");
    }
    let began = Instant::now();
    server.serves_a_page("eight idle connections");
    assert!(began.elapsed() < LIMIT);
    // One of them was closed, without a reset.
    let is_closed = |mut stream: &TcpStream| {
        stream.set_nonblocking(true).unwrap();
        stream.read(&mut [0; 16]).is_ok_and(|read| read == 0)
    };
    assert!(idle.iter().any(is_closed));
}

#[test]
fn incomplete_requests_make_room() {
    let server = Server::start("connections = 8\nheader_timeout = 60");
    let mut flood: Vec<_> = (0..64).map(|_| server.connect()).collect();
    for stream in &mut flood {
        // Connections closed meanwhile cannot be written to.
        _ = stream.write_all(b"GET /strip/kk.html HTTP/1.1\r\n");
    }
    // It is accepted after all 64; each eight of them have a second.
    let mut stream = server.connect();
    stream.set_read_timeout(Some(4 * LIMIT)).unwrap();
    stream.write_all(KEPT).unwrap();
    assert!(read_until(&mut stream, "</section>").starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn event_streams_leave_connections_for_pages() {
    let server = Server::start("connections = 8\nheader_timeout = 60");
    let mut streams: Vec<_> = (0..4).map(|_| server.connect()).collect();
    for stream in &mut streams {
        stream.write_all(EVENTS).unwrap();
        let answer = read_until(stream, "retry:");
        assert!(
            answer.contains("content-type: text/event-stream"),
            "{answer}"
        );
    }
    let mut fifth = server.connect();
    fifth.write_all(EVENTS).unwrap();
    let answer = read_until(&mut fifth, "\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    for _ in 0..32 {
        server.serves_a_page("event streams");
    }

    // Idle connections make room, and event streams continue.
    let mut idle: Vec<_> = (0..8).map(|_| server.connect()).collect();
    for stream in &mut idle {
        _ = stream.write_all(KEPT);
    }
    server.serves_a_page("event streams and idle connections");
    for stream in &streams {
        stream.set_nonblocking(true).unwrap();
        let mut rest = Vec::new();
        let error = (&mut &*stream).read_to_end(&mut rest).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "closed");
    }
    drop(streams);
    let mut again = server.connect();
    again.write_all(EVENTS).unwrap();
    let answer = read_until(&mut again, "\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
}

#[test]
fn pages_are_served_despite_too_few_file_descriptors() {
    let server = Server::with_descriptors(32, "connections = 800\nheader_timeout = 60");
    let mut idle: Vec<_> = (0..48).map(|_| server.connect()).collect();
    for stream in &mut idle {
        stream.write_all(KEPT).unwrap();
        assert!(read_until(stream, "</section>").starts_with("HTTP/1.1 200 OK"));
    }
    server.serves_a_page("more connections than file descriptors");
}

/// Requests of events with these headers; the status of the last response.
fn request_events(server: &Server, headers: &str, times: usize) -> Vec<TcpStream> {
    let request =
        format!("GET /strip/events?lang=kk HTTP/1.1\r\nHost: news.example.kz\r\n{headers}\r\n");
    let open = || {
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).unwrap();
        read_until(&mut stream, "\r\n\r\n");
        stream
    };
    (0..times).map(|_| open()).collect()
}

#[test]
fn readers_behind_an_unknown_proxy_are_named_in_the_log_once() {
    let end = ", and the settings have no section [proxy]: all readers behind the proxy count as one address, with 3 event streams at most\n";
    let server = Server::start("events_per_address = 3");
    let open = request_events(&server, "", 3);
    assert!(!server.log().contains("[proxy]"), "{}", server.log());
    let refused = request_events(&server, "", 3);
    let line = format!("  WARN 127.0.0.1 has as many event streams as one address may have{end}");
    let began = Instant::now();
    while !server.log().contains(&line) {
        assert!(began.elapsed() < LIMIT, "{}", server.log());
    }
    drop((open, refused));

    let server = Server::start("events_per_address = 3");
    let _open = request_events(&server, "X-Forwarded-For: 192.0.2.1\r\n", 3);
    let line = format!("  WARN requests from 127.0.0.1 have the header x-forwarded-for{end}");
    let began = Instant::now();
    while !server.log().contains(&line) {
        assert!(began.elapsed() < LIMIT, "{}", server.log());
    }
    assert_eq!(server.log().matches("[proxy]").count(), 1);

    let proxy =
        "events_per_address = 3\n[proxy]\npeer_header = \"x-real-ip\"\ntrusted = [\"127.0.0.1\"]";
    let server = Server::start(proxy);
    let _open = request_events(&server, "X-Real-IP: 192.0.2.1\r\n", 4);
    server.serves_a_page("a known proxy");
    assert!(!server.log().contains("[proxy]"), "{}", server.log());
}

#[test]
fn an_idle_connection_is_closed() {
    let server = Server::start("header_timeout = 0.5");
    let mut stream = server.connect();
    stream.write_all(KEPT).unwrap();
    let answer = String::from_utf8(read_to_close(&mut stream)).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("</section>"),
        "{answer}"
    );
}
