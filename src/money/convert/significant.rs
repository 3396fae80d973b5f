//! Conversion to a number of significant digits, for text.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{ConvertError, Converter, Money};

impl Converter {
    /// Converts an amount, rounded once, half-even, to `digits` significant digits, at least one, but not more precisely than the minor unit of the target.
    ///
    /// # Errors
    ///
    /// As [`convert`](Self::convert).
    pub(crate) fn convert_significant(
        &self,
        amount: Money,
        digits: u32,
    ) -> Result<Money, ConvertError> {
        self.takes(amount.currency())?;
        let places = self.units.places();
        let units = self.significant_units(amount.amount(), digits);
        units
            .and_then(|units| Decimal::try_from_i128_with_scale(units, places).ok())
            .map(|result| Money::new(result, self.to))
            .ok_or_else(|| self.overflow())
    }

    /// The result in minor units. Returns `None` if it does not fit.
    fn significant_units(&self, amount: Decimal, digits: u32) -> Option<i128> {
        let round = |strategy| {
            self.units
                .of_decimal(amount.mantissa(), amount.scale(), strategy)
        };
        let floor = round(RoundingStrategy::ToZero)?;
        let length = floor.checked_ilog10().map_or(0, |log| log + 1);
        let Some(step) = length.checked_sub(digits.max(1)).filter(|cut| *cut > 0) else {
            return round(RoundingStrategy::MidpointNearestEven);
        };
        // The fraction below the minor unit only matters for a tie, which it breaks, so the number is rounded once.
        let step = 10_i128.checked_pow(step)?;
        let has_more = round(RoundingStrategy::AwayFromZero)? > floor;
        let (steps, rest) = (floor / step, floor % step);
        let twice = rest * 2;
        let is_up = twice > step || twice == step && (has_more || steps % 2 == 1);
        (steps + i128::from(is_up)).checked_mul(step)
    }
}
