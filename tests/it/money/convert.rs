//! Tests of conversion against exact integer arithmetic: from foreign to home, the reverse, cross rates, and from a currency
//! to itself.

use masthead::SourceId;
use masthead::money::{
    ConvertError, Currency, Money, Pair, Publication, Quotation, Rates, Row, parse_decimal,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::currency;
use crate::support::day;

#[track_caller]
pub(super) fn money(text: &str) -> Money {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
pub(super) fn publication(home: &str, quotation: Quotation, rows: &[(&str, &str, u32)]) -> Rates {
    let publication = Publication::new(
        SourceId::NATIONAL_BANK_KZ,
        home.parse().unwrap(),
        quotation,
        day("2027-03-04"),
        chrono_tz::Asia::Almaty,
    );
    let row = |(currency, value, nominal): &(&str, &str, u32)| {
        Row::new(
            currency.parse().unwrap(),
            parse_decimal(value).unwrap(),
            *nominal,
        )
    };
    Rates::new(publication, rows.iter().map(row)).unwrap()
}

/// A publication with tenge for foreign units, as the National Bank of Kazakhstan prints.
#[track_caller]
pub(super) fn tenge(rows: &[(&str, &str, u32)]) -> Rates {
    publication("KZT", Quotation::HomePerForeign, rows)
}

/// A rate for integer arithmetic: a small mantissa, its scale, and the number of zeros of its nominal.
type Small = (i128, u32, u32);

fn small() -> impl Strategy<Value = Small> {
    (1..1_000_000_i128, 0..=4_u32, 0..=4_u32)
}

fn row_of(currency: Currency, (mantissa, scale, zeros): Small) -> Row {
    let value = Decimal::from_i128_with_scale(mantissa, scale);
    Row::new(currency, value, 10_u32.pow(zeros))
}

/// Home units for one foreign unit, as a fraction.
fn fraction(quotation: Quotation, (mantissa, scale, zeros): Small) -> (i128, i128) {
    let units = 10_i128.pow(scale + zeros);
    match quotation {
        Quotation::HomePerForeign => (mantissa, units),
        Quotation::ForeignPerHome => (units, mantissa),
    }
}

proptest! {
    #[test]
    fn a_result_is_the_nearest_minor_unit_and_even_on_a_tie(
        x in small(), y in small(), (from, to) in (currency(), currency()),
        amount in -10_000_000..10_000_000_i128, places in 0..=3_u32,
        inverted in any::<bool>(), through in 0..3_u8,
    ) {
        let quotation = if inverted { Quotation::ForeignPerHome } else { Quotation::HomePerForeign };
        // 0: from foreign to home, 1: from home to foreign, 2: between foreign currencies.
        let (from, to) = match through {
            0 => (from, Currency::KZT),
            1 => (Currency::KZT, to),
            _ => (from, to),
        };
        prop_assume!(from != to);
        let foreign = [(from, x), (to, y)];
        let rows = foreign.iter().filter(|(currency, _)| *currency != Currency::KZT);
        let publication = publication("KZT", quotation, &[("XAF", "1", 1)]).publication().clone();
        let rates = Rates::new(publication, rows.map(|(currency, rate)| row_of(*currency, *rate))).unwrap();

        let home = |currency, rate| if currency == Currency::KZT { (1, 1) } else { fraction(quotation, rate) };
        let ((a, b), (c, d)) = (home(from, x), home(to, y));
        let numerator = amount * a * d * 10_i128.pow(to.minor_units());
        let denominator = 10_i128.pow(places) * b * c;

        let amount = Money::new(Decimal::from_i128_with_scale(amount, places), from);
        let result = rates.convert(amount, to).unwrap();
        prop_assert_eq!(result.currency(), to);
        prop_assert_eq!(result.amount().scale(), to.minor_units());
        let units = result.amount().mantissa();
        let twice_off = 2 * (units * denominator - numerator).abs();
        prop_assert!(twice_off <= denominator, "{} became {}", amount, result);
        prop_assert!(twice_off < denominator || units % 2 == 0, "{} is a tie, and became {}", amount, result);

        let opposite = rates.convert(Money::new(-amount.amount(), from), to).unwrap();
        prop_assert_eq!(opposite.amount(), -result.amount());
        let converter = rates.converter(from, to).unwrap();
        prop_assert_eq!(converter.convert(amount), Ok(result));
    }

    #[test]
    fn a_conversion_to_the_same_currency_only_rounds(amount in -1_000_000_000..1_000_000_000_i64, rate in small()) {
        let rates = tenge(&[("USD", "1", 1)]);
        let rates = Rates::new(rates.publication().clone(), [row_of(Currency::USD, rate)]).unwrap();
        let cents = Money::new(Decimal::new(amount, 2), Currency::USD);
        prop_assert_eq!(rates.convert(cents, Currency::USD), Ok(cents));
    }
}

#[test]
fn a_tie_goes_to_the_even_unit() {
    let rates = tenge(&[("USD", "0.5", 1), ("JPY", "2", 1), ("KWD", "1", 1)]);
    for (amount, to, expected) in [
        ("0.01 USD", "KZT", "0.00 KZT"), // 0.005
        ("0.03 USD", "KZT", "0.02 KZT"), // 0.015
        ("0.05 USD", "KZT", "0.02 KZT"), // 0.025
        ("-0.01 USD", "KZT", "0.00 KZT"),
        ("-0.03 USD", "KZT", "-0.02 KZT"),
        ("-0.05 USD", "KZT", "-0.02 KZT"),
        ("1 KZT", "JPY", "0 JPY"), // 0.5
        ("3 KZT", "JPY", "2 JPY"), // 1.5
        ("5 KZT", "JPY", "2 JPY"), // 2.5
        ("5.0000001 KZT", "JPY", "3 JPY"),
        ("4.9999999 KZT", "JPY", "2 JPY"),
        ("0.0005 KZT", "KWD", "0.000 KWD"),
        ("0.0015 KZT", "KWD", "0.002 KWD"),
        ("0.125 USD", "USD", "0.12 USD"),
        ("0.375 USD", "USD", "0.38 USD"),
    ] {
        let result = rates.convert(money(amount), to.parse().unwrap()).unwrap();
        assert_eq!(result.to_string(), expected, "{amount}");
    }
}

#[test]
fn a_nominal_divides_once() {
    for (nominal, tenge_for_a_million, rials_for_a_tenge) in [
        (1, "400000.00 KZT", "2.50 IRR"),
        (10, "40000.00 KZT", "25.00 IRR"),
        (100, "4000.00 KZT", "250.00 IRR"),
        (1000, "400.00 KZT", "2500.00 IRR"),
        (10000, "40.00 KZT", "25000.00 IRR"),
    ] {
        let rates = tenge(&[("IRR", "0.4", nominal)]);
        let tenge = rates.convert(money("1000000 IRR"), Currency::KZT).unwrap();
        assert_eq!(tenge.to_string(), tenge_for_a_million);
        let rials = rates.convert(money("1 KZT"), Currency::IRR).unwrap();
        assert_eq!(rials.to_string(), rials_for_a_tenge);
    }
}

#[test]
fn foreign_units_for_a_home_unit_convert_alike() {
    // Dollars and yen for a euro.
    let euro = publication(
        "EUR",
        Quotation::ForeignPerHome,
        &[("USD", "1.25", 1), ("JPY", "160", 1)],
    );
    for (amount, to, expected) in [
        ("100 EUR", Currency::USD, "125.00 USD"),
        ("100 USD", Currency::EUR, "80.00 EUR"),
        ("1 USD", Currency::JPY, "128 JPY"),
    ] {
        assert_eq!(
            euro.convert(money(amount), to).unwrap().to_string(),
            expected
        );
    }
    assert_eq!(
        euro.rate("EUR/USD".parse().unwrap()).unwrap().to_string(),
        "1.25 USD for 1 EUR on 2027-03-04"
    );
    assert_eq!(euro.rate("USD/EUR".parse().unwrap()), None);
    assert_eq!(
        tenge(&[("USD", "500", 1)]).rate(Pair::USD_KZT.inverse()),
        None
    );
}

#[test]
fn a_conversion_without_a_rate_or_with_too_large_a_result_is_an_error_with_its_reason() {
    let rates = tenge(&[("USD", "512.34", 1), ("XAF", "0.000000001", 1_000_000)]);
    let unknown = ConvertError::Unknown {
        currency: Currency::EUR,
        day: day("2027-03-04"),
    };
    assert_eq!(unknown.to_string(), "no rate for EUR on 2027-03-04");
    for (amount, to) in [
        ("1 EUR", Currency::KZT),
        ("1 KZT", Currency::EUR),
        ("1 EUR", Currency::USD),
        ("1 USD", Currency::EUR),
    ] {
        assert_eq!(rates.convert(money(amount), to).unwrap_err(), unknown);
    }
    let converter = rates.converter(Currency::USD, Currency::KZT).unwrap();
    let error = converter.convert(money("1 KZT")).unwrap_err();
    assert_eq!(
        error,
        ConvertError::Mismatch {
            expected: Currency::USD,
            found: Currency::KZT
        }
    );
    assert_eq!(
        error.to_string(),
        "the converter takes USD, the amount is in KZT"
    );
    let most = Money::new(Decimal::MAX, Currency::USD);
    for to in ["KZT", "USD", "XAF"] {
        let error = rates.convert(most, to.parse().unwrap()).unwrap_err();
        let text = format!("the amount is too large to convert from USD to {to} exactly");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn a_converter_prints_its_fraction_its_day_and_its_source() {
    let rates = tenge(&[("USD", "512.50", 1), ("KRW", "36.64", 100)]);
    for (from, to, text) in [
        (
            "USD",
            "KZT",
            "USD to KZT at 1025/2 on 2027-03-04 by national_bank_kz",
        ),
        (
            "KZT",
            "USD",
            "KZT to USD at 2/1025 on 2027-03-04 by national_bank_kz",
        ),
        (
            "KRW",
            "KZT",
            "KRW to KZT at 229/625 on 2027-03-04 by national_bank_kz",
        ),
        (
            "USD",
            "KRW",
            "USD to KRW at 640625/458 on 2027-03-04 by national_bank_kz",
        ),
        (
            "USD",
            "USD",
            "USD to USD at 1/1 on 2027-03-04 by national_bank_kz",
        ),
    ] {
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        let converter = rates.converter(from, to).unwrap();
        assert_eq!(converter.to_string(), text);
        assert_eq!(
            (converter.from(), converter.to(), converter.day()),
            (from, to, day("2027-03-04"))
        );
    }
}
