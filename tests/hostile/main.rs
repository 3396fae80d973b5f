//! A ticker with good values meets every misbehaviour of a server: the refresh ends in time, in little memory, reports the cause,
//! and the snapshot stays the same.
//!
//! `MASTHEAD_HOSTILE_LIMITS=default` measures with the default limits, and prints a table.

mod answers;
mod cases;
mod documents;
mod endpoints;
#[path = "../it/fake_hosts.rs"]
#[allow(dead_code)] // of another target
mod fake_hosts;
#[path = "../it/scripted_server.rs"]
mod scripted_server;
#[path = "../it/support.rs"]
#[allow(dead_code)] // of another target
mod support;

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use masthead::Ticker;
use masthead::fetch::{HttpTransport, Outcome};
use masthead::ticker::{FileStore, Report, TickerBuilder};
use peak_alloc::PeakAlloc;

use cases::{Case, Expect, Host, Script};
use documents::Feed;
use endpoints::{Endpoint, Identity, written};
use scripted_server::{Seen, Server, reply};
use support::time;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MOST_MEMORY: usize = 16 << 20;
const CONTACT: &str = "tests";
const LIMITS: &str = "MASTHEAD_HOSTILE_LIMITS";
const FOLDER: &str = "MASTHEAD_HOSTILE_FOLDER";
/// Which of the child processes a process is.
const PART: &str = "MASTHEAD_HOSTILE_PART";
/// The child processes: most cases wait for a time limit.
const PARTS: usize = 4;

/// The head of the table of the cases.
const HEAD: &str = "| case | s | peak KB | the report's first line |\n|---|---|---|---|\n";

/// The time limits of a ticker, and the time within which a refresh must end on a busy machine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Limits {
    Default,
    Short,
}

/// The time and memory of a case, and its report.
struct Measured {
    time: Duration,
    memory: usize,
    report: Report,
    /// Whether the snapshot is unchanged.
    kept: bool,
}

