//! Amounts whose text already has them in another currency.
//!
//! | text | converted by the author | reason |
//! |---|---|---|
//! | «7 млн тенге (около 14 тыс. евро)» | both | an amount of another currency in brackets directly after the first |
//! | «7 млн тенге (больше 3,350 долларов)» | the first | brackets with a number and a mark of money, although the amount in them has no reading |
//! | «7 млн тенге, или 15,6 тыс. долларов», `KZT 7 mln = $15,600` | both | a joining word or sign between them ([`JOINING`]) |
//! | 共7000000坚戈，约合15600美元 | both | the second begins with a word for a conversion ([`CONVERTED`]) |
//! | «7 млн тенге (на 12 %)» | | brackets without money |
//! | «7 млн тенге и 500 долларов», «7 млн тенге. 500 долларов вернули» | | another amount |
//!
//! A sum that is left alone wrongly costs one value; a second value beside the author's is read as a correction of it. So doubt leaves an amount
//! alone.

use super::super::amount::Amount;
use super::super::letters::is_letter;
use super::super::reader::Reader;

/// The longest text between two amounts that says that they are one, in bytes.
const LONGEST: usize = 64;
const OPEN: [char; 3] = ['(', '（', '['];
const CLOSE: [char; 3] = [')', '）', ']'];
/// The longest text in brackets that is searched, in bytes, so that brackets that are never closed cost no more.
const LONGEST_BRACKET: usize = 256;

/// The words between an amount and its value in another currency, without the marks around them. Origin: dictionaries of the languages.
#[rustfmt::skip]
const JOINING: &[&str] = &[
    "–", "—", "≈", "=", "/", "~",
    "or", "i.e", "ie", "that is", "equal to", "equivalent to", "the equivalent of", "which is", "worth",
    "или", "то есть", "т. е", "т.е", "это", "что составляет", "что равно", "что эквивалентно", "эквивалентно", "эквивалент",
    "в эквиваленте", "в пересчете", "в пересчёте",
    "немесе", "яғни", "бұл", "nemese", "ıaǵnı", "yağni", "bul", "نەمەسە", "ياعني", "بۇل",
    "ёки", "яъни", "бу", "yoki", "ya'ni", "yaʼni", "yaʻni", "ya’ni", "ya‘ni", "bu",
    "或", "合", "约合", "折合", "相当于", "即",
];

/// The words at the start of an amount that say that it is the value of the one before.
const CONVERTED: [&str; 4] = ["约合", "折合", "相当于", "合"];

/// Returns for each amount whether the text has its value in another currency, or it is such a value.
pub(super) fn stated(reader: Reader, text: &str, amounts: &[Amount]) -> Vec<bool> {
    let nexts = amounts.iter().skip(1).map(Some).chain([None]);
    let mut is_value = false;
    let stated = amounts.iter().zip(nexts).map(|(amount, next)| {
        let has_value = next.is_some_and(|next| {
            next.currency() != amount.currency() && is_joined(text, amount, next)
        });
        let is_stated = is_value || has_value || has_money_in_brackets(reader, text, amount);
        is_value = has_value;
        is_stated
    });
    stated.collect()
}

/// Whether the text between two amounts says that they are one.
fn is_joined(text: &str, amount: &Amount, next: &Amount) -> bool {
    let between = text.get(amount.span().end..next.span().start);
    let Some(between) = between.filter(|between| between.len() <= LONGEST) else {
        return false;
    };
    if between.trim_start().starts_with(OPEN) {
        return true;
    }
    if between.contains(['!', '?', '。', ';', '；', '\n']) {
        return false;
    }
    let is_mark = |c: char| {
        c.is_whitespace() || OPEN.contains(&c) || matches!(c, ',' | '，' | '、' | '.' | ':')
    };
    let words = between.trim_matches(is_mark).to_lowercase();
    let is_comma = matches!(between.trim(), "," | "，");
    let next = text.get(next.span()).unwrap_or_default();
    JOINING.contains(&words.as_str())
        || is_comma && CONVERTED.iter().any(|word| next.starts_with(word))
}

/// Whether brackets directly after an amount have a number and a mark of money.
fn has_money_in_brackets(reader: Reader, text: &str, amount: &Amount) -> bool {
    let after = text.get(amount.span().end..).unwrap_or_default();
    // A case ending after a sign is no part of the amount.
    let after = after.trim_start_matches(|c: char| is_letter(c) || c == '-');
    let after = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let Some(inside) = after.strip_prefix(OPEN) else {
        return false;
    };
    let near = inside
        .char_indices()
        .take_while(|(at, c)| *at < LONGEST_BRACKET && !CLOSE.contains(c));
    let length = near.last().map_or(0, |(at, c)| at + c.len_utf8());
    let inside = inside.get(..length).unwrap_or_default();
    inside.contains(char::is_numeric) && reader.has_mark(inside)
}
