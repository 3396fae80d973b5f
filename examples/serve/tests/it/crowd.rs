//! More connections than there are places.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use crate::support::{KEPT, LIMIT, Server, read_to_close, read_until};

const EVENTS: &[u8] = b"GET /strip/events?lang=kk HTTP/1.1\r\nHost: news.example.kz\r\n\r\n";

#[test]
fn idle_connections_make_room() {
    // Their own time-out is later than anybody waits here.
    let server = Server::start("connections = 8\nheader_timeout = 60");
    let mut idle: Vec<_> = (0..8).map(|_| server.connect()).collect();
    for stream in &mut idle {
        stream.write_all(KEPT).unwrap();
        read_until(stream, "</section>");
    }
    let began = Instant::now();
    server.serves_a_page("eight that idle");
    assert!(began.elapsed() < LIMIT);
    // One of them has left, in good order.
    let has_left = |mut stream: &TcpStream| {
        stream.set_nonblocking(true).unwrap();
        stream.read(&mut [0; 16]).is_ok_and(|read| read == 0)
    };
    assert!(idle.iter().any(has_left));
}

#[test]
fn a_flood_of_half_requests_makes_room() {
    let server = Server::start("connections = 8\nheader_timeout = 60");
    let mut flood: Vec<_> = (0..64).map(|_| server.connect()).collect();
    for stream in &mut flood {
        // Those who were sent away meanwhile cannot write.
        _ = stream.write_all(b"GET /strip/kk.html HTTP/1.1\r\n");
    }
    // It stands behind all of them; each eight are given a second.
    let mut stream = server.connect();
    stream.set_read_timeout(Some(4 * LIMIT)).unwrap();
    stream.write_all(KEPT).unwrap();
    assert!(read_until(&mut stream, "</section>").starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn readers_of_events_leave_places_for_pages() {
    let server = Server::start("connections = 8\nheader_timeout = 60");
    let mut readers: Vec<_> = (0..4).map(|_| server.connect()).collect();
    for stream in &mut readers {
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
        server.serves_a_page("readers of events");
    }

    // Who idles makes room, and events go on all the same.
    let mut idle: Vec<_> = (0..8).map(|_| server.connect()).collect();
    for stream in &mut idle {
        _ = stream.write_all(KEPT);
    }
    server.serves_a_page("readers of events and a crowd");
    for stream in &readers {
        stream.set_nonblocking(true).unwrap();
        let mut rest = Vec::new();
        let error = (&mut &*stream).read_to_end(&mut rest).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "closed");
    }
    drop(readers);
    let mut again = server.connect();
    again.write_all(EVENTS).unwrap();
    let answer = read_until(&mut again, "\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
}

#[test]
fn a_shortage_of_file_descriptors_passes() {
    let server = Server::with_descriptors(32, "connections = 800\nheader_timeout = 60");
    let mut idle: Vec<_> = (0..48).map(|_| server.connect()).collect();
    for stream in &mut idle {
        stream.write_all(KEPT).unwrap();
        assert!(read_until(stream, "</section>").starts_with("HTTP/1.1 200 OK"));
    }
    server.serves_a_page("more connections than file descriptors");
}

#[test]
fn a_connection_that_idles_is_closed() {
    let server = Server::start("header_timeout = 0.5");
    let mut stream = server.connect();
    stream.write_all(KEPT).unwrap();
    let answer = String::from_utf8(read_to_close(&mut stream)).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("</section>"),
        "{answer}"
    );
}
