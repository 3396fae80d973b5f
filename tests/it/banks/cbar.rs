//! The Central Bank of the Republic of Azerbaijan: XML in two sections.

use bytes::Bytes;
use chrono_tz::Tz;
use http::Response;
use masthead::money::{Currency, Quotation};
use masthead::source::{Cbar, Source as _};

use super::{DAY, Form, Printed, ROWS, altered, prefixes_are_errors, reason, row};
use crate::support::{day, ok, recorded};

pub(super) const FORM: Form = Form {
    home: Currency::AZN,
    zone: Tz::Asia__Baku,
    quotation: Quotation::HomePerForeign,
    document,
    has_nominal: true,
    has_change: false,
    has_json_numbers: false,
    decimals: 4,
    pause: 10,
    before_unread: "<Name>",
    before_field: "<Nominal",
};

/// The form of `currencies/DATE.xml`.
fn document(day: &str, rows: &[Printed]) -> Response<Bytes> {
    let [year, month, day] = [&day[..4], &day[5..7], &day[8..]];
    let row = |[code, value, nominal, _]: &Printed| {
        let code = if *code == "XDR" { "SDR" } else { code };
        format!(
            "\n        <Valute Code=\"{code}\">\n\n            <Nominal>{nominal}</Nominal>\n            <Name>{nominal} valyutası</Name>\n\n\
             <Value>{value}</Value>\n        </Valute>\n"
        )
    };
    let rows: String = rows.iter().map(row).collect();
    ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ValCurs Date=\"{day}.{month}.{year}\" Name=\"Öz məzənnələri\" Description=\"Öz\">\n\n    \
         <ValType Type=\"Bank metalları\">\n        <Valute Code=\"XAG\">\n            <Nominal>1 t.u.</Nominal>\n            \
         <Name>Gümüş</Name>\n            <Value></Value>\n        </Valute>\n    </ValType>\n\n    \
         <ValType Type=\"Xarici valyutalar\">\n{rows}    </ValType>\n</ValCurs>\n"
    ))
}

#[track_caller]
fn refusal(answer: &Response<Bytes>) -> String {
    let read = Cbar::of_day().decode(&day(DAY), answer);
    reason(&Cbar::of_day(), read)
}

#[test]
fn a_document_without_the_section_of_currencies_is_refused() {
    let answer = document(DAY, &ROWS);
    let renamed = altered(&answer, "Xarici valyutalar", "Valyutalar");
    assert_eq!(refusal(&renamed), "no \"Xarici valyutalar\"");
    let row = altered(&answer, "<ValType Type=\"Bank", "<Metals Type=\"Bank");
    let row = altered(&row, "</ValType>\n\n", "</Metals>\n\n");
    let said = "<Metals> among the rows, expected <ValType>";
    assert_eq!(refusal(&row), said);
}

#[test]
fn a_currency_without_a_value_is_refused() {
    let answer = document(DAY, &ROWS);
    let empty = altered(&answer, "<Value>512.3400</Value>", "<Value></Value>");
    let said = refusal(&empty);
    assert!(said.starts_with("rate of USD: invalid decimal "), "{said}");
}

#[test]
fn values_in_units_that_have_ended_are_left_out() {
    let others = [["TMT", "0.4857", "1", ""], ["BYN", "0.5701", "1", ""]];
    let rows = [&ROWS[..], &others].concat();
    let codes = |on: &str| {
        let read = Cbar::of_day().decode(&day(DAY), &document(on, &rows));
        let rates = read.unwrap_or_else(|error| panic!("{error}"));
        let has = |code: &str| rates.row(code.parse().unwrap()).is_some();
        ["TMT", "BYN"].map(has)
    };
    assert_eq!(codes("2006-01-01"), [false, false]);
    assert_eq!(codes("2008-12-31"), [false, false]);
    assert_eq!(codes("2009-01-01"), [true, false]);
    assert_eq!(codes("2016-06-30"), [true, false]);
    assert_eq!(codes("2016-07-01"), [true, true]);
    let old = refusal(&document("2005-12-30", &ROWS));
    assert_eq!(
        old,
        "rates of 2005-12-30, which are in the manat before 2006"
    );
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_day_is_read_and_one_in_the_old_manat_is_not() {
    let today = day("2026-09-04");
    let answer = ok(recorded("cbar/2026-09-04.xml"));
    prefixes_are_errors(&Cbar::of_day(), today, &answer, 101);
    let rates = Cbar::of_day().decode(&today, &answer).unwrap();
    assert_eq!((rates.day(), rates.len()), (today, 38));
    assert_eq!(row(&rates, "USD"), ("1.7".into(), 1, None));
    assert_eq!(row(&rates, "KZT"), ("0.3724".into(), 100, None));
    assert_eq!(row(&rates, "XDR"), ("2.3301".into(), 1, None));

    let old = ok(recorded("cbar/1993-11-26.xml"));
    let said = "rates of 1993-11-25, which are in the manat before 2006";
    assert_eq!(refusal(&old), said);
}
