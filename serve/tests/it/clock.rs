//! The header `Date` under a clock that is set. `.ci/run members` installs libfaketime.

use std::path::Path;

use crate::support::Server;

/// Returns the library that replaces the clock of a process.
fn library() -> String {
    let folders = std::fs::read_dir("/usr/lib").unwrap();
    let libraries = folders.map(|entry| entry.unwrap().path().join("faketime/libfaketimeMT.so.1"));
    let library = libraries.into_iter().find(|path| path.exists());
    let library = library.expect("libfaketime is installed");
    library.to_str().unwrap().to_owned()
}

fn date(server: &Server) -> String {
    let answer = server.get("/strip/kk.html");
    let dates: Vec<&str> = answer
        .lines()
        .filter_map(|line| line.strip_prefix("date: "))
        .collect();
    assert_eq!(dates.len(), 1, "{answer}");
    dates[0].to_owned()
}

#[test]
#[ignore = "needs libfaketime"]
fn the_date_follows_a_clock_that_is_set_back() {
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    let set = |clock: &Path, time: &str| std::fs::write(clock, time).unwrap();
    set(&clock, "2026-04-02 12:00:00");
    let library = library();
    let environment = [
        ("LD_PRELOAD", &*library),
        ("FAKETIME_TIMESTAMP_FILE", clock.to_str().unwrap()),
        ("FAKETIME_NO_CACHE", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
        ("TZ", "UTC"),
    ];
    let server = Server::with_environment("", &environment);
    assert_eq!(date(&server), "Thu, 02 Apr 2026 12:00:00 GMT");
    set(&clock, "2026-04-02 13:00:00");
    assert_eq!(date(&server), "Thu, 02 Apr 2026 13:00:00 GMT");
    set(&clock, "2026-04-02 11:30:00");
    assert_eq!(date(&server), "Thu, 02 Apr 2026 11:30:00 GMT");
    server.serves_a_page("a clock that was set back");
}
