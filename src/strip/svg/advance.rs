//! Estimated widths of characters in an unknown font.
//!
//! A picture is measured without a font: `system-ui` is another one on each device. An estimate that is too large leaves a margin at the right; one
//! that is too small would cut text off. So each advance is that of DejaVu Sans, one of the widest fonts in use, or a little more, which a test
//! compares.

use unicode_width::UnicodeWidthChar;

/// The advance of a character in hundredths of the font's size, estimated from above: that of DejaVu Sans
/// or a little more, and for Arabic that of joined letters.
pub(in crate::strip) fn advance(character: char) -> u32 {
    match character {
        ' ' | '\u{a0}' | 'i' | 'j' | 'l' | '\'' | ',' | '.' | '/' | ':' | ';' | '|' | '·' | 'ı'
        | 'і' | 'ј' => 36,
        'f' | 'r' | 't' | 'I' | '!' | '(' | ')' | '-' | '[' | ']' | 'І' => 42,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 104,
        '0'..='9' | 'a'..='z' | 'ß'..='ɏ' => 64,
        'A'..='Z' | 'À'..='Þ' => 82,
        'Ж' | 'М' | 'Ф' | 'Ш' | 'Щ' | 'Ы' | 'Ю' | 'Җ' => 112,
        'ж' | 'м' | 'ф' | 'ш' | 'щ' | 'ы' | 'ю' | 'җ' => 96,
        'а'..='џ' => 68,
        // Capitals, and the letters of Kazakh and Uzbek, whose capitals and small letters alternate in Unicode.
        'Ѐ'..='Я' | 'Ѡ'..='ԯ' => 84,
        'س' | 'ش' | 'ص' | 'ض' => 125,
        'ا' | 'د' | 'ذ' | 'ر' | 'ز' | 'و' => 50,
        // Joined letters are much narrower than isolated ones.
        '\u{600}'..='\u{6ff}' if character.width() != Some(0) => 65,
        // Pictographs are wider than the line is high.
        '\u{1f000}'..='\u{1faff}' => 140,
        _ => match character.width() {
            Some(0) => 0,
            _ => 105,
        },
    }
}

/// The advance in bold, 15 % wider.
pub(super) fn bold(character: char) -> u32 {
    advance(character) * 23 / 20
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Advances of DejaVu Sans, in hundredths of its size, rounded up.
    #[test]
    fn the_estimate_is_at_least_the_advance_of_dejavu_sans() {
        for (characters, advance_there) in [
            (" ", 32),
            ("0123456789", 64),
            ("abcdeghknopqsuvxyz", 64),
            ("ijl.,:;/", 34),
            ("frt-()", 42),
            ("m", 98),
            ("W@", 100),
            ("OQ", 79),
            ("аеодр", 64),
            ("ж", 91),
            ("ш", 92),
            ("щ", 95),
            ("Ж", 108),
            ("Щ", 110),
            ("سش", 123),
            ("اور", 50),
            ("▲▼", 77),
            ("+=\u{2212}", 84),
            ("…", 100),
            ("中文汇率", 100),
        ] {
            for character in characters.chars() {
                assert!(advance(character) >= advance_there, "{character}");
            }
        }
    }

    #[test]
    fn combining_marks_have_no_advance() {
        assert_eq!(['\u{301}', '\u{64e}', '\u{200d}'].map(advance), [0; 3]);
    }
}
