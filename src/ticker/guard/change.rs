//! The bank's own change, shown only where it is consistent.

use crate::money::{Rates, Row};

/// The same publication with the changes of its rows worked out from the publication of the day before, where that is held.
/// Where it is not, or was for another number of units, the bank's own change stays.
///
/// A bank that prints no changes is given none, nor is a row that is of an older day itself.
pub(super) fn consistent(rates: Rates, before: Option<&Rates>) -> Rates {
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
        before.map_or(row.change, |value| row.value.checked_sub(value))
    })
}

/// The value of a row in the publication of the day before, where that is its own and for as many units.
fn value_before(row: &Row, before: &Rates) -> Option<rust_decimal::Decimal> {
    let own = before.row(row.currency)?;
    let is_its_own = before.day_of(row.currency) == before.day();
    (is_its_own && own.nominal == row.nominal).then_some(own.value)
}
