//! The text that may stand before an amount. The rest of an amount that was half understood is never read as one.
//!
//! An amount that was half understood is the worst case: «первый миллион тенге» is no million, "in 2024 KZT 500 mln" has a year before it, and
//! a range whose first end was not read would become its second end. So the token before an amount must be one that cannot belong to it.
//!
//! | before the amount | the amount begins | reason |
//! |---|---|---|
//! | the start of the text, a space after a word or after most signs | yes | |
//! | `№`, `#`, `+`, `×`, `*`, with a space too; a letter or another sign directly before it | no | a number of a thing, a signed or an unknown number |
//! | `«`, `"`, `[`, `>`, a bullet, a zero-width space | yes | quotation marks, markup, lists |
//! | `:`, `;`, `!`, `?`, `…` | yes, but not after a digit | `15:30` and `4:2` are times and scores |
//! | a minus, a hyphen that touches it, a case ending | no | negative amounts, names such as `Boeing-737` |
//! | another number | no | but after a year: «2024 2,3 млрд», unless it could be a group of it: `2024 500` |
//! | a comma, with a space | yes | not one or two digits after a number: «5, 7 млн» is a list or a decimal number |
//! | "and" after a number | in a list | not in "between five and six", nor "a hundred and five" |
//! | "or", «пен», a decimal «де» after a number | no | the first number belongs to it |
//! | an ordinal or adjective, «әр» (each) | with digits or a numeral only | «первый миллион» and «әр миллион» are no million |
//!
//! A number of an amount that was read needs no care: the tokens before `read` are understood.

use super::letters::{is_ideograph, is_letter, is_space};
use super::phrase::Phrases;
use super::sense::{Form, Sense};
use super::value::Value;

/// Endings of ordinals and adjectives: after them a magnitude without a number is not one: «первый миллион».
#[rustfmt::skip]
const ORDINAL: &[&str] = &[
    "ншы", "нші", "nshy", "nshi", "nşy", "nşı", "نشى", "нчи", "nchi", "ый", "ий", "ой", "ого", "его", "ому", "ему", "ым",
    "им", "ых", "их", "ую", "юю", "ая", "яя", "ое", "ее", "ые", "ие",
];

/// English words after which a number may be a year.
#[rustfmt::skip]
const BEFORE_YEARS: &[&str] = &[
    "a", "an", "constant", "current", "fixed", "real", "the", "in", "since", "during", "until", "early", "late", "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
];

/// Returns whether the amount whose first token is `at` may begin there, by the token before it or, at the start of a region, by the text before it.
/// The tokens before `read` belong to earlier amounts.
pub(super) fn may_start(text: &str, phrases: &Phrases<'_>, at: usize, read: usize) -> bool {
    let Some(token) = phrases.tokens.get(at) else {
        return false;
    };
    let is_word_start = matches!(
        token.sense,
        Sense::Article | Sense::HalfOf | Sense::QuarterOf | Sense::Half
    ) || matches!(token.sense, Sense::Magnitude(magnitude) if magnitude.form == Form::Singular);
    let Some(before) = at.checked_sub(1).and_then(|at| phrases.tokens.get(at)) else {
        let before = text.get(..token.start).unwrap_or_default();
        // 增长5.3%至3亿元.
        let is_new = matches!(token.sense, Sense::To) && before.ends_with(['%', '％']);
        return (after_text(before, phrases.rules.chinese) || is_new && phrases.rules.chinese)
            && !(is_word_start && after_ordinal(before));
    };
    // A number of an amount that was read needs no care.
    let is_number = |back: usize| at >= read + back && phrases.starts_number(at - back);
    let is_plain =
        |digits| matches!(token.sense, Sense::Figure(figure) if figure.plain == Some(digits));
    if matches!(token.sense, Sense::UpTo | Sense::To) && before.sense.is_number() {
        return !ends_unknown_range(phrases, at);
    }
    match before.sense {
        Sense::Figure(figure) if figure.is_year() => !token.glued && !continues_groups(token.sense),
        Sense::Minus | Sense::Suffix(_) => false,
        Sense::From | Sense::FromChange | Sense::Between | Sense::UpTo | Sense::To => false,
        // The mark of an earlier amount; any other one is that of this number.
        Sense::Mark(_) | Sense::WeakMark(_) => at == read && !token.glued,
        Sense::Unit(..) => !token.glued,
        Sense::Or | Sense::Pair | Sense::DecimalAnd => !is_number(2),
        Sense::And => !is_number(2) || may_list(phrases, at),
        Sense::Comma if token.glued => false,
        // «5, 7 млн» is a list or a decimal number.
        Sense::Comma => !is_number(2) || is_year(phrases, at - 2) || !(is_plain(1) || is_plain(2)),
        Sense::Point => !token.glued && (!is_number(2) || is_year(phrases, at - 2)),
        // A hyphen before digits is a minus, or joins a name.
        Sense::Dash if token.glued => false,
        Sense::Dash => {
            !is_number(2)
                || (is_year(phrases, at - 2) && !continues_groups(token.sense) && !is_plain(4))
        }
        Sense::Close => !is_word_start && !is_number(2),
        Sense::Part | Sense::HedgeAfter(_) => !is_word_start,
        // 比去年多: more, without a number.
        Sense::Surplus => !is_number(2),
        sense => !sense.is_number(),
    }
}

