//! Numbers: figures, numerals and magnitudes, in languages with spaces between words.
//!
//! A quantity is a sum of terms, each a number with a magnitude, in falling order: `2 млрд 300 млн`. Terms that are not one number are no quantity.
//! One separator before exactly three digits has two values, `value` and `if_grouped`. A magnitude after it or the language settles which; if
//! neither does, the quantity stays open.
//!
//! | text | terms | quantity |
//! |---|---|---|
//! | «7 трлн 163 млрд» | 7 · 10¹², 163 · 10⁹ | 7,163,000,000,000 |
//! | «тысяча двести», «мың алты жүз» | 1 · 10³, 200; 1 · 10³, 600 | a magnitude alone is one, if it is the first term |
//! | «1,5 млрд 200 млн» | 1.5 · 10⁹ | ends after the decimals; what follows is no part of it, so no number reaches a mark after it |
//! | «5 тысяч миллионов», «300 млн 2 млрд» | | none: each term must have a smaller magnitude than the one before |
//! | «миллиона два» | | none: the number after a bare magnitude makes it "about two millions" |
//! | "$5 billion 10-year bonds" | 5 · 10⁹ | digits without a magnitude are a term only if the amount goes on after them (`goes_on`); `after` then leaves the amount alone, because a number follows |
//! | «3 (три) миллиона» | 3 · 10⁶ | the number is repeated in words, which must agree |
//! | `$500-million`, `$5k` | 500 · 10⁶, 5 · 10³ | a hyphen may stand before a magnitude; a letter must touch the digits |

use super::amount::Kind;
use super::figure::Figure;
use super::lexicon::Rules;
use super::numerals;
use super::part::{Digit, Part};
use super::sense::{Case, Form, Magnitude, Sense};
use super::token::Token;
use super::value::Value;

/// A number as one end of an amount: of a range the lower or the upper one, else both.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quantity {
    /// The value, or the one with the separator as the decimal mark if the text leaves two.
    pub(super) value: Value,
    /// The value if the separator before three digits groups, while the text has not settled it.
    pub(super) if_grouped: Option<Value>,
    /// Those that the text states: of one term those before its magnitude, of several those of the sum.
    pub(super) significant_digits: u32,
    /// The zeros of the last magnitude, which the lower end of a range may share. `None` if the last term has no magnitude.
    pub(super) zeros: Option<u8>,
    /// Whether it is one number with at most one magnitude.
    pub(super) is_single: bool,
    /// The figure, if there are neither words nor a magnitude.
    pub(super) figure: Option<Figure>,
    /// The case of its last word: the ablative makes it the lower end of a range.
    pub(super) case: Case,
    /// The limit in it: «300 с лишним тысяч», «үш миллиондай».
    pub(super) kind: Option<Kind>,
    /// The numeral below ten, or the hundreds, if it is only that.
    pub(super) numeral: Option<Digit>,
}

/// Reads the number that starts at a token. Returns it and the token after it.
pub(super) fn read(tokens: &[Token], at: usize, rules: &Rules) -> Option<(Quantity, usize)> {
    let mut sum = Sum::default();
    let mut next = at;
    while let Some((part, magnitude, after)) = term(tokens, next, rules, sum.last) {
        // The text after a point is another sentence, unless it goes on with a smaller magnitude.
        let is_after_point = next > at
            && matches!(tokens.get(next - 1), Some(token) if matches!(token.sense, Sense::Point));
        if is_after_point && magnitude.is_none() {
            break;
        }
        // «Миллиона два» is about two millions.
        if magnitude.is_none() && sum.is_bare && sum.last.is_some_and(|zeros| zeros >= 6) {
            return None;
        }
        let is_rest = magnitude.is_none() && sum.last.is_some();
        if is_rest && part.case == Case::Plain && !goes_on(tokens, after) {
            break;
        }
        sum.is_bare |= sum.quantity.is_none() && part.next == next;
        sum.add(&part, magnitude)?;
        next = after;
        if magnitude.is_none() {
            break;
        }
        if let Some(point) = tokens.get(next)
            && matches!(point.sense, Sense::Point)
            && point.glued
            && magnitude.is_some_and(|magnitude| magnitude.case == Case::Short)
            && tokens.get(next + 1).is_some_and(|more| {
                more.sense.is_number()
                    || matches!(more.sense, Sense::Open | Sense::Close | Sense::Dash)
                    || goes_on(tokens, next + 1)
            })
        {
            next += 1;
        }
        if sum.is_closed {
            break;
        }
    }
    Some((sum.quantity?, next))
}

