//! The National Bank of the Republic of Belarus: JSON whose numbers are numbers.

use bytes::Bytes;
use chrono_tz::Tz;
use http::Response;
use masthead::money::{Currency, Quotation};
use masthead::source::{Nbrb, Source};

use super::{DAY, Form, Printed, ROWS, altered, dollar, prefixes_are_errors, reason, row};
use crate::support::{day, ok, recorded};

pub(super) const FORM: Form = Form {
    home: Currency::BYN,
    zone: Tz::Europe__Minsk,
    quotation: Quotation::HomePerForeign,
    document,
    has_nominal: true,
    has_change: false,
    has_json_numbers: true,
    decimals: 4,
    pause: 10,
    before_unread: "\"Cur_Name\":\"",
    before_field: "\"Cur_Scale",
};

/// The form of `exrates/rates?periodicity=0`.
pub(super) fn document(day: &str, rows: &[Printed]) -> Response<Bytes> {
    let rows: Vec<String> = rows
        .iter()
        .map(|[code, value, nominal, _]| {
            format!(
                "{{\"Cur_ID\":7,\"Date\":\"{day}T00:00:00\",\"Cur_Abbreviation\":\"{code}\",\"Cur_Scale\":{nominal},\
                 \"Cur_Name\":\"Валюта\",\"Cur_OfficialRate\":{value}}}"
            )
        })
        .collect();
    ok(format!("[{}]", rows.join(",")))
}

#[track_caller]
fn refusal(from: &str, to: &str) -> String {
    let answer = altered(&document(DAY, &ROWS), from, to);
    reason(&Nbrb::of_day(), Nbrb::of_day().decode(&day(DAY), &answer))
}

#[test]
fn digits_are_kept_and_an_exponent_is_applied() {
    let read = |value| Nbrb::of_day().decode(&day(DAY), &document(DAY, &dollar(1, value)));
    for (text, value) in [("2.0700", "2.0700"), ("3", "3"), ("1e-05", "0.00001")] {
        assert_eq!(row(&read(text).unwrap(), "USD").0, value);
    }
    for text in ["null", "\"512.34\"", "[512.34]", "true"] {
        let reason = reason(&Nbrb::of_day(), read(text));
        assert!(
            reason.starts_with("rate of USD: invalid decimal "),
            "{text}: {reason}"
        );
    }
}

#[test]
fn unexpected_json_is_refused() {
    let usd = "\"Cur_Abbreviation\":\"USD\"";
    for (from, to, said) in [
        (
            "512.3400",
            "512.3400,\"Cur_OfficialRate\":1",
            "duplicate field `Cur_OfficialRate`",
        ),
        (
            usd,
            &format!("{usd},{usd}"),
            "duplicate field `Cur_Abbreviation`",
        ),
        (usd, "\"x\":1", "missing field `Cur_Abbreviation`"),
        ("512.3400}", "512.3400", "key must be a string"),
    ] {
        let reason = refusal(from, to);
        assert!(
            reason.starts_with("the body is not the expected JSON: "),
            "{reason}"
        );
        assert!(reason.contains(said), "{reason}");
    }
}

#[test]
fn a_day_is_a_midnight_and_the_same_in_all_rows() {
    let rows = |date: &str| format!("\"Date\":\"{date}\",\"Cur_Abbreviation\":\"USD\"");
    let usd = rows("2027-03-04T00:00:00");
    assert_eq!(
        refusal(&usd, &rows("2027-03-03T00:00:00")),
        "rows of two days, 2027-03-04 and 2027-03-03"
    );
    for date in ["2027-03-04", "2027-03-04T12:00:00", "2027-03-04T00:00:00Z"] {
        assert_eq!(
            refusal(&usd, &rows(date)),
            format!("{date:?} is not a day, expected YYYY-MM-DDT00:00:00")
        );
    }
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_day_is_read() {
    let (body, range) = (
        recorded("nbrb/rates_periodicity0_2026-03-17.json"),
        recorded("nbrb/dynamics_459.json"),
    );
    let (today, answer) = (day("2026-03-17"), ok(body));
    prefixes_are_errors(&Nbrb::of_day(), today, &answer, 7);
    let rates = Nbrb::of_day().decode(&today, &answer).unwrap();
    assert_eq!((rates.day(), rates.len()), (today, 30));
    assert_eq!(row(&rates, "AUD"), ("2.0700".into(), 1, None));
    assert_eq!(row(&rates, "USD"), ("2.9463".into(), 1, None));
    assert_eq!(row(&rates, "KZT"), ("6.0761".into(), 1000, None));
    let reason = reason(&Nbrb::of_day(), Nbrb::of_day().decode(&today, &ok(range)));
    assert!(
        reason.contains("missing field `Cur_Abbreviation`"),
        "{reason}"
    );
}
