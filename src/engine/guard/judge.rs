//! Whether a publication can be believed: what is never shown, and what is surprising.
//!
//! The order of the questions:
//!
//! 1. [`refusal`]: a list that cannot be right is never shown, and the next source is requested.
//! 2. Without earlier rates ([`first`]) the anchor decides about the whole list, and each other row about itself, by the usual rates.
//! 3. The common move is beyond its limit: the whole list is in doubt. This comes before the rows, because on such a day each row is far from its
//!    value of the day before.
//! 4. The list is a part of one that is in doubt as a whole: it is in doubt too. A source with few currencies would show less of the error.
//! 5. Rows whose own move is beyond their limit, and new rows that are not plausible, are in doubt. If they are more than a fifth of the list's own
//!    rows it is the list: two years differ in every row, each its own way, and their median may be small.
//!
//! A limit grows with the root of the days since the last list, as the spread of a random walk does. The slack of a row is half a unit of
//! the last digit printed, of both values: a rate of 0.01 may double by rounding.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::gate::{self, Moves, Quotes};
use super::held_row::HeldRow;
use super::hold::HoldReason;
use super::memory::Memory;
use super::refusal::Refusal;
use crate::engine::Bank;
use crate::money::{Currency, Rates};

/// Refuses what is never shown. `feed` is the source and the kind of feed, such as `national_bank_kz/of_day`: each has a number of rows of its own.
/// So a publication that is too short for one feed may be long enough for another one. While it is the one believed of its day, no feed withdraws it.
///
/// # Errors
///
/// Returns the first reason in the order of [`Refusal`].
pub(super) fn refusal(
    bank: &Bank,
    memory: &Memory,
    feed: &str,
    rates: &Rates,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let (day, rows) = (rates.day(), rates.own_len());
    // A list of an earlier day may be in the unit before.
    let expected = bank.home.as_of(day).unwrap_or(bank.home);
    if rates.home() != expected {
        return Err(Refusal::Home {
            expected,
            found: rates.home(),
        });
    }
    if rates.row_of(bank.anchor).is_none() {
        let anchor = bank.anchor;
        return Err(Refusal::Anchor { anchor, day });
    }
    // Each row of a part of the believed list is believed, so the number of rows is compared too.
    let is_believed = || {
        let believed = memory.of_day(day).map(Rates::own_len);
        believed.is_some_and(|believed| believed <= rows) && memory.is_believed(rates)
    };
    let is_short = |last: &usize| rows * 5 < last * 4 && !is_believed();
    if let Some(last) = memory.rows_of(feed, now).filter(is_short) {
        return Err(Refusal::Rows { rows, last, day });
    }
    let bound = bank.days_ahead;
    if today
        .checked_add_days(Days::new(bound.into()))
        .is_none_or(|last| day > last)
    {
        return Err(Refusal::TooFarAhead { day, today, bound });
    }
    Ok(())
}

/// The surprising part of a publication.
#[derive(Debug)]
pub(super) enum Suspicion {
    /// No part of it.
    None,
    /// These rows, and no others.
    Rows(Vec<HeldRow>),
    /// All of it.
    Whole(HoldReason, Vec<HeldRow>),
}

/// Compares a publication with the rates believed before, and the first one with the usual rates.
pub(super) fn suspicion(bank: &Bank, memory: &Memory, rates: &Rates) -> Suspicion {
    let own = Quotes::of(rates);
    let Some(moves) = Moves::to(&memory.quotes(rates.day()), rates, &own) else {
        return first(bank, memory, rates, &own);
    };
    let spread = gate::spread(memory.days_since(rates.day()));
    let (common, limit) = (moves.common.abs(), memory.common_limit() * spread);
    let rounding = moves.own.iter().map(|(_, _, slack)| *slack);
    // Where every row has room for it, rounding may move all of them; the finest row tells.
    let rounding = rounding.min_by(f64::total_cmp).unwrap_or_default();
    if gate::beyond(common, limit, rounding) {
        let reason = HoldReason::Common {
            moved: gate::millionths(common),
            limit: gate::millionths(limit),
        };
        return Suspicion::Whole(reason, every_row(rates));
    }
    let rows = alone_by(bank, memory, rates, &own, Some(&moves));
    // A part of a list shows less of what is surprising in it. Numbers that are believed already stay believed.
    let whole = memory.holds().iter().find(|hold| hold.has_part(rates));
    if let Some(whole) = whole.filter(|_| moves.any()) {
        Suspicion::Whole(whole.reason, every_row(rates))
    } else if rows.is_empty() {
        Suspicion::None
    } else if of_own_list(&rows, rates) * 5 > rates.own_len() {
        Suspicion::Whole(HoldReason::Apart, every_row(rates))
    } else {
        Suspicion::Rows(rows)
    }
}

