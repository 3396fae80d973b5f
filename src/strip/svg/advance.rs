//! How much room a character takes in a font that is not known.

use unicode_width::UnicodeWidthChar;

/// The advance of a character in hundredths of the font's size, estimated from above: what DejaVu Sans has, and a little more.
pub(super) fn advance(character: char) -> u32 {
    match character {
        ' ' | '\u{a0}' => 36,
        'f' | 'i' | 'j' | 'l' | 'r' | 't' | 'I' | '!' | '\'' | '(' | ')' | ',' | '-' | '.'
        | '/' | ':' | ';' | '[' | ']' | '|' | '·' | 'і' | 'І' | 'ı' => 42,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 104,
        '0'..='9' | 'a'..='z' | 'ß'..='ɏ' => 66,
        'A'..='Z' | 'À'..='Þ' => 82,
        'Ж' | 'М' | 'Ф' | 'Ш' | 'Щ' | 'Ы' | 'Ю' | 'Җ' => 112,
        'ж' | 'м' | 'ф' | 'ш' | 'щ' | 'ы' | 'ю' | 'җ' => 96,
        'а'..='џ' => 68,
        // Capitals, and the letters of Kazakh and Uzbek, where capitals and small letters alternate.
        'Ѐ'..='Я' | 'Ѡ'..='ԯ' => 84,
        'س' | 'ش' | 'ص' | 'ض' => 125,
        '\u{600}'..='\u{6ff}' => match character.width() {
            Some(0) => 0,
            _ => 80,
        },
        // Pictographs, which are wider than their line is high.
        '\u{1f000}'..='\u{1faff}' => 140,
        _ => match character.width() {
            Some(0) => 0,
            _ => 105,
        },
    }
}

/// The same in bold.
pub(super) fn bold(character: char) -> u32 {
    advance(character) * 23 / 20
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Advances of DejaVu Sans, in hundredths of its size, rounded up.
    #[test]
    fn the_estimate_is_not_below_a_wide_font() {
        for (characters, advance_there) in [
            (" ", 32),
            ("0123456789", 64),
            ("abdeghnopqu", 64),
            ("m", 98),
            ("W@", 100),
            ("OQ", 79),
            ("аеодр", 64),
            ("ж", 91),
            ("ш", 92),
            ("щ", 95),
            ("Ж", 108),
            ("Щ", 110),
            ("ق", 78),
            ("سش", 123),
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
    fn marks_take_no_room() {
        assert_eq!(['\u{301}', '\u{64e}', '\u{200d}'].map(advance), [0; 3]);
    }
}
