//! The rate from minor unit to minor unit, prepared for amounts of 64 bits.

use rust_decimal::RoundingStrategy;

use super::column::{OneDouble, TwoDoubles};
use super::fraction::Fraction;
use super::reciprocal::Reciprocal;

/// Converts minor units to minor units: the common amounts by multiplication, the others by division.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    /// Steps of the target for a minor unit of the source, in lowest terms.
    steps: Fraction,
    /// Minor units of the target in a step: one, or more where cash has no coin for one.
    step: u8,
    reciprocal: Reciprocal,
    pub(super) one: Option<OneDouble>,
    pub(super) two: Option<TwoDoubles>,
}

impl Units {
    pub(super) fn new(steps: Fraction, step: u8) -> Self {
        let steps = steps.reduced();
        let most = i64::MAX.unsigned_abs() / u64::from(step);
        Self {
            steps,
            step,
            reciprocal: Reciprocal::new(steps.numerator, steps.denominator, most),
            one: OneDouble::new(steps),
            two: TwoDoubles::new(steps),
        }
    }

    pub(super) const fn steps(&self) -> Fraction {
        self.steps
    }

    pub(super) const fn step(&self) -> u8 {
        self.step
    }

    /// The magnitude of a small amount's result, at most `i64::MAX`; nothing where the amount is not small.
    #[inline]
    pub(super) const fn of_magnitude(&self, magnitude: u64) -> Option<u64> {
        if magnitude <= self.reciprocal.limit() {
            Some(self.reciprocal.of(magnitude) * self.step as u64)
        } else {
            None
        }
    }

    /// The amount converted, half-even; nothing where the result does not fit.
    #[inline]
    pub(super) fn of(&self, amount: i64) -> Option<i64> {
        match self.of_magnitude(amount.unsigned_abs()) {
            Some(magnitude) => {
                let result = magnitude.cast_signed();
                Some(if amount < 0 { -result } else { result })
            }
            None => self.of_large(amount.into())?.try_into().ok(),
        }
    }

    /// Any amount converted, half-even; nothing where the result does not fit.
    #[cold]
    #[inline(never)]
    pub(super) fn of_large(&self, amount: i128) -> Option<i128> {
        self.of_decimal(amount, 0, RoundingStrategy::MidpointNearestEven)
    }

    /// `amount · 10⁻ˢᶜᵃˡᵉ` minor units converted; nothing where the result does not fit.
    pub(super) fn of_decimal(
        &self,
        amount: i128,
        scale: u32,
        strategy: RoundingStrategy,
    ) -> Option<i128> {
        self.steps
            .of(amount, scale, strategy)?
            .checked_mul(self.step.into())
    }
}

/// What is not compared follows from what is.
impl PartialEq for Units {
    fn eq(&self, other: &Self) -> bool {
        (self.steps, self.step) == (other.steps, other.step)
    }
}

impl Eq for Units {}
