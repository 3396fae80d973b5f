//! The bank's own change, shown only where it is consistent.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::money::{Currency, Rates, Row};

/// The same publication with the changes of its rows worked out from the publication of the day before each row's own day, where
/// that is held. Where it is not, the bank's own change stays. A row has no change where the number of the day before was not
/// believed: the bank's own change leads from that number.
///
/// A bank that prints no changes is given none.
pub(super) fn consistent<'a>(
    rates: Rates,
    of_day: impl Fn(NaiveDate) -> Option<&'a Rates>,
) -> Rates {
    if rates.rows().iter().all(|row| row.change.is_none()) {
        return rates;
    }
    let rows = rates.rows().iter();
    let changes: Vec<(Currency, Option<Decimal>)> = rows
        .map(|row| {
            let day_before = rates.day_of(row.currency).pred_opt();
            let before = day_before.and_then(&of_day);
            (row.currency, change(row, before))
        })
        .collect();
    rates.with_changes(|row| {
        let own = changes
            .iter()
            .find(|(currency, _)| *currency == row.currency);
        own.and_then(|(_, change)| *change)
    })
}

/// The change of a row since the publication of the day before.
fn change(row: &Row, before: Option<&Rates>) -> Option<Decimal> {
    let Some((before, held)) = before.and_then(|before| Some((before, before.row(row.currency)?)))
    else {
        return row.change;
    };
    if before.day_of(row.currency) != before.day() {
        None
    } else if held.nominal == row.nominal {
        row.value.checked_sub(held.value)
    } else {
        row.change
    }
}
