//! The National Bank of the Kyrgyz Republic: two feeds, zeros kept.

use bytes::Bytes;
use chrono_tz::Tz;
use http::Response;
use masthead::money::{Currency, Quotation};
use masthead::source::{Nbkr, Source};

use super::{Form, Printed, prefixes_are_errors, reason, row};
use crate::support::{day, ok, recorded};

pub(super) const FORM: Form = Form {
    home: Currency::KGS,
    zone: Tz::Asia__Bishkek,
    quotation: Quotation::HomePerForeign,
    document,
    has_nominal: true,
    has_change: false,
    has_json_numbers: false,
    decimals: 4,
    pause: 10,
    before_unread: " Name=\"",
    before_field: "<Nominal",
};

/// The form of `daily.xml` and `weekly.xml`.
pub(super) fn document(day: &str, rows: &[Printed]) -> Response<Bytes> {
    let [year, month, day] = [&day[..4], &day[5..7], &day[8..]];
    let rows: String = rows
        .iter()
        .map(|[code, value, nominal, _]| {
            let value = value.replace('.', ",");
            format!(
                "<Currency ISOCode=\"{code}\">\n<Nominal>{nominal}</Nominal>\n<ValidFor>7</ValidFor>\n\
                 <Value>{value}</Value>\n</Currency>\n"
            )
        })
        .collect();
    ok(format!(
        "<?xml version=\"1.0\" encoding=\"windows-1251\" ?>\n\
         <CurrencyRates Name=\"Our Own Rates\" Date=\"{day}.{month}.{year}\">\n{rows}</CurrencyRates>\n"
    ).replace("н/д", "n/a"))
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_feeds_are_read() {
    let (daily, weekly) = (
        recorded("nbkr/daily_2026-05-24.xml"),
        recorded("nbkr/weekly_2026-05-24.xml"),
    );
    let (daily, weekly) = (ok(daily), ok(weekly));
    // The documents were recorded on the evening before their day.
    let today = day("2026-05-23");
    prefixes_are_errors(&Nbkr::daily(), today, &daily, 1);
    prefixes_are_errors(&Nbkr::weekly(), today, &weekly, 7);

    let rates = Nbkr::daily().decode(&today, &daily).unwrap();
    assert_eq!((rates.day(), rates.len()), (day("2026-05-24"), 5));
    assert_eq!(row(&rates, "USD"), ("87.4500".into(), 1, None));
    assert_eq!(row(&rates, "KZT"), ("0.1859".into(), 1, None));

    let rates = Nbkr::weekly().decode(&today, &weekly).unwrap();
    // Forty rows, with one of BYR, which has ended.
    assert_eq!((rates.day(), rates.len()), (day("2026-05-23"), 39));
    assert_eq!(row(&rates, "GBP"), ("117.4147".into(), 1, None));
    assert_eq!(row(&rates, "JPY"), ("5.4969".into(), 10, None));
    let read = Nbkr::daily().decode(&today, &weekly);
    let reason = reason(&Nbkr::daily(), read);
    assert_eq!(reason, "no dollar among the rates of 2026-05-23");
}
