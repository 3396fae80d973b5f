//! Failures of refreshes, for the log: one that repeats is one line with a count.
//!
//! An outage lasts for hours, and a site may have hundreds of cities. In one report the same failure of several items is one line; in
//! further reports it is counted for an hour. Decisions of the guard, corrections and errors of the store are never counted.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use masthead::fetch::{Attempt, Outcome};
use masthead::ticker::{Entry, Item, Report};

/// The time for which the same failure is counted.
const PERIOD: TimeDelta = TimeDelta::hours(1);

/// The failures of the last hour. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Repeats(Arc<Mutex<HashMap<String, Repeated>>>);

/// A failure that was logged.
struct Repeated {
    logged: DateTime<Utc>,
    /// How often it was not logged since then, and the last time that it was not.
    more: usize,
    last: Failure,
}

/// A failure of a source for one item or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// `rates`, `weather of astana and 3 other cities`.
    pub(crate) item: String,
    pub(crate) source: String,
    pub(crate) reason: String,
    /// Whether the source was to confirm the rates of another one.
    pub(crate) is_of_witness: bool,
    /// How often it has repeated, and since when.
    pub(crate) repeated: Option<(usize, DateTime<Utc>)>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            item,
            source,
            reason,
            ..
        } = self;
        let purpose = if self.is_of_witness {
            "to confirm them: "
        } else {
            ""
        };
        write!(f, "{item}: {purpose}{source}: {reason}")?;
        match self.repeated {
            Some((times, since)) => {
                let since = since.format("%Y-%m-%d %H:%M UTC");
                write!(f, " (repeated {times} times since {since})")
            }
            None => Ok(()),
        }
    }
}

/// The same failure of several items in one report.
struct Group<'a> {
    item: &'a Item,
    attempt: &'a Attempt,
    is_of_witness: bool,
    count: usize,
}

