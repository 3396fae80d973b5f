//! Two servers that share a Redis.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::free_port::free_port;
use crate::support::Server;
use crate::upstream::Upstream;

/// The longest wait for a condition.
const PATIENCE: Duration = Duration::from_secs(20);
/// The number of hosts requested: the National Bank of Kazakhstan, its four witnesses, MET Norway.
const SOURCES: usize = 6;

/// A `redis-server` without persistence; killed when dropped.
struct Redis {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Redis {
    /// Starts a server.
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let child = Command::new("redis-server")
            .args([
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--requirepass",
                "s3cret",
            ])
            .args(["--port", &port.to_string()])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        let redis = Self {
            child,
            port,
            _folder: folder,
        };
        wait("redis-server does not start", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        redis
    }

    fn settings(&self) -> String {
        let port = self.port;
        format!("[redis]\nurl = \"redis://:s3cret@127.0.0.1:{port}\"")
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Fails if it has ended already.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[track_caller]
fn wait(what: &str, mut until: impl FnMut() -> bool) {
    let began = Instant::now();
    while !until() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn is_full(page: &str) -> bool {
    page.contains(">475.09<")
        && page.contains("data-freshness=\"fresh\"")
        && !page.contains("absent")
}

/// Returns a page with its headers, without `Date`.
fn page(server: &Server) -> String {
    let answer = server.get("/strip/kk.html");
    let lines = answer.lines().filter(|line| !line.starts_with("date: "));
    lines.collect::<Vec<_>>().join("\n")
}

/// Waits until both servers show the same page. Panics with the pages and logs of both otherwise.
#[track_caller]
fn assert_alike(one: &Server, other: &Server) {
    let began = Instant::now();
    while page(one) != page(other) {
        let details = |server: &Server| {
            let health = server.get("/strip/health");
            format!("{}\n{health}\n{}", page(server), server.log())
        };
        assert!(
            began.elapsed() < PATIENCE,
            "they show different pages:\n{}\n\n{}",
            details(one),
            details(other)
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
#[ignore = "needs redis-server"]
fn one_server_fetches_and_both_show_the_same() {
    let mut redis = Redis::start();
    let upstream = Upstream::start();
    let start = || Server::with_settings(1024, &upstream.url, &redis.settings());
    let first = start();
    wait("the first server has no strip", || is_full(&page(&first)));
    // The witnesses are requested after the strip is complete.
    wait("the first server has not requested all sources", || {
        upstream.calls().len() == SOURCES
    });
    let requested = upstream.calls();
    let second = start();
    let at_once = page(&second);
    assert!(is_full(&at_once), "{at_once}");
    // The two pages may be of different minutes, once.
    assert_alike(&first, &second);
    let health = || [&first, &second].map(|server| server.get("/strip/health"));
    wait("no leader in the health report", || {
        health()
            .iter()
            .all(|health| !health.contains("\"leader\":null"))
    });
    for health in health() {
        assert!(health.contains("\"fleet\":{\"node\":\""), "{health}");
        assert!(
            !health.contains("s3cret") && !health.contains("127.0.0.1"),
            "{health}"
        );
    }
    assert_eq!(
        upstream.calls(),
        requested,
        "the second server sent requests too"
    );
    wait("the first server does not log the leader", || {
        let log = first.log();
        let mut lines = log.lines();
        lines.any(|line| {
            let (_, event) = line.split_once("  INFO ").unwrap_or_default();
            event.starts_with("who asks upstream node=") && event.contains(" topic=rates leader=")
        })
    });

    redis.kill();
    wait("no server logs that the store is unreachable", || {
        [&first, &second].iter().all(|server| {
            server
                .log()
                .contains(" WARN the shared store is away node=")
        })
    });
    assert_alike(&first, &second);
    for (server, health) in [&first, &second].into_iter().zip(health()) {
        assert!(is_full(&page(server)));
        assert!(health.contains("\"last_error\":\"redis: "), "{health}");
        assert!(!(health + &server.log()).contains("s3cret"));
    }
}

#[test]
fn a_server_starts_without_its_shared_store() {
    let upstream = Upstream::start();
    // No process listens on this port.
    let settings = "[redis]\nurl = \"redis://:s3cret@127.0.0.1:9\"";
    let server = Server::with_settings(1024, &upstream.url, settings);
    wait("it has no strip", || is_full(&page(&server)));
    let log = server.log();
    assert!(
        log.contains(" WARN the shared store is away node=")
            && log.contains(" error=\"redis: no connection: connection refused"),
        "{log}"
    );
}

/// A reload keeps the name of the server, and so its leases.
#[test]
#[ignore = "needs redis-server"]
fn a_reload_in_a_fleet_sends_no_request_and_keeps_the_name() {
    let redis = Redis::start();
    let upstream = Upstream::start();
    let first = Server::with_settings(1024, &upstream.url, &redis.settings());
    wait("the first server has no strip", || is_full(&page(&first)));
    wait("the first server has not requested all sources", || {
        upstream.calls().len() == SOURCES
    });
    let second = Server::with_settings(1024, &upstream.url, &redis.settings());
    let node = |server: &Server| {
        let health = server.get("/strip/health");
        let (_, rest) = health.split_once("\"fleet\":{\"node\":\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let (requested, name) = (upstream.calls(), node(&first));
    for server in [&first, &second, &first] {
        let logged = server.reload(&upstream.url, &redis.settings());
        assert!(logged.contains("  INFO reloaded file="), "{logged}");
        assert!(is_full(&page(server)));
        assert_alike(&first, &second);
    }
    assert_eq!(node(&first), name);
    assert_eq!(upstream.calls(), requested);
    // Without the shared store it goes on alone, with what it knows.
    first.reload(&upstream.url, "");
    assert!(is_full(&page(&first)));
    assert!(first.get("/strip/health").contains("\"fleet\":null"));
}
