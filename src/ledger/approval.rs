use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::RecordId;
use super::instant::instant;
use crate::money::Currency;

/// A record: an operator's approval of a publication, or of rows of it, although they are surprising.
///
/// It is evidence for a quarantine that exists at its instant, and has no effect on one that comes later: a number that the bank corrects after the
/// approval is another publication. It stays in the store of the server on which it was given, and is not shared.
///
/// Approvals are ordered by their instants.
///
/// ```
/// use masthead::ledger::{Approval, Ledger, RecordId};
/// use masthead::{Snapshot, SourceId};
///
/// let now = Snapshot::SAMPLE_TIME;
/// let snapshot = Snapshot::sample();
/// let id = RecordId::of_rates(snapshot.rates(now).unwrap().value());
/// let mut ledger = Ledger::default();
/// assert!(ledger.insert(Approval { id, rows: Vec::new(), at: now })); // the whole publication
/// assert_eq!(ledger.approvals().count(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The publication.
    pub id: RecordId,
    /// The approved rows. A [`Ledger`](super::Ledger) sorts them by code. Empty for the whole publication.
    pub rows: Vec<Currency>,
    /// The instant of the approval.
    pub at: DateTime<Utc>,
}

impl Approval {
    /// The approval with its rows in order, each once, and its instant in milliseconds.
    pub(super) fn in_order(mut self) -> Self {
        self.rows.sort_unstable();
        self.rows.dedup();
        self.at = instant(self.at);
        self
    }
}

impl Ord for Approval {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |approval: &Self| (approval.at, approval.id);
        key(self)
            .cmp(&key(other))
            .then_with(|| self.rows.cmp(&other.rows))
    }
}

impl PartialOrd for Approval {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
