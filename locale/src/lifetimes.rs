//! The comparison of the lifetimes of currencies with CLDR.
//!
//! CLDR has the days of a currency by region. They are the days of its notes: in most rows the last one is the end of legal
//! tender, weeks to eighteen months after the first day of the successor. The crate has the days of the unit of accounts. So
//! the differences are listed with their reasons, and the comparison fails only if one appears or disappears.

use std::collections::BTreeMap;
use std::error::Error;

use serde_json::Value;

use crate::lifetimes_of_money::LIFETIMES;
use Side::{First, Last};

/// One of the two days of a lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    First,
    Last,
}

const NOTES: &str = "CLDR has the end of the notes";
const NEXT: &str = "CLDR has the first day of the successor";
const REGION: &str = "CLDR has another day in another region";
const RENAMED: &str = "ISO 4217 changed the code in July 2003";
const UNION: &str = "the currency union of the two states ended on 1993-02-07";
const NOTES_OF_BOTH: &str = "CLDR has the end of the notes of both units";
const TAJIK: &str = "two banks' rates and Asia-Plus have 2000-10-30";
const ZIMBABWE: &str = "CLDR has the days of the code; balances were converted on 2024-04-05";

/// The differences: the code, the day that differs, CLDR's day, and the reason.
#[rustfmt::skip]
const EXPECTED: &[(&str, Side, &str, &str)] = &[
    ("AFA", Last, "2002-12-31", NOTES),
    ("ANG", Last, "2025-06-30", NOTES),
    ("ATS", Last, "2002-02-28", NOTES),
    ("AZM", First, "1993-11-22", "the first day as the only legal tender is that of CLDR; the notes are of 1992"),
    ("AZM", Last, "2006-12-31", NOTES),
    ("BEF", Last, "2002-02-28", NOTES),
    ("BGL", Last, "1999-07-05", NEXT),
    ("BGN", Last, "2026-01-31", NOTES),
    ("BYB", First, "1994-08-01", "the unit of CLDR was ten times smaller until 1994-08-19"),
    ("BYB", Last, "2000-12-31", NOTES),
    ("BYR", Last, "2017-01-01", NOTES),
    ("CSD", First, "2002-05-15", RENAMED),
    ("CSD", Last, "2006-10-25", NEXT),
    ("CSK", Last, "1993-03-01", UNION),
    ("CUC", Last, "2021-06-01", NOTES),
    ("CYP", Last, "2008-01-31", NOTES),
    ("CZK", First, "1993-01-01", UNION),
    ("DEM", Last, "2002-05-15", REGION),
    ("ESP", First, "1800-01-01", REGION),
    ("ESP", Last, "2002-02-28", NOTES),
    ("FIM", Last, "2002-02-28", NOTES),
    ("FRF", First, "1959-01-01", REGION),
    ("FRF", Last, "2002-02-17", NOTES),
    ("GEK", Last, "1995-09-25", NEXT),
    ("GEL", First, "1995-09-23", "CLDR has GEL before GEK ends in it; three pages have 1995-09-25"),
    ("GHC", Last, "2007-12-31", NOTES),
    ("GRD", Last, "2002-02-28", NOTES),
    ("HRD", Last, "1995-01-01", NOTES),
    ("HRK", Last, "2023-01-14", NOTES),
    ("IEP", Last, "2002-02-09", NOTES),
    ("ITL", Last, "2002-02-28", NOTES),
    ("KZT", First, "1993-11-05", "the decree of 1993-11-12 has 1993-11-15 at 08:00"),
    ("LTT", Last, "1993-06-25", NEXT),
    ("LUF", Last, "2002-02-28", NOTES),
    ("LVR", Last, "1993-10-17", NOTES),
    ("MRO", Last, "2018-06-30", NOTES),
    ("MTL", Last, "2008-01-31", NOTES),
    ("MZM", Last, "2006-12-31", NOTES),
    ("NLG", Last, "2002-02-28", NOTES),
    ("PTE", Last, "2002-02-28", NOTES),
    ("ROL", Last, "2006-12-31", NOTES),
    ("RUB", First, "1999-01-01", NOTES_OF_BOTH),
    ("RUR", First, "1991-12-25", "the Bank of Russia took over on 1992-01-01"),
    ("RUR", Last, "1998-12-31", NOTES),
    ("SDD", Last, "2007-06-30", NOTES),
    ("SIT", First, "1992-10-07", "CLDR is a year late; NodaMoney has 1991-10-08"),
    ("SIT", Last, "2007-01-14", NOTES),
    ("SKK", First, "1992-12-31", UNION),
    ("SKK", Last, "2009-01-01", NEXT),
    ("SLL", Last, "2023-12-31", NOTES),
    ("SUR", Last, "1992-10-01", REGION),
    ("TJR", Last, "2000-10-25", TAJIK),
    ("TJS", First, "2000-10-26", TAJIK),
    ("TMM", Last, "2009-01-01", NEXT),
    ("TRL", Last, "2005-12-31", NOTES),
    ("UAK", Last, "1993-10-17", "CLDR has no legal tender of Ukraine for the three years until 1996-09-02"),
    ("VEB", Last, "2008-06-30", NOTES),
    ("VEF", Last, "2018-08-20", NEXT),
    ("YUM", Last, "2002-05-15", RENAMED),
    ("ZMK", Last, "2013-01-01", NEXT),
    ("ZWG", First, "2024-06-25", ZIMBABWE),
    ("ZWL", Last, "2024-08-31", ZIMBABWE),
];

