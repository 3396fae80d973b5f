//! Invalid and abusive requests. Each gets a response of its class or a closed connection in time, no part of it is repeated, and the
//! next client is served.

use std::io::{ErrorKind, Write as _};
use std::time::{Duration, Instant};

use crate::support::{KEPT, LIMIT, Server, read_to_close};

const SHORT: &str = "header_timeout = 0.5\nwrite_timeout = 0.5";

/// Part of every request below; no response may contain it.
const MARK: &str = "ma5k";

fn request(line: &str, headers: &str) -> Vec<u8> {
    format!("{line}\r\nHost: ma5k.example\r\nX-Ma5k: ma5k\r\n{headers}\r\n").into_bytes()
}

/// Sends bytes and checks the status of the response; `None`: the connection closes without one.
#[track_caller]
fn check(server: &Server, name: &str, bytes: &[u8], status: Option<&str>) {
    let began = Instant::now();
    let answer = server.send(bytes);
    assert!(began.elapsed() < LIMIT, "{name}: {:?}", began.elapsed());
    let text = String::from_utf8_lossy(&answer);
    match status {
        Some(status) => assert!(
            text.starts_with(&format!("HTTP/1.1 {status} ")),
            "{name}: {text}"
        ),
        None => assert_eq!(text, "", "{name}"),
    }
    assert!(
        !text.to_ascii_lowercase().contains(MARK),
        "{name} is repeated: {text}"
    );
    assert!(text.matches("HTTP/1.1 ").count() <= 1, "{name}: {text}");
    server.serves_a_page(name);
}

#[test]
fn malformed_requests() {
    let server = Server::start(SHORT);
    let check = |name, bytes: &[u8], status| check(&server, name, bytes, status);
    check("no bytes", b"", None);
    check("half a request line", b"GET /strip/ma5k", None);
    check(
        "half a request",
        b"GET /ma5k HTTP/1.1\r\nHost: ma5k\r\n",
        None,
    );
    check("binary data", b"\x00\xff\xfe ma5k\r\n\r\n", Some("400"));
    check("HTTP/0.9", b"GET /ma5k\r\n\r\n", Some("400"));
    check("HTTP/3.7", b"GET /ma5k HTTP/3.7\r\n\r\n", Some("400"));
    check("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", None);
    check(
        "TLS",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03ma5k",
        Some("400"),
    );
    check(
        "a NUL in a header",
        &request("GET / HTTP/1.1", "A: b\0c\r\n"),
        Some("400"),
    );
    check(
        "a header without a name",
        &request("GET / HTTP/1.1", ": ma5k\r\n"),
        Some("400"),
    );
    check(
        "a space before the colon",
        &request("GET / HTTP/1.1", "A : ma5k\r\n"),
        Some("400"),
    );
}

#[test]
fn oversized_requests() {
    let server = Server::start(SHORT);
    let check = |name, bytes: &[u8], status| check(&server, name, bytes, status);
    let long = MARK.repeat(1 << 18);
    let line = format!("GET /{long} HTTP/1.1");
    check("a path of a megabyte", &request(&line, ""), Some("431"));
    let header = format!("A: {long}\r\n");
    check(
        "a header of a megabyte",
        &request("GET / HTTP/1.1", &header),
        Some("431"),
    );
    let many: String = (0..1000)
        .map(|index| format!("A{index}: ma5k\r\n"))
        .collect();
    check(
        "a thousand headers",
        &request("GET / HTTP/1.1", &many),
        Some("431"),
    );
    let endless = format!("GET / HTTP/1.1\r\nA: {long}");
    check("a header without an end", endless.as_bytes(), Some("431"));
}

