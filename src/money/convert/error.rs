use chrono::NaiveDate;

use crate::money::Currency;

/// The error of a conversion, or of preparing one.
///
/// ```
/// # let snapshot = masthead::Snapshot::sample();
/// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
/// use masthead::money::{ConvertError, Currency};
///
/// let (from, to) = (Currency::USD, Currency::KZT);
/// let to_tenge = rates.converter(from, to)?;
/// assert_eq!(
///     rates.converter(Currency::GBP, to),
///     Err(ConvertError::Unknown { currency: Currency::GBP, day: rates.day() }),
/// );
/// assert_eq!(
///     to_tenge.convert("1 EUR".parse().unwrap()),
///     Err(ConvertError::Mismatch { expected: from, found: Currency::EUR }),
/// );
/// assert_eq!(to_tenge.convert_units(i64::MAX), Err(ConvertError::Overflow { from, to }));
/// # Ok::<(), ConvertError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// The publication has no rate for the currency.
    #[error("no rate for {currency} on {day}")]
    Unknown {
        /// The currency without a rate.
        currency: Currency,
        /// The day of the publication.
        day: NaiveDate,
    },
    /// The currency was withdrawn before the day of the publication, or of the amount.
    #[error(
        "{currency} is not in use on {day}: it was withdrawn after {last_day}, its successor is {successor}"
    )]
    Withdrawn {
        /// The withdrawn currency.
        currency: Currency,
        /// Its last day.
        last_day: NaiveDate,
        /// The currency that took its place. [`Money::restate`](crate::money::Money::restate) converts into it exactly.
        successor: Currency,
        /// The day of the publication, or of the amount.
        day: NaiveDate,
    },
    /// The currency was withdrawn, and two currencies took its place, so that no single one follows.
    #[error(
        "{currency} was withdrawn after {last_day} and has two successors, {} and {}, expected one",
        successors[0],
        successors[1]
    )]
    TwoSuccessors {
        /// The withdrawn currency.
        currency: Currency,
        /// Its last day.
        last_day: NaiveDate,
        /// The two currencies.
        successors: [Currency; 2],
    },
    /// The currency was not in use yet on the day of the publication, or of the amount.
    #[error("{currency} is not in use on {day}: its first day is {first_day}")]
    NotInUseYet {
        /// The currency.
        currency: Currency,
        /// Its first day.
        first_day: NaiveDate,
        /// The day of the publication, or of the amount.
        day: NaiveDate,
    },
    /// An amount of a day was to be restated in the unit of an earlier day.
    #[error("an amount of {of} cannot be restated on {on}: expected the same or a later day")]
    EarlierDay {
        /// The day of the amount.
        of: NaiveDate,
        /// The earlier day.
        on: NaiveDate,
    },
    /// The ratio of two currencies was not fixed on the day.
    #[error("{from} and {to} have no fixed ratio on {day}: expected the euro and its units")]
    NotFixed {
        /// The currency converted from.
        from: Currency,
        /// The currency converted to.
        to: Currency,
        /// The day.
        day: NaiveDate,
    },
    /// The rates are of another day than requested, or the two rates of a cross rate are of two days.
    #[error("the rates are of {held}, not of {asked}")]
    OtherDay {
        /// The requested day, or the later day of two rates.
        asked: NaiveDate,
        /// The day of the rates, or the earlier day of two rates.
        held: NaiveDate,
    },
    /// The amount is not in the currency that the converter takes.
    #[error("the converter takes {expected}, the amount is in {found}")]
    Mismatch {
        /// The currency the converter takes.
        expected: Currency,
        /// The currency of the amount.
        found: Currency,
    },
    /// The result does not fit its type, or the fraction of the two rates does not fit 128 bits.
    #[error("the amount is too large to convert from {from} to {to} exactly")]
    Overflow {
        /// The currency converted from.
        from: Currency,
        /// The currency converted to.
        to: Currency,
    },
}

/// The error of converting a column of amounts.
///
/// ```
/// use masthead::Snapshot;
/// use masthead::money::{BatchError, Currency};
///
/// let snapshot = Snapshot::sample();
/// let rates = snapshot.rates(Snapshot::SAMPLE_TIME).ok_or("no rates")?.value();
/// let to_tenge = rates.converter(Currency::USD, Currency::KZT)?;
/// let mut tiyn = [0; 2];
/// let error = to_tenge.convert_minor(&[1_00, i64::MAX], &mut tiyn).unwrap_err();
/// assert!(matches!(error, BatchError::Overflow { index: 1, .. }));
/// assert_eq!(tiyn[0], 447_32, "the results before it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "columns")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The slices differ in length.
    #[error("{from} amounts to convert, but {to} places for results")]
    Length {
        /// The number of amounts to convert.
        from: usize,
        /// The number of places for results.
        to: usize,
    },
    /// A result does not fit an `i64`; all results before it do.
    #[error("amount {index} is too large to convert from {from} to {to} exactly")]
    Overflow {
        /// The index of the amount in the column.
        index: usize,
        /// The currency converted from.
        from: Currency,
        /// The currency converted to.
        to: Currency,
    },
}
