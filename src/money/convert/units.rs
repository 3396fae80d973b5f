//! The rate from minor unit to minor unit, prepared for amounts of 64 bits.

use rust_decimal::RoundingStrategy;

#[cfg(feature = "columns")]
use super::column::{OneDouble, TwoDoubles};
use super::fraction::Fraction;
use super::reciprocal::Reciprocal;

/// Converts minor units to minor units: the common amounts by multiplication, the others by division.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    /// Steps of the target for a minor unit of the source, in lowest terms.
    steps: Fraction,
    /// Minor units of the target in a step: one, or more where cash has no coin for one.
    step: u16,
    /// Digits behind the point of an amount in minor units, and of a result.
    digits: [u32; 2],
    reciprocal: Reciprocal,
    #[cfg(feature = "columns")]
    pub(super) one: Option<OneDouble>,
    #[cfg(feature = "columns")]
    pub(super) two: Option<TwoDoubles>,
}

impl Units {
    /// The most minor units in a step: those of a currency with thousandths that is paid in whole units.
    pub(super) const LARGEST_STEP: u16 = 1000;

    /// For a rate from minor unit to minor unit, which have so many digits behind the point.
    pub(super) fn new(rate: Fraction, digits: [u32; 2]) -> Self {
        let steps = rate.reduced();
        Self {
            steps,
            step: 1,
            digits,
            reciprocal: Reciprocal::new(steps),
            #[cfg(feature = "columns")]
            one: OneDouble::new(steps),
            #[cfg(feature = "columns")]
            two: TwoDoubles::new(steps),
        }
    }

    /// The same in steps of so many minor units, at most [`LARGEST_STEP`](Self::LARGEST_STEP). The denominator must leave room for them.
    pub(super) fn in_steps_of(self, step: u16) -> Self {
        if step == self.step {
            return self;
        }
        let Fraction {
            numerator,
            denominator,
        } = self.steps;
        let steps = Fraction::new(numerator, denominator * u128::from(step));
        Self {
            step,
            // One amount in cash is divided: the multiplication has no room for the step.
            reciprocal: Reciprocal::default(),
            ..Self::new(steps, self.digits)
        }
    }

    /// Digits behind the point of a result.
    #[inline]
    pub(super) const fn places(&self) -> u32 {
        let [_, places] = self.digits;
        places
    }

    #[cfg(feature = "columns")]
    pub(super) const fn step(&self) -> u16 {
        self.step
    }

    /// The magnitude of a small amount's result, at most `i64::MAX`; nothing where the amount is not small.
    #[inline]
    pub(super) const fn of_magnitude(&self, magnitude: u64) -> Option<u64> {
        if magnitude <= self.reciprocal.limit() {
            Some(self.reciprocal.of(magnitude))
        } else {
            None
        }
    }

    /// The amount converted, half-even; nothing where the result does not fit.
    #[inline]
    pub(super) fn of(&self, amount: i64) -> Option<i64> {
        // All ones for a negative amount: without a branch, because signs are hard to foresee.
        let sign = amount >> 63;
        match self.of_magnitude(amount.unsigned_abs()) {
            Some(magnitude) => Some((magnitude.cast_signed() ^ sign) - sign),
            None => self.of_large(amount.into())?.try_into().ok(),
        }
    }

    /// Any amount converted, half-even; nothing where the result does not fit.
    #[cold]
    pub(super) fn of_large(&self, amount: i128) -> Option<i128> {
        self.of_units(amount, 0, RoundingStrategy::MidpointNearestEven)
    }

    /// The magnitude `mantissa · 10⁻ˢᶜᵃˡᵉ` of major units converted, half-even; both have 96 bits, as a decimal has. Nothing where
    /// the result has more.
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

    /// The less common cases: fewer digits than the minor unit, more digits, and large amounts.
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

    /// `amount · 10⁻ˢᶜᵃˡᵉ` major units converted; nothing where the result does not fit.
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

    /// `amount · 10⁻ˢᶜᵃˡᵉ` minor units converted; nothing where the result does not fit.
    fn of_units(&self, amount: i128, scale: u32, strategy: RoundingStrategy) -> Option<i128> {
        self.steps
            .of(amount, scale, strategy)?
            .checked_mul(self.step.into())
    }
}

/// What is not compared follows from what is.
impl PartialEq for Units {
    fn eq(&self, other: &Self) -> bool {
        let of = |units: &Self| (units.steps, units.step, units.digits);
        of(self) == of(other)
    }
}

impl Eq for Units {}
