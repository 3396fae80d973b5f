use std::fmt::{self, Write as _};
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use rust_decimal::Decimal;
use sha2::{Digest as _, Sha256};

use crate::money::{Method, Quotation, Rates};
use crate::provenance::SourceId;
use crate::text::serde_as_text;
use crate::weather::{CityId, Daylight, Weather};

/// The identity of a publication or a forecast: the SHA-256 of its canonical text.
///
/// Two servers that receive the same figures compute the same id, so a set of records can be merged without a central counter. Its
/// text is 64 hexadecimal digits.
///
/// # The canonical text of a publication
///
/// Lines that end with a line feed: a header, then the source, method, quotation, home currency, zone and day, then one line for each
/// row in the order of the codes. A row has the code, the nominal, the value with the digits that the bank printed, and the change or
/// `-`. A row of another list also has its own day, and the last day of that list if it has one.
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
/// A header, the city, the service, the time of the computation or `-`, then the hours and the periods in the order of their times.
/// Temperatures are in tenths of a degree. Times are in UTC.
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
/// # Ok::<(), masthead::ledger::ParseRecordIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 32]);

serde_as_text!(RecordId);

impl RecordId {
    /// Returns the id of a publication. Marks of unconfirmed rows and the bank's longest pause are no part of it.
    #[must_use]
    pub fn of_rates(rates: &Rates) -> Self {
        Self::of_text(&text_of_rates(rates))
    }

    /// Returns the id of a forecast for a city. The time of its first sight is no part of it.
    #[must_use]
    pub fn of_weather(city: &CityId, weather: &Weather) -> Self {
        Self::of_text(&text_of_weather(city, weather))
    }

    fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }
}

fn text_of_rates(rates: &Rates) -> String {
    let publication = rates.publication();
    let method = match publication.method {
        Method::Published => "published",
        Method::Computed => "computed",
    };
    let quotation = match publication.quotation {
        Quotation::HomePerForeign => "home_per_foreign",
        Quotation::ForeignPerHome => "foreign_per_home",
    };
    let (source, home, zone) = (&publication.source, publication.home, publication.zone);
    let mut text = format!(
        "masthead publication 1\nsource {source}\nmethod {method}\nquotation {quotation}\nhome {home}\nzone {zone}\nday {}\n",
        publication.day
    );
    for row in rates.rows() {
        // Writing to a string does not fail.
        _ = write!(text, "row {} {} ", row.currency.code(), row.nominal);
        write_decimal(&mut text, row.value);
        text.push(' ');
        match row.change {
            // A change of zero has no sign.
            Some(change) if change.is_zero() => write_decimal(&mut text, change.abs()),
            Some(change) => write_decimal(&mut text, change),
            None => text.push('-'),
        }
        if rates.is_carried(row.currency) {
            _ = write!(text, " {}", rates.day_of(row.currency));
        }
        if let Some(last) = rates.valid_until(row.currency) {
            _ = write!(text, " {last}");
        }
        text.push('\n');
    }
    text
}

fn text_of_weather(city: &CityId, weather: &Weather) -> String {
    let mut text = format!(
        "masthead forecast 1\ncity {city}\nservice {}\nissued ",
        weather.source()
    );
    match weather.stated() {
        Some(issued) => write_time(&mut text, issued),
        None => text.push('-'),
    }
    text.push('\n');
    for hour in weather.hours() {
        text.push_str("hour ");
        write_time(&mut text, hour.at);
        _ = write!(text, " {}", hour.temperature.tenths());
        _ = match &hour.condition {
            Some(condition) => write!(text, " {condition}"),
            None => write!(text, " -"),
        };
        text.push_str(match hour.daylight {
            Some(Daylight::Day) => " day\n",
            Some(Daylight::Night) => " night\n",
            Some(Daylight::PolarTwilight) => " polar_twilight\n",
            None => " -\n",
        });
    }
    for period in weather.periods() {
        text.push_str("period ");
        write_time(&mut text, period.from);
        text.push(' ');
        write_time(&mut text, period.to);
        let (low, high) = (period.range.low(), period.range.high());
        _ = writeln!(text, " {} {}", low.tenths(), high.tenths());
    }
    text
}

/// Writes a decimal as `Display` does. Thirty years of lists have a million of them, and `Display` takes several times as long.
fn write_decimal(text: &mut String, value: Decimal) {
    const DIGITS: usize = 20;
    let (Ok(mut rest), Ok(scale)) = (
        u64::try_from(value.mantissa().unsigned_abs()),
        usize::try_from(value.scale()),
    ) else {
        _ = write!(text, "{value}");
        return;
    };
    if scale >= DIGITS {
        _ = write!(text, "{value}");
        return;
    }
    // From the last digit to the first, at least one of them before the point.
    let mut bytes = [0_u8; DIGITS + 2];
    let mut length = 0;
    for byte in &mut bytes {
        let digits = length - usize::from(scale > 0 && length > scale);
        if digits > scale && rest == 0 {
            break;
        }
        *byte = if scale > 0 && length == scale {
            b'.'
        } else {
            let digit = u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
            b'0' + digit
        };
        length += 1;
    }
    if value.is_sign_negative() {
        text.push('-');
    }
    let written = bytes.iter().take(length).rev();
    text.extend(written.map(|byte| char::from(*byte)));
}

fn write_time(text: &mut String, at: DateTime<Utc>) {
    text.push_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
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
    type Err = ParseRecordIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || ParseRecordIdError {
            text: text.chars().take(80).collect(),
        };
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 64 || !text.bytes().all(is_digit) {
            return Err(invalid());
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| invalid())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| invalid())?;
        }
        Ok(Self(bytes))
    }
}

/// The error of a text that is not a [`RecordId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid record id {text:?}: expected 64 of 0-9 and a-f")]
pub struct ParseRecordIdError {
    text: String,
}

/// A source's id as the id of the bank whose rates are kept.
///
/// A bank is named by the id of its own source; a second route to its rates, such as Frankfurter, has another source and the same
/// bank.
pub type BankId = SourceId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_written_as_its_display() {
        let mut random = fastrand::Rng::with_seed(16);
        for round in 0..100_000 {
            let mantissa = random.i128(..) >> random.u32(31..128);
            let scale = if round % 2 == 0 {
                2
            } else {
                random.u32(0..=28)
            };
            let Ok(value) = Decimal::try_from_i128_with_scale(mantissa, scale) else {
                continue;
            };
            let mut text = String::new();
            write_decimal(&mut text, value);
            assert_eq!(text, value.to_string());
        }
    }
}
