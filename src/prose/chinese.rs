//! Chinese numbers: figures and numerals in groups of ten thousand.
//!
//! A number is a sum of sections, multiplied by 万 (10⁴), 亿 (10⁸) or 万亿 (10¹²). A section is a sum of numerals multiplied by 千, 百 and 十, or a figure
//! of any length, as in `14781亿`. Both kinds of magnitude fall from left to right.
//!
//! | text | value | rule |
//! |---|---|---|
//! | `3.6万`, `14.2万亿` | 36,000, 14.2 · 10¹² | a figure and its magnitude |
//! | `5亿6千万` | 560,000,000 | 6千 is the section before 万 |
//! | `1亿2000万5000` | 120,005,000 | sections in digits |
//! | 三百五十万, 十五点八万 | 3,500,000, 158,000 | numerals; 十 may begin one, and 点 begins the decimals |
//! | 一百零五 | 105 | 零 fills the place of a power, so that the digit after it is units |
//! | 三万五 | none | without 零 the last digit may be thousands |
//! | 百万, 二三十万 | none | indefinite: no digit before 百, and two digits side by side |
//! | `100多万`, `30多` | at least 1,000,000, at least 30 | 多 and 余 may stand before or after the magnitude |

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

/// A number while it is read.
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
    /// The zeros of all powers and magnitudes: those that the lower end of a range shares, if there is one number with them.
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
    /// Takes digits or a numeral below ten. Returns `None` if it cannot follow what was read; so do the others.
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

    /// Takes 十, 百 or 千, which must be smaller than the one before it in its section.
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

    /// Takes 万 or 亿, which ends a section and must be smaller than the one before it, but for 亿 directly after 万.
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

    /// Returns the number, unless its last digit is unclear. `is_figure`: it is digits alone, and may be a year or have an unclear separator.
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
