use std::error::Error;
use std::fmt::Debug;

use super::State;

/// Where the last good state is kept across restarts.
///
/// # Contract
///
/// `save` replaces what was kept, wholly or not at all. `load` gives back what was saved, nothing where nothing was, and
/// an error for anything else: it never guesses. Both may block for seconds: a ticker calls `save` on a thread of its own, and has
/// one under way at most.
///
/// ```
/// use std::sync::Mutex;
/// use masthead::ticker::{State, Store, StoreError};
///
/// /// For tests: what was kept is lost with the process.
/// #[derive(Debug, Default)]
/// struct InMemory(Mutex<Option<State>>);
///
/// impl Store for InMemory {
///     fn load(&self) -> Result<Option<State>, StoreError> {
///         let kept = self.0.lock().map_err(|_| StoreError::new("the lock is poisoned"))?;
///         Ok(kept.clone())
///     }
///
///     fn save(&self, state: &State) -> Result<(), StoreError> {
///         *self.0.lock().map_err(|_| StoreError::new("the lock is poisoned"))? = Some(state.clone());
///         Ok(())
///     }
/// }
/// ```
pub trait Store: Debug + Send + Sync {
    /// What was kept.
    ///
    /// # Errors
    ///
    /// When something is kept that cannot be read, or is not what was saved.
    fn load(&self) -> Result<Option<State>, StoreError>;

    /// Keeps a state.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn save(&self, state: &State) -> Result<(), StoreError>;
}

/// A store could not be read or written: which, and why.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    /// Whether what was kept is not what was saved.
    pub(super) is_damage: bool,
    pub(super) is_misplaced: bool,
}

impl StoreError {
    /// An error with what is known of it.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
            is_damage: false,
            is_misplaced: false,
        }
    }

    /// The same, saying that what was kept is not what was saved.
    pub(super) fn of_damage(mut self) -> Self {
        self.is_damage = true;
        self
    }

    /// Whether the place itself is wrong, so that no later try succeeds: something else stands there, or no file can. It is
    /// `false` for what may pass, such as a full disk.
    #[must_use]
    pub const fn is_misplaced(&self) -> bool {
        self.is_misplaced
    }

    /// The same, saying that the place is wrong.
    pub(super) fn of_place(mut self) -> Self {
        self.is_misplaced = true;
        self
    }

    /// The same with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