/// Whether the amount goes on at a token. Without that the digits after a magnitude count something else: «$5 млн 300 гостям», "$5 billion 10-year bonds".
fn goes_on(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else {
        return false;
    };
    let next = tokens.get(at + 1).map(|next| next.sense);
    match token.sense {
        Sense::Home(_) | Sense::Pair | Sense::Surplus => true,
        Sense::Dash | Sense::UpTo | Sense::To => {
            next.is_some_and(|next| next.is_number() || next.is_money())
        }
        // «2 тысячи 500 (две тысячи пятьсот) тенге»
        Sense::Open => {
            let inside = tokens.iter().skip(at + 1);
            let inside = inside.take_while(|token| !matches!(token.sense, Sense::Close));
            let has_money = inside.clone().any(|token| token.sense.is_money());
            !has_money && goes_on(tokens, at + 1 + inside.count())
        }
        Sense::Close => next.is_some_and(|next| next.is_money() || matches!(next, Sense::Home(_))),
        // The mark of the number after it: "$5 million 300 US$19".
        Sense::Mark(_) | Sense::WeakMark(_) => !next.is_some_and(|next| next.is_number()),
        sense => sense.is_money(),
    }
}

/// The terms read so far: seven trillions, 163 milliards.
#[derive(Default)]
struct Sum {
    quantity: Option<Quantity>,
    /// The zeros of the last magnitude.
    last: Option<u8>,
    /// Whether the first term is a magnitude without a number.
    is_bare: bool,
    /// Whether no smaller term can follow: after decimals.
    is_closed: bool,
}

impl Sum {
    /// Returns `None` if the terms are not one number.
    fn add(&mut self, part: &Part, magnitude: Option<Magnitude>) -> Option<()> {
        let value = match magnitude {
            Some(magnitude) => part.value.shifted(magnitude.zeros)?,
            None => part.value,
        };
        let case = magnitude.map_or(part.case, |magnitude| magnitude.case);
        let kind = part.kind.or((case == Case::Similar).then_some(Kind::About));
        let zeros = magnitude.map(|magnitude| magnitude.zeros);
        let Some(sum) = &mut self.quantity else {
            self.is_closed =
                !part.value.is_integer() || part.if_grouped.is_some() || part.kind.is_some();
            self.last = zeros;
            self.quantity = Some(Quantity {
                value,
                if_grouped: part.if_grouped.filter(|_| magnitude.is_none()),
                significant_digits: part.value.significant_digits(),
                zeros,
                is_single: true,
                figure: part.figure.filter(|_| magnitude.is_none()),
                case,
                kind,
                numeral: part.numeral,
            });
            return Some(());
        };
        let limit = Value::integer(1).shifted(self.last?)?;
        if !part.value.is_integer() || part.if_grouped.is_some() || !value.is_below(limit) {
            return None;
        }
        self.last = zeros;
        self.is_closed = zeros.is_none();
        *sum = Quantity {
            value: sum.value.plus(value)?,
            if_grouped: None,
            zeros,
            is_single: false,
            figure: None,
            case,
            kind,
            ..*sum
        };
        sum.significant_digits = sum.value.significant_digits();
        Some(())
    }
}

/// Reads a number with its magnitude. `last` has the zeros of the magnitude before.
fn term(
    tokens: &[Token],
    at: usize,
    rules: &Rules,
    last: Option<u8>,
) -> Option<(Part, Option<Magnitude>, usize)> {
    let token = tokens.get(at)?;
    if let Sense::HalfMagnitude(zeros) = token.sense {
        let half = Part::new(Value::new(5, 1)?.shifted(zeros)?, at + 1);
        return last.is_none().then_some((half, None, at + 1));
    }
    // A magnitude alone is one: «мың алты жүз».
    if let Some(magnitude) = magnitude_at(tokens, at)
        && magnitude.form == Form::Singular
        && last.is_none()
    {
        return Some((Part::new(Value::integer(1), at), Some(magnitude), at + 1));
    }
    let part = part(tokens, at, rules)?;
    let mut next = part.next;
    // «$500-million».
    if let (Some(dash), Some(after)) = (tokens.get(next), tokens.get(next + 1))
        && matches!(
            (dash.sense, after.sense),
            (Sense::Dash, Sense::Magnitude(_))
        )
        && dash.glued
        && after.glued
    {
        next += 1;
    }
    let Some(magnitude) = magnitude_at(tokens, next).filter(|_| part.case == Case::Plain) else {
        return (!part.needs_magnitude).then_some((part, None, part.next));
    };
    if last.is_some_and(|last| magnitude.zeros >= last) {
        return None;
    }
    if magnitude.form == Form::Glued && (part.figure.is_none() || !tokens.get(next)?.glued) {
        return None;
    }
    let (case, next) = suffix(tokens, next + 1, magnitude.case);
    Some((part, Some(Magnitude { case, ..magnitude }), next))
}

/// The magnitude at a token, if it is one.
fn magnitude_at(tokens: &[Token], at: usize) -> Option<Magnitude> {
    match tokens.get(at)?.sense {
        Sense::Magnitude(magnitude) => Some(magnitude),
        _ => None,
    }
}

