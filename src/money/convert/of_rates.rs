//! The conversions of a publication.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::fraction::Fraction;
use super::units::Units;
use super::{ConvertError, Converter};
use crate::money::{Currency, Money, Quotation, Rates};
use crate::provenance::SourceId;

impl Rates {
    /// Prepares the conversion from one currency to another: from foreign to home, from home to foreign, between two
    /// foreign currencies, or from a currency to itself.
    ///
    /// # Errors
    ///
    /// Returns [`ConvertError::Unknown`] if the publication has no row for one of the two; if that one was not in use on the
    /// day of the publication, [`ConvertError::Withdrawn`] with its last day and its successor, or
    /// [`ConvertError::NotInUseYet`] with its first day. Returns [`ConvertError::OtherDay`] if their rows are of two days, and [`ConvertError::Overflow`] if the fraction between them does not fit 128 bits, which
    /// the digits of no bank come near.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let cross = rates.converter(Currency::USD, Currency::EUR).unwrap();
    /// assert_eq!(cross.fraction(), (44_732, 48_221)); // 447.32 over 482.21
    ///
    /// let error = rates.converter(Currency::GBP, Currency::KZT).unwrap_err();
    /// assert_eq!(error.to_string(), "no rate for GBP on 2023-06-13");
    ///
    /// let error = rates.converter(Currency::constant("HRK"), Currency::KZT).unwrap_err();
    /// let expected = "HRK is not in use on 2023-06-13: it was withdrawn after 2022-12-31, its successor is EUR";
    /// assert_eq!(error.to_string(), expected);
    /// ```
    pub fn converter(&self, from: Currency, to: Currency) -> Result<Converter, ConvertError> {
        let rate = self.units_per_unit(from, to)?;
        let day = self.day_between(from, to)?;
        Converter::at(from, to, rate, day, self.publication().source.clone())
    }

    /// [`converter`](Self::converter), provided that the rates are of `day`. It protects a computation for one day, such
    /// as an invoice, from the rates of another.
    ///
    /// # Errors
    ///
    /// As [`converter`](Self::converter), and [`ConvertError::OtherDay`] if the rates are of another day.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let error = rates.converter_on("2023-06-14".parse().unwrap(), Currency::USD, Currency::KZT).unwrap_err();
    /// assert_eq!(error.to_string(), "the rates are of 2023-06-13, not of 2023-06-14");
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

    /// Converts one amount, rounded once, half-even, to the minor unit of `to`. For more than a few amounts between the
    /// same currencies, a [`converter`](Self::converter) is faster.
    ///
    /// # Errors
    ///
    /// As [`converter`](Self::converter), and [`ConvertError::Overflow`] if the result does not fit a [`Decimal`].
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let price = rates.convert("19.99 USD".parse()?, Currency::KZT)?;
    /// assert_eq!(price.to_string(), "8941.93 KZT"); // 8941.9268
    /// assert_eq!(rates.convert(price, Currency::RUB)?.to_string(), "1646.76 RUB");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn convert(&self, amount: Money, to: Currency) -> Result<Money, ConvertError> {
        match self.converted(amount, to) {
            Some(result) => Ok(result),
            None => self.convert_with(amount, to, RoundingStrategy::MidpointNearestEven),
        }
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
        // Without a converter: its preparation pays from the third amount on.
        let rate = self.units_per_unit(from, to)?;
        let (amount, places) = (amount.amount(), to.minor_units());
        // The power of ten for the result's decimals multiplies the amount, which has only 96 bits, and not the rate.
        let units = amount.mantissa() * 10_i128.pow(places.saturating_sub(amount.scale()));
        rate.of(units, amount.scale().saturating_sub(places), strategy)
            .and_then(|units| Decimal::try_from_i128_with_scale(units, places).ok())
            .map(|result| Money::new(result, to))
            .ok_or(ConvertError::Overflow { from, to })
    }

    /// Major units of `to` for one of `from`, not in lowest terms.
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

    /// The error for a currency without a row.
    #[cold]
    #[inline(never)]
    fn without(&self, currency: Currency) -> ConvertError {
        let day = self.day();
        let unknown = ConvertError::Unknown { currency, day };
        currency.not_in_use(day).unwrap_or(unknown)
    }

    /// Home units for one unit of `currency`.
    fn home_per_unit(&self, currency: Currency) -> Result<Fraction, ConvertError> {
        if currency == self.home() {
            return Ok(Fraction::ONE);
        }
        let row = self.rows.get(currency);
        let row = row.ok_or_else(|| self.without(currency))?;
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
    /// Prepares the conversion at `rate` major units of `to` for one of `from`.
    #[inline(always)] // a call would pass the fraction through memory
    pub(super) fn at(
        from: Currency,
        to: Currency,
        rate: Fraction,
        day: NaiveDate,
        source: SourceId,
    ) -> Result<Self, ConvertError> {
        let rate = rate.reduced();
        let digits = [from, to].map(Currency::minor_units);
        let [minor, places] = digits.map(ten_to);
        let units = if minor == places {
            Some(rate)
        } else {
            let units = rate.multiplied_by(Fraction::new(places, minor));
            units.map(Fraction::reduced)
        };
        let units = units
            // The denominator must leave room for a cash step.
            .filter(|units| units.denominator <= u128::MAX / u128::from(Units::LARGEST_STEP))
            .ok_or(ConvertError::Overflow { from, to })?;
        Ok(Self {
            from,
            to,
            rate,
            units: Units::new(units, digits),
            day,
            source,
        })
    }
}

/// A power of ten. A minor unit has at most four decimals.
fn ten_to(digits: u32) -> u128 {
    10_u128.pow(digits)
}
