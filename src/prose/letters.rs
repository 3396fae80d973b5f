//! Classes of characters.

/// Whether a character is a letter of a word.
pub(super) fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphabetic(),
        '\u{400}'..='\u{52f}' => true,
        // Arabic letters, without the punctuation and the digits of their block.
        '\u{600}'..='\u{6ff}' => !matches!(
            c,
            '\u{60c}' | '\u{61b}' | '\u{61f}' | '\u{660}'..='\u{66d}' | '\u{6d4}' | '\u{6f0}'..='\u{6f9}'
        ),
        _ if is_ideograph(c) => false,
        _ => c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c),
    }
}

/// Whether a character is written without spaces between words.
pub(super) const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Whether a character separates words. A number is never continued on another line, but a sentence is.
pub(super) const fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\n' | '\r' | '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}'
    )
}

/// Whether a character may stand for the apostrophe of Uzbek `oʻ`, between or after letters.
pub(super) const fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '\u{b4}' | '\u{2bb}' | '\u{2bc}' | '\u{2018}' | '\u{2019}'
    )
}
