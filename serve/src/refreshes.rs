//! The reports of refreshes, in the log.
//!
//! A refresh that read rates is a line. One that only read forecasts or earlier days is a line at most every ten minutes, so that hundreds of
//! cities do not fill the log; that line has the number of those in between. With the level `debug` each refresh is a line.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::Added;
use masthead::fetch::Outcome;
use masthead::ticker::{Entry, Item, Report, StoreError};

use crate::repeats::{Failure, Repeats, several};

/// The time without a line after which a refresh without rates is one.
const QUIET: TimeDelta = TimeDelta::minutes(10);

/// Logs reports. Clones share what they have logged.
#[derive(Clone, Default)]
pub(crate) struct Refreshes {
    repeats: Repeats,
    last: Arc<Mutex<Last>>,
}

/// The last line about a refresh.
#[derive(Default)]
struct Last {
    at: Option<DateTime<Utc>>,
    /// The number of refreshes since then that have no line.
    more: usize,
}

impl Refreshes {
    /// Logs what a refresh has read and decided, and how it has failed.
    pub(crate) fn log(&self, report: &Report) {
        if let Some(obstacle) = &report.obstacle {
            tracing::error!(obstacle, "no request was sent");
        }
        for failure in self.repeats.failures(report) {
            log_failure(&failure);
        }
        report.entries.iter().for_each(log_decisions);
        for error in &report.store {
            tracing::error!(
                error = with_causes(error),
                "the state file was not read or written"
            );
        }
        self.log_readings(report);
    }

    fn log_readings(&self, report: &Report) {
        let Some(read) = readings(report) else {
            let mut entries = report.entries.iter();
            if entries.any(|entry| !entry.attempts.is_empty()) {
                let ms = milliseconds(report.took);
                tracing::debug!(ms, "refreshed without a new reading");
            }
            return;
        };
        let ms = milliseconds(report.took);
        let day = rates_of(report).and_then(|entry| entry.published);
        let day = day.map(tracing::field::display);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if day.is_none() && !last.is_due(report.at) {
            last.more += 1;
            tracing::debug!(read, ms, "refreshed");
            return;
        }
        let earlier = Some(last.more).filter(|more| *more > 0);
        *last = Last {
            at: Some(report.at),
            more: 0,
        };
        tracing::info!(read, day, ms, earlier, "refreshed");
    }
}

impl Last {
    /// Whether a refresh without rates is a line. A clock that was set back makes it one.
    fn is_due(&self, now: DateTime<Utc>) -> bool {
        let is_recent = |at: DateTime<Utc>| at <= now && now - at < QUIET;
        !self.at.is_some_and(is_recent)
    }
}

fn log_failure(failure: &Failure) {
    let Failure {
        item,
        source,
        reason,
        is_of_witness,
        repeated,
    } = failure;
    let (times, since) = repeated.unzip();
    let since = since.map(|since| tracing::field::display(since.format("%Y-%m-%dT%H:%M:%SZ")));
    let message = match is_of_witness {
        true => "no confirmation",
        false => "no reading",
    };
    tracing::warn!(item, source, reason, repeated = times, since, "{message}");
}

/// Logs what the ticker has decided about an item.
pub(crate) fn log_decisions(entry: &Entry) {
    let item = entry.item.to_string();
    if let Some(reason) = entry.refusal() {
        tracing::warn!(item, reason, "refused");
    }
    if let Some(ended) = entry.ended {
        let ended = ended.format("%Y-%m-%dT%H:%M:%SZ");
        tracing::warn!(item, %ended, "the forecast has run out");
    }
    if entry.added == Some(Added::Corrected) {
        let day = entry.published.map(tracing::field::display);
        tracing::warn!(item, day, "corrected by the source");
    }
    for event in &entry.events {
        tracing::warn!(item, "{event}");
    }
}

/// The entry of a refresh that read rates. The newest publication is one of them.
fn rates_of(report: &Report) -> Option<&Entry> {
    let of_rates = |entry: &&Entry| matches!(entry.item, Item::Rates | Item::Next);
    let mut entries = report.entries.iter().filter(of_rates);
    entries.rfind(|entry| source_of(entry).is_some())
}

/// The source that gave a new reading.
fn source_of(entry: &Entry) -> Option<String> {
    let is_read = |outcome: &Outcome| matches!(outcome, Outcome::Read | Outcome::Warned);
    let mut attempts = entry.attempts.iter();
    let read = attempts.find(|attempt| is_read(&attempt.outcome));
    read.map(|attempt| attempt.source.to_string())
}

