//! Lifetimes of currencies: every ratio on both sides of its day, and the days on which known rates changed their unit.

use chrono::NaiveDate;
use masthead::SourceId;
use masthead::money::{
    ConvertError, Converter, Currency, Money, Publication, Quotation, Rates, Row, parse_decimal,
};

use rust_decimal::Decimal;

use crate::support::day;

/// The last day, an amount of it, and what it is on the day after.
const CHANGES: [(&str, &str, &str); 55] = [
    ("2002-10-06", "1000 AFA", "1.00 AFN"),
    ("2025-03-30", "1 ANG", "1.00 XCG"),
    ("2001-12-31", "137603 ATS", "10000.00 EUR"),
    ("2005-12-31", "5000 AZM", "1.00 AZN"),
    ("2001-12-31", "403399 BEF", "10000.00 EUR"),
    ("1999-07-04", "1000 BGL", "1.00 BGN"),
    ("2025-12-31", "195583 BGN", "100000.00 EUR"),
    ("1999-12-31", "1000 BYB", "1 BYR"),
    ("2016-06-30", "10000 BYR", "1.00 BYN"),
    ("2006-10-24", "1 CSD", "1.00 RSD"),
    ("2020-12-31", "1 CUC", "24.00 CUP"),
    ("2007-12-31", "585274 CYP", "1000000.00 EUR"),
    ("2001-12-31", "195583 DEM", "100000.00 EUR"),
    ("2010-12-31", "156466 EEK", "10000.00 EUR"),
    ("2001-12-31", "166386 ESP", "1000.00 EUR"),
    ("2001-12-31", "594573 FIM", "100000.00 EUR"),
    ("2001-12-31", "655957 FRF", "100000.00 EUR"),
    ("1995-09-24", "1000000 GEK", "1.00 GEL"),
    ("2007-07-02", "10000 GHC", "1.00 GHS"),
    ("2001-12-31", "340750 GRD", "1000.00 EUR"),
    ("1994-05-29", "1000 HRD", "1.00 HRK"),
    ("2022-12-31", "753450 HRK", "100000.00 EUR"),
    ("2001-12-31", "787564 IEP", "1000000.00 EUR"),
    ("2001-12-31", "193627 ITL", "100.00 EUR"),
    ("2014-12-31", "345280 LTL", "100000.00 EUR"),
    ("1993-06-24", "100 LTT", "1.00 LTL"),
    ("2001-12-31", "403399 LUF", "10000.00 EUR"),
    ("2013-12-31", "702804 LVL", "1000000.00 EUR"),
    ("1993-06-27", "200 LVR", "1.00 LVL"),
    ("2017-12-31", "10 MRO", "1.00 MRU"),
    ("2007-12-31", "429300 MTL", "1000000.00 EUR"),
    ("2006-06-30", "1000 MZM", "1.00 MZN"),
    ("2001-12-31", "220371 NLG", "100000.00 EUR"),
    ("1994-12-31", "10000 PLZ", "1.00 PLN"),
    ("2001-12-31", "200482 PTE", "1000.00 EUR"),
    ("2005-06-30", "10000 ROL", "1.00 RON"),
    ("1997-12-31", "1000 RUR", "1.00 RUB"),
    ("2007-01-09", "100 SDD", "1.00 SDG"),
    ("2006-12-31", "239640 SIT", "1000.00 EUR"),
    ("2008-12-31", "301260 SKK", "10000.00 EUR"),
    ("2022-06-30", "1000 SLL", "1.00 SLE"),
    ("2017-12-31", "1000 STD", "1.00 STN"),
    ("1991-12-31", "1 SUR", "1.00 RUR"),
    ("2025-12-31", "100 SYP", "1.00 SYP"),
    ("2000-10-29", "1000 TJR", "1.00 TJS"),
    ("2008-12-31", "5000 TMM", "1.00 TMT"),
    ("2004-12-31", "1000000 TRL", "1.00 TRY"),
    ("1996-09-01", "100000 UAK", "1.00 UAH"),
    ("2007-12-31", "1000 VEB", "1.00 VEF"),
    ("2018-08-19", "100000 VEF", "1.00 VES"),
    ("2021-09-30", "1000000 VES", "1.00 VES"),
    ("1998-12-31", "1 XEU", "1.00 EUR"),
    ("2003-07-02", "1 YUM", "1.00 CSD"),
    ("2012-12-31", "1000 ZMK", "1.00 ZMW"),
    ("2024-04-04", "24987242 ZWL", "10000.00 ZWG"),
];

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn code(code: &str) -> Currency {
    code.parse().unwrap()
}

