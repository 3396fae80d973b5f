//! Values beside the records that save work, and that may be lost.

use serde_json::value::RawValue;

/// A named JSON value beside the records, such as the guard's memory. Of several with one name the last one counts.
///
/// ```
/// use masthead::ledger::line::Checkpoint;
///
/// let checkpoint = Checkpoint::new("guard", r#"{"holds": []}"#)?;
/// assert_eq!((checkpoint.name(), checkpoint.json()), ("guard", r#"{"holds": []}"#));
/// assert!(Checkpoint::new("guard", "{").is_err());
/// # Ok::<(), masthead::ledger::line::InvalidCheckpoint>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    name: String,
    json: String,
}

impl Checkpoint {
    /// The longest JSON text of a checkpoint, in bytes.
    pub const MAX_JSON: usize = 1 << 20;
    /// The longest name of a checkpoint, in bytes.
    pub const MAX_NAME: usize = 80;

    /// A checkpoint of a JSON text. Line feeds between its values become spaces.
    ///
    /// # Errors
    ///
    /// If `json` is not JSON or longer than [`MAX_JSON`](Self::MAX_JSON) bytes, or `name` is longer than
    /// [`MAX_NAME`](Self::MAX_NAME) bytes.
    pub fn new(
        name: impl Into<String>,
        json: impl Into<String>,
    ) -> Result<Self, InvalidCheckpoint> {
        let (name, json) = (name.into(), json.into());
        if name.len() > Self::MAX_NAME || json.len() > Self::MAX_JSON {
            return Err(InvalidCheckpoint::TooLong);
        }
        let value: &RawValue =
            serde_json::from_str(&json).map_err(|error| InvalidCheckpoint::NotJson {
                reason: error.to_string(),
            })?;
        // Within a string JSON has no line feed that is not escaped.
        let json = value.get().replace(['\n', '\r'], " ");
        Ok(Self { name, json })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The JSON text, without line feeds.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

/// The error of a [`Checkpoint`] that cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCheckpoint {
    /// The name or the value is too long.
    #[error("a checkpoint has at most 80 bytes of name and 1048576 bytes of value")]
    TooLong,
    /// The value is not JSON.
    #[error("not JSON: {reason}")]
    NotJson {
        /// The message of the JSON parser.
        reason: String,
    },
}
