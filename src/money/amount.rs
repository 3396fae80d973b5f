use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Currency, decimal, parse_decimal};
use crate::text::Named;
use crate::text::ParseError;

/// An exact amount of one currency, for prices, sums and the results of a conversion.
///
/// The amount is a [`Decimal`] in major units: 96 bits and up to 28 decimals, with a sign. It may have more decimals
/// than the minor unit, such as a price per kilogram or a sum before rounding; only a conversion rounds.
///
/// # Text and JSON
///
/// The text is the amount, one ordinary space (U+0020) and the code. Parsing takes the code in upper or lower case and
/// the amount in the grammar of [`parse_decimal`]: no grouping and no decimal comma. Trailing zeros are kept. In JSON
/// the amount is a string, so that no reader makes a float of it.
///
/// ```
/// use masthead::money::{Currency, Money};
///
/// let price: Money = "19.90 USD".parse()?;
/// assert_eq!(price.currency(), Currency::USD);
/// assert_eq!(price.to_string(), "19.90 USD");
/// assert_eq!(serde_json::to_string(&price).unwrap(), r#"{"amount":"19.90","currency":"USD"}"#);
/// assert!("1,990.00 USD".parse::<Money>().is_err());
/// # Ok::<(), masthead::ParseError>(())
/// ```
///
/// # Equality and arithmetic
///
/// Two amounts are equal if their currency and their value are: `0.10 USD` equals `0.1 USD`. There is no `Ord`, `Add`
/// or `Sub`, because amounts of two currencies have no order and no sum; [`compare`](Self::compare),
/// [`checked_add`](Self::checked_add), [`checked_sub`](Self::checked_sub) and [`sum`](Self::sum) return an error for
/// them. [`allocate`](Self::allocate) splits an amount into parts that add up to it.
///
/// ```
/// use masthead::money::Money;
///
/// let (net, tax): (Money, Money) = ("19.90 USD".parse()?, "2.388 USD".parse()?);
/// assert_eq!(net.checked_add(tax)?.to_string(), "22.288 USD");
/// assert_eq!((-net).to_string(), "-19.90 USD");
/// assert_eq!(net, "19.9 USD".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    #[serde(with = "decimal::text")]
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// Creates an amount in major units. A negative zero becomes a zero, so that the text of every amount reads back as
    /// the same value.
    ///
    /// ```
    /// use masthead::money::{Currency, Money, parse_decimal};
    ///
    /// let price = Money::new(parse_decimal("19.90")?, Currency::USD);
    /// assert_eq!(price.to_string(), "19.90 USD");
    /// let zero = Money::new(-parse_decimal("0.00")?, Currency::USD);
    /// assert_eq!(zero.to_string(), "0.00 USD");
    /// # Ok::<(), masthead::ParseError>(())
    /// ```
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        let amount = if amount.is_zero() {
            Decimal::from_parts(0, 0, 0, false, amount.scale())
        } else {
            amount
        };
        Self { amount, currency }
    }

    /// [`new`](Self::new) for an amount that is not a negative zero. The check would take longer than a conversion.
    #[inline(always)]
    pub(super) const fn of_signed(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// The amount in major units: `19.99` dollars, not 1999 cents. It has the decimals that it was created with.
    ///
    /// ```
    /// use masthead::money::{Currency, Money};
    ///
    /// let price: Money = "19.90 USD".parse()?;
    /// assert_eq!((price.amount().scale(), price.currency()), (2, Currency::USD));
    /// # Ok::<(), masthead::ParseError>(())
    /// ```
    #[must_use]
    pub const fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency of the amount.
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

impl FromStr for Money {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (at, found) = text
            .char_indices()
            .find(|(_, c)| c.is_whitespace())
            .ok_or_else(|| {
                ParseError::new("expected an amount, a space and a currency, such as \"100 USD\"")
            })?;
        let (amount, rest) = text.split_at(at);
        if rest.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
            let what = format_args!(
                "unexpected {} at byte {at}, expected digits without separators, such as \"1000 USD\"",
                Named(found)
            );
            return Err(ParseError::new(what));
        }
        let currency = rest.strip_prefix(' ').ok_or_else(|| {
            let found = Named(found);
            let what = format_args!("unexpected {found} at byte {at}, expected an ordinary space");
            ParseError::new(what)
        })?;
        Ok(Self::new(parse_decimal(amount)?, currency.parse()?))
    }
}
