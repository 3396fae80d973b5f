//! Reports for the host's log, as events of `tracing`.
//!
//! | level | events |
//! |---|---|
//! | error | a store that failed, an exchange that panicked |
//! | warn | a source that failed, a number in quarantine or released, a forecast that has run out, a shared store that is away |
//! | info | new rates or weather, a shared store that is back, another server that requests a source |
//! | debug | requests, a day for which a bank has no data, new rates of an earlier day, cities that are postponed |
//!
//! Events that a [`Report`] has too are of the target `masthead::report`, all others of `masthead`, so that a host that prints its reports can leave
//! one of them out.

use super::{FleetEvent, Report};
use crate::engine::Node;
use crate::fetch::{Attempt, Outcome};
use crate::text::WithCauses;

/// The target of events about refreshes. A host that logs its reports, as it gets them from `TickerBuilder::on_report`, leaves it out.
const REPORT: &str = "masthead::report";

impl Report {
    /// Logs the outcome: failures, numbers quarantined, changes.
    pub(super) fn trace(&self) {
        if let Some(obstacle) = &self.obstacle {
            tracing::warn!(target: REPORT, obstacle, "no request was sent");
        }
        for entry in &self.entries {
            let item = tracing::field::display(&entry.item);
            for Attempt {
                source, outcome, ..
            } in entry.attempts.iter().chain(&entry.witnesses)
            {
                match outcome {
                    Outcome::Failed(error) if entry.is_good() && error.is_no_data() => {
                        tracing::debug!(target: REPORT, %item, %source, day = ?entry.day, "no data");
                    }
                    Outcome::Failed(error) => {
                        let (class, error) = (error.class(), WithCauses(error));
                        tracing::warn!(target: REPORT, %item, %source, class, %error, "no reading");
                    }
                    outcome => {
                        tracing::debug!(target: REPORT, %item, %source, ?outcome, "asked");
                    }
                }
            }
            for event in &entry.events {
                tracing::warn!(target: REPORT, %item, %event, "guard");
            }
            if let Some(ended) = entry.ended {
                tracing::warn!(target: REPORT, %item, %ended, "the forecast has run out");
            }
            match (entry.added, entry.day) {
                (Some(added), Some(day)) => {
                    tracing::debug!(target: REPORT, %item, %day, ?added, "refreshed");
                }
                (Some(added), None) => {
                    tracing::info!(target: REPORT, %item, ?added, "refreshed");
                }
                (None, _) => {}
            }
        }
        if !self.postponed.is_empty() {
            let cities = self.postponed.len();
            tracing::debug!(target: REPORT, cities, "postponed to the next refresh");
        }
        for error in &self.store {
            tracing::error!(target: REPORT, error = %WithCauses(error), "store");
        }
    }
}

impl FleetEvent {
    pub(super) fn trace(&self, node: &Node) {
        match self {
            Self::Away { error } => {
                tracing::warn!(target: "masthead", %node, error, "the shared store is away");
            }
            Self::Back => tracing::info!(target: "masthead", %node, "the shared store is back"),
            Self::Leader { topic, leader } => {
                tracing::info!(target: "masthead", %node, %topic, %leader, "who asks upstream");
            }
            Self::Unused { topic, reason: why } => {
                tracing::warn!(target: "masthead", %node, %topic, why, "a shared record is not used");
            }
            Self::Unshared { topic, reason: why } => {
                tracing::warn!(target: "masthead", %node, %topic, why, "the topic is not shared");
            }
        }
    }
}
