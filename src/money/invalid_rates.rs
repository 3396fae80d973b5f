use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Currency;

/// The error of building [`Rates`](super::Rates): the rows are not a publication. The first fault found is reported.
///
/// ```
/// # let snapshot = masthead::Snapshot::sample();
/// # let publication = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value().publication();
/// use masthead::money::{Currency, InvalidRates, Rates, Row, parse_decimal};
///
/// let row = Row::new(Currency::USD, parse_decimal("447.32")?, 1);
/// let error = |rows: &[Row]| Rates::new(publication.clone(), rows.iter().copied()).unwrap_err();
///
/// assert_eq!(error(&[]), InvalidRates::Empty);
/// assert_eq!(error(&[row, row]), InvalidRates::Twice { currency: Currency::USD });
/// assert_eq!(
///     error(&[Row::new(Currency::USD, row.value, 7)]).to_string(),
///     "nominal of USD is 7: expected a power of ten up to 1000000",
/// );
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRates {
    /// The day is not in the years 1900 to 2200.
    #[error("the rates are of {day}: expected a day in the years 1900 to 2200")]
    Day {
        /// The day as read.
        day: NaiveDate,
    },
    /// The publication has no row.
    #[error("a publication without rates")]
    Empty,
    /// A value is not in the range 0.000000001 to 1,000,000,000.
    #[error("rate of {currency} is {value}: expected 0.000000001 to 1000000000")]
    Value {
        /// The foreign currency of the row.
        currency: Currency,
        /// The value as read.
        value: Decimal,
    },
    /// A nominal is not a power of ten from 1 to 1,000,000.
    #[error("nominal of {currency} is {nominal}: expected a power of ten up to 1000000")]
    Nominal {
        /// The foreign currency of the row.
        currency: Currency,
        /// The nominal as read.
        nominal: u32,
    },
    /// A currency has two rows.
    #[error("two rows for {currency}")]
    Twice {
        /// The foreign currency of both rows.
        currency: Currency,
    },
    /// In a document, a day of a row's own names a currency without a row, is later than the publication's, is later than
    /// the end of the row's list, or is outside the years 1900 to 2200; or a list has an end and no day.
    #[error(
        "{currency} of {day}: expected a row of the publication, a day that is not later, and a list that ends on it or later"
    )]
    Older {
        /// The currency as read.
        currency: Currency,
        /// The day as read, or the end of the list.
        day: NaiveDate,
    },
    /// A row is for the home currency.
    #[error("the home currency {currency} is among the rows")]
    Home {
        /// The home currency.
        currency: Currency,
    },
}
