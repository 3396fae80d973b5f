//! How wide a text is, by estimate.

use unicode_width::UnicodeWidthChar as _;

use super::LETTER;

/// The width of a text in pixels of CSS, in a wide font without serifs: no common one needs more for a whole item.
pub(super) fn of(text: &str) -> u32 {
    let hundredths = text.chars().map(hundredths).fold(0, u32::saturating_add);
    hundredths.saturating_mul(LETTER).div_ceil(100)
}

/// What a letter takes, in hundredths of its size.
fn hundredths(letter: char) -> u32 {
    match letter {
        ' ' | '\u{a0}' | '.' | ',' | ':' | '/' | 'i' | 'l' | '·' => 38,
        '0'..='9' => 65,
        'm' | 'w' | 'M' | 'W' | 'ш' | 'щ' | 'ж' | 'ю' | 'м' | 'Ш' | 'Щ' | 'Ж' | 'Ю' | 'М' => {
            98
        }
        'a'..='z' => 62,
        'A'..='Z' => 78,
        // Kazakh and Uzbek letters among them.
        '\u{400}'..='\u{52f}' => 70,
        '\u{600}'..='\u{6ff}' => 66,
        // Letters of China stand on a square; marks and isolates take nothing.
        other => match other.width() {
            None | Some(0) => 0,
            Some(1) => 80,
            Some(_) => 104,
        },
    }
}
