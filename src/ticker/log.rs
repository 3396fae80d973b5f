//! Reports for the host's log.

use super::{FleetEvent, Report};
use crate::engine::Node;
use crate::fetch::{Attempt, Outcome};
use crate::text::WithCauses;

impl Report {
    /// Logs the outcome: failures, numbers quarantined, changes.
    pub(super) fn trace(&self) {
        if let Some(obstacle) = &self.obstacle {
            tracing::warn!(target: "masthead", obstacle, "no request was sent");
        }
        for entry in &self.entries {
            let item = tracing::field::display(&entry.item);
            for Attempt { source, outcome } in entry.attempts.iter().chain(&entry.witnesses) {
                match outcome {
                    Outcome::Failed(error) if entry.is_good() && error.is_no_data() => {
                        tracing::debug!(target: "masthead", %item, %source, day = ?entry.day, "no data");
                    }
                    Outcome::Failed(error) => {
                        let (class, error) = (error.class(), WithCauses(error));
                        tracing::warn!(target: "masthead", %item, %source, class, %error, "no reading");
                    }
                    outcome => {
                        tracing::debug!(target: "masthead", %item, %source, ?outcome, "asked");
                    }
                }
            }
            for event in &entry.events {
                tracing::warn!(target: "masthead", %item, %event, "guard");
            }
            if let Some(ended) = entry.ended {
                tracing::warn!(target: "masthead", %item, %ended, "the forecast has run out");
            }
            match (entry.added, entry.day) {
                (Some(added), Some(day)) => {
                    tracing::debug!(target: "masthead", %item, %day, ?added, "refreshed");
                }
                (Some(added), None) => {
                    tracing::info!(target: "masthead", %item, ?added, "refreshed");
                }
                (None, _) => {}
            }
        }
        if !self.postponed.is_empty() {
            let cities = self.postponed.len();
            tracing::debug!(target: "masthead", cities, "postponed to the next refresh");
        }
        for error in &self.store {
            tracing::error!(target: "masthead", error = %WithCauses(error), "store");
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
