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
fn the_old_lira_is_for_a_thousand() {
    let lira = |on: &str, code: &'static str, nominal: &'static str| {
        let mut rows: Vec<Printed> = ROWS.into_iter().filter(|row| row[0] != "TRY").collect();
        rows.push([code, "3.61", nominal, ""]);
        let rates = Cbar::of_day()
            .decode(&day(DAY), &document(on, &rows))
            .unwrap();
        let mut old = rates
            .rows()
            .iter()
            .filter(|row| row.currency.code().starts_with("TR"));
        old.next().map(|row| (row.currency.code(), row.nominal))
    };
    assert_eq!(lira("2004-12-30", "TRY", "1"), Some(("TRL", 1000)));
    assert_eq!(lira("2004-12-31", "TRL", "1"), Some(("TRL", 1000)));
    assert_eq!(lira("2004-12-31", "TRY", "100"), Some(("TRL", 100)));
    assert_eq!(lira("2005-01-01", "TRY", "1"), Some(("TRY", 1)));
    assert_eq!(lira("2005-01-01", "TRL", "1"), None);
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_days_are_read_in_the_manat_of_their_time() {
    let today = day("2026-09-04");
    let answer = ok(recorded("cbar/2026-09-04.xml"));
    prefixes_are_errors(&Cbar::of_day(), today, &answer, 101);
    let rates = Cbar::of_day().decode(&today, &answer).unwrap();
    assert_eq!((rates.day(), rates.len()), (today, 38));
    assert_eq!(row(&rates, "USD"), ("1.7".into(), 1, None));
    assert_eq!(row(&rates, "KZT"), ("0.3724".into(), 100, None));
    assert_eq!(row(&rates, "XDR"), ("2.3301".into(), 1, None));

    // The file of 26 November 1993 has the list of the day before, in the manat of that time.
    let asked = day("1993-11-26");
    let old = Cbar::of_day().decode(&asked, &ok(recorded("cbar/1993-11-26.xml")));
    let old = old.unwrap();
    assert_eq!(
        (old.day(), old.home()),
        (day("1993-11-25"), "AZM".parse().unwrap())
    );
    assert_eq!((row(&old, "USD").0, old.len()), ("118".into(), 12));
    let manat = old.convert("100 USD".parse().unwrap(), old.home()).unwrap();
    assert_eq!(manat.to_string(), "11800 AZM");
    let today = manat.restate(old.day(), today).unwrap();
    assert_eq!(today.to_string(), "2.36 AZN");
}
