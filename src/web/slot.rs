//! A value that is made again after a change, while other readers get the one of before.
//!
//! | the caller | gets |
//! |---|---|
//! | the value is current | the value: one atomic load |
//! | it is not, and no other caller makes it | a new value, which this caller makes |
//! | it is not, and another caller makes it | the previous value at once if that is [recent](Age::Recent); otherwise it waits |
//!
//! After a change exactly one reader renders a page, and thousands of others do not queue behind it. A page that was last requested weeks ago is not
//! the answer to the second of two requests that come together: its numbers would pass for today's. Under the lock the value is looked at again, so
//! that two callers do not make it one after the other. `tests/interleavings.rs` tries the orders of their steps.

use std::sync::Arc;

use super::sync::{ArcSwapOption, Mutex, PoisonError, TryLockError};

/// Whether a value may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    Current,
    /// Used only while another caller makes the next.
    Recent,
    Old,
}

/// One value, and the lock under which its successor is made.
pub(super) struct Slot<T> {
    /// `None` before the first request.
    current: ArcSwapOption<T>,
    making: Mutex<()>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            current: ArcSwapOption::empty(),
            making: Mutex::default(),
        }
    }
}

impl<T> Slot<T> {
    /// Calls `use_it` with the current value.
    ///
    /// The first caller after a change makes it from the previous one. Callers that arrive meanwhile get the previous one and do not wait;
    /// they wait only without one, or if it is old.
    pub(super) fn with<R>(
        &self,
        age: impl Fn(&T) -> Age,
        make: impl FnOnce(Option<&Arc<T>>) -> Arc<T>,
        use_it: impl FnOnce(&T) -> R,
    ) -> R {
        let before = self.current.load();
        let known = before.as_ref().map(|before| (before, age(before)));
        if let Some((current, Age::Current)) = known {
            return use_it(current);
        }
        let turn = match (self.making.try_lock(), known) {
            (Ok(turn), _) => turn,
            (Err(TryLockError::Poisoned(turn)), _) => turn.into_inner(),
            (Err(TryLockError::WouldBlock), Some((before, Age::Recent))) => return use_it(before),
            (Err(TryLockError::WouldBlock), _) => {
                self.making.lock().unwrap_or_else(PoisonError::into_inner)
            }
        };
        let before = self.current.load_full();
        let is_current = |before: &&Arc<T>| age(before) == Age::Current;
        let current = before.as_ref().filter(is_current);
        let current = match current {
            Some(current) => Arc::clone(current),
            None => {
                let made = make(before.as_ref());
                self.current.store(Some(Arc::clone(&made)));
                made
            }
        };
        drop(turn);
        use_it(&current)
    }
}
