//! The bank's own change, shown only where it is consistent.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::money::{Currency, Rates, Row};

/// The same publication with the changes of its rows worked out from the publication of the day before, where that is held.
/// Where it is not, or was for another number of units, the bank's own change stays if it is no larger than the rate's `limit`, the
/// largest move that is not surprising.
///
/// A bank that prints no changes is given none, nor is a row that is of an older day itself.
pub(super) fn consistent(
    rates: Rates,
    before: Option<&Rates>,
    limit: impl Fn(Currency) -> f64,
) -> Rates {
    if rates.rows().iter().all(|row| row.change.is_none()) {
        return rates;
    }
    let held_over = |row: &Row| rates.day_of(row.currency) < rates.day();
    let held_over: Vec<_> = rates.rows().iter().filter(|row| held_over(row)).collect();
    let held_over: Vec<_> = held_over.into_iter().map(|row| row.currency).collect();
    rates.with_changes(|row| {
        if held_over.contains(&row.currency) {
            return None;
        }
        let before = before.and_then(|before| value_before(row, before));
        match before {
            Some(value) => row.value.checked_sub(value),
            None => row.change.filter(|change| {
                moved_by(row, *change).is_some_and(|moved| moved <= limit(row.currency))
            }),
        }
    })
}

/// The move that a change says, as a logarithm.
fn moved_by(row: &Row, change: Decimal) -> Option<f64> {
    let before = row.value.checked_sub(change)?.to_f64()?;
    let value = row.value.to_f64()?;
    (before > 0.0).then(|| (value / before).ln().abs())
}

/// The value of a row in the publication of the day before, where that is its own and for as many units.
fn value_before(row: &Row, before: &Rates) -> Option<Decimal> {
    let own = before.row(row.currency)?;
    let is_its_own = before.day_of(row.currency) == before.day();
    (is_its_own && own.nominal == row.nominal).then_some(own.value)
}
