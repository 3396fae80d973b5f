//! Significant digits, and the one rounding, against exact integers.

use masthead::money::Currency;
use masthead::prose::{Kind, Reader};
use masthead::strip::Lang;
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{annotator, check};

#[test]
fn a_value_has_the_digits_of_its_amount_and_at_least_three() {
    check(
        Lang::Ru,
        Currency::USD,
        &[
            ("7 млн тенге", "7 млн тенге (около 15_600_$)"),
            ("7,25 млрд тенге", "7,25 млрд тенге (около 16,2_млн_$)"),
            (
                "7,2513 млрд тенге",
                "7,2513 млрд тенге (около 16,211_млн_$)",
            ),
            ("22,8 трлн тенге", "22,8 трлн тенге (около 51_млрд_$)"),
            (
                "879 947 069 тысяч тенге",
                "879 947 069 тысяч тенге (около 1_967_153_420_$)",
            ),
            ("100 тенге", "100 тенге (около 0,22_$)"),
            ("500 рублей", "500 рублей (около 6,07_$)"),
        ],
    );
}

#[test]
fn an_amount_in_minor_units_gives_an_exact_value() {
    check(
        Lang::Ru,
        Currency::USD,
        &[
            ("1250,50 тенге", "1250,50 тенге (2,80_$)"),
            ("447 тенге 32 тиына", "447 тенге 32 тиына (1,00_$)"),
        ],
    );
    check(
        Lang::En,
        Currency::KZT,
        &[
            ("$19.99", "$19.99 (about ₸8,942)"),
            ("$0.50", "$0.50 (about ₸224)"),
            ("$1.05", "$1.05 (about ₸470)"),
        ],
    );
}

#[test]
fn a_value_below_half_a_minor_unit_is_absent() {
    check(
        Lang::Ru,
        Currency::USD,
        &[
            ("2 тенге", "2 тенге"),
            ("3 тенге", "3 тенге (около 0,01_$)"),
        ],
    );
}

/// Half-even rounding of `numerator / denominator` to `digits` significant digits, at most `places` decimals, as units of the last place and places.
fn rounded(numerator: &BigInt, denominator: &BigInt, digits: u32, places: u32) -> Decimal {
    let ten = BigInt::from(10);
    let mut scale = i64::from(places);
    loop {
        let (mut above, mut below) = (numerator.clone(), denominator.clone());
        if scale >= 0 {
            above *= ten.pow(u32::try_from(scale).unwrap());
        } else {
            below *= ten.pow(u32::try_from(-scale).unwrap());
        }
        let floor = &above / &below;
        if floor.to_string().len() > digits as usize {
            scale -= 1;
            continue;
        }
        let twice: BigInt = (&above % &below) * 2;
        let is_odd = &floor % 2 == BigInt::from(1);
        let up = twice > below || twice == below && is_odd;
        let units: i128 = (floor + BigInt::from(i32::from(up)))
            .to_string()
            .parse()
            .unwrap();
        return if scale >= 0 {
            Decimal::try_from_i128_with_scale(units, u32::try_from(scale).unwrap()).unwrap()
        } else {
            Decimal::from_i128_with_scale(units * 10_i128.pow(u32::try_from(-scale).unwrap()), 0)
        };
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// The value in the brackets is the exact quotient, rounded once, and the reader reads it back in each language.
    #[test]
    fn a_value_is_the_exact_quotient_rounded_once(
        mantissa in 1_u64..10_u64.pow(7),
        zeros in 0_u32..8,
        lang in proptest::sample::select(Lang::ALL),
        (to, mark, rate) in proptest::sample::select(vec![
            (Currency::USD, "USD", (100_u32, 44732_u32)),
            (Currency::EUR, "EUR", (100, 48221)),
            (Currency::RUB, "RUB", (100, 543)),
            (Currency::JPY, "JPY", (1000, 3206)),
            (Currency::UZS, "UZS", (100_000, 3910)),
        ]),
    ) {
        let stated = mantissa * 10_u64.pow(zeros);
        // A number that may be a year is left alone.
        prop_assume!(!(1900..2100).contains(&stated));
        let text = format!("KZT {stated}");
        let digits = mantissa.to_string().trim_end_matches('0').len().max(3);
        let (numerator, denominator) = (BigInt::from(stated) * rate.0, BigInt::from(rate.1));
        let expected = rounded(&numerator, &denominator, u32::try_from(digits).unwrap(), to.minor_units());
        let annotated = annotator(lang, to).text(&text);
        if expected.is_zero() {
            prop_assert_eq!(annotated, text);
            return Ok(());
        }
        let inside = annotated.strip_prefix(&text).unwrap();
        let inside = inside.trim().trim_matches(['(', ')', '（', '）', '\u{2067}', '\u{2069}']);
        let read: Vec<_> = Reader::new(lang).amounts(inside).collect();
        prop_assert_eq!(read.len(), 1, "{}: {}", mark, annotated);
        prop_assert_eq!(read[0].span(), 0..inside.len(), "{}", &annotated);
        prop_assert_eq!(read[0].currency(), to, "{}", &annotated);
        prop_assert_eq!(read[0].kind(), Kind::About, "{}", &annotated);
        prop_assert_eq!(read[0].low(), expected, "{}", &annotated);
    }
}
