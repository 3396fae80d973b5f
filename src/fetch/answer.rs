//! The result of a chain, and the attempts at each source.
//!
//! An answer has an attempt for each source that the chain came to, in order: those before the one that gave the reading, and that one. Sources
//! behind it were not needed, and have none.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::FetchError;
use crate::provenance::{Attribution, SourceId};
use crate::text::WithCauses;

/// The outcome of [`Chain::read`](super::Chain::read): a reading, if a source gave one, and the attempts at each source.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer<R> {
    /// The reading, if a source gave one.
    pub reading: Option<Fetched<R>>,
    /// The attempts, in order.
    pub attempts: Vec<Attempt>,
}

/// A reading with the credit and the expiry that its source states.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fetched<R> {
    /// The reading.
    pub value: R,
    /// The credit that its terms require.
    pub attribution: Attribution,
    /// The time before which the source asks for no further request (`Expires`).
    pub expires: Option<DateTime<Utc>>,
}

/// One attempt at a source.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// The source.
    pub source: SourceId,
    /// The outcome.
    pub outcome: Outcome,
    /// The time from the first request to the outcome, by a clock that is never set. `None` if no request was sent. It includes decoding, and the
    /// further documents of a reading.
    pub took: Option<Duration>,
}

impl Attempt {
    /// An attempt without a request.
    pub(crate) const fn unsent(source: SourceId, outcome: Outcome) -> Self {
        Self {
            source,
            outcome,
            took: None,
        }
    }
}

/// The outcome of an attempt at a source.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It gave a reading.
    Read,
    /// It gave a reading with status 203, by which MET Norway announces that it will withdraw the product.
    Warned,
    /// It confirmed that its last reading is unchanged: by status 304, or with the same body as before.
    Unchanged,
    /// No request was sent: its last reading has not expired. Holds the time of expiry.
    NotDue(DateTime<Utc>),
    /// No request was sent: it is in a cool-down after a failure. Holds the end of the cool-down.
    Resting(DateTime<Utc>),
    /// No request was sent: the budget of the hour is used up, or too many queries wait for a turn. Holds the time of the next request.
    OverBudget(DateTime<Utc>),
    /// It was requested and gave no reading.
    Failed(FetchError),
}

impl Outcome {
    /// Whether the source's reading, new or unchanged, is valid. Also true for [`NotDue`](Self::NotDue): the source itself said that its last reading
    /// stands until then. A cool-down and a used budget are not good.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        matches!(
            self,
            Self::Read | Self::Warned | Self::Unchanged | Self::NotDue(_)
        )
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = &self.source;
        match &self.outcome {
            Outcome::Read => write!(f, "{source}: read"),
            Outcome::Warned => write!(
                f,
                "{source}: read, with a warning that it will be withdrawn"
            ),
            Outcome::Unchanged => write!(f, "{source}: unchanged"),
            Outcome::NotDue(until) => write!(f, "{source}: not due before {until}"),
            Outcome::Resting(until) => write!(f, "{source}: resting until {until}"),
            Outcome::OverBudget(until) => write!(f, "{source}: no request left before {until}"),
            Outcome::Failed(error) => write!(f, "{source}: {}", WithCauses(error)),
        }
    }
}
