//! Arithmetic on amounts of one currency: exact, and an error where two currencies meet.

use std::cmp::Ordering;
use std::ops::Neg;

use rust_decimal::Decimal;

use super::{Currency, Money, decimal};

impl Money {
    /// The sum of two amounts of one currency, with the decimals of the finer one. Where the sum with all of them does not fit a
    /// [`Decimal`], zeros at its end are left out; no other digit is.
    ///
    /// # Errors
    ///
    /// When the currencies differ, or the sum does not fit exactly.
    ///
    /// ```
    /// use masthead::money::Money;
    ///
    /// let (a, b): (Money, Money) = ("0.10 USD".parse()?, "0.2 USD".parse()?);
    /// assert_eq!(a.checked_add(b)?.to_string(), "0.30 USD");
    /// assert_eq!(b.checked_add("0.00 USD".parse()?)?.to_string(), "0.20 USD");
    /// let error = a.checked_add("1 EUR".parse()?).unwrap_err();
    /// assert_eq!(error.to_string(), "amounts in USD and EUR do not mix");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let (a, b) = (self.amount(), other.amount());
        let places = a.scale().max(b.scale());
        // Not by `Decimal`, which gives up digits rather than overflow, and returns the other operand of a zero as it is.
        let sum_of = |a: Decimal, b: Decimal| {
            let scale = a.scale().max(b.scale());
            let units = |x: Decimal| x.mantissa().checked_mul(10_i128.pow(scale - x.scale()));
            decimal::fitting(units(a)?.checked_add(units(b)?)?, scale, places)
        };
        sum_of(a, b)
            // Zeros at the end of an operand may be what does not fit.
            .or_else(|| sum_of(a.normalize(), b.normalize()))
            .map(|sum| Self::new(sum, self.currency()))
            .ok_or(MoneyError::Overflow)
    }

    /// The difference of two amounts of one currency.
    ///
    /// # Errors
    ///
    /// When the currencies differ, or the difference does not fit exactly.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.checked_add(-other)
    }

    /// The sum of amounts in `currency`; zero of none.
    ///
    /// # Errors
    ///
    /// When one is in another currency, or the sum does not fit exactly.
    ///
    /// ```
    /// use masthead::money::{Currency, Money};
    ///
    /// let parts: [Money; 3] = ["0.10 USD".parse()?, "0.2 USD".parse()?, "-0.05 USD".parse()?];
    /// assert_eq!(Money::sum(Currency::USD, parts)?.to_string(), "0.25 USD");
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

    /// How two amounts of one currency compare.
    ///
    /// # Errors
    ///
    /// When the currencies differ.
    ///
    /// ```
    /// use std::cmp::Ordering;
    /// use masthead::money::Money;
    ///
    /// let (a, b): (Money, Money) = ("0.10 USD".parse()?, "0.1 USD".parse()?);
    /// assert_eq!(a.compare(b)?, Ordering::Equal);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.amount().cmp(&other.amount()))
    }

    /// Splits an amount by ratios, without losing a tiyn: the parts add up to it.
    ///
    /// Parts are whole minor units, or as fine as the amount itself where that is finer. What does not divide goes, one
    /// unit each, to the parts that were cut the most; among equals, to the first.
    ///
    /// # Errors
    ///
    /// When every ratio is zero or there is none, or the amount does not fit in units.
    ///
    /// ```
    /// use masthead::money::Money;
    ///
    /// let bill: Money = "100.00 KZT".parse()?;
    /// let parts: Vec<String> = bill.allocate(&[1, 1, 1])?.iter().map(Money::to_string).collect();
    /// assert_eq!(parts, ["33.34 KZT", "33.33 KZT", "33.33 KZT"]);
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
        // A mantissa has 96 bits and a ratio 32: with the units of a few places more, the product may not fit.
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

/// The amounts do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// They are in different currencies.
    #[error("amounts in {left} and {right} do not mix")]
    Mixed {
        /// The currency of the first.
        left: Currency,
        /// The currency of the second.
        right: Currency,
    },
    /// The result does not fit exactly.
    #[error("the result does not fit exactly")]
    Overflow,
    /// There is nothing to divide by.
    #[error("an amount is allocated by at least one ratio that is not zero")]
    NoRatio,
}
