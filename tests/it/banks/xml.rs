//! Errors of the small XML reader, by way of a bank whose decoder uses it.

use bytes::Bytes;
use masthead::source::{Ecb, Nbkr, Source};

use super::{DAY, ROWS, ecb, nbkr, reason};
use crate::support::{day, ok};

fn text() -> String {
    String::from_utf8(nbkr::document(DAY, &ROWS).body().to_vec()).unwrap()
}

#[track_caller]
fn altered(from: &str, to: &str) -> String {
    assert_eq!(text().matches(from).count(), 1, "{from}");
    text().replace(from, to)
}

#[track_caller]
fn refusal(body: impl Into<Bytes>) -> String {
    let read = Nbkr::daily().decode(&day(DAY), &ok(body));
    reason(&Nbkr::daily(), read)
}

const VALUE: &str = "<Value>512,3400</Value>";

#[test]
fn a_document_type_is_refused_before_its_entities_are_read() {
    let bomb =
        "<!DOCTYPE CurrencyRates [<!ENTITY a \"1\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    for body in [
        altered("<CurrencyRates ", &format!("{bomb}<CurrencyRates ")),
        format!("{bomb}<CurrencyRates>&b;</CurrencyRates>"),
        "<!DOCTYPE html><html></html>".into(),
    ] {
        assert_eq!(refusal(body), "unexpected document type declaration");
    }
}

#[test]
fn a_value_is_plain_text() {
    for value in [
        "512,3400&b;",
        "512,34&#48;0",
        "512,34<![CDATA[00]]>",
        "512,34<!-- -->00",
        "512,34<?x?>00",
    ] {
        assert_eq!(
            refusal(altered(VALUE, &format!("<Value>{value}</Value>"))),
            "USD: CDATA, a reference or a comment in <Value>, where plain text was expected",
            "{value}"
        );
    }
    assert_eq!(
        refusal(altered(VALUE, "<Value><b>512,3400</b></Value>")),
        "USD: <b> in <Value>, where plain text was expected"
    );
    assert_eq!(
        refusal(altered(VALUE, "<Value>512<b/>,3400</Value>")),
        "text mixed with elements in <Value>"
    );
    assert_eq!(
        refusal(altered("ISOCode=\"USD\"", "ISOCode=\"US&#68;\"")),
        "a reference in the attribute ISOCode of <Currency>"
    );
}

#[test]
fn a_repeated_or_malformed_attribute_is_refused() {
    let reason = refusal(altered(
        "ISOCode=\"USD\"",
        "ISOCode=\"USD\" ISOCode=\"GBP\"",
    ));
    assert!(
        reason.starts_with("an attribute of <Currency>: "),
        "{reason}"
    );
    let reason = refusal(altered("ISOCode=\"USD\"", "ISOCode=USD"));
    assert!(
        reason.starts_with("an attribute of <Currency>: "),
        "{reason}"
    );
    assert_eq!(
        refusal(altered("ISOCode=\"USD\"", "Code=\"USD\"")),
        "<Currency> has no attribute ISOCode"
    );
}

#[test]
fn only_white_space_and_comments_may_surround_the_root() {
    let whole = Nbkr::daily().decode(&day(DAY), &ok(text())).unwrap();
    for around in ["\n\n", "<!-- served in 3 ms -->", "<?served in=\"3 ms\"?>"] {
        let read = Nbkr::daily().decode(&day(DAY), &ok(text() + around));
        assert_eq!(read.as_ref(), Ok(&whole), "{around}");
    }
    for (after, said) in [
        ("garbage", "text outside the root element"),
        ("&a;", "text outside the root element"),
        ("<![CDATA[x]]>", "text outside the root element"),
        ("<b/>", "<b> after </CurrencyRates>"),
        ("<CurrencyRates/>", "<CurrencyRates> after </CurrencyRates>"),
    ] {
        assert_eq!(refusal(text() + after), said);
    }
    for after in ["<", "<b", "&", "</CurrencyRates>"] {
        let reason = refusal(text() + after);
        assert!(
            reason.starts_with("XML error at byte "),
            "{after}: {reason}"
        );
    }
    let twice = text() + &text();
    assert!(refusal(twice).starts_with("an XML declaration at byte "));
}

#[test]
fn an_unfinished_document_is_refused() {
    assert_eq!(
        refusal(altered("</CurrencyRates>", "")),
        "the document ends before </CurrencyRates>"
    );
    let reason = refusal(altered("</CurrencyRates>", "</Currency>"));
    assert!(reason.starts_with("XML error at byte "), "{reason}");
    assert_eq!(refusal(""), "an empty document");
    assert_eq!(refusal("<!-- nothing -->"), "an empty document");
}

#[test]
fn depth_and_size_have_limits() {
    let nested = format!("<CurrencyRates>{}", "<a>".repeat(100_000));
    assert_eq!(refusal(nested), "<a> is more than 16 elements deep");
    let many = format!(
        "<CurrencyRates>{}</CurrencyRates>",
        "<Currency/>".repeat(10_000)
    );
    assert_eq!(refusal(many), "more than 10000 elements and attributes");
    let attributes: String = (0..10_000).map(|n| format!(" a{n}=''")).collect();
    let wide = format!("<CurrencyRates{attributes}></CurrencyRates>");
    assert_eq!(refusal(wide), "more than 10000 elements and attributes");
    // The error quotes the beginning of a long name only.
    let long = refusal(format!("<{}/>", "x".repeat(100_000)));
    assert!(long.len() < 120, "{long}");
    let long = refusal(altered(
        VALUE,
        &format!("<Value>{}</Value>", "1.".repeat(50_000)),
    ));
    assert!(long.len() < 160, "{long}");
}

#[test]
fn attributes_may_have_single_or_double_quotes() {
    let document = ecb::document(DAY, &ROWS);
    let single = Ecb::daily().decode(&day(DAY), &document).unwrap();
    let double = document.map(|body| {
        let text = String::from_utf8(body.to_vec()).unwrap();
        Bytes::from(text.replace('\'', "\""))
    });
    assert_eq!(Ecb::daily().decode(&day(DAY), &double), Ok(single));
}
