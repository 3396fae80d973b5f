//! Conversion: one fraction, one rounding.

#[cfg(feature = "columns")]
mod column;
mod error;
mod fraction;
mod of_rates;
#[cfg(test)]
mod oracle;
mod reciprocal;
mod units;

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Currency, Money};
use crate::provenance::SourceId;
#[cfg(feature = "columns")]
pub use error::BatchError;
pub use error::ConvertError;
use fraction::Fraction;
use units::Units;

/// One conversion, prepared: the exact fraction between two currencies on one day.
///
/// With value *v* for *n* units, foreign to home is `a·v/n`, home to foreign `a·n/v`, and a cross rate
/// `a·vₓ·n_y / (nₓ·v_y)`. Each is one integer fraction, so there is one rounding: to the minor unit of the target,
/// half-even unless asked otherwise. Products are held in 256 bits, so nothing overflows but a result that does not fit.
/// (A fraction beyond 128 bits, which no bank's digits come near, is no converter.)
///
/// One amount at a time: [`convert`](Self::convert) and [`convert_units`](Self::convert_units).
#[cfg_attr(
    feature = "columns",
    doc = "A column of amounts: [`convert_minor`](Self::convert_minor)."
)]
#[cfg_attr(
    not(feature = "columns"),
    doc = "A column of amounts: `convert_minor`, with the feature `columns`."
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
/// # What is guaranteed
///
/// - The result is the true quotient, rounded once. It is within half a minor unit of it (within one, for the
///   strategies that round one way).
/// - Converting is monotone: a larger amount never converts to a smaller one.
/// - The identity gives the amount back, rounded to the minor unit.
/// - There and back are one fraction and its inverse, and a cross rate is exactly the quotient of the two rates it is made
///   of. So two ways to the same currency differ by their last roundings alone.
///
/// # What is not
///
/// Each conversion rounds by itself, so a way there and back need not end where it began, and converted parts need not
/// add up to the converted whole. Convert the whole and [`Money::allocate`] it, where parts must add up.
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
    /// The same, rounding once to what can be paid in cash: to a multiple of [`Currency::cash_step`], such as 0.05 Swiss francs or a
    /// whole tenge. Half-even takes the even multiple of the two that are equally near. A currency with a coin for its minor
    /// unit rounds as before.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let cash = rates.converter(Currency::USD, Currency::KZT)?.in_cash();
    /// assert_eq!(cash.convert("19.99 USD".parse().unwrap())?.to_string(), "8942.00 KZT");
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

    /// Converts one amount, rounded once, half-even, to the minor unit of the target. The identity still rounds.
    ///
    /// # Errors
    ///
    /// When the amount is in another currency than the converter's, or the result does not fit a [`Decimal`].
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
    // A call would hand the result over in memory, which takes longer than the conversion.
    #[inline(always)]
    pub fn convert(&self, amount: Money) -> Result<Money, ConvertError> {
        self.takes(amount.currency())?;
        let parts = amount.amount().unpack();
        let [hi, mid, lo] = [parts.hi, parts.mid, parts.lo].map(u128::from);
        let mantissa = (hi << 64) + (mid << 32) + lo;
        // One place that makes the result, for the same reason.
        let magnitude = self
            .units
            .of_mantissa(mantissa, parts.scale)
            .ok_or_else(|| self.overflow())?;
        let [lo, mid, hi] = words(magnitude);
        // A zero of parts has no sign.
        let result = Decimal::from_parts(lo, mid, hi, parts.negative, self.units.places());
        Ok(Money::of_signed(result, self.to))
    }

    /// [`convert`](Self::convert) with another rounding than half-even.
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

    /// Converts an amount in minor units (cents, tiyn) to one in minor units of the target, half-even.
    ///
    /// # Errors
    ///
    /// When the result does not fit.
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
    /// When the result does not fit.
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

    /// The currency converted from.
    #[must_use]
    pub const fn from(&self) -> Currency {
        self.from
    }

    /// The currency converted to.
    #[must_use]
    pub const fn to(&self) -> Currency {
        self.to
    }

    /// The fraction: units of the target for a unit of the source, as numerator and denominator in lowest terms.
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

    /// The day of the rates.
    #[must_use]
    pub const fn day(&self) -> NaiveDate {
        self.day
    }

    /// Whose rates they are.
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

/// The words of a mantissa, the lowest first.
#[inline]
#[allow(clippy::cast_possible_truncation)] // that is how words are taken
const fn words(mantissa: u128) -> [u32; 3] {
    [
        mantissa as u32,
        (mantissa >> 32) as u32,
        (mantissa >> 64) as u32,
    ]
}