#[test]
fn unusual_paths() {
    let server = Server::start(SHORT);
    for path in [
        "/../../etc/passwd",
        "//",
        "//ma5k.example/kk.html",
        "/strip/../strip/kk.html",
        "/strip/..%2fkk.html",
        "/strip/%2e%2e/ma5k",
        "/strip/%6bk.html",
        "/strip/kk.html%00",
        "/strip/kk.html%0d%0aX-Ma5k:%20ma5k",
        "/strip/%zz",
        "/strip/%",
        "/strip/kk.html/",
        "/strip/KK.html",
        "/strip\\kk.html",
        "/strip/қз.html",
        "*",
    ] {
        let bytes = request(&format!("GET {path} HTTP/1.1"), "Connection: close\r\n");
        check(&server, path, &bytes, Some("404"));
    }
    let nul = request("GET /strip/k\0k.html HTTP/1.1", "");
    check(&server, "a NUL in the path", &nul, Some("400"));
    let script = request("GET /strip/<script>ma5k</script> HTTP/1.1", "");
    check(&server, "a script in the path", &script, Some("400"));
    // Not UTF-8, as old browsers write it.
    let mut latin = b"GET /strip/\xea\xea.html HTTP/1.1\r\n".to_vec();
    latin.extend_from_slice(b"Host: ma5k\r\nConnection: close\r\n\r\n");
    let answer = String::from_utf8(server.send(&latin)).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");

    // The strip ignores the host and never repeats it.
    let absolute = request(
        "GET http://ma5k.example/strip/kk.html HTTP/1.1",
        "Connection: close\r\n",
    );
    check(&server, "the absolute form", &absolute, Some("200"));
    let query = request(
        "GET /strip/kk.html?ma5k=%3Cma5k HTTP/1.1",
        "Connection: close\r\n",
    );
    check(&server, "a query", &query, Some("200"));
    let connect = request("CONNECT ma5k.example:443 HTTP/1.1", "Connection: close\r\n");
    check(&server, "CONNECT", &connect, Some("405"));
    let method = request("MA5K /strip/kk.html HTTP/1.1", "Connection: close\r\n");
    check(&server, "an unknown method", &method, Some("405"));
}

/// RFC 9112, section 3.2.
#[test]
fn a_request_has_one_valid_host() {
    let server = Server::start(SHORT);
    let page = "GET /strip/kk.html HTTP/1.1\r\nX-Ma5k: ma5k\r\nConnection: close\r\n";
    let request = |hosts: &str| format!("{page}{hosts}\r\n").into_bytes();
    for (name, hosts) in [
        ("no Host", ""),
        ("two Host", "Host: ma5k.example\r\nHost: ma5k.example\r\n"),
        ("a Host with a path", "Host: ma5k.example/strip\r\n"),
        ("a Host with a user", "Host: ma5k@example.kz\r\n"),
        ("a list of hosts", "Host: ma5k.example, a.example\r\n"),
        ("a Host with a space", "Host: ma5k example\r\n"),
    ] {
        check(&server, name, &request(hosts), Some("400"));
    }
    for (name, host) in [
        ("an empty Host", "Host:\r\n"),
        ("a port", "Host: ma5k.example:8080\r\n"),
        ("an address", "Host: [::1]:8080\r\n"),
    ] {
        check(&server, name, &request(host), Some("200"));
    }
    let authority = b"GET ma5k.example:80 HTTP/1.1\r\nHost: ma5k.example\r\n\r\n";
    check(&server, "a target without a path", authority, Some("400"));
    let old = b"GET /strip/kk.html HTTP/1.0\r\n\r\n";
    let answer = String::from_utf8(server.send(old)).unwrap();
    assert!(answer.starts_with("HTTP/1.0 200 "), "{answer}");
    // Requests after an invalid one are not answered.
    let mut bytes = request("");
    bytes.extend_from_slice(KEPT);
    check(
        &server,
        "a request after one without Host",
        &bytes,
        Some("400"),
    );
}

