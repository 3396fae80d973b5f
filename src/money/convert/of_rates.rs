//! What a publication can convert.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::fraction::Fraction;
use super::units::Units;
use super::{ConvertError, Converter};
use crate::money::{Currency, Money, Quotation, Rates};

impl Rates {
    /// Prepares the conversion from one currency to another: direct, inverse, through the home currency, or identity.
    ///
    /// # Errors
    ///
    /// When the publication has no rate for one of the two, or theirs are of two days, or their fraction does not fit 128
    /// bits.
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
        let rate = self.units_per_unit(from, to)?.reduced();
        let digits = [from, to].map(Currency::minor_units);
        let [minor, places] = digits.map(ten_to);
        let units = rate
            .multiplied_by(Fraction::new(places, minor))
            // Room for steps of cash.
            .filter(|units| units.denominator <= u128::MAX / u128::from(Units::LARGEST_STEP))
            .ok_or(ConvertError::Overflow { from, to })?;
        Ok(Converter {
            from,
            to,
            rate,
            units: Units::new(units, digits),
            day: self.day_between(from, to)?,
            source: self.publication().source.clone(),
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
        let converter = self.converter(from, to)?;
        if day != converter.day {
            return Err(ConvertError::OtherDay {
                asked: day,
                held: converter.day,
            });
        }
        Ok(converter)
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
        self.convert_with(amount, to, RoundingStrategy::MidpointNearestEven)
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
        let from = amount.currency();
        // Not by way of a converter: what that prepares pays from the third amount on.
        let rate = self.units_per_unit(from, to)?;
        let (amount, places) = (amount.amount(), to.minor_units());
        // The digits of the result are taken from the amount, which has 96 bits, so that the rate keeps its room.
        let units = amount.mantissa() * 10_i128.pow(places.saturating_sub(amount.scale()));
        rate.of(units, amount.scale().saturating_sub(places), strategy)
            .and_then(|units| Decimal::try_from_i128_with_scale(units, places).ok())
            .map(|result| Money::new(result, to))
            .ok_or(ConvertError::Overflow { from, to })
    }

    /// Units of one currency for a unit of another, not in lowest terms.
    fn units_per_unit(&self, from: Currency, to: Currency) -> Result<Fraction, ConvertError> {
        let (source, target) = (self.home_per_unit(from)?, self.home_per_unit(to)?);
        if from == to {
            return Ok(Fraction::ONE);
        }
        self.day_between(from, to)?;
        source
            .divided_by(target)
            .ok_or(ConvertError::Overflow { from, to })
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

/// A power of ten; a minor unit has at most four digits.
fn ten_to(digits: u32) -> u128 {
    10_u128.pow(digits)
}
