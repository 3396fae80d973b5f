//! Tests for faults of other libraries' converters, one test each. A comment derives each expected value by hand.

use masthead::money::{Currency, Quotation, Rates};

use super::convert::{money, publication, tenge};

/// The text of a conversion's result. Both methods for one amount must agree on it.
#[track_caller]
fn converted(rates: &Rates, amount: &str, to: &str) -> String {
    let (amount, to) = (money(amount), to.parse().unwrap());
    let converter = rates.converter(amount.currency(), to).unwrap();
    let result = converter.convert(amount).unwrap();
    assert_eq!(rates.convert(amount, to), Ok(result));
    result.to_string()
}

fn in_cash(amount: &str) -> String {
    let rates = tenge(&[("USD", "447.32", 1)]);
    let converter = rates
        .converter(Currency::KZT, Currency::KZT)
        .unwrap()
        .in_cash();
    converter.convert(money(amount)).unwrap().to_string()
}

#[test]
fn a_result_is_not_rounded_to_the_unit_it_came_from() {
    // The yen has no hundredths, but 150 yen at 0.66 for a hundred are 0.99 dollars, not one dollar.
    let rates = publication("USD", Quotation::HomePerForeign, &[("JPY", "0.66", 100)]);
    assert_eq!(converted(&rates, "150 JPY", "USD"), "0.99 USD");
    // The dinar has thousandths: 0.3075 is halfway between 0.307 and 0.308, and 0.308 is even.
    let rates = publication("KWD", Quotation::HomePerForeign, &[("USD", "0.3075", 1)]);
    assert_eq!(converted(&rates, "1 USD", "KWD"), "0.308 KWD");
}

#[test]
fn a_result_has_the_digits_of_its_currency() {
    let rates = tenge(&[("JPY", "3.1994", 1), ("KWD", "1455.3", 1)]);
    assert_eq!(converted(&rates, "1000 KZT", "JPY"), "313 JPY"); // 312.56
    assert_eq!(converted(&rates, "1000 KZT", "KWD"), "0.687 KWD"); // 0.68714
    assert_eq!(converted(&rates, "1 JPY", "KZT"), "3.20 KZT");
}

#[test]
fn an_inverse_rate_is_not_truncated() {
    // 1/447.32 truncated to fourteen digits would lose 24 cents here: the exact quotient is 223553608155.23562…
    let rates = tenge(&[("USD", "447.32", 1)]);
    assert_eq!(
        converted(&rates, "100000000000000 KZT", "USD"),
        "223553608155.24 USD"
    );
}

#[test]
fn a_cross_rate_is_rounded_once() {
    // 61.83 sums are 2.41137 tenge, which are 0.0050007 euros: one cent. By way of 2.41 tenge it would be zero.
    let rates = tenge(&[("UZS", "3.9", 100), ("EUR", "482.20", 1)]);
    assert_eq!(converted(&rates, "61.83 UZS", "EUR"), "0.01 EUR");
}

#[test]
fn a_currency_converts_to_itself_at_one() {
    let rates = tenge(&[("EUR", "482.21", 1)]);
    assert_eq!(converted(&rates, "100 EUR", "EUR"), "100.00 EUR");
    assert_eq!(
        rates
            .converter(Currency::EUR, Currency::EUR)
            .unwrap()
            .fraction(),
        (1, 1)
    );
}

#[test]
fn a_quotient_that_is_not_a_tie_goes_to_the_nearest_unit() {
    // -0.08 · 447.32 = -35.7856: dropped digits that begin with a five are not always a tie.
    let rates = tenge(&[("USD", "447.32", 1)]);
    assert_eq!(converted(&rates, "-0.08 USD", "KZT"), "-35.79 KZT");
}

#[test]
fn a_tie_is_not_lost_to_floats() {
    // 1.50 · 447.35 = 671.025, a tie. In doubles it is 671.0250000000001, which rounds to a tiyn too much.
    let rates = tenge(&[("USD", "447.35", 1)]);
    assert_eq!(converted(&rates, "1.50 USD", "KZT"), "671.02 KZT");
}

#[test]
fn cash_is_rounded_once_and_symmetrically_about_zero() {
    for (amount, expected) in [
        // Not to 11.50 first and then up to 12.
        ("11.496 KZT", "11.00 KZT"),
        ("-11.496 KZT", "-11.00 KZT"),
        ("11.5 KZT", "12.00 KZT"),
        ("12.5 KZT", "12.00 KZT"),
        ("-12.5 KZT", "-12.00 KZT"),
        ("-12.51 KZT", "-13.00 KZT"),
        // A zero has no sign.
        ("-0.004 KZT", "0.00 KZT"),
        ("-0.5 KZT", "0.00 KZT"),
    ] {
        assert_eq!(in_cash(amount), expected, "{amount}");
    }
}

#[test]
fn a_result_that_does_not_fit_is_an_error_and_never_a_panic_a_wrap_or_a_zero() {
    let rates = tenge(&[("USD", "447.32", 1)]);
    let converter = rates.converter(Currency::USD, Currency::KZT).unwrap();
    // 2⁶³ - 1 is 9223372036854775807. These are the last amount that fits, and the next.
    let most = 20_619_180_981_969_900;
    assert_eq!(converter.convert_units(most), Ok(9_223_372_036_854_775_668));
    assert_eq!(
        converter.convert_units(-most),
        Ok(-9_223_372_036_854_775_668)
    );
    assert!(converter.convert_units(most + 1).is_err());
    assert!(converter.convert_units(i64::MIN).is_err());
    assert!(converter.convert_units_i128(i128::MIN).is_err());
    assert!(
        converter
            .convert(money("79228162514264337593543950335 USD"))
            .is_err()
    );
    assert!(
        rates
            .convert(money("-79228162514264337593543950335 USD"), Currency::KZT)
            .is_err()
    );
}

#[test]
fn an_error_names_a_space_other_than_the_ordinary_one() {
    for (text, message) in [
        (
            "100\u{a0}USD",
            "unexpected U+00A0 (no-break space) at byte 3, expected an ordinary space",
        ),
        (
            "1\u{202f}000 USD",
            "unexpected U+202F (narrow no-break space) at byte 1, expected digits without separators, such as \"1000 USD\"",
        ),
        (
            "1\u{2009}000 USD",
            "unexpected U+2009 (thin space) at byte 1, expected digits without separators, such as \"1000 USD\"",
        ),
        (
            "7 000 000 KZT",
            "unexpected ' ' at byte 1, expected digits without separators, such as \"1000 USD\"",
        ),
        (
            "100\u{200b} USD",
            "invalid decimal \"100\\u{200b}\": unexpected U+200B (zero width space) at byte 3",
        ),
        (
            "100USD",
            "expected an amount, a space and a currency, such as \"100 USD\"",
        ),
    ] {
        let error = text.parse::<masthead::money::Money>().unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}
