//! Whether another bank's rates confirm those of a publication.
//!
//! The witness's rate for a currency is the quotient of two of its rates; its own currency has the rate 1. The slack of both values and of the
//! publication's row is added to the tolerance: a tenge at `0.1839` som of Kyrgyzstan has a slack of 0.03 %, half a unit of its last digit.

use super::gate::{self, Quotes};
use crate::money::{Currency, Rates};

/// How far a witness may be from the value that it confirms, on a usual day.
pub(super) const TOLERANCE: f64 = 0.02;
/// The same on any day: a slip of a digit is farther off.
const LARGEST_TOLERANCE: f64 = 0.05;

/// How far a witness may be from a value, on a day on which rates typically moved by `typical` beside the common move: two
/// fixings of one day differ by the hours between them. On 4 April 2025 the Australian dollar of the European Central Bank
/// and of the Bank of Russia were 2.2 % apart.
pub(super) fn tolerance(typical: f64) -> f64 {
    (3.0 * typical).clamp(TOLERANCE, LARGEST_TOLERANCE)
}

/// Whether the witness's rate, across, is that of the publication, for each currency of its day that the witness quotes.
pub(super) fn says(rates: &Rates, of: &Rates, tolerance: f64) -> Vec<(Currency, bool)> {
    let [witness, held]: [Quotes; 2] = [rates, of].map(Quotes::of);
    // The witness may be of another day, and so of other units.
    let witness = witness.on(of.day());
    let home = witness.home().unwrap_or(rates.home());
    let rows = of.each_row().map(|row| row.currency);
    let own = rows.filter(|currency| of.day_of(*currency) == of.day());
    let said = own.filter_map(|currency| {
        let quote = held.get(currency)?;
        let across = gate::across(&witness, currency, of.home(), home)?;
        Some((currency, gate::agree(quote, across, tolerance)))
    });
    said.collect()
}
