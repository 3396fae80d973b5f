//! Classes of characters, and the words that they make up.
//!
//! Lengths are in bytes, and on the boundary of a character. Each search stops a little after [`LONGEST`] bytes or characters: a longer word is in no
//! lexicon, and the work on hostile text, such as a megabyte of one letter, stays linear. The loops of `letters_head` and `letters_tail` are those of
//! `head` and `tail` with a fast path for ASCII and Cyrillic, whose class is known from one byte or two.

/// The longest word or phrase that is looked up, in bytes, so that hostile text costs no more.
pub(super) const LONGEST: usize = 64;

/// Whether a character is a letter of a word.
pub(super) fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphabetic(),
        // Punctuation and signs.
        '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' => false,
        // Latin letters, without the signs of multiplication and division.
        '\u{c0}'..='\u{24f}' => !matches!(c, '×' | '÷'),
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

/// The length of the characters of a class at the start of a text, limited to a little more than the longest word.
pub(super) fn head(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    let length = |sum: usize, c: char| sum + c.len_utf8();
    let class = text.chars().take(LONGEST + 1).take_while(|c| is_in(*c));
    class.fold(0, length)
}

/// The length of the characters of a class at the end of a text.
pub(super) fn tail(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    let length = |sum: usize, c: char| sum + c.len_utf8();
    let class = text.chars().rev().take(LONGEST + 1);
    class.take_while(|c| is_in(*c)).fold(0, length)
}

/// The length of the letters at the start of a text, limited to a little more than the longest word.
fn letters_head(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at <= LONGEST {
        match bytes.get(at) {
            Some(byte) if byte.is_ascii_alphabetic() => at += 1,
            // Cyrillic.
            Some(0xd0..=0xd3) => at += 2,
            Some(0x80..) => {
                let more = head(text.get(at..).unwrap_or_default(), is_letter);
                return at + more;
            }
            _ => break,
        }
    }
    at
}

/// The length of the letters at the end of a text.
fn letters_tail(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = bytes.len();
    while bytes.len() - at <= LONGEST {
        match bytes.get(..at) {
            Some([.., byte]) if byte.is_ascii_alphabetic() => at -= 1,
            Some([.., 0xd0..=0xd3, 0x80..=0xbf]) => at -= 2,
            Some([.., 0x80..=0xff]) => {
                let more = tail(text.get(..at).unwrap_or_default(), is_letter);
                return bytes.len() - at + more;
            }
            _ => break,
        }
    }
    bytes.len() - at
}

/// The length of the word at the start of a text, with apostrophes between letters.
pub(super) fn word_head(text: &str) -> usize {
    let mut length = letters_head(text);
    while length > 0 && length <= LONGEST {
        let rest = text.get(length..).unwrap_or_default();
        let Some(mark) = apostrophe(rest.chars().next()) else {
            break;
        };
        let more = letters_head(rest.get(mark..).unwrap_or_default());
        if more == 0 {
            break;
        }
        length += mark + more;
    }
    length
}

/// The length of the word at the end of a text.
pub(super) fn word_tail(text: &str) -> usize {
    let mut length = letters_tail(text);
    while length > 0 && length <= LONGEST {
        let rest = text.get(..text.len() - length).unwrap_or_default();
        let Some(mark) = apostrophe(rest.chars().next_back()) else {
            break;
        };
        let more = letters_tail(rest.get(..rest.len() - mark).unwrap_or_default());
        if more == 0 {
            break;
        }
        length += mark + more;
    }
    length
}

/// The length of an apostrophe.
fn apostrophe(c: Option<char>) -> Option<usize> {
    c.filter(|c| *c != ' ' && is_apostrophe(*c))
        .map(char::len_utf8)
}
