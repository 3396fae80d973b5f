use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Coordinates, InvalidCity};

/// A city whose weather a strip shows: id, name, coordinates, elevation and time zone.
///
/// A weather service is queried by the coordinates and the elevation; the zone determines the local day of a maximum or a
/// range. [`all`](Self::all) lists 30 built-in cities, and [`new`](Self::new) creates any other:
///
/// ```
/// use masthead::weather::{City, Coordinates};
///
/// let oral = City::find("oral").unwrap();
/// assert_eq!((oral.name(), oral.country(), oral.elevation()), ("Uralsk", Some("KZ"), Some(35)));
/// assert_eq!(oral.zone(), chrono_tz::Asia::Oral);
///
/// let place = Coordinates::new(39.2076, 46.4058)?;
/// let kapan = City::new("kapan", "Kapan", place, chrono_tz::Asia::Yerevan)?.with_elevation(770);
/// assert_eq!(kapan.coordinates().to_string(), "39.2076,46.4058");
/// assert_eq!((kapan.country(), kapan.elevation()), (None, Some(770)));
///
/// let document = serde_json::to_string(&kapan).unwrap();
/// assert_eq!(serde_json::from_str::<City>(&document).unwrap(), kapan);
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
    /// Creates a city that is not built in, without a country and an elevation. `zone` is that of its local days.
    ///
    /// Readers see `name` in each language for which [`Layout::city_name`](crate::Layout::city_name) sets no other, because only the
    /// built-in cities have translated names.
    ///
    /// # Errors
    ///
    /// If `id` is not 1 to 40 characters of `a-z`, `0-9`, `-` and `_`, or `name` is empty or white space.
    ///
    /// ```
    /// use masthead::weather::{City, Coordinates, InvalidCity};
    ///
    /// let place = Coordinates::new(39.2076, 46.4058)?;
    /// let zone = chrono_tz::Asia::Yerevan;
    /// assert_eq!(City::new("kapan", " ", place, zone), Err(InvalidCity::Name));
    /// let error = City::new("Kapan", "Kapan", place, zone).unwrap_err();
    /// assert_eq!(error.to_string(), "invalid city id \"Kapan\": expected 1 to 40 of a-z, 0-9, - and _");
    /// # Ok::<(), InvalidCity>(())
    /// ```
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

    /// `latitude` and `longitude` are in ten-thousandths of a degree.
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

    /// Sets the elevation in metres above sea level. Default: unknown.
    ///
    /// MET Norway and Open-Meteo receive it in the request. MET Norway corrects the temperature for it.
    #[must_use]
    pub const fn with_elevation(mut self, metres: i16) -> Self {
        self.elevation = Some(metres);
        self
    }

    /// The key of the city in snapshots, options and JSON, such as `astana`.
    #[must_use]
    pub const fn id(&self) -> &CityId {
        &self.id
    }

    /// The English name of a built-in city, or the name given to [`new`](Self::new).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The ISO 3166-1 alpha-2 code of the country, such as `KZ`. Returns `None` for a city made with [`new`](Self::new).
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// The coordinates for which a weather service is queried.
    #[must_use]
    pub const fn coordinates(&self) -> Coordinates {
        self.coordinates
    }

    /// The elevation in metres above sea level. Returns `None` if it is unknown.
    #[must_use]
    pub const fn elevation(&self) -> Option<i16> {
        self.elevation
    }

    /// The IANA time zone of the city's local days.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }
}

/// The key of a city: 1 to 40 characters of `a-z`, `0-9`, `-` and `_`.
///
/// It is safe in a URL, a file name and an HTML attribute without escaping. An id need not belong to a built-in city.
///
/// ```
/// use masthead::weather::{City, CityId};
///
/// let id: CityId = "astana".parse()?;
/// assert_eq!(id.as_str(), "astana");
/// assert_eq!(City::find(id.as_str()).unwrap().id(), &id);
/// assert!("Астана".parse::<CityId>().is_err());
/// # Ok::<(), masthead::weather::InvalidCity>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CityId(Cow<'static, str>);

impl CityId {
    /// Returns the id as text.
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
