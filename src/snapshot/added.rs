/// What became of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Added {
    /// It is new, or other than what was held.
    Changed,
    /// It is what was held; it is known to hold at a later time now.
    Confirmed,
    /// Of the day that was held already, with other numbers: the source corrects itself.
    Corrected,
    /// Something newer, fuller, or the bank's own was held already.
    Superseded,
    /// Its day is too far ahead to be believed.
    TooFarAhead,
}

impl Added {
    /// Whether it was taken: what is held is this reading now.
    #[must_use]
    pub const fn is_taken(self) -> bool {
        matches!(self, Self::Changed | Self::Confirmed | Self::Corrected)
    }
}
