//! The facts of past reports that the health repeats.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Item, Report};
use crate::fetch::{Attempt, Outcome};
use crate::provenance::SourceId;
use crate::snapshot::Added;
use crate::text::WithCauses;

/// A failure of a source, as the health reports it.
///
/// ```
/// use masthead::Ticker;
/// use masthead::fetch::FakeUpstream;
/// use masthead::ticker::SourceFailure;
///
/// let ticker = Ticker::builder("tests").transport(FakeUpstream::new()).cities([]).build()?; // no host answers
/// ticker.refresh_blocking(ticker.now());
/// let health = ticker.health();
/// let failures = health.sources.iter().filter_map(|source| source.last_failure.as_ref());
/// assert!(failures.map(|failure: &SourceFailure| failure.class).all(|class| class == "no_connection"));
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SourceFailure {
    /// The time at which the refresh began that the failure belongs to.
    pub at: DateTime<Utc>,
    /// Its class, as [`FetchError::class`](crate::fetch::FetchError::class) returns it.
    pub class: &'static str,
    /// The error text with its causes.
    pub text: String,
}

/// The reports so far, as far as the health repeats them. It is not stored: the counters begin with the process, and go on after a reload.
#[derive(Clone, Debug, Default)]
pub(super) struct RefreshLog {
    pub(super) sources: BTreeMap<SourceId, Record>,
    pub(super) last_refresh: Option<DateTime<Utc>>,
    pub(super) last_tick: Option<DateTime<Utc>>,
    pub(super) restarts: u64,
    pub(super) store: Option<String>,
}

/// The attempts at a source. An attempt without a request (not due, in a cool-down, over budget) is neither a success nor a failure.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    pub(super) last_success: Option<DateTime<Utc>>,
    pub(super) last_failure: Option<SourceFailure>,
    pub(super) failures: BTreeMap<&'static str, u64>,
}

impl RefreshLog {
    /// Takes in a report. "No data" for an earlier day is an answer, and counts as no failure.
    pub(super) fn write(&mut self, report: &Report) {
        self.last_refresh = Some(report.at);
        self.store = report
            .store
            .last()
            .map(|error| WithCauses(error).to_string());
        for entry in &report.entries {
            for attempt in entry.attempts.iter().chain(&entry.witnesses) {
                if !entry.has_no_data() {
                    self.note(attempt, report.at);
                }
            }
            // The newest may well be of a day that is in force already.
            let last = entry
                .attempts
                .last()
                .filter(|_| entry.item == Item::Rates && entry.added == Some(Added::Superseded));
            if let Some(attempt) = last {
                *self
                    .record(&attempt.source)
                    .failures
                    .entry("older")
                    .or_default() += 1;
            }
        }
    }

    /// Counts an attempt. `NotDue` is good for an entry, and no success here: the source was not requested.
    fn note(&mut self, attempt: &Attempt, at: DateTime<Utc>) {
        let record = self.record(&attempt.source);
        match &attempt.outcome {
            Outcome::Read | Outcome::Warned | Outcome::Unchanged => record.last_success = Some(at),
            Outcome::Failed(error) => {
                let class = error.class();
                *record.failures.entry(class).or_default() += 1;
                let text = WithCauses(error).to_string();
                record.last_failure = Some(SourceFailure { at, class, text });
            }
            Outcome::NotDue(_) | Outcome::Resting(_) | Outcome::OverBudget(_) => {}
        }
    }

    fn record(&mut self, source: &SourceId) -> &mut Record {
        self.sources.entry(source.clone()).or_default()
    }
}
