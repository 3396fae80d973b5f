//! The requests to banks and weather services.

use masthead::fetch::{Attempt, Outcome};
use masthead::ticker::Report;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The upper ends of the classes of durations, in seconds. A refresh lasts nine at most.
const SECONDS: [f64; 8] = [0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 9.0];

/// The attempts at sources, and how long those with a request took.
#[derive(Clone, Debug)]
pub(super) struct Upstream {
    attempts: Family<OfAttempt, Counter>,
    durations: Family<OfSource, Histogram>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAttempt {
    source: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSource {
    source: String,
}

impl Default for Upstream {
    fn default() -> Self {
        Self {
            attempts: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
        }
    }
}

impl Upstream {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help =
            "Attempts at a source; not_due, resting and over_budget are those without a request";
        registry.register("upstream_attempts", help, self.attempts.clone());
        let (name, help) = (
            "upstream_request_duration",
            "Time from the request to a source to the outcome",
        );
        registry.register_with_unit(name, help, Unit::Seconds, self.durations.clone());
    }

    /// Counts the attempts of a refresh, also those at banks that were to confirm the rates.
    pub(super) fn note(&self, report: &Report) {
        let entries = report.entries.iter();
        let attempts = entries.flat_map(|entry| entry.attempts.iter().chain(&entry.witnesses));
        for attempt in attempts {
            let source = attempt.source.to_string();
            let outcome = outcome(attempt);
            if let Some(took) = attempt.took {
                let of_source = OfSource {
                    source: source.clone(),
                };
                let duration = self.durations.get_or_create(&of_source);
                duration.observe(took.as_secs_f64());
            }
            let of_attempt = OfAttempt { source, outcome };
            self.attempts.get_or_create(&of_attempt).inc();
        }
    }
}

/// Returns the outcome in one word; of a failure its class, as in the health report.
fn outcome(attempt: &Attempt) -> &'static str {
    match &attempt.outcome {
        Outcome::Read => "read",
        Outcome::Warned => "warned",
        Outcome::Unchanged => "unchanged",
        Outcome::NotDue(_) => "not_due",
        Outcome::Resting(_) => "resting",
        Outcome::OverBudget(_) => "over_budget",
        Outcome::Failed(error) => error.class(),
        _ => "other",
    }
}
