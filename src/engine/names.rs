//! The names of what servers share, and of the servers.

use std::fmt;
use std::str::FromStr;

use super::Item;
use crate::text::ParseError;
use crate::text::serde_as_text;
use crate::weather::CityId;

/// A group of shared records. Each has its own revision and lease, so that one slow city does not delay others.
///
/// Its text is `rates`, `history`, or `weather:` and the id of a city; stores use it in their keys.
///
/// ```
/// use masthead::ticker::shared::Topic;
///
/// let topic: Topic = "weather:astana".parse()?;
/// assert_eq!(topic.to_string(), "weather:astana");
/// assert!("traffic".parse::<Topic>().is_err());
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Topic {
    /// The answers of the bank, and of its witnesses.
    Rates,
    /// The forecasts for a city.
    Weather(CityId),
    /// The rates of earlier days.
    History,
}

impl From<&Item> for Topic {
    fn from(item: &Item) -> Self {
        match item {
            Item::Rates | Item::Next => Self::Rates,
            Item::Weather(city) => Self::Weather(city.clone()),
            Item::History => Self::History,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rates => f.write_str("rates"),
            Self::Weather(city) => write!(f, "weather:{city}"),
            Self::History => f.write_str("history"),
        }
    }
}

impl FromStr for Topic {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let topic = match text.split_once(':') {
            None if text == "rates" => Some(Self::Rates),
            None if text == "history" => Some(Self::History),
            Some(("weather", city)) => city.parse().ok().map(Self::Weather),
            _ => None,
        };
        topic.ok_or_else(|| {
            ParseError::invalid(
                "topic",
                text,
                "expected rates, history, or weather: and a city",
            )
        })
    }
}

/// The name of a server of a fleet: 1 to 64 of `a-z`, `A-Z`, `0-9`, `.`, `_` and `-`.
///
/// Two servers with one name would both take the lease and request the sources twice, so a
/// [`TickerBuilder`](crate::ticker::TickerBuilder) appends random characters to the name that is set.
///
/// ```
/// use masthead::ticker::shared::Node;
///
/// let node: Node = "web-1".parse()?;
/// assert_eq!(node.as_str(), "web-1");
/// assert!("web 1".parse::<Node>().is_err());
/// # Ok::<(), masthead::ParseError>(())
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

    /// Whether both names are of processes of one server: they are equal up to their last point, after which the random characters stand.
    pub(crate) fn is_of_server(&self, other: &Self) -> bool {
        let server = |node: &Self| node.0.rsplit_once('.').map(|(name, _)| name.to_owned());
        server(self) == server(other)
    }

    /// The name of a process of a server: `name`, cut to 57 characters, a point and six random letters or digits. Two processes with one `name` get
    /// different names.
    pub(crate) fn process_of(name: &str) -> Result<Self, ParseError> {
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
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            let expected = "1 to 64 of a-z, A-Z, 0-9, ., _ and -";
            Err(ParseError::invalid(
                "node",
                text,
                format_args!("expected {expected}"),
            ))
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_processes_of_one_name_are_two() {
        let name = "w".repeat(64);
        let [one, two] = [(); 2].map(|()| Node::process_of(&name).unwrap());
        assert_ne!(one, two);
        assert_eq!(one.as_str().len(), 64);
        assert!(Node::process_of("web 1").is_err());
    }
}
