//! Conversion: one fraction, one rounding.
//!
//! Every conversion has the result that `fraction` gives: the product of the amount and one fraction of integers, divided once, with the remainder
//! deciding the rounding. The other ways are faster for the amounts and rates that are usual, and each leaves the rest to a slower one:
//!
//! | call | first way | if a number does not fit |
//! |---|---|---|
//! | `Rates::convert` | `quick`: integers of 64 bits, from the packed rows, without a converter | `fraction` |
//! | `Rates::convert_with` | `fraction` | `ConvertError::Overflow` |
//! | `Converter::convert`, `convert_units` | `reciprocal`: one multiplication | `fraction` |
//! | the same `in_cash`, `convert_with` | `fraction` | `ConvertError::Overflow` |
//! | `convert_minor` | `column`: the vector kernels of `kernel`, the cheapest first, a block at a time | amount by amount, as `convert_units` |
//! | `DatedConverter` | `column::dated`: the same kernels with a rate in each lane, from a `DayTable` | each run of one day as an undated column |
//! | `convert_significant`, for text | `significant`: `fraction`, rounded down and up | `ConvertError::Overflow` |
//!
//! [`Units`] chooses between `reciprocal` and `fraction`, and holds what a converter has prepared. A way must refuse an amount that it cannot convert
//! exactly, and never approximate: its bound is proved in its file, and the tests compare it, at the bound and beside ties, with integers of unlimited
//! size (`oracle`).
//!
//! 19.99 dollars at 447.32 tenge: the row is 44732 with two decimals, the amount 1999 with two, so the product 89419268 has four. The tenge has two,
//! so it is divided by 100: 894192.68, half-even 894193, which is 8941.93 tenge. In cash the step is 100 tiyn, so the fraction is 11183/2500 instead of
//! 11183/25, the quotient 8941.9268, and 8942 steps are 8942.00 tenge.

#[cfg(feature = "columns")]
mod column;
mod error;
mod fraction;
#[cfg(feature = "columns")]
mod kernel;
mod of_rates;
#[cfg(test)]
mod oracle;
mod quick;
mod reciprocal;
mod restate;
#[cfg(feature = "prose")]
mod significant;
mod units;

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Currency, Money};
use crate::provenance::SourceId;
#[cfg(feature = "columns")]
pub(crate) use column::DayTable;
#[cfg(feature = "columns")]
pub use error::BatchError;
pub use error::ConvertError;
use fraction::Fraction;
use units::Units;

/// A conversion between two currencies at the rates of one day, prepared for many amounts.
///
/// [`Rates::converter`](super::Rates::converter) makes one; [`restating`](Self::restating) and [`fixed`](Self::fixed) make
/// those by exact ratios, between the units of two days. For more than a few amounts it is faster than
/// [`Rates::convert`](super::Rates::convert), and it can be kept and sent to another thread: it holds a copy of its
/// rate, [`day`](Self::day) and [`source`](Self::source) and does not borrow the rates.
///
/// | amounts | method | unit |
/// |---|---|---|
/// | one [`Money`] | [`convert`](Self::convert), [`convert_with`](Self::convert_with) | major units |
/// | one integer | [`convert_units`](Self::convert_units), [`convert_units_i128`](Self::convert_units_i128) | minor units: cents, tiyn |
#[cfg_attr(
    feature = "columns",
    doc = "| a column of integers | [`convert_minor`](Self::convert_minor), with the feature `columns` | minor units |"
)]
#[cfg_attr(
    not(feature = "columns"),
    doc = "| a column of integers | `convert_minor`, with the feature `columns` | minor units |"
)]
///
/// ```
/// # let snapshot = masthead::Snapshot::sample();
/// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
/// use masthead::money::Currency;
///
/// let to_euro = rates.converter(Currency::USD, Currency::EUR)?;
/// assert_eq!(to_euro.convert("100 USD".parse().unwrap())?.to_string(), "92.76 EUR");
/// assert_eq!(to_euro.convert_units(100_00)?, 92_76); // cents to cents
/// assert_eq!(to_euro.to_string(), "USD to EUR at 44732/48221 on 2023-06-13 by sample");
/// # Ok::<(), masthead::money::ConvertError>(())
/// ```
///
/// # Rounding
///
/// For an amount *a* and rates of value *v* for *n* units, foreign to home is `a·v/n`, home to foreign `a·n/v`, and
/// foreign *x* to foreign *y* `a·vₓ·n_y / (nₓ·v_y)`. Each is a product with one fraction of integers,
/// [`fraction`](Self::fraction), and is rounded once: half-even, to the minor unit of the target. Products have 256 bits,
/// so only a result that does not fit is an error.
///
/// [`convert_with`](Self::convert_with) takes another rounding, and [`in_cash`](Self::in_cash) rounds to coins.
///
/// # Guarantees
///
/// - The result is the exact quotient, rounded once. It differs from the quotient by at most half a minor unit, or by less
///   than one unit for a directed rounding. In cash the unit is the cash step.
/// - Conversion is monotone: a larger amount never converts to a smaller one.
/// - From a currency to itself, conversion returns the amount, rounded to the minor unit.
/// - The fraction for the reverse direction is the inverse, and a cross rate is exactly the quotient of its two rates. So
///   results by two routes differ only by their last roundings.
///
/// # Limits
///
/// Each conversion rounds on its own. Converting there and back may not return the original amount, and converted parts
/// may not add up to the converted whole. If parts must add up, convert the whole and split it by [`Money::allocate`].
///
/// ```
/// # let snapshot = masthead::Snapshot::sample();
/// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
/// use masthead::money::Currency;
///
/// let there = rates.convert("1.00 KZT".parse().unwrap(), Currency::USD)?;
/// assert_eq!(there.to_string(), "0.00 USD");
/// assert_eq!(rates.convert(there, Currency::KZT)?.to_string(), "0.00 KZT");
///
/// let cent = rates.convert("0.01 USD".parse().unwrap(), Currency::KZT)?;
/// assert_eq!(cent.to_string(), "4.47 KZT"); // 4.4732, so three of them are 13.41
/// let three = rates.convert("0.03 USD".parse().unwrap(), Currency::KZT)?;
/// assert_eq!(three.to_string(), "13.42 KZT");
/// # Ok::<(), masthead::money::ConvertError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converter {
    from: Currency,
    to: Currency,
    rate: Fraction,
    units: Units,
    day: NaiveDate,
    source: SourceId,
}

