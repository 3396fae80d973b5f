use serde::{Deserialize, Serialize};

use super::guard::{Hold, Memory};
use crate::snapshot::Snapshot;

/// What a store keeps across restarts: the snapshot that is shown, and what the guard remembers to judge the next one by.
///
/// ```
/// use masthead::Snapshot;
/// use masthead::ticker::State;
///
/// let state = State::from(Snapshot::sample());
/// assert_eq!(state.snapshot(), &Snapshot::sample());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    snapshot: Snapshot,
    guard: Memory,
}

impl State {
    pub(super) const fn new(snapshot: Snapshot, guard: Memory) -> Self {
        Self { snapshot, guard }
    }

    /// What is shown.
    #[must_use]
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What is quarantined: numbers that are surprising and have not been confirmed yet. [`Ticker::approve`](crate::Ticker::approve)
    /// shows one of them.
    #[must_use]
    pub fn holds(&self) -> &[Hold] {
        self.guard.holds()
    }

    pub(super) fn into_parts(self) -> (Snapshot, Memory) {
        (self.snapshot, self.guard)
    }

    /// Of two states the newer of each reading: what two processes keep in one place goes neither back nor lost.
    ///
    /// Times decide, so what was fetched after `now` is left out of `other`: a clock that was wrong would win for ever.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        let now = self.snapshot.newest_fetch().max(Some(self.guard.at()));
        let other = match now {
            Some(now) => Self {
                snapshot: other.snapshot.without_future(now),
                guard: other.guard,
            },
            None => other,
        };
        let newer = other.guard.at() > self.guard.at()
            && now.is_none_or(|now| other.guard.at() <= now + chrono::TimeDelta::minutes(5));
        Self {
            snapshot: self.snapshot.merged(other.snapshot),
            guard: if newer { other.guard } else { self.guard },
        }
    }
}

/// A snapshot with no past.
impl From<Snapshot> for State {
    fn from(snapshot: Snapshot) -> Self {
        Self::new(snapshot, Memory::default())
    }
}
