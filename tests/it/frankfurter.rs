//! Frankfurter: rates worked back from quotients, right or absent.

use http::StatusCode;
use masthead::money::{Currency, Method, Rates};
use masthead::source::{DecodeError, Frankfurter, NationalBankKz, Source};
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::support::{day, ok, recorded};

const DAY: &str = "2027-03-04";

fn quote(day: &str, code: &str, rate: &str) -> String {
    format!(r#"{{"date":"{day}","base":"USD","quote":"{code}","rate":{rate}}}"#)
}

/// Quotes of the day asked for.
fn body(quotes: &[(&str, &str)]) -> String {
    let quotes: Vec<String> = quotes
        .iter()
        .map(|(code, rate)| quote(DAY, code, rate))
        .collect();
    format!("[{}]", quotes.join(","))
}

fn decode(body: impl Into<String>) -> Result<Rates, DecodeError> {
    Frankfurter::new().decode(&day(DAY), &ok(body.into()))
}

#[track_caller]
fn read(body: impl Into<String>) -> Rates {
    decode(body).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refusal(body: impl Into<String>) -> String {
    let error = decode(body).expect_err("the body was accepted");
    assert!(!error.is_no_data(), "{error}");
    error.to_string()
}

fn value(rates: &Rates, code: &str) -> Option<String> {
    Some(rates.row(code.parse().unwrap())?.value.to_string())
}

/// A quotient as Frankfurter prints it: fewer decimals the larger it is, and no trailing zeros.
fn printed(quotient: Decimal) -> Decimal {
    let above = |limit: &str| quotient > limit.parse().unwrap();
    let places = match () {
        () if above("5000") => 0,
        () if above("80") => 2,
        () if above("20") => 3,
        () if above("1") => 4,
        () if above("0.0001") => 5,
        () => 6,
    };
    quotient
        .round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
        .normalize()
}

fn hundredths(count: i64) -> Decimal {
    Decimal::new(count, 2)
}

/// How many rates of two decimals print as the same quotient as `unit` does.
fn twins(dollar: Decimal, unit: Decimal) -> usize {
    let target = printed(dollar / unit);
    let near = unit.trunc_with_scale(2);
    (-200..=200)
        .map(|step| near + hundredths(step))
        .filter(|rate| *rate > Decimal::ZERO && printed(dollar / *rate) == target)
        .count()
}

#[test]
fn the_dollar_keeps_its_own_digits() {
    for (rate, dollar) in [
        ("475.09", "475.09"),
        ("4.7509e2", "475.09"),
        ("475.090", "475.090"),
        ("475", "475"),
        ("475.0900000000001", "475.0900000000001"),
    ] {
        let rates = read(body(&[("KZT", rate)]));
        assert_eq!(value(&rates, "USD").as_deref(), Some(dollar), "{rate}");
        assert_eq!(rates.len(), 1);
    }
}

#[test]
fn a_reading_is_marked_computed() {
    let rates = read(body(&[
        ("EUR", "0.85000"),
        ("KZT", "510"),
        ("CNY", "7.2003"),
    ]));
    let publication = rates.publication();
    assert_eq!(publication.method, Method::Computed);
    assert_eq!(publication.home, Currency::KZT);
    assert_eq!(publication.day, day(DAY));
    assert_eq!(publication.zone, NationalBankKz::ZONE);
    assert_eq!(publication.source.as_str(), "frankfurter");
    let rows: Vec<_> = rates
        .iter()
        .map(|rate| (rate.pair().base().code(), rate.nominal(), rate.change()))
        .collect();
    let row = |code| (code, 1, None);
    assert_eq!(rows, [row("CNY"), row("EUR"), row("USD")]);
    assert_eq!(value(&rates, "EUR").as_deref(), Some("600.00"));
    assert_eq!(value(&rates, "CNY"), Some("70.83".into()));
}

#[test]
fn a_quotient_that_fits_several_rates_or_none_gives_no_rate() {
    for (quotient, rate) in [
        ("0.3", None),     // a dinar near 1700: many hundredths fit five digits
        ("1518.83", None), // a won near 0.3358: no hundredth fits
        ("0", None),       // nothing costs infinitely much
        ("-7.2", None),    // or less than nothing
        ("1e-28", None),
        ("7.2003", Some("70.83")),
        ("86.44", Some("5.90")),
    ] {
        let rates = read(body(&[("KZT", "510"), ("KRW", quotient)]));
        assert_eq!(value(&rates, "KRW").as_deref(), rate, "{quotient}");
    }
}

#[test]
fn a_rate_close_to_the_dollar_is_right_or_absent() {
    // Above one Frankfurter prints four decimals, so 510.00 / 509.99 = 1.0000196… is printed 1.0, as 1 itself is.
    for cents in 1..=6 {
        let (dollar, unit) = (hundredths(51_000), hundredths(51_000 - cents));
        let rates = read(body(&[
            ("KZT", "510.00"),
            ("CHF", &printed(dollar / unit).to_string()),
        ]));
        let found = rates.row(Currency::CHF).map(|row| row.value);
        assert!(
            found.is_none_or(|found| found == unit),
            "{unit} became {found:?}"
        );
    }
}

#[test]
fn quotes_of_other_days_and_unknown_codes_are_skipped() {
    let quotes = [
        quote("2027-03-03", "EUR", "0.84"),
        quote("2027-03-03", "KZT", "510"),
        quote("2027-03-02", "GBP", "0.74"),
        quote("2027-03-03", "XQQ", "3.5"),
        quote("2027-03-03", "USD", "1"),
    ];
    let rates = read(format!("[{}]", quotes.join(",")));
    assert_eq!((rates.day(), rates.len()), (day("2027-03-03"), 2));
    assert_eq!(value(&rates, "EUR"), Some("607.14".into()));
    assert_eq!(value(&rates, "GBP"), None);
}

#[test]
fn a_day_after_the_one_asked_for_is_refused() {
    let ahead = format!("[{}]", quote("2027-03-05", "KZT", "510"));
    assert_eq!(
        refusal(ahead),
        "cannot read frankfurter: rates of 2027-03-05 where 2027-03-04 was asked for"
    );
}

#[test]
fn no_tenge_is_no_data() {
    for body in ["[]".into(), body(&[("EUR", "0.85")])] {
        let error = decode(body).unwrap_err();
        assert!(error.is_no_data());
        assert_eq!(
            error.to_string(),
            "cannot read frankfurter: it has no data: \"no tenge among the rates\""
        );
    }
}

#[test]
fn another_shape_is_refused() {
    let tenge = quote(DAY, "KZT", "510");
    for (body, reason) in [
        (
            r#"{"status":404,"message":"not found"}"#.into(),
            "the body is not the expected JSON: ",
        ),
        (
            "<html></html>".into(),
            "the body is not the expected JSON: ",
        ),
        (
            format!("[{tenge}] []"),
            "the body is not the expected JSON: ",
        ),
        (
            tenge.replace("510", "\"510\""),
            "the body is not the expected JSON: ",
        ),
        (format!("[{}]", tenge.replace("510", "\"510\"")), "KZT: "),
        (format!("[{}]", tenge.replace("510", "null")), "KZT: "),
        (
            format!("[{}]", tenge.replace("510", "0")),
            "rate of USD is 0: ",
        ),
        (
            format!("[{}]", tenge.replace("510", "-510")),
            "rate of USD is -510: ",
        ),
        (
            format!("[{}]", tenge.replace("USD", "EUR")),
            "a rate of \"EUR\" where USD was asked for",
        ),
        (
            format!("[{}]", tenge.replace(DAY, "04.03.2027")),
            "the body is not the expected JSON: ",
        ),
        (
            body(&[("KZT", "510"), ("EUR", "0.85"), ("EUR", "0.86")]),
            "EUR stands twice",
        ),
    ] {
        let text = refusal(body.clone());
        let reason = format!("cannot read frankfurter: {reason}");
        assert!(text.starts_with(&reason), "{body}: {text}");
    }
}

#[test]
fn a_number_is_read_by_the_strict_grammar_and_never_rounded() {
    let long = "510.00000000000000000000000000000000009";
    let text = refusal(body(&[("KZT", long)]));
    assert!(
        text.starts_with("cannot read frankfurter: KZT: invalid decimal \"510.0000"),
        "{text}"
    );
}

#[test]
fn two_dollars_of_one_day_are_refused() {
    let read = decode(body(&[("KZT", "510"), ("KZT", "498")]));
    assert!(read.is_err(), "read as {read:?}");
}

#[test]
fn only_200_and_203_are_read() {
    for status in [403, 404, 422, 500, 503] {
        let mut response = ok(body(&[("KZT", "510")]));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let error = Frankfurter::new().decode(&day(DAY), &response).unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
}

#[test]
fn a_truncated_body_is_an_error() {
    let body = body(&[("CNY", "7.2"), ("EUR", "0.85"), ("KZT", "510.12")]);
    assert_eq!(read(body.clone()).len(), 3);
    for length in 0..body.len() {
        let error = decode(&body[..length]).expect_err("a prefix was accepted");
        assert!(!error.is_no_data(), "{length} bytes: {error}");
    }
}

#[test]
fn the_recorded_rates_survive_the_way_through_frankfurter() {
    for file in ["get_rates_2026-04-01.xml", "get_rates_2026-04-02.xml"] {
        let Some(published) = recorded(&format!("national_bank_kz/{file}")) else {
            return;
        };
        let published = NationalBankKz::of_day()
            .decode(&day(DAY), &ok(published))
            .unwrap();
        let unit = |code: Currency| {
            let row = published.row(code).unwrap();
            row.value / Decimal::from(row.nominal)
        };
        let dollar = unit(Currency::USD);
        let quotes: Vec<(&str, String)> = published
            .iter()
            .map(|rate| rate.pair().base())
            .map(|code| (code.code(), printed(dollar / unit(code)).to_string()))
            .chain([("KZT", dollar.to_string())])
            .collect();
        let quotes: Vec<(&str, &str)> = quotes.iter().map(|(c, q)| (*c, q.as_str())).collect();
        let rates = read(body(&quotes));
        for code in [
            Currency::USD,
            Currency::EUR,
            Currency::RUB,
            Currency::CNY,
            Currency::GBP,
        ] {
            assert!(rates.row(code).is_some(), "{code} is absent from {file}");
        }
        for rate in published.iter() {
            let code = rate.pair().base();
            match rates.row(code) {
                Some(row) => assert_eq!(row.value, unit(code), "{code} of {file}"),
                None => assert_ne!(
                    (
                        unit(code).normalize().scale() <= 2,
                        twins(dollar, unit(code))
                    ),
                    (true, 1),
                    "{code} of {file} can be worked back"
                ),
            }
        }
    }
}

proptest! {
    #[test]
    fn a_rate_is_right_or_absent(dollar in 8_001..200_000_i64, unit in 1..400_000_i64) {
        let (dollar, unit) = (hundredths(dollar), hundredths(unit));
        let quotient = printed(dollar / unit).to_string();
        let rates = read(body(&[("EUR", &quotient), ("KZT", &dollar.to_string())]));
        prop_assert_eq!(rates.row(Currency::USD).map(|row| row.value), Some(dollar));
        match rates.row(Currency::EUR) {
            Some(row) => prop_assert_eq!(row.value, unit),
            None => prop_assert_ne!(twins(dollar, unit), 1),
        }
    }
}
