//! The Bank of Russia: windows-1251 and decimal commas.

use bytes::Bytes;
use chrono_tz::Tz;
use encoding_rs::WINDOWS_1251;
use http::Response;
use http::header::CONTENT_TYPE;
use masthead::money::{Currency, Pair, Quotation};
use masthead::source::{Cbr, Source};
use rust_decimal::Decimal;

use super::{DAY, Form, Printed, ROWS, altered, dollar, prefixes_are_errors, reason, row};
use crate::support::{day, ok, recorded};

pub(super) const FORM: Form = Form {
    home: Currency::RUB,
    zone: Tz::Europe__Moscow,
    quotation: Quotation::HomePerForeign,
    document,
    has_nominal: true,
    has_change: false,
    has_json_numbers: false,
    decimals: 4,
    pause: 12,
    before_unread: "<Name>",
    before_field: "<Nominal",
};

/// The form of `XML_daily.asp`.
pub(super) fn document(day: &str, rows: &[Printed]) -> Response<Bytes> {
    let [year, month, day] = [&day[..4], &day[5..7], &day[8..]];
    let rows: String = rows
        .iter()
        .map(|[code, value, nominal, _]| {
            let value = value.replace('.', ",");
            format!(
                "<Valute ID=\"R0{code}\"><NumCode>000</NumCode><CharCode>{code}</CharCode><Nominal>{nominal}</Nominal>\
                 <Name>Валюта {code}</Name><Value>{value}</Value></Valute>"
            )
        })
        .collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"windows-1251\"?>\
         <ValCurs Date=\"{day}.{month}.{year}\" name=\"Our Own Market\">{rows}</ValCurs>"
    );
    answer(&text)
}

/// An answer with a text in windows-1251, as the bank's server sends it.
pub(super) fn answer(text: &str) -> Response<Bytes> {
    let (bytes, _, _) = WINDOWS_1251.encode(text);
    let mut answer = ok(bytes.into_owned());
    let header = "text/xml; charset=windows-1251".parse().unwrap();
    answer.headers_mut().insert(CONTENT_TYPE, header);
    answer
}

/// The error of the document with one text replaced.
#[track_caller]
fn refusal(from: &str, to: &str) -> String {
    let answer = altered(&document(DAY, &ROWS), from, to);
    reason(&Cbr::of_day(), Cbr::of_day().decode(&day(DAY), &answer))
}

#[test]
fn a_value_has_a_decimal_comma() {
    assert_eq!(
        refusal("<Value>512,3400<", "<Value>512.3400<"),
        "rate of USD: invalid decimal \"512.3400\": unexpected '.' at byte 3, expected a decimal comma"
    );
    for (value, said) in [
        (
            "1.512,34",
            "unexpected '.' at byte 1, expected a decimal comma",
        ),
        (
            "1,512.34",
            "unexpected '.' at byte 5, expected a decimal comma",
        ),
        (
            "1,512,34",
            "unexpected ',' at byte 5, with the comma read as a point",
        ),
        (
            "1 512,34",
            "unexpected ' ' at byte 1, with the comma read as a point",
        ),
        (
            ",5",
            "unexpected '.' at byte 0, with the comma read as a point",
        ),
        ("5,", "a digit is missing, with the comma read as a point"),
    ] {
        let reason = refusal("<Value>512,3400<", &format!("<Value>{value}<"));
        assert!(
            reason.starts_with("rate of USD: invalid decimal "),
            "{reason}"
        );
        assert!(reason.ends_with(said), "{value}: {reason}");
    }
    let whole = altered(&document(DAY, &ROWS), ">512,3400<", ">512<");
    let rates = Cbr::of_day().decode(&day(DAY), &whole).unwrap();
    assert_eq!(row(&rates, "USD").0, "512");
}

#[test]
fn a_missing_or_repeated_field_is_named_in_the_error() {
    for (field, missing, twice) in [
        (
            "<Value>512,3400</Value>",
            "USD: <Valute> has no <Value>",
            "USD: <Valute> has two <Value>",
        ),
        (
            "<CharCode>USD</CharCode>",
            "<Valute> has no <CharCode>",
            "<Valute> has two <CharCode>",
        ),
    ] {
        assert_eq!(refusal(field, ""), missing);
        assert_eq!(refusal(field, &format!("{field}{field}")), twice);
    }
    let nominal = "USD</CharCode><Nominal>1</Nominal>";
    assert_eq!(
        refusal(nominal, "USD</CharCode>"),
        "USD: <Valute> has no <Nominal>"
    );
    assert_eq!(
        refusal(" Date=\"04.03.2027\"", ""),
        "<ValCurs> has no attribute Date"
    );
    assert_eq!(
        refusal("\"04.03.2027\"", "\"04/03/2027\""),
        "\"04/03/2027\" is not a day, expected DD.MM.YYYY"
    );
    // An element with another name could be a misspelt row.
    assert_eq!(
        refusal(
            "</ValCurs>",
            "<Valuta><CharCode>TND</CharCode></Valuta></ValCurs>"
        ),
        "<Valuta> among the rows, expected <Valute>"
    );
}

