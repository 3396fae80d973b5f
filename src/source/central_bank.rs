//! What the documents of central banks have in common: rows of text, one day, and a list that is whole.

use std::fmt::Display;

use chrono::NaiveDate;
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::money::{Currency, Method, Publication, Quotation, Rates, Row, parse_decimal};
use crate::provenance::SourceId;

/// A row as it stands in a document.
pub(super) struct Printed<'a> {
    /// As [`parse_code`] gives it.
    pub(super) code: &'a str,
    pub(super) value: &'a str,
    pub(super) nominal: &'a str,
    pub(super) change: Option<&'a str>,
    pub(super) mark: DecimalMark,
}

/// What stands before a bank's decimals.
#[derive(Clone, Copy)]
pub(super) enum DecimalMark {
    Point,
    Comma,
}

/// What is expected of a document.
pub(super) struct List {
    pub(super) source: SourceId,
    pub(super) home: Currency,
    pub(super) quotation: Quotation,
    pub(super) zone: Tz,
    /// Fewer rows than this are a broken answer, not a short list.
    pub(super) minimum_rows: usize,
    /// Whether a document without the dollar is broken.
    pub(super) has_dollar: bool,
    /// The day asked for, where one was: the answer is of that day or, when nothing was set on it, of an earlier one.
    pub(super) asked: Option<NaiveDate>,
}

impl Printed<'_> {
    /// The row; nothing for a currency that ISO 4217 does not know, whose numbers must be numbers all the same.
    pub(super) fn read(&self) -> Result<Option<Row>, String> {
        let code = self.code;
        let invalid = |what: &str, cause: &dyn Display| format!("{what} of {code}: {cause}");
        let value = self
            .mark
            .parse(self.value)
            .map_err(|cause| invalid("rate", &cause))?;
        let nominal = parse_nominal(self.nominal).map_err(|cause| invalid("nominal", &cause))?;
        let change = self
            .change
            .map(|change| self.mark.parse(change))
            .transpose()
            .map_err(|cause| invalid("change", &cause))?;
        Ok(code.parse().ok().map(|currency| Row {
            currency,
            value,
            nominal,
            change,
        }))
    }
}

impl DecimalMark {
    /// Reads a decimal with this mark and no other; nothing parts its thousands.
    fn parse(self, text: &str) -> Result<Decimal, String> {
        match self {
            Self::Point => parse_decimal(text).map_err(|cause| cause.to_string()),
            Self::Comma => match text.find('.') {
                Some(at) => Err(format!(
                    "invalid decimal {:?}: unexpected '.' at byte {at}, expected a decimal comma",
                    head(text)
                )),
                None => parse_decimal(&text.replacen(',', ".", 1))
                    .map_err(|cause| format!("{cause}, a comma being read as the point")),
            },
        }
    }
}

impl List {
    /// The publication of a day.
    pub(super) fn publish(self, day: NaiveDate, rows: Vec<Row>) -> Result<Rates, String> {
        if let Some(asked) = self.asked.filter(|asked| day > *asked) {
            return Err(format!("rates of {day} where {asked} was asked for"));
        }
        if rows.len() < self.minimum_rows {
            return Err(format!(
                "{} rates of {day}, expected at least {}",
                rows.len(),
                self.minimum_rows
            ));
        }
        if self.has_dollar && !rows.iter().any(|row| row.currency == Currency::USD) {
            return Err(format!("no dollar among the rates of {day}"));
        }
        let publication = Publication {
            home: self.home,
            quotation: self.quotation,
            day,
            zone: self.zone,
            source: self.source,
            method: Method::Published,
        };
        Rates::new(publication, rows).map_err(|cause| cause.to_string())
    }
}

/// Three upper-case letters; whether ISO 4217 knows them is another question.
pub(super) fn parse_code(text: &str) -> Result<&str, String> {
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(text)
    } else {
        Err(format!("{:?} is not a currency code", head(text)))
    }
}

/// Digits alone: `u32::from_str` takes a plus.
pub(super) fn parse_nominal(text: &str) -> Result<u32, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let nominal = if digits { text.parse().ok() } else { None };
    nominal.ok_or_else(|| format!("{:?} is not a whole number", head(text)))
}

/// `25.04.2026`, and nothing that is not printed so.
pub(super) fn parse_day(text: &str) -> Result<NaiveDate, String> {
    day_of(text, "%d.%m.%Y", "DD.MM.YYYY")
}

/// A day by a pattern, where printing it by the pattern gives the text again: `%d` alone takes `4` and ` 4` too.
pub(super) fn day_of(text: &str, pattern: &str, expected: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, pattern)
        .ok()
        .filter(|day| day.format(pattern).to_string() == text)
        .ok_or_else(|| format!("{:?} is not a day, expected {expected}", head(text)))
}

/// The day of all rows, where each names its own.
pub(super) fn one_day(days: impl IntoIterator<Item = NaiveDate>) -> Result<NaiveDate, String> {
    let mut days = days.into_iter();
    let day = days.next().ok_or("a document without rates")?;
    match days.find(|other| *other != day) {
        None => Ok(day),
        Some(other) => Err(format!("a row of {day} beside one of {other}")),
    }
}

/// As much of a text from outside as a message needs.
fn head(text: &str) -> String {
    text.chars().take(40).collect()
}
