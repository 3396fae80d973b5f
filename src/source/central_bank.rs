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
    /// The most decimals that the bank prints. Zeros beyond them are no digits of its own.
    pub(super) decimals: usize,
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
    /// For how many days after its own a publication of the bank may stay in force.
    pub(super) longest_pause: u16,
    /// Whether a document without the dollar is broken.
    pub(super) has_dollar: bool,
    /// The day asked for, where one was: the answer is of that day or, when nothing was set on it, of an earlier one.
    pub(super) asked: Option<NaiveDate>,
}

/// The fewest rows of a publication, for every bank: the dollar and two more.
///
/// A short list is not a broken one: the lists of the 1990s name a quarter of the currencies of today, and of those only the
/// ones that ISO 4217 still has are counted (18 of the European Central Bank's first). Half a document is refused before,
/// because its XML or JSON does not end; and a list that is much shorter than the bank's last one is for the guard to doubt.
/// What is left for this number is an answer that a bank gives while it is still publishing: its dollar, alone.
pub(super) const FEWEST_ROWS: usize = 3;

/// Whether a currency is still in use on a day. Banks go on printing some that have ended.
pub(super) fn in_use(currency: Currency, day: NaiveDate) -> bool {
    currency.last_day().is_none_or(|last| day <= last)
}

/// Cuts the zeros at the end of a number that stand beyond the decimals that its bank prints: `519.40000` is `519.40` for a
/// bank that prints two. Digits other than zero are never cut, and a text that is no number is left as it is.
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
    /// The row; nothing for a currency that ISO 4217 does not know, whose numbers must be numbers all the same.
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
    /// Reads a decimal with this mark and no other; nothing parts its thousands.
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
                    .map_err(|cause| format!("{cause}, a comma being read as the point")),
            },
        }
    }
}

impl List {
    /// The publication of a day.
    pub(super) fn publish(self, day: NaiveDate, mut rows: Vec<Row>) -> Result<Rates, String> {
        if let Some(asked) = self.asked.filter(|asked| day > *asked) {
            return Err(format!("rates of {day} where {asked} was asked for"));
        }
        rows.retain(|row| in_use(row.currency, day));
        if rows.len() < FEWEST_ROWS {
            return Err(few_rows(day, rows.len()));
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
        Rates::new(publication, rows)
            .map(|rates| rates.with_longest_pause(self.longest_pause))
            .map_err(|cause| cause.to_string())
    }
}

/// Why a list of so many rows is refused.
pub(super) fn few_rows(day: NaiveDate, rows: usize) -> String {
    format!("{rows} rates of {day}, expected at least {FEWEST_ROWS}")
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
