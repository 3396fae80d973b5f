//! Reading numbers back as a language, or a rate table, prints them.

use rust_decimal::Decimal;

use super::locale::{Lang, Locale};
use crate::money::decimal;
use crate::text::Named;

/// The most digits read: those of a [`Decimal`], and zeros that [`Number::places`](super::Number::places) may have added.
const MAX_DIGITS: usize = 128;

impl Lang {
    /// Reads a number as this language prints it, in both [styles](super::NumberStyle), keeping its digits.
    ///
    /// It is the inverse of [`number`](Self::number): what is printed reads back as the same value. A point is always the decimal
    /// mark, because no language here groups with it: `1.447` is less than two. A comma is the decimal mark in Russian, Kazakh in
    /// Cyrillic or Latin letters and Uzbek, and parts thousands in English, Chinese and Kazakh in Arabic letters.
    ///
    /// - The minus is U+2212 or `-`.
    /// - Where a no-break space parts thousands, a narrow no-break or an ordinary space does too, if it is the same in the whole
    ///   number.
    /// - Thousands are parted everywhere or nowhere. Every group has three digits, and the first of several is no zero.
    ///
    /// # Errors
    ///
    /// When the text is anything else, such as `1.447,32`, `1447,32` in English or `0,447` there, or does not fit a
    /// [`Decimal`] exactly.
    ///
    /// ```
    /// use masthead::strip::Lang;
    ///
    /// assert_eq!(Lang::Ru.parse_number("1\u{a0}447,32")?.to_string(), "1447.32");
    /// assert_eq!(Lang::Ru.parse_number("1447.32")?.to_string(), "1447.32");
    /// assert_eq!(Lang::En.parse_number("−1,447.30")?.to_string(), "-1447.30");
    /// let error = Lang::Ru.parse_number("1.447,32").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "invalid number \"1.447,32\" in ru: unexpected ',' at byte 5; expected such as 1 447,32 or 1447.32"
    /// );
    /// # Ok::<(), masthead::strip::ParseNumberError>(())
    /// ```
    pub fn parse_number(self, text: &str) -> Result<Decimal, ParseNumberError> {
        read(text, self.locale()).map_err(|kind| ParseNumberError {
            text: text.chars().take(40).collect(),
            lang: self,
            kind,
        })
    }
}

/// The text is not a number as the language or a rate table prints it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid number {text:?} in {lang}: {kind}; expected such as {} or 1447.32", example(*lang))]
pub struct ParseNumberError {
    text: String,
    lang: Lang,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("a digit is missing")]
    NoDigit,
    #[error("unexpected {} at byte {at}", Named(*found))]
    Unexpected { found: char, at: usize },
    #[error("the group of digits that ends at byte {at} must have three")]
    Group { at: usize },
    #[error("thousands are parted, so the first digit must not be zero")]
    LeadingZero,
    #[error("it needs more than 28 decimals or 96 bits")]
    OutOfRange,
}

fn example(lang: Lang) -> String {
    let Locale { group, decimal, .. } = lang.locale();
    let group = if group.trim().is_empty() { " " } else { group };
    format!("1{group}447{decimal}32")
}

fn read(text: &str, locale: &Locale) -> Result<Decimal, Kind> {
    let unsigned = text.strip_prefix(['-', '\u{2212}']);
    let (negative, unsigned) = unsigned.map_or((false, text), |rest| (true, rest));
    let before = text.len() - unsigned.len();
    let parts = Parts::of(unsigned, locale).map_err(|kind| kind.moved_by(before))?;
    let (mantissa, scale, places) = parts.exact().ok_or(Kind::OutOfRange)?;
    let signed = if negative { -mantissa } else { mantissa };
    decimal::fitting(signed, scale, places).ok_or(Kind::OutOfRange)
}

/// The digits before and after the decimal mark.
struct Parts {
    whole: String,
    fraction: String,
}

impl Parts {
    fn of(text: &str, locale: &Locale) -> Result<Self, Kind> {
        let mut parts = Self {
            whole: String::new(),
            fraction: String::new(),
        };
        // The character that parts thousands, once one was met, and the digits of the group under way.
        let (mut group, mut digits, mut mark) = (None, 0, None);
        for (at, c) in text.char_indices() {
            let unexpected = Kind::Unexpected { found: c, at };
            if c.is_ascii_digit() {
                let digits_of = if mark.is_some() {
                    &mut parts.fraction
                } else {
                    &mut parts.whole
                };
                digits_of.push(c);
                digits += 1;
                if parts.whole.len() + parts.fraction.len() > MAX_DIGITS {
                    return Err(Kind::OutOfRange);
                }
                continue;
            }
            if mark.is_some() || digits == 0 {
                return Err(unexpected);
            }
            let is_decimal = locale.decimal.contains(c);
            // A rate table's point stands in a number without groups.
            if is_decimal || (c == '.' && group.is_none()) {
                check_group(group, digits, at)?;
                mark = Some(c);
            } else if parts_thousands(locale, c) && group.is_none_or(|known| known == c) {
                if group.is_none() && digits > 3 {
                    return Err(unexpected);
                }
                check_group(group, digits, at)?;
                group = Some(c);
            } else {
                return Err(unexpected);
            }
            digits = 0;
        }
        if digits == 0 {
            return Err(Kind::NoDigit);
        }
        if mark.is_none() {
            check_group(group, digits, text.len())?;
        }
        if group.is_some() && parts.whole.starts_with('0') {
            return Err(Kind::LeadingZero);
        }
        Ok(parts)
    }

    /// The mantissa without the zeros at the end of the fraction, its decimals, and the decimals that were written.
    fn exact(&self) -> Option<(i128, u32, u32)> {
        let significant = self.fraction.trim_end_matches('0');
        let mut digits = self.whole.bytes().chain(significant.bytes());
        let mantissa = digits.try_fold(0_i128, |value, digit| {
            value.checked_mul(10)?.checked_add((digit - b'0').into())
        })?;
        let [scale, places] = [significant, &self.fraction].map(|part| u32::try_from(part.len()));
        Some((mantissa, scale.ok()?, places.ok()?))
    }
}

/// Every group but the first has three digits.
fn check_group(group: Option<char>, digits: usize, at: usize) -> Result<(), Kind> {
    if group.is_some() && digits != 3 {
        return Err(Kind::Group { at });
    }
    Ok(())
}

fn parts_thousands(locale: &Locale, c: char) -> bool {
    locale.group.contains(c) || (locale.group == "\u{a0}" && matches!(c, ' ' | '\u{202f}'))
}

impl Kind {
    /// The same in a text that begins so many bytes earlier.
    fn moved_by(self, bytes: usize) -> Self {
        match self {
            Self::Unexpected { found, at } => Self::Unexpected {
                found,
                at: at + bytes,
            },
            Self::Group { at } => Self::Group { at: at + bytes },
            other => other,
        }
    }
}
