//! The common part of central banks' documents: rows of text, one day, and the checks of a whole list.
//!
//! # From a document to rates
//!
//! ```text
//! Response ──► text ──────────► rows of text ──► Row ──────────► List ─────────────► Rates
//!      status,      XML: Element,    Printed::read    List::new,        Profile::publish
//!      charset      JSON: serde                       List::of_dated
//! ```
//!
//! A bank's file has the first three steps: which charset, which fields, which day. The others are here, so that all banks share their rules:
//!
//! - [`Printed::read`] reads value, nominal and change before it looks the code up. A row that will be left out must have numbers nonetheless, so that
//!   a document of another form is an error and not a shorter list.
//! - [`List::new`] brings the rows under the codes of the list's own day, which is that of the document and not of the request: [`under_codes_of`].
//! - [`Profile::publish`] counts the rows that are left, looks for the dollar, compares the day with that of the request, and reads the bank's own
//!   currency by the day too.
//!
//! A row `KZT`, nominal `100`, value `15,8700` of the Bank of Russia: the mark is a comma and the bank prints four decimals, so the value is 15.8700. In a
//! list before 15 November 1993 the row is left out, because the tenge has no predecessor of its own.

use std::fmt::Display;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::profile::Profile;
use super::xml::Element;
use super::{DecodeError, DecodeErrorKind};
use crate::money::{Currency, Method, Publication, Rates, Row, parse_decimal};

/// The texts of a row, as they stand in a document.
pub(super) struct Printed<'a> {
    /// The code, checked by [`parse_code`].
    pub(super) code: &'a str,
    pub(super) value: &'a str,
    pub(super) nominal: &'a str,
    pub(super) change: Option<&'a str>,
    pub(super) mark: DecimalMark,
    /// The most decimals that the bank prints. Zeros beyond them are cut.
    pub(super) decimals: usize,
}

/// The decimal mark of a bank's documents.
#[derive(Clone, Copy)]
pub(super) enum DecimalMark {
    Point,
    Comma,
}

/// The feeds of a bank that answers for a day, and has its newest list without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    OfDay,
    Newest,
}

/// A list as it stands in a document.
pub(super) struct List {
    day: NaiveDate,
    rows: Vec<Row>,
    /// Whether it is an error without the dollar.
    has_dollar: bool,
}

/// The reason for which a document has no list.
#[derive(Debug)]
pub(super) enum NoList {
    /// Its text in place of rates.
    NoData(String),
    Malformed(String),
}

/// The fewest rows of a publication, for every bank: the dollar and two more.
///
/// The limit is low because a short list can be right: the lists of the 1990s have a quarter of today's currencies. A truncated document fails
/// earlier, because its XML or JSON does not end, and a list that is much shorter than the bank's last one is a case for the
/// guard. The limit catches the answer of a bank that is still publishing: the dollar alone.
pub(super) const FEWEST_ROWS: usize = 3;

/// The rows under the codes of a day: a later code is that of the unit on the day (`RUB` in a list of 1997 is `RUR`), and a
/// currency that has ended, or cannot be identified, has no row. Banks continue to print some that have ended.
///
/// A row under a later code is also left out if the unit of the day has a row of another code.
pub(super) fn under_codes_of(day: NaiveDate, rows: Vec<Row>) -> Vec<Row> {
    let named: Vec<(Currency, Option<Currency>)> = rows
        .iter()
        .map(|row| (row.currency, row.currency.as_of(day)))
        .collect();
    let is_free = |code: Currency, unit: Currency| {
        let mut others = named.iter().filter(|(other, _)| *other != code);
        code == unit || others.all(|(_, taken)| *taken != Some(unit))
    };
    let rows = rows.into_iter().zip(&named);
    let rows = rows.filter_map(|(row, (code, unit))| {
        let currency = unit.filter(|unit| is_free(*code, *unit))?;
        Some(Row { currency, ..row })
    });
    rows.collect()
}

/// The text without the zeros at its end that lie beyond `decimals`: `519.40000` becomes `519.40` for two decimals. Other digits
/// are never cut, and a text that is not a number is returned as it is.
pub(super) fn without_spare_zeros(text: &str, point: char, decimals: usize) -> &str {
    let Some((_, fraction)) = text.split_once(point) else {
        return text;
    };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    let kept = fraction.trim_end_matches('0').len();
    let spare = fraction.len() - kept.max(decimals).min(fraction.len());
    text.get(..text.len() - spare).unwrap_or(text)
}

impl Printed<'_> {
    /// The row under the code of the document; `None` for a currency that is not in the table. Its texts must be numbers nonetheless.
    pub(super) fn read(&self) -> Result<Option<Row>, String> {
        let code = self.code;
        let invalid = |what: &str, cause: &dyn Display| format!("{what} of {code}: {cause}");
        let parse = |text| self.mark.parse(text, self.decimals);
        let value = parse(self.value).map_err(|cause| invalid("rate", &cause))?;
        let nominal = parse_nominal(self.nominal).map_err(|cause| invalid("nominal", &cause))?;
        let change = self
            .change
            .map(parse)
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
    /// Parses a decimal with this mark and without separators of thousands.
    fn parse(self, text: &str, decimals: usize) -> Result<Decimal, String> {
        let text = match self {
            Self::Point => without_spare_zeros(text, '.', decimals),
            Self::Comma => without_spare_zeros(text, ',', decimals),
        };
        match self {
            Self::Point => parse_decimal(text).map_err(|cause| cause.to_string()),
            Self::Comma => match text.find('.') {
                Some(at) => Err(format!(
                    "invalid decimal {:?}: unexpected '.' at byte {at}, expected a decimal comma",
                    head(text)
                )),
                None => parse_decimal(&text.replacen(',', ".", 1))
                    .map_err(|cause| format!("{cause}, with the comma read as a point")),
            },
        }
    }
}

