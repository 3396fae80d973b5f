//! One conversion of a usual amount with integers of 64 bits.
//!
//! Most amounts and rates have few digits. If each number on the way fits 64 bits, a conversion is a multiplication and a division, and the division by
//! a power of ten is a multiplication too (`reciprocal`). Other conversions take the path of `fraction`. The tests compare the two, and both with integers of unlimited size (`oracle`).

use rust_decimal::Decimal;

use super::reciprocal::Reciprocal;
use crate::money::table::Value;
use crate::money::{Currency, Money, Quotation, Rates};

/// The powers of ten that fit 64 bits.
const POWERS: [u64; 20] = powers();

const fn powers() -> [u64; 20] {
    let (mut powers, mut power) = ([1; 20], 1_u64);
    let mut places = powers.as_mut_slice();
    while let [place, others @ ..] = places {
        *place = power;
        power = power.wrapping_mul(10); // the last product is not used
        places = others;
    }
    powers
}

/// The divisions by them.
const TENTHS: [Reciprocal; 20] = {
    let (mut tenths, mut powers) = ([Reciprocal::one_over(1); 20], POWERS.as_slice());
    let mut places = tenths.as_mut_slice();
    while let ([place, others @ ..], [power, rest @ ..]) = (places, powers) {
        *place = Reciprocal::one_over(*power);
        (places, powers) = (others, rest);
    }
    tenths
};

fn power(exponent: u32) -> Option<u64> {
    POWERS.get(exponent as usize).copied()
}

impl Rates {
    /// The result of a conversion, half-even, to the minor unit of `to`. Returns `None` if a number on the way does not fit 64 bits, a row is
    /// missing, or the currencies are the same: then the conversion takes the general way.
    #[inline]
    pub(super) fn converted(&self, amount: Money, to: Currency) -> Option<Money> {
        let (from, home) = (amount.currency(), self.home());
        let is_per_foreign = self.publication().quotation == Quotation::HomePerForeign;
        let quick = Quick::of(amount.amount(), to.minor_units())?;
        let magnitude = if from == home {
            let row = self.value(to)?;
            if is_per_foreign {
                quick.divided(Value::ONE, row)
            } else {
                quick.multiplied(row)
            }
        } else if to == home {
            let row = self.value(from)?;
            if is_per_foreign {
                quick.multiplied(row)
            } else {
                quick.divided(Value::ONE, row)
            }
        } else {
            let [source, target] = [self.value(from)?, self.value(to)?];
            if from == to || !self.is_of_one_day() {
                None
            } else if is_per_foreign {
                quick.divided(source, target)
            } else {
                quick.divided(target, source)
            }
        };
        Some(Money::of_signed(quick.result(magnitude?), to))
    }

    #[inline]
    fn value(&self, foreign: Currency) -> Option<Value> {
        self.rows.value(foreign)
    }
}

/// An amount of at most 64 bits, and the decimals of the result.
struct Quick {
    magnitude: u64,
    is_negative: bool,
    scale: u32,
    places: u32,
}

impl Quick {
    #[inline]
    fn of(amount: Decimal, places: u32) -> Option<Self> {
        let amount = amount.unpack();
        (amount.hi == 0).then_some(Self {
            magnitude: u64::from(amount.mid) << 32 | u64::from(amount.lo),
            is_negative: amount.negative,
            scale: amount.scale,
            places,
        })
    }

    /// The product with a value. Returns `None` if it does not fit.
    #[inline]
    fn multiplied(&self, value: Value) -> Option<u64> {
        let product = self.magnitude.checked_mul(value.mantissa)?;
        let decimals = value.exponent + self.scale;
        let Some(exponent) = decimals.checked_sub(self.places) else {
            return product.checked_mul(power(self.places - decimals)?);
        };
        let tenths = TENTHS.get(exponent as usize)?;
        (product <= tenths.limit()).then(|| tenths.of(product))
    }

    /// The product with the quotient of two values. Returns `None` if it does not fit.
    #[inline]
    fn divided(&self, over: Value, under: Value) -> Option<u64> {
        let product = self.magnitude.checked_mul(over.mantissa)?;
        let (decimals, digits) = (over.exponent + self.scale, under.exponent + self.places);
        match digits.checked_sub(decimals) {
            Some(more) => rounded(product.checked_mul(power(more)?)?, under.mantissa),
            None => rounded(
                product,
                under.mantissa.checked_mul(power(decimals - digits)?)?,
            ),
        }
    }

    #[inline]
    fn result(&self, magnitude: u64) -> Decimal {
        let is_negative = self.is_negative && magnitude > 0;
        let [low, middle] = [low(magnitude), low(magnitude >> 32)];
        Decimal::from_parts(low, middle, 0, is_negative, self.places)
    }
}

/// A quotient, half-even. Returns `None` if the divisor is zero.
fn rounded(numerator: u64, divisor: u64) -> Option<u64> {
    let (quotient, rest) = (
        numerator.checked_div(divisor)?,
        numerator.checked_rem(divisor)?,
    );
    // Twice the rest may not fit, so the rest is compared with its distance from the divisor.
    let above = divisor - rest;
    let is_up = rest > above || (rest == above && quotient % 2 == 1);
    quotient.checked_add(is_up.into())
}

/// The low half.
#[allow(clippy::cast_possible_truncation)] // the half that is wanted
const fn low(number: u64) -> u32 {
    number as u32
}
