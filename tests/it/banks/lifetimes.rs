//! Every bank's list is read under the codes of its own day: our own documents over the days on which a unit changed.

use std::sync::Arc;

use masthead::money::{Currency, Rates};
use masthead::source::{Cbr, Cbu, DynRates, NationalBankKz, Nbkr, Nbu, Source as _};

use super::{Feed, Form, Printed, ROWS, reason};
use crate::support::day;

/// The lists of the 1990s have currencies that are older.
fn old_rows() -> Vec<Printed> {
    let codes = [
        "AUD", "CAD", "CHF", "DKK", "GBP", "JPY", "NOK", "SEK", "USD",
    ];
    let rows = ROWS.into_iter();
    rows.filter(|row| codes.contains(&row[0])).collect()
}

/// Reads a document of a day that has the old rows and others. The request is for a day a week later, as over holidays.
fn read(source: &DynRates, form: &Form, on: &str, more: &[Printed]) -> Rates {
    let document = (form.document)(on, &[&old_rows(), more].concat());
    let asked = day(on) + chrono::TimeDelta::days(7);
    let read = source.decode(&asked, &document);
    read.unwrap_or_else(|error| panic!("{on}: {error}"))
}

fn codes(rates: &Rates) -> Vec<&'static str> {
    let codes = rates.rows().iter().map(|row| row.currency.code());
    let known = old_rows();
    codes
        .filter(|code| known.iter().all(|row| row[0] != *code))
        .collect()
}

/// Today's code, and what it is on the last day of the unit before and on the first day of its own.
const CHANGES: [(&str, &str, &str, &str); 9] = [
    ("RUB", "RUR", "1997-12-31", "1998-01-01"),
    ("TJS", "TJR", "2000-10-29", "2000-10-30"),
    ("TRY", "TRL", "2004-12-31", "2005-01-01"),
    ("RON", "ROL", "2005-06-30", "2005-07-01"),
    ("AZN", "AZM", "2005-12-31", "2006-01-01"),
    ("TMT", "TMM", "2008-12-31", "2009-01-01"),
    ("BYN", "BYR", "2016-06-30", "2016-07-01"),
    ("UAH", "UAK", "1996-09-01", "1996-09-02"),
    ("GEL", "GEK", "1995-09-24", "1995-09-25"),
];

#[test]
fn a_row_under_todays_code_is_in_the_unit_of_its_day_at_every_bank() {
    for feed in Feed::with_national_bank_kz() {
        for (new, old, last, first) in CHANGES {
            let is_in_use = feed
                .form
                .home
                .first_day()
                .is_none_or(|home| home <= day(last));
            if new == feed.form.home.code() || !is_in_use {
                continue;
            }
            let row = [[new, "13.46", "1000", "0"]];
            let on = |on: &str| codes(&read(&*feed.source, &feed.form, on, &row));
            assert_eq!(on(last), [old], "{:?} on {last}", feed.source);
            assert_eq!(on(first), [new], "{:?} on {first}", feed.source);
        }
    }
}

#[test]
fn a_bank_is_read_in_its_own_unit_of_the_day() {
    for feed in Feed::with_national_bank_kz() {
        let change = CHANGES
            .iter()
            .find(|(new, ..)| *new == feed.form.home.code());
        let home = |on: &str| read(&*feed.source, &feed.form, on, &[]).home();
        if let Some((new, old, last, first)) = change {
            assert_eq!((home(last).code(), home(first).code()), (*old, *new));
        }
    }
    // The tenge has no predecessor of its own, and the list of the day before its first cannot be read.
    let eve = (super::NATIONAL_BANK_KZ.document)("1993-11-14", &old_rows());
    let refused = NationalBankKz::of_day().decode(&day("1993-11-15"), &eve);
    let said = reason(&NationalBankKz::of_day(), refused);
    assert_eq!(said, "rates of 1993-11-14, before the first of KZT");
}

