//! Tests of sums, differences, comparisons and allocation against big integers, with zeros, signs and all decimals.

use std::cmp::Ordering;

use masthead::money::{Currency, Money, MoneyError};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn cases() -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(8_000),
    }
}

/// Any amount. Includes zeros with any decimals and either sign, and amounts that only just fit.
fn amount() -> impl Strategy<Value = Decimal> {
    let largest = (1_i128 << 96) - 1;
    let mantissa = prop_oneof![
        2 => Just(0_i128),
        3 => -1_000_i128..1_000,
        // Trailing zeros, which a sum may drop.
        2 => (-1_000_i128..1_000, 0_u32..26).prop_map(|(digits, zeros)| digits * 10_i128.pow(zeros)),
        1 => (-3_i128..=0).prop_map(move |less| largest + less),
        1 => (0_i128..=3).prop_map(move |more| more - largest),
        3 => (any::<i128>(), 0_u32..=96).prop_map(|(bits, width)| bits % (1 << width)),
    ];
    (mantissa, 0_u32..=28, any::<bool>()).prop_map(|(mantissa, scale, flipped)| {
        let mut amount = Decimal::from_i128_with_scale(mantissa, scale);
        if amount.is_zero() {
            amount.set_sign_negative(flipped);
        }
        amount
    })
}

fn tenge(amount: Decimal) -> Money {
    Money::new(amount, Currency::KZT)
}

/// An amount in units of 10⁻²⁸.
fn exact(amount: Decimal) -> BigInt {
    BigInt::from(amount.mantissa()) * BigInt::from(10).pow(28 - amount.scale())
}

/// The expected digits and decimals of a sum: all decimals of the finer operand, or as many as fit if the others are zeros.
fn expected(sum: &BigInt, places: u32) -> Option<(i128, u32)> {
    let ten = BigInt::from(10);
    let scales = (0..=places).rev();
    scales.into_iter().find_map(|scale| {
        let unit = ten.pow(28 - scale);
        let fits = sum % &unit == BigInt::ZERO && (sum / &unit).magnitude().bits() <= 96;
        fits.then(|| (i128::try_from(sum / &unit).unwrap(), scale))
    })
}

fn digits(sum: Result<Money, MoneyError>) -> Option<(i128, u32)> {
    let amount = sum.ok()?.amount();
    assert!(
        !amount.is_zero() || amount.is_sign_positive(),
        "a negative zero"
    );
    Some((amount.mantissa(), amount.scale()))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_sum_is_the_exact_sum(a in amount(), b in amount()) {
        let places = a.scale().max(b.scale());
        let (sum, difference) = (exact(a) + exact(b), exact(a) - exact(b));
        prop_assert_eq!(digits(tenge(a).checked_add(tenge(b))), expected(&sum, places));
        prop_assert_eq!(digits(tenge(b).checked_add(tenge(a))), expected(&sum, places));
        prop_assert_eq!(digits(tenge(a).checked_sub(tenge(b))), expected(&difference, places));
        prop_assert_eq!(digits(Money::sum(Currency::KZT, [tenge(a), tenge(b)])), expected(&sum, places));
    }

    #[test]
    fn amounts_compare_as_integers_do(a in amount(), b in amount()) {
        let order = exact(a).cmp(&exact(b));
        prop_assert_eq!(tenge(a).compare(tenge(b)), Ok(order));
        prop_assert_eq!(tenge(a) == tenge(b), order == Ordering::Equal);
    }

    #[test]
    fn an_amount_round_trips_through_its_text(a in amount()) {
        for money in [tenge(a), -tenge(a)] {
            let text = money.to_string();
            let read: Money = text.parse().unwrap();
            prop_assert_eq!(read, money);
            prop_assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn parts_add_up_to_the_whole(a in amount(), ratios in prop::collection::vec(0_u32..5, 1..6)) {
        let places = a.scale().max(2);
        let fits = expected(&exact(a), places).is_some_and(|(_, scale)| scale == places);
        match tenge(a).allocate(&ratios) {
            Ok(parts) => {
                let whole = parts.iter().map(|part| exact(part.amount())).sum::<BigInt>();
                prop_assert_eq!(whole, exact(a));
                let least = parts.iter().all(|part| part.amount().scale() == places);
                prop_assert!(least, "{:?}", parts);
                let negative = a.is_sign_negative();
                prop_assert!(parts.iter().all(|part| part.amount().is_zero() || part.amount().is_sign_negative() == negative));
            }
            Err(MoneyError::NoRatio) => prop_assert!(ratios.iter().all(|ratio| *ratio == 0)),
            // The parts of a large amount may fit although the whole does not.
            Err(error) => prop_assert!(!fits, "{} of {}", error, a),
        }
    }
}

#[test]
fn zeros_with_any_decimals_and_sign_add() {
    let money = |text: &str| text.parse::<Money>().unwrap();
    for (a, b, sum) in [
        ("1 USD", "0.00 USD", "1.00 USD"),
        ("0.00 USD", "1 USD", "1.00 USD"),
        ("100 KZT", "0.00 KZT", "100.00 KZT"),
        ("-0.5 KZT", "0.000 KZT", "-0.500 KZT"),
        ("0 KZT", "0.00 KZT", "0.00 KZT"),
        ("0.1 KZT", "-0.100 KZT", "0.000 KZT"),
        // 10⁵ does not fit with 28 decimals, so zeros are dropped.
        (
            "100000 KZT",
            "0.0000000000000000000000000000 KZT",
            "100000.00000000000000000000000 KZT",
        ),
        (
            "79228162514264337593543950335 KZT",
            "0.00 KZT",
            "79228162514264337593543950335 KZT",
        ),
        // With one decimal the sum needs more than 96 bits, but that decimal is a zero.
        (
            "7922816251426433759354395033.5 KZT",
            "7922816251426433759354395033.5 KZT",
            "15845632502852867518708790067 KZT",
        ),
    ] {
        assert_eq!(
            money(a).checked_add(money(b)).unwrap().to_string(),
            sum,
            "{a} + {b}"
        );
    }
    let parts = ["5 USD", "0.00 USD", "-5.0 USD", "0 USD"].map(money);
    assert_eq!(
        Money::sum(Currency::USD, parts).unwrap().to_string(),
        "0.00 USD"
    );
    assert_eq!((-money("0.00 USD")).to_string(), "0.00 USD");
    let difference = money("0 USD").checked_sub(money("0.00 USD")).unwrap();
    assert_eq!(difference.to_string(), "0.00 USD");
    let parts = money("0.000 USD").allocate(&[1, 2]).unwrap();
    assert!(parts.iter().all(|part| part.to_string() == "0.000 USD"));
    assert_eq!(parts.len(), 2);
}
