//! The file of settings, as the program is given it.

use std::path::Path;
use std::process::{Command, Output};

fn check(file: &Path) -> Output {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_serve"));
    serve.arg("--check").arg(file).output().unwrap()
}

fn check_text(text: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    std::fs::write(&file, text).unwrap();
    let output = check(&file);
    let told = String::from_utf8(output.stderr).unwrap();
    (
        output.status.code(),
        told.replace(file.to_str().unwrap(), "FILE"),
    )
}

#[test]
fn the_sample_is_good() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("masthead.toml");
    let output = check(&sample);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.ends_with("masthead.toml is good\n"), "{told}");
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let (status, told) = check_text("contact = \"\"\nlisten = 80\n\n[layout]\nform = \"lines\"\n");
    assert_eq!(status, Some(2));
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines,
        [
            "FILE:1:11: contact: invalid contact \"\": expected one line of visible ASCII, such as an address",
            "FILE:2:10: listen: expected text in quotes, found a whole number",
            "FILE:5:8: layout.form: unknown \"lines\"; expected one of line, page, table",
        ]
    );
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let output = check(Path::new("/nowhere/masthead.toml"));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told.starts_with("/nowhere/masthead.toml:1:1: cannot be read: "),
        "{told}"
    );
}

#[test]
fn a_check_leaves_the_state_alone() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    std::fs::write(&state, "damaged").unwrap();
    let text = format!("contact = \"a; b@example.kz\"\nstate = {state:?}\n");
    let (status, told) = check_text(&text);
    assert_eq!(status, Some(0), "{told}");
    assert_eq!(std::fs::read_to_string(&state).unwrap(), "damaged");
}