/// Whether a mark before its number may stand there: `−$5 млн` is negative, and a number before the mark is checked in `after`.
pub(super) fn may_mark(text: &str, phrases: &Phrases<'_>, at: usize) -> bool {
    let Some(mark) = phrases.tokens.get(at) else {
        return false;
    };
    let Some(before) = at.checked_sub(1).and_then(|at| phrases.tokens.get(at)) else {
        let before = text.get(..mark.start).unwrap_or_default();
        return after_text(before, phrases.rules.chinese);
    };
    match before.sense {
        Sense::Minus | Sense::Unreadable => false,
        Sense::Dash if mark.glued => at > 1 && phrases.starts_number(at - 2),
        Sense::Comma | Sense::Point => !mark.glued,
        _ => true,
    }
}

/// Whether the text before the first token lets an amount begin. In Chinese, which has no spaces, an ideograph or Chinese punctuation before it does.
fn after_text(before: &str, chinese: bool) -> bool {
    let trimmed = before.trim_end_matches(is_space);
    let Some(last) = trimmed.chars().next_back() else {
        return true;
    };
    if trimmed.len() < before.len() {
        return !matches!(last, '№' | '#' | '+' | '×' | '*');
    }
    match last {
        '«' | '»' | '"' | '“' | '”' | '„' | '[' | '{' | '>' | '|' | '•' | '=' | '\u{200b}'
        | '\u{feff}' => true,
        ':' | ';' | '!' | '?' | '…' => {
            let before = trimmed.get(..trimmed.len() - last.len_utf8());
            !before.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()))
        }
        '%' | '％' => false,
        _ if chinese => {
            is_ideograph(last) || ('\u{3000}'..='\u{303f}').contains(&last) || last >= '\u{ff00}'
        }
        _ => false,
    }
}

/// Whether the text ends with an ordinal or an adjective, by its ending or a hyphen: «бесінші», «первый», «2-й».
fn after_ordinal(before: &str) -> bool {
    let before = before.trim_end_matches(is_space);
    let stem = before.trim_end_matches(is_letter);
    // «2-й миллион», «азын-аулақ мың теңге».
    let first = stem.trim_end_matches(['-', '\u{2010}', '\u{2011}']);
    let is_joined = first.len() < stem.len() && first.ends_with(char::is_alphanumeric);
    stem.len() < before.len()
        && (is_joined || ORDINAL.iter().any(|ending| before.ends_with(ending)))
}

/// A percentage directly before an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Percentage {
    /// A change whose result is the amount: «вырос на 12 %, до 4,5 млрд».
    Change,
    /// A share of the amount: «2 % от 500 000».
    Share,
}

