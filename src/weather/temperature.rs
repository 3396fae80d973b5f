use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::money::parse_decimal;
use crate::text::ParseError;
use crate::text::serde_as_text;

/// An air temperature in tenths of a degree Celsius, from −100.0 to +100.0.
///
/// The text, also in JSON, has one decimal and no unit. Parsing cuts further digits instead of rounding them, so that
/// [`whole`](Self::whole) is the only rounding: 21.49 becomes 21.4 and then 21, not 21.5 and then 22.
///
/// ```
/// use masthead::weather::Celsius;
///
/// let evening: Celsius = "-0.5".parse()?;
/// assert_eq!((evening.to_string().as_str(), evening.tenths(), evening.whole()), ("-0.5", -5, -1));
/// assert_eq!(Celsius::from_tenths(-5), Some(evening));
/// assert_eq!("21.49".parse::<Celsius>()?.whole(), 21);
/// assert!("21.4".parse::<Celsius>()? > evening);
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Celsius {
    tenths: i16,
}

impl Celsius {
    const LIMIT: i16 = 1000;

    /// Creates a temperature from tenths of a degree. Returns `None` outside −1000 to 1000.
    #[must_use]
    pub const fn from_tenths(tenths: i16) -> Option<Self> {
        if tenths > Self::LIMIT || tenths < -Self::LIMIT {
            None
        } else {
            Some(Self { tenths })
        }
    }

    /// Creates a constant; a value outside the limits is a compile error.
    pub(super) const fn literal(tenths: i16) -> Self {
        assert!(tenths.unsigned_abs() <= Self::LIMIT.unsigned_abs());
        Self { tenths }
    }

    /// Returns tenths of a degree.
    #[must_use]
    pub const fn tenths(self) -> i16 {
        self.tenths
    }

    /// Rounds to whole degrees, halves away from zero: 21.5 to 22 and −0.5 to −1.
    #[must_use]
    pub const fn whole(self) -> i16 {
        (self.tenths + 5 * self.tenths.signum()) / 10
    }
}

impl FromStr for Celsius {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let degrees = parse_decimal(text)?;
        degrees
            .checked_mul(Decimal::TEN)
            .and_then(|tenths| tenths.trunc().to_i16())
            .and_then(Self::from_tenths)
            .ok_or_else(|| {
                ParseError::new(format_args!(
                    "temperature {degrees} is beyond 100 degrees Celsius"
                ))
            })
    }
}

impl fmt::Display for Celsius {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.tenths.unsigned_abs();
        let sign = if self.tenths < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{}", magnitude / 10, magnitude % 10)
    }
}

serde_as_text!(Celsius);

/// The lowest and the highest temperature of a period, such as a day. The lowest is never above the highest.
///
/// ```
/// use masthead::weather::{Celsius, TemperatureRange};
///
/// let (night, noon): (Celsius, Celsius) = ("12.1".parse()?, "21.5".parse()?);
/// let day = TemperatureRange::new(night, noon).unwrap();
/// assert_eq!((day.low().whole(), day.high().whole()), (12, 22));
/// assert_eq!(TemperatureRange::new(noon, night), None);
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(Celsius, Celsius)", into = "(Celsius, Celsius)")]
pub struct TemperatureRange {
    low: Celsius,
    high: Celsius,
}

impl TemperatureRange {
    /// Creates a range. Returns `None` if `low` is above `high`.
    #[must_use]
    pub fn new(low: Celsius, high: Celsius) -> Option<Self> {
        (low <= high).then_some(Self { low, high })
    }

    /// The lowest temperature.
    #[must_use]
    pub const fn low(self) -> Celsius {
        self.low
    }

    /// The highest temperature.
    #[must_use]
    pub const fn high(self) -> Celsius {
        self.high
    }
}

impl TryFrom<(Celsius, Celsius)> for TemperatureRange {
    type Error = &'static str;

    fn try_from((low, high): (Celsius, Celsius)) -> Result<Self, Self::Error> {
        Self::new(low, high).ok_or("the low temperature is above the high one")
    }
}

impl From<TemperatureRange> for (Celsius, Celsius) {
    fn from(range: TemperatureRange) -> Self {
        (range.low, range.high)
    }
}
