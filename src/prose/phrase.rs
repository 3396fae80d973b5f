//! Numbers with the words that limit them: about five, from five to seven, 5–7.
//!
//! A range has two numbers of one magnitude: in «10–15 мың» the first takes the magnitude of the second. Ends that are more than a factor of a hundred
//! apart are no range unless words announce it ("from 5 to 7 million"), because a dash also stands between two things.
//!
//! | text | phrase |
//! |---|---|
//! | «от 100 до 150 тысяч», «екі-үш жүз мың», «9-дан 37 миллиард», «30至50亿» | a range; the ends share what stands after the second |
//! | «от 500 000 до 1 млн», «500–1 000» | a range; the first end has its value |
//! | «10–15 000» | none: the first end may be ten or ten thousand |
//! | «20-10», «5-10-15», «2000 – 1500» | none: the ends are not in order, or there are three |
//! | «от 1 до 500 млн» | 1 to 500 million: words announce the range, so that its width does not matter |
//! | «2024-25» in Kazakh | none: the ends are not in order, and a year has no decimals; «419-03» is 419.03 |
//! | «от 7 млн», «более 7 млн», «5 с лишним млн» | at least |
//! | «до 7 млн», «не более 7 млн» | at most, but «вырос до 7 млн» is a new value ([`Phrases::up_to`]) |
//! | «менее чем на 2 млрд» | at most; «меньше на 2 млрд» is a difference without a limit ([`Phrases::is_difference`]) |
//! | «5 000 (пять тысяч)» | the same number twice; another number in the brackets leaves the text without an amount |
//!
//! A limit before a number wins over one in it, and that over one after it. A range is a [`Kind::Range`], whatever limits stand around it.

use super::amount::Kind;
use super::chinese;
use super::lexicon::Rules;
use super::part::Digit;
use super::quantity::{self, Quantity};
use super::sense::{Case, Sense};
use super::token::Token;

/// The zeros of the factor that the ends of a range may be apart, if no words such as "from" announce it.
const WIDEST: u8 = 2;

/// One number or a range, with its limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phrase {
    /// The number, or the lower end of the range.
    pub(super) low: Quantity,
    /// The upper end of a range.
    pub(super) high: Option<Quantity>,
    /// The limit that the words before and in it set; `None` if a word after the mark may still set one.
    pub(super) kind: Option<Kind>,
    /// The token after it.
    pub(super) next: usize,
}

/// The tokens of a region, as a phrase reads them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phrases<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) rules: &'a Rules,
}

