//! Tests at the limits between one method of conversion and the next.

use masthead::money::{ConvertError, Currency, Money, Quotation, Rates, Row};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use super::oracle::{CURRENCIES, Quote, exact, for_amounts, quote, rates, rounded};

fn greatest_common_divisor(a: &BigInt, b: &BigInt) -> BigInt {
    let (mut a, mut b) = (a.clone(), b.clone());
    while b != BigInt::ZERO {
        (a, b) = (b.clone(), a % b);
    }
    a
}

/// Amounts near the limits of the multiplication, of a result of 64 bits, of `i64` and of exact doubles, and near zero.
fn edges(numerator: &BigInt, denominator: &BigInt) -> Vec<i64> {
    let largest = BigInt::from(i64::MAX) * 2 + 1;
    let ends = [
        (BigInt::from(1) << 63) / denominator,
        largest * denominator / (numerator * 2),
        BigInt::from(i64::MAX),
        BigInt::from(1_u64 << 53),
        BigInt::ZERO,
    ];
    let near = ends
        .iter()
        .flat_map(|end| (-2..=2).map(move |away| end + away));
    near.flat_map(|edge: BigInt| [-edge.clone(), edge])
        .filter_map(|edge| i64::try_from(edge).ok())
        .collect()
}

#[test]
fn the_oracle_agrees_at_the_edges_of_the_multiplication() {
    let currency = || prop::sample::select(&CURRENCIES[..]);
    let quotation =
        prop::sample::select(&[Quotation::HomePerForeign, Quotation::ForeignPerHome][..]);
    let input = (quote(), quote(), quotation, currency(), currency());
    for_amounts(30, input, |(dollar, dinar, quotation, from, to)| {
        let rates = rates(quotation, dollar, dinar);
        let converter = rates.converter(from, to).unwrap();
        let (numerator, denominator) = exact(from, to, quotation, dollar, dinar);
        let numerator = numerator * 10_u32.pow(to.minor_units());
        let denominator = denominator * 10_u32.pow(from.minor_units());
        for (converter, step) in [
            (converter.clone(), 1),
            (
                converter.in_cash(),
                if to == Currency::KZT { 100 } else { 1 },
            ),
        ] {
            let denominator = &denominator * step;
            let divisor = greatest_common_divisor(&numerator, &denominator);
            let (numerator, denominator) = (&numerator / &divisor, &denominator / &divisor);
            for units in edges(&numerator, &denominator) {
                let nearest = RoundingStrategy::MidpointNearestEven;
                let result = rounded(&(units * &numerator), &denominator, nearest) * step;
                let expected = i64::try_from(&result).ok();
                prop_assert_eq!(converter.convert_units(units).ok(), expected, "{}", units);
                let wide = converter.convert_units_i128(units.into()).ok();
                prop_assert_eq!(wide, i128::try_from(&result).ok(), "{}", units);

                let amount = Money::new(Decimal::new(units, from.minor_units()), from);
                let result = i128::try_from(result).ok();
                let expected = result.and_then(|result| {
                    Decimal::try_from_i128_with_scale(result, to.minor_units()).ok()
                });
                let found = converter.convert(amount).ok().map(Money::amount);
                prop_assert_eq!(found, expected, "{}", amount);
                if step == 1 {
                    let found = rates.convert(amount, to).ok().map(Money::amount);
                    prop_assert_eq!(found, expected, "{}", amount);
                }
            }
        }
        Ok(())
    });
}

#[test]
fn a_result_of_zero_has_no_sign() {
    let quote = Quote {
        mantissa: 1,
        scale: 6,
        nominal: 1,
    };
    let rates = rates(Quotation::HomePerForeign, quote, quote);
    let converter = rates.converter(Currency::USD, Currency::KZT).unwrap();
    for amount in [
        "-0.01 USD",
        "-1 USD",
        "-4999 USD",
        "-5000.00 USD",
        "-0.001 USD",
    ] {
        let zero = converter.convert(amount.parse().unwrap()).unwrap();
        assert_eq!(zero.to_string(), "0.00 KZT", "{amount}");
    }
    let tiyn = converter.convert("-5000.01 USD".parse().unwrap()).unwrap();
    assert_eq!(tiyn.to_string(), "-0.01 KZT");
}

#[test]
fn a_rate_near_128_bits_converts_with_and_without_a_converter() {
    // 4001 tenge for a dollar, and 7.0000000000000000000000000001 for a million euros.
    let row = |currency, value: &str, nominal| Row::new(currency, value.parse().unwrap(), nominal);
    let rows = [
        row(Currency::USD, "4001", 1),
        row(Currency::EUR, "7.0000000000000000000000000001", 1_000_000),
    ];
    let quote = Quote {
        mantissa: 1,
        scale: 6,
        nominal: 1,
    };
    let publication = rates(Quotation::HomePerForeign, quote, quote)
        .publication()
        .clone();
    let rates = Rates::new(publication, rows).unwrap();
    let cent: Money = "0.01 USD".parse().unwrap();
    let found = rates.convert(cent, Currency::EUR).unwrap();
    assert_eq!(found.to_string(), "5715714.29 EUR");
    let converter = rates.converter(Currency::USD, Currency::EUR).unwrap();
    assert_eq!(converter.convert(cent), Ok(found));
    let ten_to = |digits| 10_u128.pow(digits);
    let euros = 7 * ten_to(28) + 1;
    assert_eq!(converter.fraction(), (4001 * ten_to(34), euros));

    // In the reverse direction the denominator has 125 bits, which leaves no room for a cash step, so there is no converter.
    let (from, to) = (Currency::EUR, Currency::USD);
    let refused = rates.converter(from, to);
    assert_eq!(refused, Err(ConvertError::Overflow { from, to }));
    let found = rates.convert("5715714.29 EUR".parse().unwrap(), to);
    assert_eq!(found, Ok(cent));
}

#[test]
fn a_converter_on_a_day_exists_only_for_the_day_of_the_rates() {
    let quote = Quote {
        mantissa: 1,
        scale: 6,
        nominal: 1,
    };
    let rates = rates(Quotation::HomePerForeign, quote, quote);
    let on = |day| rates.converter_on(day, Currency::USD, Currency::KZT);
    let converter = rates.converter(Currency::USD, Currency::KZT);
    assert_eq!(on(rates.day()), converter);
    let (asked, held) = (rates.day().succ_opt().unwrap(), rates.day());
    assert_eq!(on(asked), Err(ConvertError::OtherDay { asked, held }));
}

#[test]
fn a_converter_in_cash_differs_but_has_the_same_fraction() {
    let quote = Quote {
        mantissa: 1,
        scale: 6,
        nominal: 1,
    };
    let rates = rates(Quotation::HomePerForeign, quote, quote);
    let converter = rates.converter(Currency::USD, Currency::KZT).unwrap();
    assert_eq!(converter.fraction(), converter.clone().in_cash().fraction());
    assert_ne!(converter, converter.clone().in_cash());
}