/// The list of 30 December 1997 is in force until 5 January 1998, and stays in the old ruble.
#[test]
fn a_carried_list_stays_in_the_unit_of_its_own_day() {
    let ruble = |on: &str, value, nominal| {
        let rates = read(
            &Cbu::of_day(),
            &super::cbu::FORM,
            on,
            &[["RUB", value, nominal, ""]],
        );
        codes(&rates).concat()
    };
    assert_eq!(ruble("1997-12-30", "13.46", "1000"), "RUR");
    assert_eq!(ruble("1998-01-06", "13.48", "1"), "RUB");
}

#[test]
fn the_tajik_ruble_is_no_somoni() {
    let sources: [(Arc<DynRates>, &Form, &str, &str); 3] = [
        (
            Arc::new(Cbr::of_day()),
            &super::cbr::FORM,
            "2000-10-01",
            "13.54",
        ),
        (
            Arc::new(Cbr::of_day()),
            &super::cbr::FORM,
            "2000-10-29",
            "13.54",
        ),
        (
            Arc::new(Nbu::of_day()),
            &super::nbu::FORM,
            "2000-09-01",
            "2.78",
        ),
    ];
    for (source, form, on, value) in sources {
        let rates = read(&*source, form, on, &[["TJS", value, "1000", "0"]]);
        let row = rates.row("TJR".parse().unwrap()).unwrap();
        assert_eq!((row.value.to_string().as_str(), row.nominal), (value, 1000));
        // In the somoni of November, a thousandth.
        let amount = "5000 TJR".parse::<masthead::money::Money>().unwrap();
        let restated = amount.restate(day(on), day("2000-11-01")).unwrap();
        assert_eq!(restated.to_string(), "5.00 TJS");
    }
}

#[test]
fn a_currency_that_has_ended_is_left_out_and_its_own_row_counts_before() {
    let both = [["BYR", "0.3402", "100", "0"], ["BYN", "32.0154", "1", "0"]];
    let weekly = |on: &str| read(&Nbkr::weekly(), &super::nbkr::FORM, on, &both);
    assert_eq!(codes(&weekly("2026-05-24")), ["BYN"]);
    // Both codes on one day: the row under the code of the day counts, and the other is not known to be either.
    let before = weekly("2016-06-25");
    assert_eq!(codes(&before), ["BYR"]);
    let row = before
        .rows()
        .iter()
        .find(|row| row.currency.code() == "BYR");
    assert_eq!(row.unwrap().value.to_string(), "0.3402");
    let lev = |on: &str| {
        codes(&read(
            &Cbu::of_day(),
            &super::cbu::FORM,
            on,
            &[["BGN", "7323.85", "1", "0"]],
        ))
    };
    assert_eq!(lev("2025-12-31"), ["BGN"]);
    assert_eq!(lev("2026-01-01"), [""; 0]);
    assert_eq!(lev("1999-07-04"), ["BGL"]);
    let rubles = [["RUR", "5.1", "1", "0"], ["RUB", "5.43", "1", "0"]];
    let codes_of = |on: &str| codes(&read(&Cbu::of_day(), &super::cbu::FORM, on, &rubles));
    assert_eq!(codes_of("2026-05-24"), ["RUB"]);
    assert_eq!(codes_of("1997-12-30"), ["RUR"]);
}

#[test]
fn rur_in_the_feed_of_the_national_bank_is_the_ruble_of_the_day() {
    let ruble = |on: &str| {
        let form = &super::NATIONAL_BANK_KZ;
        let rates = read(
            &NationalBankKz::of_day(),
            form,
            on,
            &[["RUR", "12.70", "1000", "0"]],
        );
        rates
            .rows()
            .iter()
            .map(|row| row.currency)
            .find(|currency| [Currency::RUB, Currency::constant("RUR")].contains(currency))
    };
    assert_eq!(ruble("1997-12-31"), Some(Currency::constant("RUR")));
    assert_eq!(ruble("1998-01-01"), Some(Currency::RUB));
    assert_eq!(ruble("2017-06-16"), Some(Currency::RUB));
}
