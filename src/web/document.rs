//! The rates of a pair on the days of a range, as JSON and as CSV.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use rust_decimal::Decimal;
use serde::Serialize;

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

/// The rate of a day.
struct Row<'a> {
    day: NaiveDate,
    value: Decimal,
    nominal: u32,
    /// The day of the list.
    since: NaiveDate,
    learned: Instant,
    corrected: Option<Instant>,
    confirmed: bool,
    source: &'a SourceId,
}

/// An instant in whole seconds.
struct Instant(DateTime<Utc>);

/// A range of days.
#[derive(Serialize)]
struct Days {
    from: NaiveDate,
    to: NaiveDate,
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
    pub(super) fn json(&self) -> String {
        let mut json = String::with_capacity(1_000 + 192 * self.series.points().len());
        // Writing to a string cannot fail.
        _ = self.write_json(&mut json);
        json
    }

    fn write_json(&self, json: &mut String) -> fmt::Result {
        let (pair, home, bank) = (self.series.pair(), self.home, self.history.bank());
        let name = self
            .credits
            .get(bank)
            .map_or(bank.as_str(), Attribution::name);
        write!(
            json,
            r#"{{"schema":1,"pair":"{pair}","home":"{home}","bank":{{"id":"{bank}","name":{}}},"from":"{}","to":"{}","known":{},"rates":["#,
            InJson(name),
            self.days.start(),
            self.days.end(),
            InJson(self.history.days().map(Days::of)),
        )?;
        let (mut comma, mut sources) = ("", Vec::new());
        for row in self.rows() {
            json.push_str(comma);
            row.write_json(json)?;
            if !sources.contains(&row.source) {
                sources.push(row.source);
            }
            comma = ",";
        }
        let gaps: Vec<Days> = self.series.gaps().map(Days::of).collect();
        let credits = sources.iter().filter_map(|source| self.credits.get(source));
        let credits: Vec<Credit<'_>> = credits.map(Credit::of).collect();
        write!(
            json,
            r#"],"gaps":{},"attribution":{}}}"#,
            InJson(gaps),
            InJson(credits)
        )
    }

    /// Returns the CSV of RFC 4180: a header, and a line for each day with a rate.
    pub(super) fn csv(&self) -> String {
        let mut csv = String::with_capacity(1_000 + 160 * self.series.points().len());
        csv.push_str(
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
            _ = row.write_csv(pair, of_source, &mut csv);
        }
        csv
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
                learned: Instant(in_force.learned),
                corrected: in_force.corrected.map(Instant),
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

impl Row<'_> {
    fn write_json(&self, json: &mut String) -> fmt::Result {
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
        write!(
            json,
            r#"{{"day":"{day}","value":"{value}","nominal":{nominal},"since":"{since}","learned":"{learned}","corrected":"#
        )?;
        match &self.corrected {
            Some(at) => write!(json, "\"{at}\"")?,
            None => json.push_str("null"),
        }
        write!(json, r#","confirmed":{confirmed},"source":"{source}"}}"#)
    }

    fn write_csv(&self, pair: Pair, credit: &str, csv: &mut String) -> fmt::Result {
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
        write!(csv, "{pair},{day},{value},{nominal},{since},{learned},")?;
        if let Some(at) = &self.corrected {
            write!(csv, "{at}")?;
        }
        write!(csv, ",{confirmed},{source},{credit}\r\n")
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}Z", self.0.trunc_subsecs(0).naive_utc())
    }
}

/// A value as JSON.
struct InJson<T>(T);

impl<T: Serialize> fmt::Display for InJson<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(&self.0).map_err(|_| fmt::Error)?;
        f.write_str(&json)
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
