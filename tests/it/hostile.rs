//! The bundled transport and a server that misbehaves. Real sockets need real time, so every time-out is short.

use std::time::{Duration, Instant};

use masthead::fetch::{Transport as _, TransportErrorKind};

use crate::gzip;
use crate::scripted_server::{Act, Server, head, reply};
use crate::transport::{
    ADDRESS, LIMIT, SILENCE, TOTAL, ask, assert_keeps_the_secret, assert_kind, body, build,
    builder, get, through,
};

#[tokio::test]
async fn a_gzipped_body_arrives_decoded_and_a_cut_one_does_not() {
    let whole = gzip::stored(b"<rates/>");
    let encoding = [("Content-Encoding", "gzip")];
    let server = Server::answering(reply("200 OK", &encoding, &whole));
    assert_eq!(body(ask(&server).await), "<rates/>");

    for length in [whole.len() - 1, whole.len() - 9, 12, 3] {
        // The body ends with the connection, so only gzip can detect that it is truncated.
        let bytes = [head("200 OK", &encoding), whole[..length].to_vec()].concat();
        let server = Server::answering([Act::send(bytes), Act::Close]);
        assert_kind(ask(&server).await, TransportErrorKind::Broken);
    }
}

#[tokio::test]
async fn an_encoding_that_was_not_requested_is_an_error_and_keeps_the_status() {
    for encoding in ["br", "zstd", "deflate", "gzip, gzip", "GZIP; q=1", "\u{1}"] {
        let headers = [("Content-Encoding", encoding), ("Retry-After", "120")];
        let server = Server::answering(reply("200 OK", &headers, "<rates/>"));
        assert_kind(ask(&server).await, TransportErrorKind::Broken);
        if encoding != "\u{1}" {
            let server = Server::answering(reply("503 Away", &headers, "?"));
            let answer = ask(&server).await.unwrap();
            assert_eq!(answer.status(), 503, "{encoding}");
            assert_eq!(answer.headers()["retry-after"], "120");
        }
    }
    let identity = [("Content-Encoding", "Identity")];
    let server = Server::answering(reply("200 OK", &identity, "<rates/>"));
    assert_eq!(body(ask(&server).await), "<rates/>");
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_read_and_not_a_byte_more() {
    let server = Server::answering(reply("200 OK", &[], vec![b'x'; LIMIT]));
    assert_eq!(body(ask(&server).await).len(), LIMIT);

    let chunk = [b"4000\r\n".as_slice(), &[b'x'; 0x4000], b"\r\n"].concat();
    let chunked = head("200 OK", &[("Transfer-Encoding", "chunked")]);
    let too_large = [
        ("by its length", reply("200 OK", &[], vec![b'x'; LIMIT + 1])),
        (
            "by a length that never comes",
            vec![
                Act::send(head("200 OK", &[("Content-Length", "9999999999")])),
                Act::Hang,
            ],
        ),
        (
            "in chunks, by one byte",
            vec![Act::send(
                [
                    &chunked[..],
                    b"10001\r\n",
                    &[b'x'; LIMIT + 1],
                    b"\r\n0\r\n\r\n",
                ]
                .concat(),
            )],
        ),
        (
            "in chunks without an end",
            vec![Act::send(chunked), Act::Drip(chunk, Duration::ZERO)],
        ),
        (
            "as sixteen megabytes of zeroes in a hundred kilobytes",
            reply(
                "200 OK",
                &[("Content-Encoding", "gzip")],
                gzip::zeros(16 << 20),
            ),
        ),
    ];
    for (how, acts) in too_large {
        let error = ask(&Server::answering(acts)).await.expect_err(how);
        assert_eq!(error.kind(), TransportErrorKind::TooLarge, "{how}: {error}");
        let text = "the answer is too large: more than 65536 bytes";
        assert_eq!(error.to_string(), text);
    }
}

#[tokio::test]
async fn a_response_that_stalls_ends_by_a_time_out() {
    let begun = Act::send(head("200 OK", &[("Content-Length", "1000")]));
    let drip = Act::Drip(b"x".to_vec(), Duration::from_millis(40));
    // The time-out for silence is shorter than the total time-out; slow bytes are not silence.
    let (silence, whole) = (SILENCE..TOTAL, TOTAL..TOTAL * 4);
    for (what, acts, expected) in [
        ("before the headers", vec![Act::Hang], silence.clone()),
        (
            "within the headers",
            vec![Act::send(b"HTTP/1.1 200 OK\r\nX".to_vec()), Act::Hang],
            silence.clone(),
        ),
        ("within the body", vec![begun.clone(), Act::Hang], silence),
        ("a byte at a time", vec![begun, drip], whole),
    ] {
        let server = Server::answering(acts);
        let (transport, started) = (through(&server), Instant::now());
        let error = transport.send(get(ADDRESS)).await.expect_err(what);
        let elapsed = started.elapsed();
        assert_eq!(error.kind(), TransportErrorKind::Timeout, "{what}: {error}");
        assert!(expected.contains(&elapsed), "{what}: {elapsed:?}");
    }
}

#[tokio::test]
async fn an_incomplete_response_is_an_error() {
    let headers: String = (0..101).map(|n| format!("X-{n}: 1\r\n")).collect();
    let cut = [
        head("200 OK", &[("Content-Length", "100")]),
        b"half".to_vec(),
    ]
    .concat();
    let chunk = [
        head("200 OK", &[("Transfer-Encoding", "chunked")]),
        b"5\r\nha".to_vec(),
    ]
    .concat();
    for (what, bytes) in [
        ("nothing at all", Vec::new()),
        ("a body cut short of its length", cut),
        ("a chunk cut short", chunk),
        (
            "101 headers",
            format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes(),
        ),
        (
            "a header of a megabyte",
            head("200 OK", &[("X-Long", &"x".repeat(1 << 20))]),
        ),
        (
            "two lengths",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_vec(),
        ),
        (
            "another protocol",
            b"220 mail.example ESMTP\r\n\r\n".to_vec(),
        ),
    ] {
        let server = Server::answering([Act::send(bytes), Act::Close]);
        let error = ask(&server).await.expect_err(what);
        assert_eq!(error.kind(), TransportErrorKind::Broken, "{what}: {error}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_distinct_from_a_broken_one() {
    let closed = Server::answering([]).port();
    let refused = build(builder().upstream(format!("http://127.0.0.1:{closed}")));
    assert_kind(
        refused.send(get(ADDRESS)).await,
        TransportErrorKind::Connect,
    );

    let plain = Server::answering(reply("400 Bad Request", &[], "plain http here"));
    let tls = build(builder().upstream(format!("https://127.0.0.1:{}", plain.port())));
    assert_kind(tls.send(get(ADDRESS)).await, TransportErrorKind::Connect);
    assert_eq!(plain.seen().len(), 1);
}

#[tokio::test]
async fn a_handshake_that_stalls_ends_by_the_time_for_connecting() {
    let server = Server::answering([Act::Hang]);
    let upstream = format!("https://127.0.0.1:{}", server.port());
    let patient = builder().upstream(upstream).read_timeout(TOTAL);
    let transport = build(patient.connect_timeout(SILENCE));
    let started = Instant::now();
    assert_kind(
        transport.send(get(ADDRESS)).await,
        TransportErrorKind::Connect,
    );
    let elapsed = started.elapsed();
    assert!((SILENCE..TOTAL).contains(&elapsed), "{elapsed:?}");
}

#[tokio::test]
async fn no_error_contains_the_query_of_an_address() {
    let begun = Act::send(head("200 OK", &[("Content-Length", "1000")]));
    let gzip = [("Content-Encoding", "gzip")];
    for acts in [
        vec![Act::Hang],
        vec![begun.clone(), Act::Hang],
        vec![begun, Act::Close],
        vec![Act::send(b"junk\r\n\r\n".to_vec()), Act::Close],
        reply("200 OK", &[], vec![b'x'; LIMIT + 1]),
        reply("200 OK", &gzip, "not gzip"),
    ] {
        let error = ask(&Server::answering(acts)).await;
        assert_keeps_the_secret(&error.unwrap_err());
    }
    let closed = Server::answering([]).port();
    for scheme in ["http", "https"] {
        let upstream = format!("{scheme}://127.0.0.1:{closed}");
        let error = build(builder().upstream(upstream)).send(get(ADDRESS)).await;
        assert_keeps_the_secret(&error.unwrap_err());
    }
    let plain = get("http://bank.example/?apikey=s3cret");
    let error = build(builder()).send(plain).await;
    assert_keeps_the_secret(&error.unwrap_err());
}

#[tokio::test]
async fn a_redirect_without_a_valid_target_is_the_response() {
    for location in ["http://[broken?apikey=s3cret", "http://", ""] {
        let server = Server::answering(reply("302 Found", &[("Location", location)], ""));
        let answer = ask(&server).await;
        assert_eq!(answer.unwrap().status(), 302, "{location:?}");
    }
}
