use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Currency, InvalidRates, decimal};

/// One row of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The foreign currency.
    pub currency: Currency,
    /// The published value, 0.000000001 to 1,000,000,000.
    #[serde(with = "decimal::text")]
    pub value: Decimal,
    /// The units the value is for: a power of ten from 1 to 1,000,000.
    pub nominal: u32,
    /// The bank's own difference to the publication before.
    #[serde(with = "decimal::text::option")]
    pub change: Option<Decimal>,
}

impl Row {
    /// Whether [`change`](Self::change) can lead to the value: it is smaller than the larger of the value and the value before
    /// it. `true` where there is no change.
    #[must_use]
    pub fn has_possible_change(&self) -> bool {
        self.change.is_none_or(|change| {
            let before = self.value.checked_sub(change);
            before.is_some_and(|before| {
                before > Decimal::ZERO && change.abs() < before.max(self.value)
            })
        })
    }

    pub(super) fn check(&self, home: Currency) -> Result<(), InvalidRates> {
        let Self {
            currency,
            value,
            nominal,
            ..
        } = *self;
        if currency == home {
            return Err(InvalidRates::Home { currency });
        }
        if value < Decimal::new(1, 9) || value > Decimal::new(1_000_000_000, 0) {
            return Err(InvalidRates::Value { currency, value });
        }
        if !(1..=6)
            .map(|zeros| 10_u32.pow(zeros))
            .chain([1])
            .any(|power| power == nominal)
        {
            return Err(InvalidRates::Nominal { currency, nominal });
        }
        Ok(())
    }
}
