//! The interface between the walk and the outputs: elements that open and close, and parts inside them.
//!
//! The walk decides which items, words and values a strip has, and in which order; a [`Sink`] decides on their form alone. So text, ANSI, HTML and
//! SVG say the same, and tests compare them. JSON has fields in place of words, and takes the items without the walk.
//!
//! For `usd/kzt 475.09 ▼ down 3.68` the walk calls:
//!
//! ```text
//! open Rate                                HTML: <span role="listitem" class="masthead-rate" …>
//!   open Value
//!     part Pair, word " ", part Number     HTML: <bdi dir="ltr">, text: U+2066
//!   close Value
//!   word " ", part Arrow, word " "
//!   word "down "                           the text before the value, of a pattern of the language
//!   open Value, part Change, close Value   <data value="-3.68">3.68</data>
//!   word ""                                the text after it, which some languages have
//! close Rate
//! ```
//!
//! | channel | carries | escaping |
//! |---|---|---|
//! | [`Sink::word`] | `&'static str`: words of the tables and of this crate | none: the generator of the tables refuses a word that would need it |
//! | [`Part::Outside`] | names, links and labels that a site or a source gives | [`write_outside`], and that of the format |
//! | other parts | numbers, dates, codes | none: they have no special characters |
//!
//! The type of `word` keeps other text out: most text from outside is not `'static`, and that of a host's literals comes as [`Part::Outside`] too.

use std::fmt::{self, Write};

use chrono::{DateTime, NaiveDate, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::digits::{write_integer, write_iso, write_padded};
use super::layout::PairCase;
use super::locale::{Around, Date, Direction, Locale};
use super::number::{Number, write_age, write_degrees};
use super::sparkline::Sparkline;
use super::{RateItem, WeatherItem};
use crate::money::{Currency, Pair, Trend};
use crate::provenance::SourceId;

/// An output. The walk calls it in the order of the strip.
pub(super) trait Sink {
    /// Begins an element.
    fn open(&mut self, element: &Element<'_>) -> fmt::Result;
    /// Writes a value or another text that may need escaping.
    fn part(&mut self, part: &Part<'_>) -> fmt::Result;
    /// Ends an element.
    fn close(&mut self, element: &Element<'_>) -> fmt::Result;

    /// Writes a word of the tables or of this crate, which needs no escaping.
    fn word(&mut self, word: &'static str) -> fmt::Result;

    /// Writes a value between the two texts of a pattern.
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

    /// Writes an element with its contents.
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

/// A part of the strip that contains others.
pub(super) enum Element<'a> {
    /// A line of the strip.
    Row,
    /// A line that is a list of items.
    List,
    /// A table, with an item on each line.
    Table,
    /// A cell, with its width and that of the widest cell of its column, in columns of a terminal.
    Cell {
        column: Column,
        width: usize,
        widest: usize,
    },
    /// A pair with its rate.
    Rate(&'a RateItem<'a>),
    /// A city with its weather.
    Weather(&'a WeatherItem<'a>),
    /// A note with day, source and age.
    Note(&'a SourceId),
    /// A heading.
    Heading,
    /// The date of the page layout.
    Date,
    /// Today's date.
    Today,
    /// A link, or plain text without an address.
    Link(Option<&'a str>),
    /// A telephone number.
    Phone(&'a str),
    /// The list of languages.
    Languages,
    /// An item of the list of languages.
    Language {
        tag: &'a str,
        url: Option<&'a str>,
        direction: Direction,
        current: bool,
    },
    /// A value, which runs from left to right in any surrounding.
    Value,
    /// A name, which runs in the direction of its first letter.
    Name,
    /// A row of blocks, from left to right. In HTML it is a picture, which needs no isolate.
    Blocks,
}

/// The columns of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The pair or the city.
    Name,
    /// The rate or the temperatures.
    Value,
    /// The change, marks and words for the sky.
    Remark,
}

/// A piece of visible text, the same in every output. A sink may add the machine's form of it: a `value`, a `datetime`.
pub(super) enum Part<'a> {
    /// Between items. A picture drops it where a row is broken.
    Separator(Separator),
    /// Text from outside, which is sanitised and escaped.
    Outside(&'a str),
    /// A pair, after its nominal if that is not 1: `100 krw/kzt`.
    Pair {
        pair: Pair,
        nominal: u32,
        case: PairCase,
    },
    /// A rate.
    Number(Number),
    /// The bank's change without its sign, and its direction, which the arrow and the word beside it show.
    Change(Number, Trend),
    /// The direction of a change as a sign, which outputs hide from assistive technology: the word beside it says it.
    Arrow(Trend),
    /// A temperature without its unit. The page has a hyphen for the minus, as its model does.
    Degrees { whole: i16, minus: &'static str },
    /// A date in words.
    Day(Date),
    /// A date in the form of ISO 8601.
    IsoDay(NaiveDate),
    /// How long ago a reading was made, with the instant for machines.
    Age {
        at: DateTime<Utc>,
        age: TimeDelta,
        locale: &'static Locale,
    },
    /// The rates of the days before: blocks, a picture or a phrase, as the output has them.
    Sparkline(Sparkline<'a>),
    /// The time of day in a zone, with the zone's offset from UTC.
    Clock { at: DateTime<Utc>, zone: Tz },
}

/// The separator between items.
#[derive(Clone, Copy, Debug)]
pub(super) enum Separator {
    Dot,
    Space,
}

impl Part<'_> {
    /// Writes the visible text; text from outside is sanitised by [`write_outside`].
    #[inline(always)] // the variant is a constant at every call
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
                    write_integer(nominal, out)?;
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
            Self::Sparkline(ref sparkline) => sparkline.write_blocks(out),
            Self::Clock { at, zone } => write_clock(at, zone, out),
        }
    }
}

/// The letters of a currency in the given case.
pub(super) const fn code(currency: Currency, case: PairCase) -> &'static str {
    match case {
        PairCase::Upper => currency.code(),
        PairCase::Lower => currency.lower_code(),
    }
}

/// Writes a time such as `11:00 UTC+5`, by the zone's rules at that instant.
fn write_clock<W: Write + ?Sized>(at: DateTime<Utc>, zone: Tz, out: &mut W) -> fmt::Result {
    let ahead = zone
        .offset_from_utc_datetime(&at.naive_utc())
        .fix()
        .local_minus_utc();
    let local = at.naive_utc() + TimeDelta::seconds(ahead.into());
    write_padded(local.hour(), 2, out)?;
    out.write_str(":")?;
    write_padded(local.minute(), 2, out)?;
    out.write_str(match ahead {
        0 => " UTC",
        1.. => " UTC+",
        _ => " UTC\u{2212}",
    })?;
    let minutes = u64::from(ahead.unsigned_abs() / 60);
    if minutes > 0 {
        write_integer(minutes / 60, out)?;
    }
    if minutes % 60 > 0 {
        out.write_str(":")?;
        write_padded(minutes % 60, 2, out)?;
    }
    Ok(())
}

/// Whether a text consists of visible ASCII and spaces that neither HTML nor JSON escapes. It holds for most
/// addresses and names, which are then written in one piece.
pub(super) fn is_plain(text: &str) -> bool {
    let special = |byte: u8| {
        !matches!(byte, b' '..=b'~') | matches!(byte, b'"' | b'&' | b'\'' | b'<' | b'>' | b'\\')
    };
    // Not `any`: a loop without an early exit is vectorised.
    !text
        .bytes()
        .fold(false, |found, byte| found | special(byte))
}

/// Writes text from outside without control characters and bidirectional controls, which could reorder or
/// break the line. A line break becomes a space.
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
