use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::serde_as_text;

/// The state of the sky, in words common to all weather services.
///
/// Its text form is an id for style sheets and programs: `partly_cloudy`, `light_rain`, `heavy_snow_showers_thunder`. A
/// code that no table knows is kept as it came, `unknown:` before it, and never guessed.
///
/// ```
/// use masthead::weather::{Condition, Intensity, Sky};
///
/// let rain = Condition::new(Sky::Rain).intensity(Intensity::Light).showers().thunder();
/// assert_eq!(rain.to_string(), "light_rain_showers_thunder");
/// assert_eq!("light_rain_showers_thunder".parse(), Ok(rain));
/// assert_eq!(Condition::unknown("frogs").to_string(), "unknown:frogs");
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

/// What falls or hangs in the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sky {
    /// No cloud.
    Clear,
    /// A few clouds.
    Fair,
    /// Half clouds, half sky.
    PartlyCloudy,
    /// No sky.
    Cloudy,
    /// Fog.
    Fog,
    /// Drizzle.
    Drizzle,
    /// Drizzle that freezes on the ground.
    FreezingDrizzle,
    /// Rain.
    Rain,
    /// Rain that freezes on the ground.
    FreezingRain,
    /// Rain and snow together.
    Sleet,
    /// Snow.
    Snow,
    /// Hail.
    Hail,
}

/// How hard it falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intensity {
    /// Light.
    Light,
    /// Moderate, or nothing that falls: the id has no word for it.
    Moderate,
    /// Heavy.
    Heavy,
}

/// Whether the sun is up; some services name the long dusk of high latitudes apart.
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
    /// The word of documents and style sheets: `day`, `night`, `polar_twilight`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Night => "night",
            Self::PolarTwilight => "polar_twilight",
        }
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
    /// A sky of moderate intensity, without showers or thunder.
    #[must_use]
    pub const fn new(sky: Sky) -> Self {
        Self(Kind::Known {
            sky,
            intensity: Intensity::Moderate,
            showers: false,
            thunder: false,
        })
    }

    /// A code that no table knows, kept as the service sent it: its first 60 visible ASCII characters.
    #[must_use]
    pub fn unknown(code: &str) -> Self {
        Self(Kind::Unknown(
            code.chars()
                .filter(char::is_ascii_graphic)
                .take(60)
                .collect(),
        ))
    }

    /// The same with another intensity.
    #[must_use]
    pub fn intensity(mut self, value: Intensity) -> Self {
        if let Kind::Known { intensity, .. } = &mut self.0 {
            *intensity = value;
        }
        self
    }

    /// The same in showers.
    #[must_use]
    pub fn showers(mut self) -> Self {
        if let Kind::Known { showers, .. } = &mut self.0 {
            *showers = true;
        }
        self
    }

    /// The same with thunder.
    #[must_use]
    pub fn thunder(mut self) -> Self {
        if let Kind::Known { thunder, .. } = &mut self.0 {
            *thunder = true;
        }
        self
    }

    /// What falls or hangs in the air; nothing for an unknown code.
    #[must_use]
    pub const fn sky(&self) -> Option<Sky> {
        match self.0 {
            Kind::Known { sky, .. } => Some(sky),
            Kind::Unknown(_) => None,
        }
    }

    /// How hard it falls; moderate where nothing falls, or the code is unknown.
    #[must_use]
    pub const fn strength(&self) -> Intensity {
        match self.0 {
            Kind::Known { intensity, .. } => intensity,
            Kind::Unknown(_) => Intensity::Moderate,
        }
    }

    /// Whether there is thunder.
    #[must_use]
    pub const fn has_thunder(&self) -> bool {
        matches!(self.0, Kind::Known { thunder: true, .. })
    }

    /// Writes the id, without a detour by way of a formatter.
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

/// The text is not the id of a condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown condition {text:?}: expected an id such as light_rain_showers, or unknown: and a code"
)]
pub struct ParseConditionError {
    text: String,
}

impl FromStr for Condition {
    type Err = ParseConditionError;

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
            .ok_or_else(|| ParseConditionError {
                text: text.chars().take(60).collect(),
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
