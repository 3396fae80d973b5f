//! Rates in the bank's own direction, which have its digits for any nominal.

use masthead::money::{Currency, Method, Rates};
use masthead::source::{DecodeError, Frankfurter, Source};
use rust_decimal::Decimal;

use super::{DAY, body as quotes, read, value};
use crate::support::{day, ok};

/// The answer to one of the further requests.
pub(super) fn own(day: &str, base: &str, rate: &str) -> String {
    format!(r#"[{{"date":"{day}","base":"{base}","quote":"KZT","rate":{rate}}}]"#)
}

pub(super) fn complete(body: impl Into<String>) -> Result<Rates, DecodeError> {
    let first = read(quotes(&[("KZT", "510"), ("EUR", "0.85000")]));
    let all = ["EUR", "KRW", "UZS", "IRR", "BGN"].map(|code| code.parse().unwrap());
    let frankfurter = Frankfurter::new().currencies(all);
    frankfurter.complete(&day(DAY), &first, &ok(body.into()))
}

#[test]
fn a_rate_in_the_banks_direction_has_its_digits_for_any_nominal() {
    for (code, rate, unit) in [
        ("EUR", "600.5", "600.5"),
        ("KRW", "0.3115", "0.3115"),              // 31.15 for a hundred
        ("KRW", "0.31149999999999994", "0.3115"), // before the service rounded
        ("UZS", "0.0389", "0.0389"),              // 3.89 for a hundred
        ("IRR", "0.001124", "0.001124"),          // 11.24 for ten thousand
        ("IRR", "1.1e-05", "0.000011"),
    ] {
        let rates = complete(own(DAY, code, rate)).unwrap();
        assert_eq!(value(&rates, code).as_deref(), Some(unit), "{code}");
        assert_eq!(value(&rates, "USD").as_deref(), Some("510"));
        assert_eq!(rates.len(), 2 + usize::from(code != "EUR"));
        assert_eq!(rates.publication().method, Method::Computed);
        assert_eq!(rates.longest_pause(), 0);
    }
}

#[test]
fn every_rate_of_two_decimals_comes_back_from_a_division_of_floats() {
    // Every seventh in a build without optimisation, which has each nominal; the stage `repeated` of `.ci/run` has all.
    const STEP: usize = if cfg!(debug_assertions) { 7 } else { 1 };
    for hundredths in (1..100_000_u32).step_by(STEP) {
        let printed = f64::from(hundredths) / 100.0;
        let nominal = 10_u32.pow(hundredths % 5);
        let rate = format!("{}", printed / f64::from(nominal));
        let rates = complete(own(DAY, "KRW", &rate)).unwrap();
        let unit = Decimal::new(hundredths.into(), 2) / Decimal::from(nominal);
        assert_eq!(rates.row(Currency::KRW).unwrap().value, unit, "{rate}");
    }
}

#[test]
fn an_unexpected_further_answer_is_refused() {
    let quote = own(DAY, "KRW", "0.3115");
    for (body, reason) in [
        (
            "[]".to_owned(),
            "it has no data: \"no rate in this direction\"",
        ),
        (
            own("2027-03-03", "KRW", "0.3115"),
            "a rate of KRW of 2027-03-03, expected 2027-03-04 as for the dollar",
        ),
        (
            own(DAY, "GBP", "689.9"),
            "an unexpected rate of GBP in \"KZT\"",
        ),
        (
            quote.replace("KZT", "USD"),
            "an unexpected rate of KRW in \"USD\"",
        ),
        (own(DAY, "krw", "0.3"), "\"krw\" is not a currency code"),
        (
            own(DAY, "KRW", "0.31151515"),
            "rate of KRW is 0.31151515: expected at most 6 decimals",
        ),
        (
            own(DAY, "KRW", "0"),
            "rate of KRW is 0: expected 0.000000001 to 1000000000",
        ),
        (
            format!("[{0},{0}]", quote.trim_matches(['[', ']'])),
            "2 rates, expected one",
        ),
        (
            quotes(&[("KZT", "510"), ("EUR", "0.85")]),
            "2 rates, expected one",
        ),
    ] {
        let error = complete(body).expect_err("the body was accepted");
        assert_eq!(
            error.to_string(),
            format!("cannot read frankfurter: {reason}")
        );
    }
    // The lev ended on 31 December 2025.
    let rates = complete(own(DAY, "BGN", "307.54")).unwrap();
    assert_eq!((value(&rates, "BGN"), rates.len()), (None, 2));
    let whole = complete(own(DAY, "KRW", "0.3115"));
    assert!(whole.is_ok());
    for length in 0..quote.len() {
        let error = complete(&quote[..length]).expect_err("a prefix was accepted");
        assert!(!error.is_no_data(), "{length} bytes: {error}");
    }
}

#[test]
fn one_further_request_for_each_currency_and_at_most_seven() {
    let asked = |frankfurter: Frankfurter| -> Vec<String> {
        let requests = frankfurter.more_requests(&day(DAY)).into_iter();
        requests.map(|request| request.uri().to_string()).collect()
    };
    let of = |code: &str| {
        format!(
            "https://api.frankfurter.dev/v2/rates?base={code}&quotes=KZT&providers=NBK&date=2027-03-04"
        )
    };
    let page = ["EUR", "RUB", "CNY"].map(of);
    assert_eq!(asked(Frankfurter::new()), page);
    assert_eq!(asked(Frankfurter::default()), page);
    let many = "USD KZT GBP GBP KRW UZS JPY TRY CHF AED CAD".split(' ');
    let many = Frankfurter::new().currencies(many.map(|code| code.parse().unwrap()));
    let seven = ["GBP", "KRW", "UZS", "JPY", "TRY", "CHF", "AED"].map(of);
    assert_eq!(asked(many), seven);
    assert!(asked(Frankfurter::new().currencies([])).is_empty());
}
