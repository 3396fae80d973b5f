//! The settings file, as the program reads it.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::Server;

fn check(file: &Path) -> Output {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_masthead-serve"));
    serve.arg("--check").arg(file).output().unwrap()
}

fn check_text(text: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    std::fs::write(&file, text).unwrap();
    let output = check(&file);
    let reported = String::from_utf8(output.stderr).unwrap();
    (
        output.status.code(),
        reported.replace(file.to_str().unwrap(), "FILE"),
    )
}

#[test]
fn the_sample_is_valid() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("masthead.toml");
    let output = check(&sample);
    let reported = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{reported}");
    assert!(
        reported.ends_with("masthead.toml: the settings are valid\n"),
        "{reported}"
    );
}

#[test]
fn every_error_is_reported_with_its_line() {
    let (status, reported) =
        check_text("contact = \"\"\nlisten = 80\n\n[layout]\nform = \"lines\"\n");
    assert_eq!(status, Some(2));
    let lines: Vec<&str> = reported.lines().collect();
    assert_eq!(
        lines,
        [
            "FILE:1:11: contact: invalid contact \"\": expected one line of 1 to 200 characters of visible ASCII without parentheses, such as an address",
            "FILE:2:10: listen: expected text in quotes, found a whole number",
            "FILE:5:8: layout.form: unknown \"lines\"; expected one of line, page, table",
        ]
    );
}

/// Warnings are no errors: a check names them, and a start logs them.
#[test]
fn more_connections_than_descriptors_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    let text = "contact = \"a; b@example.kz\"\n[limits]\nconnections = 100\n";
    std::fs::write(&file, text).unwrap();
    let check = |descriptors: &str| {
        let run = "ulimit -n \"$1\"; exec \"$0\" --check \"$2\"";
        let mut check = Command::new("sh");
        let check = check.args(["-c", run, env!("CARGO_BIN_EXE_masthead-serve"), descriptors]);
        let output = check.arg(&file).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let reported = String::from_utf8(output.stderr).unwrap();
        reported.replace(file.to_str().unwrap(), "FILE")
    };
    let warning = "FILE:3:15: warning: limits.connections: 100 connections need about 130 file descriptors, and a process started here has 129 (ulimit -n)\n";
    let valid = "masthead-serve: FILE: the settings are valid\n";
    assert_eq!(check("129"), format!("{warning}{valid}"));
    assert_eq!(check("130"), valid);

    let server = Server::with_descriptors(129, "connections = 100");
    let line = "masthead.toml:7:15: warning: limits.connections: 100 connections need about 130";
    assert!(server.log().contains(line), "{}", server.log());
}

/// A start that the system does not allow ends at once, with one line: Tokio panics there, and waits without end.
#[test]
fn a_start_without_resources_ends_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap();
    let start = |limit: &str, settings: &str| {
        let text = format!(
            "contact = \"a; b@example.kz\"\nupstream = \"http://127.0.0.1:9\"\n{settings}\n[limits]\nconnections = 2\n"
        );
        std::fs::write(&file, text).unwrap();
        let run = format!("ulimit {limit}; exec timeout 20 \"$0\" \"$1\"");
        let mut serve = Command::new("sh");
        let serve = serve
            .args(["-c", &run, env!("CARGO_BIN_EXE_masthead-serve")])
            .arg(&file)
            // Large stacks: when no thread fits into the memory, the message still does.
            .env("RUST_MIN_STACK", "67108864")
            .env("MALLOC_ARENA_MAX", "1");
        let output = serve.output().unwrap();
        let reported = String::from_utf8(output.stderr).unwrap();
        // A warning about the few descriptors may precede the error.
        let errors: Vec<&str> = reported
            .lines()
            .filter(|line| !line.contains("warning"))
            .collect();
        assert_eq!(errors.len(), 1, "{limit}: {reported}");
        assert_eq!(output.status.code(), Some(1), "{limit}: {reported}");
        errors[0].to_owned()
    };
    let any = "listen = \"127.0.0.1:0\"";
    let threads = start("-v 600000", &format!("{any}\nthreads = 256"));
    assert!(
        threads.contains(" ERROR cannot start: OS can't spawn worker thread"),
        "{threads}"
    );
    for descriptors in 6..=12 {
        let error = start(&format!("-n {descriptors}"), any);
        let is_error = error.starts_with("masthead-serve: error: ") || error.contains(" ERROR ");
        assert!(is_error, "{error}");
        assert!(error.contains("Too many open files"), "{error}");
    }
    let error = start("-n 1024", &format!("listen = \"{taken}\""));
    assert!(
        error.contains(&format!(" ERROR listen: cannot listen on {taken}: ")),
        "{error}"
    );
    let error = start("-n 1024", "listen = \"192.0.2.1:80\"");
    assert!(
        error.contains(" ERROR listen: cannot listen on 192.0.2.1:80: "),
        "{error}"
    );
}

