//! `--print-config` and `--version`.

use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_masthead-serve"));
    serve.args(arguments).output().unwrap()
}

fn print(file: &Path) -> String {
    let output = run(&["--print-config", file.to_str().unwrap()]);
    let (printed, reported) = (output.stdout, String::from_utf8(output.stderr).unwrap());
    assert_eq!((output.status.code(), reported.as_str()), (Some(0), ""));
    String::from_utf8(printed).unwrap()
}

#[test]
fn the_printed_sample_prints_the_same() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("masthead.toml");
    let printed = print(&sample);
    for line in [
        "contact = \"news.example.kz; web@example.kz\"",
        "listen = \"127.0.0.1:8080\"",
        "# not set: state",
        "languages = [\"kk\", \"ru\", \"en\", \"kk-Latn\"]",
        "conditions = true",
        "[limits]",
        "header_timeout = 5",
        "# not set: [redis]",
    ] {
        assert!(
            printed.lines().any(|found| found == line),
            "{line}: {printed}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    std::fs::write(&file, &printed).unwrap();
    assert_eq!(print(&file), printed);
    let check = run(&["--check", file.to_str().unwrap()]);
    let reported = String::from_utf8(check.stderr).unwrap();
    assert_eq!(check.status.code(), Some(0), "{reported}");
    assert_eq!(reported.lines().count(), 1, "a warning: {reported}");
}

#[test]
fn secrets_are_not_printed_and_warnings_are_no_part_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    let text = "contact = \"a; b@example.kz\"\n[weather]\nopen_meteo_key = \"the-key\"\n[redis]\nurl = \"redis://u:the-password@127.0.0.1\"\nnode = \"n\"\n";
    std::fs::write(&file, text).unwrap();
    let output = run(&["--print-config", file.to_str().unwrap()]);
    let (printed, reported) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert_eq!(output.status.code(), Some(0), "{reported}");
    assert!(
        !format!("{printed}{reported}").contains("the-"),
        "{printed}{reported}"
    );
    let comment = "# Secrets are replaced by \"hidden\" in: weather.open_meteo_key, redis.url. ";
    assert!(printed.contains(comment), "{printed}");
    assert!(
        printed.contains("url = \"redis://u:hidden@127.0.0.1\"\n"),
        "{printed}"
    );
    assert!(
        reported.contains(":3:18: warning: weather.open_meteo_key: "),
        "{reported}"
    );
}

#[test]
fn invalid_settings_are_not_printed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    std::fs::write(&file, "listen = \"unix:/run/a\"\n").unwrap();
    let output = run(&["--print-config", file.to_str().unwrap()]);
    let reported = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let expected = ":1:1: contact: is required: add a line such as contact = \"news.example.kz; web@example.kz\", with your site and address\n";
    assert!(reported.ends_with(expected), "{reported}");
}

#[test]
fn the_version_is_that_of_the_package() {
    let output = run(&["--version"]);
    let printed = String::from_utf8(output.stdout).unwrap();
    let expected = concat!("masthead-serve ", env!("CARGO_PKG_VERSION"));
    assert!(printed.starts_with(expected), "{printed}");
    assert_eq!(
        printed.contains("without optimisation"),
        cfg!(debug_assertions)
    );
}