/// Returns the percentage that Russian text has before the token: it decides whether «до» and «от» after it are limits.
///
/// | text | amount |
/// |---|---|
/// | «выросла на 12 %, до 4,5 млрд тенге» | 4,500,000,000, the new value |
/// | «ставка 12 %, до 5 млн тенге» | at most 5,000,000 |
/// | «2% от 500 000 тенге» | none: a share of it, or two per cent above it |
/// | «12%, от 500 000 тенге» | at least 500,000: the comma separates them |
pub(super) fn percentage_before(
    text: &str,
    phrases: &Phrases<'_>,
    at: usize,
) -> Option<Percentage> {
    const WORDS: [&str; 4] = ["%", "процент", "процента", "процентов"];
    let before = text.get(..phrases.tokens.get(at)?.start)?;
    let before = before.trim_end_matches(is_space);
    let sentence = before.trim_end_matches(',').trim_end_matches(is_space);
    let number = WORDS.iter().find_map(|word| sentence.strip_suffix(word))?;
    let is_digit =
        |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '–' | '—') || is_space(c);
    let word = number.trim_end_matches(is_digit);
    let is_by = word.len() < number.len() && word.ends_with("на");
    if is_by && !word.trim_end_matches("на").ends_with(is_letter) {
        return Some(Percentage::Change);
    }
    (sentence.len() == before.len()).then_some(Percentage::Share)
}

/// Whether an English word before the token makes a number between 1900 and 2100 a year.
pub(super) fn is_dated(text: &str, phrases: &Phrases<'_>, at: usize) -> bool {
    let before = phrases
        .tokens
        .get(at)
        .and_then(|token| text.get(..token.start));
    let before = before.unwrap_or_default().trim_end_matches(is_space);
    let word = before
        .rsplit(|c: char| !is_letter(c))
        .next()
        .unwrap_or_default();
    phrases.rules.and_in_numbers && BEFORE_YEARS.contains(&word.to_lowercase().as_str())
}

/// Whether a number after a year could be its last group: «2024 500».
fn continues_groups(sense: Sense) -> bool {
    matches!(sense, Sense::Figure(figure) if figure.first_group == 3)
}

/// Whether a figure that may be a year is at a token.
fn is_year(phrases: &Phrases<'_>, at: usize) -> bool {
    matches!(phrases.sense(at), Some(Sense::Figure(figure)) if figure.is_year())
}

/// Whether the numbers before and after an "and" are two amounts of a list: not "between A and B", nor "hundred and five".
fn may_list(phrases: &Phrases<'_>, at: usize) -> bool {
    let mut start = at.saturating_sub(1);
    while start > 0
        && (phrases.starts_number(start - 1)
            || matches!(phrases.sense(start - 1), Some(Sense::Article)))
    {
        start -= 1;
    }
    let is_between = start > 0 && matches!(phrases.sense(start - 1), Some(Sense::Between));
    let in_words = matches!(
        phrases.sense(at.saturating_sub(2)),
        Some(Sense::Numeral(..) | Sense::Hundred(_) | Sense::Magnitude(_))
    ) && !matches!(phrases.sense(at), Some(Sense::Figure(_)));
    !(is_between || phrases.rules.and_in_numbers && in_words)
}

/// Whether a number before a comma or an "and" may be the larger part of this one: «2 млрд, 300 млн».
pub(super) fn continues_larger(
    phrases: &Phrases<'_>,
    at: usize,
    read: usize,
    value: Value,
) -> bool {
    if at < read + 2 || !matches!(phrases.sense(at - 1), Some(Sense::Comma | Sense::And)) {
        return false;
    }
    let zeros = match phrases.sense(at - 2) {
        Some(Sense::Magnitude(magnitude)) => magnitude.zeros,
        Some(Sense::Hundred(_)) => 2,
        _ => return false,
    };
    let unit = Value::integer(1).shifted(zeros);
    unit.is_none_or(|unit| value.is_below(unit))
}

/// Whether a number stands directly before an "until", without the start of a change: «5 до 10 млн», but not «на 5 до 10 млн».
fn ends_unknown_range(phrases: &Phrases<'_>, at: usize) -> bool {
    let mut start = at;
    while start > 0
        && (phrases.starts_number(start - 1)
            || matches!(
                phrases.sense(start - 1),
                Some(Sense::Point | Sense::Dash | Sense::Suffix(_))
            ))
    {
        start -= 1;
    }
    let is_change = start > 0 && matches!(phrases.sense(start - 1), Some(Sense::By));
    start < at && !is_change
}
