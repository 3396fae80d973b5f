//! The parameters of a request for the rates of a pair: `/history/{pair}.{format}?from={day}&to={day}`, and `lang={tag}` for a picture.

use std::ops::RangeInclusive;

use chrono::{NaiveDate, TimeDelta};

use super::refused::{Escaped, Refused, Spelled};
use crate::day::{self, EARLIEST};
use crate::money::Pair;
use crate::strip::Lang;

/// The most days of a request: ten years with their leap days.
const MOST_DAYS: i64 = 3_660;
/// The days of a request without a first day.
const DEFAULT_DAYS: i64 = 30;

/// The formats of the rates of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Csv,
    Svg,
}

impl Format {
    /// Returns the format of a file extension.
    pub(super) fn from_extension(extension: &str) -> Option<Self> {
        Some(match extension {
            "json" => Self::Json,
            "csv" => Self::Csv,
            "svg" => Self::Svg,
            _ => return None,
        })
    }

    /// Returns the value of `Content-Type`.
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Svg => "image/svg+xml",
        }
    }

    /// Returns the names of its parameters, in words.
    const fn parameters(self) -> &'static str {
        match self {
            Self::Json | Self::Csv => "from and to",
            Self::Svg => "from, to and lang",
        }
    }
}

/// A pair, and the days of its rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) pair: Pair,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    /// The language of a picture.
    pub(super) lang: Option<Lang>,
}

impl Query {
    /// Reads the pair of a path and the parameters behind it.
    pub(super) fn parse(pair: &str, format: Format, parameters: &str) -> Result<Self, Refused> {
        let mut query = Self {
            pair: parse_pair(pair)?,
            from: None,
            to: None,
            lang: None,
        };
        for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
            let (name, day) = match &*name {
                "from" => ("from", &mut query.from),
                "to" => ("to", &mut query.to),
                "lang" if format == Format::Svg => {
                    if query.lang.replace(parse_lang(&value)?).is_some() {
                        return Err(Refused::Repeated { name: "lang" });
                    }
                    continue;
                }
                _ => {
                    let name = Escaped::new(&name);
                    let expected = format.parameters();
                    return Err(Refused::Unknown { name, expected });
                }
            };
            if day.replace(parse_day(name, &value)?).is_some() {
                return Err(Refused::Repeated { name });
            }
        }
        Ok(query)
    }

    /// Returns the days requested. `last` is the last day with rates, or today: the default of `to`, unless `from` is later.
    pub(super) fn days(self, last: NaiveDate) -> Result<RangeInclusive<NaiveDate>, Refused> {
        let to = self
            .to
            .unwrap_or_else(|| self.from.map_or(last, |from| from.max(last)));
        let first = to.checked_sub_signed(TimeDelta::days(DEFAULT_DAYS - 1));
        let first = first.map(|first| first.max(EARLIEST));
        let from = self.from.or(first).unwrap_or(to);
        let days = (to - from).num_days() + 1;
        if days < 1 {
            return Err(Refused::Order { from, to });
        }
        if days > MOST_DAYS {
            return Err(Refused::TooLong {
                from,
                to,
                days,
                most: MOST_DAYS,
            });
        }
        Ok(from..=to)
    }
}

/// Returns the pair of a path. Other spellings are refused: to a cache they would be other documents.
fn parse_pair(text: &str) -> Result<Pair, Refused> {
    // A pair has seven characters in any spelling.
    let short = text.get(..7).filter(|short| short.len() == text.len());
    let known = short.and_then(|text| text.to_ascii_lowercase().replace('-', "/").parse().ok());
    match known {
        Some(pair) if Spelled(pair).to_string() == text => Ok(pair),
        known => Err(Refused::Spelling {
            pair: Escaped::new(text),
            like: known.unwrap_or(Pair::USD_KZT),
        }),
    }
}

/// Returns the language of a tag, in the one spelling of [`Lang::tag`].
fn parse_lang(text: &str) -> Result<Lang, Refused> {
    let mut all = Lang::ALL.iter();
    let lang = all.find(|lang| lang.tag() == text);
    lang.copied().ok_or_else(|| Refused::Lang {
        value: Escaped::new(text),
    })
}

/// Returns the day of a parameter, in the one form `2026-04-02`.
fn parse_day(parameter: &'static str, text: &str) -> Result<NaiveDate, Refused> {
    let day = text.parse().ok();
    let day = day.filter(|day| day::is_plausible(*day) && day.to_string() == text);
    day.ok_or_else(|| Refused::Day {
        parameter,
        value: Escaped::new(text),
    })
}