#[test]
fn bodies_are_not_read() {
    let server = Server::start(SHORT);
    let body = |headers: &str, body: &[u8]| {
        let mut bytes = request("POST /strip/kk.html HTTP/1.1", headers);
        bytes.extend_from_slice(body);
        bytes
    };
    let check = |name, bytes: &[u8], status| check(&server, name, bytes, Some(status));
    let large = vec![b'x'; 10_000_000];
    check(
        "ten megabytes",
        &body("Content-Length: 10000000\r\n", &large),
        "405",
    );
    check(
        "a body that never comes",
        &body("Content-Length: 99999999999\r\n", b"ma5k"),
        "405",
    );
    check(
        "Expect: 100-continue",
        &body("Expect: 100-continue\r\nContent-Length: 99\r\n", b""),
        "405",
    );
    check(
        "invalid chunks",
        &body("Transfer-Encoding: chunked\r\n", b"zz\r\nma5k"),
        "405",
    );
    check(
        "a chunk without an end",
        &body("Transfer-Encoding: chunked\r\n", b"fffffffffffffff\r\nma5k"),
        "405",
    );
    check(
        "a negative length",
        &body("Content-Length: -1\r\n", b""),
        "400",
    );
    check(
        "two lengths",
        &body("Content-Length: 1\r\nContent-Length: 2\r\n", b""),
        "400",
    );
    // Request smuggling: read by its length this is two requests, by its chunks one. It must be one.
    let smuggled = b"0\r\n\r\nGET /strip/kk.html HTTP/1.1\r\n\r\n";
    let both = body(
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        smuggled,
    );
    check("a length and chunks", &both, "405");
    let get = request(
        "GET /strip/kk.html HTTP/1.1",
        "Content-Length: 99999999999\r\n",
    );
    check("GET with a body", &get, "200");
}

#[test]
fn a_request_sent_byte_by_byte_is_cut_off() {
    let server = Server::start(SHORT);
    let mut stream = server.connect();
    stream
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let began = Instant::now();
    // One byte after each read that times out.
    for byte in KEPT
        .iter()
        .chain(b"X: ".iter())
        .chain(std::iter::repeat(&b'x'))
    {
        let sent = stream.write_all(&[*byte]);
        let closed = match std::io::Read::read(&mut stream, &mut [0; 1024]) {
            Ok(read) => read == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        };
        if sent.is_err() || closed {
            break;
        }
        assert!(began.elapsed() < LIMIT, "the connection stays open");
    }
    server.serves_a_page("a request sent byte by byte");
}

#[test]
fn a_client_that_does_not_read_is_cut_off() {
    let server = Server::start(SHORT);
    let mut stream = server.connect();
    stream
        .set_write_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let many = KEPT.repeat(1000);
    let began = Instant::now();
    let error = loop {
        match stream.write(&many) {
            Ok(_) => {}
            // The server waits until the client reads.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => break error,
        }
        assert!(began.elapsed() < LIMIT, "the connection stays open");
    };
    let kind = error.kind();
    assert!(
        matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{error}"
    );
    server.serves_a_page("a client that does not read");
}

#[test]
fn responses_before_an_invalid_request_are_sent() {
    let server = Server::start(SHORT);
    let mut bytes = KEPT.repeat(3);
    bytes.extend_from_slice(b"\x00ma5k\r\n\r\n");
    let answer = String::from_utf8(server.send(&bytes)).unwrap();
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 3, "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 400 ").count(), 1, "{answer}");
    assert!(!answer.contains(MARK));
}

#[test]
fn a_response_does_not_wait_for_the_next_request() {
    let server = Server::start("header_timeout = 5");
    let mut stream = server.connect();
    stream.write_all(KEPT).unwrap();
    stream.write_all(b"GET /strip/ru.html HTT").unwrap();
    let answer = crate::support::read_until(&mut stream, "</section>");
    assert!(answer.starts_with("HTTP/1.1 200 OK"));
    stream
        .write_all(b"P/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .unwrap();
    let next = String::from_utf8(read_to_close(&mut stream)).unwrap();
    assert!(next.contains("content-language: ru"), "{next}");
}
