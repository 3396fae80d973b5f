//! Parsing of numbers as a language or a rate table prints them.

use rust_decimal::Decimal;

use super::locale::{Lang, Locale};
use crate::money::decimal;
use crate::text::Named;
use crate::text::ParseError;

/// The limit of digits: those of a [`Decimal`] and zeros that
/// [`Number::places`](super::Number::places) may have added.
const MAX_DIGITS: usize = 128;

impl Lang {
    /// Parses a number as this language prints it, in either [style](super::NumberStyle). The decimals of
    /// the text are kept, zeros included.
    ///
    /// It is the inverse of [`number`](Self::number). A point is always the decimal mark, because no
    /// language here groups with it: `1.447` is less than two. A comma depends on the language:
    ///
    /// | language | comma | group separator |
    /// |---|---|---|
    /// | Russian, Uzbek, Kazakh in Cyrillic or Latin letters | decimal mark | no-break space |
    /// | English, Chinese, Kazakh in Arabic letters | group separator | comma |
    ///
    /// - The minus is U+2212 or `-`; a plus is refused.
    /// - In place of the no-break space a narrow no-break space or an ordinary space is accepted, if it is
    ///   the same in the whole number.
    /// - Groups are optional, but not in a part of the number. Each group after the first has three
    ///   digits, and a grouped number does not begin with zero.
    ///
    /// # Errors
    ///
    /// Returns [`ParseError`] if the text has another form, such as `1.447,32`, or `1447,32` or
    /// `0,447` in English, and if the value does not fit a [`Decimal`] exactly.
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
    ///     "invalid number \"1.447,32\" in ru: unexpected ',' at byte 5; expected a number such as 1 447,32 or 1447.32"
    /// );
    /// # Ok::<(), masthead::ParseError>(())
    /// ```
    pub fn parse_number(self, text: &str) -> Result<Decimal, ParseError> {
        read(text, self.locale()).map_err(|kind| {
            let text: String = text.chars().take(40).collect();
            let example = example(self);
            ParseError::new(format_args!(
                "invalid number {text:?} in {self}: {kind}; expected a number such as {example} or 1447.32"
            ))
        })
    }
}

/// The reason for the error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("a digit is missing")]
    NoDigit,
    #[error("unexpected {} at byte {at}", Named(*found))]
    Unexpected { found: char, at: usize },
    #[error("groups of digits have three each, and the one that ends at byte {at} does not")]
    Group { at: usize },
    #[error("a number with groups must not begin with zero")]
    LeadingZero,
    #[error("the value needs more than 28 decimals or 96 bits")]
    OutOfRange,
}

/// A number in the form of the language, for messages.
fn example(lang: Lang) -> String {
    let Locale { group, decimal, .. } = lang.locale();
    let group = if group.trim().is_empty() { " " } else { group };
    format!("1{group}447{decimal}32")
}

/// Parses a number with the separators of `locale`.
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
    /// Splits an unsigned number at its decimal mark and removes the group separators.
    fn of(text: &str, locale: &Locale) -> Result<Self, Kind> {
        let mut parts = Self {
            whole: String::new(),
            fraction: String::new(),
        };
        // The group separator, once one was found; the digits of the present group; the decimal mark.
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
            // The point of rate tables, which have no groups.
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

    /// The mantissa without trailing zeros of the fraction, its number of decimals, and the number of
    /// decimals in the text. Returns `None` on overflow.
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

/// Checks that the group that ends at `at` has three digits, once a separator was found.
fn check_group(group: Option<char>, digits: usize, at: usize) -> Result<(), Kind> {
    if group.is_some() && digits != 3 {
        return Err(Kind::Group { at });
    }
    Ok(())
}

/// Whether `c` is a group separator of the language.
fn parts_thousands(locale: &Locale, c: char) -> bool {
    locale.group.contains(c) || (locale.group == "\u{a0}" && matches!(c, ' ' | '\u{202f}'))
}

impl Kind {
    /// Moves the place of the error by the bytes of a sign.
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
