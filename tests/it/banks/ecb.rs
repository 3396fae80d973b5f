//! The European Central Bank: foreign units for a euro, in attributes.

use bytes::Bytes;
use chrono_tz::Tz;
use http::Response;
use masthead::money::{Currency, Quotation};
use masthead::source::{Ecb, Source};

use super::{DAY, Form, Printed, ROWS, altered, prefixes_are_errors, reason, row};
use crate::support::{day, ok, recorded};

pub(super) const FORM: Form = Form {
    home: Currency::EUR,
    zone: Tz::Europe__Berlin,
    quotation: Quotation::ForeignPerHome,
    document,
    has_nominal: false,
    has_change: false,
    has_json_numbers: false,
    decimals: 6,
    pause: 5,
    before_unread: "<gesmes:subject>",
    before_field: "<Cube currency",
};

/// The form of `eurofxref-daily.xml`.
pub(super) fn document(day: &str, rows: &[Printed]) -> Response<Bytes> {
    let rows: String = rows
        .iter()
        .map(|[code, value, ..]| format!("\t\t\t<Cube currency='{code}' rate='{value}'/>\n"))
        .collect();
    ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <gesmes:Envelope xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\" \
         xmlns=\"http://www.ecb.int/vocabulary/2002-08-01/eurofxref\">\n\
         \t<gesmes:subject>Our own rates</gesmes:subject>\n\
         \t<Cube>\n\t\t<Cube time='{day}'>\n{rows}\t\t</Cube>\n\t</Cube>\n</gesmes:Envelope>"
    ))
}

#[track_caller]
fn refusal(from: &str, to: &str) -> String {
    let answer = altered(&document(DAY, &ROWS), from, to);
    reason(&Ecb::daily(), Ecb::daily().decode(&day(DAY), &answer))
}

#[test]
fn a_document_of_two_days_is_refused() {
    assert_eq!(
        refusal("<Cube time=", "<Cube time='2027-03-03'/><Cube time="),
        "<Cube> has two <Cube>"
    );
    assert_eq!(
        refusal("time='2027-03-04'", ""),
        "<Cube> has no attribute time"
    );
    assert_eq!(
        refusal("rate='512.3400'", ""),
        "USD: <Cube> has no attribute rate"
    );
    assert_eq!(
        refusal("rate='512.3400'", "rate='512,3400'"),
        "rate of USD: invalid decimal \"512,3400\": unexpected ',' at byte 3"
    );
}

#[test]
fn elements_beside_the_cube_are_ignored() {
    let whole = document(DAY, &ROWS);
    let other = altered(&whole, "Our own rates", "<![CDATA[Our]]> rates &amp; 1.00");
    let read = |answer| Ecb::daily().decode(&day(DAY), answer);
    assert_eq!(read(&other), read(&whole));
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_day_is_read() {
    let body = recorded("ecb/eurofxref-daily_2015-01-07.xml");
    let (today, answer) = (day("2015-01-08"), ok(body));
    prefixes_are_errors(&Ecb::daily(), today, &answer, 1);
    let rates = Ecb::daily().decode(&today, &answer).unwrap();
    // The litas ended a week before. The kuna ended in 2023, and the lev in 2025.
    assert_eq!((rates.day(), rates.len()), (day("2015-01-07"), 31));
    assert_eq!(row(&rates, "BGN").0, "1.9558");
    assert!(rates.row("HRK".parse().unwrap()).is_some());
    assert_eq!(row(&rates, "USD"), ("1.1831".into(), 1, None));
    assert_eq!(row(&rates, "GBP"), ("0.78230".into(), 1, None));
    assert_eq!(row(&rates, "RUB"), ("75.0000".into(), 1, None));
    let dollars = rates.convert("100 EUR".parse().unwrap(), Currency::USD);
    assert_eq!(dollars.unwrap().to_string(), "118.31 USD");
    assert!(rates.rate("eur/usd".parse().unwrap()).is_some());
    assert!(rates.rate("usd/eur".parse().unwrap()).is_none());
}
