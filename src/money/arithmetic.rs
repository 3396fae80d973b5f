//! Exact arithmetic on amounts of one currency. Amounts of two currencies are an error.

use std::cmp::Ordering;
use std::ops::Neg;

use rust_decimal::Decimal;

use super::{Currency, Money, decimal};

impl Money {
    /// Adds two amounts of one currency. The sum has the decimals of the operand with more of them. If it does not fit a
    /// [`Decimal`] with so many, trailing zeros are dropped, but no other digit.
    ///
    /// # Errors
    ///
    /// Returns [`MoneyError::Mixed`] if the currencies differ, and [`MoneyError::Overflow`] if the sum does not fit
    /// exactly.
    ///
    /// ```
    /// use masthead::money::Money;
    ///
    /// let (a, b): (Money, Money) = ("0.10 USD".parse()?, "0.2 USD".parse()?);
    /// assert_eq!(a.checked_add(b)?.to_string(), "0.30 USD");
    /// assert_eq!(b.checked_add("0.00 USD".parse()?)?.to_string(), "0.20 USD");
    /// let error = a.checked_add("1 EUR".parse()?).unwrap_err();
    /// assert_eq!(error.to_string(), "cannot combine amounts in USD and EUR");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let (a, b) = (self.amount(), other.amount());
        let places = a.scale().max(b.scale());
        // `Decimal` would drop digits instead of overflowing, and `x + 0.00` would keep the decimals of `x`.
        let sum_of = |a: Decimal, b: Decimal| {
            let scale = a.scale().max(b.scale());
            let units = |x: Decimal| x.mantissa().checked_mul(10_i128.pow(scale - x.scale()));
            decimal::fitting(units(a)?.checked_add(units(b)?)?, scale, places)
        };
        sum_of(a, b)
            // The sum may fit without the trailing zeros of the operands.
            .or_else(|| sum_of(a.normalize(), b.normalize()))
            .map(|sum| Self::new(sum, self.currency()))
            .ok_or(MoneyError::Overflow)
    }

    /// Subtracts `other` from an amount of the same currency. Decimals are as in [`checked_add`](Self::checked_add).
    ///
    /// # Errors
    ///
    /// As [`checked_add`](Self::checked_add).
    ///
    /// ```
    /// use masthead::money::Money;
    ///
    /// let (paid, price): (Money, Money) = ("20 USD".parse()?, "19.90 USD".parse()?);
    /// assert_eq!(paid.checked_sub(price)?.to_string(), "0.10 USD");
    /// assert_eq!(price.checked_sub(paid)?.to_string(), "-0.10 USD");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.checked_add(-other)
    }

    /// Adds amounts in `currency`. Without amounts the sum is zero, which is why the currency is an argument.
    ///
    /// # Errors
    ///
    /// Returns [`MoneyError::Mixed`] if an amount is in another currency, and [`MoneyError::Overflow`] if a partial sum
    /// does not fit exactly.
    ///
    /// ```
    /// use masthead::money::{Currency, Money};
    ///
    /// let parts: [Money; 3] = ["0.10 USD".parse()?, "0.2 USD".parse()?, "-0.05 USD".parse()?];
    /// assert_eq!(Money::sum(Currency::USD, parts)?.to_string(), "0.25 USD");
    /// assert_eq!(Money::sum(Currency::USD, [])?.to_string(), "0 USD");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts
            .into_iter()
            .try_fold(Self::new(Decimal::ZERO, currency), Self::checked_add)
    }

    /// Compares two amounts of one currency by value; decimals do not matter.
    ///
    /// # Errors
    ///
    /// Returns [`MoneyError::Mixed`] if the currencies differ.
    ///
    /// ```
    /// use std::cmp::Ordering;
    /// use masthead::money::Money;
    ///
    /// let (a, b): (Money, Money) = ("0.10 USD".parse()?, "0.1 USD".parse()?);
    /// assert_eq!(a.compare(b)?, Ordering::Equal);
    /// assert_eq!(a.compare(-b)?, Ordering::Greater);
    /// assert!(a.compare("0.1 EUR".parse()?).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.amount().cmp(&other.amount()))
    }

    /// Splits an amount in proportion to `ratios`. The parts add up to the amount exactly, and there is one for each
    /// ratio, zero for a ratio of zero.
    ///
    /// A part is a whole number of minor units, or has as many decimals as the amount if those are more. Each part is
    /// rounded towards zero; the units left over go, one each, to the parts that lost most by that, and to the first of
    /// equal ones (the largest remainder method).
    ///
    /// # Errors
    ///
    /// Returns [`MoneyError::NoRatio`] if `ratios` has no number above zero, and [`MoneyError::Overflow`] if a part does
    /// not fit a [`Decimal`] with these decimals, or the amount in these units times a ratio does not fit 128 bits.
    ///
    /// ```
    /// use masthead::money::Money;
    ///
    /// let bill: Money = "100.00 KZT".parse()?;
    /// let parts: Vec<String> = bill.allocate(&[1, 1, 1])?.iter().map(Money::to_string).collect();
    /// assert_eq!(parts, ["33.34 KZT", "33.33 KZT", "33.33 KZT"]);
    ///
    /// let fee: Money = "0.05 KZT".parse()?;
    /// assert_eq!(fee.allocate(&[3, 7])?, ["0.02 KZT".parse()?, "0.03 KZT".parse()?]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn allocate(self, ratios: &[u32]) -> Result<Vec<Self>, MoneyError> {
        let total: u128 = ratios.iter().copied().map(u128::from).sum();
        if total == 0 {
            return Err(MoneyError::NoRatio);
        }
        let (amount, currency) = (self.amount(), self.currency());
        let places = amount.scale().max(currency.minor_units());
        let finer = 10_u128.pow(places - amount.scale());
        let units = amount
            .mantissa()
            .unsigned_abs()
            .checked_mul(finer)
            .ok_or(MoneyError::Overflow)?;
        // A mantissa has 96 bits and a ratio 32, so with more decimals the product may not fit 128 bits.
        let cut = |ratio: u32| {
            units
                .checked_mul(ratio.into())
                .map(|product| (product / total, product % total))
        };
        let cuts = ratios
            .iter()
            .map(|ratio| cut(*ratio))
            .collect::<Option<Vec<_>>>()
            .ok_or(MoneyError::Overflow)?;
        let mut left = units - cuts.iter().map(|(part, _)| part).sum::<u128>();
        let mut by_loss: Vec<usize> = (0..cuts.len()).collect();
        by_loss.sort_by_key(|index| std::cmp::Reverse(cuts.get(*index).map(|(_, rest)| *rest)));
        let mut parts: Vec<u128> = cuts.into_iter().map(|(part, _)| part).collect();
        for index in by_loss {
            if let Some(part) = parts.get_mut(index).filter(|_| left > 0) {
                *part += 1;
                left -= 1;
            }
        }
        let money = |units: u128| {
            let units = i128::try_from(units).ok()?;
            let signed = if amount.is_sign_negative() {
                -units
            } else {
                units
            };
            Some(Self::new(
                Decimal::try_from_i128_with_scale(signed, places).ok()?,
                currency,
            ))
        };
        parts
            .into_iter()
            .map(money)
            .collect::<Option<Vec<_>>>()
            .ok_or(MoneyError::Overflow)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency() == other.currency() {
            return Ok(());
        }
        Err(MoneyError::Mixed {
            left: self.currency(),
            right: other.currency(),
        })
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self::new(-self.amount(), self.currency())
    }
}

/// The error of arithmetic on amounts.
///
/// ```
/// use masthead::money::{Currency, Money, MoneyError};
///
/// let (dollar, euro): (Money, Money) = ("1 USD".parse()?, "1 EUR".parse()?);
/// let (left, right) = (Currency::USD, Currency::EUR);
/// assert_eq!(dollar.checked_add(euro), Err(MoneyError::Mixed { left, right }));
/// assert_eq!(dollar.allocate(&[0, 0]), Err(MoneyError::NoRatio));
/// let largest: Money = "79228162514264337593543950335 USD".parse()?;
/// assert_eq!(largest.checked_add(dollar), Err(MoneyError::Overflow));
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// The amounts are in different currencies.
    #[error("cannot combine amounts in {left} and {right}")]
    Mixed {
        /// The currency of the first operand.
        left: Currency,
        /// The currency of the second operand.
        right: Currency,
    },
    /// The result does not fit a [`Decimal`] without losing a digit other than zero, or a product of
    /// [`allocate`](Money::allocate) does not fit 128 bits.
    #[error("the result does not fit exactly")]
    Overflow,
    /// No ratio is above zero.
    #[error("cannot allocate an amount: no ratio is above zero")]
    NoRatio,
}
