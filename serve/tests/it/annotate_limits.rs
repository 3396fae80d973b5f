//! Limits on articles: size, time, requests at once.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::annotate::{Annotating, ON, is};
use crate::support::{LIMIT, read_to_close};

/// The longest body.
const LONGEST: usize = 2 << 20;

fn head(length: usize) -> String {
    format!(
        "POST {ON} HTTP/1.1\r\nHost: a\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[test]
fn two_megabytes_are_annotated_and_more_is_413() {
    let site = Annotating::start("", "");
    let amount = "<p>7 млн тенге</p>";
    let page = format!("{}{amount}", " ".repeat(LONGEST - amount.len()));
    let annotated = site.post(ON, "text/html", page.as_bytes());
    is(&annotated, 200);
    assert!(annotated.len() > LONGEST && annotated.contains("masthead-converted"));

    let longer = format!(" {page}");
    let refused = site.post(ON, "text/html", longer.as_bytes());
    is(&refused, 413);
    assert!(
        refused.ends_with("\r\n\r\nexpected a body of 2 MB at most\n"),
        "{refused}"
    );
    // Before a byte of the body.
    let refused = site.send(head(LONGEST + 1).as_bytes());
    is(&refused, 413);
    let huge = head(1).replace("Content-Length: 1", "Content-Length: 18446744073709551614");
    let refused = site.send(huge.as_bytes());
    assert!(refused.starts_with("HTTP/1.1 4"), "{refused}");
    let chunked = head(0).replace("Content-Length: 0", "Transfer-Encoding: chunked");
    let chunk = format!("{:x}\r\n{longer}\r\n0\r\n\r\n", longer.len());
    is(
        &site.send(&[chunked.as_bytes(), chunk.as_bytes()].concat()),
        413,
    );
    site.server.serves_a_page("long bodies");
}

#[test]
fn a_slow_body_is_408_and_others_are_not_slower() {
    let site = Annotating::start("", "[limits]\nheader_timeout = 1");
    let mut slow = site.connect();
    let began = Instant::now();
    slow.write_all(head(100).as_bytes()).unwrap();
    is(&site.html(ON), 200);
    for _ in 0..4 {
        std::thread::sleep(Duration::from_millis(150));
        slow.write_all(b"x").unwrap();
    }
    let refused = String::from_utf8(read_to_close(&mut slow)).unwrap();
    is(&refused, 408);
    assert!(
        refused.ends_with("the body did not arrive in time\n"),
        "{refused}"
    );
    let passed = began.elapsed();
    assert!(
        passed > Duration::from_millis(900) && passed < LIMIT,
        "{passed:?}"
    );
}

#[test]
fn above_the_limit_a_request_is_503_until_there_is_room() {
    let site = Annotating::start("concurrency = 2", "");
    let mut waiting = [site.connect(), site.connect()];
    for stream in &mut waiting {
        stream.write_all(head(9).as_bytes()).unwrap();
    }
    // Until both have a place.
    std::thread::sleep(Duration::from_millis(200));
    let began = Instant::now();
    let refused = loop {
        let answer = site.html(ON);
        if !answer.starts_with("HTTP/1.1 200 ") {
            break answer;
        }
        assert!(began.elapsed() < LIMIT, "{answer}");
    };
    is(&refused, 503);
    assert!(refused.contains("\r\nretry-after: 1\r\n"), "{refused}");
    assert!(refused.contains("\r\nconnection: close\r\n"), "{refused}");
    site.server.serves_a_page("a full listener for articles");

    // One ends, one hangs up: each leaves room.
    let [mut ends, hangs_up] = waiting;
    ends.write_all(b"<p>x</p>\n").unwrap();
    drop(hangs_up);
    let room = || {
        let began = Instant::now();
        while !site.html(ON).starts_with("HTTP/1.1 200 ") {
            assert!(began.elapsed() < LIMIT, "no room");
        }
    };
    room();
    let mut again = [site.connect(), site.connect()];
    again[0].write_all(head(9).as_bytes()).unwrap();
    room();
}

/// Many times the limit at once: each is answered, by an article or a 503.
#[test]
fn a_crowd_is_answered() {
    let site = Annotating::start("concurrency = 2", "");
    let statuses = std::thread::scope(|scope| {
        let one = || {
            let page = "<p>7 млн тенге</p>".repeat(2_000);
            let answer = site.post(ON, "text/html", page.as_bytes());
            answer.split(' ').nth(1).unwrap_or_default().to_owned()
        };
        let threads: Vec<_> = (0..24).map(|_| scope.spawn(one)).collect();
        let statuses = threads.into_iter().map(|thread| thread.join().unwrap());
        statuses.collect::<Vec<_>>()
    });
    let count = |status: &str| statuses.iter().filter(|it| *it == status).count();
    assert_eq!(count("200") + count("503"), 24, "{statuses:?}");
    assert!(count("200") >= 2, "{statuses:?}");
    is(&site.html(ON), 200);
}

#[test]
fn requests_of_browsers_are_403() {
    let site = Annotating::start("", "");
    for header in ["Origin: https://site.example", "Sec-Fetch-Site: cross-site"] {
        let request = head(0).replace("Host: a", &format!("Host: a\r\n{header}"));
        let refused = site.send(request.as_bytes());
        is(&refused, 403);
        assert!(
            refused.ends_with("\r\n\r\nrequests of browsers are refused\n"),
            "{refused}"
        );
    }
}
