//! The readings of this server's clock, and the distance to that of a shared store.
//!
//! | reading | before | means |
//! |---|---|---|
//! | 12:00:10 | 12:00:00 | little: no other snapshot without a new record |
//! | 12:15:00 | 12:14:50 | a period of a quarter of an hour has begun: the snapshot is chosen again |
//! | 11:58:00 | 12:00:00 | little: a caller's instant may be older by up to five minutes, and the reading before stays |
//! | 11:00:00 | 12:00:00 | set back, by an hour and the time that passed between the two readings |
//!
//! A clock that is set forward is a period like any other: what is due is due.
//!
//! # Two clocks
//!
//! The store's clock is measured with each reply that states it. A call from 12:00:00 to 12:00:01 by this server's clock with 12:00:00.5 in the reply
//! shows no difference; with 12:02:01 the store's is ahead by two minutes. Within five minutes all servers judge by the store's clock
//! ([`Clock::by_store`]), so that they agree on which records are of the future; beyond, one of the two is wrong, and this server judges by its own
//! and neither writes nor takes a lease.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::ledger::TOLERANCE;

/// The snapshot is chosen again at the multiples of this period, without a new record: a forecast that no longer reaches the end of the day
/// gives way to one that does. In each zone a day begins at one of them.
const PERIOD: TimeDelta = TimeDelta::minutes(15);

/// The clock. It may be wrong, and may be set.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    /// The instant of the last event.
    pub(super) now: DateTime<Utc>,
    /// The latest reading, by the clock and without it. `None` before the first.
    latest: Option<(DateTime<Utc>, Duration)>,
    /// How far the store's clock is ahead; negative if it is behind. Zero without a shared store, and until it was measured.
    ahead: TimeDelta,
}

/// The change since the reading before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// None that matters.
    Little,
    /// Another period has begun.
    Period,
    /// The clock was set back by so much.
    SetBack(TimeDelta),
}

impl Clock {
    /// Returns the latest reading.
    pub(super) fn latest(&self) -> Option<DateTime<Utc>> {
        self.latest.map(|(at, _)| at)
    }

    /// Notes a reading. A caller's instant may be a little older than the reading before. With `passed`, the time without the clock, a step back
    /// counts from the instant that the clock would show now.
    pub(super) fn read(&mut self, now: DateTime<Utc>, passed: Duration) -> Passed {
        let Some((before, since)) = self.latest else {
            self.latest = Some((now, passed));
            return Passed::Period;
        };
        if now + TOLERANCE < before {
            self.latest = Some((now, passed));
            let elapsed = TimeDelta::from_std(passed.saturating_sub(since));
            return Passed::SetBack(before - now + elapsed.unwrap_or_default());
        }
        if now <= before {
            return Passed::Little;
        }
        self.latest = Some((now, passed));
        let period = |at: DateTime<Utc>| at.timestamp().div_euclid(PERIOD.num_seconds());
        if period(now) == period(before) {
            Passed::Little
        } else {
            Passed::Period
        }
    }

    /// Whether this clock and the store's are too far from each other.
    pub(super) fn is_out_of_step(&self) -> bool {
        self.ahead.abs() > TOLERANCE
    }

    /// How far the store's clock is ahead.
    pub(super) const fn measured_ahead(&self) -> TimeDelta {
        self.ahead
    }

    /// The time by which all servers judge which records are of the future: the store's, because two clocks that are each near it may be further from
    /// each other. This server's own if the store's is too far from it.
    pub(super) fn by_store(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        if self.is_out_of_step() {
            now
        } else {
            now + self.ahead
        }
    }

    /// Notes the time by the store's clock in the answer to a call that lasted from `before` to `after`. Returns by how much more the store's is ahead
    /// than it was.
    pub(super) fn note_store(
        &mut self,
        by_store: DateTime<Utc>,
        before: DateTime<Utc>,
        after: DateTime<Utc>,
    ) -> TimeDelta {
        // Only what the time of the call does not explain: a server may have been stopped in the middle of it.
        let ahead = by_store - by_store.clamp(before, after.max(before));
        let change = ahead - self.ahead;
        self.ahead = ahead;
        change
    }
}
