use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::text;
use crate::money::Rates;
use crate::text::ParseError;
use crate::text::serde_as_text;
use crate::weather::{CityId, Weather};

/// The identity of a publication or a forecast: the SHA-256 of its canonical text.
///
/// Two servers that receive the same figures compute the same id, so a set of records can be merged without a central counter. Its
/// text is 64 hexadecimal digits in lower case.
///
/// # The canonical text of a publication
///
/// Lines that end with a line feed: a header, then the source, method (`published` or `computed`), quotation (`home_per_foreign` or
/// `foreign_per_home`), home currency, zone and day, then one line for each row in the order of the codes. A row has the code, the nominal, the
/// value with the digits that the bank printed, and the change or `-`. A row of another list also has its own day, and the last day of that list
/// if it has one. So a list whose figures are the same and whose changes differ has another id, although it corrects no figure.
///
/// ```text
/// masthead publication 1
/// source nbkr
/// method published
/// quotation home_per_foreign
/// home KGS
/// zone Asia/Bishkek
/// day 2026-04-02
/// row JPY 10 5.8210 - 2026-03-28 2026-04-03
/// row USD 1 87.4500 0.0203
/// ```
///
/// # The canonical text of a forecast
///
/// A header, the city, the service, the time of the computation or `-`, then the hours and the periods in the order of their times. An hour has its
/// start, its temperature, its condition or `-`, and `day`, `night`, `polar_twilight` or `-`; a period its start, its end, and the lowest and the
/// highest temperature. Temperatures are in tenths of a degree Celsius. Times are in UTC.
///
/// ```text
/// masthead forecast 1
/// city astana
/// service met_norway
/// issued 2026-04-02T05:41:22Z
/// hour 2026-04-02T06:00:00Z 21 light_rain day
/// period 2026-04-02T06:00:00Z 2026-04-02T12:00:00Z 18 34
/// ```
///
/// ```
/// use masthead::Snapshot;
/// use masthead::ledger::RecordId;
///
/// let sample = Snapshot::sample();
/// let rates = sample.rates(Snapshot::SAMPLE_TIME).unwrap().value();
/// let id = RecordId::of_rates(rates);
/// assert_eq!(id.to_string().parse::<RecordId>()?, id);
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 32]);

serde_as_text!(RecordId);

impl RecordId {
    /// Returns the id of a publication. Marks of unconfirmed rows and the bank's longest pause are no part of it.
    #[must_use]
    pub fn of_rates(rates: &Rates) -> Self {
        Self::of_text(&text::of_rates(rates))
    }

    /// Returns the id of a forecast for a city. The time of its first sight is no part of it.
    ///
    /// ```
    /// use masthead::Snapshot;
    /// use masthead::ledger::RecordId;
    /// use masthead::weather::City;
    ///
    /// let (snapshot, city) = (Snapshot::sample(), City::find("astana").unwrap().id());
    /// let weather = snapshot.weather(city).unwrap().value();
    /// // The same hours for another city are another forecast.
    /// assert_ne!(RecordId::of_weather(city, weather), RecordId::of_weather(&"almaty".parse()?, weather));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_weather(city: &CityId, weather: &Weather) -> Self {
        Self::of_text(&text::of_weather(city, weather))
    }

    /// Returns the id of a canonical text: its SHA-256.
    ///
    /// ```
    /// use masthead::ledger::RecordId;
    ///
    /// // As `sha256sum` prints it.
    /// let id = RecordId::of_text("");
    /// assert_eq!(id.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    /// ```
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RecordId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || ParseError::invalid("record id", text, "expected 64 of 0-9 and a-f");
        let mut bytes = [0; 32];
        let mut is_valid = text.len() == 64;
        for (byte, [high, low]) in bytes.iter_mut().zip(text.as_bytes().as_chunks().0) {
            let (high, low) = (digit(*high), digit(*low));
            is_valid &= high < 16 && low < 16;
            *byte = high << 4 | low;
        }
        is_valid.then_some(Self(bytes)).ok_or_else(invalid)
    }
}

/// The value of a hexadecimal digit in lower case, and 255 of another byte.
const fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => u8::MAX,
    }
}