/// Returns what a refresh has read, and from which sources. `None` if nothing new was read.
fn readings(report: &Report) -> Option<String> {
    let mut readings = Vec::new();
    let mut weather: BTreeMap<String, (&Item, usize)> = BTreeMap::new();
    for entry in &report.entries {
        let Some(source) = source_of(entry) else {
            continue;
        };
        let day = entry.published.or(entry.day);
        match (&entry.item, day) {
            (Item::Weather(_), _) => {
                let (_, count) = weather.entry(source).or_insert((&entry.item, 0));
                *count += 1;
            }
            (item, Some(day)) => readings.push(format!("{item} ({day}) from {source}")),
            (item, None) => readings.push(format!("{item} from {source}")),
        }
    }
    let weather = weather.into_iter();
    readings.extend(
        weather.map(|(source, (item, count))| format!("{} from {source}", several(item, count))),
    );
    (!readings.is_empty()).then(|| readings.join(", "))
}

/// Returns a duration in milliseconds, to the microsecond.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    let micros = duration.as_micros();
    // The float nearest to the decimal, which prints as it; a quotient of floats has more digits.
    let text = format!("{}.{:03}", micros / 1000, micros % 1000);
    text.parse().unwrap_or(f64::INFINITY)
}

/// Returns an error with its causes.
pub(crate) fn with_causes(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use masthead::fetch::FakeUpstream;
    use masthead::weather::City;
    use masthead::{Snapshot, Ticker};
    use tracing::Level;

    use super::*;

    /// The lines that are logged.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Logs reports, and returns the lines without their times.
    fn logged(reports: &[Report]) -> Vec<String> {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::DEBUG)
            .with_ansi(false)
            .with_target(false)
            .without_time()
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let refreshes = Refreshes::default();
            reports.iter().for_each(|report| refreshes.log(report));
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let is_of_server = |line: &&str| line.contains(" refreshed ");
        let lines = text.lines().filter(is_of_server);
        lines.map(|line| line.trim().to_owned()).collect()
    }

    /// The report of a refresh of three cities, and of the rates if the bank answers.
    fn report(at: DateTime<Utc>, has_bank: bool) -> Report {
        let upstream = FakeUpstream::new();
        upstream.weather(at, &["5".parse().unwrap(); 48]);
        if has_bank {
            let sample = Snapshot::sample();
            let rows = sample.rates(Snapshot::SAMPLE_TIME).unwrap().value().rows();
            upstream.national_bank_kz(rows, move || at);
        }
        let cities = City::all().iter().take(3).cloned();
        let ticker = Ticker::builder("tests").transport(upstream).cities(cities);
        let ticker = ticker.clock(move || at).build().unwrap();
        ticker.refresh_blocking(at)
    }

    #[test]
    fn rates_are_always_a_line_and_forecasts_every_ten_minutes() {
        let start: DateTime<Utc> = "2026-04-02T06:00:00Z".parse().unwrap();
        let minutes = [0, 1, 9, 10, 12, 13, 30];
        let reports = minutes.map(|minute| {
            let at = start + TimeDelta::minutes(minute);
            report(at, minute == 0 || minute == 12)
        });
        let lines = logged(&reports);
        let weather = "weather of almaty and 2 other cities from met_norway";
        let levels: Vec<&str> = lines.iter().map(|line| &line[..5]).collect();
        assert_eq!(
            levels,
            [
                "INFO ", "DEBUG", "DEBUG", "INFO ", "INFO ", "DEBUG", "INFO "
            ]
        );
        let rates = "read=\"rates (2026-04-02) from national_bank_kz, next rates (2026-04-02) from national_bank_kz, ";
        for (line, read, has_day, earlier) in [
            (&lines[0], rates, true, None),
            (&lines[1], "read=\"", false, None),
            (&lines[3], "read=\"", false, Some(2)),
            (&lines[4], rates, true, None),
            (&lines[6], "read=\"", false, Some(1)),
        ] {
            assert!(line.contains(&format!("{read}{weather}\"")), "{line}");
            assert_eq!(line.contains(" day=2026-04-02 "), has_day, "{line}");
            let ending = earlier.map(|earlier| format!(" earlier={earlier}"));
            match ending {
                Some(ending) => assert!(line.ends_with(&ending), "{line}"),
                None => assert!(!line.contains("earlier"), "{line}"),
            }
        }
    }

    #[test]
    fn a_day_of_forecasts_every_minute_is_a_line_every_ten_minutes() {
        let start: DateTime<Utc> = "2026-04-02T06:00:00Z".parse().unwrap();
        let (mut last, mut lines) = (Last::default(), 0);
        for minute in 0..24 * 60 {
            let at = start + TimeDelta::minutes(minute);
            if last.is_due(at) {
                last.at = Some(at);
                lines += 1;
            }
        }
        assert_eq!(lines, 24 * 6);
        // A clock that was set back.
        assert!(last.is_due(start));
    }
}
