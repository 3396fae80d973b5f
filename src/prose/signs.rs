//! Signs of money, and the other characters of amounts.
//!
//! A character that has no meaning here ends a region, as an unknown word does. The filter finds a sign of [`sign`] if its first byte in UTF-8 is C2
//! or E2, as those of the block of currency signs are, and in Chinese the full-width `＄` and `￥` too. A sign with another first byte must be added
//! there.

use super::amount::Kind;
use super::letters::head;
use super::sense::Sense;
use super::unit::Unit;

/// A sign of the dollar with the letters of its country: `US$`, `HK$`.
pub(super) fn dollar(rest: &str) -> Option<(Sense, usize)> {
    let length = head(rest, |c| c.is_ascii_uppercase());
    let (letters, rest) = rest.split_at_checked(length)?;
    if !rest.starts_with('$') {
        return None;
    }
    let sense = match letters {
        "US" => Sense::Mark(Unit::DOLLAR),
        "A" | "AU" => Sense::Mark(Unit::DOLLAR_AUSTRALIAN),
        "C" | "CA" => Sense::Mark(Unit::DOLLAR_CANADIAN),
        "HK" => Sense::Mark(Unit::DOLLAR_HONG_KONG),
        "S" => Sense::Mark(Unit::DOLLAR_SINGAPORE),
        "NZ" => Sense::Mark(Unit::DOLLAR_NEW_ZEALAND),
        "NT" => Sense::Mark(Unit::DOLLAR_TAIWAN),
        "R" => Sense::Mark(Unit::REAL_BRAZILIAN),
        _ => Sense::Unreadable,
    };
    Some((sense, length + 1))
}

/// The meaning of a character that is neither a letter nor a digit.
pub(super) fn character(c: char, chinese: bool) -> Option<Sense> {
    Some(match c {
        '-' | '\u{2010}'..='\u{2014}' | '\u{2212}' => Sense::Dash,
        '～' if chinese => Sense::Dash,
        '~' | '≈' => Sense::Hedge(Kind::About),
        ',' | '、' | '\u{60c}' => Sense::Comma,
        '.' => Sense::Point,
        '(' | '（' => Sense::Open,
        ')' | '）' => Sense::Close,
        // They stand in numbers only, which are read as one token.
        '\'' | '\u{2018}' | '\u{2019}' => Sense::Part,
        '¥' | '￥' if chinese => Sense::Mark(Unit::YUAN),
        _ => Sense::Mark(sign(c)?),
    })
}

/// The unit of a sign.
pub(super) fn sign(c: char) -> Option<&'static Unit> {
    Some(match c {
        '$' | '＄' => Unit::DOLLAR,
        '€' => Unit::EURO,
        '₸' => Unit::TENGE,
        '₽' => Unit::RUBLE,
        '£' => Unit::POUND_BRITISH,
        '₩' => Unit::WON_KOREAN,
        '₴' => Unit::HRYVNIA,
        '₺' => Unit::LIRA,
        '₾' => Unit::LARI,
        '₼' => Unit::MANAT_AZERBAIJANI,
        '₫' => Unit::DONG,
        '₪' => Unit::SHEKEL,
        '₹' => Unit::RUPEE_INDIAN,
        '₮' => Unit::TUGRIK,
        '¥' => Unit::YUAN_OR_YEN,
        _ => return None,
    })
}
