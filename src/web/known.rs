//! The rates of all days, as they are known in this minute.
//!
//! Making them costs a millisecond for a thousand days and needs the engine's lock, which a refresh may hold. So they are made once for all requests
//! of a minute. While the engine acts, a request gets those of the last request, however old: it must not wait, because a source of the site's own may
//! take its time, or request the service itself. Each rate has its day, but one that was corrected since is the earlier one. A change of the published
//! rates ends the minute early; a change of the weather does not.

use std::sync::Arc;

use super::pages::{age, minute};
use super::slot::Slot;
use crate::day;
use crate::ledger::History;
use crate::snapshot::Snapshot;
use crate::ticker::Ticker;

/// A value that follows from the rates of all days, made at most once for each change of the published rates and minute.
pub(super) struct PerMinute<T> {
    ticker: Ticker,
    current: Slot<Made<T>>,
}

struct Made<T> {
    value: T,
    /// The snapshot that was published then.
    snapshot: Arc<Snapshot>,
    /// The minute, since 1970: rates become known and believed that do not change the snapshot.
    minute: i64,
}

impl<T> PerMinute<T> {
    pub(super) fn new(ticker: Ticker) -> Self {
        Self {
            ticker,
            current: Slot::default(),
        }
    }

    /// Calls `use_it` with the value of this minute, or with that of the last request while the engine acts. The first call waits for the engine.
    pub(super) fn with<R>(
        &self,
        make: impl FnOnce(History) -> T,
        use_it: impl FnOnce(&T) -> R,
    ) -> R {
        let now = || day::clamp(self.ticker.now());
        let age = |made: &Made<T>| {
            age(made.minute, now(), || {
                let (then, published) = (&*made.snapshot, &*self.ticker.snapshot());
                // A snapshot with other weather has the same rates.
                std::ptr::eq(then, published) || then.both_rates() == published.both_rates()
            })
        };
        let make = |before: Option<&Arc<Made<T>>>| {
            let (snapshot, minute) = (self.ticker.snapshot().to_arc(), minute(now()));
            let history = match (self.ticker.history_at_once(), before) {
                (Some(history), _) => history,
                (None, Some(before)) => return Arc::clone(before),
                (None, None) => self.ticker.history(),
            };
            Arc::new(Made {
                value: make(history),
                snapshot,
                minute,
            })
        };
        self.current.with(age, make, |made| use_it(&made.value))
    }
}
