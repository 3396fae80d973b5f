//! Amounts: a mark of money and the phrase before or after it.

use std::collections::VecDeque;

use super::amount::{Amount, Kind};
use super::context;
use super::figure::Figure;
use super::lexicon::Rules;
use super::phrase::{Phrase, Phrases, shared};
use super::sense::{Case, Sense};
use super::token::Token;
use super::unit::Unit;
use crate::money::Currency;

/// The tokens of a region.
#[derive(Debug)]
pub(super) struct Grammar<'a> {
    text: &'a str,
    phrases: Phrases<'a>,
}

/// An amount without the words after it.
struct Draft {
    phrase: Phrase,
    unit: &'static Unit,
    home: Option<Currency>,
    case: Case,
    /// The first token.
    start: usize,
    /// The token after it.
    next: usize,
}

impl<'a> Grammar<'a> {
    pub(super) const fn new(text: &'a str, tokens: &'a [Token], rules: &'a Rules) -> Self {
        Self {
            text,
            phrases: Phrases { tokens, rules },
        }
    }

    /// Reads the amounts of the region, in order.
    pub(super) fn amounts(&self, out: &mut VecDeque<Amount>) {
        let mut floor = 0;
        for (at, token) in self.phrases.tokens.iter().enumerate() {
            if at < floor || !token.sense.is_money() {
                continue;
            }
            let read = self.at_mark(at, floor, token);
            let read = read.and_then(|draft| self.finished(draft));
            floor = at + 1;
            if let Some((amount, next)) = read {
                out.push_back(amount);
                floor = next;
            }
        }
    }

