//! Errors of the decoder of the National Bank of Kazakhstan, with their texts.

use bytes::Bytes;
use http::{Response, StatusCode};
use masthead::source::{NationalBankKz, Source};

use super::{
    DAY, ROWS, altered, decode, dollar, item, newest, of_day, prefixes_are_errors, read, refusal,
    row,
};
use crate::support::{day, ok};

#[test]
fn a_list_needs_three_rates_and_the_dollar() {
    let list = |rows: &[[&str; 5]]| {
        let rows: String = rows.iter().map(|row| item("", *row)).collect();
        format!("<rates><date>04.03.2027</date>{rows}</rates>")
    };
    assert_eq!(read(list(&ROWS[9..12])).len(), 3);
    assert_eq!(
        refusal(list(&ROWS[9..11])),
        "2 rates of 2027-03-04, expected at least 3"
    );
    let reason = refusal(altered("<title>USD<", "<title>CAD<"));
    assert_eq!(reason, "no dollar among the rates of 2027-03-04");
    let main: String = ["USD", "EUR"]
        .map(|code| item("", [code, "5", "1", "", ""]))
        .concat();
    let error = NationalBankKz::newest_main()
        .decode(
            &day(DAY),
            &ok(format!("<rates><date>04.03.2027</date>{main}</rates>")),
        )
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("2 rates of 2027-03-04, expected at least 3"),
        "{error}"
    );
}

#[test]
fn a_page_in_place_of_the_feed_is_refused() {
    for (body, reason) in [
        (
            "<html><body>502 Bad Gateway</body></html>",
            "the root element is <html>, expected <rates> or <rss>",
        ),
        (
            "<!DOCTYPE html><html></html>",
            "unexpected document type declaration",
        ),
        (
            "<!DOCTYPE rates [<!ENTITY a \"1\">]><rates/>",
            "unexpected document type declaration",
        ),
        ("", "an empty document"),
        (" \n", "an empty document"),
    ] {
        assert_eq!(refusal(body), reason, "{body}");
    }
}