impl Feed {
    /// The day of the request, which is the latest day of a list in the answer.
    pub(super) fn latest(self, today: &NaiveDate) -> Option<NaiveDate> {
        (self == Self::OfDay).then_some(*today)
    }
}

impl List {
    /// A list of one day, with its rows under the codes of that day. Rows of currencies that are not in the table are `None`.
    pub(super) fn new(
        day: NaiveDate,
        rows: impl IntoIterator<Item = Result<Option<Row>, String>>,
    ) -> Result<Self, NoList> {
        let rows = rows.into_iter().filter_map(Result::transpose);
        let rows = rows.collect::<Result<_, _>>()?;
        Ok(Self {
            day,
            rows: under_codes_of(day, rows),
            has_dollar: true,
        })
    }

    /// The list of a feed that has no dollar.
    pub(super) fn without_dollar(self) -> Self {
        Self {
            has_dollar: false,
            ..self
        }
    }

    /// A list whose rows have a day each, which must be the same.
    pub(super) fn of_dated<T>(
        quotes: &[T],
        day: impl Fn(&T) -> Result<NaiveDate, String>,
        row: impl Fn(&T) -> Result<Option<Row>, String>,
    ) -> Result<Self, NoList> {
        let days = quotes.iter().map(day).collect::<Result<Vec<_>, _>>()?;
        let (first, rest) = days.split_first().ok_or_else(NoList::empty)?;
        if let Some(other) = rest.iter().find(|other| *other != first) {
            return Err(format!("rows of two days, {first} and {other}").into());
        }
        Self::new(*first, quotes.iter().map(row))
    }
}

impl NoList {
    pub(super) fn empty() -> Self {
        Self::NoData("a document without rates".into())
    }
}

impl From<String> for NoList {
    fn from(what: String) -> Self {
        Self::Malformed(what)
    }
}

impl Profile {
    /// The publication of a list, once it has passed the checks of all banks' lists. `latest` is the day of the request, for a feed that takes one: the
    /// list must be of that day, or of an earlier one over a holiday.
    pub(super) fn publish(
        &self,
        list: Result<List, NoList>,
        latest: Option<NaiveDate>,
    ) -> Result<Rates, DecodeError> {
        let rates = list.and_then(|list| Ok(self.checked(list, latest)?));
        rates.map_err(|no_list| match no_list {
            NoList::NoData(said) => DecodeError::new(&self.id, DecodeErrorKind::NoData(said)),
            NoList::Malformed(what) => DecodeError::malformed(&self.id, what),
        })
    }

    fn checked(&self, list: List, latest: Option<NaiveDate>) -> Result<Rates, String> {
        let (day, rows) = (list.day, list.rows);
        if let Some(latest) = latest.filter(|latest| day > *latest) {
            return Err(later_day(day, latest));
        }
        // The bank's own unit may have been another one too.
        let home = self.home.as_of(day);
        let home =
            home.ok_or_else(|| format!("rates of {day}, before the first of {}", self.home))?;
        if rows.len() < FEWEST_ROWS {
            return Err(few_rows(day, rows.len()));
        }
        if list.has_dollar && !rows.iter().any(|row| row.currency == Currency::USD) {
            return Err(format!("no dollar among the rates of {day}"));
        }
        let publication = Publication {
            home,
            quotation: self.quotation,
            day,
            zone: self.zone,
            source: self.id.clone(),
            method: Method::Published,
        };
        Rates::new(publication, rows)
            .map(|rates| rates.with_longest_pause(self.longest_pause))
            .map_err(|cause| cause.to_string())
    }
}

/// The reason for refusing a list of a day after the one of the request.
pub(super) fn later_day(day: NaiveDate, asked: NaiveDate) -> String {
    format!("rates of {day}, expected {asked} or an earlier day")
}

/// The reason for refusing a list of too few rows.
pub(super) fn few_rows(day: NaiveDate, rows: usize) -> String {
    format!("{rows} rates of {day}, expected at least {FEWEST_ROWS}")
}

/// Checks that a code has three upper-case letters. It may be one that is not in the table of currencies.
pub(super) fn parse_code(text: &str) -> Result<&str, String> {
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(text)
    } else {
        Err(format!("{:?} is not a currency code", head(text)))
    }
}

/// Parses a nominal of digits only; `u32::from_str` alone would accept a plus.
pub(super) fn parse_nominal(text: &str) -> Result<u32, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let nominal = if digits { text.parse().ok() } else { None };
    nominal.ok_or_else(|| format!("{:?} is not a whole number", head(text)))
}

/// Parses a day such as `25.04.2026`, in this form only.
pub(super) fn parse_day(text: &str) -> Result<NaiveDate, String> {
    day_of(text, "%d.%m.%Y", "DD.MM.YYYY")
}

/// Parses a day by a pattern. Printing the day must give the text again, because `%d` alone accepts `4` and ` 4` too.
pub(super) fn day_of(text: &str, pattern: &str, expected: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, pattern)
        .ok()
        .filter(|day| day.format(pattern).to_string() == text)
        .ok_or_else(|| format!("{:?} is not a day, expected {expected}", head(text)))
}

/// The text of a field of a currency's element.
pub(super) fn field<'a>(item: &'a Element, code: &str, name: &str) -> Result<&'a str, String> {
    let field = item.child(name).and_then(Element::text);
    field.map_err(|what| format!("{code}: {what}"))
}

/// The beginning of a text from outside, for a message.
fn head(text: &str) -> String {
    text.chars().take(40).collect()
}
