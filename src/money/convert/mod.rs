//! Conversion: one fraction, one rounding.

mod error;
mod fraction;

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Currency, Money, Quotation, Rates};
use crate::provenance::SourceId;
pub use error::ConvertError;
use fraction::Fraction;

/// One conversion, prepared: the exact fraction between two currencies on one day.
///
/// With value *v* for *n* units, foreign to home is `a·v/n`, home to foreign `a·n/v`, and a cross rate
/// `a·vₓ·n_y / (nₓ·v_y)`. Each is one integer fraction, so there is one rounding: to the minor unit of the target,
/// half-even unless asked otherwise. Products are held in 256 bits, so nothing overflows but a result that does not fit.
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
    /// The smallest step of a result, in minor units of the target: one, or more where cash has no coin for one.
    step: u128,
    day: NaiveDate,
    source: SourceId,
}

impl Rates {
    /// Prepares the conversion from one currency to another: direct, inverse, through the home currency, or identity.
    ///
    /// # Errors
    ///
    /// When the publication has no rate for one of the two, or their fraction does not fit 128 bits.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let error = rates.converter(Currency::GBP, Currency::KZT).unwrap_err();
    /// assert_eq!(error.to_string(), "no rate for GBP on 2023-06-13");
    /// ```
    pub fn converter(&self, from: Currency, to: Currency) -> Result<Converter, ConvertError> {
        let (source, target) = (self.home_per_unit(from)?, self.home_per_unit(to)?);
        let rate = if from == to {
            Some(Fraction::ONE)
        } else {
            source.divided_by(target)
        };
        let rate = rate.ok_or(ConvertError::Overflow { from, to })?;
        let publication = self.publication();
        Ok(Converter {
            from,
            to,
            rate,
            step: 1,
            day: publication.day,
            source: publication.source.clone(),
        })
    }

    /// [`converter`](Self::converter), only if these are the rates of the day asked for.
    ///
    /// # Errors
    ///
    /// As [`converter`](Self::converter), and when the publication is of another day.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let error = rates.converter_on("2023-06-14".parse().unwrap(), Currency::USD, Currency::KZT).unwrap_err();
    /// assert_eq!(error.to_string(), "the rates are of 2023-06-13, asked for were those of 2023-06-14");
    /// ```
    pub fn converter_on(
        &self,
        day: NaiveDate,
        from: Currency,
        to: Currency,
    ) -> Result<Converter, ConvertError> {
        if day != self.day() {
            return Err(ConvertError::OtherDay {
                asked: day,
                held: self.day(),
            });
        }
        self.converter(from, to)
    }

    /// Converts one amount, rounded once, half-even, to the minor unit of `to`.
    ///
    /// # Errors
    ///
    /// As [`converter`](Self::converter) and [`Converter::convert`].
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let price = rates.convert("19.99 USD".parse()?, Currency::KZT)?;
    /// assert_eq!(price.to_string(), "8941.93 KZT");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn convert(&self, amount: Money, to: Currency) -> Result<Money, ConvertError> {
        self.converter(amount.currency(), to)?.convert(amount)
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
    /// use rust_decimal::RoundingStrategy::{MidpointAwayFromZero, ToZero};
    ///
    /// let amount = "0.125 KZT".parse()?; // a tie between 12 and 13 tiyn
    /// assert_eq!(rates.convert(amount, Currency::KZT)?.to_string(), "0.12 KZT");
    /// assert_eq!(rates.convert_with(amount, Currency::KZT, MidpointAwayFromZero)?.to_string(), "0.13 KZT");
    /// assert_eq!(rates.convert_with("-0.129 KZT".parse()?, Currency::KZT, ToZero)?.to_string(), "-0.12 KZT");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn convert_with(
        &self,
        amount: Money,
        to: Currency,
        strategy: RoundingStrategy,
    ) -> Result<Money, ConvertError> {
        self.converter(amount.currency(), to)?
            .convert_with(amount, strategy)
    }

    /// Home units for one unit.
    fn home_per_unit(&self, currency: Currency) -> Result<Fraction, ConvertError> {
        if currency == self.home() {
            return Ok(Fraction::ONE);
        }
        let row = self.row(currency).ok_or(ConvertError::Unknown {
            currency,
            day: self.day(),
        })?;
        // A scale is at most 28 and a nominal at most 10⁶, so this fits 128 bits.
        let units = u128::from(row.nominal) * 10_u128.pow(row.value.scale());
        let value = row.value.mantissa().unsigned_abs();
        Ok(match self.publication().quotation {
            Quotation::HomePerForeign => Fraction::new(value, units),
            Quotation::ForeignPerHome => Fraction::new(units, value),
        })
    }
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
    pub fn in_cash(mut self) -> Self {
        self.step = 10_u128.pow(self.to.minor_units() - self.to.cash_units());
        self
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
        let steps_per_unit = Fraction::new(10_u128.pow(self.to.minor_units()), self.step);
        self.rate
            .multiplied_by(steps_per_unit)
            .and_then(|rate| rate.of(amount, scale, strategy))
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
