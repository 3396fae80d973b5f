use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::ParseError;
use crate::text::serde_as_text;

/// The sky and precipitation of an hour, in one vocabulary for all weather services.
///
/// A decoder maps a service's own codes (the symbols of MET Norway, the WMO codes of Open-Meteo) to conditions; a strip shows
/// them as words in the page's language, and style sheets select by the id. The id is the text form, which `Display` writes
/// and `FromStr` reads:
///
/// ```
/// use masthead::weather::{Condition, Intensity, Sky};
///
/// let rain = Condition::new(Sky::Rain).with_intensity(Intensity::Light).with_showers().with_thunder();
/// assert_eq!(rain.to_string(), "light_rain_showers_thunder");
/// assert_eq!("light_rain_showers_thunder".parse(), Ok(rain));
/// assert_eq!(Condition::new(Sky::PartlyCloudy).to_string(), "partly_cloudy");
/// ```
///
/// A code without a mapping is kept as [`unknown`](Self::unknown) instead of being replaced by a similar condition. It has no
/// words, so a strip shows only the temperature:
///
/// ```
/// # use masthead::weather::{Condition, Intensity};
/// let unknown = Condition::unknown("frogs");
/// assert_eq!(unknown.to_string(), "unknown:frogs");
/// assert_eq!((unknown.sky(), unknown.intensity(), unknown.has_thunder()), (None, Intensity::Moderate, false));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition(Kind);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Known {
        sky: Sky,
        intensity: Intensity,
        showers: bool,
        thunder: bool,
    },
    Unknown(Box<str>),
}

/// Cloud cover, fog or kind of precipitation.
///
/// ```
/// use masthead::weather::{Condition, Sky};
///
/// let sleet: Condition = "light_sleet_showers".parse()?;
/// assert_eq!(sleet.sky(), Some(Sky::Sleet));
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sky {
    /// No clouds.
    Clear,
    /// A few clouds.
    Fair,
    /// About half of the sky covered.
    PartlyCloudy,
    /// Overcast.
    Cloudy,
    /// Fog.
    Fog,
    /// Drizzle.
    Drizzle,
    /// Drizzle that freezes on contact with the ground.
    FreezingDrizzle,
    /// Rain.
    Rain,
    /// Rain that freezes on contact with the ground.
    FreezingRain,
    /// Rain and snow mixed.
    Sleet,
    /// Snow.
    Snow,
    /// Hail.
    Hail,
}

/// The intensity of precipitation.
///
/// ```
/// use masthead::weather::{Condition, Intensity};
///
/// for (id, intensity) in [("light_snow", Intensity::Light), ("snow", Intensity::Moderate), ("heavy_snow", Intensity::Heavy)] {
///     assert_eq!(id.parse::<Condition>()?.intensity(), intensity);
/// }
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intensity {
    /// Light: `light_` in the id.
    Light,
    /// Moderate, or no precipitation: no word in the id.
    Moderate,
    /// Heavy: `heavy_` in the id.
    Heavy,
}

/// Day, night, or the polar twilight that MET Norway distinguishes at high latitudes.
///
/// Some words depend on it: a clear sky is `солнечно` by day and `ясно` by night.
///
/// ```
/// use masthead::weather::Daylight;
///
/// assert_eq!(Daylight::PolarTwilight.as_str(), "polar_twilight");
/// assert_eq!(serde_json::to_string(&Daylight::Night).unwrap(), "\"night\"");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Daylight {
    /// The sun is up.
    Day,
    /// The sun is down.
    Night,
    /// The sun stays just below the horizon at noon.
    PolarTwilight,
}

impl Daylight {
    /// Returns the word in JSON and style sheets: `day`, `night` or `polar_twilight`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Night => "night",
            Self::PolarTwilight => "polar_twilight",
        }
    }

    /// The inverse of [`as_str`](Self::as_str).
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        let all = [Self::Day, Self::Night, Self::PolarTwilight];
        all.into_iter().find(|daylight| daylight.as_str() == word)
    }
}

