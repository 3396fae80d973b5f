use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Currency;

/// The rows are not a publication.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRates {
    /// The day is of no year in which somebody reads a strip.
    #[error("the rates are of {day}, expected a day of the years 1900 to 2200")]
    Day {
        /// The day as read.
        day: NaiveDate,
    },
    /// There is no row.
    #[error("a publication without rates")]
    Empty,
    /// A value is zero, negative, or of an unbelievable size.
    #[error("rate of {currency} is {value}: expected 0.000000001 to 1000000000")]
    Value {
        /// The foreign currency of the row.
        currency: Currency,
        /// The value as read.
        value: Decimal,
    },
    /// A nominal is not a power of ten.
    #[error("nominal of {currency} is {nominal}: expected a power of ten up to 1000000")]
    Nominal {
        /// The foreign currency of the row.
        currency: Currency,
        /// The nominal as read.
        nominal: u32,
    },
    /// A currency stands twice.
    #[error("{currency} stands twice")]
    Twice {
        /// The foreign currency of both rows.
        currency: Currency,
    },
    /// A day of a row's own names a currency that has no row, is later than the publication's, or is after the end of the row's list.
    #[error("{currency} of {day} is no older row of the publication")]
    Older {
        /// The foreign currency of the row.
        currency: Currency,
        /// Its day as read.
        day: NaiveDate,
    },
    /// The home currency is among the foreign ones.
    #[error("the home currency {currency} is among the rows")]
    Home {
        /// The home currency.
        currency: Currency,
    },
}
