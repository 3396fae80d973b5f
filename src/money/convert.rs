use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Currency, Money, Quotation, Rates};
use crate::provenance::SourceId;

/// One conversion, prepared: the exact fraction between two currencies on one day.
///
/// With value *v* for *n* units, foreign to home is `a·v/n`, home to foreign `a·n/v`, and a cross rate
/// `a·vₓ·n_y / (nₓ·v_y)`. Each is one integer fraction, so there is one rounding: half-even, to the minor unit of the
/// target.
///
/// ```
/// # let snapshot = masthead::Snapshot::sample();
/// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
/// use masthead::money::{Currency, Money};
///
/// let to_euro = rates.converter(Currency::USD, Currency::EUR)?;
/// assert_eq!(to_euro.convert("100 USD".parse().unwrap())?.to_string(), "92.76 EUR");
/// assert_eq!(to_euro.to_string(), "USD to EUR at 44732/48221 on 2023-06-13 by sample");
/// # Ok::<(), masthead::money::ConvertError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converter {
    from: Currency,
    to: Currency,
    numerator: i128,
    denominator: i128,
    day: NaiveDate,
    source: SourceId,
}

impl Rates {
    /// Prepares the conversion from one currency to another: direct, inverse, through the home currency, or identity.
    ///
    /// # Errors
    ///
    /// When the publication has no rate for one of the two, or their fraction does not fit 128 bits.
    pub fn converter(&self, from: Currency, to: Currency) -> Result<Converter, ConvertError> {
        let (from_num, from_den) = self.home_per_unit(from)?;
        let (to_num, to_den) = self.home_per_unit(to)?;
        let (numerator, denominator) = if from == to {
            (1, 1)
        } else {
            let (a, b) = reduce(from_num, to_num);
            let (c, d) = reduce(to_den, from_den);
            let too_big = ConvertError::Overflow { from, to };
            reduce(
                a.checked_mul(c).ok_or(too_big.clone())?,
                b.checked_mul(d).ok_or(too_big)?,
            )
        };
        let publication = self.publication();
        Ok(Converter {
            from,
            to,
            numerator,
            denominator,
            day: publication.day,
            source: publication.source.clone(),
        })
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

    /// Home units for one unit, as numerator and denominator, both positive.
    fn home_per_unit(&self, currency: Currency) -> Result<(i128, i128), ConvertError> {
        if currency == self.home() {
            return Ok((1, 1));
        }
        let row = self.row(currency).ok_or(ConvertError::Unknown {
            currency,
            day: self.day(),
        })?;
        // A scale is at most 28 and a nominal at most 10⁶, so this fits 128 bits.
        let units = i128::from(row.nominal) * 10_i128.pow(row.value.scale());
        Ok(match self.publication().quotation {
            Quotation::HomePerForeign => reduce(row.value.mantissa(), units),
            Quotation::ForeignPerHome => reduce(units, row.value.mantissa()),
        })
    }
}

impl Converter {
    /// Converts one amount, rounded once, half-even, to the minor unit of the target. The identity still rounds.
    ///
    /// # Errors
    ///
    /// When the amount is in another currency than the converter's, or the result does not fit: intermediate products
    /// are held in 128 bits.
    pub fn convert(&self, amount: Money) -> Result<Money, ConvertError> {
        if amount.currency() != self.from {
            return Err(ConvertError::Mismatch {
                expected: self.from,
                found: amount.currency(),
            });
        }
        let overflow = || ConvertError::Overflow {
            from: self.from,
            to: self.to,
        };
        let places = self.to.minor_units();
        let amount = amount.amount();
        let (minor, scale) = reduce(10_i128.pow(places), 10_i128.pow(amount.scale()));
        let (numerator, scale) = reduce(self.numerator, scale);
        let (minor, denominator) = reduce(minor, self.denominator);
        let dividend = amount
            .mantissa()
            .checked_mul(numerator)
            .and_then(|n| n.checked_mul(minor))
            .ok_or_else(overflow)?;
        let divisor = denominator.checked_mul(scale).ok_or_else(overflow)?;
        let units = divide_half_even(dividend, divisor).ok_or_else(overflow)?;
        let result = Decimal::try_from_i128_with_scale(units, places).map_err(|_| overflow())?;
        Ok(Money::new(result, self.to))
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
}

impl fmt::Display for Converter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            from,
            to,
            numerator,
            denominator,
            day,
            source,
        } = self;
        write!(
            f,
            "{from} to {to} at {numerator}/{denominator} on {day} by {source}"
        )
    }
}

/// The amount cannot be converted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// The publication has no rate for the currency.
    #[error("no rate for {currency} on {day}")]
    Unknown {
        /// The currency asked for.
        currency: Currency,
        /// The day of the publication.
        day: NaiveDate,
    },
    /// The amount is in another currency than the converter's.
    #[error("the converter takes {expected}, the amount is in {found}")]
    Mismatch {
        /// The currency the converter takes.
        expected: Currency,
        /// The currency of the amount.
        found: Currency,
    },
    /// The result does not fit.
    #[error("the amount is too large to convert from {from} to {to} exactly")]
    Overflow {
        /// The currency converted from.
        from: Currency,
        /// The currency converted to.
        to: Currency,
    },
}

/// `a/b` in lowest terms; both positive.
fn reduce(a: i128, b: i128) -> (i128, i128) {
    let (mut divisor, mut rest) = (a, b);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    if divisor == 0 {
        (a, b)
    } else {
        (a / divisor, b / divisor)
    }
}

/// `dividend / divisor` to the nearest integer, ties to even; nothing on overflow. The divisor is positive.
fn divide_half_even(dividend: i128, divisor: i128) -> Option<i128> {
    let quotient = dividend.checked_div_euclid(divisor)?;
    let twice = dividend.checked_rem_euclid(divisor)?.checked_mul(2)?;
    let up = twice > divisor || (twice == divisor && quotient % 2 != 0);
    quotient.checked_add(i128::from(up))
}
