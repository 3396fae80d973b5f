//! The National Bank of Ukraine: JSON with the metals among the currencies.

use bytes::Bytes;
use chrono_tz::Tz;
use http::Response;
use masthead::money::{Currency, Quotation};
use masthead::source::{Nbu, Source as _};

use super::{DAY, Form, Printed, ROWS, altered, prefixes_are_errors, reason, row};
use crate::support::{day, ok, recorded};

pub(super) const FORM: Form = Form {
    home: Currency::UAH,
    zone: Tz::Europe__Kyiv,
    quotation: Quotation::HomePerForeign,
    document,
    has_nominal: true,
    has_change: false,
    has_json_numbers: true,
    decimals: 4,
    pause: 0,
    before_unread: "\"txt\":\"",
    before_field: "\"units",
};

/// The form of `exchange_site` for one day, with gold if it has rows.
fn document(day: &str, rows: &[Printed]) -> Response<Bytes> {
    let [year, month, day] = [&day[..4], &day[5..7], &day[8..]];
    let row = |[code, value, nominal, _]: &Printed, group: u8| {
        format!(
            "{{ \r\n\"exchangedate\":\"{day}.{month}.{year}\",\"r030\":7,\"cc\":\"{code}\",\"txt\":\"Валюта\",\"enname\":\"Own\",\
             \"rate\":{value},\"units\":{nominal},\"rate_per_unit\":0.5,\"group\":\"{group}\",\"calcdate\":\"01.01.2020\",\"special\":null\r\n }}\r\n"
        )
    };
    let currencies = rows.iter().map(|printed| row(printed, 1));
    let gold = row(&["XAU", "223684.43", "1", ""], 3);
    let gold = (!rows.is_empty()).then_some(gold);
    let rows: Vec<String> = currencies.chain(gold).collect();
    ok(format!("[\r\n{}]\r\n", rows.join(",")))
}

#[track_caller]
fn refusal(answer: &Response<Bytes>) -> String {
    let read = Nbu::of_day().decode(&day(DAY), answer);
    reason(&Nbu::of_day(), read)
}

#[test]
fn a_list_of_metals_is_no_data() {
    let answer = document(DAY, &ROWS[..1]);
    let metals = altered(&answer, "\"group\":\"1\"", "\"group\":\"3\"");
    let error = Nbu::of_day().decode(&day(DAY), &metals).unwrap_err();
    assert!(error.is_no_data(), "{error}");
}

#[test]
fn a_rate_in_quotes_and_a_missing_field_are_refused() {
    let answer = document(DAY, &ROWS);
    let quoted = altered(&answer, "\"rate\":512.3400", "\"rate\":\"512.3400\"");
    let said = refusal(&quoted);
    assert!(said.starts_with("rate of USD: invalid decimal "), "{said}");
    let missing = altered(&answer, "\"rate\":512.3400,\"units\":1,", "\"units\":1,");
    let said = refusal(&missing);
    assert!(said.contains("missing field `rate`"), "{said}");
}

#[test]
#[ignore = "needs the recorded answers"]
fn each_recorded_day_is_read_and_eight_of_them_are_no_list() {
    let range = recorded("nbu/exchange_site_2026-03-10_17.json");
    let several = refusal(&ok(range.clone()));
    assert_eq!(several, "rows of two days, 2026-03-10 and 2026-03-11");

    let text = String::from_utf8(range).unwrap();
    let rows = text.split('{').skip(1);
    let rows: Vec<&str> = rows
        .map(|row| row.split_once('}').map_or(row, |(row, _)| row))
        .collect();
    let of_day = |number: u8| {
        let dated = format!("\"exchangedate\":\"{number}.03.2026\"");
        let rows = rows.iter().filter(|row| row.contains(&dated));
        let rows: Vec<String> = rows.map(|row| format!("{{{row}}}")).collect();
        ok(format!("[{}]", rows.join(",")))
    };
    prefixes_are_errors(&Nbu::of_day(), day("2026-03-16"), &of_day(16), 101);
    let lists = (10..=17).map(|number| {
        let asked = day(&format!("2026-03-{number}"));
        let rates = Nbu::of_day().decode(&asked, &of_day(number)).unwrap();
        // Forty-five rows, four of them metals.
        assert_eq!((rates.day(), rates.len()), (asked, 41));
        rates
    });
    let lists: Vec<_> = lists.collect();
    assert_eq!(row(&lists[6], "KZT"), ("9.0172".into(), 100, None));
    assert_eq!(row(&lists[6], "VND"), ("1.6789".into(), 1000, None));
    assert_eq!(row(&lists[6], "USD"), ("44.1381".into(), 1, None));
    // Saturday and Sunday repeat Friday's.
    assert_eq!(lists[3].rows(), lists[4].rows());
    assert_eq!(lists[3].rows(), lists[5].rows());
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_answers_of_the_other_feed_are_refused() {
    for file in ["exchange_2019-01-01.xml", "error_wrong_parameters.xml"] {
        let said = refusal(&ok(recorded(&format!("nbu/{file}"))));
        assert!(
            said.starts_with("the body is not the expected JSON"),
            "{said}"
        );
    }
}
