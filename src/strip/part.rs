//! What the walk says and a sink hears: elements that open and close, and the parts inside them.

use std::fmt::{self, Write};

use chrono::{DateTime, NaiveDate, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::digits::{write_integer, write_iso, write_padded};
use super::layout::PairCase;
use super::locale::{Around, Date, Direction, Locale};
use super::number::{Number, write_age, write_degrees};
use super::{RateItem, WeatherItem};
use crate::money::{Currency, Pair, Trend};
use crate::provenance::SourceId;

/// One rendering: it hears the walk in order.
pub(super) trait Sink {
    fn open(&mut self, element: &Element<'_>) -> fmt::Result;
    fn part(&mut self, part: &Part<'_>) -> fmt::Result;
    fn close(&mut self, element: &Element<'_>) -> fmt::Result;

    /// A word of the table, or of this crate: it holds nothing to escape.
    fn word(&mut self, word: &'static str) -> fmt::Result;

    /// What a pattern says around a value, and the value.
    #[inline]
    fn around(
        &mut self,
        (before, after): Around,
        value: impl FnOnce(&mut Self) -> fmt::Result,
    ) -> fmt::Result {
        self.word(before)?;
        value(self)?;
        self.word(after)
    }

    /// An element and what is inside it.
    #[inline(always)]
    fn within(
        &mut self,
        element: &Element<'_>,
        inside: impl FnOnce(&mut Self) -> fmt::Result,
    ) -> fmt::Result {
        self.open(element)?;
        inside(self)?;
        self.close(element)
    }
}

/// What has an extent.
pub(super) enum Element<'a> {
    /// A line of the strip.
    Row,
    /// A line that is a list of items.
    List,
    /// Lines of columns.
    Table,
    /// What stands in a column, and how wide it and the column's widest are.
    Cell {
        column: Column,
        width: usize,
        widest: usize,
    },
    /// A pair with its rate.
    Rate(&'a RateItem<'a>),
    /// A city with its weather.
    Weather(&'a WeatherItem<'a>),
    /// Of which day, from whom, how old.
    Note(&'a SourceId),
    /// A word over what follows.
    Heading,
    /// The page's own date.
    Date,
    /// Today's.
    Today,
    /// Text that leads somewhere, where an address is known.
    Link(Option<&'a str>),
    /// A telephone number.
    Phone(&'a str),
    /// The list of languages.
    Languages,
    /// A language of it.
    Language {
        tag: &'a str,
        url: Option<&'a str>,
        direction: Direction,
        current: bool,
    },
    /// A value, which runs left to right whatever surrounds it.
    Value,
    /// A name, which runs as its letters say.
    Name,
}

/// The columns of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The pair or the city.
    Name,
    /// The rate or the temperatures.
    Value,
    /// What else there is to say.
    Remark,
}

/// What is printed: the text a reader sees, the same in every sink.
pub(super) enum Part<'a> {
    Separator(Separator),
    /// Text from outside.
    Outside(&'a str),
    Pair {
        pair: Pair,
        nominal: u32,
        case: PairCase,
    },
    Number(Number),
    /// The bank's change without its sign, which the word and the arrow beside it say, and the sign.
    Change(Number, Trend),
    Arrow(Trend),
    Degrees {
        whole: i16,
        minus: &'static str,
    },
    Day(Date),
    /// A date as machines write it.
    IsoDay(NaiveDate),
    Age {
        at: DateTime<Utc>,
        age: TimeDelta,
        locale: &'static Locale,
    },
    /// The time of a day and what its clock is ahead of UTC.
    Clock {
        at: DateTime<Utc>,
        zone: Tz,
    },
}

/// What stands between items.
#[derive(Clone, Copy, Debug)]
pub(super) enum Separator {
    Dot,
    Space,
}

impl Part<'_> {
    #[inline(always)] // which part it is, is known at every call
    /// Writes the text; what came from outside without what could reorder or break the line.
    pub(super) fn write_to<W: Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        match *self {
            Self::Separator(separator) => out.write_str(match separator {
                Separator::Dot => " · ",
                Separator::Space => " ",
            }),
            Self::Outside(text) => write_outside(text, out),
            Self::Pair {
                pair,
                nominal,
                case,
            } => {
                if nominal != 1 {
                    write_integer(nominal.into(), "", out)?;
                    out.write_str(" ")?;
                }
                out.write_str(code(pair.base(), case))?;
                out.write_str("/")?;
                out.write_str(code(pair.quote(), case))
            }
            Self::Number(number) | Self::Change(number, _) => number.write_to(out),
            Self::Arrow(trend) => out.write_str(match trend {
                Trend::Up => "▲",
                Trend::Down => "▼",
                Trend::Unchanged => "=",
                Trend::Unknown => "",
            }),
            Self::Degrees { whole, minus } => write_degrees(whole, minus, out),
            Self::Day(date) => date.write_to(out),
            Self::IsoDay(date) => write_iso(date, out),
            Self::Age { age, locale, .. } => write_age(age, locale, out),
            Self::Clock { at, zone } => write_clock(at, zone, out),
        }
    }
}

pub(super) const fn code(currency: Currency, case: PairCase) -> &'static str {
    match case {
        PairCase::Upper => currency.code(),
        PairCase::Lower => currency.lower_code(),
    }
}

/// `11:00 UTC+5`, by the zone's rules at that instant.
fn write_clock<W: Write + ?Sized>(at: DateTime<Utc>, zone: Tz, out: &mut W) -> fmt::Result {
    let ahead = zone
        .offset_from_utc_datetime(&at.naive_utc())
        .fix()
        .local_minus_utc();
    let local = at.naive_utc() + TimeDelta::seconds(ahead.into());
    write_padded(local.hour().into(), 2, out)?;
    out.write_str(":")?;
    write_padded(local.minute().into(), 2, out)?;
    out.write_str(match ahead {
        0 => " UTC",
        1.. => " UTC+",
        _ => " UTC\u{2212}",
    })?;
    let minutes = u64::from(ahead.unsigned_abs() / 60);
    if minutes > 0 {
        write_integer(minutes / 60, "", out)?;
    }
    if minutes % 60 > 0 {
        out.write_str(":")?;
        write_padded(minutes % 60, 2, out)?;
    }
    Ok(())
}

/// Whether a text is of visible ASCII and spaces, and holds nothing that HTML or JSON escape. Most addresses and names are
/// so, and are found to be so at once.
pub(super) fn is_plain(text: &str) -> bool {
    let special = |byte: u8| {
        !matches!(byte, b' '..=b'~') | matches!(byte, b'"' | b'&' | b'\'' | b'<' | b'>' | b'\\')
    };
    // Not `any`: without a way out of the loop it is done on vectors.
    !text
        .bytes()
        .fold(false, |found, byte| found | special(byte))
}

/// Text that came from outside, without what could reorder or break the line it is put in: what breaks a line is a space.
pub(super) fn write_outside<W: Write + ?Sized>(text: &str, out: &mut W) -> fmt::Result {
    let breaks = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let harmful = |c: char| {
        c.is_control()
            || breaks(c)
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffd}')
    };
    text.split_inclusive(harmful).try_for_each(|piece| {
        let last = piece.chars().next_back().filter(|c| harmful(*c));
        out.write_str(piece.trim_end_matches(harmful))?;
        out.write_str(if last.is_some_and(breaks) { " " } else { "" })
    })
}
