//! The table of cases: a server's misbehaviour, and the expected outcome.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use masthead::Added;
use masthead::fetch::TransportErrorKind as Kind;

use Expect::{Late, Malformed, Transport};

use crate::answers;
use crate::documents::Feed;
use crate::endpoints::{Endpoint, Identity, written};
use crate::scripted_server::{Act, Seen, head, reply};

/// One misbehaviour of a server.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) host: Host,
    pub(crate) expect: Expect,
}

/// The host with the misbehaviour.
pub(crate) enum Host {
    /// The server that has answered well before.
    Turned(Script),
    /// The same over `https`, with a trusted certificate.
    TurnedTls(Script),
    /// An endpoint that never answers; the known values come from a store.
    Endpoint(Box<dyn Fn() -> Endpoint>),
}

pub(crate) type Script = Box<dyn Fn(&Seen) -> Vec<Act> + Send + Sync>;

/// The expected outcome in the report, for every item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// No response: a transport error of this kind.
    Transport(Kind),
    /// No response in time, by the limit of the transport or of the chain.
    Late,
    /// A response with this status.
    Status(u16),
    /// A response without a reading.
    Malformed,
    /// A reading that is refused.
    Refused(Added),
}

impl Case {
    /// Whether a time limit of the client ends the case. Only such cases run with short limits, so that a busy machine does not
    /// fail the others.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.host, Host::Endpoint(_)) || self.expect == Late
    }
}

/// Returns every case. `folder` holds the trusted certificate; no connection may arrive at `elsewhere`.
pub(crate) fn all(folder: &Path, elsewhere: &TcpListener) -> Vec<Case> {
    let mut cases = connections(folder);
    cases.extend(framing());
    let elsewhere = elsewhere.local_addr().unwrap().to_string();
    cases.extend(answers::bodies());
    cases.extend(answers::redirects(&elsewhere));
    cases.extend(answers::statuses());
    cases.extend(answers::documents());
    cases
}

fn connections(folder: &Path) -> Vec<Case> {
    let trusted = written(folder);
    vec![
        place(
            "refuses the connection",
            Endpoint::closed,
            Transport(Kind::Connect),
        ),
        place(
            "does not take the connection",
            Endpoint::full,
            Transport(Kind::Connect),
        ),
        place("never accepts", Endpoint::never_accepted, Late),
        place(
            "plain http on an https port",
            || Endpoint::instead_of_tls(reply("400 Bad Request", &[], "plain")),
            Transport(Kind::Connect),
        ),
        place(
            "garbage for a handshake",
            || Endpoint::instead_of_tls(vec![Act::send(vec![0x16; 4096]), Act::Hang]),
            Transport(Kind::Connect),
        ),
        place(
            "a handshake that stalls",
            || Endpoint::instead_of_tls(vec![Act::Hang]),
            Transport(Kind::Connect),
        ),
        place(
            "a self-signed certificate",
            || Endpoint::certified(Identity::for_name("127.0.0.1").config()),
            Transport(Kind::Connect),
        ),
        place(
            "a certificate for another name",
            move || Endpoint::certified(trusted.clone()),
            Transport(Kind::Connect),
        ),
    ]
}

fn framing() -> Vec<Case> {
    let headers: String = (0..101).map(|n| format!("X-{n}: 1\r\n")).collect();
    let begun = Act::send(head("200 OK", &[("Content-Length", "1000")]));
    let drip = |bytes: &str| Act::Drip(bytes.into(), Duration::from_millis(100));
    let closing = |bytes: Vec<u8>| vec![Act::send(bytes), Act::Close];
    let with_half =
        |headers: &[(&str, &str)]| [head("200 OK", headers), b"<rates><date>".to_vec()].concat();
    vec![
        every("hangs after it accepted", vec![Act::Hang], Late),
        every(
            "hangs in the headers",
            vec![Act::send("HTTP/1.1 200 OK\r\nX"), Act::Hang],
            Late,
        ),
        every("hangs in the body", vec![begun.clone(), Act::Hang], Late),
        every(
            "drips a header",
            vec![Act::send("HTTP/1.1 200 OK\r\nX: "), drip("x")],
            Late,
        ),
        every("drips a body", vec![begun, drip("<")], Late),
        every("closes at once", vec![Act::Close], Transport(Kind::Broken)),
        every(
            "a body cut short of its length",
            closing(with_half(&[("Content-Length", "5000")])),
            Transport(Kind::Broken),
        ),
        every(
            "a chunk cut short",
            closing(
                [
                    head("200 OK", &[("Transfer-Encoding", "chunked")]),
                    b"ff\r\n<rates>".to_vec(),
                ]
                .concat(),
            ),
            Transport(Kind::Broken),
        ),
        turned(
            "a body that ends with the connection, half of it",
            |request| {
                let good = Feed::of(request).good();
                vec![
                    Act::send(
                        [
                            head("200 OK", &[]),
                            good.as_bytes()[..good.len() / 2].to_vec(),
                        ]
                        .concat(),
                    ),
                    Act::Close,
                ]
            },
            Malformed,
        ),
        every(
            "101 headers",
            closing(format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes()),
            Transport(Kind::Broken),
        ),
        every(
            "a header of a megabyte",
            closing(head("200 OK", &[("X-Long", &"x".repeat(1 << 20))])),
            Transport(Kind::Broken),
        ),
        every(
            "headers without an end",
            vec![
                Act::send("HTTP/1.1 200 OK\r\nX: "),
                Act::Drip(vec![b'x'; 16 << 10], Duration::ZERO),
            ],
            Transport(Kind::Broken),
        ),
        every(
            "interim answers without an end",
            vec![Act::Drip(
                b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100),
                Duration::from_millis(1),
            )],
            Late,
        ),
        every(
            "two lengths",
            closing(
                b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_vec(),
            ),
            Transport(Kind::Broken),
        ),
        every(
            "a length below zero",
            closing(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab".to_vec()),
            Transport(Kind::Broken),
        ),
        every(
            "another protocol",
            closing(b"220 mail.example ESMTP\r\n\r\n".to_vec()),
            Transport(Kind::Broken),
        ),
    ]
}

pub(crate) fn place(
    name: &'static str,
    host: impl Fn() -> Endpoint + 'static,
    expect: Expect,
) -> Case {
    Case {
        name,
        host: Host::Endpoint(Box::new(host)),
        expect,
    }
}

pub(crate) fn every(name: &'static str, acts: Vec<Act>, expect: Expect) -> Case {
    turned(name, move |_| acts.clone(), expect)
}

pub(crate) fn document(name: &'static str, make: fn(Feed) -> String, expect: Expect) -> Case {
    // Made beforehand, so that the server's memory is not measured as the client's.
    let answers = Feed::ALL.map(|feed| (feed, reply("200 OK", &[], make(feed))));
    let find = move |request: &Seen| {
        let asked = answers.iter().find(|(feed, _)| *feed == Feed::of(request));
        asked.map(|(_, acts)| acts.clone()).unwrap_or_default()
    };
    turned(name, find, expect)
}

pub(crate) fn turned(
    name: &'static str,
    script: impl Fn(&Seen) -> Vec<Act> + Send + Sync + 'static,
    expect: Expect,
) -> Case {
    Case {
        name,
        host: Host::Turned(Box::new(script)),
        expect,
    }
}
