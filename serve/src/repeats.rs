//! Reports of refreshes as lines of the log: a failure that repeats is one line with a count.
//!
//! An outage lasts for hours, and a site may have hundreds of cities. In one report the same failure of several items is one line; in
//! further reports it is counted for an hour. Decisions of the guard, corrections and errors of the store are never counted.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use masthead::fetch::{Attempt, Outcome};
use masthead::ticker::{Item, Report};

/// The time for which the same failure is counted.
const PERIOD: TimeDelta = TimeDelta::hours(1);

/// The failures of the last hour. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Repeats(Arc<Mutex<HashMap<String, Repeated>>>);

/// A failure that was logged.
struct Repeated {
    logged: DateTime<Utc>,
    /// How many lines were not logged since then, and the last of them.
    more: usize,
    last: String,
}

/// The same failure of several items in one report.
struct Failure<'a> {
    item: &'a Item,
    /// The words before a request to a bank that confirms another one; else empty.
    purpose: &'static str,
    attempt: &'a Attempt,
    count: usize,
}

impl Repeats {
    /// Returns the lines of a report that are to be logged.
    pub(crate) fn lines(&self, report: &Report) -> Vec<String> {
        let mut failures: BTreeMap<String, Failure<'_>> = BTreeMap::new();
        let mut texts = HashMap::new();
        for entry in &report.entries {
            let attempts = entry.attempts.iter().map(|attempt| (attempt, ""));
            let witnesses = entry
                .witnesses
                .iter()
                .map(|attempt| (attempt, "to confirm them: "));
            for (attempt, purpose) in attempts.chain(witnesses) {
                let Some(key) = key(&entry.item, purpose, attempt) else {
                    continue;
                };
                texts.insert(format!("{}: {purpose}{attempt}", entry.item), key.clone());
                failures
                    .entry(key)
                    .and_modify(|known| known.count += 1)
                    .or_insert(Failure {
                        item: &entry.item,
                        purpose,
                        attempt,
                        count: 1,
                    });
            }
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        for line in report.to_string().lines() {
            match texts.get(line) {
                // A failure is logged in the place of its first line.
                Some(key) => {
                    if let Some(failure) = failures.remove(key) {
                        lines.extend(note(&mut known, key, &failure, report.at));
                    }
                }
                None => lines.push(line.to_owned()),
            }
        }
        lines.extend(due(&mut known, report.at));
        lines
    }
}

/// Returns the name of a failure, without its times and its city. `None` if it is no failure.
fn key(item: &Item, purpose: &str, attempt: &Attempt) -> Option<String> {
    let kind = match item {
        Item::Weather(_) => "weather".to_owned(),
        item => item.to_string(),
    };
    let what = match &attempt.outcome {
        Outcome::OverBudget(_) => "no request left".to_owned(),
        Outcome::Resting(_) => "resting".to_owned(),
        Outcome::Failed(_) => attempt.to_string(),
        _ => return None,
    };
    Some(format!("{kind}: {purpose}{}: {what}", attempt.source))
}

/// Notes a failure. Returns its line if it is the first one for an hour.
fn note(
    known: &mut HashMap<String, Repeated>,
    key: &str,
    failure: &Failure<'_>,
    at: DateTime<Utc>,
) -> Option<String> {
    let Failure {
        item,
        purpose,
        attempt,
        count,
    } = failure;
    let line = match count - 1 {
        0 => format!("{item}: {purpose}{attempt}"),
        1 => format!("{item} and another city: {attempt}"),
        others => format!("{item} and {others} other cities: {attempt}"),
    };
    if let Some(repeated) = known.get_mut(key) {
        repeated.more += count;
        repeated.last = line;
        return None;
    }
    let repeated = Repeated {
        logged: at,
        more: 0,
        last: String::new(),
    };
    known.insert(key.to_owned(), repeated);
    Some(line)
}

/// Returns a line for each failure that was counted for an hour, and forgets those that did not repeat.
fn due(known: &mut HashMap<String, Repeated>, at: DateTime<Utc>) -> Vec<String> {
    let mut lines = Vec::new();
    known.retain(|_, repeated| {
        let age = at - repeated.logged;
        // A clock that was set back begins another hour.
        if TimeDelta::zero() <= age && age < PERIOD {
            return true;
        }
        if repeated.more == 0 {
            return false;
        }
        let (last, more) = (&repeated.last, repeated.more);
        let since = repeated.logged.format("%Y-%m-%d %H:%M UTC");
        lines.push(format!("{last} (repeated {more} times since {since})"));
        (repeated.logged, repeated.more) = (at, 0);
        true
    });
    lines.sort();
    lines
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{Request, Response, StatusCode};
    use masthead::fetch::{BoxFuture, FakeUpstream, Transport, TransportError, TransportErrorKind};
    use masthead::weather::City;
    use masthead::{Snapshot, Ticker};

    use super::*;

    #[derive(Debug)]
    struct Unplugged;

    impl Transport for Unplugged {
        fn send(&self, _: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
            let error = TransportError::new(TransportErrorKind::Connect, "the cable is out");
            Box::pin(std::future::ready(Err(error)))
        }
    }

    /// The report of a refresh of the rates and of five cities, at an instant.
    fn report(at: &str) -> Report {
        let at = at.parse().unwrap();
        let cities = City::all().iter().take(5).cloned();
        let ticker = Ticker::builder("tests").transport(Unplugged).cities(cities);
        let ticker = ticker.clock(move || at).build().unwrap();
        ticker.refresh_blocking(at)
    }

    #[test]
    fn a_failure_of_many_cities_is_one_line_and_its_repetitions_are_counted() {
        let repeats = Repeats::default();
        let first = report("2026-04-02T06:00:00Z");
        assert_eq!(first.to_string().matches("weather of ").count(), 5);
        let lines = repeats.lines(&first);
        let of_weather: Vec<&String> = lines
            .iter()
            .filter(|line| line.starts_with("weather of "))
            .collect();
        assert_eq!(
            of_weather,
            [
                "weather of aktau and 3 other cities: met_norway: resting until 2026-04-02 06:00:30 UTC",
                "weather of astana: met_norway: no connection: the cable is out"
            ],
            "{lines:#?}"
        );
        let bank = "rates: national_bank_kz: no connection: the cable is out";
        assert!(lines.iter().any(|line| line == bank), "{lines:#?}");

        for minute in [10, 20, 59] {
            let again = report(&format!("2026-04-02T06:{minute}:00Z"));
            assert_eq!(repeats.lines(&again), Vec::<String>::new());
        }
        let later = repeats.lines(&report("2026-04-02T07:00:00Z"));
        assert_eq!(later.len(), lines.len(), "{later:#?}");
        let counted = "weather of aktau and 3 other cities: met_norway: resting until 2026-04-02 07:00:30 UTC \
             (repeated 16 times since 2026-04-02 06:00 UTC)";
        assert!(later.iter().any(|line| line == counted), "{later:#?}");

        // The end of the outage: the last repetitions are logged, and then nothing.
        let good = Ticker::fixed(masthead::Snapshot::default(), DateTime::UNIX_EPOCH).unwrap();
        let mut quiet = good.refresh_blocking(DateTime::UNIX_EPOCH);
        _ = repeats.lines(&report("2026-04-02T07:30:00Z"));
        quiet.at = "2026-04-02T08:01:00Z".parse().unwrap();
        assert_eq!(repeats.lines(&quiet).len(), lines.len());
        quiet.at = "2026-04-02T09:02:00Z".parse().unwrap();
        assert_eq!(repeats.lines(&quiet), Vec::<String>::new());
        // A failure after that is a new one.
        let again = repeats.lines(&report("2026-04-02T09:10:00Z"));
        assert_eq!(again.len(), lines.len());
        assert!(!again[0].contains("repeated"), "{again:#?}");
    }

    #[test]
    fn a_failure_of_a_bank_that_is_to_confirm_the_rates_is_counted_too() {
        let repeats = Repeats::default();
        // A first start, which asks the other banks; none of them answers.
        let report = |at: &str| {
            let at: DateTime<Utc> = at.parse().unwrap();
            let upstream = FakeUpstream::new();
            let sample = Snapshot::sample();
            let rows = sample.rates(Snapshot::SAMPLE_TIME).unwrap().value().rows();
            upstream.national_bank_kz(rows, move || at);
            upstream.answer_status("cbu.uz", StatusCode::SERVICE_UNAVAILABLE);
            let ticker = Ticker::builder("tests").transport(upstream).cities([]);
            let ticker = ticker.weather([]).clock(move || at).build().unwrap();
            ticker.refresh_blocking(at)
        };
        let failure =
            "rates: to confirm them: cbu: cannot read cbu: it answered 503 Service Unavailable";
        let of_witness = |lines: Vec<String>| {
            let of_witness = lines.into_iter().filter(|line| line.contains(": cbu: "));
            of_witness.collect::<Vec<_>>()
        };
        assert_eq!(
            of_witness(repeats.lines(&report("2026-04-02T06:00:00Z"))),
            [failure]
        );
        for minute in [10, 20, 59] {
            let again = report(&format!("2026-04-02T06:{minute}:00Z"));
            assert_eq!(of_witness(repeats.lines(&again)), [""; 0]);
        }
        let later = of_witness(repeats.lines(&report("2026-04-02T07:00:00Z")));
        let counted = format!("{failure} (repeated 4 times since 2026-04-02 06:00 UTC)");
        assert_eq!(later, [counted]);
    }
}
