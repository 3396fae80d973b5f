//! What is quarantined: listed and approved by commands beside the running server.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::Server;
use crate::upstream::Upstream;

/// A dollar that lost its last digit before the point.
const SLIP: &str = "47.509";

struct Desk {
    folder: TempDir,
    upstream: Upstream,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self {
            folder,
            upstream: Upstream::with_dollar(SLIP),
        };
        let state = desk.state();
        let settings = format!("contact = \"serve tests; web@example.kz\"\nstate = {state:?}\n");
        std::fs::write(desk.settings(), settings).unwrap();
        desk
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state.json")
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("desk.toml")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("state.json{suffix}"))
    }

    fn start(&self) -> Server {
        let state = self.state();
        Server::with_settings(1024, &self.upstream.url, &format!("state = {state:?}"))
    }

    fn run(&self, options: &[&str]) -> (Option<i32>, String, String) {
        run(options, &self.settings())
    }

    /// The one id that is quarantined, once it is in the state file.
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
    let mut serve = Command::new(env!("CARGO_BIN_EXE_serve"));
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
fn what_is_quarantined_is_listed_and_approved_while_the_server_runs() {
    let desk = Desk::new();
    let server = desk.start();
    let id = desk.quarantined();
    assert!(!server.get("/strip/en.txt").contains(SLIP));
    let (code, listed, _) = desk.run(&["--quarantine"]);
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

    let (code, _, told) = desk.run(&["--approve", "2026-04-02-00c0ffee"]);
    let expected =
        format!("serve: error: 2026-04-02-00c0ffee is not quarantined; quarantined: {id}\n");
    assert_eq!((code, told), (Some(1), expected));
    let (code, _, told) = desk.run(&["--approve", "dollar"]);
    assert_eq!(code, Some(1));
    assert!(
        told.starts_with("serve: error: invalid hold \"dollar\": "),
        "{told}"
    );
    assert!(told.ends_with(&format!("; quarantined: {id}\n")), "{told}");
    assert!(!desk.beside(".approve").exists());

    let (code, _, told) = desk.run(&["--approve", &id]);
    assert_eq!(code, Some(0), "{told}");
    logs(&server, &format!("serve: approved {id}\n"));
    assert!(server.get("/strip/en.txt").contains(SLIP));
    let began = Instant::now();
    while desk.beside(".approving").exists() || desk.beside(".approve").exists() {
        assert!(began.elapsed() < Duration::from_secs(5));
    }
    let (code, listed, _) = desk.run(&["--quarantine"]);
    assert_eq!((code, &*listed), (Some(0), "nothing is quarantined\n"));
    let (code, _, told) = desk.run(&["--approve", &id]);
    assert_eq!(code, Some(1));
    assert!(
        told.ends_with("is not quarantined; nothing is quarantined\n"),
        "{told}"
    );
}

#[test]
fn a_request_waits_for_the_start() {
    let desk = Desk::new();
    let server = desk.start();
    let id = desk.quarantined();
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    let (code, _, told) = desk.run(&["--approve", &id]);
    assert_eq!(code, Some(0), "{told}");
    // Lines by another hand are answered, and do no harm.
    let request = std::fs::read_to_string(desk.beside(".approve")).unwrap();
    assert_eq!(request, format!("{id}\n"));
    let edited = format!("no id\n\n2026-04-02-00c0ffee\n{request}");
    std::fs::write(desk.beside(".approve"), edited).unwrap();
    let server = desk.start();
    logs(&server, &format!("serve: approved {id}\n"));
    logs(&server, "serve: not approved: invalid hold \"no id\": ");
    logs(
        &server,
        "serve: not approved: nothing is held as 2026-04-02-00c0ffee",
    );
    assert!(server.get("/strip/en.txt").contains(SLIP));
}

#[test]
fn a_request_that_is_no_file_is_left_alone_and_told_once() {
    let desk = Desk::new();
    let made = Command::new("mkfifo")
        .arg(desk.beside(".approve"))
        .status()
        .unwrap();
    assert!(made.success());
    let server = desk.start();
    let told = format!(
        "serve: requests to approve: {} is not a regular file\n",
        desk.beside(".approve").display()
    );
    logs(&server, &told);
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(server.log().matches(&told).count(), 1);
    server.serves_a_page("a request that is no file");
}

#[test]
fn without_a_state_there_is_nothing_to_list() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("masthead.toml");
    std::fs::write(&settings, "contact = \"a; b@example.kz\"\n").unwrap();
    let (code, _, told) = run(&["--quarantine"], &settings);
    assert_eq!(code, Some(1));
    assert!(told.contains("the settings have no `state`"), "{told}");
    let state = folder.path().join("state.json");
    std::fs::write(
        &settings,
        format!("contact = \"a; b@example.kz\"\nstate = {state:?}\n"),
    )
    .unwrap();
    let (code, _, told) = run(&["--approve", "2026-04-02-00c0ffee"], &settings);
    assert_eq!(code, Some(1));
    assert!(
        told.ends_with("state.json: there is no state yet\n"),
        "{told}"
    );
}
