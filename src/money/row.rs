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

/// The least and the greatest value of a row.
const LEAST: Decimal = Decimal::from_parts(1, 0, 0, false, 9);
const GREATEST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

impl Row {
    /// Whether the value less the change is a value that a row may have: the one of the publication before. A change as
    /// large as the value is not possible, because there would have been no rate to change from.
    ///
    /// `true` where the row has no change.
    ///
    /// ```
    /// use masthead::money::{Currency, Row, parse_decimal};
    ///
    /// let row = |change: &str| Ok::<_, masthead::money::ParseDecimalError>(Row {
    ///     currency: Currency::USD,
    ///     value: parse_decimal("519.40")?,
    ///     nominal: 1,
    ///     change: Some(parse_decimal(change)?),
    /// });
    /// assert!(row("-3.68")?.change_is_possible());
    /// assert!(!row("600.00")?.change_is_possible());
    /// # Ok::<(), masthead::money::ParseDecimalError>(())
    /// ```
    #[must_use]
    pub fn change_is_possible(&self) -> bool {
        let Some(change) = self.change else {
            return true;
        };
        let before = self.value.checked_sub(change);
        before.is_some_and(|before| (LEAST..=GREATEST).contains(&before))
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
        if !(LEAST..=GREATEST).contains(&value) {
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