/// A case ending after digits or an abbreviation: «9-дан», «100 dan», «20dan».
fn suffix(tokens: &[Token], at: usize, case: Case) -> (Case, usize) {
    match (tokens.get(at), tokens.get(at + 1)) {
        (Some(dash), Some(ending)) if matches!(dash.sense, Sense::Dash) && ending.glued => {
            match ending.sense {
                Sense::Suffix(case) if dash.glued => (case, at + 2),
                _ => (case, at),
            }
        }
        (Some(ending), _) => match ending.sense {
            Sense::Suffix(case) => (case, at + 1),
            _ => (case, at),
        },
        (None, _) => (case, at),
    }
}

/// Reads the number before a magnitude or a unit: a figure, a half or a quarter, or a numeral, with what may follow it in this order: its repetition
/// in brackets, "and a half", «с лишним», a case ending after digits.
fn part(tokens: &[Token], at: usize, rules: &Rules) -> Option<Part> {
    let is_magnitude = |at: usize| {
        let next = tokens.get(at).map(|token| token.sense);
        matches!(next, Some(Sense::Magnitude(_)))
    };
    let fraction = |digits: u64, places: u8| {
        let mut part = Part::new(Value::new(digits, places)?, at + 1);
        part.needs_magnitude = true;
        is_magnitude(at + 1).then_some(part)
    };
    let mut part = match tokens.get(at)?.sense {
        Sense::Figure(figure) => match spaced_decimal(tokens, at, figure, rules) {
            Some(part) => part,
            None => self::figure(figure, at + 1, rules)?,
        },
        Sense::Half | Sense::HalfOf => return fraction(5, 1),
        Sense::QuarterOf => return fraction(25, 2),
        Sense::OneAndHalf => Part::new(Value::new(15, 1)?, at + 1),
        _ => numerals::read(tokens, at, rules)?,
    };
    if part.figure.is_some() {
        part.next = after_repetition(tokens, part, rules);
    }
    if matches!(
        tokens.get(part.next).map(|token| token.sense),
        Some(Sense::Half)
    ) {
        if !part.value.is_integer() || part.if_grouped.is_some() {
            return None;
        }
        part.value = part.value.plus(Value::new(5, 1)?)?;
        part.next += 1;
    }
    if matches!(
        tokens.get(part.next).map(|token| token.sense),
        Some(Sense::Surplus)
    ) {
        part.kind = Some(Kind::LowerBound);
        part.next += 1;
    }
    if part.figure.is_some() {
        (part.case, part.next) = suffix(tokens, part.next, part.case);
    }
    Some(part)
}

/// The token after «(три)» in «3 (три) миллиона»: the number in words before its magnitude.
fn after_repetition(tokens: &[Token], part: Part, rules: &Rules) -> usize {
    let repetition = || {
        if !matches!(tokens.get(part.next)?.sense, Sense::Open) {
            return None;
        }
        let again = numerals::read(tokens, part.next + 1, rules)?;
        let closes = matches!(tokens.get(again.next)?.sense, Sense::Close);
        let counts = matches!(tokens.get(again.next + 1)?.sense, Sense::Magnitude(_));
        (closes && counts && again.value.equals(part.value)).then_some(again.next + 1)
    };
    repetition().unwrap_or(part.next)
}

/// «481, 29 теңге»: two decimals after a comma and a space, directly before the unit.
fn spaced_decimal(tokens: &[Token], at: usize, whole: Figure, rules: &Rules) -> Option<Part> {
    let (comma, cents) = (tokens.get(at + 1)?, tokens.get(at + 2)?);
    let Sense::Figure(figure) = cents.sense else {
        return None;
    };
    let is_decimal = rules.spaced_decimals
        && matches!(comma.sense, Sense::Comma)
        && comma.glued
        && !cents.glued
        && figure.plain == Some(2)
        && whole.plain.is_some_and(|digits| digits > 1)
        && !whole.is_year()
        && matches!(tokens.get(at + 3)?.sense, Sense::Unit(..));
    let value = whole
        .plain_value()?
        .plus(figure.plain_value()?.divided(2)?)?;
    let part = Part {
        figure: Some(Figure {
            plain: None,
            ..whole
        }),
        ..Part::new(value, at + 3)
    };
    is_decimal.then_some(part)
}

/// The number of a figure, by the choice of the caller if the separator leaves two. Returns `None` if it is unreadable.
fn figure(figure: Figure, next: usize, rules: &Rules) -> Option<Part> {
    let (value, if_grouped) = rules.choice.of_figure(figure.reading.values()?);
    Some(Part {
        if_grouped,
        figure: Some(figure),
        ..Part::new(value, next)
    })
}