const SKIES: &[(&str, Sky)] = &[
    ("clear", Sky::Clear),
    ("fair", Sky::Fair),
    ("partly_cloudy", Sky::PartlyCloudy),
    ("cloudy", Sky::Cloudy),
    ("fog", Sky::Fog),
    ("drizzle", Sky::Drizzle),
    ("freezing_drizzle", Sky::FreezingDrizzle),
    ("rain", Sky::Rain),
    ("freezing_rain", Sky::FreezingRain),
    ("sleet", Sky::Sleet),
    ("snow", Sky::Snow),
    ("hail", Sky::Hail),
];

impl Condition {
    /// Creates a condition of moderate intensity, without showers or thunder.
    #[must_use]
    pub const fn new(sky: Sky) -> Self {
        Self(Kind::Known {
            sky,
            intensity: Intensity::Moderate,
            showers: false,
            thunder: false,
        })
    }

    /// Creates a condition from a service's code that has no mapping. Keeps the first 60 visible ASCII characters of `code`
    /// and drops all others.
    #[must_use]
    pub fn unknown(code: &str) -> Self {
        Self(Kind::Unknown(
            code.chars()
                .filter(char::is_ascii_graphic)
                .take(60)
                .collect(),
        ))
    }

    /// Sets the intensity. Default: moderate. No effect on an unknown code.
    #[must_use]
    pub fn with_intensity(mut self, value: Intensity) -> Self {
        if let Kind::Known { intensity, .. } = &mut self.0 {
            *intensity = value;
        }
        self
    }

    /// Marks the precipitation as showers. No effect on an unknown code.
    #[must_use]
    pub fn with_showers(mut self) -> Self {
        if let Kind::Known { showers, .. } = &mut self.0 {
            *showers = true;
        }
        self
    }

    /// Adds thunder. No effect on an unknown code.
    #[must_use]
    pub fn with_thunder(mut self) -> Self {
        if let Kind::Known { thunder, .. } = &mut self.0 {
            *thunder = true;
        }
        self
    }

    /// Cloud cover, fog or kind of precipitation. Returns `None` for an unknown code.
    #[must_use]
    pub const fn sky(&self) -> Option<Sky> {
        match self.0 {
            Kind::Known { sky, .. } => Some(sky),
            Kind::Unknown(_) => None,
        }
    }

    /// The intensity. Returns [`Intensity::Moderate`] without precipitation and for an unknown code.
    #[must_use]
    pub const fn intensity(&self) -> Intensity {
        match self.0 {
            Kind::Known { intensity, .. } => intensity,
            Kind::Unknown(_) => Intensity::Moderate,
        }
    }

    /// Returns whether there is thunder. Returns `false` for an unknown code.
    #[must_use]
    pub const fn has_thunder(&self) -> bool {
        matches!(self.0, Kind::Known { thunder: true, .. })
    }

    /// Writes the id to `out`; faster than `Display`.
    pub(crate) fn write_to<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        match &self.0 {
            Kind::Unknown(code) => {
                out.write_str("unknown:")?;
                out.write_str(code)
            }
            Kind::Known {
                sky,
                intensity,
                showers,
                thunder,
            } => {
                out.write_str(match intensity {
                    Intensity::Light => "light_",
                    Intensity::Moderate => "",
                    Intensity::Heavy => "heavy_",
                })?;
                let name = SKIES.iter().find(|(_, known)| known == sky);
                out.write_str(name.map_or("", |(name, _)| name))?;
                out.write_str(if *showers { "_showers" } else { "" })?;
                out.write_str(if *thunder { "_thunder" } else { "" })
            }
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl FromStr for Condition {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(code) = text.strip_prefix("unknown:") {
            return Ok(Self::unknown(code));
        }
        let (rest, thunder) = text
            .strip_suffix("_thunder")
            .map_or((text, false), |rest| (rest, true));
        let (rest, showers) = rest
            .strip_suffix("_showers")
            .map_or((rest, false), |rest| (rest, true));
        let (name, intensity) = if let Some(rest) = rest.strip_prefix("light_") {
            (rest, Intensity::Light)
        } else if let Some(rest) = rest.strip_prefix("heavy_") {
            (rest, Intensity::Heavy)
        } else {
            (rest, Intensity::Moderate)
        };
        let (_, sky) = SKIES
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| {
                let expected = "an id such as light_rain_showers or unknown:CODE";
                ParseError::unknown("condition", text, expected)
            })?;
        Ok(Self(Kind::Known {
            sky: *sky,
            intensity,
            showers,
            thunder,
        }))
    }
}

serde_as_text!(Condition);
