//! The primitives of `src/web/sync.rs`. Each of their steps may give the turn to another thread.

use std::ops::Deref;
use std::sync::Arc;

pub(super) use std::sync::{PoisonError, TryLockError};

pub(super) use shuttle::sync::{Mutex, MutexGuard};

/// A value that is replaced as a whole. Loading and storing are one step each, as those of the crate `arc_swap` are to an observer.
pub(super) struct ArcSwapOption<T>(Mutex<Option<Arc<T>>>);

impl<T> ArcSwapOption<T> {
    pub(super) fn empty() -> Self {
        Self(Mutex::new(None))
    }

    pub(super) fn load(&self) -> Guard<T> {
        Guard(self.load_full())
    }

    pub(super) fn load_full(&self) -> Option<Arc<T>> {
        self.0.lock().unwrap().clone()
    }

    pub(super) fn store(&self, value: Option<Arc<T>>) {
        *self.0.lock().unwrap() = value;
    }
}

pub(super) struct Guard<T>(Option<Arc<T>>);

impl<T> Deref for Guard<T> {
    type Target = Option<Arc<T>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
