use serde::{Deserialize, Serialize};

use super::guard::{Hold, Memory};
use crate::snapshot::Snapshot;

/// The state that a store keeps across restarts: the published snapshot, and the guard's memory for judging the next publication.
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

    /// The published snapshot.
    #[must_use]
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The quarantined numbers: surprising ones that nothing has confirmed yet. [`Ticker::approve`](crate::Ticker::approve) releases one.
    #[must_use]
    pub fn holds(&self) -> &[Hold] {
        self.guard.holds()
    }

    pub(super) fn into_parts(self) -> (Snapshot, Memory) {
        (self.snapshot, self.guard)
    }

    /// Merges two states: the newer reading of each item is kept, so that two processes that share a store neither lose data nor go back.
    ///
    /// Times decide. A reading of `other` that was fetched after the newest one of this state is dropped: only a misset clock makes one, and it would
    /// never be superseded.
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

/// A snapshot with an empty memory of the guard.
impl From<Snapshot> for State {
    fn from(snapshot: Snapshot) -> Self {
        Self::new(snapshot, Memory::default())
    }
}
