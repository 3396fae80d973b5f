use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Pair, decimal};

/// One official rate as the bank printed it, to be shown: [`value`](Self::value) quote units for
/// [`nominal`](Self::nominal) base units, official on [`day`](Self::day).
///
/// The digits are those of the bank, trailing zeros included. To compute with a rate use
/// [`Rates::converter`](super::Rates::converter), which takes the nominal into account.
///
/// A rate comes from [`Rates::rate`](super::Rates::rate) or [`Rates::iter`](super::Rates::iter) and has no public
/// constructor. It serialises to JSON but does not deserialise: [`Rates`](super::Rates), which checks its rows, does both.
///
/// ```
/// # let snapshot = masthead::Snapshot::sample();
/// # let publication = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value().publication().clone();
/// use masthead::money::{Currency, Pair, Rates, Row, Trend, parse_decimal};
///
/// let dollar = Row::new(Currency::USD, parse_decimal("447.30")?, 1).with_change(parse_decimal("-1.05")?);
/// let rates = Rates::new(publication, [dollar])?;
/// let rate = rates.rate(Pair::USD_KZT).ok_or("no dollar")?;
/// assert_eq!(rate.to_string(), "447.30 KZT for 1 USD on 2023-06-13");
/// assert_eq!((rate.pair(), rate.nominal(), rate.day()), (Pair::USD_KZT, 1, rates.day()));
/// assert_eq!(rate.value().to_string(), "447.30");
/// assert_eq!(rate.change().map(|change| change.to_string()).as_deref(), Some("-1.05"));
/// assert_eq!(rate.trend(), Trend::Down);
/// assert!(rate.is_confirmed());
/// assert_eq!(
///     serde_json::to_string(&rate)?,
///     r#"{"pair":"USD/KZT","value":"447.30","nominal":1,"day":"2023-06-13","change":"-1.05","confirmed":true}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
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

    /// The pair in the direction in which the bank quotes it.
    #[must_use]
    pub const fn pair(self) -> Pair {
        self.pair
    }

    /// The price of [`nominal`](Self::nominal) base units in quote units, with the digits that the bank printed:
    /// 0.000000001 to 1,000,000,000. A page must print the nominal beside it: 0.5361 for 100 tenge.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.value
    }

    /// The number of base units that the value is for: a power of ten from 1 to 1,000,000. Banks change it over time, so
    /// values of two days are comparable only after division by their nominals.
    #[must_use]
    pub const fn nominal(self) -> u32 {
        self.nominal
    }

    /// The day on which the rate is official. It may be earlier than the day of the publication; see
    /// [`Rates::day_of`](super::Rates::day_of).
    #[must_use]
    pub const fn day(self) -> NaiveDate {
        self.day
    }

    /// The difference to the preceding rate, in the same units as the value: the [change](super::Row::change) of the row.
    /// Returns `None` if the row has no change.
    #[must_use]
    pub const fn change(self) -> Option<Decimal> {
        self.change
    }

    /// Whether the rate is confirmed; see [`Rates::unconfirmed`](super::Rates::unconfirmed). The strip marks a rate that is
    /// not confirmed with the word *unconfirmed*.
    #[must_use]
    pub const fn is_confirmed(self) -> bool {
        self.confirmed
    }

    /// The direction of [`change`](Self::change): [`Trend::Unknown`] if there is no change.
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

/// The direction in which a rate moved since the preceding one. The strip shows it as an arrow with a word.
///
/// JSON uses the words of [`as_str`](Self::as_str).
///
/// ```
/// use masthead::money::Trend;
///
/// assert_eq!(Trend::Down.as_str(), "down");
/// assert_eq!(serde_json::to_string(&Trend::Down).unwrap(), r#""down""#);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// It rose.
    Up,
    /// It fell.
    Down,
    /// The change is zero.
    Unchanged,
    /// The change is not known.
    Unknown,
}

impl Trend {
    /// The word for JSON and style sheets: `up`, `down`, `unchanged` or `unknown`.
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
