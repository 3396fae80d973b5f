use super::*;
use crate::money::iso4217::TABLE;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn currency(code: &[u8; 3]) -> Currency {
    Currency::of_code(code).unwrap()
}

#[test]
fn the_table_is_sorted_and_its_days_and_codes_exist() {
    assert!(LIFETIMES.is_sorted_by(|a, b| a.code < b.code));
    for life in LIFETIMES {
        let code = life.code.escape_ascii();
        assert!(life.first.is_some(), "{code}");
        assert_eq!(life.last.is_some(), !life.successors.is_empty(), "{code}");
        assert!(
            life.last.is_none_or(|last| life.first < Some(last)),
            "{code}"
        );
        assert!(life.ratio.0 > 0 && life.ratio.1 > 0, "{code}");
        assert_eq!(currency(life.code).letters(), life.code);
    }
    let withdrawn = LIFETIMES.iter().filter(|life| life.last.is_some());
    assert_eq!((withdrawn.count(), LIFETIMES.len()), (54, 114));
    let days = BREAKS.iter().map(|(code, day, _)| (code, day));
    let days = days.chain(FIXED_EARLIER.iter().map(|(code, day)| (code, day)));
    let days = days.chain(ASSIGNED_EARLIER.iter().map(|(code, day)| (code, day)));
    for (code, day) in days {
        let first = currency(code).first_day();
        assert!(first.is_some() && day.is_some(), "{}", code.escape_ascii());
    }
}

/// A successor takes over on the day after the last day: no day has two units and no day is without one.
#[test]
fn a_successor_is_in_use_from_the_day_after() {
    for life in LIFETIMES {
        let Some(last) = life.last else { continue };
        for successor in life.successors {
            let first = currency(successor).first_day().unwrap();
            // The peso and the lev's, the kuna's and the members' euro are older.
            let is_older = [b"CUP", b"EUR"].contains(successor);
            assert!(
                first == last.succ_opt().unwrap()
                    || (is_older && first <= last.succ_opt().unwrap()),
                "{}",
                life.code.escape_ascii()
            );
        }
    }
}

#[test]
fn every_currency_of_the_crate_that_is_withdrawn_has_a_lifetime_and_no_other_has_a_last_day() {
    let ended = TABLE
        .iter()
        .filter(|(code, ..)| currency(code).last_day().is_some());
    assert_eq!(ended.count(), 54);
    assert!("MDC".parse::<Currency>().is_err());
}

#[test]
fn the_last_change_is_that_of_the_table() {
    let ends = LIFETIMES.iter().filter_map(|life| life.last?.succ_opt());
    let breaks = BREAKS.iter().filter_map(|(_, day, _)| *day);
    assert_eq!(ends.chain(breaks).max(), LAST_CHANGE);
}

#[test]
fn a_change_is_found_between_two_days_and_not_beside_them() {
    for change in LIFETIMES.iter().filter_map(|life| life.last?.succ_opt()) {
        let before = change.pred_opt().unwrap();
        assert!(units_change_between(before, change));
        assert!(units_change_between(change, before));
        assert!(!units_change_between(change, change));
    }
    for (a, b) in [("2021-09-30", "2021-10-01"), ("2025-12-31", "2026-01-01")] {
        assert!(units_change_between(day(a), day(b)));
    }
    for (a, b) in [("2021-10-01", "2022-06-30"), ("2026-01-01", "2027-03-04")] {
        assert!(!units_change_between(day(a), day(b)));
    }
}

#[test]
fn a_code_before_its_first_day_is_its_predecessor() {
    let read = |code: &str, on: &str| Currency::of_day(code, day(on)).map(Currency::code);
    for (code, on, expected) in [
        ("RUB", "1997-12-31", Some("RUR")),
        ("RUB", "1998-01-01", Some("RUB")),
        ("RUB", "1991-12-31", Some("SUR")),
        ("TRY", "2004-12-31", Some("TRL")),
        ("TRY", "2005-01-01", Some("TRY")),
        ("AZN", "2005-12-31", Some("AZM")),
        ("TMT", "2008-12-31", Some("TMM")),
        ("TJS", "2000-10-29", Some("TJR")),
        ("TJS", "2000-10-30", Some("TJS")),
        ("TJS", "1995-05-09", None),
        ("BYN", "2016-06-30", Some("BYR")),
        ("BYN", "1999-12-31", Some("BYB")),
        ("BYN", "1994-08-19", None),
        ("BYR", "1999-12-31", Some("BYB")),
        ("BYR", "2016-07-01", None),
        ("BGN", "1999-07-04", Some("BGL")),
        ("BGN", "2026-01-01", None),
        ("RSD", "2003-07-02", Some("YUM")),
        ("VES", "2008-01-01", Some("VEF")),
        ("VES", "2007-12-31", Some("VEB")),
        ("RUR", "1998-01-01", None),
        // Several predecessors, two successors of one, and a code that was assigned before the unit was in use.
        ("EUR", "1998-12-31", None),
        ("CZK", "1993-02-07", None),
        ("CSK", "1993-02-07", Some("CSK")),
        ("SLE", "2022-03-31", Some("SLL")),
        ("SLE", "2022-04-01", None),
        ("SLE", "2022-07-01", Some("SLE")),
        ("KZT", "1993-11-14", None),
        ("KZT", "1993-11-15", Some("KZT")),
        ("CLP", "1900-01-01", Some("CLP")),
        ("XDR", "1993-01-01", Some("XDR")),
        ("XAU", "2026-01-01", None),
    ] {
        assert_eq!(read(code, on), expected, "{code} on {on}");
    }
}