    fn at_mark(&self, at: usize, floor: usize, token: &Token) -> Option<Draft> {
        let unit = match token.sense {
            Sense::Unit(unit, case) => return self.number_before(at, floor, unit, case),
            Sense::Mark(unit) | Sense::WeakMark(unit) => unit,
            _ => return None,
        };
        let next = self.phrases.tokens.get(at + 1);
        let has_right = next.is_some_and(|next| next.sense.is_number());
        let has_left = at > floor && self.phrases.starts_number(at - 1);
        let before = || self.number_before(at, floor, unit, Case::Plain);
        let after = || self.number_after(at, floor, unit);
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
                let has_own = self.sense(second.next).is_some_and(|sense| sense.is_money());
                let is_free = !self.phrases.starts_number(second.next + 1);
                // "In 2024 KZT 500 mln".
                let is_year = matches!(self.sense(at - 1)?, Sense::Figure(figure) if figure.is_year());
                if is_year && second.low.zeros.is_some() {
                    return after();
                }
                (has_own && is_free).then(before).flatten()
            }
        }
    }

    fn sense(&self, at: usize) -> Option<Sense> {
        self.phrases.sense(at)
    }

    /// An amount whose number stands before the mark. The words between the start and the mark must all be understood.
    fn number_before(
        &self,
        at: usize,
        floor: usize,
        unit: &'static Unit,
        case: Case,
    ) -> Option<Draft> {
        let tokens = self.phrases.tokens;
        let mut end = at;
        let mut home = None;
        if end > floor
            && let Some(Sense::Home(found)) = self.sense(end - 1)
        {
            home = Some(found);
            end -= 1;
        }
        if end > floor
            && let (Some(dash), Some(after)) = (tokens.get(end - 1), tokens.get(end))
            && matches!(dash.sense, Sense::Dash)
        {
            // «300-million-tenge», «20 000-теңгелік».
            if !dash.glued || !after.glued {
                return None;
            }
            end -= 1;
        }
        if self.is_new_sentence(at) {
            return None;
        }
        let (start, phrase) = (floor..end).find_map(|start| {
            let starts = self.sense(start).is_some_and(|sense| is_start(&sense));
            if !starts || !context::may_start(self.text, &self.phrases, start, floor) {
                return None;
            }
            let phrase = self.phrases.read(start)?;
            (phrase.next == end).then_some((start, phrase))
        })?;
        if context::continues_larger(&self.phrases, start, floor, phrase.low.value) {
            return None;
        }
        // The hundredths of an amount that was not read: «150 теңге 460 тиын».
        let is_rest = |at: usize| matches!(self.sense(at), Some(Sense::Unit(whole, _)) if whole.minor() == 0);
        if unit.minor() > 0 && start > 0 && start == floor && is_rest(start - 1) {
            return None;
        }
        // Of a change only the number belongs to the amount: «to 5 million», «с 5 млн».
        let is_change = matches!(self.sense(start), Some(Sense::To | Sense::FromChange));
        Some(Draft {
            start: start + usize::from(is_change && phrase.high.is_none()),
            phrase,
            unit,
            home,
            case,
            next: at + 1,
        })
    }

    /// Whether a capital letter after a point begins a sentence: «5 млн. Тенге».
    fn is_new_sentence(&self, at: usize) -> bool {
        let starts = |at: usize| {
            let token = self.phrases.tokens.get(at)?;
            self.text.get(token.start..)?.chars().next()
        };
        let is_point = at > 0 && matches!(self.sense(at - 1), Some(Sense::Point));
        let is_word = matches!(self.sense(at), Some(Sense::Unit(..)));
        is_point && is_word && starts(at).is_some_and(char::is_uppercase)
    }

    /// An amount whose number stands after the mark.
    fn number_after(&self, at: usize, floor: usize, unit: &'static Unit) -> Option<Draft> {
        if !context::may_mark(self.text, &self.phrases, at) {
            return None;
        }
        let (mut start, mut home, mut kind) = (at, None, None);
        if start > floor
            && let Some(Sense::Home(found)) = self.sense(start - 1)
            && unit.currency(Some(found), false, false).is_some()
        {
            home = Some(found);
            start -= 1;
        }
        let (mut is_between, mut is_from) = (false, false);
        let mut back = start;
        while back > floor {
            back -= 1;
            match self.sense(back)? {
                Sense::Filler | Sense::By => continue,
                Sense::Hedge(found) => kind = Some(found),
                Sense::From => (kind, is_from) = (kind.or(Some(Kind::LowerBound)), true),
                Sense::FromChange => is_from = true,
                Sense::UpTo => kind = kind.or(Some(Kind::UpperBound)),
                Sense::Between => is_between = true,
                _ => break,
            }
            start = back;
        }
        let mut phrase = self.range_after(at + 1, unit, is_from, is_between)?;
        if phrase.high.is_none() {
            phrase.kind = kind.or(phrase.kind);
        }
        let mark = self.phrases.tokens.get(at)?;
        // `CAD 2024` may be a year.
        let is_code = self.text.get(mark.start..)?.starts_with(|c: char| c.is_ascii_alphabetic());
        let is_year = is_code && phrase.low.figure.is_some_and(Figure::is_year);
        let is_weak = matches!(mark.sense, Sense::WeakMark(_)) && phrase.low.zeros.is_none();
        if is_year || is_weak {
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

    fn is_mark(&self, at: usize, unit: &'static Unit) -> bool {
        matches!(self.sense(at), Some(Sense::Mark(other)) if other == unit)
    }

    /// Whether a number without a magnitude begins a list with one, which may be that of all: "$5, 6 and 7 million".
    fn lists_magnitude(&self, first: &Phrase, unit: &'static Unit) -> bool {
        let mut last = *first;
        while last.low.zeros.is_none() {
            if !matches!(self.sense(last.next), Some(Sense::And | Sense::Or | Sense::Comma)) {
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
        first.low.zeros.is_none()
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
        if rest.starts_with(|c: char| c.is_alphanumeric() && !self.phrases.rules.chinese || matches!(c, '%' | '％')) {
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
            _ => {}
        }
        Some(next)
    }

    /// Adds what may follow the mark: a country, minor units, limits.
    fn finished(&self, draft: Draft) -> Option<(Amount, usize)> {
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
        let is_one = phrase.low.value.equals(super::value::Value::integer(1));
        let currency = unit.currency(home, phrase.low.zeros.is_some(), is_one)?;
        if unit.minor() > 0 {
            phrase.low.value = phrase.low.value.divided(unit.minor())?;
            phrase.high = match phrase.high {
                Some(high) => Some(super::quantity::Quantity {
                    value: high.value.divided(unit.minor())?,
                    ..high
                }),
                None => None,
            };
        } else if phrase.high.is_none() {
            next = self.minor_units(&mut phrase, currency, next)?;
        }
        if phrase.low.if_grouped.is_some() || phrase.high.is_some_and(|high| high.if_grouped.is_some()) {
            return None;
        }
        let mut kind = phrase.kind;
        match case {
            Case::Similar => kind = kind.or(Some(Kind::About)),
            Case::Limit => kind = kind.or(Some(Kind::UpperBound)),
            _ => {}
        }
        match self.sense(next) {
            Some(Sense::HedgeAfter(found)) => {
                kind = kind.or(Some(found));
                next += 1;
            }
            Some(Sense::Surplus) if !self.phrases.rules.chinese => {
                kind = kind.or(Some(Kind::LowerBound));
                next += 1;
            }
            _ => {}
        }
        self.ends_well(next)?;
        let high = phrase.high.unwrap_or(phrase.low);
        let amount = Amount {
            start: self.phrases.tokens.get(start)?.start,
            end: self.phrases.tokens.get(next.checked_sub(1)?)?.end,
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

    fn is_glued_point(&self, at: usize) -> bool {
        let token = self.phrases.tokens.get(at);
        token.is_some_and(|token| token.glued && matches!(token.sense, Sense::Point))
    }

    /// Adds minor units: «14 теңге 87 тиын», «3元5角». Returns the token after them, or `None` if they do not fit.
    fn minor_units(&self, phrase: &mut Phrase, currency: Currency, mut next: usize) -> Option<usize> {
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
            let limit = super::value::Value::integer(10_u64.checked_pow(minor.checked_sub(places)?.into())?);
            let whole = &mut phrase.low;
            if let Some(grouped) = whole.if_grouped.take() {
                (whole.value, whole.significant_digits) = (grouped, grouped.significant_digits());
            }
            if !part.low.value.is_integer() || !part.low.value.is_below(limit) || part.high.is_some() {
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

    /// Checks the text directly after an amount: a name such as «евро-5» or a pair such as `USD/KZT` is none.
    fn ends_well(&self, next: usize) -> Option<()> {
        let last = self.phrases.tokens.get(next.checked_sub(1)?)?;
        let rest = self.text.get(last.end..)?;
        let mut after = rest.chars();
        let (first, second) = (after.next(), after.next());
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_numeric());
        let is_fine = match first {
            Some('-' | '\u{2010}' | '\u{2011}') => !is_digit(second),
            Some('/') if matches!(last.sense, Sense::Mark(_) | Sense::WeakMark(_)) => {
                !second.is_some_and(char::is_alphabetic)
            }
            Some(c) if c.is_numeric() => self.phrases.rules.chinese,
            _ => true,
        };
        is_fine.then_some(())
    }
}

/// Whether an amount may begin with this meaning.
fn is_start(sense: &Sense) -> bool {
    let is_limit = matches!(
        sense,
        Sense::Hedge(_)
            | Sense::From
            | Sense::FromChange
            | Sense::Between
            | Sense::UpTo
            | Sense::To
            | Sense::Article
    );
    let is_rest = matches!(
        sense,
        Sense::Indefinite | Sense::Unreadable | Sense::Surplus | Sense::Whole | Sense::Fraction(_)
    );
    is_limit || (sense.is_number() && !is_rest)
}
