//! Errors of a request for the rates of a pair, which name the parameter, its value and what is expected.

use std::fmt;

use chrono::NaiveDate;
use http::StatusCode;
use serde::Serialize;

use crate::day::{EARLIEST, LATEST};
use crate::money::Pair;
use crate::provenance::SourceId;
use crate::strip::InvalidChart;

/// The reason why a request for the rates of a pair has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// The path does not name a pair in its one spelling.
    #[error("unknown pair \"{pair}\": expected two currency codes in lower case, such as {}", Spelled(*like))]
    Spelling { pair: Escaped, like: Pair },
    /// The bank does not quote the pair, or not in this direction.
    #[error("unknown pair \"{}\": {bank} has no rates of it{}", Spelled(*pair), Instead(*quoted))]
    NotQuoted {
        pair: Pair,
        bank: SourceId,
        /// The pair in the other direction, if that is the bank's.
        quoted: Option<Pair>,
    },
    #[error(
        "invalid {parameter} \"{value}\": expected a day from {EARLIEST} to {LATEST}, such as 2026-04-02"
    )]
    Day {
        parameter: &'static str,
        value: Escaped,
    },
    #[error("invalid from \"{from}\": expected a day not after {to}, the last day of the range")]
    Order { from: NaiveDate, to: NaiveDate },
    #[error(
        "invalid from \"{from}\": expected at most {most} days up to {to}, the last day of the range, not {days}"
    )]
    TooLong {
        from: NaiveDate,
        to: NaiveDate,
        days: i64,
        most: i64,
    },
    #[error("unknown parameter \"{name}\": expected {expected}")]
    Unknown {
        name: Escaped,
        expected: &'static str,
    },
    #[error("unknown lang \"{value}\": expected a tag such as kk or zh-Hans")]
    Lang { value: Escaped },
    /// The range has no picture.
    #[error("{0}")]
    NoChart(InvalidChart),
    #[error("repeated parameter \"{name}\": expected at most one")]
    Repeated { name: &'static str },
}

/// The body of a refusal in JSON.
#[derive(Serialize)]
struct Body<'a> {
    error: String,
    parameter: &'a str,
    value: Option<String>,
}

impl Refused {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::Spelling { .. } | Self::NotQuoted { .. } | Self::NoChart(_) => {
                StatusCode::NOT_FOUND
            }
            Self::Day { .. }
            | Self::Order { .. }
            | Self::TooLong { .. }
            | Self::Unknown { .. }
            | Self::Lang { .. }
            | Self::Repeated { .. } => StatusCode::BAD_REQUEST,
        }
    }

    /// Returns the body in JSON: the message, the parameter and its value.
    pub(super) fn json(&self) -> Vec<u8> {
        let (parameter, value) = match self {
            Self::Spelling { pair, .. } => ("pair", Some(pair.to_string())),
            Self::NotQuoted { pair, .. } => ("pair", Some(Spelled(*pair).to_string())),
            Self::Day { parameter, value } => (*parameter, Some(value.to_string())),
            Self::Order { from, .. } | Self::TooLong { from, .. } => {
                ("from", Some(from.to_string()))
            }
            Self::Unknown { name, .. } => (name.0.as_str(), None),
            Self::Lang { value } => ("lang", Some(value.to_string())),
            Self::NoChart(_) => ("pair", None),
            Self::Repeated { name } => (*name, None),
        };
        let error = self.to_string();
        let body = Body {
            error,
            parameter,
            value,
        };
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

/// The beginning of a text from a request, in visible ASCII that neither HTML nor a quoted text gives a meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Escaped(String);

impl Escaped {
    /// The most characters of the text that are repeated.
    const MOST: usize = 40;

    pub(super) fn new(text: &str) -> Self {
        let is_plain =
            |c: &char| matches!(c, ' '..='~') && !matches!(c, '<' | '>' | '&' | '"' | '\'' | '\\');
        let mut escaped = String::new();
        for c in text.chars().take(Self::MOST) {
            if is_plain(&c) {
                escaped.push(c);
            } else {
                escaped.extend(c.escape_unicode());
            }
        }
        if text.chars().nth(Self::MOST).is_some() {
            escaped.push_str("...");
        }
        Self(escaped)
    }
}

impl fmt::Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A pair in the spelling of a path: `usd-kzt`.
pub(super) struct Spelled(pub(super) Pair);

impl fmt::Display for Spelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.base().lower_code())?;
        f.write_str("-")?;
        f.write_str(self.0.quote().lower_code())
    }
}

/// The pair in the other direction, if there is one.
struct Instead(Option<Pair>);

impl fmt::Display for Instead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(pair) => write!(f, ", it quotes {}", Spelled(pair)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn a_text_of_a_request_is_short_and_has_no_markup() {
        assert_eq!(Escaped::new("2026-13-01").to_string(), "2026-13-01");
        let attack = Escaped::new("\"><script>\u{202e}\r\n\u{0}қ");
        assert_eq!(
            attack.to_string(),
            r"\u{22}\u{3e}\u{3c}script\u{3e}\u{202e}\u{d}\u{a}\u{0}\u{49b}"
        );
        for text in ["x".repeat(41), "\u{10ffff}".repeat(9_999)] {
            let escaped = Escaped::new(&text).to_string();
            assert!(escaped.ends_with("...") && escaped.len() <= 40 * 10 + 3);
        }
        assert_eq!(Escaped::new(&"x".repeat(40)).to_string(), "x".repeat(40));
    }
}
