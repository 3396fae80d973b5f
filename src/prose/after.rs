//! Amounts whose number stands after the mark: `$5 млн`.
//!
//! The start is known here, but for limits and a country before the mark; the end is not. So the number is read as far as it goes, and then the text
//! after it must not be able to continue it.
//!
//! | text | read | reason |
//! |---|---|---|
//! | "a US $5 fee", "Canadian $5" | 5 USD, 5 CAD | an adjective before the sign names its country |
//! | «Канада $50 млн бөлді» | none | a country before the sign may be the subject of the sentence |
//! | `$5–$7 млрд` | 5 to 7 billion USD | the magnitude is that of both ends, and the mark of the second end is the same |
//! | "$5 million-$7 million" | 5 and 7 million USD | each has its magnitude: two amounts |
//! | "$5 and $6 million" | 6,000,000 USD | the first may be five million, and is left alone; so is all of "$5, 6 and 7 million" |
//! | "5 to $6 million" | none | the sign is that of the end of a range whose start stands before it (`ends_range`) |
//! | «$5 миллиондықтан» | none | a form of a magnitude that the lexicon lacks (`is_before_magnitude`) |
//! | `$500 dollars`, `人民币5元` | 500 USD, 5 CNY | the same currency twice is one amount; another currency leaves it alone |
//! | `CAD 2025`, `TRY 5` | none | after a code the number may be a year, and `TRY` is also a word: it needs a magnitude |
//! | `$5x`, `$5%` | none | a letter or a percent sign directly after the number |

use super::amount::Kind;
use super::context;
use super::draft::{Draft, Region};
use super::figure::Figure;
use super::letters::is_space;
use super::phrase::{Phrase, shared};
use super::sense::{Case, Sense};
use super::unit::Unit;
use crate::money::Currency;

/// The most numbers of a list that are compared.
const LONGEST_LIST: usize = 8;

/// The stems of magnitudes, in lower case. In an unknown form they make the number before them a part of an amount. A stem that is
/// missing here costs a wrong value: `$5` of «$5 миллиондықтан». So a new magnitude of a lexicon comes with its stem.
#[rustfmt::skip]
const MAGNITUDES: &[&str] = &[
    "млн", "млрд", "трлн", "тыс", "тыщ", "мың", "минг", "милли", "милья", "трилли", "mln", "mlrd", "trln", "bln", "bn", "thousand", "ming", "myń",
    "myñ", "milli", "mıllı", "billi", "trilli", "trıllı", "ميلل", "تريلل", "مىڭ",
];
/// More characters than the longest of them with the spaces before it.
const LONGEST_STEM: usize = 12;