/// Compares the first and last days of the table with those of CLDR, over all regions. Returns the numbers of currencies that
/// were compared and of expected differences.
///
/// # Errors
///
/// Returns an error that names the first difference that is not in `EXPECTED`, or is in it and is no longer there.
pub(crate) fn compare(regions: &Value) -> Result<(usize, usize), Box<dyn Error>> {
    let theirs = lifetimes(regions)?;
    let mut expected: Vec<_> = EXPECTED.iter().collect();
    for life in LIFETIMES {
        let code = life.code.escape_ascii().to_string();
        let cldr = theirs
            .get(&code)
            .ok_or_else(|| format!("CLDR has no days of {code}"))?;
        let text =
            |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let ours = [(First, text(life.first)), (Last, text(life.last))];
        for ((side, ours), theirs) in ours.into_iter().zip(cldr.days()) {
            let known = expected
                .iter()
                .position(|(known, which, ..)| *known == code && *which == side);
            let known = known.map(|at| expected.swap_remove(at));
            match known {
                None if ours == theirs => {}
                Some((.., day, _)) if *day == theirs && ours != theirs => {}
                None => {
                    return Err(format!("{code}, {side:?}: {ours:?}, CLDR has {theirs:?}").into());
                }
                Some((.., day, why)) => {
                    let said = format!(
                        "{code}, {side:?}: {ours:?}, CLDR has {theirs:?}, expected {day:?} ({why})"
                    );
                    return Err(said.into());
                }
            }
        }
    }
    if let Some((code, side, ..)) = expected.first() {
        return Err(format!("{code}, {side:?}: the table has no such currency").into());
    }
    Ok((LIFETIMES.len(), EXPECTED.len()))
}

/// The days of a currency over all regions: the earliest and the latest, which is empty for a currency in use.
#[derive(Default)]
struct Days {
    first: String,
    last: String,
    is_in_use: bool,
}

impl Days {
    fn days(&self) -> [&str; 2] {
        [&self.first, if self.is_in_use { "" } else { &self.last }]
    }
}

fn lifetimes(regions: &Value) -> Result<BTreeMap<String, Days>, Box<dyn Error>> {
    let mut lifetimes: BTreeMap<String, Days> = BTreeMap::new();
    let regions = regions.as_object().ok_or("no regions")?;
    let lists = regions.values().filter_map(Value::as_array).flatten();
    for (code, days) in lists.filter_map(Value::as_object).flatten() {
        let life = lifetimes.entry(code.clone()).or_default();
        let day = |name: &str| days.get(name).and_then(Value::as_str);
        if let Some(from) = day("_from")
            && (life.first.is_empty() || from < life.first.as_str())
        {
            from.clone_into(&mut life.first);
        }
        match day("_to") {
            Some(to) if to > life.last.as_str() => to.clone_into(&mut life.last),
            Some(_) => {}
            None => life.is_in_use = true,
        }
    }
    Ok(lifetimes)
}
