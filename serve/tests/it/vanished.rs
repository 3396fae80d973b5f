//! Readers of events whose network is cut without a word. Needs root and network namespaces: `.ci/run members` runs it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Server, read_until};

/// A network namespace with readers, behind a link that can be cut; removed when dropped.
struct Link {
    namespace: String,
    /// The end of the link on this side.
    here: String,
    address: String,
}

impl Link {
    fn new() -> Self {
        let id = std::process::id();
        let link = Self {
            namespace: format!("masthead-{id}"),
            here: format!("mh{id}"),
            address: format!("10.231.{}.1", id % 250),
        };
        let (space, here) = (&*link.namespace, &*link.here);
        let there = format!("10.231.{}.2/24", id % 250);
        ip(&["netns", "add", space]);
        ip(&[
            "link", "add", here, "type", "veth", "peer", "name", "there", "netns", space,
        ]);
        ip(&["addr", "add", &format!("{}/24", link.address), "dev", here]);
        ip(&["link", "set", here, "up"]);
        ip(&["-n", space, "addr", "add", &there, "dev", "there"]);
        ip(&["-n", space, "link", "set", "there", "up"]);
        link
    }

    fn cut(&self) {
        ip(&["-n", &self.namespace, "link", "set", "there", "down"]);
    }

    /// Starts a reader of events inside the namespace. Returns once it has the first event.
    fn reader(&self, port: u16) -> Reader {
        let script = format!(
            "exec 3<>/dev/tcp/{}/{port}; printf 'GET /strip/events?lang=kk HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' >&3; exec cat <&3",
            self.address
        );
        let mut child = Command::new("ip")
            .args(["netns", "exec", &self.namespace, "bash", "-c", &script])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let first = lines.next();
        assert!(
            first.as_deref().is_some_and(|line| line.contains(" 200 ")),
            "{first:?}"
        );
        Reader(child)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // The link goes with the namespace.
        _ = Command::new("ip")
            .args(["netns", "del", &self.namespace])
            .status();
    }
}

struct Reader(Child);

impl Drop for Reader {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

#[track_caller]
fn ip(arguments: &[&str]) {
    let status = Command::new("ip").args(arguments).status().unwrap();
    assert!(status.success(), "ip {arguments:?}");
}

#[test]
#[ignore = "needs root and network namespaces"]
fn vanished_readers_free_their_places() {
    let link = Link::new();
    let settings = "[limits]\nevents = 8";
    let server = Server::listening("0.0.0.0:0", settings);
    let readers: Vec<Reader> = (0..8).map(|_| link.reader(server.address.port())).collect();
    let refused = server.get("/strip/events?lang=kk");
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    link.cut();
    let began = Instant::now();
    // A heartbeat every 25 seconds, then the 30 seconds of the time-out.
    let limit = Duration::from_secs(100);
    let free = || {
        let mut stream = server.connect();
        let request = b"GET /strip/events?lang=kk HTTP/1.1\r\nHost: a\r\n\r\n";
        stream.write_all(request).unwrap();
        read_until(&mut stream, "\r\n\r\n").starts_with("HTTP/1.1 200 ")
    };
    while !free() {
        assert!(began.elapsed() < limit, "the places are still taken");
        std::thread::sleep(Duration::from_secs(1));
    }
    drop(readers);
}
