use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Currency, InvalidRates, decimal};

/// One row of a publication: `value` units of one currency for `nominal` units of another. The
/// [`Quotation`](super::Quotation) of the publication says which of the two is foreign.
///
/// [`Rates::new`](super::Rates::new) checks the values. In JSON the decimals are strings.
///
/// ```
/// use masthead::money::{Currency, Row, parse_decimal};
///
/// let won = Row::new(Currency::KRW, parse_decimal("31.28")?, 100).with_change(parse_decimal("-0.31")?);
/// let text = r#"{"currency":"KRW","value":"31.28","nominal":100,"change":"-0.31"}"#;
/// assert_eq!(serde_json::to_string(&won)?, text);
/// assert_eq!(serde_json::from_str::<Row>(text)?, won);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Row {
    /// The foreign currency.
    pub currency: Currency,
    /// The published value with the bank's digits, 0.000000001 to 1,000,000,000.
    #[serde(with = "decimal::text")]
    pub value: Decimal,
    /// The number of units that the value is for: a power of ten from 1 to 1,000,000.
    pub nominal: u32,
    /// The difference to the preceding publication, in the units of `value`, as the bank states it. `None` if it states no
    /// difference, and for a carried row.
    ///
    /// A ticker replaces it by the difference to the publication of the day before, if it has that one with the same nominal, also
    /// in a row without a change; otherwise it keeps the bank's figure, unless that would be a surprising move. A row whose value of
    /// the day before was not believed has no change. It adds no changes to a publication without any: those of a bank that states
    /// none, such as the Bank of Russia ([`source`](crate::source) names them in each type), and of a source that computes rates,
    /// such as Frankfurter.
    #[serde(with = "decimal::text::option")]
    pub change: Option<Decimal>,
}

/// The smallest and the largest value of a row.
const LEAST: Decimal = Decimal::from_parts(1, 0, 0, false, 9);
const GREATEST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

impl Row {
    /// Creates a row: `value` units for `nominal` units, without a change.
    #[must_use]
    pub const fn new(currency: Currency, value: Decimal, nominal: u32) -> Self {
        Self {
            currency,
            value,
            nominal,
            change: None,
        }
    }

    /// Sets the difference to the preceding publication as the bank states it. Default: `None`.
    #[must_use]
    pub fn with_change(mut self, change: impl Into<Option<Decimal>>) -> Self {
        self.change = change.into();
        self
    }

    /// Whether the preceding value, which is `value - change`, is a value that a row can have. A change as large as the
    /// value is not possible, because the preceding rate would have been zero.
    ///
    /// Returns `true` if the row has no change. [`Rates::new`](super::Rates::new) removes an impossible change and keeps
    /// the row.
    ///
    /// ```
    /// use masthead::money::{Currency, Row, parse_decimal};
    ///
    /// let dollar = Row::new(Currency::USD, parse_decimal("519.40")?, 1);
    /// assert!(dollar.with_change(parse_decimal("-3.68")?).change_is_possible());
    /// assert!(!dollar.with_change(parse_decimal("600.00")?).change_is_possible());
    /// # Ok::<(), masthead::ParseError>(())
    /// ```
    #[must_use]
    pub fn change_is_possible(&self) -> bool {
        let Some(change) = self.change else {
            return true;
        };
        let before = self.value.checked_sub(change);
        before.is_some_and(|before| (LEAST..=GREATEST).contains(&before))
    }

    /// Checks the ranges of value and nominal, and that the currency is not `home`.
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
        // The usual value is compared by its digits, which takes less time.
        let digits = value.unpack();
        let is_usual = (digits.hi, digits.mid, digits.negative) == (0, 0, false)
            && (1..=1_000_000_000).contains(&digits.lo)
            && digits.scale <= LEAST.scale();
        if !is_usual && !(LEAST..=GREATEST).contains(&value) {
            return Err(InvalidRates::Value { currency, value });
        }
        if !matches!(nominal, 1 | 10 | 100 | 1_000 | 10_000 | 100_000 | 1_000_000) {
            return Err(InvalidRates::Nominal { currency, nominal });
        }
        Ok(())
    }
}
