//! Exact values of amounts, before they are decimals.
//!
//! An amount is put together from parts: 7 trillion and 163 milliards, 14 tenge and 87 hundredths. Each step is exact or `None`, and no step rounds:
//!
//! - A value has at most 18 digits and 12 decimals ([`Value::new`]), so that its mantissa fits 64 bits with room for a sum.
//! - Two values are compared and added with the decimals of the finer one, in 128 bits: at most 18 + 12 digits.
//! - What does not fit is no amount: «999 999 триллионов» has 18 digits, and «1 000 000 триллионов» is left alone.
//!
//! Decimals that the text prints are kept: `25.10` has two, which [`significant_digits`](Value::significant_digits) counts and `Amount` shows.

use rust_decimal::Decimal;

/// The most digits of a value: less than a quintillion. Sums of such values fit 64 bits.
pub(super) const MOST_DIGITS: u32 = 18;
const LIMIT: u64 = 10_u64.pow(MOST_DIGITS);
/// The most decimals of a value.
const MOST_PLACES: u8 = 12;

/// `mantissa · 10⁻ᵖˡᵃᶜᵉˢ`, without a sign.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    mantissa: u64,
    places: u8,
}

impl Value {
    /// A whole number. The caller has checked its size: a constant, a figure below a million, or a numeral below a thousand.
    pub(super) const fn integer(value: u64) -> Self {
        Self {
            mantissa: value,
            places: 0,
        }
    }

    /// Returns `None` if the value has too many digits or decimals.
    pub(super) const fn new(mantissa: u64, places: u8) -> Option<Self> {
        if mantissa < LIMIT && places <= MOST_PLACES {
            Some(Self { mantissa, places })
        } else {
            None
        }
    }

    /// Whether the text prints no decimals. `5,0` is no integer, although its value is one: a smaller magnitude cannot follow it.
    pub(super) const fn is_integer(self) -> bool {
        self.places == 0
    }

    pub(super) const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Multiplies by `10^zeros`. Decimals are used up first: 1.5 million has none.
    pub(super) fn shifted(self, zeros: u8) -> Option<Self> {
        let taken = self.places.min(zeros);
        let factor = 10_u64.checked_pow(u32::from(zeros - taken))?;
        Self::new(self.mantissa.checked_mul(factor)?, self.places - taken)
    }

    /// Divides by `10^places`: hundredths of a unit, the decimals of a number in words.
    pub(super) const fn divided(self, places: u8) -> Option<Self> {
        Self::new(self.mantissa, self.places.saturating_add(places))
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let (left, right, places) = self.aligned(other);
        Self::new(u64::try_from(left + right).ok()?, places)
    }

    pub(super) fn is_below(self, other: Self) -> bool {
        let (left, right, _) = self.aligned(other);
        left < right
    }

    pub(super) fn equals(self, other: Self) -> bool {
        let (left, right, _) = self.aligned(other);
        left == right
    }

    /// Both mantissas with the decimals of the one that has more of them. They have at most 30 digits.
    fn aligned(self, other: Self) -> (u128, u128, u8) {
        let places = self.places.max(other.places);
        let at = |value: Self| {
            u128::from(value.mantissa) * 10_u128.pow(u32::from(places - value.places))
        };
        (at(self), at(other), places)
    }

    /// The number of significant digits: without zeros at the start, and without zeros at the end of an integer. At least 1, also of zero.
    pub(super) fn significant_digits(self) -> u32 {
        let mut mantissa = self.mantissa;
        while self.places == 0 && mantissa != 0 && mantissa.is_multiple_of(10) {
            mantissa /= 10;
        }
        mantissa.checked_ilog10().unwrap_or(0) + 1
    }

    pub(super) fn decimal(self) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(self.mantissa.into(), self.places.into()).ok()
    }
}