#[test]
fn every_ratio_holds_from_its_day_and_not_before() {
    for (last, old, new) in CHANGES {
        let (last, old, new) = (day(last), money(old), money(new));
        let first = last.succ_opt().unwrap();
        assert_eq!(old.restate(last, last).unwrap(), old, "{old} on {last}");
        assert_eq!(old.restate(last, first).unwrap(), new, "{old} on {first}");
        // One unit is exactly the fraction, and nothing is rounded on the way.
        let converter = Converter::restating(old.currency(), last, first).unwrap();
        let (numerator, denominator) = converter.fraction();
        assert_eq!(
            old.amount() * Decimal::from(numerator),
            new.amount() * Decimal::from(denominator)
        );
        assert_eq!((converter.day(), converter.to()), (first, new.currency()));
        assert_eq!(converter.source(), &SourceId::EXACT_RATIO);
    }
}

#[test]
fn every_currency_that_ends_is_followed_on_the_day_after() {
    let ended = CHANGES
        .iter()
        .map(|(last, old, new)| (day(last), money(old), money(new)));
    for (last, old, new) in ended.filter(|(_, old, new)| old.currency() != new.currency()) {
        let (old, new) = (old.currency(), new.currency());
        let first = last.succ_opt().unwrap();
        assert_eq!((old.last_day(), old.successor()), (Some(last), Some(new)));
        assert!(old.is_valid_on(last) && !old.is_valid_on(first), "{old}");
        assert!(new.is_valid_on(first), "{new}");
        let before = old.first_day().unwrap().pred_opt().unwrap();
        assert!(!old.is_valid_on(before), "{old}");
        // The euro and the peso were in use beside the units that they replaced.
        let is_older = new.first_day().unwrap() < first;
        assert_eq!(new.is_valid_on(last), is_older, "{new}");
        if !is_older {
            // The code SLE is three months older than its unit, and the euro took the place of twelve units.
            let read = (!["SLE", "EUR"].contains(&new.code())).then_some(old);
            assert_eq!(Currency::of_day(new.code(), last), read, "{new}");
        }
        assert_eq!(Currency::of_day(old.code(), last), Some(old));
        assert_eq!(Currency::of_day(old.code(), first), None);
        let error = Money::new(1.into(), old).restate(first, first).unwrap_err();
        let expected = ConvertError::Withdrawn {
            currency: old,
            last_day: last,
            successor: new,
            day: first,
        };
        assert_eq!(error, expected);
    }
    // With the koruna, whose two successors are no ratio's.
    let ended = CHANGES.iter().map(|(_, old, _)| money(old).currency());
    let ended = ended.filter(|currency| currency.last_day().is_some());
    assert_eq!(ended.count(), 53);
}

