//! Helpers of the tests: recorded responses, and times from text.

use std::path::PathBuf;
#[cfg(feature = "prose")]
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::Response;

/// Reads a recorded answer. Tests that call it are ignored by default: they need the recorded answers.
#[track_caller]
pub(crate) fn recorded(file: &str) -> Vec<u8> {
    let folder = std::env::var_os("MASTHEAD_RECORDED")
        .expect("MASTHEAD_RECORDED names the folder of recorded answers");
    let path = PathBuf::from(folder).join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the processor time of this thread for some work: other programs, which lengthen its time by the clock, hardly matter.
#[cfg(feature = "prose")]
pub(crate) fn processor_time<R>(work: impl FnOnce() -> R) -> Duration {
    let now = || {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::try_from(time).unwrap()
    };
    let start = now();
    std::hint::black_box(work());
    now() - start
}

/// Returns a response with status 200.
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

/// Returns the codes of a weather service with their conditions, from the table of all services.
#[track_caller]
pub(crate) fn conditions_of(service: &str) -> Vec<(String, String)> {
    let table = String::from_utf8(recorded("../locale/condition_map.csv")).unwrap();
    let rows = table
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    let condition = |row: Vec<&str>| {
        let [_, code, _, kind, intensity, shower, thunder, ..] = row[..] else {
            panic!("{row:?}")
        };
        let intensity = match intensity {
            "light" => "light_",
            "heavy" => "heavy_",
            _ => "",
        };
        let showers = if shower == "1" { "_showers" } else { "" };
        let thunder = if thunder == "1" { "_thunder" } else { "" };
        (
            code.to_owned(),
            format!("{intensity}{kind}{showers}{thunder}"),
        )
    };
    rows.filter(|row| row[0] == service)
        .map(condition)
        .collect()
}
