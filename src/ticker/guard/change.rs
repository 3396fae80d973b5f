//! The bank's own change, shown only where it is consistent.

use crate::money::{Rates, Row};

/// The same publication with the changes of its rows checked against the publication of the day before, where that is held,
/// and else against what is possible.
///
/// A change that is not the difference is replaced by the difference. Where the day before is not held, a change that is not
/// smaller than both values it stands between is left out. A row without a change gets none.
pub(super) fn consistent(rates: Rates, before: Option<&Rates>) -> Rates {
    rates.with_changes(|row| {
        let change = row.change?;
        match before.and_then(|before| value_before(row, before)) {
            Some(value) => row.value.checked_sub(value),
            None => row.has_possible_change().then_some(change),
        }
    })
}

/// The value of a row in the publication of the day before, where that is its own and for as many units.
fn value_before(row: &Row, before: &Rates) -> Option<rust_decimal::Decimal> {
    let own = before.row(row.currency)?;
    let is_its_own = before.day_of(row.currency) == before.day();
    (is_its_own && own.nominal == row.nominal).then_some(own.value)
}
