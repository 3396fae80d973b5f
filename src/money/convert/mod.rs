//! Conversion: one fraction, one rounding.

mod error;
mod fraction;
mod of_rates;

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Currency, Money};
use crate::provenance::SourceId;
pub use error::ConvertError;
use fraction::Fraction;

/// One conversion, prepared: the exact fraction between two currencies on one day.
///
/// With value *v* for *n* units, foreign to home is `a·v/n`, home to foreign `a·n/v`, and a cross rate
/// `a·vₓ·n_y / (nₓ·v_y)`. Each is one integer fraction, so there is one rounding: to the minor unit of the target,
/// half-even unless asked otherwise. Products are held in 256 bits, so nothing overflows but a
/// result that does not fit, or a fraction beyond 128 bits, which no bank's digits come near.
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
/// # Ok::<(), masthead::money::ConvertError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converter {
    from: Currency,
    to: Currency,
    rate: Fraction,
    /// The rate in steps of the target for a major unit; none where that does not fit, and then no amount does.
    steps: Option<Fraction>,
    /// The smallest step of a result, in minor units of the target: one, or more where cash has no coin for one.
    step: u128,
    day: NaiveDate,
    source: SourceId,
}

impl Converter {
    /// The same, rounding to what can be paid in cash: whole tenge, because tiyn are not in circulation. Other currencies
    /// round to their minor unit as before.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let cash = rates.converter(Currency::USD, Currency::KZT)?.in_cash();
    /// assert_eq!(cash.convert("19.99 USD".parse().unwrap())?.to_string(), "8942.00 KZT");
    /// # Ok::<(), masthead::money::ConvertError>(())
    /// ```
    #[must_use]
    pub fn in_cash(self) -> Self {
        let step = 10_u128.pow(self.to.minor_units() - self.to.cash_units());
        self.in_steps_of(step)
    }

    fn in_steps_of(self, step: u128) -> Self {
        let steps_per_unit = Fraction::new(10_u128.pow(self.to.minor_units()), step);
        Self {
            steps: self.rate.multiplied_by(steps_per_unit),
            step,
            ..self
        }
    }

    /// Converts one amount, rounded once, half-even, to the minor unit of the target. The identity still rounds.
    ///
    /// # Errors
    ///
    /// When the amount is in another currency than the converter's, or the result does not fit a [`Decimal`].
    pub fn convert(&self, amount: Money) -> Result<Money, ConvertError> {
        self.convert_with(amount, RoundingStrategy::MidpointNearestEven)
    }

    /// [`convert`](Self::convert) with another rounding than half-even.
    ///
    /// # Errors
    ///
    /// As [`convert`](Self::convert).
    pub fn convert_with(
        &self,
        amount: Money,
        strategy: RoundingStrategy,
    ) -> Result<Money, ConvertError> {
        if amount.currency() != self.from {
            return Err(ConvertError::Mismatch {
                expected: self.from,
                found: amount.currency(),
            });
        }
        let (mantissa, scale) = (amount.amount().mantissa(), amount.amount().scale());
        let units = self.round(mantissa, scale, strategy)?;
        let result = Decimal::try_from_i128_with_scale(units, self.to.minor_units());
        result
            .map(|result| Money::new(result, self.to))
            .map_err(|_| self.overflow())
    }

    /// Converts an amount in minor units (cents, tiyn) to one in minor units of the target, half-even.
    ///
    /// # Errors
    ///
    /// When the result does not fit.
    pub fn convert_units(&self, units: i64) -> Result<i64, ConvertError> {
        self.convert_units_i128(units.into())?
            .try_into()
            .map_err(|_| self.overflow())
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
        self.round(
            units,
            self.from.minor_units(),
            RoundingStrategy::MidpointNearestEven,
        )
    }

    /// `amount · 10⁻ˢᶜᵃˡᵉ` in minor units of the target, rounded once to the step.
    fn round(
        &self,
        amount: i128,
        scale: u32,
        strategy: RoundingStrategy,
    ) -> Result<i128, ConvertError> {
        self.steps
            .and_then(|steps| steps.of(amount, scale, strategy))
            .and_then(|steps| steps.checked_mul(i128::try_from(self.step).ok()?))
            .ok_or_else(|| self.overflow())
    }

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
