//! Quarantined numbers: listed and approved by commands beside the running server.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::Server;
use crate::upstream::Upstream;

/// A dollar whose decimal point has moved: 475.09 is plausible.
const SLIP: &str = "47.509";

/// A site with a state file, and a bank that publishes [`SLIP`].
struct Site {
    folder: TempDir,
    upstream: Upstream,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = Self {
            folder,
            upstream: Upstream::with_dollar(SLIP),
        };
        let state = site.state();
        let settings = format!("contact = \"serve tests; web@example.kz\"\nstate = {state:?}\n");
        std::fs::write(site.settings(), settings).unwrap();
        site
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("masthead.ledger")
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("masthead.toml")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("masthead.ledger{suffix}"))
    }

    fn start(&self) -> Server {
        let state = self.state();
        Server::with_settings(1024, &self.upstream.url, &format!("state = {state:?}"))
    }

    fn run(&self, options: &[&str]) -> (Option<i32>, String, String) {
        run(options, &self.settings())
    }

    /// Waits for the one quarantined id in the state file.
    fn quarantined(&self) -> String {
        let began = Instant::now();
        loop {
            let (_, listed, _) = self.run(&["--quarantine"]);
            let id = listed
                .strip_prefix("hold ")
                .and_then(|rest| rest.split_once(':'));
            if let Some((id, _)) = id {
                assert_eq!(listed.matches("hold ").count(), 1, "{listed}");
                return id.to_owned();
            }
            assert!(began.elapsed() < Duration::from_secs(15), "{listed}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn run(options: &[&str], settings: &Path) -> (Option<i32>, String, String) {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_masthead-serve"));
    let Output {
        status,
        stdout,
        stderr,
    } = serve.args(options).arg(settings).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[track_caller]
fn logs(server: &Server, text: &str) {
    let began = Instant::now();
    while !server.log().contains(text) {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{text}: {}",
            server.log()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn quarantined_numbers_are_listed_and_approved_while_the_server_runs() {
    let site = Site::new();
    let server = site.start();
    let id = site.quarantined();
    assert!(!server.get("/strip/en.txt").contains(SLIP));
    let (code, listed, _) = site.run(&["--quarantine"]);
    assert_eq!(code, Some(0));
    for part in [
        &*id,
        "national_bank_kz",
        "  since 20",
        &format!("  USD {SLIP}"),
        "for 1\n",
    ] {
        assert!(listed.contains(part), "{part:?}: {listed}");
    }

    let (code, _, reported) = site.run(&["--approve", "2026-04-02-00c0ffee"]);
    let expected = format!(
        "masthead-serve: error: 2026-04-02-00c0ffee is not quarantined; quarantined: {id}\n"
    );
    assert_eq!((code, reported), (Some(1), expected));
    let (code, _, reported) = site.run(&["--approve", "dollar"]);
    assert_eq!(code, Some(1));
    assert!(
        reported.starts_with("masthead-serve: error: invalid hold \"dollar\": "),
        "{reported}"
    );
    assert!(
        reported.ends_with(&format!("; quarantined: {id}\n")),
        "{reported}"
    );
    assert!(!site.beside(".approve").exists());

    let (code, _, reported) = site.run(&["--approve", &id]);
    assert_eq!(code, Some(0), "{reported}");
    logs(&server, &format!("  INFO approved id={id}\n"));
    assert!(server.get("/strip/en.txt").contains(SLIP));
    let began = Instant::now();
    while site.beside(".approving").exists() || site.beside(".approve").exists() {
        assert!(began.elapsed() < Duration::from_secs(5));
    }
    let (code, listed, _) = site.run(&["--quarantine"]);
    assert_eq!((code, &*listed), (Some(0), "nothing is quarantined\n"));
    let (code, _, reported) = site.run(&["--approve", &id]);
    assert_eq!(code, Some(1));
    assert!(
        reported.ends_with("is not quarantined; nothing is quarantined\n"),
        "{reported}"
    );
}

#[test]
fn an_approval_waits_for_the_next_start() {
    let site = Site::new();
    let server = site.start();
    let id = site.quarantined();
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    let (code, _, reported) = site.run(&["--approve", &id]);
    assert_eq!(code, Some(0), "{reported}");
    // Invalid lines in the request are logged and ignored.
    let request = std::fs::read_to_string(site.beside(".approve")).unwrap();
    assert_eq!(request, format!("{id}\n"));
    let edited = format!("no id\n\n2026-04-02-00c0ffee\n{request}");
    std::fs::write(site.beside(".approve"), edited).unwrap();
    let server = site.start();
    logs(&server, &format!("  INFO approved id={id}\n"));
    logs(
        &server,
        " WARN not approved reason=\"invalid hold \\\"no id\\\": ",
    );
    logs(
        &server,
        " WARN not approved reason=\"nothing is held as 2026-04-02-00c0ffee",
    );
    assert!(server.get("/strip/en.txt").contains(SLIP));
}

#[test]
fn a_request_that_is_not_a_file_is_left_alone_and_reported_once() {
    let site = Site::new();
    let made = Command::new("mkfifo")
        .arg(site.beside(".approve"))
        .status()
        .unwrap();
    assert!(made.success());
    let server = site.start();
    let reported = format!(
        "ERROR cannot read approval requests problem=\"{} is not a regular file\"\n",
        site.beside(".approve").display()
    );
    logs(&server, &reported);
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(server.log().matches(&reported).count(), 1);
    server.serves_a_page("a request that is not a file");
}

#[test]
fn the_commands_need_a_state_file() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("masthead.toml");
    std::fs::write(&settings, "contact = \"a; b@example.kz\"\n").unwrap();
    let (code, _, reported) = run(&["--quarantine"], &settings);
    assert_eq!(code, Some(1));
    assert!(
        reported.contains("the settings have no `state`"),
        "{reported}"
    );
    let state = folder.path().join("masthead.ledger");
    std::fs::write(
        &settings,
        format!("contact = \"a; b@example.kz\"\nstate = {state:?}\n"),
    )
    .unwrap();
    let (code, _, reported) = run(&["--approve", "2026-04-02-00c0ffee"], &settings);
    assert_eq!(code, Some(1));
    assert!(
        reported.ends_with("masthead.ledger: the state file does not exist yet\n"),
        "{reported}"
    );
}
