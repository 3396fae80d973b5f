use std::fmt;

use http::StatusCode;

use crate::provenance::SourceId;
use crate::text::Harmless;
use crate::weather::Coordinates;

/// An answer that holds no reading: whose, and why.
///
/// ```
/// use masthead::SourceId;
/// use masthead::source::{DecodeError, DecodeErrorKind};
///
/// let error = DecodeError::new(&SourceId::MET_NORWAY, DecodeErrorKind::NoData("no data at the given location".into()));
/// assert!(error.is_no_data());
/// assert_eq!(error.to_string(), "cannot read met_norway: it has no data: \"no data at the given location\"");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    source: SourceId,
    kind: DecodeErrorKind,
}

/// Why an answer holds no reading.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The status is not one that carries a reading.
    Status(StatusCode),
    /// The source says, in its own way, that it has nothing for the query. Not a fault.
    NoData(String),
    /// The body is not whole, or not of the expected shape: what, and where.
    Malformed(String),
    /// The answer is about another place than the one asked for.
    OtherPlace {
        /// The place asked for.
        asked: Coordinates,
        /// The place that the answer names.
        answered: Coordinates,
    },
}

/// Room for every reason of our own; a log is no place for more.
const MOST_CHARACTERS: usize = 300;

impl DecodeError {
    /// An error of a source. A reason keeps its first 300 characters.
    #[must_use]
    pub fn new(source: &SourceId, mut kind: DecodeErrorKind) -> Self {
        // Parsers quote what they stumble over, which can be a whole body.
        if let DecodeErrorKind::NoData(reason) | DecodeErrorKind::Malformed(reason) = &mut kind
            && let Some((end, _)) = reason.char_indices().nth(MOST_CHARACTERS)
        {
            reason.truncate(end);
        }
        Self {
            source: source.clone(),
            kind,
        }
    }

    /// A body that is not whole, or not of the expected shape.
    #[must_use]
    pub fn malformed(source: &SourceId, what: impl fmt::Display) -> Self {
        Self::new(source, DecodeErrorKind::Malformed(what.to_string()))
    }

    /// Whose answer it was.
    #[must_use]
    pub const fn source_id(&self) -> &SourceId {
        &self.source
    }

    /// Why it holds no reading.
    #[must_use]
    pub const fn kind(&self) -> &DecodeErrorKind {
        &self.kind
    }

    /// Whether the source says that it has nothing for the query.
    #[must_use]
    pub const fn is_no_data(&self) -> bool {
        matches!(self.kind, DecodeErrorKind::NoData(_))
    }

    /// The status, where that is the reason.
    #[must_use]
    pub const fn status(&self) -> Option<StatusCode> {
        match self.kind {
            DecodeErrorKind::Status(status) => Some(status),
            DecodeErrorKind::NoData(_)
            | DecodeErrorKind::Malformed(_)
            | DecodeErrorKind::OtherPlace { .. } => None,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: ", self.source)?;
        match &self.kind {
            DecodeErrorKind::Status(status) => write!(f, "it answered {status}"),
            DecodeErrorKind::NoData(reason) => write!(f, "it has no data: {reason:?}"),
            DecodeErrorKind::Malformed(reason) => Harmless(reason).fmt(f),
            DecodeErrorKind::OtherPlace { asked, answered } => {
                write!(f, "it answered about {answered}, expected {asked}")
            }
        }
    }
}

impl std::error::Error for DecodeError {}
