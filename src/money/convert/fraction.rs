//! A positive fraction of integers, and its product with an amount, rounded once.
//!
//! The product of an amount and the numerator has up to 256 bits, which two words of 128 hold. It is divided by the denominator and by the power of ten of the
//! amount's decimals, at once or one after the other (nested floors are the floor of the whole). The remainder decides the rounding, so no digit is lost
//! before it, and a tie is known to be one. Factors are cancelled only if a product would not fit.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::RoundingStrategy;

/// A positive fraction. [`reduced`](Self::reduced) brings it to lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fraction {
    pub(super) numerator: u128,
    pub(super) denominator: u128,
}

impl Fraction {
    pub(super) const ONE: Self = Self::new(1, 1);

    /// Creates a fraction of two positive integers.
    pub(super) const fn new(numerator: u128, denominator: u128) -> Self {
        Self {
            numerator,
            denominator,
        }
    }

    /// The fraction in lowest terms.
    pub(super) fn reduced(self) -> Self {
        let divisor = greatest_common_divisor(self.numerator, self.denominator);
        Self::new(self.numerator / divisor, self.denominator / divisor)
    }

    /// The product. Returns `None` if it does not fit 128 bits even in lowest terms.
    pub(super) fn multiplied_by(self, other: Self) -> Option<Self> {
        self.product(other).or_else(|| {
            // Common factors are cancelled first, so that only a product that is too large in lowest terms fails.
            let (a, b) = (self.reduced(), other.reduced());
            let ad = Self::new(a.numerator, b.denominator).reduced();
            let bc = Self::new(b.numerator, a.denominator).reduced();
            ad.product(bc)
        })
    }

    fn product(self, other: Self) -> Option<Self> {
        Some(Self::new(
            self.numerator.checked_mul(other.numerator)?,
            self.denominator.checked_mul(other.denominator)?,
        ))
    }

    /// The quotient. Returns `None` if it does not fit 128 bits even in lowest terms.
    pub(super) fn divided_by(self, other: Self) -> Option<Self> {
        self.multiplied_by(Self::new(other.denominator, other.numerator))
    }

    /// The product with `amount · 10⁻ˢᶜᵃˡᵉ`, rounded once to an integer. Returns `None` if it does not fit an `i128`, or
    /// `10ˢᶜᵃˡᵉ` does not fit 128 bits.
    pub(super) fn of(self, amount: i128, scale: u32, strategy: RoundingStrategy) -> Option<i128> {
        let tens = 10_u128.checked_pow(scale)?;
        let product = multiply(amount.unsigned_abs(), self.numerator);
        let ((high, quotient), rest) = match self.denominator.checked_mul(tens) {
            Some(divisor) => {
                let (quotient, rest) = divide(product, divisor);
                (quotient, Rest::of(rest, divisor))
            }
            // The product of the divisors does not fit 128 bits, so they divide one after the other. Nested floors equal
            // the floor of the whole, so no digit is lost.
            None => {
                let (scaled, first) = divide(product, self.denominator);
                let (quotient, second) = divide(scaled, tens);
                (quotient, Rest::of(second, tens).with_more_behind(first > 0))
            }
        };
        let up = rest.rounds_up(quotient % 2 == 1, amount.is_negative(), strategy);
        let magnitude = Some(quotient)
            .filter(|_| high == 0)?
            .checked_add(u128::from(up))?;
        if amount.is_negative() {
            0_i128.checked_sub_unsigned(magnitude)
        } else {
            magnitude.try_into().ok()
        }
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

/// The greatest common divisor of two positive integers.
fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    // Divisions of 64 bits are several times faster, and the numbers of banks fit.
    while b != 0 {
        if let (Ok(mut a), Ok(mut b)) = (u64::try_from(a), u64::try_from(b)) {
            while b != 0 {
                (a, b) = (b, a % b);
            }
            return a.into();
        }
        (a, b) = (b, a % b);
    }
    a
}

/// The remainder of a division, in the detail that rounding needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rest {
    Nothing,
    BelowHalf,
    Half,
    AboveHalf,
}

impl Rest {
    fn of(rest: u128, divisor: u128) -> Self {
        // Twice the rest may not fit, so the rest is compared with its distance from the divisor.
        match rest.cmp(&(divisor - rest)) {
            _ if rest == 0 => Self::Nothing,
            Ordering::Less => Self::BelowHalf,
            Ordering::Equal => Self::Half,
            Ordering::Greater => Self::AboveHalf,
        }
    }

    /// Adds a remainder `more` of an earlier division, which is less than one unit of this one. The divisor must be even,
    /// as powers of ten are: a rest below half of it is then below by at least one unit.
    fn with_more_behind(self, more: bool) -> Self {
        match self {
            Self::Nothing if more => Self::BelowHalf,
            Self::Half if more => Self::AboveHalf,
            rest => rest,
        }
    }

    /// Whether rounding adds one to the magnitude of the quotient.
    #[allow(deprecated)] // callers may still pass the older names of the strategies
    fn rounds_up(self, odd: bool, negative: bool, strategy: RoundingStrategy) -> bool {
        use RoundingStrategy as Strategy;
        match strategy {
            Strategy::MidpointNearestEven | Strategy::BankersRounding => {
                self > Self::Half || (self == Self::Half && odd)
            }
            Strategy::MidpointAwayFromZero | Strategy::RoundHalfUp => self >= Self::Half,
            Strategy::MidpointTowardZero | Strategy::RoundHalfDown => self > Self::Half,
            Strategy::ToZero | Strategy::RoundDown => false,
            Strategy::AwayFromZero | Strategy::RoundUp => self > Self::Nothing,
            Strategy::ToNegativeInfinity => negative && self > Self::Nothing,
            Strategy::ToPositiveInfinity => !negative && self > Self::Nothing,
        }
    }
}

/// The product in 256 bits, as its high and low half.
fn multiply(a: u128, b: u128) -> (u128, u128) {
    if let Some(product) = a.checked_mul(b) {
        return (0, product);
    }
    const LOW: u128 = u64::MAX as u128;
    let (a_high, a_low, b_high, b_low) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let (low, high) = (a_low * b_low, a_high * b_high);
    let (cross_a, cross_b) = (a_low * b_high, a_high * b_low);
    let middle = (low >> 64) + (cross_a & LOW) + (cross_b & LOW);
    (
        high + (cross_a >> 64) + (cross_b >> 64) + (middle >> 64),
        (middle << 64) + (low & LOW),
    )
}

/// Quotient and remainder of a 256-bit number by a positive 128-bit one.
fn divide((high, low): (u128, u128), divisor: u128) -> ((u128, u128), u128) {
    if high == 0 {
        if let (Ok(low), Ok(divisor)) = (u64::try_from(low), u64::try_from(divisor)) {
            return ((0, (low / divisor).into()), (low % divisor).into());
        }
        let quotient = low / divisor;
        return ((0, quotient), low - quotient * divisor);
    }
    let (quotient_high, high) = (high / divisor, high % divisor);
    // Bit by bit, because only products beyond 10³⁸ get here.
    let (mut quotient, mut rest) = (0_u128, high);
    for bit in (0..128).rev() {
        let carry = rest >> 127 == 1;
        rest = (rest << 1) + (low >> bit & 1);
        quotient <<= 1;
        if carry || rest >= divisor {
            rest = rest.wrapping_sub(divisor);
            quotient += 1;
        }
    }
    ((quotient_high, quotient), rest)
}

#[cfg(test)]
mod tests;
