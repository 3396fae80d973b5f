//! The readings of this server's clock, and the distance to that of a shared store.

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
    /// The latest reading, by the clock and without it.
    latest: Option<(DateTime<Utc>, Duration)>,
    /// How far the store's clock is ahead.
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

    /// Notes a reading. A caller's instant may be a little older than the reading before.
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
