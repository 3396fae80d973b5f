//! The National Bank of Georgia: JSON whose numbers are numbers, in one object.

use bytes::Bytes;
use chrono_tz::Tz;
use http::Response;
use masthead::money::{Currency, Quotation};
use masthead::source::{Nbg, Source as _};

use super::{DAY, Form, Printed, ROWS, altered, prefixes_are_errors, reason, row};
use crate::support::{day, ok, recorded};

pub(super) const FORM: Form = Form {
    home: Currency::GEL,
    zone: Tz::Asia__Tbilisi,
    quotation: Quotation::HomePerForeign,
    document,
    has_nominal: true,
    has_change: true,
    has_json_numbers: true,
    decimals: 4,
    pause: 10,
    before_unread: "\"name\":\"",
    before_field: "\"quantity",
};

/// The form of `currencies/?date=`.
fn document(day: &str, rows: &[Printed]) -> Response<Bytes> {
    let rows: Vec<String> = rows
        .iter()
        .map(|[code, value, nominal, change]| {
            let unsigned = change.trim_start_matches('-');
            format!(
                "{{\"code\":\"{code}\",\"quantity\":{nominal},\"rateFormated\":\"{value}\",\"diffFormated\":\"{unsigned}\",\
                 \"rate\":{value},\"name\":\"ვალუტა\",\"diff\":{change},\"date\":\"2027-01-02T17:00:00.001Z\",\
                 \"validFromDate\":\"{day}T00:00:00.000Z\"}}"
            )
        })
        .collect();
    let rows = rows.join(",");
    ok(format!(
        "[{{\"date\":\"{day}T00:00:00.000Z\",\"currencies\":[{rows}]}}]"
    ))
}

#[track_caller]
fn refusal(answer: &Response<Bytes>) -> String {
    let read = Nbg::of_day().decode(&day(DAY), answer);
    reason(&Nbg::of_day(), read)
}

#[test]
fn two_lists_and_rows_of_two_days_are_refused() {
    let one = String::from_utf8(document(DAY, &ROWS).body().to_vec()).unwrap();
    let list = &one[1..one.len() - 1];
    let two = ok(format!("[{list},{list}]"));
    assert_eq!(refusal(&two), "2 lists, expected one");
    let empty = Nbg::of_day().decode(&day(DAY), &ok("[]")).unwrap_err();
    assert!(empty.is_no_data(), "{empty}");

    let dollar =
        "\"diff\":1.05,\"date\":\"2027-01-02T17:00:00.001Z\",\"validFromDate\":\"2027-03-0";
    let answer = document(DAY, &ROWS);
    let other = altered(&answer, &format!("{dollar}4"), &format!("{dollar}3"));
    let said = "rows of two days, 2027-03-04 and 2027-03-03";
    assert_eq!(refusal(&other), said);
}

#[test]
fn a_rate_in_quotes_and_a_missing_field_are_refused() {
    let answer = document(DAY, &ROWS);
    let quoted = altered(&answer, "\"rate\":512.3400", "\"rate\":\"512.3400\"");
    let said = refusal(&quoted);
    assert!(said.starts_with("rate of USD: invalid decimal "), "{said}");
    let missing = altered(&answer, "\"rate\":512.3400,", "");
    let said = refusal(&missing);
    assert!(said.contains("missing field `rate`"), "{said}");
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_days_are_read_and_their_changes_add_up() {
    let file = |name: &str| ok(recorded(&format!("nbg/currencies_{name}.json")));
    let (monday, holiday) = (file("2026-03-02"), file("2026-03-04"));
    prefixes_are_errors(&Nbg::of_day(), day("2026-03-02"), &monday, 101);
    // A day without rates of its own has those of the day before.
    let before = Nbg::of_day().decode(&day("2026-03-02"), &monday).unwrap();
    assert_eq!((before.day(), before.len()), (day("2026-02-28"), 42));
    let rates = Nbg::of_day().decode(&day("2026-03-04"), &holiday).unwrap();
    assert_eq!((rates.day(), rates.len()), (day("2026-03-03"), 42));
    let of_rial = ("0.0204".into(), 10_000, Some("0.0000".into()));
    assert_eq!(row(&before, "IRR"), of_rial);
    let of_yuan = ("3.9010".into(), 10, Some("-0.0076".into()));
    assert_eq!(row(&before, "CNY"), of_yuan);
    for rate in rates.iter() {
        let before = before.rate(rate.pair()).unwrap();
        assert_eq!(rate.change(), Some(rate.value() - before.value()), "{rate}");
    }
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_day_of_2022_is_read() {
    let answer = ok(recorded("nbg/currencies_2022-06-28_en.json"));
    let rates = Nbg::of_day().decode(&day("2022-06-28"), &answer).unwrap();
    // With the lev, which was still in use.
    assert_eq!((rates.day(), rates.len()), (day("2022-06-28"), 43));
    let dollar = ("2.9349".into(), 1, Some("-0.0011".into()));
    assert_eq!(row(&rates, "USD"), dollar);
}
