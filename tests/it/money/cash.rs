//! Tests of cash: one rounding, to a multiple of the smallest amount payable.

use masthead::SourceId;
use masthead::money::{Currency, Money, Publication, Quotation, Rates, Row};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use super::convert::money;
use super::oracle::rounded;
use crate::support::day;

/// Currencies with steps of 1, 5, 50, 100, 500 and 1000 minor units, and with zero, two and three decimals.
const STEPS: [(&str, u16); 14] = [
    ("AMD", 100),
    ("CAD", 5),
    ("CHF", 5),
    ("CZK", 100),
    ("DKK", 50),
    ("EUR", 1),
    ("HUF", 500),
    ("IQD", 1000),
    ("JPY", 1),
    ("KWD", 1),
    ("NOK", 100),
    ("SEK", 100),
    ("USD", 1),
    ("UZS", 100),
];

#[test]
fn every_currency_has_a_known_step() {
    let letters = || (b'A'..=b'Z').map(char::from);
    let codes = letters().flat_map(|a| {
        letters().flat_map(move |b| letters().map(move |c| String::from_iter([a, b, c])))
    });
    let currencies: Vec<Currency> = codes.filter_map(|code| code.parse().ok()).collect();
    assert!(currencies.len() > 160, "{}", currencies.len());
    for currency in &currencies {
        let step = currency.cash_step();
        assert!(
            [1, 5, 50, 100, 500, 1000].contains(&step),
            "{currency} {step}"
        );
    }
    let stepped = currencies
        .iter()
        .filter(|currency| currency.cash_step() > 1);
    assert_eq!(stepped.count(), 32);
    for (code, step) in STEPS {
        assert_eq!(
            code.parse::<Currency>().unwrap().cash_step(),
            step,
            "{code}"
        );
    }
    // CLDR has a step of one tiyn, but the smallest coin in circulation is one tenge.
    assert_eq!(Currency::KZT.cash_step(), 100);
}

fn identity(currency: Currency, strategy: RoundingStrategy, amount: &str) -> String {
    let row = Row::new(currency, Decimal::ONE, 1);
    let converter = rates([row])
        .converter(currency, currency)
        .unwrap()
        .in_cash();
    let amount = money(&format!("{amount} {currency}"));
    converter
        .convert_with(amount, strategy)
        .unwrap()
        .to_string()
}

fn rates(rows: impl IntoIterator<Item = Row>) -> Rates {
    let publication = Publication::new(
        SourceId::SAMPLE,
        Currency::KZT,
        Quotation::HomePerForeign,
        day("2027-03-04"),
        chrono_tz::Asia::Almaty,
    );
    Rates::new(publication, rows).unwrap()
}

#[test]
fn amounts_are_rounded_to_coins() {
    use RoundingStrategy::{MidpointAwayFromZero as Away, MidpointNearestEven as Even};
    for (code, strategy, amount, expected) in [
        ("CHF", Even, "1.02", "1.00 CHF"),
        ("CHF", Even, "1.03", "1.05 CHF"),
        // A tie goes to the even multiple of 0.05, or away from zero.
        ("CHF", Even, "1.025", "1.00 CHF"),
        ("CHF", Even, "1.075", "1.10 CHF"),
        ("CHF", Away, "1.025", "1.05 CHF"),
        ("CHF", Even, "-1.03", "-1.05 CHF"),
        // Rounded once: by way of 1.025 and 1.03 it would be 1.05.
        ("CHF", Even, "1.0249999", "1.00 CHF"),
        ("CHF", RoundingStrategy::ToZero, "1.0499", "1.00 CHF"),
        ("CHF", RoundingStrategy::AwayFromZero, "1.0001", "1.05 CHF"),
        ("DKK", Even, "10.24", "10.00 DKK"),
        ("DKK", Even, "10.26", "10.50 DKK"),
        ("SEK", Even, "10.49", "10.00 SEK"),
        ("HUF", Even, "1002.49", "1000.00 HUF"),
        ("HUF", Even, "1002.51", "1005.00 HUF"),
        ("UZS", Even, "12499.51", "12500.00 UZS"),
        ("IQD", Even, "1499.501", "1500.000 IQD"),
        ("CAD", Even, "-0.02", "0.00 CAD"),
        ("USD", Even, "1.02", "1.02 USD"),
    ] {
        let found = identity(code.parse().unwrap(), strategy, amount);
        assert_eq!(found, expected, "{amount} {code}");
    }
}

const STRATEGIES: [RoundingStrategy; 7] = [
    RoundingStrategy::MidpointNearestEven,
    RoundingStrategy::MidpointAwayFromZero,
    RoundingStrategy::MidpointTowardZero,
    RoundingStrategy::ToZero,
    RoundingStrategy::AwayFromZero,
    RoundingStrategy::ToNegativeInfinity,
    RoundingStrategy::ToPositiveInfinity,
];

proptest! {
    #![proptest_config(match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(4_000),
    })]

    #[test]
    fn every_method_of_conversion_rounds_once_to_a_step(
        (code, step) in prop::sample::select(&STEPS[..]), value in 1_i64..100_000_000, scale in 0_u32..=4, zeros in 0_u32..=2,
        units in prop_oneof![-100_000_i64..100_000, any::<i64>()], places in 0_u32..=6,
        strategy in prop::sample::select(&STRATEGIES[..]),
    ) {
        let to: Currency = code.parse().unwrap();
        let row = Row::new(to, Decimal::new(value, scale), 10_u32.pow(zeros));
        let converter = rates([row]).converter(Currency::KZT, to).unwrap().in_cash();
        let ten = BigInt::from(10);
        // The exact number of steps for `units · 10⁻ᵖˡᵃᶜᵉˢ` tenge.
        let numerator = ten.pow(scale + zeros + to.minor_units());
        let denominator = BigInt::from(value) * step;
        let steps = |units: i64, places, strategy| {
            rounded(&(units * &numerator), &(&denominator * ten.pow(places)), strategy) * step
        };

        let exact = i128::try_from(steps(units, places, strategy)).unwrap();
        let expected = Decimal::try_from_i128_with_scale(exact, to.minor_units()).ok();
        let amount = Money::new(Decimal::new(units, places), Currency::KZT);
        let found = converter.convert_with(amount, strategy).ok().map(Money::amount);
        prop_assert_eq!(found, expected, "{}", amount);
        prop_assert_eq!(found.map(|found| found.mantissa()), expected.map(|_| exact));

        let nearest = STRATEGIES[0];
        let exact = i128::try_from(steps(units, places, nearest)).unwrap();
        let expected = Decimal::try_from_i128_with_scale(exact, to.minor_units()).ok();
        prop_assert_eq!(converter.convert(amount).ok().map(Money::amount), expected);

        let expected = i64::try_from(steps(units, 2, nearest)).ok();
        prop_assert_eq!(converter.convert_units(units).ok(), expected);
        #[cfg(feature = "columns")]
        {
            let mut column = [0; 40];
            let converted = converter.convert_minor(&[units; 40], &mut column);
            prop_assert_eq!(converted.ok().map(|()| column), expected.map(|result| [result; 40]));
        }
    }
}
