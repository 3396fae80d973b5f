//! What servers share, and which of two is newer.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::text::serde_as_text;
use crate::ticker::Item;
use crate::weather::CityId;

/// The key of a shared record. Each has its own version and lease, so that one slow city does not delay others.
///
/// ```
/// use masthead::ticker::Topic;
///
/// let topic: Topic = "weather:astana".parse()?;
/// assert_eq!(topic.to_string(), "weather:astana");
/// assert!("traffic".parse::<Topic>().is_err());
/// # Ok::<(), masthead::ticker::ParseFleetError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Topic {
    /// The answers of the bank, and of its witnesses.
    Rates,
    /// The forecasts for a city.
    Weather(CityId),
}

impl From<&Item> for Topic {
    fn from(item: &Item) -> Self {
        match item {
            Item::Rates | Item::Next => Self::Rates,
            Item::Weather(city) => Self::Weather(city.clone()),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rates => f.write_str("rates"),
            Self::Weather(city) => write!(f, "weather:{city}"),
        }
    }
}

impl FromStr for Topic {
    type Err = ParseFleetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let topic = match text.split_once(':') {
            None if text == "rates" => Some(Self::Rates),
            Some(("weather", city)) => city.parse().ok().map(Self::Weather),
            _ => None,
        };
        topic.ok_or_else(|| ParseFleetError::new("topic", text, "rates, or weather: and a city"))
    }
}

/// The name of a server of a fleet: 1 to 64 of `a-z`, `A-Z`, `0-9`, `.`, `_` and `-`.
///
/// Two servers with one name would both take the lease and request the sources twice, so a
/// [`TickerBuilder`](super::super::TickerBuilder) appends random characters to the name that is set.
///
/// ```
/// use masthead::ticker::Node;
///
/// let node: Node = "web-1".parse()?;
/// assert_eq!(node.as_str(), "web-1");
/// assert!("web 1".parse::<Node>().is_err());
/// # Ok::<(), masthead::ticker::ParseFleetError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(String);

serde_as_text!(Node);

impl Node {
    const LONGEST: usize = 64;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A process of a server: two of them with one name are two all the same.
    pub(in crate::ticker) fn process_of(name: &str) -> Result<Self, ParseFleetError> {
        let letters: String = std::iter::repeat_with(fastrand::alphanumeric)
            .take(6)
            .collect();
        let valid: Self = name.parse()?;
        let room = Self::LONGEST - letters.len() - 1;
        let name: String = valid.0.chars().take(room).collect();
        Ok(Self(format!("{name}.{letters}")))
    }
}

impl FromStr for Node {
    type Err = ParseFleetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            let expected = "1 to 64 of a-z, A-Z, 0-9, ., _ and -";
            Err(ParseFleetError::new("node", text, expected))
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The version of a set of records in the store. Each server writes one that is later than the one it read. Versions compare by the day,
/// then by [`own_word`](Self::own_word), the time and the name of the server, so that no two are equal.
///
/// Its text has a fixed width but for the server, so that versions compare as their texts do: `020545|1|001775109600000|web-1`
/// are days and milliseconds since 1970 around the rank.
///
/// ```
/// use masthead::ticker::Order;
///
/// let order: Order = "020545|1|001775109600000|web-1".parse()?;
/// assert_eq!(order.day.to_string(), "2026-04-02");
/// assert_eq!(order.at.to_rfc3339(), "2026-04-02T06:00:00+00:00");
/// let repeated_by_another_party = Order { own_word: false, node: "web-2".parse()?, ..order.clone() };
/// assert!(repeated_by_another_party < order);
/// assert!(repeated_by_another_party.to_string() < order.to_string());
/// # Ok::<(), masthead::ticker::ParseFleetError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order {
    /// The day of `at` in UTC.
    pub day: NaiveDate,
    /// Always true in what this version writes; false sorts before.
    pub own_word: bool,
    /// The time of the write by the store's clock, to the millisecond; at least a millisecond after the version that it replaces.
    pub at: DateTime<Utc>,
    /// The server that wrote it.
    pub node: Node,
}

serde_as_text!(Order);

impl Order {
    /// The greatest difference of clocks that is accepted.
    pub const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

    /// Whether this version lies in the future, which only a misset clock can produce; it would never be superseded. Its day may be
    /// tomorrow in UTC, because of zones ahead of UTC.
    #[must_use]
    pub fn is_of_the_future(&self, now: DateTime<Utc>) -> bool {
        self.at > now + Self::TOLERANCE || self.day > now.date_naive() + TimeDelta::days(1)
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = (self.day - NaiveDate::default()).num_days().max(0);
        let rank = u8::from(self.own_word);
        let at = self.at.timestamp_millis().max(0);
        write!(f, "{day:06}|{rank}|{at:015}|{}", self.node)
    }
}

impl FromStr for Order {
    type Err = ParseFleetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let mut fields = text.splitn(4, '|');
            let days: u32 = fields.next()?.parse().ok()?;
            let order = Self {
                day: NaiveDate::default().checked_add_signed(TimeDelta::days(days.into()))?,
                own_word: fields.next()? == "1",
                at: DateTime::from_timestamp_millis(fields.next()?.parse().ok()?)?,
                node: fields.next()?.parse().ok()?,
            };
            // Only what orders are written as: texts compare as orders do.
            (order.to_string() == text).then_some(order)
        };
        let expected = "such as 020545|1|001775109600000|web-1";
        parse().ok_or_else(|| ParseFleetError::new("order", text, expected))
    }
}

/// The text is not the name of a topic or a server, or not an order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid {what} {text:?}: expected {expected}")]
pub struct ParseFleetError {
    what: &'static str,
    text: String,
    expected: &'static str,
}

impl ParseFleetError {
    fn new(what: &'static str, text: &str, expected: &'static str) -> Self {
        Self {
            what,
            text: text.chars().take(80).collect(),
            expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(text: &str) -> Order {
        text.parse().unwrap()
    }

    #[test]
    fn texts_compare_as_orders_do() {
        let texts = [
            "020544|1|001775109600001|web-9",
            "020545|0|001775109600009|web-9",
            "020545|1|001775109600000|web-1",
            "020545|1|001775109600000|web-2",
            "020545|1|001775109600001|a",
        ];
        assert!(texts.is_sorted());
        assert!(texts.map(order).is_sorted());
    }

    #[test]
    fn only_what_orders_are_written_as_is_one() {
        for text in [
            "",
            "020545|1|001775109600000",
            "20545|1|001775109600000|a",
            "020545|2|001775109600000|a",
            "020545|1|1775109600000|a",
            "020545|1|001775109600000|a b",
            "-20545|1|001775109600000|a",
            "020545|1|999999999999999999|a",
        ] {
            assert!(text.parse::<Order>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_future_begins_after_the_tolerance() {
        let now = "2026-04-02T06:00:00Z".parse().unwrap();
        for (text, is) in [
            ("020545|1|001775109900000|a", false),
            ("020545|1|001775109900001|a", true),
            ("020546|1|001775109600000|a", false),
            ("020547|1|001775109600000|a", true),
        ] {
            assert_eq!(order(text).is_of_the_future(now), is, "{text}");
        }
    }

    #[test]
    fn two_processes_of_one_name_are_two() {
        let name = "w".repeat(64);
        let [one, two] = [(); 2].map(|()| Node::process_of(&name).unwrap());
        assert_ne!(one, two);
        assert_eq!(one.as_str().len(), 64);
        assert!(Node::process_of("web 1").is_err());
    }
}
