//! An amount whose number is known, and what follows it: countries, minor units, limits.
//!
//! [`Region::finished`] takes the tokens after the mark in this order, because each may hide the next one:
//!
//! 1. the point of an abbreviation that touches it: «500 тг.»;
//! 2. a country after the word, «долларов США»; one whose currency is another ends the attempt, «долларов Зимбабве»;
//! 3. the currency, by the unit, the country, the magnitude and the caller's choice;
//! 4. minor units: «14 теңге 87 тиын», «3元5角2分», "five dollars and twenty cents". They settle an unclear separator too: «120.000 рублей 00 копеек»
//!    has groups;
//! 5. a limit: «астам», "or more", the case ending of «теңгедей». The words are no limit in «5 млн теңгеге дейін өсті», a new value, nor
//!    in "from 5 dollars to 7 dollars", the ends of a change;
//! 6. the text directly after it: `USD/KZT`, «евро-5» and "euro-denominated" are names.
//!
//! The span is from the first word that belongs to the amount to the last one, with the ending of a sign, `$ni`, and without a verb of change.

use super::amount::{Amount, Kind};
use super::letters::{is_letter, is_space, word_head};
use super::phrase::{Phrase, Phrases};
use super::quantity::Quantity;
use super::sense::{Case, Sense};
use super::signs::sign;
use super::unit::Unit;
use super::value::Value;
use crate::money::Currency;

/// Words after a hyphen with which an amount is still one: "5-dollar-an-hour".
const AFTER_HYPHEN: &[&str] = &["a-", "an-", "per-", "plus", "worth"];

/// The most letters of a case ending.
const LONGEST_ENDING: usize = 6;

/// The tokens of a region and the text that they are of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region<'a> {
    pub(super) text: &'a str,
    pub(super) phrases: Phrases<'a>,
}

/// An amount without the words after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    pub(super) phrase: Phrase,
    pub(super) unit: &'static Unit,
    /// The currency of the country before the mark.
    pub(super) home: Option<Currency>,
    /// The case of the mark, if it is a word.
    pub(super) case: Case,
    /// The first token.
    pub(super) start: usize,
    /// The token after it.
    pub(super) next: usize,
}

/// The first letters of «дейін» in each alphabet.
const UNTIL: [char; 3] = ['д', 'd', 'د'];

