//! Parsing of numbers: every printed number parses back, and no other form is accepted.

use masthead::strip::{Lang, NumberStyle};
use proptest::prelude::*;
use rust_decimal::Decimal;

const STYLES: [NumberStyle; 2] = [NumberStyle::Quote, NumberStyle::Locale];

fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i128>(), 0..=96_u32, 0..=28_u32).prop_map(|(bits, width, scale)| {
        Decimal::try_from_i128_with_scale(bits % (1 << width), scale).unwrap()
    })
}

fn lang() -> impl Strategy<Value = Lang> {
    prop::sample::select(Lang::ALL)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn printed_numbers_parse_back(value in decimal(), lang in lang(), places in 0_u32..=40) {
        for style in STYLES {
            let text = lang.number(value, style).places(places).to_string();
            let read = lang.parse_number(&text);
            prop_assert_eq!(read.as_ref(), Ok(&value), "{} in {}", text, lang);
            // With all its digits, if they fit.
            let read = read.unwrap();
            prop_assert!(read.scale() >= value.scale());
            prop_assert_eq!(lang.number(read, style).places(places).to_string(), text);
        }
        let plain = value.to_string();
        prop_assert_eq!(lang.parse_number(&plain).unwrap().to_string(), plain);
    }

    /// Every accepted text is one that a style prints, up to the choice of minus and space and to leading zeros.
    #[test]
    fn other_forms_are_refused(text in "[-−]?[0-9]{1,4}([,. \u{a0}\u{202f}'][0-9]{1,4}){0,3}[,.]?", lang in lang()) {
        if let Ok(value) = lang.parse_number(&text) {
            let canonical = text.replace('-', "−").replace([' ', '\u{202f}'], "\u{a0}");
            let unsigned = canonical.strip_prefix('−').unwrap_or(&canonical);
            let zeros = unsigned.bytes().take_while(|b| *b == b'0').count();
            let rest = &unsigned[zeros..];
            let shown = if rest.starts_with(|c: char| c.is_ascii_digit()) { rest.to_owned() } else { format!("0{rest}") };
            let printed = STYLES.map(|style| lang.number(value.abs(), style).places(0).to_string());
            // A decimal comma without groups is accepted too.
            let comma = lang.number(Decimal::new(15, 1), NumberStyle::Locale).to_string().contains(',');
            let ungrouped = comma.then(|| printed[0].replace('.', ","));
            prop_assert!(printed.contains(&shown) || ungrouped == Some(shown), "{} in {} is {}", text, lang, value);
        }
    }

    #[test]
    fn parsing_does_not_panic(text in ".{0,40}|[-−0-9., \u{a0}\u{202f}]{0,200}", lang in lang()) {
        if let Err(error) = lang.parse_number(&text) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

#[test]
fn both_styles_are_parsed() {
    let comma = [Lang::Ru, Lang::Kk, Lang::KkLatn, Lang::UzCyrl, Lang::UzLatn];
    let point = [Lang::En, Lang::ZhHans, Lang::KkArab];
    for (langs, texts) in [
        (
            &comma[..],
            &[
                ("1\u{a0}447,32", "1447.32"),
                ("1\u{202f}447,32", "1447.32"),
                ("1 447,32", "1447.32"),
                ("\u{2212}3,68", "-3.68"),
                ("-3,68", "-3.68"),
                ("1,447", "1.447"),
                ("0,447", "0.447"),
                ("12\u{a0}345\u{a0}678", "12345678"),
                ("1447,32", "1447.32"),
            ][..],
        ),
        (
            &point[..],
            &[
                ("1,447.32", "1447.32"),
                ("1,447", "1447"),
                ("12,345,678.9", "12345678.9"),
                ("\u{2212}3.68", "-3.68"),
            ][..],
        ),
        (
            Lang::ALL,
            &[
                ("1447.32", "1447.32"),
                ("1.447", "1.447"),
                ("\u{2212}1447.32", "-1447.32"),
                ("-0.00", "0.00"),
                ("5", "5"),
                // Trailing zeros that do not fit are dropped.
                (
                    "79228162514264337593543950335.00",
                    "79228162514264337593543950335",
                ),
            ][..],
        ),
    ] {
        for lang in langs {
            for (text, value) in texts {
                let read = lang.parse_number(text).map(|value| value.to_string());
                assert_eq!(read.as_deref(), Ok(*value), "{text} in {lang}");
            }
        }
    }
}

#[test]
fn ambiguous_and_invalid_numbers_are_refused() {
    for (lang, text, told) in [
        (Lang::Ru, "1.447,32", "unexpected ',' at byte 5"),
        (Lang::Ru, "1,447,320", "unexpected ',' at byte 5"),
        (Lang::Ru, "1\u{a0}447.32", "unexpected '.' at byte 6"),
        (Lang::Ru, "1,447.32", "unexpected '.' at byte 5"),
        (Lang::Ru, "1\u{a0}447 320", "unexpected ' ' at byte 6"),
        (
            Lang::Ru,
            "1\u{2009}447,32",
            "unexpected U+2009 (thin space) at byte 1",
        ),
        (
            Lang::Kk,
            "14\u{a0}47,32",
            "groups of digits have three each, and the one that ends at byte 6 does not",
        ),
        (
            Lang::En,
            "1\u{a0}447.32",
            "unexpected U+00A0 (no-break space) at byte 1",
        ),
        (Lang::En, "1447,32", "unexpected ',' at byte 4"),
        (
            Lang::En,
            "1,44",
            "groups of digits have three each, and the one that ends at byte 4 does not",
        ),
        (
            Lang::En,
            "\u{2212}1,44.5",
            "groups of digits have three each, and the one that ends at byte 7 does not",
        ),
        (
            Lang::En,
            "0,447",
            "a number with groups must not begin with zero",
        ),
        (Lang::En, "1,447,320.5.1", "unexpected '.' at byte 11"),
        (Lang::En, "1e5", "unexpected 'e' at byte 1"),
        (Lang::En, "+5", "unexpected '+' at byte 0"),
        (Lang::En, "5.", "a digit is missing"),
        (Lang::En, "", "a digit is missing"),
        (Lang::En, "−", "a digit is missing"),
        (Lang::En, "--5", "unexpected '-' at byte 1"),
        (Lang::KkArab, "٤٤٧", "unexpected '٤' at byte 0"),
        (
            Lang::En,
            "79228162514264337593543950336",
            "the value needs more than 28 decimals or 96 bits",
        ),
        (
            Lang::En,
            "0.00000000000000000000000000001",
            "the value needs more than 28 decimals or 96 bits",
        ),
    ] {
        let error = lang.parse_number(text).unwrap_err().to_string();
        let expected =
            format!("invalid number {text:?} in {lang}: {told}; expected a number such as ");
        assert!(error.starts_with(&expected), "{error}\n{expected}");
    }
}