#[test]
fn the_unit_rate_is_ignored() {
    let with = altered(
        &document(DAY, &ROWS),
        "<Value>512,3400</Value>",
        "<Value>512,3400</Value><VunitRate>512,34</VunitRate>",
    );
    let plain = Cbr::of_day().decode(&day(DAY), &document(DAY, &ROWS));
    assert_eq!(Cbr::of_day().decode(&day(DAY), &with), plain);
}

#[test]
fn a_text_in_place_of_rates_is_no_data() {
    let text =
        "<?xml version=\"1.0\" encoding=\"windows-1251\"?><ValCurs>Error in parameters</ValCurs>";
    let error = Cbr::of_day().decode(&day(DAY), &answer(text)).unwrap_err();
    assert!(error.is_no_data());
    assert_eq!(
        error.to_string(),
        "cannot read cbr: it has no data: \"Error in parameters\""
    );
    // A text beside rates is malformed.
    assert_eq!(
        refusal("</ValCurs>", "Error in parameters</ValCurs>"),
        "text mixed with elements in <ValCurs>"
    );
}

#[test]
fn a_page_is_refused_by_its_root() {
    let page = answer("<html><body>DDoS-Guard</body></html>");
    assert_eq!(
        reason(&Cbr::newest(), Cbr::newest().decode(&day(DAY), &page)),
        "the root element is <html>, expected <ValCurs>"
    );
}

#[test]
fn the_nominal_scales_the_rate() {
    let rates = Cbr::of_day()
        .decode(&day(DAY), &document(DAY, &dollar(2, "1000")))
        .unwrap();
    let rouble = rates.convert("1000 USD".parse().unwrap(), Currency::RUB);
    assert_eq!(rouble.unwrap().to_string(), "512.34 RUB");
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_day_is_read() {
    let body = recorded("cbr/XML_daily_2026-04-25.xml");
    let mut answer = ok(body);
    let header = "text/xml; charset=windows-1251".parse().unwrap();
    answer.headers_mut().insert(CONTENT_TYPE, header);
    prefixes_are_errors(&Cbr::newest(), day("2026-04-26"), &answer, 41);
    // The request was made on a Sunday; the answer is of Saturday.
    let sunday = day("2026-04-26");
    let rates = Cbr::of_day().decode(&sunday, &answer).unwrap();
    assert_eq!((rates.day(), rates.len()), (day("2026-04-25"), 54));
    assert_eq!(row(&rates, "USD"), ("75.5273".into(), 1, None));
    assert_eq!(row(&rates, "KZT"), ("16.3172".into(), 100, None));
    assert_eq!(row(&rates, "VND"), ("30.0750".into(), 10_000, None));
    assert_eq!(row(&rates, "IRR"), ("53.9256".into(), 1_000_000, None));

    // Their quotient is the dollar of the National Bank of Kazakhstan of the day before, 462.87.
    let of = |pair: &str| rates.rate(pair.parse::<Pair>().unwrap()).unwrap();
    let (dollar, tenge) = (of("usd/rub"), of("kzt/rub"));
    let quotient = dollar.value() * Decimal::from(tenge.nominal()) / tenge.value();
    assert_eq!(quotient.round_dp(4).to_string(), "462.8692");
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_error_is_no_data_and_a_range_is_no_list() {
    let (error, range) = (
        recorded("cbr/error_in_parameters.xml"),
        recorded("cbr/XML_dynamic_R01335.xml"),
    );
    let error = Cbr::of_day().decode(&day(DAY), &ok(error)).unwrap_err();
    assert!(error.is_no_data());
    assert!(error.to_string().ends_with("\"Error in parameters\""));
    let range = Cbr::of_day().decode(&day(DAY), &ok(range));
    assert_eq!(
        reason(&Cbr::of_day(), range),
        "<Record> among the rows, expected <Valute>"
    );
}
