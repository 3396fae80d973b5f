//! A strict parser of decimal text: a number of a bank is a plain decimal or an error. See [`parse_decimal`].

use rust_decimal::Decimal;

use crate::text::Named;
use crate::text::ParseError;

/// The longest accepted text, in bytes: the 29 digits that a [`Decimal`] can have, a sign and a point.
const MAX_LEN: usize = 31;
/// The largest number of decimals of a [`Decimal`].
const MAX_SCALE: i32 = 28;

/// Parses a decimal as central banks and JSON print it, keeping every digit.
///
/// The grammar, in at most 31 bytes of ASCII:
///
/// ```text
/// -? digit+ ( . digit+ )? ( [eE] [+-]? digit{1,2} )?
/// ```
///
/// It is stricter than `Decimal::from_str`, which accepts `1_000.5`, `+5` and `.5` and rounds silently past 28 decimals.
/// Trailing zeros are kept, because they are published digits. An exponent is applied exactly, and the value is never
/// rounded.
///
/// ```
/// use masthead::money::parse_decimal;
///
/// assert_eq!(parse_decimal("447.30")?.to_string(), "447.30");
/// assert_eq!(parse_decimal("-3.68")?.to_string(), "-3.68");
/// assert_eq!(parse_decimal("1e-05")?.to_string(), "0.00001");
/// assert_eq!(parse_decimal("4.4732e2")?.to_string(), "447.32");
/// # Ok::<(), masthead::ParseError>(())
/// ```
///
/// # Errors
///
/// Returns an error if the text does not match the grammar, or if it has more than 28 decimals or 96 bits, trailing zeros
/// included. A decimal comma and grouping are errors: a source that uses them converts its text first.
///
/// ```
/// use masthead::money::parse_decimal;
///
/// let error = parse_decimal("1_000").unwrap_err();
/// assert_eq!(error.to_string(), "invalid decimal \"1_000\": unexpected '_' at byte 1");
/// for text in ["", "+5", ".5", "5.", "447,32", "1 000", "NaN", "1e99"] {
///     assert!(parse_decimal(text).is_err());
/// }
/// ```
pub fn parse_decimal(text: &str) -> Result<Decimal, ParseError> {
    scan(text).map_err(|kind| ParseError::invalid("decimal", text, kind))
}

/// Returns `mantissa · 10⁻ˢᶜᵃˡᵉ` with `places` decimals, or with as many of them as fit. Returns `None` if a digit other
/// than zero would be lost.
pub(crate) fn fitting(mut mantissa: i128, mut scale: u32, places: u32) -> Option<Decimal> {
    let fits = |mantissa: i128| mantissa.unsigned_abs() >> 96 == 0;
    let most = MAX_SCALE.unsigned_abs();
    while scale > most || !fits(mantissa) {
        if scale == 0 || mantissa % 10 != 0 {
            return None;
        }
        (mantissa, scale) = (mantissa / 10, scale - 1);
    }
    // The mantissa has 96 bits, so ten times as much fits an `i128`.
    while scale < places.min(most) && fits(mantissa * 10) {
        (mantissa, scale) = (mantissa * 10, scale + 1);
    }
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

fn scan(text: &str) -> Result<Decimal, Kind> {
    if text.len() > MAX_LEN {
        return Err(Kind::TooLong);
    }
    // The grammar, because `Decimal` accepts more.
    let rest = |from: usize| text.get(from..).unwrap_or_default();
    let unexpected = |at: usize| match rest(at).chars().next() {
        Some(found) => Kind::Unexpected { found, at },
        None => Kind::NoDigit,
    };
    let after_digits = |from: usize| {
        let digits = rest(from).bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            Err(unexpected(from))
        } else {
            Ok(from + digits)
        }
    };
    let mut end = after_digits(usize::from(text.starts_with('-')))?;
    if rest(end).starts_with('.') {
        end = after_digits(end + 1)?;
    }
    let exponent = match rest(end).strip_prefix(['e', 'E']) {
        Some(exponent) => scan_exponent(exponent)?,
        None if rest(end).is_empty() => 0,
        None => return Err(unexpected(end)),
    };
    let number = text.get(..end).unwrap_or_default();
    let number = Decimal::from_str_exact(number).map_err(|_| Kind::OutOfRange)?;
    shifted(number, exponent).ok_or(Kind::OutOfRange)
}

/// Returns `number · 10^exponent`, or `None` if it does not fit.
fn shifted(number: Decimal, exponent: i32) -> Option<Decimal> {
    let (mantissa, places) = (
        number.mantissa(),
        i32::try_from(number.scale()).ok()? - exponent,
    );
    if places >= 0 || mantissa == 0 {
        let places = places.max(0).unsigned_abs();
        return Decimal::try_from_i128_with_scale(mantissa, places).ok();
    }
    let power = 10_i128.checked_pow(places.unsigned_abs())?;
    Decimal::try_from_i128_with_scale(mantissa.checked_mul(power)?, 0).ok()
}