/// It is no error, because a service manager may make the folder.
#[test]
fn a_missing_folder_of_a_socket_is_named_by_the_check() {
    let text = "contact = \"a; b@example.kz\"\nlisten = \"unix:/nowhere/strip.sock\"\n[metrics]\nlisten = \"unix:/tmp/m.sock\"\n";
    let (status, reported) = check_text(text);
    let expected = "FILE:2:10: warning: listen: the folder /nowhere does not exist\nmasthead-serve: FILE: the settings are valid\n";
    assert_eq!((status, reported.as_str()), (Some(0), expected));
}

#[test]
fn a_missing_file_is_reported() {
    let output = check(Path::new("/nowhere/masthead.toml"));
    let reported = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        reported.starts_with("/nowhere/masthead.toml:1:1: cannot be read: "),
        "{reported}"
    );
}

/// Asserts that `--check` and a start both refuse this state file with this message and exit code 2.
#[track_caller]
fn state_is_refused(state: &str, reported: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    let text =
        format!("contact = \"a; b@example.kz\"\nlisten = \"127.0.0.1:0\"\nstate = \"{state}\"\n");
    std::fs::write(&file, text).unwrap();
    for options in [&["--check"][..], &[]] {
        let mut serve = Command::new(env!("CARGO_BIN_EXE_masthead-serve"));
        let output = serve.args(options).arg(&file).output().unwrap();
        let lines = String::from_utf8(output.stderr).unwrap();
        let expected = format!("{}:3:9: state: {reported}", file.display());
        assert!(
            lines.starts_with(&expected),
            "{options:?}: {lines}\n{expected}"
        );
        assert_eq!(output.status.code(), Some(2), "{options:?}: {lines}");
    }
}

#[test]
fn a_foreign_file_is_refused_as_state_and_left_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let no_file = |path: &str, kind: &str| {
        format!("{path}: is {kind}, not a regular file; it was left as it is")
    };
    let mkfifo = |path: &str| {
        let status = Command::new("mkfifo").arg(path).status().unwrap();
        assert!(status.success());
    };
    let page = at("index.html");
    std::fs::write(&page, "<!doctype html>").unwrap();
    let reported = format!("{page}: is not a ledger of this program; it was left as it is");
    state_is_refused(&page, &reported);
    assert_eq!(std::fs::read_to_string(&page).unwrap(), "<!doctype html>");

    let (fifo, lock) = (at("fifo.ledger"), at("masthead.ledger.lock"));
    mkfifo(&fifo);
    state_is_refused(&fifo, &no_file(&fifo, "a FIFO"));
    mkfifo(&lock);
    state_is_refused(&at("masthead.ledger"), &no_file(&lock, "a FIFO"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);

    state_is_refused("/dev/null", &no_file("/dev/null", "a device"));
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    assert!(!Path::new("/dev/null.lock").exists());
    let place = folder.path().display().to_string();
    state_is_refused(&place, &no_file(&place, "a folder"));
    let reported = format!(
        "{}: ends with a slash: expected the name of a file",
        at("new/")
    );
    state_is_refused(&at("new/"), &reported);
    let reported = format!("{}: cannot be opened: ", at("nul\\u{0}.ledger"));
    state_is_refused(&at("nul\\u0000.ledger"), &reported);
}

/// The condition may be temporary, so a start logs it and serves.
#[test]
fn a_folder_that_cannot_be_written_to_fails_only_the_check() {
    let text = "contact = \"a; b@example.kz\"\nstate = \"/proc/masthead.ledger\"\n";
    let (code, reported) = check_text(text);
    assert_eq!(code, Some(2));
    let expected = "FILE:2:9: state: /proc/masthead.ledger: its folder cannot be written to: ";
    assert!(reported.starts_with(expected), "{reported}");
    let state = "state = \"/proc/masthead.ledger\"";
    let server = Server::with_settings(1024, "http://127.0.0.1:9", state);
    server.serves_a_page("a start without a writable state file");
}

#[test]
fn the_settings_file_is_refused_as_state() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    let text = format!("contact = \"a; b@example.kz\"\nstate = {file:?}\n");
    std::fs::write(&file, &text).unwrap();
    let output = check(&file);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn a_check_leaves_a_damaged_state_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("masthead.ledger");
    // A line that was cut short, and the state of an earlier version.
    for damaged in [
        "masthead ledger 1\n0123abcd {\"sighting\":{\"ba",
        "{\"schema\":4,\"crc32\":17,\"state\":{\"snaps",
    ] {
        std::fs::write(&state, damaged).unwrap();
        let text = format!("contact = \"a; b@example.kz\"\nstate = {state:?}\n");
        let (status, reported) = check_text(&text);
        assert_eq!(status, Some(0), "{reported}");
        assert_eq!(std::fs::read_to_string(&state).unwrap(), damaged);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