/// The rows that moved away from the others, or are new and not plausible. Also of a list that is quarantined whole: its other rows are released
/// without them.
pub(super) fn alone(bank: &Bank, memory: &Memory, rates: &Rates) -> Vec<HeldRow> {
    let own = Quotes::of(rates);
    let moves = Moves::to(&memory.quotes(rates.day()), rates, &own);
    alone_by(bank, memory, rates, &own, moves.as_ref())
}

/// [`alone`], by quotes and moves that are computed already. Without moves the list is a first one, and each row but the anchor is compared with the
/// usual rates.
fn alone_by(
    bank: &Bank,
    memory: &Memory,
    rates: &Rates,
    own: &Quotes,
    moves: Option<&Moves>,
) -> Vec<HeldRow> {
    let implausible = |currency: Currency| {
        (plausible(bank, own, currency) == Some(false))
            .then(|| held_row(rates, currency, None))
            .flatten()
    };
    let Some(moves) = moves else {
        // The anchor is judged with the whole publication.
        let others = rates.each_row().map(|row| row.currency);
        return others
            .filter(|currency| *currency != bank.anchor)
            .filter_map(implausible)
            .collect();
    };
    let spread = gate::spread(memory.days_since(rates.day()));
    let alone = moves.own.iter().filter_map(|(currency, size, slack)| {
        let limit = memory.limit(*currency) * spread;
        let sizes = Some((gate::millionths(*size), gate::millionths(limit)));
        gate::beyond(*size, limit, *slack)
            .then(|| held_row(rates, *currency, sizes))
            .flatten()
    });
    let carried = moves.carried.iter().filter_map(|row| {
        let limit = memory.limit(row.currency) * gate::spread(row.days.abs());
        let sizes = Some((gate::millionths(row.size), gate::millionths(limit)));
        gate::beyond(row.size, limit, row.slack)
            .then(|| held_row(rates, row.currency, sizes))
            .flatten()
    });
    let new = moves.new.iter().chain(&moves.new_carried).copied();
    alone
        .chain(carried)
        .chain(new.filter_map(implausible))
        .collect()
}

/// The number of these rows that are from the publication's own list: a weekly list beside it is of other days.
fn of_own_list(rows: &[HeldRow], rates: &Rates) -> usize {
    let own = rows.iter().filter(|row| !rates.is_carried(row.currency));
    own.count()
}

/// Whether a rate is beyond four times of the usual one.
pub(super) fn is_implausible(bank: &Bank, rates: &Rates, currency: Currency) -> bool {
    let own = Quotes::of(rates);
    plausible(bank, &own, currency) == Some(false)
}

/// The currencies whose rates are beyond four times of the usual ones.
pub(super) fn implausible(bank: &Bank, rates: &Rates) -> Vec<Currency> {
    let own = Quotes::of(rates);
    let currencies = rates.each_row().map(|row| row.currency);
    let is_implausible = |currency: &Currency| plausible(bank, &own, *currency) == Some(false);
    currencies.filter(is_implausible).collect()
}

/// The logarithm of the usual rate of a currency, at the dollar of a publication.
pub(super) fn usual_log(bank: &Bank, rates: &Rates, currency: Currency) -> Option<f64> {
    if currency == Currency::USD {
        // The dollar speaks for the home currency.
        return bank.usual(bank.home).map(f64::ln);
    }
    let own = Quotes::of(rates);
    gate::usual_log(&own, bank.home, bank.usual(currency)?)
}

/// Judges a list without earlier rates to compare with: the anchor decides about the whole, and each other row about itself.
fn first(bank: &Bank, memory: &Memory, rates: &Rates, own: &Quotes) -> Suspicion {
    if plausible(bank, own, bank.anchor) == Some(false) {
        return Suspicion::Whole(HoldReason::Implausible, every_row(rates));
    }
    let rows = alone_by(bank, memory, rates, own, None);
    if rows.is_empty() {
        Suspicion::None
    } else {
        Suspicion::Rows(rows)
    }
}

/// Whether a rate is from a quarter of the usual one to four times it; `None` where that is not known.
fn plausible(bank: &Bank, own: &Quotes, currency: Currency) -> Option<bool> {
    let (units, home) = bank.usual(currency).zip(bank.usual(bank.home))?;
    // The home currency has no row of its own: the dollar speaks for it.
    let (wanted, units) = if currency == Currency::USD {
        (bank.home, home)
    } else {
        (currency, units)
    };
    gate::plausible(own, wanted, bank.home, units)
}

/// The rows of a list that is quarantined whole. They have no moves of their own: the reason has the common one.
fn every_row(rates: &Rates) -> Vec<HeldRow> {
    rates
        .rows()
        .iter()
        .filter_map(|row| held_row(rates, row.currency, None))
        .collect()
}

fn held_row(rates: &Rates, currency: Currency, sizes: Option<(u32, u32)>) -> Option<HeldRow> {
    let row = rates.row(currency)?;
    Some(HeldRow {
        currency,
        value: row.value,
        nominal: row.nominal,
        before: None,
        moved: sizes.map(|(moved, _)| moved),
        limit: sizes.map(|(_, limit)| limit),
    })
}
