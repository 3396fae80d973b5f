//! The bank's own change, shown only where it is consistent.
//!
//! | 2 April | 3 April, as printed | shown on 3 April |
//! |---|---|---|
//! | 475.09, believed | 474.80, change −0.29 | −0.29 |
//! | 475.09, believed | 474.80, change +0.29 | −0.29: the difference of the two values |
//! | not known | 474.80, change −0.29 | −0.29: the bank's own, because it is within the limits |
//! | not known | 474.80, change −274.80 | no change |
//! | 4750.9, quarantined | 474.80, change −4276.10 | no change: it leads from a number that was not believed |
//! | of 100 units | of 10 units, change −0.29 | −0.29: the bank's own |
//! | in the old unit | in the new unit | the bank's own, if it is within the limits |

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::money::{Currency, Rates, Row};

/// The same publication with the changes of its rows worked out from the publication of the day before each row's own day, where
/// that is held. Where it is not, or was for another number of units, the bank's own change stays if it is no larger than the
/// rate's `limit`, the largest move that is not surprising. A row has no change where the number of the day before was not
/// believed: the bank's own change leads from that number.
///
/// A bank that prints no changes is given none.
pub(super) fn consistent<'a>(
    rates: Rates,
    of_day: impl Fn(NaiveDate) -> Option<&'a Rates>,
    limit: impl Fn(Currency) -> f64,
) -> Rates {
    if rates.each_row().all(|row| row.change.is_none()) {
        return rates;
    }
    let rows = rates.each_row();
    let changes: Vec<Option<Decimal>> = rows
        .map(|row| {
            let day = rates.day_of(row.currency);
            // The difference of two values in different units is no change.
            let is_one_unit = |before: &NaiveDate| {
                let mut units = [row.currency, rates.home()].into_iter();
                units.all(|unit| unit.has_one_unit(*before, day))
            };
            let day_before = day.pred_opt().filter(is_one_unit);
            let before = day_before.and_then(&of_day);
            change(&row, before, &limit)
        })
        .collect();
    let mut in_order = changes.into_iter();
    rates.with_changes(|_| in_order.next().flatten())
}

/// The change of a row since the publication of the day before.
fn change(row: &Row, before: Option<&Rates>, limit: impl Fn(Currency) -> f64) -> Option<Decimal> {
    // The limit is a median, so it is computed only for a change that is shown.
    let own = || {
        let moved = moved_by(row, row.change?)?;
        row.change.filter(|_| moved <= limit(row.currency))
    };
    let Some((before, held)) =
        before.and_then(|before| Some((before, before.row_of(row.currency)?)))
    else {
        return own();
    };
    if before.day_of(row.currency) != before.day() {
        None
    } else if held.nominal == row.nominal {
        row.value.checked_sub(held.value)
    } else {
        own()
    }
}

/// The move that a change says, as a logarithm.
fn moved_by(row: &Row, change: Decimal) -> Option<f64> {
    let before = row.value.checked_sub(change)?.to_f64()?;
    let value = row.value.to_f64()?;
    (before > 0.0).then(|| (value / before).ln().abs())
}