impl Converter {
    /// Makes all methods round to cash: once, to a multiple of [`Currency::cash_step`] of the target, such as 0.05 Swiss
    /// francs or a whole tenge, instead of to the minor unit. A tie goes to the even multiple. Without effect if the cash
    /// step is 1.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let cash = rates.converter(Currency::USD, Currency::KZT)?.in_cash();
    /// assert_eq!(cash.convert("19.99 USD".parse().unwrap())?.to_string(), "8942.00 KZT"); // 8941.9268
    /// assert_eq!(cash.convert_units(19_99)?, 8_942_00); // still in minor units
    /// assert_eq!(Currency::CHF.cash_step(), 5); // an amount in francs ends in 0.00, 0.05, 0.10 …
    /// # Ok::<(), masthead::money::ConvertError>(())
    /// ```
    #[must_use]
    pub fn in_cash(self) -> Self {
        Self {
            units: self.units.in_steps_of(self.to.cash_step()),
            ..self
        }
    }

    /// Converts one amount, rounded half-even to the minor unit of the target. An amount with more decimals than the minor
    /// unit is converted exactly and rounded afterwards, also from a currency to itself.
    ///
    /// # Errors
    ///
    /// Returns [`ConvertError::Mismatch`] if the amount is not in [`from`](Self::from), and [`ConvertError::Overflow`] if
    /// the result does not fit a [`Decimal`].
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let to_tenge = rates.converter(Currency::USD, Currency::KZT)?; // at 447.32
    /// assert_eq!(to_tenge.convert("-0.0625 USD".parse().unwrap())?.to_string(), "-27.96 KZT"); // -27.9575
    /// assert_eq!(to_tenge.convert("0.125 USD".parse().unwrap())?.to_string(), "55.92 KZT"); // 55.915, a tie
    /// let error = to_tenge.convert("1 EUR".parse().unwrap()).unwrap_err();
    /// assert_eq!(error.to_string(), "the converter takes USD, the amount is in EUR");
    /// # Ok::<(), masthead::money::ConvertError>(())
    /// ```
    // A call would return the result through memory, which takes longer than the conversion.
    #[inline(always)]
    pub fn convert(&self, amount: Money) -> Result<Money, ConvertError> {
        self.takes(amount.currency())?;
        let parts = amount.amount().unpack();
        let [hi, mid, lo] = [parts.hi, parts.mid, parts.lo].map(u128::from);
        let mantissa = (hi << 64) + (mid << 32) + lo;
        // The result is made in one place, for the same reason.
        let magnitude = self
            .units
            .of_mantissa(mantissa, parts.scale)
            .ok_or_else(|| self.overflow())?;
        let [lo, mid, hi] = words(magnitude);
        // `from_parts` ignores the sign of a zero.
        let result = Decimal::from_parts(lo, mid, hi, parts.negative, self.units.places());
        Ok(Money::of_signed(result, self.to))
    }

    /// [`convert`](Self::convert) with another rounding than half-even, still applied once.
    ///
    /// # Errors
    ///
    /// As [`convert`](Self::convert).
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    /// use rust_decimal::RoundingStrategy::{AwayFromZero, ToZero};
    ///
    /// let to_tenge = rates.converter(Currency::USD, Currency::KZT)?;
    /// let price = "19.99 USD".parse().unwrap(); // 8941.9268 tenge
    /// assert_eq!(to_tenge.convert_with(price, ToZero)?.to_string(), "8941.92 KZT");
    /// assert_eq!(to_tenge.convert_with(price, AwayFromZero)?.to_string(), "8941.93 KZT");
    /// # Ok::<(), masthead::money::ConvertError>(())
    /// ```
    pub fn convert_with(
        &self,
        amount: Money,
        strategy: RoundingStrategy,
    ) -> Result<Money, ConvertError> {
        self.takes(amount.currency())?;
        let amount = amount.amount();
        self.units
            .of_decimal(amount.mantissa(), amount.scale(), strategy)
            .and_then(|units| Decimal::try_from_i128_with_scale(units, self.units.places()).ok())
            .map(|result| Money::new(result, self.to))
            .ok_or_else(|| self.overflow())
    }