impl Region<'_> {
    /// An amount whose number stands after the mark.
    pub(super) fn number_after(
        &self,
        at: usize,
        floor: usize,
        unit: &'static Unit,
    ) -> Option<Draft> {
        if !context::may_mark(self.text, &self.phrases, at) {
            return None;
        }
        let (mut start, mut home, mut kind) = (at, None, None);
        if start > floor
            && let Some(Sense::Home(found)) = self.sense(start - 1)
            && unit.currency(Some(found), false, false).is_some()
        {
            // «Канада $50 млн бөлді»: a country before a sign may have another part in the sentence, but "Canadian" and "US" do not.
            let country = self.surface(start - 1);
            if found != Currency::USD && !country.ends_with("an") {
                return None;
            }
            home = Some(found);
            start -= 1;
        }
        let (mut is_between, mut is_from, mut is_share) = (false, false, false);
        let mut back = start;
        while back > floor {
            back -= 1;
            match self.sense(back)? {
                Sense::Filler | Sense::By => continue,
                // «меньше на $2 млрд»
                Sense::Hedge(_) if self.phrases.is_difference(back) => break,
                Sense::Hedge(found) => kind = Some(found),
                Sense::From => {
                    (kind, is_from) = (kind.or(Some(Kind::LowerBound)), true);
                    is_share = self.is_of_a_share(back);
                }
                Sense::FromChange => is_from = true,
                Sense::UpTo if self.is_result(back) => {}
                Sense::UpTo => kind = kind.or(self.phrases.up_to(back)),
                Sense::Between => is_between = true,
                _ => break,
            }
            start = back;
        }
        if self.ends_range(start, floor) {
            return None;
        }
        let mut phrase = self.range_after(at + 1, unit, is_from, is_between)?;
        if phrase.high.is_none() {
            if is_share {
                return None;
            }
            phrase.kind = kind.or(phrase.kind);
        }
        if phrase.low.zeros.is_none() && self.is_before_magnitude(phrase.next) {
            return None;
        }
        let mark = self.phrases.tokens.get(at)?;
        // `CAD 2024` may be a year.
        let is_code = self
            .text
            .get(mark.start..)?
            .starts_with(|c: char| c.is_ascii_alphabetic());
        let is_year = is_code && phrase.low.figure.is_some_and(Figure::is_year);
        let is_weak = matches!(mark.sense, Sense::WeakMark(_)) && phrase.low.zeros.is_none();
        let is_settled = self.phrases.rules.choice.currency.is_some();
        if (is_year || is_weak) && !is_settled {
            return None;
        }
        let next = self.after_number(phrase.next, unit, home)?;
        Some(Draft {
            phrase,
            unit,
            home,
            case: Case::Plain,
            start,
            next,
        })
    }

    /// Whether the mark is also that of a number before it: "5 to $6 million", «от 5 до $6 млн».
    fn ends_range(&self, start: usize, floor: usize) -> bool {
        let is_end = matches!(self.sense(start), Some(Sense::UpTo));
        let Some(joint) = start.checked_sub(usize::from(!is_end)) else {
            return false;
        };
        let mut number = joint;
        while number > floor
            && self
                .sense(number - 1)
                .is_some_and(|sense| sense.is_number())
        {
            number -= 1;
        }
        let joins = match self.sense(joint) {
            Some(Sense::To | Sense::UpTo | Sense::Dash) => true,
            Some(Sense::And) => {
                number > 0 && matches!(self.sense(number - 1), Some(Sense::Between))
            }
            _ => false,
        };
        let is_year = matches!(self.sense(number), Some(Sense::Figure(figure)) if figure.is_year());
        joins && number < joint && !(is_year && number + 1 == joint)
    }

    /// The number after a mark, or a range whose ends may have the mark each: `$10–$12 млрд`.
    fn range_after(
        &self,
        at: usize,
        unit: &'static Unit,
        is_from: bool,
        is_between: bool,
    ) -> Option<Phrase> {
        let low = self.phrases.single(at)?;
        let joins = match self.sense(low.next) {
            Some(Sense::Dash | Sense::To | Sense::Pair) => true,
            Some(Sense::UpTo) if is_from || is_between => true,
            Some(Sense::And) => is_between,
            Some(Sense::Or | Sense::Comma) => false,
            _ => return Some(low),
        };
        if !joins {
            return (!self.lists_magnitude(&low, unit)).then_some(low);
        }
        let has_mark = self.is_mark(low.next + 1, unit);
        let second = low.next + 1 + usize::from(has_mark);
        if !self.phrases.starts_number(second) {
            return Some(low);
        }
        if !has_mark && !is_from && !is_between {
            return self.phrases.numbers(at);
        }
        let high = self.phrases.single(second)?;
        // Two amounts, unless the first may have the magnitude of the second.
        if has_mark && !is_between && (low.low.zeros.is_some() || high.low.zeros.is_none()) {
            return Some(low);
        }
        let (first, last) = shared(&low.low, &high.low)?;
        Some(Phrase {
            low: first,
            high: Some(last),
            kind: Some(Kind::Range),
            next: high.next,
        })
    }

    /// Whether the first unknown word after the tokens is a form of a magnitude that the lexicon lacks.
    fn is_before_magnitude(&self, next: usize) -> bool {
        let last = next
            .checked_sub(1)
            .and_then(|last| self.phrases.tokens.get(last));
        let has_dash = matches!(self.sense(next), Some(Sense::Dash));
        let is_last = next + usize::from(has_dash) == self.phrases.tokens.len();
        let Some(rest) = last
            .filter(|_| is_last)
            .and_then(|last| self.text.get(last.end..))
        else {
            return false;
        };
        let mut letters = rest.chars().take(LONGEST_STEM).flat_map(char::to_lowercase);
        let after: String = letters
            .by_ref()
            .filter(|c| *c != '-' && !is_space(*c))
            .collect();
        MAGNITUDES.iter().any(|stem| after.starts_with(stem))
    }

    fn is_mark(&self, at: usize, unit: &'static Unit) -> bool {
        matches!(self.sense(at), Some(Sense::Mark(other)) if other == unit)
    }

    /// Whether a number without a magnitude begins a list with one, which may be that of all: "$5, 6 and 7 million".
    fn lists_magnitude(&self, first: &Phrase, unit: &'static Unit) -> bool {
        let mut last = *first;
        for _ in 0..LONGEST_LIST {
            if last.low.zeros.is_some() {
                return first.low.zeros.is_none();
            }
            if !matches!(
                self.sense(last.next),
                Some(Sense::And | Sense::Or | Sense::Comma)
            ) {
                return false;
            }
            let next = last.next + 1 + usize::from(self.is_mark(last.next + 1, unit));
            if !self.phrases.starts_number(next) {
                return false;
            }
            match self.phrases.single(next) {
                Some(next) => last = next,
                None => return true,
            }
        }
        // The rest of the list is not looked at.
        true
    }

    /// Checks the tokens after a number whose mark stands before it. Returns the token after the amount.
    fn after_number(
        &self,
        mut next: usize,
        unit: &'static Unit,
        home: Option<Currency>,
    ) -> Option<usize> {
        let currency = |unit: &Unit, home| unit.currency(home, true, false);
        if let Some(Sense::HedgeAfter(_)) = self.sense(next) {
            return Some(next);
        }
        let last = self.phrases.tokens.get(next.checked_sub(1)?)?;
        let rest = self.text.get(last.end..)?;
        if rest.starts_with(|c: char| {
            c.is_alphanumeric() && !self.phrases.rules.chinese || matches!(c, '%' | '％')
        }) {
            return None;
        }
        match self.sense(next) {
            // «$500 долларов», «人民币500万元».
            Some(Sense::Unit(other, _)) if other.minor() == 0 => {
                if currency(other, None) != currency(unit, home) {
                    return None;
                }
                next += 1;
            }
            Some(Sense::Mark(_) | Sense::WeakMark(_)) => {
                let has_number = self.phrases.starts_number(next + 1);
                return has_number.then_some(next);
            }
            Some(Sense::Dash) if self.phrases.starts_number(next + 1) => return None,
            Some(sense) if sense.is_number() => return None,
            // "$ five million a hundred and five", but "$5 a thousand" has a rate.
            Some(Sense::Article) if self.phrases.starts_number(next + 1) => {
                let last = next.checked_sub(1).and_then(|last| self.sense(last));
                if matches!(last, Some(Sense::Magnitude(_))) {
                    return None;
                }
            }
            _ => {}
        }
        Some(next)
    }
}
