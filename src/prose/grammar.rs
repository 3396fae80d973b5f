//! Amounts: a mark of money and the phrase before or after it.
//!
//! # From a text to its amounts
//!
//! ```text
//! Filter ──► Tokenizer ──► grammar ──► before / after ──► Draft ──► Amount
//!  marks      a region       which       number and       countries, minor
//!  of money   around one     number?     its limits       units, limits
//! ```
//!
//! 1. `filter` finds the places where a word or sign of money may begin, by hashes of the first bytes. Most text has none, and is passed at the
//!    speed of memory.
//! 2. `token` reads the words, figures and signs around such a mark, backwards and forwards, into a list of tokens, each with its one `Sense` in the
//!    language's `lexicon`. It ends at the first word that can be no part of an amount, and at a bounded number of tokens.
//! 3. This file looks at each mark of the region, and decides whether its number stands before or after it. Between two numbers the mark belongs to the one
//!    that it touches.
//! 4. `before` and `after` read that number by `phrase` (limits, ranges) and `quantity` (figures, numerals, magnitudes), and check by `context`
//!    that the text around it does not make it a part of something else.
//! 5. `draft` adds what follows: a country that settles the currency, minor units, a limit after the amount («астам»).
//!
//! At each step a text that has two readings ends the attempt. The `Choice` of a caller settles one of the two open questions, the separator and the
//! currency; `one` uses it to name the readings of an ambiguous amount.
//!
//! # What must hold
//!
//! - An amount is read completely or not at all. A word before or after it that could be a part of it, and was not understood, ends the attempt.
//! - The work is linear in the text: a token is read once, regions do not overlap, and a region has a bounded number of tokens.
//! - Values are exact integers with decimals (`value`); a value of more than 18 digits is no amount.
//! - No token belongs to two amounts, so that the spans of the amounts do not overlap.
//!
//! # A sentence, step by step
//!
//! «Қорға 5,9 трлн теңгеден астам қаржы түсті»: the filter stops at `теңгеден`. The region around it goes back to `5,9`, because `Қорға` is in no
//! lexicon, and forward to `астам`, because `қаржы` is not either:
//!
//! | token | sense | role |
//! |---|---|---|
//! | `5,9` | `Figure`, 5.9 | the number, read by `figure` |
//! | `трлн` | `Magnitude`, 12 zeros | its magnitude, added by `quantity` |
//! | `теңгеден` | `Unit`, the tenge, in the ablative | the mark: a word, so its number stands before it (`before`) |
//! | `астам` | `HedgeAfter`, at least | a limit after the mark, taken by `draft` |
//!
//! # A mark between two numbers
//!
//! A word of money takes the number before it. A sign or a code takes either, so between two numbers it needs a reason:
//!
//! | text | read | reason |
//! |---|---|---|
//! | `5$ 10`, `10 $5` | 5 USD | the sign touches one number and not the other |
//! | `540 KZT 60 USD` | 540 KZT, 60 USD | the second number has a mark of its own after it |
//! | `KZT 540 USD 60` | 540 KZT, 60 USD | the number before `USD` belongs to the amount before |
//! | `in 2024 KZT 500 mln` | 500,000,000 KZT | the number before may be a year, and the number after has a magnitude |
//! | `5 $ 10`, `5$10`, `2024 KZT 500` | none | both numbers are possible |
//! | `KZT 500 USD` | none | both marks are possible |

use std::collections::VecDeque;

use super::amount::Amount;
use super::before::Before;
use super::draft::{Draft, Region};
use super::lexicon::Rules;
use super::phrase::Phrases;
use super::sense::{Case, Sense};
use super::token::Token;

/// Reads the amounts of a region, in order.
pub(super) fn read(text: &str, tokens: &[Token], rules: &Rules, out: &mut VecDeque<Amount>) {
    let phrases = Phrases { tokens, rules };
    Region { text, phrases }.amounts(out);
}

impl Region<'_> {
    /// Reads the amount of each mark, from left to right.
    ///
    /// A mark without an amount keeps the tokens before it from later marks: `free` moves on, and `read` does not, so that `context` still sees a
    /// number there that was not understood.
    fn amounts(&self, out: &mut VecDeque<Amount>) {
        let mut before = Before { free: 0, read: 0 };
        for (at, token) in self.phrases.tokens.iter().enumerate() {
            if at < before.free || !token.sense.is_money() {
                continue;
            }
            let read = self.at_mark(at, before, token);
            before.free = at + 1;
            if let Some((amount, next)) = read.and_then(|draft| self.finished(draft)) {
                out.push_back(amount);
                before = Before {
                    free: next,
                    read: next,
                };
            }
        }
    }

    /// Reads the number of the mark at a token: before it or after it. Returns `None` without one, and if both are possible.
    fn at_mark(&self, at: usize, from: Before, token: &Token) -> Option<Draft> {
        let unit = match token.sense {
            Sense::Unit(unit, case) => return self.number_before(at, from, unit, case),
            Sense::Mark(unit) | Sense::WeakMark(unit) => unit,
            _ => return None,
        };
        let next = self.phrases.tokens.get(at + 1);
        let has_right = next.is_some_and(|next| next.sense.is_number());
        let has_left = at > from.free && self.phrases.starts_number(at - 1);
        let before = || self.number_before(at, from, unit, Case::Plain);
        let after = || self.number_after(at, from.free, unit);
        if !has_right {
            return before();
        }
        if !has_left {
            return after();
        }
        // Between two numbers the mark belongs to the one that it touches, or to the first if the second has its own.
        match (token.glued, next.is_some_and(|next| next.glued)) {
            (true, false) => before(),
            (false, true) => after(),
            _ => {
                let second = self.phrases.numbers(at + 1)?;
                let has_own = self
                    .sense(second.next)
                    .is_some_and(|sense| sense.is_money());
                let is_free = !self.phrases.starts_number(second.next + 1);
                // "In 2024 KZT 500 mln".
                let is_year =
                    matches!(self.sense(at - 1)?, Sense::Figure(figure) if figure.is_year());
                if is_year && second.low.zeros.is_some() {
                    return after();
                }
                (has_own && is_free).then(before).flatten()
            }
        }
    }
}
