//! A value that is made again after a change, without a wait for readers.
//!
//! | the caller | gets |
//! |---|---|
//! | the value is current | the value: one atomic load |
//! | it is not, and no other caller makes it | a new value, which this caller makes |
//! | it is not, and another caller makes it | the previous value at once; without one it waits |
//!
//! After a change exactly one reader renders a page, and thousands of others do not queue behind it. Under the lock the value is looked at again, so
//! that two callers do not make it one after the other. `tests/interleavings.rs` tries the orders of their steps.

use std::sync::Arc;

use super::sync::{ArcSwapOption, Mutex, PoisonError, TryLockError};

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
    /// they wait only if there is no previous one.
    pub(super) fn with<R>(
        &self,
        is_current: impl Fn(&T) -> bool,
        make: impl FnOnce(Option<&Arc<T>>) -> Arc<T>,
        use_it: impl FnOnce(&T) -> R,
    ) -> R {
        let before = self.current.load();
        if let Some(current) = before.as_ref().filter(|before| is_current(before)) {
            return use_it(current);
        }
        let turn = match (self.making.try_lock(), &*before) {
            (Ok(turn), _) => turn,
            (Err(TryLockError::Poisoned(turn)), _) => turn.into_inner(),
            (Err(TryLockError::WouldBlock), Some(before)) => return use_it(before),
            (Err(TryLockError::WouldBlock), None) => {
                self.making.lock().unwrap_or_else(PoisonError::into_inner)
            }
        };
        let before = self.current.load_full();
        let current = before.as_ref().filter(|before| is_current(before));
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
