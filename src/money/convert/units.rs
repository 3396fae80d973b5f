//! The rate between two minor units, prepared for amounts of 64 bits.

use rust_decimal::RoundingStrategy;

use super::fraction::Fraction;
#[cfg(feature = "columns")]
use super::kernel::{OneDouble, TwoDoubles, TwoParts};
use super::reciprocal::Reciprocal;

/// Converts minor units to minor units: small amounts by multiplication, the others by division.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    /// Steps of the target for one minor unit of the source, in lowest terms.
    steps: Fraction,
    /// Minor units of the target in a step: 1, or the cash step.
    step: u16,
    /// Decimals of the minor units of source and target.
    digits: [u32; 2],
    reciprocal: Reciprocal,
    #[cfg(feature = "columns")]
    pub(super) one: Option<OneDouble>,
    #[cfg(feature = "columns")]
    pub(super) two: Option<TwoDoubles>,
    #[cfg(feature = "columns")]
    pub(super) parts: Option<TwoParts>,
}

impl Units {
    /// The largest step: 1000, for a currency with three decimals that is paid in whole units.
    pub(super) const LARGEST_STEP: u16 = 1000;

    /// Prepares a rate from minor unit to minor unit, in lowest terms. `digits` are the decimals of the two.
    pub(super) fn new(steps: Fraction, digits: [u32; 2]) -> Self {
        Self {
            steps,
            step: 1,
            digits,
            reciprocal: Reciprocal::new(steps),
            #[cfg(feature = "columns")]
            one: OneDouble::new(steps),
            #[cfg(feature = "columns")]
            two: TwoDoubles::new(steps),
            #[cfg(feature = "columns")]
            parts: TwoParts::new(steps, 1),
        }
    }

    /// Rounds to multiples of `step` minor units, at most [`LARGEST_STEP`](Self::LARGEST_STEP). The product of the
    /// denominator and `step` must fit 128 bits.
    pub(super) fn in_steps_of(self, step: u16) -> Self {
        if step == self.step {
            return self;
        }
        let Fraction {
            numerator,
            denominator,
        } = self.steps;
        let steps = Fraction::new(numerator, denominator * u128::from(step)).reduced();
        Self {
            step,
            // A single amount in cash is divided: a result of `Reciprocal` leaves no room for a product with the step.
            reciprocal: Reciprocal::default(),
            #[cfg(feature = "columns")]
            parts: TwoParts::new(steps, step),
            ..Self::new(steps, self.digits)
        }
    }

    #[cfg(feature = "columns")]
    pub(super) const fn steps(&self) -> Fraction {
        self.steps
    }

    /// Decimals of a result.
    #[inline]
    pub(super) const fn places(&self) -> u32 {
        let [_, places] = self.digits;
        places
    }

    #[cfg(feature = "columns")]
    pub(super) const fn step(&self) -> u16 {
        self.step
    }

    /// Converts the magnitude of a small amount. The result is at most `i64::MAX`. Returns `None` if the amount is not
    /// small.
    #[inline]
    pub(super) const fn of_magnitude(&self, magnitude: u64) -> Option<u64> {
        if magnitude <= self.reciprocal.limit() {
            Some(self.reciprocal.of(magnitude))
        } else {
            None
        }
    }

    /// Converts an amount, half-even. Returns `None` if the result does not fit.
    #[inline]
    pub(super) fn of(&self, amount: i64) -> Option<i64> {
        // All ones for a negative amount. A branch on the sign would often be mispredicted.
        let sign = amount >> 63;
        match self.of_magnitude(amount.unsigned_abs()) {
            Some(magnitude) => Some((magnitude.cast_signed() ^ sign) - sign),
            None => self.of_large(amount.into())?.try_into().ok(),
        }
    }

    /// Converts an amount of any size, half-even. Returns `None` if the result does not fit.
    #[cold]
    pub(super) fn of_large(&self, amount: i128) -> Option<i128> {
        self.of_units(amount, 0, RoundingStrategy::MidpointNearestEven)
    }

    /// Converts the magnitude `mantissa · 10⁻ˢᶜᵃˡᵉ` in major units, half-even. The mantissa must have at most 96 bits.
    /// Returns `None` if the result has more.
    #[inline]
    pub(super) fn of_mantissa(&self, mantissa: u128, scale: u32) -> Option<u128> {
        let [minor, _] = self.digits;
        if scale == minor
            && let Ok(units) = u64::try_from(mantissa)
            && let Some(magnitude) = self.of_magnitude(units)
        {
            return Some(magnitude.into());
        }
        self.of_any_mantissa(mantissa, scale)
    }

    /// The less common cases: fewer decimals than the minor unit, more decimals, and large amounts.
    #[inline(never)]
    fn of_any_mantissa(&self, mantissa: u128, scale: u32) -> Option<u128> {
        let [minor, _] = self.digits;
        let fewer = minor.checked_sub(scale).map(|missing| 10_u64.pow(missing));
        let units = fewer.and_then(|tens| u64::try_from(mantissa).ok()?.checked_mul(tens));
        if let Some(magnitude) = units.and_then(|units| self.of_magnitude(units)) {
            return Some(magnitude.into());
        }
        let mantissa = i128::try_from(mantissa).ok()?;
        self.of_decimal(mantissa, scale, RoundingStrategy::MidpointNearestEven)
            .map(i128::unsigned_abs)
            .filter(|magnitude| magnitude >> 96 == 0)
    }

    /// Converts `amount · 10⁻ˢᶜᵃˡᵉ` major units. Returns `None` if the result does not fit.
    pub(super) fn of_decimal(
        &self,
        amount: i128,
        scale: u32,
        strategy: RoundingStrategy,
    ) -> Option<i128> {
        let [minor, _] = self.digits;
        let units = amount.checked_mul(10_i128.pow(minor.saturating_sub(scale)))?;
        self.of_units(units, scale.saturating_sub(minor), strategy)
    }

    /// Converts `amount · 10⁻ˢᶜᵃˡᵉ` minor units. Returns `None` if the result does not fit.
    fn of_units(&self, amount: i128, scale: u32, strategy: RoundingStrategy) -> Option<i128> {
        self.steps
            .of(amount, scale, strategy)?
            .checked_mul(self.step.into())
    }
}

/// The fields that are not compared are computed from the others.
impl PartialEq for Units {
    fn eq(&self, other: &Self) -> bool {
        let of = |units: &Self| (units.steps, units.step, units.digits);
        of(self) == of(other)
    }
}

impl Eq for Units {}
