use std::fmt;
use std::str::FromStr;

use crate::text::ParseError;
use serde::{Deserialize, Serialize};

/// A kind of feed of a bank.
///
/// Only a feed of the requested day proves that an earlier list is in force on a later day. The newest publication is that of its own day alone,
/// whichever day it was requested on.
///
/// ```
/// use masthead::ledger::Feed;
///
/// assert_eq!("newest".parse::<Feed>()?, Feed::Newest);
/// assert_eq!(Feed::OfDay.as_str(), "of_day");
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// The rates of the requested day.
    OfDay,
    /// The newest publication, which may be for a later day.
    Newest,
}

impl Feed {
    /// The name: `of_day` or `newest`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OfDay => "of_day",
            Self::Newest => "newest",
        }
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Feed {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::OfDay, Self::Newest]
            .into_iter()
            .find(|feed| feed.as_str() == text)
            .ok_or_else(|| ParseError::invalid("feed", text, "expected of_day or newest"))
    }
}