impl Phrases<'_> {
    /// The meaning of a token. Returns `None` after the last one.
    pub(super) fn sense(&self, at: usize) -> Option<Sense> {
        self.tokens.get(at).map(|token| token.sense)
    }

    /// Reads limits before a number. Returns the limit and the token after it.
    pub(super) fn limits(&self, mut at: usize) -> (Option<Kind>, usize) {
        let mut kind = None;
        while let Some(Sense::Hedge(found)) = self.sense(at) {
            if !self.is_difference(at) {
                kind = kind.or(Some(found));
            }
            at += 1;
            while matches!(self.sense(at), Some(Sense::Filler | Sense::By)) {
                at += 1;
            }
        }
        (kind, at)
    }

    /// Whether a limit is a comparative of one word before «на»: «меньше на 2 млрд» is a difference, «менее чем на 2 млрд» a limit.
    pub(super) fn is_difference(&self, at: usize) -> bool {
        const LONGEST: usize = "меньше".len();
        let is_short = self
            .tokens
            .get(at)
            .is_some_and(|token| token.end - token.start <= LONGEST);
        is_short && matches!(self.sense(at + 1), Some(Sense::By))
    }

    /// Reads the phrase that starts at a token, up to the unit.
    pub(super) fn read(&self, at: usize) -> Option<Phrase> {
        let (kind, start) = self.limits(at);
        let mut phrase = match self.sense(start)? {
            Sense::From => self.from(start + 1, Some(Kind::LowerBound))?,
            Sense::FromChange => self.from(start + 1, None)?,
            Sense::Between => self.between(start + 1)?,
            Sense::UpTo => {
                let (_, number) = self.limits(start + 1);
                Phrase {
                    kind: self.up_to(start),
                    ..self.numbers(number)?
                }
            }
            Sense::To => self.single(start + 1)?,
            _ => self.numbers(start)?,
        };
        phrase.kind = kind.or(phrase.kind);
        self.limit_after_number(&mut phrase);
        self.repeated(&mut phrase)?;
        Some(phrase)
    }

    /// The limit of a "до": after «вырос» and after an amount, «с 3 тенге до 5 тенге», there is no limit.
    pub(super) fn up_to(&self, at: usize) -> Option<Kind> {
        let before = at.checked_sub(1).and_then(|at| self.sense(at));
        let is_change = matches!(
            before,
            Some(Sense::Change | Sense::Unit(..) | Sense::Mark(_) | Sense::WeakMark(_))
        );
        (!is_change).then_some(Kind::UpperBound)
    }

    /// The numbers after a mark: `$10–12 млрд`.
    pub(super) fn numbers(&self, at: usize) -> Option<Phrase> {
        let low = self.single(at)?;
        let between = low.next;
        match self.sense(between) {
            Some(Sense::Dash) => self.dash(low),
            Some(Sense::Pair) => self.range(low, between + 1, true),
            Some(Sense::To) if self.starts_number(between + 1) => {
                self.range(low, between + 1, true)
            }
            Some(_) if low.low.case == Case::Ablative && self.starts_number(between) => {
                self.range(low, between, true)
            }
            _ => Some(low),
        }
    }

    /// Reads one number, in Chinese or in a language with spaces. A limit may be in it.
    pub(super) fn single(&self, at: usize) -> Option<Phrase> {
        let (low, next) = if self.rules.chinese {
            chinese::read(self.tokens, at, self.rules)?
        } else {
            quantity::read(self.tokens, at, self.rules)?
        };
        Some(Phrase {
            low,
            high: None,
            kind: low.kind,
            next,
        })
    }

    /// "From A to B", or "from A".
    fn from(&self, at: usize, alone: Option<Kind>) -> Option<Phrase> {
        let (_, at) = self.limits(at);
        let low = self.single(at)?;
        match self.sense(low.next) {
            Some(Sense::UpTo | Sense::To) => {
                let (_, at) = self.limits(low.next + 1);
                self.range(low, at, false)
            }
            Some(Sense::Dash) => self.dash(low),
            _ => Some(Phrase { kind: alone, ..low }),
        }
    }

    /// "Between A and B".
    fn between(&self, at: usize) -> Option<Phrase> {
        let low = self.single(at)?;
        match self.sense(low.next)? {
            Sense::And => self.range(low, low.next + 1, false),
            _ => None,
        }
    }

    /// A number, a dash and a number: a range, or the decimals of rates, «419-03».
    fn dash(&self, low: Phrase) -> Option<Phrase> {
        let (dash, after) = (self.tokens.get(low.next)?, self.tokens.get(low.next + 1));
        let Some(after) = after.filter(|after| after.sense.is_number()) else {
            // The dash of «300-million-tenge» stands before the unit.
            return Some(low);
        };
        if dash.glued != after.glued {
            return None;
        }
        if let Some(decimal) = self.hyphen_decimal(&low, dash.glued) {
            return Some(decimal);
        }
        self.range(low, low.next + 1, true)
    }

    /// «419-03» as 419.03, in Kazakh: two digits after a hyphen that touches both numbers, as a smaller number, at the end of the number. Returns
    /// `None` if it is a range.
    fn hyphen_decimal(&self, low: &Phrase, is_glued: bool) -> Option<Phrase> {
        let Sense::Figure(after) = self.sense(low.next + 1)? else {
            return None;
        };
        let whole = low.low.figure?.plain_value()?;
        let cents = after.plain_value().filter(|_| after.plain == Some(2))?;
        let is_end = !matches!(self.sense(low.next + 2)?, Sense::Magnitude(_));
        let is_year = low.low.figure.is_some_and(|figure| figure.is_year());
        if !self.rules.hyphen_decimals || !is_glued || !is_end || is_year || !cents.is_below(whole)
        {
            return None;
        }
        let value = whole.plus(cents.divided(2)?)?;
        let low_value = Quantity {
            value,
            significant_digits: value.significant_digits(),
            figure: None,
            ..low.low
        };
        Some(Phrase {
            low: low_value,
            next: low.next + 2,
            ..*low
        })
    }

    /// Reads the upper end of a range. Returns `None` if the ends do not fit together: half of a range is never an amount.
    fn range(&self, low: Phrase, at: usize, is_narrow: bool) -> Option<Phrase> {
        let high = self.single(at)?;
        let (first, last) = shared(&low.low, &high.low)?;
        if is_narrow && !last.value.is_below(first.value.shifted(WIDEST)?) {
            return None;
        }
        if matches!(self.sense(high.next), Some(Sense::Dash))
            && self.tokens.get(high.next + 1)?.sense.is_number()
        {
            return None;
        }
        Some(Phrase {
            low: first,
            high: Some(last),
            kind: Some(Kind::Range),
            next: high.next,
        })
    }

    /// Whether a number, readable or not, begins at a token or goes on there.
    pub(super) fn starts_number(&self, at: usize) -> bool {
        self.sense(at).is_some_and(|sense| sense.is_number())
    }

    /// «500-ден астам теңге», «үш мыңға жуық теңге».
    fn limit_after_number(&self, phrase: &mut Phrase) {
        if matches!(self.sense(phrase.next), Some(Sense::Surplus)) {
            phrase.kind = phrase.kind.or(Some(Kind::LowerBound));
            phrase.next += 1;
        }
        let last = phrase.high.unwrap_or(phrase.low);
        if matches!(last.case, Case::Plain | Case::Short) {
            return;
        }
        if last.case == Case::Limit {
            phrase.kind = phrase.kind.or(Some(Kind::UpperBound));
        }
        if let Some(Sense::HedgeAfter(kind)) = self.sense(phrase.next) {
            phrase.kind = phrase.kind.or(Some(kind));
            phrase.next += 1;
        }
    }

    /// «5 000 000 (пять миллионов)»: the same number in words.
    fn repeated(&self, phrase: &mut Phrase) -> Option<()> {
        if !matches!(self.sense(phrase.next), Some(Sense::Open)) {
            return Some(());
        }
        let again = self.single(phrase.next + 1)?;
        let same = again.low.value.equals(phrase.low.value) && phrase.high.is_none();
        let is_closed = matches!(self.sense(again.next)?, Sense::Close);
        if !same || !is_closed || phrase.low.if_grouped.is_some() {
            return None;
        }
        phrase.next = again.next + 1;
        Some(())
    }
}

/// The ends of a range, with the magnitude of the upper end for both if it stands once: «10–15 мың».
pub(super) fn shared(low: &Quantity, high: &Quantity) -> Option<(Quantity, Quantity)> {
    let mut low = *low;
    if low.zeros.is_none() {
        // «екі-үш жүз» are hundreds.
        let is_hundreds = (low.numeral, high.numeral) == (Some(Digit::Unit), Some(Digit::Hundreds));
        let hundreds = if is_hundreds { 2 } else { 0 };
        let zeros = high.zeros.filter(|_| high.is_single).unwrap_or(0);
        let scaled = low.value.shifted(zeros.checked_add(hundreds)?)?;
        if zeros > 0 && scaled.is_below(high.value) {
            low.if_grouped = None;
            low.value = scaled;
        } else {
            low.value = low.value.shifted(hundreds)?;
            // «10–15 000» may be thousands.
            if low.value.shifted(WIDEST)?.is_below(high.value) {
                return None;
            }
        }
    }
    if low.if_grouped.is_some() || high.if_grouped.is_some() || low.value.is_zero() {
        return None;
    }
    low.value.is_below(high.value).then_some((low, *high))
}
