use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::InvalidCity;
use crate::money::parse_decimal;
use crate::text::serde_as_text;

/// A place on Earth in ten-thousandths of a degree, about ten metres.
///
/// No finer: MET Norway refuses coordinates with more than four decimals.
///
/// ```
/// use masthead::weather::Coordinates;
///
/// let place = Coordinates::new(-33.44889, -70.66927)?; // cut, not rounded
/// assert_eq!("-33.4488,-70.6692".parse(), Ok(place));
/// assert_eq!((place.latitude().to_string(), place.longitude().to_string()), ("-33.4488".into(), "-70.6692".into()));
/// assert!(Coordinates::new(91.0, 0.0).is_err());
/// # Ok::<(), masthead::weather::InvalidCity>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Coordinates {
    latitude: i32,
    longitude: i32,
}

impl Coordinates {
    /// The place at a latitude (−90 to 90, north positive) and a longitude (−180 to 180, east positive).
    ///
    /// # Errors
    ///
    /// When either is out of its range or not a number.
    #[allow(clippy::cast_possible_truncation, clippy::float_arithmetic)] // in range, and cut on purpose
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, InvalidCity> {
        let within = |degrees: f64, limit: f64| (-limit..=limit).contains(&degrees);
        if !within(latitude, 90.0) || !within(longitude, 180.0) {
            return Err(InvalidCity::Place {
                latitude: latitude.to_string(),
                longitude: longitude.to_string(),
            });
        }
        // A ten-thousandth written in decimal can lie a hair below itself in binary.
        let cut = |degrees: f64| (degrees * 10_000.0 + 1e-6_f64.copysign(degrees)) as i32;
        Ok(Self {
            latitude: cut(latitude),
            longitude: cut(longitude),
        })
    }

    pub(super) const fn builtin(latitude: i32, longitude: i32) -> Self {
        Self {
            latitude,
            longitude,
        }
    }

    pub(super) const fn is_north_of(self, degrees: i32) -> bool {
        self.latitude > degrees * 10_000
    }

    /// Whether another place lies within so many ten-thousandths of a degree, counted along each axis. North and south of
    /// the 60th parallel, where the meridians draw together, the longitudes may be three times as far apart.
    pub(crate) const fn is_near(self, other: Self, ten_thousandths: u32) -> bool {
        const TURN: u32 = 3_600_000;
        let east = self.longitude.abs_diff(other.longitude);
        let around = if east > TURN / 2 { TURN - east } else { east };
        let widened = if self.latitude.unsigned_abs() > 600_000 {
            3
        } else {
            1
        };
        self.latitude.abs_diff(other.latitude) <= ten_thousandths
            && around <= ten_thousandths * widened
    }

    /// The latitude, printed in degrees.
    #[must_use]
    pub fn latitude(self) -> impl fmt::Display {
        Degrees(self.latitude)
    }

    /// The longitude, printed in degrees.
    #[must_use]
    pub fn longitude(self) -> impl fmt::Display {
        Degrees(self.longitude)
    }
}

impl fmt::Display for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", Degrees(self.latitude), Degrees(self.longitude))
    }
}

impl FromStr for Coordinates {
    type Err = InvalidCity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (latitude, longitude) = text.split_once(',').unwrap_or((text, ""));
        let place = || {
            Some(Self {
                latitude: parse_degrees(latitude, 90)?,
                longitude: parse_degrees(longitude, 180)?,
            })
        };
        place().ok_or_else(|| InvalidCity::Place {
            latitude: latitude.into(),
            longitude: longitude.into(),
        })
    }
}

serde_as_text!(Coordinates);

/// Degrees as ten-thousandths; nothing with more decimals, or beyond the limit.
fn parse_degrees(text: &str, limit: i64) -> Option<i32> {
    let degrees = parse_decimal(text).ok()?;
    let in_range = degrees.abs() <= Decimal::new(limit, 0) && degrees.normalize().scale() <= 4;
    in_range
        .then(|| degrees.checked_mul(Decimal::new(10_000, 0))?.to_i32())
        .flatten()
}

struct Degrees(i32);

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:04}", magnitude / 10_000, magnitude % 10_000)
    }
}
