use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Pair, decimal};

/// One published rate, as the bank printed it: so many quote units for `nominal` base units, official on a day.
///
/// A rate is read from [`Rates`](super::Rates), which has checked it and can be read back from a document; a rate alone
/// can only be written.
///
/// ```
/// # let rates = masthead::Snapshot::sample();
/// # let rates = rates.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
/// use masthead::money::{Pair, Trend};
///
/// let dollar = rates.rate(Pair::USD_KZT).unwrap();
/// assert_eq!(dollar.to_string(), "447.32 KZT for 1 USD on 2023-06-13");
/// assert_eq!(dollar.trend(), Trend::Unknown); // the sample has no change
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rate {
    pair: Pair,
    #[serde(with = "decimal::text")]
    value: Decimal,
    nominal: u32,
    day: NaiveDate,
    #[serde(with = "decimal::text::option")]
    change: Option<Decimal>,
    confirmed: bool,
}

impl Rate {
    pub(super) const fn new(
        pair: Pair,
        value: Decimal,
        nominal: u32,
        day: NaiveDate,
        change: Option<Decimal>,
        confirmed: bool,
    ) -> Self {
        Self {
            pair,
            value,
            nominal,
            day,
            change,
            confirmed,
        }
    }

    /// The pair as published.
    #[must_use]
    pub const fn pair(self) -> Pair {
        self.pair
    }

    /// Quote units for [`nominal`](Self::nominal) base units, with the digits the bank printed.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.value
    }

    /// How many base units the value is for: 1, 10, 100, 1,000 or another power of ten. Banks change it over time.
    #[must_use]
    pub const fn nominal(self) -> u32 {
        self.nominal
    }

    /// The day on which the rate is official.
    #[must_use]
    pub const fn day(self) -> NaiveDate {
        self.day
    }

    /// The bank's own difference to the rate before, in the same units as the value; nothing where it prints none.
    #[must_use]
    pub const fn change(self) -> Option<Decimal> {
        self.change
    }

    /// Whether a second publication with other numbers, or another bank, has confirmed the rate. One that is not confirmed is
    /// shown with the word *unconfirmed*.
    #[must_use]
    pub const fn is_confirmed(self) -> bool {
        self.confirmed
    }

    /// The direction of [`change`](Self::change).
    #[must_use]
    pub fn trend(self) -> Trend {
        match self.change {
            None => Trend::Unknown,
            Some(change) if change.is_zero() => Trend::Unchanged,
            Some(change) if change.is_sign_negative() => Trend::Down,
            Some(_) => Trend::Up,
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pair,
            value,
            nominal,
            day,
            ..
        } = self;
        write!(
            f,
            "{value} {} for {nominal} {} on {day}",
            pair.quote(),
            pair.base()
        )
    }
}

/// Where a rate went since the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// It rose.
    Up,
    /// It fell.
    Down,
    /// The bank says it did not move.
    Unchanged,
    /// The source does not say.
    Unknown,
}

impl Trend {
    /// The word of documents and style sheets: `up`, `down`, `unchanged`, `unknown`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Unchanged => "unchanged",
            Self::Unknown => "unknown",
        }
    }
}
