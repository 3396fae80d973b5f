//! What the walk says and a sink hears: elements that open and close, and the parts inside them.

use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::layout::{LanguageLink, PairCase};
use super::locale::Locale;
use super::number::{Age, Degrees, Outside, Quote};
use super::{RateItem, WeatherItem};
use crate::money::{Currency, Pair, Trend};
use crate::provenance::SourceId;

/// One rendering: it hears the walk in order.
pub(super) trait Sink {
    fn open(&mut self, element: &Element<'_>) -> fmt::Result;
    fn part(&mut self, part: &Part<'_>) -> fmt::Result;
    fn close(&mut self, element: &Element<'_>) -> fmt::Result;
}

/// What has an extent.
pub(super) enum Element<'a> {
    /// A line of the strip.
    Row,
    /// A line that is a list of items.
    List,
    /// A pair with its rate.
    Rate(RateItem<'a>),
    /// A city with its weather.
    Weather(WeatherItem<'a>),
    /// Of which day, from whom, how old.
    Note(&'a SourceId),
    /// A word over what follows.
    Heading,
    /// The page's own date.
    Date,
    /// Text that leads somewhere, where an address is known.
    Link(Option<&'a str>),
    /// A telephone number.
    Phone(&'a str),
    /// A language of the list of languages.
    Language(&'a LanguageLink),
    /// A value, which runs left to right whatever surrounds it.
    Value,
    /// A name, which runs as its letters say.
    Name,
}

/// What is printed. Its `Display` is the text a reader sees, the same in every sink.
pub(super) enum Part<'a> {
    Word(&'a str),
    Space,
    Separator(&'a str),
    /// Text from outside.
    Outside(&'a str),
    Pair {
        pair: Pair,
        nominal: u32,
        case: PairCase,
    },
    Number {
        value: Decimal,
        places: u32,
    },
    /// The bank's change, without its sign: the word and the arrow beside it say it.
    Change {
        value: Decimal,
        places: u32,
    },
    Arrow(Trend),
    Degrees {
        whole: i16,
        minus: char,
    },
    Unit(&'a str),
    Day {
        date: NaiveDate,
        locale: &'a Locale,
    },
    /// A date as machines write it.
    IsoDay(NaiveDate),
    Age {
        at: DateTime<Utc>,
        age: TimeDelta,
        locale: &'a Locale,
    },
}

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Word(text) | Self::Separator(text) | Self::Unit(text) => f.write_str(text),
            Self::Space => f.write_str(" "),
            Self::Outside(text) => Outside(text).fmt(f),
            Self::Pair {
                pair,
                nominal,
                case,
            } => {
                if nominal != 1 {
                    write!(f, "{nominal} ")?;
                }
                write_code(pair.base(), case, f)?;
                f.write_str("/")?;
                write_code(pair.quote(), case, f)
            }
            Self::Number { value, places } => Quote { value, places }.fmt(f),
            Self::Change { value, places } => Quote {
                value: value.abs(),
                places,
            }
            .fmt(f),
            Self::Arrow(trend) => f.write_str(match trend {
                Trend::Up => "▲",
                Trend::Down => "▼",
                Trend::Unchanged => "=",
                Trend::Unknown => "",
            }),
            Self::Degrees { whole, minus } => Degrees { whole, minus }.fmt(f),
            Self::Day { date, locale } => locale.write_date(date, f),
            Self::IsoDay(date) => date.fmt(f),
            Self::Age { age, locale, .. } => Age { age, locale }.fmt(f),
        }
    }
}

fn write_code(currency: Currency, case: PairCase, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use fmt::Write as _;
    match case {
        PairCase::Upper => f.write_str(currency.code()),
        PairCase::Lower => currency
            .code()
            .chars()
            .try_for_each(|letter| f.write_char(letter.to_ascii_lowercase())),
    }
}
