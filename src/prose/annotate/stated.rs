//! Amounts whose text already has them in another currency.

use super::super::amount::Amount;
use super::super::letters::is_letter;
use super::super::reader::Reader;

/// The longest text between two amounts that can be one, in bytes.
const LONGEST: usize = 64;

/// Words that join an amount with its value in another currency. Origin: dictionaries of the languages; `约合` and `折合` from Chinese news.
const SAME: &[&str] = &[
    "or",
    "or about",
    "or around",
    "or approximately",
    "or some",
    "or nearly",
    "or roughly",
    "i.e",
    "ie",
    "that is",
    "equivalent to",
    "equal to",
    "the equivalent of",
    "which is",
    "worth",
    "или",
    "или около",
    "или примерно",
    "или почти",
    "то есть",
    "т. е",
    "т.е",
    "это",
    "что составляет",
    "что эквивалентно",
    "что равно",
    "эквивалентно",
    "эквивалент",
    "в эквиваленте",
    "в пересчете",
    "в пересчёте",
    "немесе",
    "немесе шамамен",
    "яғни",
    "бұл",
    "бұл шамамен",
    "nemese",
    "nemese shamamen",
    "ıaǵnı",
    "yağni",
    "نەمەسە",
    "ياعني",
    "ёки",
    "ёки тахминан",
    "яъни",
    "бу",
    "yoki",
    "yoki taxminan",
    "yaʼni",
    "ya'ni",
    "yaʻni",
    "ya’ni",
    "bu",
    "或",
    "或约",
    "约合",
    "折合",
    "合",
    "相当于",
    "即",
    "约",
    "",
    "≈",
    "=",
    "/",
    "~",
];

/// Returns for each amount whether the text states it in another currency, or it is itself such a statement.
pub(super) fn stated(reader: Reader, text: &str, amounts: &[Amount]) -> Vec<bool> {
    let mut found = vec![false; amounts.len()];
    for index in 0..amounts.len() {
        let Some(amount) = amounts.get(index) else {
            continue;
        };
        let next = amounts.get(index + 1);
        let joined = next
            .is_some_and(|next| next.currency() != amount.currency() && joins(text, amount, next));
        if joined || has_bracket(reader, text, amount) {
            mark(&mut found, index);
        }
        if joined {
            mark(&mut found, index + 1);
        }
    }
    found
}

fn mark(found: &mut [bool], index: usize) {
    if let Some(place) = found.get_mut(index) {
        *place = true;
    }
}

/// Whether the text between two amounts says that they are one.
fn joins(text: &str, amount: &Amount, next: &Amount) -> bool {
    let between = text.get(amount.span().end..next.span().start);
    let Some(between) = between.filter(|between| between.len() <= LONGEST) else {
        return false;
    };
    let trimmed = between.trim_start();
    if trimmed.starts_with(['(', '（', '[']) {
        return true;
    }
    let is_mark = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ',' | '–' | '—' | '-' | '、' | '，' | '(' | '（' | '.' | ':'
            )
    };
    let has_sentence_end =
        between.contains(['!', '?', '。', ';', '；', '\n']) || between.trim() == ".";
    // Two amounts side by side, without a word or mark, are a list.
    let word = between.trim_matches(is_mark).to_lowercase();
    let is_dash = word.is_empty() && between.contains(['–', '—']);
    !has_sentence_end && (is_dash || !word.is_empty() && SAME.contains(&word.as_str()))
}

/// Whether brackets directly after an amount have a number with a mark of money.
fn has_bracket(reader: Reader, text: &str, amount: &Amount) -> bool {
    let after = text.get(amount.span().end..).unwrap_or_default();
    // The rest of a sign's or a digit's ending, such as `-ға`, belongs to the amount.
    let after = after.trim_start_matches(|c: char| is_letter(c) || c == '-');
    let after = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let Some(inside) = after.strip_prefix(['(', '（', '[']) else {
        return false;
    };
    let inside = inside.split([')', '）', ']']).next().unwrap_or_default();
    inside.contains(char::is_numeric) && reader.has_mark(inside)
}
