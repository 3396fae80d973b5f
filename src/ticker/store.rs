use std::error::Error;
use std::fmt::Debug;

use super::State;

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
    /// If it cannot be written. What was saved before then stays.
    fn save(&self, state: &State) -> Result<(), StoreError>;
}

/// The error of a [`Store`] or a [`SharedStore`](super::SharedStore), with its place and cause.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    pub(super) is_misplaced: bool,
    is_newer: bool,
}

impl StoreError {
    /// An error with a message that names the place and the reason.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
            is_misplaced: false,
            is_newer: false,
        }
    }

    /// Whether the place itself is wrong, so that no later attempt succeeds: something else stands there, or no file can. `false` for conditions that
    /// may pass, such as a full disk.
    #[must_use]
    pub const fn is_misplaced(&self) -> bool {
        self.is_misplaced
    }

    /// Whether a later version of this crate wrote what is stored. It was left as it is.
    #[must_use]
    pub const fn is_newer(&self) -> bool {
        self.is_newer
    }

    /// The same, saying that a later version wrote what is stored.
    pub(super) fn of_newer(mut self) -> Self {
        self.is_newer = true;
        self
    }

    /// An error of the same kind with another message, caused by this one.
    pub(super) fn within(self, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            is_misplaced: self.is_misplaced,
            is_newer: self.is_newer,
            source: Some(Box::new(self)),
        }
    }

    /// The same, saying that the place is wrong.
    pub(super) fn of_place(mut self) -> Self {
        self.is_misplaced = true;
        self
    }

    /// Adds the cause of the error.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
