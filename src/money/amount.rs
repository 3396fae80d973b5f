use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Currency, ParseCurrencyError, ParseDecimalError, decimal, parse_decimal};
use crate::text::Named;

/// An amount of one currency, exact.
///
/// It may have more digits than the minor unit: a price per kilogram, a sum before rounding. Conversion rounds.
///
/// ```
/// use masthead::money::{Currency, Money};
///
/// let price: Money = "19.99 USD".parse()?;
/// assert_eq!(price.currency(), Currency::USD);
/// assert_eq!(price.to_string(), "19.99 USD");
/// assert_eq!(serde_json::to_string(&price).unwrap(), r#"{"amount":"19.99","currency":"USD"}"#);
/// # Ok::<(), masthead::money::ParseMoneyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    #[serde(with = "decimal::text")]
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// An amount of a currency. A negative zero is a zero, so that what is printed reads back the same.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        let amount = if amount.is_zero() {
            Decimal::from_parts(0, 0, 0, false, amount.scale())
        } else {
            amount
        };
        Self { amount, currency }
    }

    /// The same for an amount that is known to be no negative zero: a conversion takes less time than the check.
    #[inline(always)]
    pub(super) const fn of_signed(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// How much, in major units: `19.99` dollars, not cents.
    #[must_use]
    pub const fn amount(self) -> Decimal {
        self.amount
    }

    /// Of what.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

/// The text is not an amount, one space and a currency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseMoneyError {
    /// There is no space between amount and currency.
    #[error("expected an amount, a space and a currency, such as \"100 USD\"")]
    Shape,
    /// The first space is not U+0020, the ordinary one.
    #[error("unexpected {} at byte {at}, expected an ordinary space", Named(*found))]
    Space {
        /// The character.
        found: char,
        /// Its place, in bytes.
        at: usize,
    },
    /// What stands before the space is not a decimal.
    #[error(transparent)]
    Amount(#[from] ParseDecimalError),
    /// What stands after the space is not a currency.
    #[error(transparent)]
    Currency(#[from] ParseCurrencyError),
}

impl FromStr for Money {
    type Err = ParseMoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (at, found) = text
            .char_indices()
            .find(|(_, c)| c.is_whitespace())
            .ok_or(ParseMoneyError::Shape)?;
        let (amount, rest) = text.split_at(at);
        let currency = rest
            .strip_prefix(' ')
            .ok_or(ParseMoneyError::Space { found, at })?;
        Ok(Self::new(parse_decimal(amount)?, currency.parse()?))
    }
}
