//! The shutdown after SIGTERM.

use std::io::{ErrorKind, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{KEPT, LIMIT, Server, read_to_close, read_until};

/// Waits until the server accepts no more connections.
fn wait_until_closed(server: &Server) {
    let began = Instant::now();
    while TcpStream::connect(server.address).is_ok() {
        assert!(began.elapsed() < LIMIT, "connections are still accepted");
    }
}

#[test]
fn an_incomplete_request_is_answered() {
    let server = Server::start("");
    let mut stream = server.connect();
    let (first, rest) = KEPT.split_at(KEPT.len() / 2);
    stream.write_all(first).unwrap();
    // A later connection gets its response, so the first one has been accepted.
    let mut later = server.connect();
    later.write_all(KEPT).unwrap();
    read_until(&mut later, "</section>");
    server.terminate();
    wait_until_closed(&server);
    stream.write_all(rest).unwrap();
    let answer = String::from_utf8(read_to_close(&mut stream)).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(
        answer.contains("connection: close") && answer.ends_with("</section>"),
        "{answer}"
    );
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn a_response_in_progress_is_sent_completely() {
    let server = Server::start("");
    let mut stream = server.connect();
    stream
        .set_write_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let many = KEPT.repeat(1000);
    // Until the server waits for the client to read.
    let stalled = loop {
        if let Err(error) = stream.write(&many) {
            break error.kind();
        }
    };
    assert_eq!(stalled, ErrorKind::WouldBlock);
    server.terminate();
    wait_until_closed(&server);
    let answers = String::from_utf8(read_to_close(&mut stream)).unwrap();
    assert!(
        answers.ends_with("</section>"),
        "cut: {:?}",
        &answers[answers.len() - 80..]
    );
    let (heads, tails) = ("HTTP/1.1 200 OK", "</section>");
    assert_eq!(
        answers.matches(heads).count(),
        answers.matches(tails).count()
    );
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn events_and_idle_connections_end() {
    let server = Server::start("header_timeout = 60\nshutdown_timeout = 60");
    // First, so that it has been accepted once the others get responses.
    let mut silent = server.connect();
    let mut events = server.connect();
    events
        .write_all(b"GET /strip/events HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    read_until(&mut events, "retry:");
    let mut idle = server.connect();
    idle.write_all(KEPT).unwrap();
    read_until(&mut idle, "</section>");

    let began = Instant::now();
    server.terminate();
    let rest = String::from_utf8(read_to_close(&mut events)).unwrap();
    assert!(
        rest.ends_with("0\r\n\r\n"),
        "without the last chunk: {rest:?}"
    );
    assert_eq!(read_to_close(&mut idle), b"");
    assert_eq!(read_to_close(&mut silent), b"");
    assert_eq!(server.ended().code(), Some(0));
    assert!(began.elapsed() < LIMIT, "{:?}", began.elapsed());
}

#[test]
fn a_connection_that_does_not_end_is_cut() {
    let server = Server::start("write_timeout = 60\nshutdown_timeout = 0.5");
    let mut stream = server.connect();
    stream
        .set_write_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let many = KEPT.repeat(1000);
    while stream.write(&many).is_ok() {}
    let began = Instant::now();
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    assert!(began.elapsed() < LIMIT, "{:?}", began.elapsed());
}
