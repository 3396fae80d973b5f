//! Conversion of one amount of 64 bits by multiplication, without a division.
//!
//! The rate `N/D` is stored as `R = ⌈2⁶⁴·N/D⌉`, in 64 bits before the point and 64 after it. The high word of `m·R + 2⁶³`
//! is the product of a magnitude `m` and the rate, rounded with ties upwards; a tie with an odd result is then lowered to
//! the even one. This is exact while `m ≤ 2⁶³/D`:
//!
//! - Rounding the rate up adds less than 1 to R, so less than `m` to the product.
//! - `m·N/D + ½` is a multiple of `1/2D`. If it is not an integer, it is at least `1/2D` below the next one, which is
//!   `2⁶³/D` of the low word. So the error does not carry into the high word.
//! - The product is a tie if `m·N/D + ½` is an integer. The low word is then only the error, which is less than `m`. In
//!   every other case it is at least `2⁶³/D`, so not less than `m`.
//!
//! At the rate 1/2, `R` is 2⁶³. For `m = 2` the sum is `3·2⁶³`: the high word is 1, and the low word 2⁶³ shows no tie. For `m = 1` it is 2⁶⁴, with
//! the high word 1 and the low word 0, a tie with an odd result, which becomes 0. For `m = 3` it is 2⁶⁵: 2 and 0, a tie with an even one, which stays.

use super::fraction::Fraction;

/// A rate prepared for amounts up to [`limit`](Self::limit). The default converts only zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reciprocal {
    whole: u64,
    part: u64,
    limit: u64,
}

impl Reciprocal {
    /// Prepares a rate in lowest terms.
    pub(super) fn new(rate: Fraction) -> Self {
        let Fraction {
            numerator,
            denominator,
        } = rate;
        let Ok(divisor) = u64::try_from(denominator) else {
            return Self::default();
        };
        let Ok(whole) = u64::try_from(numerator / denominator) else {
            return Self::default();
        };
        let part = ((numerator % denominator) << 64).div_ceil(denominator);
        // Less than 2⁶⁴, because the remainder is less than the divisor and the divisor is at most 2⁶⁴.
        let part = u64::try_from(part).unwrap_or(u64::MAX);
        let fitting = largest_fitting(numerator, divisor);
        Self {
            whole,
            part,
            limit: fitting.min((1 << 63) / divisor),
        }
    }

    /// Prepares the division by a power of ten.
    pub(super) const fn one_over(power: u64) -> Self {
        match power {
            1 => Self {
                whole: 1,
                part: 0,
                limit: u64::MAX >> 1,
            },
            // Less than 2⁶⁴, because the power is at least 10.
            #[allow(clippy::cast_possible_truncation)]
            _ => Self {
                whole: 0,
                part: (1_u128 << 64).div_ceil(power as u128) as u64,
                limit: (1 << 63) / power,
            },
        }
    }

    /// The largest magnitude that [`of`](Self::of) converts.
    pub(super) const fn limit(self) -> u64 {
        self.limit
    }

    /// Converts a magnitude, rounded half-even. It must not exceed the limit.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // splits the sum into its two words
    pub(super) const fn of(self, magnitude: u64) -> u64 {
        let product = magnitude as u128 * self.part as u128 + (1 << 63);
        let (carry, low) = ((product >> 64) as u64, product as u64);
        let nearest = (magnitude * self.whole) + carry;
        nearest & !((low < magnitude) as u64)
    }
}

/// The largest magnitude whose result, rounded to nearest, is an `i64`: `m·N/D < 2⁶³ - ½`.
fn largest_fitting(numerator: u128, denominator: u64) -> u64 {
    // Twice the bound has 64 bits, so the product fits 128.
    let bound = u128::from(u64::MAX) * u128::from(denominator);
    match numerator.checked_mul(2) {
        Some(divisor) => u64::try_from((bound - 1) / divisor).unwrap_or(u64::MAX),
        None => 0,
    }
}

#[cfg(test)]
mod tests;
