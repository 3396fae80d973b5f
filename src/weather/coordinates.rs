use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::InvalidCity;
use crate::money::parse_decimal;
use crate::text::serde_as_text;

/// A latitude and a longitude with four decimals of a degree, about ten metres.
///
/// The precision is that of MET Norway, which rejects requests with more than four decimals. The text form is
/// `latitude,longitude` in degrees; parsing it rejects further digits other than zeros.
///
/// ```
/// use masthead::weather::Coordinates;
///
/// let place = Coordinates::new(-33.44889, -70.66927)?; // cut, not rounded
/// assert_eq!("-33.4488,-70.6692".parse(), Ok(place));
/// assert_eq!((place.latitude().to_string(), place.longitude().to_string()), ("-33.4488".into(), "-70.6692".into()));
///
/// assert!(Coordinates::new(91.0, 0.0).is_err());
/// assert!("-33.44889,-70.66927".parse::<Coordinates>().is_err());
/// # Ok::<(), masthead::weather::InvalidCity>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Coordinates {
    latitude: i32,
    longitude: i32,
}

impl Coordinates {
    /// Creates coordinates from degrees: `latitude` from −90 to 90, north positive, and `longitude` from −180 to 180, east
    /// positive. Digits after the fourth decimal are cut.
    ///
    /// # Errors
    ///
    /// If one of the two is outside its range or not a number.
    #[allow(clippy::cast_possible_truncation, clippy::float_arithmetic)] // checked to be in range; the cut is intended
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, InvalidCity> {
        let within = |degrees: f64, limit: f64| (-limit..=limit).contains(&degrees);
        if !within(latitude, 90.0) || !within(longitude, 180.0) {
            return Err(InvalidCity::Place {
                latitude: latitude.to_string(),
                longitude: longitude.to_string(),
            });
        }
        // The binary value of a decimal such as 0.0003 can be slightly below it.
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

    /// Returns whether latitude and longitude each differ by at most `ten_thousandths` of a degree. North of 60° N and south
    /// of 60° S, where a degree of longitude is short, the longitudes may differ by three times as much.
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

    /// The latitude in degrees, printed with four decimals.
    #[must_use]
    pub fn latitude(self) -> impl fmt::Display {
        Degrees(self.latitude)
    }

    /// The longitude in degrees, printed with four decimals.
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

/// Parses degrees to ten-thousandths. Returns `None` if there are more than four decimals or the magnitude is above `limit`.
fn parse_degrees(text: &str, limit: i64) -> Option<i32> {
    let degrees = parse_decimal(text).ok()?;
    let in_range = degrees.abs() <= Decimal::new(limit, 0) && degrees.normalize().scale() <= 4;
    in_range
        .then(|| degrees.checked_mul(Decimal::new(10_000, 0))?.to_i32())
        .flatten()
}

/// Ten-thousandths of a degree.
struct Degrees(i32);

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:04}", magnitude / 10_000, magnitude % 10_000)
    }
}