#[test]
fn chains_are_one_fraction() {
    for (old, of, on, new) in [
        ("1000 RUR", "1997-12-31", "1998-12-31", "1.00 RUB"),
        ("1000 SUR", "1985-01-01", "2026-01-01", "1.00 RUB"),
        ("10000000 BYB", "1999-12-31", "2016-07-01", "1.00 BYN"),
        ("10000000 BYB", "1999-12-31", "2016-06-30", "10000 BYR"),
        (
            "100000000000000 VEB",
            "2007-12-31",
            "2021-10-01",
            "1.00 VES",
        ),
        ("100000000 VEB", "2007-12-31", "2021-09-30", "1.00 VES"),
        ("195583000 BGL", "1999-07-04", "2026-01-01", "100000.00 EUR"),
        ("140560.8 LVR", "1993-01-01", "2014-01-01", "1000.00 EUR"),
        ("1 YUM", "2000-01-01", "2006-10-25", "1.00 RSD"),
        ("7.5345 HRK", "2022-12-31", "2026-01-01", "1.00 EUR"),
        ("12.34 USD", "1998-01-01", "2026-01-01", "12.34 USD"),
        ("5 VES", "2021-10-01", "2026-01-01", "5.00 VES"),
    ] {
        let restated = money(old).restate(day(of), day(on)).unwrap();
        assert_eq!(restated.to_string(), new, "{old} of {of} on {on}");
    }
    // 200 rubles were a lats, and 0.702804 lats a euro. Rounding to santims on the way would give 0.01.
    let small = money("1 LVR").restate(day("1993-01-01"), day("2014-01-01"));
    assert_eq!(small.unwrap().to_string(), "0.01 EUR");
    let three = money("0.7 LVR").restate(day("1993-01-01"), day("2014-01-01"));
    assert_eq!(three.unwrap().to_string(), "0.00 EUR"); // 0.00498
    let none = money("0.71 LVR").restate(day("1993-01-01"), day("2014-01-01"));
    assert_eq!(none.unwrap().to_string(), "0.01 EUR"); // 0.00505, although 0.00355 lats round to 0.00
}

#[test]
fn old_units_of_the_euro_go_through_the_euro_by_exact_ratios() {
    let first = day("1999-01-01");
    let fixed = |from, to, on| Converter::fixed(code(from), code(to), on);
    for (from, to, on, fraction) in [
        ("DEM", "EUR", "1999-01-01", (100_000, 195_583)),
        ("EUR", "DEM", "1999-01-01", (195_583, 100_000)),
        ("DEM", "FRF", "2000-04-21", (655_957, 195_583)),
        ("BEF", "LUF", "2001-12-31", (1, 1)),
        ("GRD", "ITL", "2001-01-01", (193_627, 34_075)),
        ("BGN", "DEM", "2026-01-01", (1, 1)),
        ("XEU", "EUR", "1999-01-01", (1, 1)),
        ("EUR", "EUR", "1999-01-01", (1, 1)),
    ] {
        let converter = fixed(from, to, day(on)).unwrap();
        let (numerator, denominator) = converter.fraction();
        assert_eq!(
            numerator * fraction.1,
            denominator * fraction.0,
            "{from} to {to}"
        );
        let eve = day(on).pred_opt().unwrap();
        if [first, day("2001-01-01"), day("2026-01-01")].contains(&day(on)) {
            let (from, to) = (code(from), code(to));
            let error = Converter::fixed(from, to, eve).unwrap_err();
            assert_eq!(error, ConvertError::NotFixed { from, to, day: eve });
        }
    }
    for other in ["USD", "CZK", "RUR"] {
        assert!(fixed(other, "EUR", day("2026-01-01")).is_err(), "{other}");
    }
}

#[test]
fn an_amount_that_cannot_be_restated_is_a_typed_error() {
    let restating = |text, of, on| Converter::restating(code(text), day(of), day(on));
    let text = |text, of, on| restating(text, of, on).unwrap_err().to_string();
    assert_eq!(
        restating("CSK", "1993-02-07", "1993-02-08").unwrap_err(),
        ConvertError::TwoSuccessors {
            currency: code("CSK"),
            last_day: day("1993-02-07"),
            successors: [code("CZK"), code("SKK")],
        }
    );
    assert_eq!(
        text("CSK", "1993-02-07", "1993-02-08"),
        "CSK was withdrawn after 1993-02-07 and has two successors, CZK and SKK, expected one"
    );
    assert!(restating("CSK", "1993-01-01", "1993-02-07").is_ok());
    assert_eq!(
        text("RUB", "1997-12-31", "1998-01-01"),
        "RUB is not in use on 1997-12-31: its first day is 1998-01-01"
    );
    assert_eq!(
        text("RUB", "1998-01-02", "1998-01-01"),
        "an amount of 1998-01-02 cannot be restated on 1998-01-01: expected the same or a later day"
    );
    let most = Money::new(Decimal::MAX, code("CUC"));
    let error = most
        .restate(day("2020-12-31"), day("2021-01-01"))
        .unwrap_err();
    let (from, to) = (code("CUC"), code("CUP"));
    assert_eq!(error, ConvertError::Overflow { from, to });
}

