//! Unusual documents that every bank's decoder reads: foreign bytes, white space, escapes, spare zeros, and changes and
//! currencies that are left out.

use bytes::Bytes;

use super::{DAY, Feed, ROWS, dollar, reason, row, with_bytes, with_charset};
use crate::support::day;

/// Bytes that are invalid in UTF-8 or in windows-1251: the byte without a letter in windows-1251, broken sequences of UTF-8, and
/// an И in UTF-8, whose second byte is the one without a letter.
const FOREIGN: &[u8] = b"\x98\xff\xc0\x80\xd0\xd0\x98";

#[test]
fn white_space_before_the_document_is_read() {
    for feed in Feed::with_national_bank_kz() {
        let (plain, answer) = (feed.read(&ROWS), feed.document(DAY, &ROWS));
        for space in ["\n", "\r\n", " \t\n\n"] {
            let spaced = answer
                .clone()
                .map(|body| Bytes::from([space.as_bytes(), &body].concat()));
            assert_eq!(
                feed.source.decode(&day(DAY), &spaced).as_ref(),
                Ok(&plain),
                "{:?}",
                feed.source
            );
            // The same after a byte order mark of UTF-8.
            let marked = [b"\xef\xbb\xbf", space.as_bytes()].concat();
            let marked = with_charset(answer.clone(), "utf-8")
                .map(|body| Bytes::from([&marked[..], &body].concat()));
            let read = feed.source.decode(&day(DAY), &marked);
            assert_eq!(read.as_ref(), Ok(&plain), "{:?}", feed.source);
        }
    }
}

#[test]
fn foreign_bytes_in_unread_fields_are_ignored() {
    for feed in Feed::with_national_bank_kz() {
        let answer = feed.document(DAY, &ROWS);
        let bytes = [feed.form.before_unread.as_bytes(), FOREIGN].concat();
        let read = feed.source.decode(
            &day(DAY),
            &with_bytes(&answer, feed.form.before_unread, &bytes),
        );
        assert_eq!(read, Ok(feed.read(&ROWS)), "{:?}", feed.source);
    }
}

#[test]
fn foreign_bytes_in_read_fields_are_an_error() {
    for feed in Feed::with_national_bank_kz() {
        let answer = feed.document(DAY, &ROWS);
        // The value, the code, the day, and the name of a field.
        for text in ["512", "USD", "2027", feed.form.before_field] {
            let (first, rest) = text.as_bytes().split_at(2);
            for byte in FOREIGN {
                let bytes = [first, &[*byte], rest].concat();
                let read = feed
                    .source
                    .decode(&day(DAY), &with_bytes(&answer, text, &bytes));
                let reason = reason(&*feed.source, read);
                assert!(!reason.is_empty(), "{text} {byte:x}");
            }
        }
    }
}

#[test]
fn escaped_json_strings_are_read() {
    for feed in Feed::all() {
        let answer = feed.document(DAY, &ROWS);
        if !answer.body().starts_with(b"[") {
            continue;
        }
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        // The first letter of each string is escaped, in names of fields too.
        let mut escaped = String::new();
        let mut before = ' ';
        for letter in text.chars() {
            if before == '"' && (letter.is_ascii_alphanumeric() || letter == '-') {
                escaped += &format!("\\u{:04x}", u32::from(letter));
            } else {
                escaped.push(letter);
            }
            before = letter;
        }
        assert!(escaped.matches("\\u00").count() > 4 * ROWS.len());
        let read = feed
            .source
            .decode(&day(DAY), &answer.map(|_| Bytes::from(escaped)));
        assert_eq!(read, Ok(feed.read(&ROWS)), "{:?}", feed.source);
    }
}

#[test]
fn only_zeros_beyond_the_banks_decimals_are_cut() {
    let zeros = "519.40000000000000000000000000000000000000000";
    for feed in Feed::with_national_bank_kz() {
        let value = row(&feed.read(&dollar(1, zeros)), "USD").0;
        assert_eq!(
            value,
            zeros[.."519.".len() + feed.form.decimals],
            "{:?}",
            feed.source
        );
        for kept in ["519.4", "519", "519.12345678", "5190"] {
            assert_eq!(row(&feed.read(&dollar(1, kept)), "USD").0, kept);
        }
        let value = row(&feed.read(&dollar(1, "519.10203040000")), "USD").0;
        assert_eq!(value, "519.1020304");
        if feed.form.has_change {
            let change = row(&feed.read(&dollar(3, "-0.5000000")), "USD").2;
            assert_eq!(
                change,
                Some("-0.5000000"[..3 + feed.form.decimals].to_owned())
            );
        }
    }
}

#[test]
fn an_impossible_change_is_left_out_and_its_row_kept() {
    for feed in Feed::with_national_bank_kz() {
        if !feed.form.has_change {
            continue;
        }
        for (change, is_possible) in [
            ("512.33", true),
            ("512.34", false),
            ("600", false),
            ("9999999999999999999999999.99", false),
            ("-600", true),
            ("-999999999", false),
            ("-9999999999999999999999999.99", false),
        ] {
            let (value, _, read) = row(&feed.read(&dollar(3, change)), "USD");
            assert_eq!(value, feed.digits("512.3400"));
            assert_eq!(read.as_deref(), is_possible.then_some(change));
        }
    }
}

#[test]
fn an_ended_currency_is_left_out() {
    let and_lev = [&ROWS[..], &[["BGN", "307.54", "1", "0"]]].concat();
    for feed in Feed::with_national_bank_kz() {
        let read = |on: &str| {
            let answer = feed.document(on, &and_lev);
            let read = feed.source.decode(&day("2026-01-01"), &answer);
            read.unwrap_or_else(|error| panic!("{error}"))
        };
        assert_eq!(read("2025-12-31").len(), ROWS.len() + 1);
        assert_eq!(row(&read("2025-12-31"), "BGN").0, "307.54");
        assert_eq!(read("2026-01-01").len(), ROWS.len());
        assert_eq!(read("2026-01-01").row("BGN".parse().unwrap()), None);
    }
}

#[test]
fn each_feed_sets_its_longest_pause() {
    for feed in Feed::with_national_bank_kz() {
        assert_eq!(feed.read(&ROWS).longest_pause(), feed.form.pause);
    }
}
