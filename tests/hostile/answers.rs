//! Hostile responses that are valid HTTP.

use std::time::Duration;

use masthead::Added;
use masthead::fetch::TransportErrorKind as Kind;

use crate::cases::Expect::{Malformed, Refused, Status, Transport};
use crate::cases::{Case, Host, document, every, turned};
use crate::documents::{Feed, entity_bomb, gzip_bomb};
use crate::scripted_server::{Act, Seen, head, reply};

pub(crate) fn bodies() -> Vec<Case> {
    let zeroes = || Act::Drip(vec![b'0'; 16 << 10], Duration::ZERO);
    let encoded = |encoding: &'static str| {
        move |request: &Seen| {
            reply(
                "200 OK",
                &[("Content-Encoding", encoding)],
                Feed::of(request).with_value("999.00"),
            )
        }
    };
    let chunked = Act::send(head("200 OK", &[("Transfer-Encoding", "chunked")]));
    let chunk = [b"4000\r\n".as_slice(), &[b'0'; 0x4000], b"\r\n"].concat();
    vec![
        every(
            "a gzip bomb of 400 megabytes",
            reply("200 OK", &[("Content-Encoding", "gzip")], gzip_bomb()),
            Transport(Kind::TooLarge),
        ),
        turned("invalid gzip", encoded("gzip"), Transport(Kind::Broken)),
        turned(
            "brotli, which was not asked for",
            encoded("br"),
            Transport(Kind::Broken),
        ),
        turned(
            "zstd, which was not asked for",
            encoded("zstd"),
            Transport(Kind::Broken),
        ),
        turned(
            "gzip within gzip",
            encoded("gzip, gzip"),
            Transport(Kind::Broken),
        ),
        every(
            "no end, no length",
            vec![Act::send(head("200 OK", &[])), zeroes()],
            Transport(Kind::TooLarge),
        ),
        every(
            "no end, in chunks",
            vec![chunked, Act::Drip(chunk, Duration::ZERO)],
            Transport(Kind::TooLarge),
        ),
        every(
            "two hundred megabytes, as announced",
            vec![
                Act::send(head("200 OK", &[("Content-Length", "209715200")])),
                zeroes(),
            ],
            Transport(Kind::TooLarge),
        ),
        every(
            "a length of 2^63 - 1",
            vec![
                Act::send(head("200 OK", &[("Content-Length", "9223372036854775807")])),
                Act::Hang,
            ],
            Transport(Kind::TooLarge),
        ),
    ]
}

pub(crate) fn redirects(elsewhere: &str) -> Vec<Case> {
    let to = |location: String| move |_: &Seen| reply("302 Found", &[("Location", &location)], "");
    let plain = to(format!("http://{elsewhere}/"));
    vec![
        turned(
            "a redirect to the metadata of a cloud",
            to("http://169.254.169.254/latest/meta-data/".into()),
            Status(302),
        ),
        turned(
            "a redirect to another port",
            to(format!("http://{elsewhere}/rss/rates_all.xml")),
            Status(302),
        ),
        turned(
            "a redirect to a file",
            to("file:///etc/passwd".into()),
            Status(302),
        ),
        turned(
            "a redirect that follows itself",
            |request| reply("307 Temporary Redirect", &[("Location", &request.path)], ""),
            Status(307),
        ),
        Case {
            name: "a redirect from https to http",
            host: Host::TurnedTls(Box::new(plain)),
            expect: Status(302),
        },
    ]
}

pub(crate) fn statuses() -> Vec<Case> {
    let mut cases = vec![
        every("200 and nothing", reply("200 OK", &[], ""), Malformed),
        every(
            "200 and a page",
            reply(
                "200 OK",
                &[("Content-Type", "text/html")],
                "<!doctype html><html><body>502 Bad Gateway</body></html>",
            ),
            Malformed,
        ),
        every(
            "204",
            vec![Act::send(head("204 No Content", &[]))],
            Status(204),
        ),
        turned(
            "206, a part",
            |request| {
                reply(
                    "206 Partial Content",
                    &[],
                    Feed::of(request).with_value("999.00"),
                )
            },
            Status(206),
        ),
        every(
            "brotli on a 503",
            reply(
                "503 Away",
                &[("Content-Encoding", "br"), ("Retry-After", "120")],
                "x",
            ),
            Status(503),
        ),
    ];
    for (name, status) in [
        ("500", 500),
        ("502, for a while", 502),
        ("503, for a while", 503),
        ("403", 403),
        ("429, without end", 429),
    ] {
        let wait = if status == 429 { "99999999999" } else { "120" };
        let answer = reply(
            &format!("{status} No"),
            &[("Retry-After", wait)],
            "<rates/>",
        );
        cases.push(every(name, answer, Status(status)));
    }
    cases
}

pub(crate) fn documents() -> Vec<Case> {
    vec![
        turned(
            "windows-1251",
            |request| reply("200 OK", &[], Feed::of(request).in_another_charset()),
            Malformed,
        ),
        turned(
            "UTF-16",
            |request| {
                let units = Feed::of(request).good();
                let bytes: Vec<u8> = units.encode_utf16().flat_map(u16::to_le_bytes).collect();
                reply("200 OK", &[], [&[0xff, 0xfe], &bytes[..]].concat())
            },
            Malformed,
        ),
        document("a key twice", Feed::with_duplicate, Malformed),
        document(
            "the document twice",
            |feed| feed.good().repeat(2),
            Malformed,
        ),
        document("a hundred thousand levels", Feed::nested, Malformed),
        every(
            "an entity bomb",
            reply("200 OK", &[], entity_bomb()),
            Malformed,
        ),
        document(
            "all the attributes a body holds",
            |feed| feed.with_attributes(140_000),
            Malformed,
        ),
        every(
            "a million attributes",
            reply("200 OK", &[], Feed::OfDay.with_attributes(1_000_000)),
            Transport(Kind::TooLarge),
        ),
        document(
            "a rate of nothing",
            |feed| feed.with_value("0.00"),
            Malformed,
        ),
        document(
            "a rate below zero",
            |feed| feed.with_value("-475.09"),
            Malformed,
        ),
        document(
            "a rate that is no number",
            |feed| feed.with_value("NaN"),
            Malformed,
        ),
        document(
            "a rate without end",
            |feed| feed.with_value("1e400"),
            Malformed,
        ),
        document(
            "the day before",
            |feed| feed.of_days("2026-04-01", "2026-04-01", "2026-03-20T12:00:00Z"),
            Refused(Added::Superseded),
        ),
    ]
}
