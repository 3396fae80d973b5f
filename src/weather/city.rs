use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Coordinates, cities};

/// A city whose weather a strip shows: id, name, place and zone.
///
/// Thirty are built in; a site defines its own with [`City::new`].
///
/// ```
/// use masthead::weather::{City, Coordinates};
///
/// assert_eq!(City::all().len(), 30);
/// assert_eq!(City::find("oral").unwrap().zone(), chrono_tz::Asia::Oral);
///
/// let own = City::new("kapan", "Kapan", Coordinates::new(39.2076, 46.4058)?, chrono_tz::Asia::Yerevan)?.elevation(770);
/// assert_eq!(own.coordinates().to_string(), "39.2076,46.4058");
/// let document = serde_json::to_string(&own).unwrap();
/// assert_eq!(serde_json::from_str::<City>(&document).unwrap(), own);
/// # Ok::<(), masthead::weather::InvalidCity>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct City {
    id: CityId,
    name: Cow<'static, str>,
    country: Option<Cow<'static, str>>,
    coordinates: Coordinates,
    elevation: Option<i16>,
    zone: Tz,
}

impl City {
    /// A city of the site's own.
    ///
    /// # Errors
    ///
    /// When the id is not one to forty of `a-z`, `0-9`, `-` and `_`, or the name is empty.
    pub fn new(
        id: &str,
        name: impl Into<Cow<'static, str>>,
        coordinates: Coordinates,
        zone: Tz,
    ) -> Result<Self, InvalidCity> {
        let name = name.into();
        if name.trim().is_empty() {
            return Err(InvalidCity::Name);
        }
        Ok(Self {
            id: id.parse()?,
            name,
            country: None,
            coordinates,
            elevation: None,
            zone,
        })
    }

    pub(super) const fn builtin(
        id: &'static str,
        name: &'static str,
        country: &'static str,
        latitude: i32,
        longitude: i32,
        elevation: Option<i16>,
        zone: Tz,
    ) -> Self {
        Self {
            id: CityId(Cow::Borrowed(id)),
            name: Cow::Borrowed(name),
            country: Some(Cow::Borrowed(country)),
            coordinates: Coordinates::builtin(latitude, longitude),
            elevation,
            zone,
        }
    }

    /// The built-in cities: 24 of Kazakhstan, then 6 capitals.
    #[must_use]
    pub fn all() -> &'static [Self] {
        cities::ALL
    }

    /// The built-in city of an id such as `astana`.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        cities::ALL.iter().find(|city| city.id.as_str() == id)
    }

    /// The same with a height above the sea in metres; MET Norway corrects temperatures for it.
    #[must_use]
    pub const fn elevation(mut self, metres: i16) -> Self {
        self.elevation = Some(metres);
        self
    }

    /// The key of the city in snapshots, options and JSON.
    #[must_use]
    pub const fn id(&self) -> &CityId {
        &self.id
    }

    /// The English name, or the one the site gave.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The ISO 3166 code of a built-in city's country.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// Where it is.
    #[must_use]
    pub const fn coordinates(&self) -> Coordinates {
        self.coordinates
    }

    /// Metres above the sea, where known.
    #[must_use]
    pub const fn metres(&self) -> Option<i16> {
        self.elevation
    }

    /// The IANA zone whose days the city lives by.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }
}

/// The key of a city: one to forty of `a-z`, `0-9`, `-` and `_`.
///
/// ```
/// use masthead::weather::CityId;
///
/// let id: CityId = "astana".parse()?;
/// assert_eq!(id.as_str(), "astana");
/// assert!("Астана".parse::<CityId>().is_err());
/// # Ok::<(), masthead::weather::InvalidCity>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CityId(Cow<'static, str>);

impl CityId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CityId {
    type Err = InvalidCity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for CityId {
    type Error = InvalidCity;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        if text.is_empty() || text.len() > 40 || !text.bytes().all(allowed) {
            return Err(InvalidCity::Id {
                id: text.chars().take(48).collect(),
            });
        }
        Ok(Self(Cow::Owned(text)))
    }
}

impl From<CityId> for String {
    fn from(id: CityId) -> Self {
        id.0.into_owned()
    }
}

impl fmt::Display for CityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The parts do not make a city.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCity {
    /// The id has other characters, none, or too many.
    #[error("invalid city id {id:?}: expected 1 to 40 of a-z, 0-9, - and _")]
    Id {
        /// The text, shortened.
        id: String,
    },
    /// The name is empty.
    #[error("a city needs a name")]
    Name,
    /// The place is not on Earth.
    #[error(
        "invalid place {latitude},{longitude}: expected a latitude within 90 and a longitude within 180 degrees"
    )]
    Place {
        /// The latitude as given.
        latitude: String,
        /// The longitude as given.
        longitude: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    id: CityId,
    name: String,
    country: Option<String>,
    coordinates: Coordinates,
    elevation: Option<i16>,
    zone: Tz,
}

impl TryFrom<Unchecked> for City {
    type Error = InvalidCity;

    fn try_from(
        Unchecked {
            id,
            name,
            country,
            coordinates,
            elevation,
            zone,
        }: Unchecked,
    ) -> Result<Self, InvalidCity> {
        let city = Self::new(id.as_str(), name, coordinates, zone)?;
        Ok(Self {
            country: country.map(Cow::Owned),
            elevation,
            ..city
        })
    }
}
