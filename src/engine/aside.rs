//! Records of the future that are set aside, and which of them come back.
//!
//! If a record has an instant ahead of the clock, either the record's clock was wrong or the present one is. Both cases look alike, so no record is
//! deleted: the records wait here, in groups by the time at which they were set aside. If the clock is set forward to where a group's instants are
//! past, counted from when the group was made, they come back; if it merely passes on, they do not.
//!
//! A server's clock is right at 12:00, and records are made. At 12:01 it is set back to 10:00 by mistake, so that all of them are set aside. Half an
//! hour later by the time that always passes:
//!
//! | the clock then shows | it counts as | a record of 12:00 |
//! |---|---|---|
//! | 10:30 | merely passed on | stays aside: when it was set aside this clock showed 10:00 |
//! | 12:31 | set right | comes back: a clock that shows 12:31 now showed 12:01 then |
//!
//! The other case: the clock was two hours ahead when the records were made at 12:00 (their instants are 14:00), and is then set right. At 14:00
//! their instants have passed, and they stay aside nevertheless, because a right clock had not reached 14:00 when they were set aside.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::ledger::{Ledger, Record, TOLERANCE};

/// The most groups. A clock that is set back again and again makes no more of them.
const GROUPS: usize = 8;

/// Records that are in the future by the clock of this server, or by that of the store.
///
/// Either the clock was ahead when a record was made, or it is behind now. A record was made before it was set aside, so its instants are right only if
/// a right clock had reached them by then. The time that passes does not make them right; a clock that is set right does.
///
/// A process knows this of itself alone. One that starts later, when their instants have passed, takes such records of its store for right; and a
/// machine that sleeps counts less time than has passed, so that its clock seems to have been set right.
#[derive(Clone, Debug, Default)]
pub(super) struct SetAside {
    /// The records of the store at the start.
    at_start: Ledger,
    /// The records with the time that had passed when they were set aside, without the clock.
    doubtful: Vec<(Duration, Ledger)>,
    /// Records that are too early by minutes, by the clock of the store. They are right once their time has come.
    early: Ledger,
}

impl SetAside {
    /// Adds records of the store at the start.
    pub(super) fn add_at_start(&mut self, records: impl Iterator<Item = Record>) {
        self.at_start.extend(records);
    }

    /// Adds records that are too early by the clock of the store.
    pub(super) fn add_early(&mut self, records: impl Iterator<Item = Record>) {
        self.early.extend(records);
    }

    /// Adds records that were made before, while the clock was ahead or right.
    pub(super) fn add_doubtful(&mut self, records: impl Iterator<Item = Record>, passed: Duration) {
        let records: Ledger = records.collect();
        if records.is_empty() {
            return;
        }
        if self.doubtful.len() >= GROUPS {
            // The earlier one of two instants lets no record come back that the later one does not.
            let oldest = self.doubtful.remove(0);
            if let Some((since, next)) = self.doubtful.first_mut() {
                *since = oldest.0;
                next.merge(oldest.1);
            }
        }
        self.doubtful.push((passed, records));
    }

    /// Notes the time that has passed at the first event: a host need not count from the start.
    pub(super) fn begin(&mut self, passed: Duration) {
        let at_start = std::mem::take(&mut self.at_start);
        self.add_doubtful(at_start.records(), passed);
    }

    /// Takes the records that are right by the clock as it is now.
    pub(super) fn take(&mut self, now: DateTime<Utc>, passed: Duration) -> Vec<Record> {
        let latest = now + TOLERANCE;
        let mut come = take_until(&mut self.early, latest, latest);
        for (since, records) in &mut self.doubtful {
            let elapsed = TimeDelta::from_std(passed.saturating_sub(*since)).ok();
            let then = elapsed.and_then(|elapsed| latest.checked_sub_signed(elapsed));
            if let Some(then) = then {
                come.extend(take_until(records, then, latest));
            }
        }
        self.doubtful.retain(|(_, records)| !records.is_empty());
        come
    }
}

/// Takes the records whose last instant is `then` at most. No age on a page follows from an approval, which comes back when its time has come.
fn take_until(records: &mut Ledger, then: DateTime<Utc>, latest: DateTime<Utc>) -> Vec<Record> {
    let (come, left): (Vec<Record>, Ledger) = std::mem::take(records).records().fold(
        Default::default(),
        |(mut come, mut left), record| {
            let is_approval = matches!(record, Record::Approval(_));
            if record.last() <= if is_approval { latest } else { then } {
                come.push(record);
            } else {
                left.insert(record);
            }
            (come, left)
        },
    );
    *records = left;
    come
}
