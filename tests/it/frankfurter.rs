//! Frankfurter's first answer, in dollars.

mod inverse;
mod own_direction;

use http::StatusCode;
use masthead::money::{Currency, Method, Rates};
use masthead::source::{DecodeError, Frankfurter, NationalBankKz, Source};

use crate::support::{day, ok};
use own_direction::{complete, own};

const DAY: &str = "2027-03-04";

fn quote(day: &str, code: &str, rate: &str) -> String {
    format!(r#"{{"date":"{day}","base":"USD","quote":"{code}","rate":{rate}}}"#)
}

/// An answer with quotes of the requested day.
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

#[test]
fn the_dollar_keeps_its_own_digits() {
    for (rate, dollar) in [
        ("475.09", "475.09"),
        ("4.7509e2", "475.09"),
        ("475.090", "475.09"),
        ("475", "475"),
        // Remainders of a division of floats.
        ("475.0900000000001", "475.09"),
        ("475.08999999999997", "475.09"),
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
        ("GBP", "0.75"),
        ("CNY", "7.2003"),
    ]));
    let publication = rates.publication();
    assert_eq!(publication.method, Method::Computed);
    assert_eq!(publication.home, Currency::KZT);
    assert_eq!(publication.day, day(DAY));
    assert_eq!(publication.zone, NationalBankKz::ZONE);
    assert_eq!(publication.source.as_str(), "frankfurter");
    assert_eq!(rates.longest_pause(), 0);
    let rows: Vec<_> = rates
        .iter()
        .map(|rate| (rate.pair().base().code(), rate.nominal(), rate.change()))
        .collect();
    let row = |code| (code, 1, None);
    assert_eq!(rows, [row("EUR"), row("GBP"), row("USD")]);
    assert_eq!(value(&rates, "EUR").as_deref(), Some("600.00"));
    assert_eq!(value(&rates, "GBP"), Some("680.00".into()));
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
fn a_day_after_the_requested_one_is_refused() {
    let ahead = format!("[{}]", quote("2027-03-05", "KZT", "510"));
    assert_eq!(
        refusal(ahead),
        "cannot read frankfurter: rates of 2027-03-05, expected 2027-03-04 or an earlier day"
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
fn an_unexpected_shape_is_refused() {
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
            "a rate of \"EUR\", expected USD",
        ),
        (
            format!("[{}]", tenge.replace(DAY, "04.03.2027")),
            "the body is not the expected JSON: ",
        ),
        (
            body(&[("KZT", "510"), ("EUR", "0.85"), ("EUR", "0.86")]),
            "two rows for EUR",
        ),
    ] {
        let text = refusal(body.clone());
        let reason = format!("cannot read frankfurter: {reason}");
        assert!(text.starts_with(&reason), "{body}: {text}");
    }
}

#[test]
fn a_number_with_too_many_digits_is_refused_not_rounded() {
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
    assert_eq!(read(body.clone()).len(), 2);
    for length in 0..body.len() {
        let error = decode(&body[..length]).expect_err("a prefix was accepted");
        assert!(!error.is_no_data(), "{length} bytes: {error}");
    }
}

#[test]
fn escaped_json_strings_are_read() {
    let escape = |body: &str| body.replace("KZT", "K\\u005aT").replace("USD", "\\u0055SD");
    let plain = body(&[("KZT", "510"), ("EUR", "0.85000")]);
    assert_ne!(escape(&plain), plain);
    assert_eq!(read(escape(&plain)), read(plain));
    let plain = own(DAY, "KRW", "0.3115");
    let escaped = escape(&plain).replace("KRW", "\\u004bRW");
    assert_eq!(complete(escaped).unwrap(), complete(plain).unwrap());
}

#[test]
fn a_malformed_code_is_refused() {
    for code in ["kzt", "GBp", "K", "KZTX", ""] {
        let reason = format!("cannot read frankfurter: {code:?} is not a currency code");
        assert_eq!(refusal(body(&[("KZT", "510"), (code, "1.5")])), reason);
    }
}