/// Child processes measure, because the trusted certificate is set by their environment. Each runs one case at a time, so that its memory
/// is that of the case.
#[test]
fn no_misbehaviour_of_a_server_changes_the_page() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let part = std::env::var(PART).unwrap().parse().unwrap();
        return run(Path::new(&folder), part);
    }
    let folder = tempfile::tempdir().unwrap();
    Identity::for_name("localhost").write(folder.path());
    let start = |part: usize| {
        Command::new(std::env::current_exe().unwrap())
            .args([
                "no_misbehaviour_of_a_server_changes_the_page",
                "--exact",
                "--nocapture",
                "--quiet",
            ])
            .env("SSL_CERT_FILE", folder.path().join("root.pem"))
            .env_remove("SSL_CERT_DIR")
            .env(FOLDER, folder.path())
            .env(PART, part.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<Child> = (0..PARTS).map(start).collect();
    let outputs: Vec<Output> = children
        .into_iter()
        .map(|child| child.wait_with_output().unwrap())
        .collect();
    // A child whose filter names no test succeeds too, but prints no table.
    let has_run = |output: &Output| {
        let has_table = String::from_utf8_lossy(&output.stdout).contains(HEAD);
        output.status.success() && has_table
    };
    let is_success = outputs.iter().all(has_run);
    if !is_success || Limits::of_environment() == Limits::Default {
        // Written directly, because the test harness captures the output of a passing test.
        for output in outputs {
            let said = [output.stdout, output.stderr].concat();
            std::io::stdout().write_all(&said).unwrap();
        }
    }
    assert!(is_success, "see above");
}

/// Runs every fourth case, from that of the number `part` on.
fn run(folder: &Path, part: usize) {
    let limits = Limits::of_environment();
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let (mut table, mut wrong) = (String::new(), Vec::new());
    let cases = cases::all(folder, &elsewhere);
    let cases = cases.into_iter().skip(part).step_by(PARTS);
    let state = folder.join(format!("state-{part}.json"));
    for case in cases {
        let (name, expect) = (case.name, case.expect);
        let limits = if case.waits() {
            limits
        } else {
            Limits::Default
        };
        let measured = measure(case, folder, &state, limits);
        let Measured {
            time,
            memory,
            report,
            kept,
        } = &measured;
        if !kept {
            wrong.push(format!("{name}: changed the snapshot: {report}"));
        }
        let said = report.to_string();
        let said: String = said
            .lines()
            .next()
            .unwrap_or("nothing failed")
            .chars()
            .take(150)
            .collect();
        writeln!(
            table,
            "| {name} | {:.2} | {} | {said} |",
            time.as_secs_f64(),
            memory >> 10
        )
        .unwrap();
        if *time > limits.wall() {
            wrong.push(format!("{name}: took {time:?}"));
        }
        if *memory > MOST_MEMORY {
            wrong.push(format!("{name}: took {} KB", memory >> 10));
        }
        wrong.extend(
            expect
                .differs(report)
                .map(|what| format!("{name}: expected {expect:?}: {what}")),
        );
        if elsewhere.accept().is_ok() {
            wrong.push(format!("{name}: went elsewhere"));
        }
    }
    let table = [HEAD, &table].concat();
    std::io::stdout().write_all(table.as_bytes()).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Refreshes a ticker with good values once, and checks that they stay.
fn measure(case: Case, folder: &Path, state: &Path, limits: Limits) -> Measured {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let inside = runtime.enter();
    let turned = Arc::new(AtomicBool::new(false));
    let (ticker, host): (Ticker, Box<dyn std::any::Any>) = match case.host {
        Host::Turned(script) => {
            let server = Server::start(turning(&turned, script));
            let ticker = limits.builder(&server.url()).build().unwrap();
            (ticker, Box::new(server))
        }
        Host::TurnedTls(script) => {
            let server = Server::start_tls(written(folder), turning(&turned, script));
            let url = format!("https://localhost:{}", server.port());
            (limits.builder(&url).build().unwrap(), Box::new(server))
        }
        Host::Endpoint(make) => {
            let place = make();
            let good = Server::start(turning(&turned, Box::new(|_| Vec::new())));
            let first = Limits::Default
                .builder(&good.url())
                .store(FileStore::new(state))
                .build()
                .unwrap();
            learn(&runtime, &first);
            let ticker = limits
                .builder(&place.url)
                .store(FileStore::new(state))
                .build()
                .unwrap();
            assert_eq!(*ticker.snapshot(), *first.snapshot());
            (ticker, Box::new(place))
        }
    };
    if !host.is::<Endpoint>() {
        learn(&runtime, &ticker);
    }
    turned.store(true, Ordering::SeqCst);
    let before = ticker.snapshot().to_arc();
    let base = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let start = Instant::now();
    let report = runtime.block_on(ticker.refresh(time("2026-04-02T12:30:00Z")));
    let (time, peak) = (start.elapsed(), MEMORY.peak_usage());
    // This closes the connections, for which the server waits when it ends.
    drop(inside);
    drop(runtime);
    Measured {
        time,
        memory: peak.saturating_sub(base),
        report,
        kept: *ticker.snapshot() == *before,
    }
}

fn learn(runtime: &tokio::runtime::Runtime, ticker: &Ticker) {
    let report = runtime.block_on(ticker.refresh(time("2026-04-02T12:00:00Z")));
    assert!(report.is_complete(), "{report}");
    assert_eq!(ticker.snapshot().cities().count(), 1);
}

/// Returns a server that answers well until `turned` is set.
fn turning(
    turned: &Arc<AtomicBool>,
    script: Script,
) -> impl Fn(&Seen) -> Vec<scripted_server::Act> + Send + Sync + 'static {
    let turned = Arc::clone(turned);
    move |request| {
        if turned.load(Ordering::SeqCst) {
            script(request)
        } else {
            reply("200 OK", &[], Feed::of(request).good())
        }
    }
}

impl Limits {
    fn of_environment() -> Self {
        match std::env::var(LIMITS).as_deref() {
            Err(_) => Self::Short,
            Ok("default") => Self::Default,
            Ok(other) => panic!("{LIMITS} is {other:?}, expected default or nothing"),
        }
    }

    fn builder(self, upstream: &str) -> TickerBuilder {
        let builder = Ticker::builder(CONTACT).clock(|| time("2026-04-02T12:00:00Z"));
        match self {
            Self::Default => builder.upstream(upstream),
            Self::Short => {
                let transport = HttpTransport::builder(CONTACT)
                    .upstream(upstream)
                    .connect_timeout(Duration::from_millis(250))
                    .read_timeout(Duration::from_millis(700))
                    .timeout(Duration::from_secs(1));
                let transport = transport.build().unwrap();
                builder
                    .transport(transport)
                    .deadline(Duration::from_secs(2))
            }
        }
    }

    fn wall(self) -> Duration {
        Duration::from_secs(match self {
            Self::Default => 10,
            Self::Short => 5,
        })
    }
}

impl Expect {
    /// Returns the first item whose outcome in the report is not the expected one.
    fn differs(self, report: &Report) -> Option<String> {
        if report.entries.len() != 3 || !report.store.is_empty() || report.obstacle.is_some() {
            return Some(format!("{report:?}"));
        }
        report.entries.iter().find_map(|entry| {
            if let Self::Refused(added) = self {
                return (entry.added != Some(added)).then(|| format!("{entry:?}"));
            }
            let as_expected = |outcome: &Outcome| match outcome {
                Outcome::Failed(error) => match self {
                    Self::Transport(kind) => error.transport() == Some(kind),
                    Self::Late => error.is_timeout(),
                    Self::Status(status) => error.status().is_some_and(|found| found == status),
                    Self::Malformed => {
                        error.is_decode() && error.status().is_none() && !error.is_no_data()
                    }
                    Self::Refused(_) => false,
                },
                _ => false,
            };
            let differing = entry
                .attempts
                .iter()
                .find(|attempt| !as_expected(&attempt.outcome));
            let none = entry.attempts.is_empty() || entry.added.is_some();
            differing
                .map(|attempt| format!("{}: {attempt}", entry.item))
                .or_else(|| none.then(|| format!("{entry:?}")))
        })
    }
}
