//! The rates of a pair on the days of a range, as JSON and as CSV.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::ledger::{History, Series};
use crate::money::{Currency, Pair};
use crate::provenance::{Attribution, SourceId};

/// The rates of a pair on the days of a range. Its text follows from the records of the ledger alone, so that servers with the same
/// records have the same.
pub(super) struct Document<'a> {
    pub(super) history: &'a History,
    pub(super) series: Series,
    pub(super) days: RangeInclusive<NaiveDate>,
    /// The bank's currency in the pair.
    pub(super) home: Currency,
    /// The credit of each source.
    pub(super) credits: &'a BTreeMap<SourceId, Attribution>,
}

#[derive(Serialize)]
struct Json<'a> {
    schema: u8,
    pair: Pair,
    home: Currency,
    bank: Bank<'a>,
    from: NaiveDate,
    to: NaiveDate,
    known: Option<Days>,
    rates: Vec<Row<'a>>,
    gaps: Vec<Days>,
    attribution: Vec<Credit<'a>>,
}

#[derive(Serialize)]
struct Bank<'a> {
    id: &'a SourceId,
    name: &'a str,
}

/// A range of days.
#[derive(Serialize)]
struct Days {
    from: NaiveDate,
    to: NaiveDate,
}

/// The rate of a day.
#[derive(Serialize)]
struct Row<'a> {
    day: NaiveDate,
    #[serde(serialize_with = "digits")]
    value: Decimal,
    nominal: u32,
    /// The day of the list.
    since: NaiveDate,
    learned: DateTime<Utc>,
    corrected: Option<DateTime<Utc>>,
    confirmed: bool,
    source: &'a SourceId,
}

#[derive(Serialize)]
struct Credit<'a> {
    name: &'a str,
    link: Option<&'a str>,
    licence: Option<&'a str>,
    licence_link: Option<&'a str>,
}

impl Document<'_> {
    /// Returns the JSON, schema 1.
    pub(super) fn json(&self) -> Vec<u8> {
        let bank = self.history.bank();
        let rates: Vec<Row<'_>> = self.rows().collect();
        let mut sources: Vec<&SourceId> = Vec::new();
        for row in &rates {
            if !sources.contains(&row.source) {
                sources.push(row.source);
            }
        }
        let credits = sources.iter().filter_map(|source| self.credits.get(source));
        let json = Json {
            schema: 1,
            pair: self.series.pair(),
            home: self.home,
            bank: Bank {
                id: bank,
                name: self
                    .credits
                    .get(bank)
                    .map_or(bank.as_str(), Attribution::name),
            },
            from: *self.days.start(),
            to: *self.days.end(),
            known: self.history.days().map(Days::of),
            gaps: self.series.gaps().map(Days::of).collect(),
            attribution: credits.map(Credit::of).collect(),
            rates,
        };
        serde_json::to_vec(&json).unwrap_or_default()
    }

    /// Returns the CSV of RFC 4180: a header, and a line for each day with a rate.
    pub(super) fn csv(&self) -> Vec<u8> {
        let mut csv = String::from(
            "pair,day,value,nominal,since,learned,corrected,confirmed,source,credit,link\r\n",
        );
        let (pair, mut credit) = (self.series.pair(), None);
        for row in self.rows() {
            let of_source = match credit {
                Some((source, ref columns)) if source == row.source => columns,
                _ => {
                    &credit
                        .insert((row.source, self.credit_columns(row.source)))
                        .1
                }
            };
            // Writing to a string cannot fail.
            _ = writeln!(csv, "{pair},{row},{of_source}\r");
        }
        csv.into_bytes()
    }

    /// The days with a rate, the earliest first.
    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.series.known().filter_map(|(day, rate)| {
            let in_force = self.history.rates_on(day).ok()?;
            Some(Row {
                day,
                value: rate.value(),
                nominal: rate.nominal(),
                since: rate.day(),
                learned: in_force.learned.trunc_subsecs(0),
                corrected: in_force.corrected.map(|at| at.trunc_subsecs(0)),
                confirmed: rate.is_confirmed(),
                source: &in_force.rates.publication().source,
            })
        })
    }

    /// The columns of the credit: its name with the licence, and its link.
    fn credit_columns(&self, source: &SourceId) -> String {
        let Some(credit) = self.credits.get(source) else {
            return format!("{source},");
        };
        let name = match credit.licence() {
            Some(licence) => Cow::Owned(format!("{} ({licence})", credit.name())),
            None => Cow::Borrowed(credit.name()),
        };
        let link = credit.url().unwrap_or_default();
        format!("{},{}", quoted(&name), quoted(link))
    }
}

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            day,
            value,
            nominal,
            since,
            learned,
            confirmed,
            source,
            ..
        } = self;
        let learned = learned.naive_utc();
        write!(f, "{day},{value},{nominal},{since},{learned:?}Z,")?;
        if let Some(corrected) = self.corrected {
            write!(f, "{:?}Z", corrected.naive_utc())?;
        }
        write!(f, ",{confirmed},{source}")
    }
}

impl Days {
    fn of(days: RangeInclusive<NaiveDate>) -> Self {
        let (from, to) = days.into_inner();
        Self { from, to }
    }
}

impl<'a> Credit<'a> {
    fn of(credit: &'a Attribution) -> Self {
        Self {
            name: credit.name(),
            link: credit.url(),
            licence: credit.licence(),
            licence_link: credit.licence_url(),
        }
    }
}

/// Serialises the digits of the bank as a string, so that no parser makes a binary fraction of them.
fn digits<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Returns a field of CSV, in quotes if it needs them.
fn quoted(field: &str) -> Cow<'_, str> {
    if field.contains(['"', ',', '\r', '\n']) {
        Cow::Owned(format!("\"{}\"", field.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(field)
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_field_with_a_separator_is_quoted() {
        assert_eq!(quoted("National Bank"), "National Bank");
        assert_eq!(quoted("A, \"B\"\r\n"), "\"A, \"\"B\"\"\r\n\"");
    }
}
