//! How the calls of the shared store went.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Fleet, FleetEvent};

/// The reason of a call. On a replica reading succeeds and leases do not: the store is away then, and not back with each exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) enum Errand {
    /// Revisions, records, texts and changes.
    Exchange,
    /// Leases.
    Lease,
}

/// The calls so far: the store is away from the first failure on, until each kind of call that failed has succeeded.
#[derive(Debug, Default)]
pub(in crate::engine) struct Contact {
    /// When the last call that was answered began.
    pub(super) last: Option<DateTime<Utc>>,
    /// When the call began that failed first. `None` while the store answers.
    pub(super) away_since: Option<DateTime<Utc>>,
    /// The reasons of calls that failed, and have not succeeded since.
    failing: BTreeSet<Errand>,
    /// The duration of the last call that was answered.
    pub(super) latency: Duration,
    /// The number of calls, those that failed included.
    pub(super) calls: u64,
    pub(super) errors: u64,
    /// The error of the last failed call. It stays when the store is back.
    pub(super) error: Option<String>,
}

impl Contact {
    pub(in crate::engine) const fn is_away(&self) -> bool {
        self.away_since.is_some()
    }

    pub(in crate::engine) fn is_failing(&self, errand: Errand) -> bool {
        self.failing.contains(&errand)
    }
}

impl Fleet {
    /// Notes a call that began at `at` and was answered after `latency`.
    pub(in crate::engine) fn note_answer(&mut self, at: DateTime<Utc>, latency: Duration) {
        let contact = &mut self.contact;
        contact.calls += 1;
        contact.latency = latency;
        contact.last = Some(at);
    }

    /// Notes a call that failed.
    pub(in crate::engine) fn note_failure(
        &mut self,
        errand: Errand,
        at: DateTime<Utc>,
        error: String,
    ) {
        let contact = &mut self.contact;
        contact.calls += 1;
        contact.errors += 1;
        contact.failing.insert(errand);
        contact.error = Some(error.clone());
        if contact.away_since.is_none() {
            contact.away_since = Some(at);
            self.events.push(FleetEvent::Away { error });
        }
    }

    /// Notes that all calls for a reason succeeded.
    pub(in crate::engine) fn note_done(&mut self, errand: Errand) {
        let contact = &mut self.contact;
        contact.failing.remove(&errand);
        if contact.failing.is_empty() && contact.away_since.take().is_some() {
            self.events.push(FleetEvent::Back);
        }
    }
}
