//! A positive fraction of integers, and its product with an amount, rounded once.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::RoundingStrategy;

/// A positive fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fraction {
    numerator: u128,
    denominator: u128,
}

impl Fraction {
    pub(super) const ONE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// The fraction of two positive integers.
    pub(super) fn new(numerator: u128, denominator: u128) -> Self {
        let divisor = greatest_common_divisor(numerator, denominator).max(1);
        Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        }
    }

    /// The product; nothing where it does not fit.
    pub(super) fn multiplied_by(self, other: Self) -> Option<Self> {
        // What cancels is taken out first, so that only a product that is too large itself overflows.
        let (a, d) = (
            Self::new(self.numerator, other.denominator),
            Self::new(other.numerator, self.denominator),
        );
        Some(Self {
            numerator: a.numerator.checked_mul(d.numerator)?,
            denominator: a.denominator.checked_mul(d.denominator)?,
        })
    }

    /// The quotient; nothing where it does not fit.
    pub(super) fn divided_by(self, other: Self) -> Option<Self> {
        self.multiplied_by(Self {
            numerator: other.denominator,
            denominator: other.numerator,
        })
    }

    /// The product with `amount · 10⁻ˢᶜᵃˡᵉ`, rounded once to an integer; nothing where it does not fit.
    pub(super) fn of(self, amount: i128, scale: u32, strategy: RoundingStrategy) -> Option<i128> {
        // In two steps, because the two divisors together may not fit 128 bits. Floors nest, so no digit is lost.
        let tens = 10_u128.checked_pow(scale)?;
        let (scaled, first) = divide(
            multiply(amount.unsigned_abs(), self.numerator),
            self.denominator,
        );
        let ((high, quotient), second) = divide(scaled, tens);
        let rest = if tens == 1 {
            Rest::of(first, self.denominator)
        } else {
            Rest::of(second, tens).with_more_behind(first > 0)
        };
        let up = rest.rounds_up(quotient % 2 == 1, amount < 0, strategy);
        let magnitude = Some(quotient)
            .filter(|_| high == 0)?
            .checked_add(u128::from(up))?;
        if amount < 0 {
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

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// What a division left over, as far as rounding asks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rest {
    Nothing,
    BelowHalf,
    Half,
    AboveHalf,
}

impl Rest {
    fn of(rest: u128, divisor: u128) -> Self {
        // Twice the rest may not fit; what is missing from the divisor does.
        match rest.cmp(&(divisor - rest)) {
            _ if rest == 0 => Self::Nothing,
            Ordering::Less => Self::BelowHalf,
            Ordering::Equal => Self::Half,
            Ordering::Greater => Self::AboveHalf,
        }
    }

    /// The same where something smaller than one unit of the rest lies behind it. The divisor must be even, as powers of
    /// ten are: then a rest below the half is below it by one unit at least.
    fn with_more_behind(self, more: bool) -> Self {
        match self {
            Self::Nothing if more => Self::BelowHalf,
            Self::Half if more => Self::AboveHalf,
            rest => rest,
        }
    }

    /// Whether the magnitude before it grows by one.
    #[allow(deprecated)] // the older names of the strategies still reach us
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

/// The product in 256 bits: the high and the low half.
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
        (middle << 64) | (low & LOW),
    )
}

/// Quotient and rest of 256 bits by 128; the divisor is positive.
fn divide((high, low): (u128, u128), divisor: u128) -> ((u128, u128), u128) {
    let (quotient_high, high) = (high / divisor, high % divisor);
    if high == 0 {
        return ((quotient_high, low / divisor), low % divisor);
    }
    // Bit by bit: what comes here is a product beyond 10³⁸.
    let (mut quotient, mut rest) = (0_u128, high);
    for bit in (0..128).rev() {
        let carry = rest >> 127 == 1;
        rest = (rest << 1) | (low >> bit & 1);
        quotient <<= 1;
        if carry || rest >= divisor {
            rest = rest.wrapping_sub(divisor);
            quotient |= 1;
        }
    }
    ((quotient_high, quotient), rest)
}
