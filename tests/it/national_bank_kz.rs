//! Documents of the National Bank of Kazakhstan that are read; `refusals` has the errors.

mod change;
mod refusals;

use bytes::Bytes;
use masthead::money::{Currency, Method, Quotation, Rates};
use masthead::source::{DecodeError, NationalBankKz, Source};

use crate::support::{day, ok, recorded};

const DAY: &str = "2027-03-04";

/// Code, value, nominal, index and change, with our own figures in the bank's form.
const ROWS: [[&str; 5]; 13] = [
    ["AMD", "13.4", "10", "DOWN", "-0.05"],
    ["CNY", "71.02", "1", "UP", "+0.20"],
    ["EUR", "601.5", "1", "DOWN", "-0.45"],
    ["GBP", "689.9", "1", "DOWN", "-3.10"],
    ["IRR", "0.4", "1000", "", "0.00"],
    ["JPY", "3", "1", "", "0.00"],
    ["KGS", "5.87", "1", "UP", "+0.01"],
    ["KRW", "36.64", "100", "UP", "+0.11"],
    ["RUB", "6.1", "1", "", "0.00"],
    ["USD", "512.34", "1", "UP", "+1.05"],
    ["UZS", "4.25", "100", "DOWN", "-0.02"],
    ["VND", "193.7", "10000", "DOWN", "-1.30"],
    ["XDR", "700", "1", "UP", "+12.00"],
];

const SELF_TITLE: &str = "<title>Official rates</title><description>999.99</description>";

fn item(pub_date: &str, [code, value, nominal, index, change]: [&str; 5]) -> String {
    format!(
        "<item><fullname>ВАЛЮТА {code}</fullname><title>{code}</title>{pub_date}\
         <description>{value}</description><quant>{nominal}</quant>\
         <index>{index}</index><change>{change}</change></item>\n"
    )
}

/// The form of `get_rates.cfm`: one day for the document.
fn of_day() -> String {
    let items: String = ROWS.map(|row| item("", row)).concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rates>\n{SELF_TITLE}<date>04.03.2027</date>\n{items}</rates>\n"
    )
}

/// The form of `rates_all.xml`: a day for each item, after `older` items of other days.
fn newest(pub_date: &str, older: &[(&str, [&str; 5])]) -> String {
    let dated = |day: &str, row| item(&format!("<pubDate>{day}</pubDate>"), row);
    let older: String = older.iter().map(|(day, row)| dated(day, *row)).collect();
    let items: String = ROWS.map(|row| dated(pub_date, row)).concat();
    format!(
        "<rss version=\"2.0\"><channel>{SELF_TITLE}<language>ru</language>\n{older}{items}</channel></rss>\n"
    )
}

/// The document of a day with one text replaced in the dollar's item.
#[track_caller]
fn dollar(from: &str, to: &str) -> String {
    let document = of_day();
    let usd = item("", ROWS[9]);
    assert_eq!(usd.matches(from).count(), 1, "{from} is not in {usd}");
    document.replace(&usd, &usd.replace(from, to))
}

/// The document of a day with one text replaced, wherever it stands.
#[track_caller]
fn altered(from: &str, to: &str) -> String {
    let document = of_day();
    assert_eq!(document.matches(from).count(), 1, "{from} is not in it");
    document.replace(from, to)
}

fn decode(body: impl Into<Bytes>) -> Result<Rates, DecodeError> {
    NationalBankKz::of_day().decode(&day(DAY), &ok(body))
}

#[track_caller]
fn read(body: impl Into<Bytes>) -> Rates {
    decode(body).unwrap_or_else(|error| panic!("{error}"))
}