#[test]
fn only_200_and_203_are_read() {
    let answer = |status: u16| {
        let mut response: Response<Bytes> = ok(of_day());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        NationalBankKz::of_day().decode(&day(DAY), &response)
    };
    assert_eq!(answer(203), Ok(read(of_day())));
    for status in [204, 206, 301, 304, 403, 404, 429, 500, 503] {
        let error = answer(status).unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
    assert_eq!(
        answer(404).unwrap_err().to_string(),
        "cannot read national_bank_kz: it answered 404 Not Found"
    );
}

#[test]
fn a_value_must_be_a_plain_decimal() {
    for (value, reason) in [
        (
            "512,34",
            "rate of USD: invalid decimal \"512,34\": unexpected ',' at byte 3",
        ),
        (
            "1 512.34",
            "rate of USD: invalid decimal \"1 512.34\": unexpected ' ' at byte 1",
        ),
        ("0", "rate of USD is 0: expected 0.000000001 to 1000000000"),
        (
            "-512.34",
            "rate of USD is -512.34: expected 0.000000001 to 1000000000",
        ),
        ("", "rate of USD: invalid decimal \"\": a digit is missing"),
        (
            "н/д",
            "rate of USD: invalid decimal \"н/д\": unexpected 'н' at byte 0",
        ),
        (
            "512.3&#52;",
            "USD: CDATA, a reference or a comment in <description>, where plain text was expected",
        ),
        (
            "&lt;512.34",
            "USD: CDATA, a reference or a comment in <description>, where plain text was expected",
        ),
        (
            "<![CDATA[512.34]]>",
            "USD: CDATA, a reference or a comment in <description>, where plain text was expected",
        ),
        (
            "512<!-- -->.34",
            "USD: CDATA, a reference or a comment in <description>, where plain text was expected",
        ),
        ("512<b/>.34", "text mixed with elements in <description>"),
        (
            "<b>512.34</b>",
            "USD: <b> in <description>, where plain text was expected",
        ),
    ] {
        assert_eq!(refusal(dollar("512.34", value)), reason, "{value}");
    }
}

#[test]
fn an_element_inside_a_value_does_not_cut_it_short() {
    for value in ["512<b>x</b>.34", "51<b></b>2.34"] {
        let read = decode(dollar("512.34", value)).map(|rates| row(&rates, "USD").0);
        assert!(read.is_err(), "{value} was read as {read:?}");
    }
}

#[test]
fn a_repeated_field_is_refused() {
    for (field, twice, reason) in [
        (
            "<title>USD</title>",
            "<title>EUR</title>",
            "<item> has two <title>",
        ),
        (
            "<description>512.34</description>",
            "<description>1</description>",
            "USD: <item> has two <description>",
        ),
        (
            "<quant>1</quant>",
            "<quant>100</quant>",
            "USD: <item> has two <quant>",
        ),
        (
            "<change>+1.05</change>",
            "<change>0.00</change>",
            "<item> has two <change>",
        ),
    ] {
        assert_eq!(refusal(dollar(field, &format!("{field}{twice}"))), reason);
    }
    let days = "<pubDate>04.03.2027</pubDate><pubDate>05.03.2027</pubDate>";
    assert_eq!(
        refusal(dollar("<quant>", &format!("{days}<quant>"))),
        "<item> has two <pubDate>"
    );
    assert_eq!(
        refusal(altered("<title>GBP<", "<title>USD<")),
        "two rows for USD"
    );
}

#[test]
fn an_item_stands_in_the_list_itself() {
    let usd = item("", ROWS[9]);
    let nested = altered(&usd, &usd.replace("</item>", "<item/></item>"));
    assert_eq!(refusal(nested), "an item inside an item");
    assert_eq!(
        refusal(format!("<rss>{usd}</rss>")),
        "<rss> has no <channel>"
    );
}

#[test]
fn a_document_with_two_days_is_refused() {
    let read = decode(altered(
        "<date>04.03.2027</date>",
        "<date>04.03.2027</date><date>05.03.2027</date>",
    ));
    assert!(read.is_err(), "read as of {}", read.unwrap().day());
}

#[test]
fn a_missing_field_is_named_in_the_error() {
    for (field, reason) in [
        ("<title>USD</title>", "<item> has no <title>"),
        (
            "<description>512.34</description>",
            "USD: <item> has no <description>",
        ),
        ("<quant>1</quant>", "USD: <item> has no <quant>"),
    ] {
        assert_eq!(refusal(dollar(field, "")), reason);
    }
    assert_eq!(
        refusal(altered("<date>04.03.2027</date>", "")),
        "AMD has no day"
    );
    assert_eq!(
        refusal(dollar("<title>USD", "<title>usd")),
        "\"usd\" is not a currency code"
    );
}

#[test]
fn a_day_in_another_form_is_refused() {
    for text in [
        "31.02.2027",
        "2027-03-04",
        "4.3.2027",
        "04/03/2027",
        "04.03.127",
        "04.03.2027 г.",
        "00.03.2027",
    ] {
        let reason = refusal(altered("<date>04.03.2027<", &format!("<date>{text}<")));
        assert_eq!(
            reason,
            format!("{text:?} is not a day, expected DD.MM.YYYY")
        );
    }
}

#[test]
fn a_document_that_is_not_well_formed_is_refused() {
    for (from, to) in [
        ("</rates>", "</rss>"),
        ("</rates>", "</item>"),
        ("<title>USD</title>", "<title>USD</quant>"),
    ] {
        let reason = refusal(altered(from, to));
        assert!(reason.starts_with("XML error at byte "), "{reason}");
    }
    assert_eq!(
        refusal(altered("</rates>", "")),
        "the document ends before </rates>"
    );
    let latin = Bytes::from([of_day().as_bytes(), b"\xff"].concat());
    assert_eq!(refusal(latin), "text outside the root element");
}

#[test]
fn a_reason_does_not_repeat_a_whole_body() {
    let endless = "ж".repeat(100_000);
    let reason = refusal(format!("<rates><item></{endless}></rates>"));
    assert!(reason.contains("but `</жжж"), "{reason}");
    assert_eq!(reason.chars().count(), 300);
    let error = decode(format!("<rates><info>{endless}</info></rates>")).unwrap_err();
    assert!(error.is_no_data() && error.to_string().chars().count() < 300);
}

#[test]
fn a_truncated_document_is_an_error() {
    prefixes_are_errors(&NationalBankKz::of_day(), of_day().as_bytes());
    prefixes_are_errors(
        &NationalBankKz::newest(),
        newest("04.03.27", &[]).as_bytes(),
    );
}

#[test]
fn a_newest_day_with_too_few_rows_is_no_data() {
    // At 15:30 the dollar of the next day stands beside the other currencies' rates of the day before.
    let one = [("05.03.2027", ["USD", "513.00", "1", "UP", "+0.66"])];
    let body = ok(newest("04.03.2027", &one));
    let error = NationalBankKz::newest()
        .decode(&day("2027-03-04"), &body)
        .unwrap_err();
    assert!(error.is_no_data());
    assert_eq!(
        error.to_string(),
        "cannot read national_bank_kz: it has no data: \"1 rates of 2027-03-05, expected at least 3\""
    );
}

#[test]
fn the_feed_of_a_day_does_not_answer_with_a_later_one() {
    let asked = "2027-03-03";
    let error = NationalBankKz::of_day()
        .decode(&day(asked), &ok(of_day()))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("rates of 2027-03-04, expected 2027-03-03 or an earlier day"),
        "{error}"
    );
    assert!(
        NationalBankKz::of_day()
            .decode(&day("2027-03-07"), &ok(of_day()))
            .is_ok(),
        "in force over a weekend"
    );
}
