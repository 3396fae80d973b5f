use super::amount::Amount;
use crate::money::Currency;

/// The error of reading a text as one amount.
///
/// ```
/// use masthead::money::Currency;
/// use masthead::prose::{ReadAmountError, Reader};
/// use masthead::strip::Lang;
///
/// let reader = Reader::new(Lang::Ru);
/// let message = |text| reader.amount(text).map_err(|error| error.to_string());
/// assert_eq!(message("3,350 тенге"), Err("ambiguous: 3.350 KZT or 3350 KZT".to_owned()));
/// assert_eq!(message("¥500"), Err("ambiguous: 500 CNY or 500 JPY".to_owned()));
/// assert_eq!(message("5 тенге в год"), Err("expected one amount: \"в год\" at byte 13 is left over".to_owned()));
/// assert!(matches!(reader.amount("5 тенге и $7"), Err(ReadAmountError::TwoAmounts { .. })));
/// assert!(matches!(
///     reader.amount_in("$7", Currency::KZT),
///     Err(ReadAmountError::OtherCurrency { found: Currency::USD, .. }),
/// ));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadAmountError {
    /// The text has no amount that can be read.
    #[error("expected an amount of money")]
    NotAnAmount,
    /// The text is a number without a currency.
    ///
    /// A number with two readings, such as `3,350`, is one too: the currency comes first.
    #[error("expected a currency beside the number")]
    NoCurrency,
    /// Text stands before or after the amount.
    #[error("expected one amount: {rest:?} at byte {at} is left over")]
    LeftOver {
        /// The amount, of a text without a currency in the given one.
        amount: Amount,
        /// The place of the rest in the text, in bytes: before the amount or after it. If text stands on both sides, that before it.
        at: usize,
        /// The rest, or its first 60 characters with an ellipsis.
        rest: Box<str>,
    },
    /// The text has two amounts or more.
    #[error("expected one amount, found {first} and {second} at byte {}", second.span().start)]
    TwoAmounts {
        /// The first amount.
        first: Amount,
        /// The second amount.
        second: Amount,
    },
    /// The amount is not in the given currency.
    #[error("expected an amount in {expected}, found {found}")]
    OtherCurrency {
        /// The given currency.
        expected: Currency,
        /// The currency of the text.
        found: Currency,
    },
    /// The text has several readings, or one that is not certain: `12 won` is money or a result.
    #[error("{}", Named(readings))]
    Ambiguous {
        /// The readings: at least one.
        readings: Vec<Amount>,
    },
}

/// The readings of a text.
struct Named<'a>(&'a [Amount]);

impl std::fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.len() > 1 {
            "ambiguous: "
        } else {
            "uncertain: perhaps "
        })?;
        for (index, amount) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { " or " };
            write!(f, "{separator}{amount}")?;
        }
        Ok(())
    }
}