    #[inline]
    fn takes(&self, currency: Currency) -> Result<(), ConvertError> {
        if currency == self.from {
            return Ok(());
        }
        Err(ConvertError::Mismatch {
            expected: self.from,
            found: currency,
        })
    }

    /// Converts an amount in minor units (cents, tiyn) to minor units of the target, rounded half-even. Each side has the
    /// minor unit of its own currency: from dollars to yen, the amount is in cents and the result in whole yen.
    ///
    /// # Errors
    ///
    /// Returns [`ConvertError::Overflow`] if the result does not fit an `i64`.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let to_tenge = rates.converter(Currency::USD, Currency::KZT)?; // at 447.32
    /// assert_eq!(to_tenge.convert_units(19_99)?, 8_941_93);
    /// assert_eq!(to_tenge.convert_units(-1)?, -4_47);
    /// assert!(to_tenge.convert_units(i64::MAX).is_err());
    /// # Ok::<(), masthead::money::ConvertError>(())
    /// ```
    #[inline]
    pub fn convert_units(&self, units: i64) -> Result<i64, ConvertError> {
        self.units.of(units).ok_or_else(|| self.overflow())
    }

    /// [`convert_units`](Self::convert_units) for amounts beyond 64 bits.
    ///
    /// # Errors
    ///
    /// Returns [`ConvertError::Overflow`] if the result does not fit an `i128`.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let to_tenge = rates.converter(Currency::USD, Currency::KZT)?;
    /// assert_eq!(to_tenge.convert_units_i128(10_i128.pow(30))?, 44_732 * 10_i128.pow(28));
    /// assert!(to_tenge.convert_units_i128(i128::MAX).is_err());
    /// # Ok::<(), masthead::money::ConvertError>(())
    /// ```
    pub fn convert_units_i128(&self, units: i128) -> Result<i128, ConvertError> {
        match i64::try_from(units)
            .ok()
            .and_then(|units| self.units.of(units))
        {
            Some(result) => Ok(result.into()),
            None => self.units.of_large(units).ok_or_else(|| self.overflow()),
        }
    }

    #[cold]
    fn overflow(&self) -> ConvertError {
        ConvertError::Overflow {
            from: self.from,
            to: self.to,
        }
    }

    /// The source currency, which the amounts must have.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::SourceId;
    /// use masthead::money::Currency;
    ///
    /// let to_euro = rates.converter(Currency::USD, Currency::EUR)?;
    /// assert_eq!((to_euro.from(), to_euro.to()), (Currency::USD, Currency::EUR));
    /// assert_eq!((to_euro.day(), to_euro.source()), (rates.day(), &SourceId::SAMPLE));
    /// # Ok::<(), masthead::money::ConvertError>(())
    /// ```
    #[must_use]
    pub const fn from(&self) -> Currency {
        self.from
    }

    /// The target currency, which the results have.
    #[must_use]
    pub const fn to(&self) -> Currency {
        self.to
    }

    /// The rate as numerator and denominator in lowest terms: major units of the target for one of the source. Cash
    /// rounding does not change it.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let to_dollars = rates.converter(Currency::KZT, Currency::USD)?;
    /// assert_eq!(to_dollars.fraction(), (25, 11183)); // 1/447.32
    /// # Ok::<(), masthead::money::ConvertError>(())
    /// ```
    #[must_use]
    pub const fn fraction(&self) -> (u128, u128) {
        (self.rate.numerator, self.rate.denominator)
    }

    /// The day on which the rates are official. For a converter without rates it is the later day of [`restating`](Self::restating), or the
    /// day of [`fixed`](Self::fixed).
    #[must_use]
    pub const fn day(&self) -> NaiveDate {
        self.day
    }

    /// The source of the rates: [`SourceId::EXACT_RATIO`] for a converter without rates.
    #[must_use]
    pub const fn source(&self) -> &SourceId {
        &self.source
    }
}

impl fmt::Display for Converter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            from,
            to,
            rate,
            day,
            source,
            ..
        } = self;
        write!(f, "{from} to {to} at {rate} on {day} by {source}")
    }
}

/// The three words of a 96-bit mantissa, the lowest first.
#[inline]
#[allow(clippy::cast_possible_truncation)] // each word is the low half of a shifted value
const fn words(mantissa: u128) -> [u32; 3] {
    [
        mantissa as u32,
        (mantissa >> 32) as u32,
        (mantissa >> 64) as u32,
    ]
}
