//! The Central Bank of Uzbekistan: JSON whose numbers are strings.

use bytes::Bytes;
use chrono_tz::Tz;
use http::Response;
use masthead::money::{Currency, Quotation};
use masthead::source::{Cbu, Source};

use super::{DAY, Form, Printed, ROWS, altered, dollar, prefixes_are_errors, reason, row};
use crate::support::{day, ok, recorded};

pub(super) const FORM: Form = Form {
    home: Currency::UZS,
    zone: Tz::Asia__Tashkent,
    quotation: Quotation::HomePerForeign,
    document,
    has_nominal: true,
    has_change: true,
    has_json_numbers: false,
    decimals: 2,
    pause: 10,
    before_unread: "\"CcyNm_UZC\":\"",
    before_field: "\"Nominal",
};

/// The form of `json/all/DATE/`.
pub(super) fn document(day: &str, rows: &[Printed]) -> Response<Bytes> {
    let [year, month, day] = [&day[..4], &day[5..7], &day[8..]];
    let rows: Vec<String> = rows
        .iter()
        .map(|[code, value, nominal, change]| {
            format!(
                "{{\"id\":7,\"Code\":\"000\",\"Ccy\":\"{code}\",\"CcyNm_UZC\":\"\\u0412\\u0430\\u043b\",\
                 \"Nominal\":\"{nominal}\",\"Rate\":\"{value}\",\"Diff\":\"{change}\",\"Date\":\"{day}.{month}.{year}\"}}"
            )
        })
        .collect();
    ok(format!("[{}]\n", rows.join(",")))
}

#[track_caller]
fn refusal(from: &str, to: &str) -> String {
    let answer = altered(&document(DAY, &ROWS), from, to);
    reason(&Cbu::of_day(), Cbu::of_day().decode(&day(DAY), &answer))
}

const USD: &str =
    "\"Nominal\":\"1\",\"Rate\":\"512.3400\",\"Diff\":\"1.05\",\"Date\":\"04.03.2027\"";

#[test]
fn a_change_is_a_number_or_absent() {
    for change in ["+1.05", "1,05", "-", "--1", "up"] {
        let reason = refusal("\"Diff\":\"1.05\"", &format!("\"Diff\":\"{change}\""));
        assert!(
            reason.starts_with("change of USD: invalid decimal"),
            "{reason}"
        );
    }
    for absent in ["", "\"Diff\":\"\",", "\"Diff\":null,"] {
        let answer = altered(&document(DAY, &ROWS), "\"Diff\":\"1.05\",", absent);
        let rates = Cbu::of_day().decode(&day(DAY), &answer).unwrap();
        assert_eq!(row(&rates, "USD").2, None, "{absent}");
    }
    let rates = Cbu::of_day().decode(&day(DAY), &document(DAY, &dollar(3, "-52.11")));
    assert_eq!(row(&rates.unwrap(), "USD").2.as_deref(), Some("-52.11"));
}

#[test]
fn unexpected_json_is_refused() {
    for (from, to, said) in [
        (
            "\"Rate\":\"512.3400\"",
            "\"Rate\":512.3400",
            "invalid type: floating point `512.34`",
        ),
        (
            "\"Rate\":\"512.3400\"",
            "\"Rate\":\"512.3400\",\"Rate\":\"1\"",
            "duplicate field `Rate`",
        ),
        (
            "\"Ccy\":\"USD\"",
            "\"Ccy\":\"USD\",\"Ccy\":\"GBP\"",
            "duplicate field `Ccy`",
        ),
        ("\"Rate\":\"512.3400\",", "", "missing field `Rate`"),
        (
            USD,
            "\"Rate\":\"512.3400\",\"Diff\":\"1.05\",\"Date\":\"04.03.2027\"",
            "missing field `Nominal`",
        ),
        (
            USD,
            "\"Rate\":\"512.3400\",\"Nominal\":\"1\"",
            "missing field `Date`",
        ),
        ("}]", "}] 1", "trailing characters"),
    ] {
        let reason = refusal(from, to);
        assert!(
            reason.starts_with("the body is not the expected JSON: "),
            "{reason}"
        );
        assert!(reason.contains(said), "{reason}");
    }
    // Unread fields are skipped without recursion.
    let nested = format!(
        "\"Code\":\"000\",\"x\":{},\"Ccy\":\"USD\"",
        "[".repeat(100_000)
    );
    let reason = refusal("\"Code\":\"000\",\"Ccy\":\"USD\"", &nested);
    assert!(reason.contains("expected value"), "{reason}");
}

#[test]
fn rows_of_two_days_are_refused() {
    assert_eq!(
        refusal(USD, &USD.replace("04.03", "03.03")),
        "rows of two days, 2027-03-04 and 2027-03-03"
    );
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_days_are_read_and_their_changes_add_up() {
    let file = |day: u8| recorded(&format!("cbu/json_all_2026-04-0{day}.json"));
    let (first, second) = (file(1), file(2));
    let read = |date: &str, body: Vec<u8>| Cbu::of_day().decode(&day(date), &ok(body)).unwrap();
    prefixes_are_errors(&Cbu::of_day(), day("2026-04-01"), &ok(first.clone()), 101);
    let (first, second) = (read("2026-04-01", first), read("2026-04-02", second));
    // Seventy-five rows, with one of the lev, which ended three months before.
    assert_eq!((first.day(), first.len()), (day("2026-04-01"), 74));
    assert_eq!((second.day(), second.len()), (day("2026-04-02"), 74));
    assert!(second.row("BGN".parse().unwrap()).is_none());
    // In the units since October 2021 and January 2026.
    assert_eq!(
        (row(&first, "VES").0, row(&first, "SYP").0),
        ("25.77".into(), "105.56".into())
    );
    assert_eq!(row(&first, "USD").0, "12194.21");
    let dollar = ("12142.10".into(), 1, Some("-52.11".into()));
    assert_eq!(row(&second, "USD"), dollar);
    assert_eq!(row(&first, "KZT"), ("25.53".into(), 1, Some("0.14".into())));
    for rate in second.iter() {
        let before = first.rate(rate.pair()).unwrap();
        assert_eq!(rate.change(), Some(rate.value() - before.value()), "{rate}");
    }
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_day_of_2022_is_read() {
    let body = recorded("cbu/json_2022-08-05_pretty.json");
    let rates = Cbu::newest().decode(&day("2022-08-05"), &ok(body)).unwrap();
    assert_eq!(rates.day(), day("2022-08-05"));
    assert_eq!(
        row(&rates, "USD"),
        ("10919.89".into(), 1, Some("-22.69".into()))
    );
    assert_eq!(row(&rates, "VND").1, 10);
    // The lev was in use, the bolívar was in its new unit, and the pound in its old one.
    let values = ["BGN", "VES", "SYP"].map(|code| row(&rates, code).0);
    assert_eq!(values[1..], ["1888.08", "4.35"]);
    let of = |text: &str| text.parse::<masthead::money::Money>().unwrap();
    let pounds = of("1000 SYP")
        .restate(rates.day(), day("2026-04-01"))
        .unwrap();
    assert_eq!(pounds.to_string(), "10.00 SYP");
}
