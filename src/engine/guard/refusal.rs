use chrono::NaiveDate;
use serde::Serialize;

use crate::money::Currency;

/// The reason why a publication is never shown.
///
/// ```
/// use masthead::money::Currency;
/// use masthead::ticker::Refusal;
///
/// let refusal = Refusal::Home { expected: Currency::KZT, found: Currency::UZS };
/// assert_eq!((refusal.class(), refusal.to_string()), ("wrong_home", "rates of UZS, expected those of KZT".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refusal {
    /// It has another home currency.
    #[error("rates of {found}, expected those of {expected}")]
    Home {
        /// The bank's home currency on the day of the publication.
        expected: Currency,
        /// The home currency of the publication.
        found: Currency,
    },
    /// It has no rate for the bank's anchor.
    #[error("no {anchor} among the rates of {day}")]
    Anchor {
        /// The anchor.
        anchor: Currency,
        /// The day of the publication.
        day: NaiveDate,
    },
    /// It has fewer than four fifths of the rows that the same feed had within the last ten days, and is not the list believed of its day.
    #[error("{rows} rates of {day}, and earlier answers had {last}")]
    Rows {
        /// The number of its rows.
        rows: usize,
        /// The number of rows with which it is compared: the fewest of the feed's answers of these days, but no fewer than four fifths of the most.
        last: usize,
        /// The day of the publication.
        day: NaiveDate,
    },
    /// Its day is further ahead than this bank publishes.
    #[error("rates of {day}, more than {bound} days ahead of {today}")]
    TooFarAhead {
        /// The day of the publication.
        day: NaiveDate,
        /// The bank's today.
        today: NaiveDate,
        /// The greatest number of days ahead.
        bound: u16,
    },
}

impl Refusal {
    /// The reason in one word, by which refusals are counted.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Home { .. } => "wrong_home",
            Self::Anchor { .. } => "no_anchor",
            Self::Rows { .. } => "too_few_rows",
            Self::TooFarAhead { .. } => "too_far_ahead",
        }
    }
}
