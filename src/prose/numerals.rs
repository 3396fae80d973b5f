//! Numerals in words, up to a thousand, with decimals.
//!
//! A numeral below a thousand is read word by word, each of a lower [`Rank`] than the one before, so that words that are no number together are not
//! added: the numeral ends before «бес» in «екі бес мың», and no number reaches the magnitude. [`quantity`](super::quantity) adds the magnitudes.
//!
//! | words | value |
//! |---|---|
//! | «үш жүз елу», «триста пятьдесят», "three hundred and fifty" | 350 |
//! | "twenty-five", "a hundred" | 25, 100 |
//! | «екі бүтін жүзден жиырма бес» | 2.25: the denominator stands before the decimals, in the ablative |
//! | «две целых пять десятых» | 2.5: the denominator stands after them |
//! | «тоқсан бүтін төрт» | 90.4: one digit without a denominator |
//! | «отыз үш те алты миллиард» | 33.6, and only before a magnitude: «те» also means "and" |
//! | "a million" | 1, and only before a magnitude |

use super::lexicon::Rules;
use super::part::{Digit, Part};
use super::sense::{Case, Rank, Sense};
use super::token::Token;
use super::value::Value;

/// Reads the numeral that starts at a token.
pub(super) fn read(tokens: &[Token], at: usize, rules: &Rules) -> Option<Part> {
    let whole = group(tokens, at, rules)?;
    let sense = |at: usize| tokens.get(at).map(|token| token.sense);
    match sense(whole.next) {
        Some(Sense::Whole) => decimals(tokens, &whole, rules),
        // «он алты да тоғыз миллиард» is 16.9: one digit, before a magnitude.
        Some(Sense::DecimalAnd) => {
            let digit = match sense(whole.next + 1)? {
                Sense::Numeral(digit, Rank::Unit, Case::Plain) => digit,
                _ => return None,
            };
            let value = whole.value.plus(Value::new(u64::from(digit), 1)?)?;
            let next = whole.next + 2;
            let part = Part {
                needs_magnitude: true,
                ..Part::new(value, next)
            };
            matches!(sense(next)?, Sense::Magnitude(_)).then_some(part)
        }
        _ => Some(whole),
    }
}

/// Reads the decimals after бүтін or целых: «бүтін оннан алты», «бүтін төрт», «целых шесть десятых».
fn decimals(tokens: &[Token], whole: &Part, rules: &Rules) -> Option<Part> {
    let mut at = whole.next + 1;
    let places = match tokens.get(at)?.sense {
        Sense::Numeral(10, _, Case::Ablative) => Some(1),
        Sense::Hundred(Case::Ablative) => Some(2),
        Sense::Magnitude(magnitude) if magnitude.case == Case::Ablative && magnitude.zeros == 3 => {
            Some(3)
        }
        _ => None,
    };
    at += usize::from(places.is_some());
    let digits = group(tokens, at, rules)?;
    let named = match tokens.get(digits.next).map(|token| token.sense) {
        Some(Sense::Fraction(places)) => Some(places),
        _ => None,
    };
    let places = match (places, named) {
        (Some(places), None) | (None, Some(places)) => places,
        // Without a denominator it is one digit.
        (None, None) if digits.value.is_below(Value::integer(10)) => 1,
        _ => return None,
    };
    if !digits
        .value
        .is_below(Value::integer(10_u64.checked_pow(places.into())?))
    {
        return None;
    }
    let value = whole.value.plus(digits.value.divided(places)?)?;
    Some(Part::new(value, digits.next + usize::from(named.is_some())))
}

/// Reads a numeral below a thousand. A case ends it: «жүзден» is the start of a range or the denominator of decimals.
fn group(tokens: &[Token], at: usize, rules: &Rules) -> Option<Part> {
    let mut value = 0_u16;
    // The rank of the last numeral: the next one must be lower.
    let mut last: Option<Rank> = None;
    let mut digit = None;
    let mut case = Case::Plain;
    let mut next = at;
    if matches!(tokens.get(at)?.sense, Sense::Article) {
        // "A hundred", "a million".
        let after = tokens.get(at + 1)?.sense;
        if matches!(after, Sense::Magnitude(_)) {
            return Some(Part {
                needs_magnitude: true,
                ..Part::new(Value::integer(1), at + 1)
            });
        }
        if !matches!(after, Sense::Hundred(_)) {
            return None;
        }
        (value, last, next) = (1, Some(Rank::Unit), at + 1);
    }
    while case == Case::Plain {
        let start = next + connector(tokens, next, last, rules);
        let Some(token) = tokens.get(start) else {
            break;
        };
        match token.sense {
            Sense::Numeral(numeral, rank, of) if last.is_none_or(|last| follows(last, rank)) => {
                value = value.checked_add(numeral)?;
                digit = match (rank, last) {
                    (Rank::Unit, None) => Some(Digit::Unit),
                    (Rank::Hundreds, None) => Some(Digit::Hundreds),
                    _ => None,
                };
                (last, case) = (Some(rank), of);
            }
            Sense::Hundred(of) if value < 10 && last.is_none_or(|last| last == Rank::Unit) => {
                if value == 0 && !rules.bare_hundred {
                    return None;
                }
                value = value.max(1).checked_mul(100)?;
                (last, case, digit) = (Some(Rank::Hundreds), of, Some(Digit::Hundreds));
            }
            _ => break,
        }
        next = start + 1;
    }
    last?;
    Some(Part {
        case,
        numeral: digit,
        ..Part::new(Value::integer(u64::from(value)), next)
    })
}

/// Whether a numeral of a rank may stand after one of another.
fn follows(last: Rank, rank: Rank) -> bool {
    match last {
        Rank::Hundreds => rank != Rank::Hundreds,
        Rank::Ten => rank == Rank::Unit,
        Rank::Teen | Rank::Unit => false,
    }
}

/// The number of tokens between numerals: the hyphen of "twenty-five", the "and" of "one hundred and five".
fn connector(tokens: &[Token], at: usize, last: Option<Rank>, rules: &Rules) -> usize {
    let (Some(between), Some(after)) = (tokens.get(at), tokens.get(at + 1)) else {
        return 0;
    };
    let Sense::Numeral(_, rank, _) = after.sense else {
        return 0;
    };
    let joins = match between.sense {
        Sense::Dash => {
            between.glued && after.glued && last == Some(Rank::Ten) && rank == Rank::Unit
        }
        Sense::And => rules.and_in_numbers && last == Some(Rank::Hundreds),
        _ => false,
    };
    usize::from(joins)
}