impl Region<'_> {
    pub(super) fn sense(&self, at: usize) -> Option<Sense> {
        self.phrases.sense(at)
    }

    /// Adds what may follow the mark: a country, minor units, limits. Returns the amount and the token after it, or `None` if the currency is not
    /// settled, the number has two values, or the text after it makes it a part of something else.
    pub(super) fn finished(&self, draft: Draft) -> Option<(Amount, usize)> {
        let Draft {
            mut phrase,
            unit,
            mut home,
            case,
            start,
            mut next,
        } = draft;
        if case == Case::Short && self.is_glued_point(next) {
            next += 1;
        }
        if let Some(Sense::HomeAfter(found)) = self.sense(next)
            && home.is_none()
            && unit.currency(Some(found), false, false).is_some()
        {
            home = Some(found);
            next += 1;
        }
        if matches!(self.sense(next), Some(Sense::Abroad)) && home.is_none() && unit.is_shared() {
            return None;
        }
        let is_one = phrase.low.value.equals(Value::integer(1));
        // Thousands of pounds may be a weight.
        let least = if unit.is_weak() { 6 } else { 0 };
        let after_magnitude = phrase.low.zeros.is_some_and(|zeros| zeros >= least);
        let currency = unit
            .currency(home, after_magnitude, is_one)
            .or_else(|| unit.chosen(home, self.phrases.rules.choice.currency?))?;
        if unit.minor() > 0 {
            phrase.low.value = phrase.low.value.divided(unit.minor())?;
            phrase.high = match phrase.high {
                Some(high) => Some(Quantity {
                    value: high.value.divided(unit.minor())?,
                    ..high
                }),
                None => None,
            };
        } else if phrase.high.is_none() {
            next = self.minor_units(&mut phrase, currency, next)?;
        }
        if phrase.low.if_grouped.is_some()
            || phrase.high.is_some_and(|high| high.if_grouped.is_some())
        {
            return None;
        }
        let mut limit = match case {
            Case::Similar => Some(Kind::About),
            Case::Limit => Some(Kind::UpperBound),
            _ => None,
        };
        match self.sense(next) {
            // «5 теңгеге көп» is more by five.
            Some(Sense::HedgeAfter(Kind::LowerBound)) if case == Case::Dative => {}
            // «2 млрд теңгеге кем» is less by two; «дейін» is a limit.
            Some(Sense::HedgeAfter(Kind::UpperBound))
                if case == Case::Dative && !self.surface(next).starts_with(UNTIL) => {}
            Some(Sense::HedgeAfter(found)) => {
                limit = limit.or(Some(found));
                next += 1;
            }
            Some(Sense::Surplus) if !self.phrases.rules.chinese => {
                limit = limit.or(Some(Kind::LowerBound));
                next += 1;
            }
            _ => {}
        }
        // «5 теңгеге дейін өсті» is the new value.
        let is_new = matches!(self.sense(next), Some(Sense::Change));
        let limit = limit.filter(|limit| !(is_new && *limit == Kind::UpperBound));
        // "From 5 dollars to 7 dollars" is a change.
        let is_start = phrase.kind == Some(Kind::LowerBound)
            && matches!(self.sense(next), Some(Sense::To | Sense::UpTo))
            && (self.phrases.starts_number(next + 1)
                || matches!(self.sense(next + 1), Some(Sense::Mark(_))));
        let kind = phrase.kind.or(limit).filter(|_| !is_start);
        // Pounds of weight, and a name: "50 Cent".
        let last = self.surface(next.checked_sub(1)?);
        if unit.is_weak() && self.rest_after(next).starts_with(" of ") || last == "Cent" {
            return None;
        }
        self.ends_well(next)?;
        let high = phrase.high.unwrap_or(phrase.low);
        let amount = Amount {
            start: self.start_of(start)?,
            end: self.end_of(next.checked_sub(1)?)?,
            currency,
            kind: if phrase.high.is_some() {
                Kind::Range
            } else {
                kind.unwrap_or(Kind::Exact)
            },
            low: phrase.low.value.decimal()?,
            high: high.value.decimal()?,
            significant_digits: phrase.low.significant_digits.max(high.significant_digits),
        };
        Some((amount, next))
    }

    /// The start of the first token; of "rose from" that of the last word, because the verb is not a part of the amount.
    fn start_of(&self, first: usize) -> Option<usize> {
        let token = self.phrases.tokens.get(first)?;
        if !matches!(token.sense, Sense::FromChange) {
            return Some(token.start);
        }
        let surface = self.text.get(token.start..token.end)?;
        let word = surface.rsplit(is_space).next()?;
        Some(token.end - word.len())
    }

    /// The end of the last token, with a case ending directly after a sign: `$ni`.
    fn end_of(&self, last: usize) -> Option<usize> {
        let token = self.phrases.tokens.get(last)?;
        let surface = self.text.get(token.start..token.end)?;
        let rest = self.text.get(token.end..)?;
        let ending = rest.get(..word_head(rest))?;
        let is_short = ending.chars().take(LONGEST_ENDING + 1).count() <= LONGEST_ENDING;
        // The letters before a sign may belong to it: `US$`.
        let after = rest.get(ending.len()..)?.chars().next();
        let is_ending = is_short
            && ending.chars().all(is_letter)
            && after.is_none_or(|after| sign(after).is_none());
        let is_sign = matches!(token.sense, Sense::Mark(_)) && !surface.ends_with(is_letter);
        // A known word is no ending, and may be the mark of the next amount: `5 $USD3`.
        let next = self.phrases.tokens.get(last + 1);
        let is_word = next
            .is_some_and(|next| next.start == token.end && !matches!(next.sense, Sense::Suffix(_)));
        let has_ending = is_sign && is_ending && !is_word;
        Some(token.end + if has_ending { ending.len() } else { 0 })
    }

    /// The text of a token.
    pub(super) fn surface(&self, at: usize) -> &str {
        let token = self.phrases.tokens.get(at);
        token
            .and_then(|token| self.text.get(token.start..token.end))
            .unwrap_or_default()
    }

    /// The text after the token before `next`.
    fn rest_after(&self, next: usize) -> &str {
        let last = next
            .checked_sub(1)
            .and_then(|last| self.phrases.tokens.get(last));
        last.and_then(|last| self.text.get(last.end..))
            .unwrap_or_default()
    }

    fn is_glued_point(&self, at: usize) -> bool {
        let token = self.phrases.tokens.get(at);
        token.is_some_and(|token| token.glued && matches!(token.sense, Sense::Point))
    }

    /// Adds minor units: «14 теңге 87 тиын», «3元5角». Returns the token after them, or `None` if they do not fit. Each must be
    /// a whole number, and less than one unit of the part before it: up to 99 тиын, up to 9分 after 角.
    fn minor_units(
        &self,
        phrase: &mut Phrase,
        currency: Currency,
        mut next: usize,
    ) -> Option<usize> {
        let mut places = 0;
        loop {
            let at = next + usize::from(matches!(self.sense(next), Some(Sense::And | Sense::Pair)));
            if !self.phrases.starts_number(at) {
                return Some(next);
            }
            let Some(part) = self.phrases.single(at) else {
                return Some(next);
            };
            let (minor, case) = match self.sense(part.next) {
                Some(Sense::Unit(unit, case)) if unit.is_part_of(currency) => (unit.minor(), case),
                _ => return Some(next),
            };
            let limit = Value::integer(10_u64.checked_pow(minor.checked_sub(places)?.into())?);
            let whole = &mut phrase.low;
            if let Some(grouped) = whole.if_grouped.take() {
                (whole.value, whole.significant_digits) = (grouped, grouped.significant_digits());
            }
            if !part.low.value.is_integer()
                || !part.low.value.is_below(limit)
                || part.high.is_some()
            {
                return None;
            }
            whole.value = whole.value.plus(part.low.value.divided(minor)?)?;
            whole.significant_digits = whole.value.significant_digits();
            places = minor;
            next = part.next + 1;
            if case == Case::Short && self.is_glued_point(next) {
                next += 1;
            }
        }
    }

    /// Checks the text directly after an amount: a name such as «евро-5» or a pair such as `USD/KZT` is no amount.
    fn ends_well(&self, next: usize) -> Option<()> {
        let last = self.phrases.tokens.get(next.checked_sub(1)?)?;
        let rest = self.text.get(last.end..)?;
        let surface = self.text.get(last.start..last.end)?;
        let is_mark = matches!(last.sense, Sense::Mark(_) | Sense::WeakMark(_));
        let is_unit = matches!(last.sense, Sense::Unit(..));
        let is_code = is_mark && surface.ends_with(is_letter);
        let mut after = rest.chars();
        let (first, second) = (after.next(), after.next());
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_numeric());
        let is_fine = match first {
            Some('-' | '\u{2010}' | '\u{2011}') => {
                !(is_digit(second) || is_unit && self.phrases.rules.compounds && is_compound(rest))
            }
            Some('/') if is_code => !second.is_some_and(char::is_alphabetic),
            Some(c) if c.is_numeric() => self.phrases.rules.chinese,
            _ => true,
        };
        is_fine.then_some(())
    }
}

/// Whether the text after a unit makes it a part of another word: "5 million euro-denominated bonds".
fn is_compound(rest: &str) -> bool {
    let mut letters = rest.chars();
    letters.next();
    let word = letters.as_str();
    word.starts_with(is_letter) && !AFTER_HYPHEN.iter().any(|start| word.starts_with(start))
}
