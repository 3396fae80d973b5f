use std::fmt::Debug;

use crate::engine::{State, StoreError};

/// A store that keeps records across restarts: [`FileStore`](super::FileStore), or one of your own.
///
/// # Contract
///
/// A ticker saves the records that are new since its last save, and the guard's memory. `save` must add them to what is stored, as
/// [`State::merge`] does: what was saved before stays, and a state that is saved twice is stored once. A save that fails may have stored a
/// part of the state; the ticker saves it again.
///
/// `load` returns everything that was saved. A store may remove records that no page needs any more, such as those that a
/// [`Ledger::retain`](crate::ledger::Ledger::retain) removes.
///
/// Both may block for seconds. A ticker calls `load` once, when it is built, and `save` on a thread of its own, one call at a time.
///
/// ```
/// use std::sync::Mutex;
/// use masthead::ticker::{State, Store, StoreError};
///
/// /// For tests: the state is lost with the process.
/// #[derive(Debug, Default)]
/// struct InMemory(Mutex<State>);
///
/// impl Store for InMemory {
///     fn load(&self) -> Result<Option<State>, StoreError> {
///         let stored = self.0.lock().map_err(|_| StoreError::new("the lock is poisoned"))?;
///         Ok(Some(stored.clone()))
///     }
///
///     fn save(&self, state: &State) -> Result<(), StoreError> {
///         let mut stored = self.0.lock().map_err(|_| StoreError::new("the lock is poisoned"))?;
///         stored.merge(state.clone());
///         Ok(())
///     }
/// }
/// ```
pub trait Store: Debug + Send + Sync {
    /// Returns all that was saved. Returns `None` if there is no record.
    ///
    /// # Errors
    ///
    /// If the store cannot be read. A part that cannot be used is no error: the rest is returned.
    fn load(&self) -> Result<Option<State>, StoreError>;

    /// Adds a state to what is stored.
    ///
    /// # Errors
    ///
    /// If it cannot be written. The records saved before stay.
    fn save(&self, state: &State) -> Result<(), StoreError>;
}