/// The text of an error other than no data, without the source's name.
#[track_caller]
fn refusal(body: impl Into<Bytes>) -> String {
    let error = decode(body).expect_err("the body was accepted");
    assert!(!error.is_no_data(), "{error}");
    let text = error.to_string();
    let reason = text.strip_prefix("cannot read national_bank_kz: ");
    reason.unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// The row of a currency: value, nominal and change.
#[track_caller]
fn row(rates: &Rates, code: &str) -> (String, u32, Option<String>) {
    let row = rates.row(code.parse().unwrap()).expect("no row");
    let change = row.change.map(|change| change.to_string());
    (row.value.to_string(), row.nominal, change)
}

#[test]
fn both_forms_are_read_digit_for_digit() {
    for document in [of_day(), newest("04.03.2027", &[]), newest("04.03.27", &[])] {
        let rates = read(document);
        let publication = rates.publication();
        assert_eq!(publication.home, Currency::KZT);
        assert_eq!(publication.quotation, Quotation::HomePerForeign);
        assert_eq!(publication.day, day(DAY));
        assert_eq!(publication.zone, chrono_tz::Asia::Almaty);
        assert_eq!(publication.source.as_str(), "national_bank_kz");
        assert_eq!(publication.method, Method::Published);
        assert_eq!(rates.len(), ROWS.len());
        for [code, value, nominal, _, change] in ROWS {
            let change = change.trim_start_matches('+').to_owned();
            let expected = (value.to_owned(), nominal.parse().unwrap(), Some(change));
            assert_eq!(row(&rates, code), expected, "{code}");
        }
    }
}

#[test]
fn a_nominal_is_read_from_the_row_and_must_be_a_power_of_ten() {
    for nominal in [1, 10, 100, 1000, 10000] {
        let document = dollar("<quant>1<", &format!("<quant>{nominal}<"));
        assert_eq!(row(&read(document), "USD").1, nominal);
    }
    for (nominal, reason) in [
        (
            "7",
            "nominal of USD is 7: expected a power of ten up to 1000000",
        ),
        (
            "0",
            "nominal of USD is 0: expected a power of ten up to 1000000",
        ),
        (
            "10000000",
            "nominal of USD is 10000000: expected a power of ten up to 1000000",
        ),
        ("-1", "nominal of USD: \"-1\" is not a whole number"),
        ("1.0", "nominal of USD: \"1.0\" is not a whole number"),
    ] {
        assert_eq!(
            refusal(dollar("<quant>1<", &format!("<quant>{nominal}<"))),
            reason
        );
    }
}

#[test]
fn rur_is_read_as_rub() {
    assert_eq!(read(altered("<title>RUB<", "<title>RUR<")), read(of_day()));
    // With both codes there are two rates of one currency.
    assert_eq!(
        refusal(altered("<title>KGS<", "<title>RUR<")),
        "two rows for RUB"
    );
}

#[test]
fn ended_currencies_with_an_older_day_are_dropped() {
    let dead = [
        ("31.12.13", ["LVL", "300.96", "1", "", "0.00"]),
        ("05.01.05", ["TRL", "0.10", "1000", "", "0.00"]),
        ("05.01.05", ["TRY", "0", "1", "", "0.00"]),
        ("03.03.2027", ["USD", "511.29", "1", "UP", "+0.40"]),
    ];
    assert_eq!(read(newest("04.03.2027", &dead)), read(of_day()));
}

#[test]
fn a_code_that_iso_4217_does_not_list_is_left_out() {
    let rates = read(altered("<title>XDR<", "<title>XQQ<"));
    assert_eq!(rates.len(), ROWS.len() - 1);
    assert_eq!(rates.row(Currency::XDR), None);
}

#[test]
fn a_document_without_rows_is_no_data() {
    let head = "<rates><title>Official rates</title><date>01.01.2015</date>";
    for (body, reason) in [
        (
            format!("{head}<info> на выбранную дату информации нет </info></rates>"),
            "на выбранную дату информации нет",
        ),
        (format!("{head}</rates>"), "a document without rates"),
        ("<rates/>".into(), "a document without rates"),
        (
            "<rss version=\"2.0\"><channel></channel></rss>".into(),
            "a document without rates",
        ),
    ] {
        let error = decode(body).unwrap_err();
        assert!(error.is_no_data(), "{error}");
        assert_eq!(
            error.to_string(),
            format!("cannot read national_bank_kz: it has no data: {reason:?}")
        );
    }
}

#[test]
fn an_info_text_in_any_form_is_no_data() {
    // It is not a rate, so a reference or CDATA in it is harmless.
    for info in ["информации &quot;нет&quot;", "<![CDATA[информации нет]]>"]
    {
        let error = decode(format!(
            "<rates><date>01.01.2015</date><info>{info}</info></rates>"
        ))
        .unwrap_err();
        assert!(error.is_no_data(), "{info}: {error}");
    }
}

#[test]
fn content_around_the_root_is_ignored_or_refused() {
    let whole = read(of_day());
    assert_eq!(read(format!("\u{feff}{}", of_day())), whole);
    assert_eq!(read(of_day().replace('\n', "\r\n\t")), whole);
    let other = of_day().replace("512.34", "1.00");
    for after in [
        "\n\n",
        "<!-- served in 3 ms -->",
        "garbage",
        "<b>",
        "&",
        other.as_str(),
    ] {
        // Content after the root is refused or ignored.
        if let Ok(rates) = decode(of_day() + after) {
            assert_eq!(rates, whole, "{after}");
        }
    }
}

#[track_caller]
fn prefixes_are_errors(bank: &NationalBankKz, document: &[u8]) {
    let whole = bank.decode(&day(DAY), &ok(document.to_vec())).unwrap();
    let document = Bytes::copy_from_slice(document);
    let end = document.trim_ascii_end().len();
    for length in 0..document.len() {
        match bank.decode(&day(DAY), &ok(document.slice(..length))) {
            Ok(rates) => assert!(length >= end && rates == whole, "{length} bytes are read"),
            Err(error) => assert!(
                length < end && !error.is_no_data(),
                "{length} bytes: {error}"
            ),
        }
    }
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_days_are_read_and_their_changes_add_up() {
    let file = |day: u8| recorded(&format!("national_bank_kz/get_rates_2026-04-0{day}.xml"));
    let (first, second) = (file(1), file(2));
    prefixes_are_errors(&NationalBankKz::of_day(), &first);
    let (first, second) = (read(first), read(second));
    assert_eq!((first.day(), first.len()), (day("2026-04-01"), 39));
    assert_eq!((second.day(), second.len()), (day("2026-04-02"), 39));
    assert_eq!(row(&first, "USD").0, "478.77");
    assert_eq!(
        row(&second, "USD"),
        ("475.09".into(), 1, Some("-3.68".into()))
    );
    assert_eq!((row(&second, "KRW").1, row(&second, "IRR").1), (100, 1000));
    for rate in second.iter() {
        let before = first.rate(rate.pair()).unwrap();
        assert_eq!(rate.change(), Some(rate.value() - before.value()), "{rate}");
    }
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_short_feed_of_2017_is_read() {
    let body = recorded("national_bank_kz/rates_2017-06-16.xml");
    let rates = NationalBankKz::newest_main()
        .decode(&day("2017-06-16"), &ok(body))
        .unwrap();
    assert_eq!((rates.day(), rates.len()), (day("2017-06-16"), 3));
    assert_eq!(
        row(&rates, "USD"),
        ("317.65".into(), 1, Some("1.38".into()))
    );
    assert_eq!(row(&rates, "EUR").0, "354.5");
    assert_eq!(row(&rates, "RUB").0, "5.53");
}
