//! A store that sometimes fails.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use masthead::ticker::{State, Store, StoreError};

/// A disk that outlives a process, and sometimes fails.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    kept: Arc<Mutex<Option<State>>>,
    pub(super) failing: Arc<AtomicBool>,
    /// Whether the last state was not saved.
    pub(super) missed: Arc<AtomicBool>,
    pub(super) failures: Arc<AtomicU64>,
}

impl Disk {
    pub(crate) fn lose(&self) {
        *self.kept.lock().unwrap() = None;
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.failing.load(Ordering::Relaxed) {
            self.failures.fetch_add(1, Ordering::Relaxed);
            return Err(StoreError::new("the disk is full"));
        }
        Ok(())
    }
}

impl Store for Disk {
    fn load(&self) -> Result<Option<State>, StoreError> {
        self.check()?;
        Ok(self.kept.lock().unwrap().clone())
    }

    fn save(&self, state: &State) -> Result<(), StoreError> {
        let kept = self.check();
        self.missed.store(kept.is_err(), Ordering::Relaxed);
        kept?;
        let mut kept = self.kept.lock().unwrap();
        kept.get_or_insert_default().merge(state.clone());
        Ok(())
    }
}
