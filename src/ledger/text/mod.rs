//! The canonical texts of publications and forecasts: writers, and parsers that accept nothing else.
//!
//! A value has one text, and a text one value: `parse(write(value)) == value`, and `write(parse(text)) == text` for each text that parses. The second
//! law is what makes the hash of a text from a file or a store the id of the value, so each parser proves it: [`rows`] accepts only what is canonical
//! by its form, and the general parser writes the value again and compares. The marks of unconfirmed rows, the longest pause and the first sight of a
//! forecast are no part of the text, and so no part of the identity.
//!
//! The texts are frozen: a change of one byte is another id for each publication in every file and store. Test vectors hold them.

mod rows;

use std::fmt::Write as _;
use std::str::{FromStr, Split};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::money::{Currency, Method, Publication, Quotation, Rates, Row, parse_decimal};
use crate::weather::{Celsius, CityId, Daylight, Extremes, Hour, TemperatureRange, Weather};

const PUBLICATION: &str = "masthead publication 1";
const FORECAST: &str = "masthead forecast 1";

/// A text that is not canonical: the number of its first wrong line, or 0 if the lines are right and do not form a value, or not
/// in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the canonical text of a record: line {line}")]
pub(super) struct NotCanonical {
    line: usize,
}

/// Returns the text of a publication. [`RecordId`](super::RecordId) defines it.
pub(super) fn of_rates(rates: &Rates) -> String {
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
        "{PUBLICATION}\nsource {source}\nmethod {method}\nquotation {quotation}\nhome {home}\nzone {zone}\nday {}\n",
        publication.day
    );
    text.reserve(32 * rates.len());
    for row in rates.each_row() {
        text.push_str("row ");
        text.push_str(row.currency.code());
        // Writing to a string does not fail.
        _ = write!(text, " {} ", row.nominal);
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

/// Parses the text of a publication.
pub(super) fn rates(text: &str) -> Result<Rates, NotCanonical> {
    let mut lines = Lines::of(text, PUBLICATION)?;
    let source = lines.value("source")?;
    let method = lines.named("method", |method| match method {
        "published" => Some(Method::Published),
        "computed" => Some(Method::Computed),
        _ => None,
    })?;
    let quotation = lines.named("quotation", |quotation| match quotation {
        "home_per_foreign" => Some(Quotation::HomePerForeign),
        "foreign_per_home" => Some(Quotation::ForeignPerHome),
        _ => None,
    })?;
    let mut is_canonical = true;
    let home = lines.named("home", |text| {
        let home: Currency = text.parse().ok()?;
        is_canonical &= home.code() == text;
        Some(home)
    })?;
    let zone = lines.named("zone", |text| {
        let zone: Tz = text.parse().ok()?;
        is_canonical &= zone.name() == text;
        Some(zone)
    })?;
    let day = lines.named("day", |text| {
        day(text).or_else(|| {
            is_canonical = false;
            text.parse().ok()
        })
    })?;
    let publication = Publication {
        source,
        method,
        quotation,
        home,
        zone,
        day,
    };
    // Nearly all texts are read so, without being written again to be compared.
    if is_canonical && let Some(rows) = lines.rest.and_then(rows::all) {
        return Rates::new(publication, rows).map_err(|_| NotCanonical { line: 0 });
    }
    // A carried row, with its day and the last day of its list, does not belong to the own list.
    let (mut own, mut carried) = (Vec::new(), Vec::new());
    while let Some(line) = lines.next_of("row") {
        let mut fields = line.split(' ');
        let mut row = || -> Option<(Row, Option<NaiveDate>, Option<NaiveDate>)> {
            let row = Row {
                currency: parsed(&mut fields)?,
                nominal: parsed(&mut fields)?,
                value: parse_decimal(fields.next()?).ok()?,
                change: match fields.next()? {
                    "-" => None,
                    change => Some(parse_decimal(change).ok()?),
                },
            };
            let mut day = || fields.next().map(str::parse).transpose().ok();
            let days = (day()?, day()?);
            fields.next().is_none().then_some((row, days.0, days.1))
        };
        match row().ok_or(lines.wrong())? {
            (row, None, _) => own.push(row),
            (row, Some(day), last) => carried.push((row, day, last)),
        }
    }
    lines.end()?;
    let rates = Rates::new(publication, own).map_err(|_| NotCanonical { line: 0 })?;
    canonical(rates.carrying(carried), text, of_rates)
}

/// Returns the text of a forecast for a city. [`RecordId`](super::RecordId) defines it.
pub(super) fn of_weather(city: &CityId, weather: &Weather) -> String {
    let mut text = format!(
        "{FORECAST}\ncity {city}\nservice {}\nissued ",
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
        let daylight = hour.daylight.map_or("-", Daylight::as_str);
        _ = writeln!(text, " {daylight}");
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

/// Parses the text of a forecast.
pub(super) fn weather(text: &str) -> Result<(CityId, Weather), NotCanonical> {
    let mut lines = Lines::of(text, FORECAST)?;
    let city: CityId = lines.value("city")?;
    let service = lines.value("service")?;
    let issued = lines.named("issued", |issued| match issued {
        "-" => Some(None),
        issued => issued.parse::<DateTime<Utc>>().ok().map(Some),
    })?;
    let (mut hours, mut periods) = (Vec::new(), Vec::new());
    while let Some(line) = lines.next_of("hour") {
        let mut fields = line.split(' ');
        let mut hour = || -> Option<Hour> {
            let hour = Hour {
                at: parsed(&mut fields)?,
                temperature: Celsius::from_tenths(parsed(&mut fields)?)?,
                condition: match fields.next()? {
                    "-" => None,
                    condition => Some(condition.parse().ok()?),
                },
                daylight: match fields.next()? {
                    "-" => None,
                    daylight => Some(Daylight::of_word(daylight)?),
                },
            };
            fields.next().is_none().then_some(hour)
        };
        hours.push(hour().ok_or(lines.wrong())?);
    }
    while let Some(line) = lines.next_of("period") {
        let mut fields = line.split(' ');
        let mut period = || -> Option<Extremes> {
            let (from, to) = (parsed(&mut fields)?, parsed(&mut fields)?);
            let low = Celsius::from_tenths(parsed(&mut fields)?)?;
            let high = Celsius::from_tenths(parsed(&mut fields)?)?;
            let range = TemperatureRange::new(low, high)?;
            fields
                .next()
                .is_none()
                .then_some(Extremes { from, to, range })
        };
        periods.push(period().ok_or(lines.wrong())?);
    }
    lines.end()?;
    let weather = Weather::new(service, hours, periods);
    let weather = weather.and_then(|weather| match issued {
        Some(issued) => weather.with_issued(issued),
        None => Ok(weather),
    });
    let weather = weather.map_err(|_| NotCanonical { line: 0 })?;
    canonical((city, weather), text, |(city, weather)| {
        of_weather(city, weather)
    })
}

/// Returns a value whose canonical text is `text`: no order of lines, sign of a zero or leading zero but the canonical one.
fn canonical<T>(value: T, text: &str, write: impl Fn(&T) -> String) -> Result<T, NotCanonical> {
    if write(&value) == text {
        Ok(value)
    } else {
        Err(NotCanonical { line: 0 })
    }
}

/// The lines of a text, each with its name and its value.
struct Lines<'a> {
    /// The text from the next line on. `None` after the last line.
    rest: Option<&'a str>,
    line: usize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str, header: &str) -> Result<Self, NotCanonical> {
        let (first, rest) = line_of(text);
        if first != header {
            return Err(NotCanonical { line: 1 });
        }
        Ok(Self { rest, line: 1 })
    }

    /// The value of the next line, if that has the name.
    fn next_of(&mut self, name: &str) -> Option<&'a str> {
        let value = self.rest?.strip_prefix(name)?.strip_prefix(' ')?;
        let (value, rest) = line_of(value);
        self.rest = rest;
        self.line += 1;
        Some(value)
    }

    fn named<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, NotCanonical> {
        let next = NotCanonical {
            line: self.line + 1,
        };
        let value = self.next_of(name).ok_or(next)?;
        parse(value).ok_or(self.wrong())
    }

    fn value<T: FromStr>(&mut self, name: &str) -> Result<T, NotCanonical> {
        self.named(name, |value| value.parse().ok())
    }

    /// The last line ends with a line feed.
    fn end(mut self) -> Result<(), NotCanonical> {
        if self.rest == Some("") {
            return Ok(());
        }
        self.line += 1;
        Err(self.wrong())
    }

    const fn wrong(&self) -> NotCanonical {
        NotCanonical { line: self.line }
    }
}

/// A day such as `2026-04-02`, and no other text that chrono accepts.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let [y, e, a, r, b'-', m, n, b'-', d, f] = text.as_bytes() else {
        return None;
    };
    let year = i32::try_from(number([*y, *e, *a, *r])?).ok()?;
    NaiveDate::from_ymd_opt(year, number([*m, *n])?, number([*d, *f])?)
}

/// The number of some digits.
pub(super) fn number<const N: usize>(digits: [u8; N]) -> Option<u32> {
    let add = |number: u32, digit: u8| {
        let digit = digit.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + u32::from(digit))
    };
    digits.into_iter().try_fold(0, add)
}

/// A line, and the text after its line feed.
fn line_of(text: &str) -> (&str, Option<&str>) {
    match text.split_once('\n') {
        Some((line, rest)) => (line, Some(rest)),
        None => (text, None),
    }
}

fn parsed<T: FromStr>(fields: &mut Split<'_, char>) -> Option<T> {
    fields.next()?.parse().ok()
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
