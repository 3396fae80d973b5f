use chrono::NaiveDate;

use crate::money::Currency;

/// The amount cannot be converted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// The publication has no rate for the currency.
    #[error("no rate for {currency} on {day}")]
    Unknown {
        /// The currency asked for.
        currency: Currency,
        /// The day of the publication.
        day: NaiveDate,
    },
    /// The publication, or one of the two rates, is of another day.
    #[error("the rates are of {held}, asked for were those of {asked}")]
    OtherDay {
        /// The day asked for.
        asked: NaiveDate,
        /// The day of the publication.
        held: NaiveDate,
    },
    /// The amount is in another currency than the converter's.
    #[error("the converter takes {expected}, the amount is in {found}")]
    Mismatch {
        /// The currency the converter takes.
        expected: Currency,
        /// The currency of the amount.
        found: Currency,
    },
    /// The result does not fit.
    #[error("the amount is too large to convert from {from} to {to} exactly")]
    Overflow {
        /// The currency converted from.
        from: Currency,
        /// The currency converted to.
        to: Currency,
    },
}

/// A column of amounts cannot be converted.
#[cfg(feature = "columns")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The slices differ in length.
    #[error("{from} amounts, and room for {to}")]
    Length {
        /// Amounts to convert.
        from: usize,
        /// Places for results.
        to: usize,
    },
    /// A result does not fit; those before it do.
    #[error("amount {index} is too large to convert from {from} to {to} exactly")]
    Overflow {
        /// The place of the amount in the column, from zero.
        index: usize,
        /// The currency converted from.
        from: Currency,
        /// The currency converted to.
        to: Currency,
    },
}
