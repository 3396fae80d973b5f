//! Helpers of the tests: where the recorded answers are, and times by their text.

use std::io::Write as _;
use std::path::PathBuf;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::Response;

/// The folder of recorded answers; nothing where the machine has none. CI fails without it.
#[track_caller]
pub(crate) fn recorded(file: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("MASTHEAD_RECORDED") else {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI needs MASTHEAD_RECORDED"
        );
        // Past the test harness, which swallows what a passing test prints: a skip must be seen.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: MASTHEAD_RECORDED is not set, so {file} is not read"
        );
        return None;
    };
    let path = PathBuf::from(folder).join(file);
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// An answer with status 200.
pub(crate) fn ok(body: impl Into<Bytes>) -> Response<Bytes> {
    Response::new(body.into())
}

#[track_caller]
pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}