impl Repeats {
    /// Returns the failures of a report that are to be logged.
    pub(crate) fn failures(&self, report: &Report) -> Vec<Failure> {
        let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
        let mut order = Vec::new();
        for (entry, attempt, is_of_witness) in report.entries.iter().flat_map(failed) {
            let Some(key) = key(&entry.item, is_of_witness, attempt) else {
                continue;
            };
            let group = groups.entry(key.clone()).or_insert_with(|| {
                order.push(key);
                Group {
                    item: &entry.item,
                    attempt,
                    is_of_witness,
                    count: 0,
                }
            });
            group.count += 1;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut failures = Vec::new();
        for key in order {
            if let Some(group) = groups.remove(&key) {
                failures.extend(note(&mut known, key, &group, report.at));
            }
        }
        failures.extend(due(&mut known, report.at));
        failures
    }
}

/// The attempts of an entry that may be failures. If another source gave a reading, it does not matter that one was not requested.
fn failed(entry: &Entry) -> impl Iterator<Item = (&Entry, &Attempt, bool)> {
    let is_good = entry.is_good();
    // That a bank has no rates of an earlier day is an answer.
    let has_failed = move |attempt: &&Attempt| match &attempt.outcome {
        Outcome::Failed(error) => !(is_good && error.is_no_data()),
        Outcome::Warned => true,
        _ => !is_good,
    };
    let attempts = entry.attempts.iter().filter(has_failed);
    let witnesses = entry.witnesses.iter();
    let witnesses = witnesses.filter(|witness| matches!(witness.outcome, Outcome::Failed(_)));
    let attempts = attempts.map(move |attempt| (entry, attempt, false));
    attempts.chain(witnesses.map(move |witness| (entry, witness, true)))
}

/// Returns the name of a failure, without its times, its city and its day. `None` if it is no failure.
fn key(item: &Item, is_of_witness: bool, attempt: &Attempt) -> Option<String> {
    let kind = match item {
        Item::Weather(_) => "weather".to_owned(),
        item => item.to_string(),
    };
    let what = match &attempt.outcome {
        Outcome::OverBudget(_) => "no request left".to_owned(),
        Outcome::Resting(_) => "resting".to_owned(),
        Outcome::Failed(_) | Outcome::Warned => reason(attempt),
        _ => return None,
    };
    let source = &attempt.source;
    Some(format!("{kind}: {is_of_witness} {source}: {what}"))
}

/// Returns the words after the source of an attempt.
fn reason(attempt: &Attempt) -> String {
    let text = attempt.to_string();
    let source = format!("{}: ", attempt.source);
    text.strip_prefix(&source).unwrap_or(&text).to_owned()
}

/// Notes a failure. Returns it if it is the first one for an hour.
fn note(
    known: &mut HashMap<String, Repeated>,
    key: String,
    group: &Group<'_>,
    at: DateTime<Utc>,
) -> Option<Failure> {
    let Group {
        item,
        attempt,
        is_of_witness,
        count,
    } = *group;
    let failure = Failure {
        item: several(item, count),
        source: attempt.source.to_string(),
        reason: reason(attempt),
        is_of_witness,
        repeated: None,
    };
    if let Some(repeated) = known.get_mut(&key) {
        repeated.more += count;
        repeated.last = failure;
        return None;
    }
    let repeated = Repeated {
        logged: at,
        more: 0,
        last: failure.clone(),
    };
    known.insert(key, repeated);
    Some(failure)
}

/// Returns the name of an item and of others of its kind.
pub(crate) fn several(item: &Item, count: usize) -> String {
    match count {
        0 | 1 => item.to_string(),
        2 => format!("{item} and another city"),
        more => format!("{item} and {} other cities", more - 1),
    }
}

/// Returns each failure that was counted for an hour, and forgets those that did not repeat.
fn due(known: &mut HashMap<String, Repeated>, at: DateTime<Utc>) -> Vec<Failure> {
    let mut failures = Vec::new();
    known.retain(|_, repeated| {
        let age = at - repeated.logged;
        // A clock that was set back begins another hour.
        if TimeDelta::zero() <= age && age < PERIOD {
            return true;
        }
        if repeated.more == 0 {
            return false;
        }
        failures.push(Failure {
            repeated: Some((repeated.more, repeated.logged)),
            ..repeated.last.clone()
        });
        (repeated.logged, repeated.more) = (at, 0);
        true
    });
    failures.sort_by_cached_key(Failure::to_string);
    failures
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

    fn logged(repeats: &Repeats, report: &Report) -> Vec<String> {
        let failures = repeats.failures(report);
        failures.iter().map(Failure::to_string).collect()
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
        let lines = logged(&repeats, &first);
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
            assert_eq!(logged(&repeats, &again), Vec::<String>::new());
        }
        let later = logged(&repeats, &report("2026-04-02T07:00:00Z"));
        assert_eq!(later.len(), lines.len(), "{later:#?}");
        let counted = "weather of aktau and 3 other cities: met_norway: resting until 2026-04-02 07:00:30 UTC \
             (repeated 16 times since 2026-04-02 06:00 UTC)";
        assert!(later.iter().any(|line| line == counted), "{later:#?}");

        // The end of the outage: the last repetitions are logged, and then nothing.
        let good = Ticker::fixed(masthead::Snapshot::default(), DateTime::UNIX_EPOCH).unwrap();
        let mut quiet = good.refresh_blocking(DateTime::UNIX_EPOCH);
        _ = logged(&repeats, &report("2026-04-02T07:30:00Z"));
        quiet.at = "2026-04-02T08:01:00Z".parse().unwrap();
        assert_eq!(logged(&repeats, &quiet).len(), lines.len());
        quiet.at = "2026-04-02T09:02:00Z".parse().unwrap();
        assert_eq!(logged(&repeats, &quiet), Vec::<String>::new());
        // A failure after that is a new one.
        let again = logged(&repeats, &report("2026-04-02T09:10:00Z"));
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
            of_witness(logged(&repeats, &report("2026-04-02T06:00:00Z"))),
            [failure]
        );
        for minute in [10, 20, 59] {
            let again = report(&format!("2026-04-02T06:{minute}:00Z"));
            assert_eq!(of_witness(logged(&repeats, &again)), [""; 0]);
        }
        let later = of_witness(logged(&repeats, &report("2026-04-02T07:00:00Z")));
        let counted = format!("{failure} (repeated 4 times since 2026-04-02 06:00 UTC)");
        assert_eq!(later, [counted]);
    }
}