fn rates(on: NaiveDate, rows: &[(&str, &str)]) -> Rates {
    let header = Publication::new(
        SourceId::NATIONAL_BANK_KZ,
        Currency::KZT,
        Quotation::HomePerForeign,
        on,
        chrono_tz::Asia::Almaty,
    );
    let rows = rows
        .iter()
        .map(|(text, value)| Row::new(code(text), parse_decimal(value).unwrap(), 1));
    Rates::new(header, rows).unwrap()
}

#[test]
fn a_conversion_with_a_withdrawn_currency_names_its_successor() {
    let on = day("2026-04-02");
    let rates = rates(on, &[("USD", "475.09"), ("EUR", "548.59")]);
    let lev = code("BGN");
    let expected = ConvertError::Withdrawn {
        currency: lev,
        last_day: day("2025-12-31"),
        successor: Currency::EUR,
        day: on,
    };
    let to = Currency::KZT;
    assert_eq!(rates.convert(money("10 BGN"), to), Err(expected.clone()));
    assert_eq!(rates.convert(money("10 KZT"), lev), Err(expected.clone()));
    assert_eq!(rates.convert(money("10 USD"), lev), Err(expected.clone()));
    assert_eq!(rates.converter(lev, Currency::USD), Err(expected.clone()));
    assert_eq!(
        expected.to_string(),
        "BGN is not in use on 2026-04-02: it was withdrawn after 2025-12-31, its successor is EUR"
    );
    // The old amount in the unit of the day can be converted.
    let euros = money("195.58 BGN").restate(day("2025-12-31"), on).unwrap();
    assert_eq!(
        rates.convert(euros, to).unwrap().to_string(),
        "54859.00 KZT"
    );
    assert!(matches!(
        rates.convert(money("1 CSK"), to),
        Err(ConvertError::TwoSuccessors { .. })
    ));
    let unknown = rates.convert(money("1 GBP"), to);
    assert!(matches!(unknown, Err(ConvertError::Unknown { .. })));
}

#[test]
fn a_currency_that_is_not_in_use_yet_is_a_typed_error_and_a_withdrawn_one_converts_until_its_end() {
    let on = day("2016-06-30");
    let rates = rates(on, &[("USD", "338.87"), ("BYR", "0.0169")]);
    let error = rates.convert(money("1 BYN"), Currency::KZT).unwrap_err();
    let expected = ConvertError::NotInUseYet {
        currency: Currency::BYN,
        first_day: day("2016-07-01"),
        day: on,
    };
    assert_eq!(error, expected);
    let old = rates.convert(money("10000 BYR"), Currency::KZT);
    assert_eq!(old.unwrap().to_string(), "169.00 KZT");
}

/// A row of the day before a change is in another unit than the publication into which it is carried.
#[test]
fn a_row_is_not_carried_across_a_change_of_its_unit() {
    let carried = |text: &str, of: &str, on: &str| {
        let today = rates(day(on), &[("USD", "475.09"), (text, "1.00")]);
        let old = (
            Row::new(code(text), parse_decimal("2.00").unwrap(), 1),
            day(of),
        );
        let mixed = today.doubting(&[code(text)], |_| Some(old)).unwrap();
        mixed.row(code(text)).map(|row| row.value.to_string())
    };
    let before = Some("2.00".to_owned());
    for (text, eve, first) in [
        ("VES", "2021-09-30", "2021-10-01"),
        ("SYP", "2025-12-31", "2026-01-01"),
        ("BGN", "2025-12-31", "2026-01-01"),
        ("RUB", "1997-12-31", "1998-01-01"),
    ] {
        let (eve_before, second) = (day(eve).pred_opt().unwrap(), day(first).succ_opt().unwrap());
        assert_eq!(carried(text, eve, first), None, "{text}");
        assert_eq!(
            carried(text, &eve_before.to_string(), eve),
            before,
            "{text}"
        );
        assert_eq!(carried(text, eve, &second.to_string()), None, "{text}");
        if text != "BGN" {
            assert_eq!(carried(text, first, &second.to_string()), before, "{text}");
        }
    }
    assert_eq!(carried("EUR", "2021-09-30", "2021-10-01"), before);
}
