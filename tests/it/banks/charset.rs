//! The charset of an XML document: declaration, header and byte order mark must agree.

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_TYPE, HeaderValue};
use masthead::source::{Cbr, Source};

use super::{DAY, ROWS, cbr, reason};
use crate::support::{day, ok};

/// A document with a declaration and a header, encoded in UTF-8 or in windows-1251.
fn answer(declared: &str, sent: &str, utf_8: bool) -> Response<Bytes> {
    let document = cbr::document(DAY, &ROWS);
    let (text, _, _) = encoding_rs::WINDOWS_1251.decode(document.body());
    let text = text.replace(
        "<?xml version=\"1.0\" encoding=\"windows-1251\"?>",
        declared,
    );
    let mut answer = if utf_8 { ok(text) } else { cbr::answer(&text) };
    answer.headers_mut().clear();
    if !sent.is_empty() {
        let header = HeaderValue::from_str(sent).unwrap();
        answer.headers_mut().insert(CONTENT_TYPE, header);
    }
    answer
}

#[track_caller]
fn refusal(answer: &Response<Bytes>) -> String {
    reason(&Cbr::of_day(), Cbr::of_day().decode(&day(DAY), answer))
}

const IN_1251: &str = "<?xml version=\"1.0\" encoding=\"windows-1251\"?>";
const IN_UTF_8: &str = "<?xml version='1.0' encoding='utf-8' ?>";

#[test]
fn declaration_or_header_or_both_name_the_charset() {
    let whole = Cbr::of_day().decode(&day(DAY), &cbr::document(DAY, &ROWS));
    assert!(whole.is_ok());
    for (declared, sent, utf_8) in [
        (IN_1251, "text/xml; charset=windows-1251", false),
        (IN_1251, "text/xml; charset=\"Windows-1251\"", false),
        (IN_1251, "text/xml; version=1; Charset = cp1251", false),
        (IN_1251, "application/xml", false),
        (IN_1251, "", false),
        ("", "text/xml;charset=windows-1251", false),
        (
            "<?xml version=\"1.0\"?>",
            "text/xml; charset=windows-1251",
            false,
        ),
        (IN_UTF_8, "text/xml; charset=utf-8", true),
        (IN_UTF_8, "text/xml", true),
        ("\u{feff}", "text/xml; charset=utf-8", true),
        ("", "", true),
    ] {
        let read = Cbr::of_day().decode(&day(DAY), &answer(declared, sent, utf_8));
        assert_eq!(read, whole, "{declared} {sent}");
    }
}

#[test]
fn conflicting_charsets_are_refused() {
    let marked = format!("\u{feff}{IN_1251}");
    let spaced = format!("\n{IN_1251}");
    for (declared, sent, first, second) in [
        (IN_1251, "text/xml; charset=utf-8", "windows-1251", "UTF-8"),
        (
            IN_UTF_8,
            "text/xml; charset=windows-1251",
            "UTF-8",
            "windows-1251",
        ),
        (&marked, "text/xml", "UTF-8", "windows-1251"),
        (&spaced, "text/xml; charset=utf-8", "windows-1251", "UTF-8"),
        (
            "\u{feff}",
            "text/xml; charset=windows-1251",
            "UTF-8",
            "windows-1251",
        ),
    ] {
        assert_eq!(
            refusal(&answer(declared, sent, true)),
            format!("conflicting charsets, {first} and {second}"),
        );
    }
}

#[test]
fn unsupported_charsets_are_refused() {
    for name in [
        "koi8-r",
        "utf-16",
        "iso-8859-5",
        "us-ascii",
        "windows-1252",
        "utf-7",
        "",
    ] {
        let declared = IN_1251.replace("windows-1251", name);
        assert_eq!(
            refusal(&answer(&declared, "", false)),
            format!(
                "the XML declaration names the charset {name:?}, expected UTF-8 or windows-1251"
            )
        );
        assert_eq!(
            refusal(&answer(
                IN_1251,
                &format!("text/xml; charset={name}"),
                false
            )),
            format!("the Content-Type names the charset {name:?}, expected UTF-8 or windows-1251")
        );
    }
}

#[test]
fn a_wrongly_declared_charset_does_not_change_ascii_fields() {
    let named = |charset: &str, utf_8: bool| {
        let declared = IN_1251.replace("windows-1251", charset);
        let answer = answer(&declared, "", true);
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        // The second byte of И in UTF-8 is the only byte without a letter in windows-1251.
        let text = text.replace("Валюта", "Имя");
        if utf_8 {
            ok(text)
        } else {
            let mut answer = cbr::answer(&text);
            answer.headers_mut().clear();
            answer
        }
    };
    let whole = Cbr::of_day().decode(&day(DAY), &cbr::document(DAY, &ROWS));
    for (charset, utf_8) in [
        ("windows-1251", true),
        ("utf-8", false),
        ("windows-1251", false),
        ("utf-8", true),
    ] {
        let read = Cbr::of_day().decode(&day(DAY), &named(charset, utf_8));
        assert_eq!(read, whole, "{charset} {utf_8}");
    }
}

#[test]
fn foreign_bytes_in_an_element_name_are_an_error() {
    let at = IN_1251.len() + 3;
    let hole = cbr::document(DAY, &ROWS).map(|body| {
        let mut bytes = body.to_vec();
        bytes[at] = 0x98;
        Bytes::from(bytes)
    });
    assert_eq!(
        refusal(&hole),
        "the root element is <Va\\u{98}Curs>, expected <ValCurs>"
    );
    let mut sent = answer(IN_1251, "", false);
    let header = HeaderValue::from_bytes(b"text/xml; charset=\xff").unwrap();
    sent.headers_mut().insert(CONTENT_TYPE, header);
    assert_eq!(refusal(&sent), "the Content-Type is not text");
}