fn scan_exponent(text: &str) -> Result<i32, Kind> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.len() > 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Kind::Exponent);
    }
    text.parse().map_err(|_| Kind::Exponent)
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("longer than {MAX_LEN} bytes")]
    TooLong,
    #[error("a digit is missing")]
    NoDigit,
    #[error("unexpected {} at byte {at}", Named(*found))]
    Unexpected { found: char, at: usize },
    #[error("an exponent has one or two digits")]
    Exponent,
    #[error("it needs more than 28 places or 96 bits")]
    OutOfRange,
}

/// Serialises decimals as strings; deserialises them by [`parse_decimal`].
pub(crate) mod text {
    use super::{Decimal, ParseError, parse_decimal};
    use serde::{Deserialize, Deserializer, Serializer};
    use std::str::FromStr;

    pub(crate) fn serialize<S: Serializer>(
        value: &Decimal,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Decimal, D::Error> {
        let Text(value) = Text::deserialize(deserializer)?;
        Ok(value)
    }

    /// A decimal by the grammar of [`parse_decimal`], in a string.
    struct Text(Decimal);

    impl FromStr for Text {
        type Err = ParseError;

        fn from_str(text: &str) -> Result<Self, Self::Err> {
            parse_decimal(text).map(Self)
        }
    }

    impl<'de> Deserialize<'de> for Text {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            crate::text::parsed(deserializer)
        }
    }

    /// The same for an `Option<Decimal>`.
    pub(crate) mod option {
        use super::{Decimal, Text};
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        pub(crate) fn serialize<S: Serializer>(
            value: &Option<Decimal>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            value.map(|value| value.to_string()).serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Decimal>, D::Error> {
            let text = Option::<Text>::deserialize(deserializer)?;
            Ok(text.map(|Text(value)| value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_digits_are_kept() {
        for text in [
            "0",
            "-0.5",
            "478.77",
            "179.50",
            "3",
            "520.1234567890123456789",
            "-3.68",
        ] {
            assert_eq!(parse_decimal(text).unwrap().to_string(), text);
        }
        assert_eq!(parse_decimal("4.4732e2").unwrap().to_string(), "447.32");
        assert_eq!(parse_decimal("5E+3").unwrap().to_string(), "5000");
        assert_eq!(parse_decimal("00012.50").unwrap().to_string(), "12.50");
    }

    #[test]
    fn the_largest_and_the_smallest_number_are_read_and_no_other_is_rounded() {
        for (text, read) in [
            ("-0.00", Some("0.00")),
            (
                "79228162514264337593543950335",
                Some("79228162514264337593543950335"),
            ),
            ("79228162514264337593543950336", None),
            (
                "0.0000000000000000000000000001",
                Some("0.0000000000000000000000000001"),
            ),
            ("0.00000000000000000000000000001", None),
            ("1e-28", Some("0.0000000000000000000000000001")),
            ("10e-29", None),
            ("7e28", Some("70000000000000000000000000000")),
            ("8e28", None),
            ("0e99", Some("0")),
        ] {
            let number = parse_decimal(text).ok().map(|number| number.to_string());
            assert_eq!(number.as_deref(), read, "{text}");
        }
    }

    #[test]
    fn text_outside_the_grammar_is_refused() {
        for text in [
            "",
            "-",
            "+5",
            ".5",
            "5.",
            "1..2",
            "1_000",
            "1 000",
            "1\u{a0}000",
            "447,32",
            "NaN",
            "inf",
            "0x10",
            "٤٤٧",
            "1e",
            "1e+",
            "1e100",
            "1e999",
            "1e-99",
            "--1",
            "-.5",
            "1-",
            "1.5.2",
            "12345678901234567890123456789012",
            "99999999999999999999999999999999",
        ] {
            assert!(parse_decimal(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn errors_name_the_character_and_its_position() {
        let message = |text: &str| parse_decimal(text).unwrap_err().to_string();
        assert_eq!(message(""), "invalid decimal \"\": a digit is missing");
        assert_eq!(
            message("-12,5"),
            "invalid decimal \"-12,5\": unexpected ',' at byte 3"
        );
        assert_eq!(
            message("1é"),
            "invalid decimal \"1é\": unexpected 'é' at byte 1"
        );
        for (text, found) in [
            ("100 000", "' '"),
            ("100\u{a0}000", "U+00A0 (no-break space)"),
            ("100\u{202f}000", "U+202F (narrow no-break space)"),
            ("100\u{2009}000", "U+2009 (thin space)"),
            ("100\u{2007}000", "U+2007 (figure space)"),
            ("100\u{3000}", "U+3000 (ideographic space)"),
            ("100\u{feff}", "U+FEFF (byte order mark)"),
            ("100\u{200e}", "U+200E (a mark of direction)"),
            ("100\t", "U+0009 (tab)"),
            ("100\0", "U+0000 (a control character)"),
        ] {
            let expected = format!("invalid decimal {text:?}: unexpected {found} at byte 3");
            assert_eq!(message(text), expected);
        }
        assert_eq!(
            message("\u{2212}1"),
            "invalid decimal \"−1\": unexpected U+2212 (minus sign) at byte 0"
        );
        assert_eq!(
            message("1e99"),
            "invalid decimal \"1e99\": it needs more than 28 places or 96 bits"
        );
    }
}
