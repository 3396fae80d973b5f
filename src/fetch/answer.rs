//! What a chain brings back, and what each source did.

use std::fmt;

use chrono::{DateTime, Utc};

use super::FetchError;
use crate::provenance::{Attribution, SourceId};
use crate::text::WithCauses;

/// What a chain brought back: a reading or none, and what each source that was considered did.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer<R> {
    /// The reading, where there is one.
    pub reading: Option<Fetched<R>>,
    /// What each source did, in order.
    pub attempts: Vec<Attempt>,
}

/// A reading with what its source asks of those who show it and fetch it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fetched<R> {
    /// The reading.
    pub value: R,
    /// The credit its terms ask for.
    pub attribution: Attribution,
    /// The time before which the source asks not to be asked again.
    pub expires: Option<DateTime<Utc>>,
}

/// What one source did.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// Which source.
    pub source: SourceId,
    /// What it did.
    pub outcome: Outcome,
}

/// What a source that was considered did.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It answered with a reading.
    Read,
    /// It answered with a reading, and warned by status 203 that it is about to withdraw what was asked for.
    Warned,
    /// It answered that its last reading stands.
    Unchanged,
    /// It was not asked: it wants to be left alone until then, and its last reading stands.
    NotDue(DateTime<Utc>),
    /// It was not asked: it failed and rests until then.
    Resting(DateTime<Utc>),
    /// It was not asked: the hour's budget is spent until then.
    OverBudget(DateTime<Utc>),
    /// It was asked and gave no reading.
    Failed(FetchError),
}

impl Outcome {
    /// Whether the source's reading, new or old, is the one to show.
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
