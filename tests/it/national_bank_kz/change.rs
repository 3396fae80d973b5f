//! The bank's own change of a rate, which is left out if it contradicts the row's index.

use super::{dollar, read, refusal, row};

#[test]
fn a_missing_change_is_none() {
    for change in ["", "<change/>", "<change></change>", "<change> </change>"] {
        let rates = read(dollar("<change>+1.05</change>", change));
        assert_eq!(row(&rates, "USD").2, None, "{change}");
    }
}

/// The dollar's change in a document with this index and this text of a change.
fn change_by(index: &str, change: &str) -> Option<String> {
    let both = format!("{index}<change>{change}</change>");
    let rates = read(dollar("<index>UP</index><change>+1.05</change>", &both));
    let (value, _, change) = row(&rates, "USD");
    assert_eq!(value, "512.34", "the row stays");
    change
}

#[test]
fn a_change_against_its_index_is_left_out() {
    for (index, rose, fell, stood) in [
        ("", true, true, true),
        ("<index/>", true, true, true),
        ("<index></index>", true, true, true),
        ("<index> </index>", true, true, true),
        ("<index>UP</index>", true, false, false),
        ("<index> UP\n</index>", true, false, false),
        ("<index>DOWN</index>", false, true, false),
        ("<index>up</index>", false, false, false),
        ("<index>LEVEL</index>", false, false, false),
    ] {
        for (text, change, is_kept) in [
            ("+2.78", "2.78", rose),
            ("2.78", "2.78", rose),
            ("-2.78", "-2.78", fell),
            ("0.00", "0.00", stood),
            ("-0.00", "-0.00", stood),
        ] {
            let kept = is_kept.then_some(change);
            let read = change_by(index, text);
            let same = read.as_deref().map(|read| read.trim_start_matches('-'));
            assert_eq!(
                same,
                kept.map(|kept| kept.trim_start_matches('-')),
                "{index} {text}"
            );
            assert_eq!(read.is_some(), is_kept, "{index} {text}");
        }
    }
}

#[test]
fn an_index_is_plain_text_and_stands_once() {
    assert_eq!(
        refusal(dollar("<index>UP<", "<index>U&#80;<")),
        "CDATA, a reference or a comment in <index>, where plain text was expected"
    );
    assert_eq!(
        refusal(dollar(
            "<index>UP</index>",
            "<index>UP</index><index>DOWN</index>"
        )),
        "<item> has two <index>"
    );
}

#[test]
fn a_change_may_have_one_sign() {
    for (text, change) in [
        ("+2.44", "2.44"),
        ("-2.77", "-2.77"),
        ("0.00", "0.00"),
        ("2.44", "2.44"),
    ] {
        assert_eq!(change_by("<index/>", text).as_deref(), Some(change));
    }
    for text in ["+-1", "++1", "+", "1,05", "UP"] {
        let reason = refusal(dollar("+1.05", text));
        assert!(
            reason.starts_with("change of USD: invalid decimal"),
            "{reason}"
        );
    }
}
