//! The outcome of adding a value to a snapshot.

/// The outcome of adding rates or weather to a [`Snapshot`](crate::Snapshot).
///
/// ```
/// use masthead::{Added, Attribution, Snapshot};
///
/// # let sample = Snapshot::sample();
/// # let rates = sample.rates(Snapshot::SAMPLE_TIME).unwrap().value().clone();
/// let mut snapshot = Snapshot::default();
/// let added = snapshot.add_rates(rates, Attribution::new("The bank"), Snapshot::SAMPLE_TIME);
/// assert_eq!(added, Added::Changed);
/// assert!(added.is_taken());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Added {
    /// The value is new or differs from the previous one, which it replaced.
    Changed,
    /// The value equals the previous one, for rates except for changes and marks. It replaced it, with its newer times.
    Confirmed,
    /// Rates of the same day and [`Method`](crate::money::Method) as the previous ones, with different numbers: a correction, which
    /// replaced them.
    Corrected,
    /// Rejected: the snapshot has rates of a later day, the bank's own rates instead of computed ones, or weather that reaches the rest of the day
    /// where this does not. In the report of a ticker also: an earlier computation of a forecast, or a list that is quarantined already.
    Superseded,
    /// Rejected: the day of the rates is more than [`MAX_DAYS_AHEAD`](crate::Snapshot::MAX_DAYS_AHEAD) days ahead.
    TooFarAhead,
}

impl Added {
    /// Returns whether the snapshot now has this value: true for [`Changed`](Self::Changed), [`Confirmed`](Self::Confirmed) and
    /// [`Corrected`](Self::Corrected).
    #[must_use]
    pub const fn is_taken(self) -> bool {
        matches!(self, Self::Changed | Self::Confirmed | Self::Corrected)
    }
}
