//! Dates for people, written from CLDR patterns that are split into pieces.
//!
//! CLDR's `d MMMM y 'г'.` is a list of [`Piece`]s: the day, a space, the month, a space, the year, a text. The generator of the tables splits it
//! once, so that writing a date parses no pattern. Months are in the form that stands in a date, `апреля`, and never alone.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::piece::Piece;
use super::{Lang, Locale};
use crate::strip::digits::{write_integer, write_padded};

/// How much of a date is written, with English examples. See [`Date`] for an example in code.
///
/// The patterns are CLDR's `full`, `long` and `medium`. Kazakh in Arabic letters has day, month and year
/// in the order of its press, because CLDR differs between its releases 47, 48 and 49.
///
/// ```
/// use masthead::strip::{DateStyle, Lang};
///
/// let day = "2026-04-02".parse()?;
/// assert_eq!(Lang::En.date(day, DateStyle::Full).to_string(), "Thursday, 2 April 2026");
/// assert_eq!(Lang::En.date(day, DateStyle::Medium).to_string(), "2 Apr 2026");
/// assert_eq!(Lang::ZhHans.date(day, DateStyle::Long).to_string(), "2026年4月2日");
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DateStyle {
    /// With the day of the week: `Thursday, 2 April 2026`.
    Full,
    /// With the month in full: `2 April 2026`.
    #[default]
    Long,
    /// With the month shortened, in the languages that do so: `2 Apr 2026`.
    Medium,
}

/// A date as a language writes it, made by [`Lang::date`].
///
/// The order of day, month and year, the case of the month and the words around them are those of the
/// language. A site uses it to date an article in the language of its strip.
///
/// ```
/// use masthead::strip::{DateStyle, Lang};
///
/// let day = "2026-04-02".parse()?;
/// assert_eq!(Lang::En.date(day, DateStyle::Medium).to_string(), "2 Apr 2026");
/// assert_eq!(Lang::Ru.date(day, DateStyle::Full).to_string(), "четверг, 2 апреля 2026\u{202f}г.");
/// assert_eq!(Lang::ZhHans.date(day, DateStyle::Long).to_string(), "2026年4月2日");
/// assert_eq!(Lang::KkArab.date(day, DateStyle::Long).to_string(), "2 ءساۋىر 2026");
///
/// let mut page = String::new();
/// Lang::Kk.date(day, DateStyle::Medium).write_to(&mut page).unwrap();
/// assert_eq!(page, "2026\u{202f}ж. 02 сәу.");
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Date {
    date: NaiveDate,
    style: DateStyle,
    locale: &'static Locale,
}

impl Lang {
    /// Formats `date` in this language.
    ///
    /// ```
    /// use masthead::strip::{DateStyle, Lang};
    ///
    /// let day = "2026-04-02".parse()?;
    /// assert_eq!(Lang::UzLatn.date(day, DateStyle::Long).to_string(), "2-aprel, 2026");
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub const fn date(self, date: NaiveDate, style: DateStyle) -> Date {
        Date::new(date, style, self.locale())
    }
}

impl Date {
    pub(in crate::strip) const fn new(
        date: NaiveDate,
        style: DateStyle,
        locale: &'static Locale,
    ) -> Self {
        Self {
            date,
            style,
            locale,
        }
    }

    pub(in crate::strip) const fn day(&self) -> NaiveDate {
        self.date
    }

    /// Writes to `out` directly; faster than [`Display`](fmt::Display).
    ///
    /// # Errors
    ///
    /// Returns an error if `out` does. A `String` never does.
    pub fn write_to<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        let Self {
            date,
            style,
            locale,
        } = self;
        let [full, long, medium] = locale.dates;
        let pieces = match style {
            DateStyle::Full => full,
            DateStyle::Long => long,
            DateStyle::Medium => medium,
        };
        pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => out.write_str(text),
            Piece::Day => write_integer(date.day(), out),
            Piece::DayPadded => write_padded(date.day(), 2, out),
            Piece::Month => out.write_str(month(&locale.months, *date)),
            Piece::MonthShort => out.write_str(month(&locale.months_short, *date)),
            Piece::MonthNumber => write_integer(date.month(), out),
            Piece::Weekday => {
                let from_monday = date.weekday().num_days_from_monday() as usize;
                out.write_str(locale.weekdays.get(from_monday).unwrap_or(&""))
            }
            Piece::Year => write_year(*date, out),
        })
    }
}

/// The name of the date's month.
fn month(months: &[&'static str; 12], date: NaiveDate) -> &'static str {
    months
        .get(date.month0() as usize)
        .copied()
        .unwrap_or_default()
}

/// Writes a year; a negative one has U+2212.
fn write_year<W: fmt::Write + ?Sized>(date: NaiveDate, out: &mut W) -> fmt::Result {
    if date.year() < 0 {
        out.write_str("\u{2212}")?;
    }
    write_integer(date.year().unsigned_abs(), out)
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, style) = (self.date, self.style);
        write!(f, "{date} {style:?} {}", self.locale.tag)
    }
}
