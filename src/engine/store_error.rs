use std::error::Error;

/// The error of a [`Store`](crate::ticker::Store) or a [`SharedStore`](crate::ticker::shared::SharedStore), with its place and cause.
///
/// ```
/// use masthead::ticker::StoreError;
///
/// // An error of a store of one's own.
/// let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
/// let error = StoreError::new("/var/lib/news/rates: the records were not written").caused_by(full);
/// assert!(!error.is_misplaced() && !error.is_newer(), "it may pass");
/// assert!(std::error::Error::source(&error).is_some());
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    pub(crate) is_misplaced: bool,
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
    pub(crate) fn of_newer(mut self) -> Self {
        self.is_newer = true;
        self
    }

    /// An error of the same kind with another message, caused by this one.
    pub(crate) fn within(self, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            is_misplaced: self.is_misplaced,
            is_newer: self.is_newer,
            source: Some(Box::new(self)),
        }
    }

    /// The same, saying that the place is wrong.
    pub(crate) fn of_place(mut self) -> Self {
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
