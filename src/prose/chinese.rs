//! Chinese numbers: figures and numerals in groups of ten thousand.

use super::amount::Kind;
use super::figure::Figure;
use super::lexicon::Rules;
use super::quantity::Quantity;
use super::sense::{Case, Rank, Sense};
use super::token::Token;
use super::value::Value;

/// Reads the number that starts at a token. Returns it and the token after it.
pub(super) fn read(tokens: &[Token], at: usize, rules: &Rules) -> Option<(Quantity, usize)> {
    let mut number = Number {
        total: Value::integer(0),
        section: Value::integer(0),
        atom: None,
        last_power: None,
        last_magnitude: None,
        terms: 0,
        shift: 0,
        is_exact: true,
        needs_zero: false,
        significant: 0,
        first_figure: None,
        if_grouped: None,
        kind: None,
    };
    let mut next = at;
    while let Some(token) = tokens.get(next) {
        let taken = match token.sense {
            Sense::Figure(figure) => {
                let (value, if_grouped) = rules.choice.of_figure(figure.reading.values()?);
                if next == at {
                    number.first_figure = Some(figure);
                    number.if_grouped = if_grouped;
                } else if if_grouped.is_some() {
                    return None;
                }
                number.take_atom(value)?;
                1
            }
            Sense::Numeral(0, ..) if next > at => {
                number.needs_zero = false;
                1
            }
            Sense::Numeral(value, ..) => {
                let (value, length) = with_decimals(tokens, next, value)?;
                number.take_atom(value)?;
                length
            }
            Sense::Power(zeros) => {
                number.take_power(zeros)?;
                1
            }
            Sense::Magnitude(magnitude) => {
                let before = tokens.get(next.checked_sub(1)?)?;
                number.take_magnitude(magnitude.zeros, before)?;
                1
            }
            Sense::Surplus if next > at => {
                number.kind = Some(Kind::LowerBound);
                1
            }
            _ => break,
        };
        next += taken;
    }
    let is_figure = next == at + 1;
    number.finish(is_figure).map(|quantity| (quantity, next))
}

struct Number {
    /// The sum of the sections with their magnitudes.
    total: Value,
    /// The sum below the next magnitude.
    section: Value,
    /// The digits after the last power or magnitude.
    atom: Option<Value>,
    last_power: Option<u8>,
    last_magnitude: Option<u8>,
    terms: u32,
    /// The zeros of all powers and magnitudes.
    shift: u8,
    /// Whether all atoms are integers.
    is_exact: bool,
    /// Whether a numeral without a power would be unclear: 三万五 is 35,000.
    needs_zero: bool,
    significant: u32,
    first_figure: Option<Figure>,
    if_grouped: Option<Value>,
    kind: Option<Kind>,
}

impl Number {
    fn take_atom(&mut self, value: Value) -> Option<()> {
        // Two numbers side by side, and anything after decimals, are not one number.
        if self.atom.is_some()
            || !self.is_exact
            || (self.last_magnitude.is_some() && !value.is_integer())
        {
            return None;
        }
        self.is_exact = value.is_integer();
        self.significant = self.significant.max(value.significant_digits());
        self.atom = Some(value);
        self.terms += 1;
        Some(())
    }

    fn take_power(&mut self, zeros: u8) -> Option<()> {
        if self.last_power.is_some_and(|last| zeros >= last) {
            return None;
        }
        // Ten may begin a number; a hundred without a digit is indefinite.
        let is_bare_ten = zeros == 1 && self.terms == 0;
        let digit = self
            .atom
            .take()
            .or(is_bare_ten.then(|| Value::integer(1)))?;
        self.section = self.section.plus(digit.shifted(zeros)?)?;
        self.terms = self.terms.max(1);
        self.significant = self.significant.max(1);
        self.last_power = Some(zeros);
        self.shift = self.shift.saturating_add(zeros);
        self.needs_zero = zeros > 1;
        Some(())
    }

    fn take_magnitude(&mut self, zeros: u8, before: &Token) -> Option<()> {
        let is_double = matches!(before.sense, Sense::Magnitude(_));
        if is_double {
            // 万亿: a million millions.
            if self.last_magnitude != Some(4) || zeros != 8 {
                return None;
            }
            self.total = self.total.shifted(zeros)?;
            self.shift = self.shift.saturating_add(zeros);
            self.last_magnitude = Some(12);
            return Some(());
        }
        if self.last_magnitude.is_some_and(|last| zeros >= last) || self.terms == 0 {
            return None;
        }
        let section = match self.atom.take() {
            Some(atom) => self.section.plus(atom)?,
            None => self.section,
        };
        if section.is_zero() {
            return None;
        }
        let value = section.shifted(zeros)?;
        if let Some(last) = self.last_magnitude
            && !value.is_below(Value::integer(1).shifted(last)?)
        {
            return None;
        }
        self.total = self.total.plus(value)?;
        self.shift = self.shift.saturating_add(zeros);
        self.section = Value::integer(0);
        (self.last_power, self.last_magnitude) = (None, Some(zeros));
        self.needs_zero = true;
        Some(())
    }

    fn finish(self, is_figure: bool) -> Option<Quantity> {
        let mut value = self.total.plus(self.section)?;
        if let Some(atom) = self.atom {
            let is_numeral = self.first_figure.is_none();
            if (self.needs_zero && is_numeral) || (self.terms > 1 && !self.is_exact) {
                return None;
            }
            if let Some(last) = self.last_magnitude
                && !atom.is_below(Value::integer(1).shifted(last)?)
            {
                return None;
            }
            value = value.plus(atom)?;
        }
        if self.terms == 0 {
            return None;
        }
        Some(Quantity {
            value,
            if_grouped: self.if_grouped.filter(|_| is_figure),
            significant_digits: if self.terms > 1 {
                value.significant_digits()
            } else {
                self.significant
            },
            zeros: (self.shift > 0 && self.atom.is_none()).then_some(self.shift),
            is_single: self.terms == 1,
            figure: self.first_figure.filter(|_| is_figure),
            case: Case::Plain,
            kind: self.kind,
            numeral: None,
        })
    }
}

/// A numeral, or numerals with decimals: 十五点八 is read from its last digit before the point on.
fn with_decimals(tokens: &[Token], at: usize, whole: u16) -> Option<(Value, usize)> {
    let mut value = Value::integer(u64::from(whole));
    if !matches!(
        tokens.get(at + 1).map(|token| token.sense),
        Some(Sense::Whole)
    ) {
        return Some((value, 1));
    }
    let digits = tokens.get(at + 2..).unwrap_or_default().iter();
    let digits = digits.map_while(|token| match token.sense {
        Sense::Numeral(digit, Rank::Unit, _) => Some(u64::from(digit)),
        _ => None,
    });
    let mut places = 0_u8;
    for digit in digits {
        places += 1;
        value = value.plus(Value::new(digit, places)?)?;
    }
    (places > 0).then_some((value, 2 + usize::from(places)))
}
