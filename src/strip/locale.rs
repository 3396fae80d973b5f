use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use crate::money::Trend;

/// A language of the strip, by its BCP 47 tag.
///
/// ```
/// use masthead::strip::{Direction, Lang};
///
/// let lang: Lang = "EN".parse()?;
/// assert_eq!((lang, lang.to_string().as_str(), lang.direction()), (Lang::En, "en", Direction::LeftToRight));
/// assert_eq!("tlh".parse::<Lang>().unwrap_err().to_string(), "unknown language \"tlh\": expected one of en");
/// # Ok::<(), masthead::strip::ParseLangError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lang {
    /// English, day first.
    En,
}

/// Which way a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `ltr`.
    LeftToRight,
    /// `rtl`.
    RightToLeft,
}

impl Direction {
    /// The value of HTML's `dir`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

impl Lang {
    /// Every language, in the order of the site's list.
    pub const ALL: &'static [Self] = &[Self::En];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.locale().tag
    }

    /// Which way it is written.
    #[must_use]
    pub const fn direction(self) -> Direction {
        self.locale().direction
    }

    pub(super) const fn locale(self) -> &'static Locale {
        match self {
            Self::En => &ENGLISH,
        }
    }
}

/// The words and patterns of one language. A language is one such table; no sink knows another place for words.
pub(super) struct Locale {
    tag: &'static str,
    direction: Direction,
    /// The name of the whole strip, for assistive technology.
    pub(super) title: &'static str,
    pub(super) date: &'static str,
    pub(super) currency_rates: &'static str,
    pub(super) weather: &'static str,
    /// What stands before and after a date.
    pub(super) as_of: (&'static str, &'static str),
    pub(super) now: &'static str,
    pub(super) no_data: &'static str,
    pub(super) stale: &'static str,
    pub(super) up: &'static str,
    pub(super) down: &'static str,
    pub(super) unchanged: &'static str,
    /// An age under a minute.
    pub(super) just_now: &'static str,
    /// What follows a number of minutes, hours, days. Short forms, so that no plural is needed.
    pub(super) ago: [&'static str; 3],
    months: [&'static str; 12],
    long_date: fn(&Self, NaiveDate, &mut fmt::Formatter<'_>) -> fmt::Result,
}

impl Locale {
    /// The word for a direction; none where it is unknown.
    pub(super) const fn trend(&self, trend: Trend) -> Option<&'static str> {
        match trend {
            Trend::Up => Some(self.up),
            Trend::Down => Some(self.down),
            Trend::Unchanged => Some(self.unchanged),
            Trend::Unknown => None,
        }
    }

    /// A date for people: `2 April 2026`.
    pub(super) fn write_date(&self, date: NaiveDate, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.long_date)(self, date, f)
    }

    fn month(&self, date: NaiveDate) -> &'static str {
        self.months
            .get(date.month0() as usize)
            .copied()
            .unwrap_or_default()
    }
}

static ENGLISH: Locale = Locale {
    tag: "en",
    direction: Direction::LeftToRight,
    title: "Currency rates and weather",
    date: "date",
    currency_rates: "Currency rates",
    weather: "Weather",
    as_of: ("as of ", ""),
    now: "now",
    no_data: "no data",
    stale: "outdated",
    up: "up",
    down: "down",
    unchanged: "unchanged",
    just_now: "just now",
    ago: ["min ago", "h ago", "d ago"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    long_date: |locale, date, f| write!(f, "{} {} {}", date.day(), locale.month(date), date.year()),
};

/// The text is not the tag of a language the strip has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language {text:?}: expected one of {}", Tags)]
pub struct ParseLangError {
    text: String,
}

struct Tags;

impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, lang) in Lang::ALL.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{lang}")?;
        }
        Ok(())
    }
}

impl FromStr for Lang {
    type Err = ParseLangError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|lang| lang.tag().eq_ignore_ascii_case(text))
            .ok_or_else(|| ParseLangError {
                text: text.chars().take(32).collect(),
            })
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}
