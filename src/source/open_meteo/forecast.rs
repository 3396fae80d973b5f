//! The JSON of a forecast: the current moment, columns of hours and columns of days, each part with its own units.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::codes::read_code;
use super::json;
use crate::day;
use crate::provenance::SourceId;
use crate::source::{DecodeError, DecodeErrorKind, check_place};
use crate::weather::{Celsius, City, Daylight, Extremes, Hour, TemperatureRange, Weather};

/// The largest distance of the answer's place, half a degree. The service answers for a point of its model's grid: of the points
/// around the place, the one on land with the most similar height. Its models for the world have grids of up to a quarter of a
/// degree, and a corner of the square around the place may be one and a half steps away: 0.375 degrees.
const GRID: u32 = 5_000;

/// The pattern of local times.
const TIME: &str = "%Y-%m-%dT%H:%M";

#[derive(Deserialize)]
pub(super) struct Forecast<'a> {
    #[serde(default)]
    error: bool,
    #[serde(borrow)]
    reason: Option<Cow<'a, str>>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    #[serde(borrow)]
    timezone: Option<Cow<'a, str>>,
    utc_offset_seconds: Option<i32>,
    #[serde(borrow)]
    current_units: Option<Units<'a>>,
    #[serde(borrow)]
    hourly_units: Option<Units<'a>>,
    #[serde(borrow)]
    daily_units: Option<Units<'a>>,
    #[serde(borrow)]
    current: Option<Current<'a>>,
    #[serde(borrow)]
    hourly: Option<Hourly<'a>>,
    #[serde(borrow)]
    daily: Option<Daily<'a>>,
}

#[derive(Deserialize)]
struct Units<'a> {
    #[serde(borrow)]
    temperature_2m: Option<Cow<'a, str>>,
    #[serde(borrow)]
    temperature_2m_max: Option<Cow<'a, str>>,
    #[serde(borrow)]
    temperature_2m_min: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Current<'a> {
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    temperature_2m: Option<&'a RawValue>,
    #[serde(borrow)]
    weather_code: Option<&'a RawValue>,
    #[serde(borrow)]
    is_day: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Hourly<'a> {
    #[serde(borrow)]
    time: Vec<Text<'a>>,
    #[serde(borrow, default)]
    temperature_2m: Vec<Option<&'a RawValue>>,
    #[serde(borrow, default)]
    weather_code: Vec<Option<&'a RawValue>>,
    #[serde(borrow, default)]
    is_day: Vec<Option<&'a RawValue>>,
}

/// A text in a list, where serde does not borrow by default.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Daily<'a> {
    time: Vec<NaiveDate>,
    #[serde(borrow, default)]
    temperature_2m_max: Vec<Option<&'a RawValue>>,
    #[serde(borrow, default)]
    temperature_2m_min: Vec<Option<&'a RawValue>>,
}

impl<'a> Forecast<'a> {
    /// The weather of the answer, for the city of the request.
    pub(super) fn read(self, id: &SourceId, city: &City) -> Result<Weather, DecodeError> {
        if self.error {
            let reason = self.reason.unwrap_or_default().chars().take(120).collect();
            return Err(DecodeError::new(id, DecodeErrorKind::NoData(reason)));
        }
        self.check_units(id)?;
        let clock = self.clock(id, city)?;
        let (Some(latitude), Some(longitude)) = (self.latitude, self.longitude) else {
            return Err(DecodeError::malformed(
                id,
                "a forecast without latitude and longitude",
            ));
        };
        check_place(id, city, [latitude, longitude], GRID)?;
        let mut hours = self
            .hourly
            .map_or_else(|| Ok(Vec::new()), |hourly| hourly.hours(id, clock))?;
        if let Some(current) = self.current {
            let Current {
                time,
                temperature_2m,
                weather_code,
                is_day,
            } = current;
            if let Some(hour) = hour(id, clock, &time, temperature_2m, weather_code, is_day)? {
                hours.retain(|known| known.at != hour.at);
                hours.push(hour);
            }
        }
        let extremes = self
            .daily
            .map_or_else(|| Ok(Vec::new()), |daily| daily.extremes(id, clock))?;
        if hours.is_empty() && extremes.is_empty() {
            return Err(DecodeError::new(
                id,
                DecodeErrorKind::NoData("neither hours nor days".into()),
            ));
        }
        let weather = Weather::new(id.clone(), hours, extremes)
            .map_err(|cause| DecodeError::malformed(id, cause))?;
        weather
            .plausible(city.coordinates())
            .map_err(|cause| DecodeError::malformed(id, cause))
    }

    /// Checks the unit of every column of temperatures. The service states each, so a column without a unit is an error.
    fn check_units(&self, id: &SourceId) -> Result<(), DecodeError> {
        let [current, hourly, daily] =
            [&self.current_units, &self.hourly_units, &self.daily_units].map(Option::as_ref);
        let is_now = self.current.as_ref().and_then(|part| part.temperature_2m);
        let of_hours = self.hourly.as_ref().map(|part| &part.temperature_2m);
        let highest = self.daily.as_ref().map(|part| &part.temperature_2m_max);
        let lowest = self.daily.as_ref().map(|part| &part.temperature_2m_min);
        let is_sent = |column: Option<&Vec<_>>| column.is_some_and(|values| !values.is_empty());
        let columns = [
            (is_now.is_some(), current.map(|units| &units.temperature_2m)),
            (is_sent(of_hours), hourly.map(|units| &units.temperature_2m)),
            (
                is_sent(highest),
                daily.map(|units| &units.temperature_2m_max),
            ),
            (
                is_sent(lowest),
                daily.map(|units| &units.temperature_2m_min),
            ),
        ];
        for (_, unit) in columns.into_iter().filter(|(is_sent, _)| *is_sent) {
            let reason = match unit.and_then(Option::as_deref) {
                Some("°C") => continue,
                Some(unit) => format!("temperatures in {unit:?}, expected °C"),
                None => "temperatures without a unit, expected °C".into(),
            };
            return Err(DecodeError::malformed(id, reason));
        }
        Ok(())
    }

    /// The offset of the answer's times. Its zone must be the city's, and all times are counted at the one offset in the answer,
    /// across a change of clocks too (open-meteo/open-meteo#1255). The offset may differ by an hour from the one in our tables,
    /// because the rules of zones change.
    fn clock(&self, id: &SourceId, city: &City) -> Result<Clock, DecodeError> {
        let zone = self.timezone.as_deref().unwrap_or("none");
        if zone != city.zone().name() {
            return Err(DecodeError::malformed(
                id,
                format!("times in zone {zone:?}, expected {}", city.zone()),
            ));
        }
        let within_a_day = |seconds: &i32| seconds.unsigned_abs() < 86_400;
        let seconds = self.utc_offset_seconds.filter(within_a_day);
        let seconds = seconds.ok_or_else(|| {
            DecodeError::malformed(id, "local times without a valid utc_offset_seconds")
        })?;
        let clock = Clock(TimeDelta::seconds(seconds.into()));
        let hours = self.hourly.iter().flat_map(|hourly| &hourly.time);
        let first = hours
            .map(|Text(time)| time)
            .chain(self.current.iter().map(|current| &current.time))
            .next();
        let local = first.and_then(|time| NaiveDateTime::parse_from_str(time, TIME).ok());
        let first = local.and_then(|local| clock.instant(local));
        let known = first.map(|at| day::seconds_ahead(at, city.zone()));
        match known {
            Some(known) if (known - seconds).abs() > 3600 => Err(DecodeError::malformed(
                id,
                format!("local times {seconds} s ahead of UTC, expected {known} in {zone}"),
            )),
            _ => Ok(clock),
        }
    }
}

impl<'a> Hourly<'a> {
    fn hours(&self, id: &SourceId, clock: Clock) -> Result<Vec<Hour>, DecodeError> {
        let length = self.time.len();
        check_column(id, "temperature_2m", &self.temperature_2m, length)?;
        check_column(id, "weather_code", &self.weather_code, length)?;
        check_column(id, "is_day", &self.is_day, length)?;
        let at =
            |values: &[Option<&'a RawValue>], index: usize| values.get(index).copied().flatten();
        let mut hours = Vec::with_capacity(length);
        for (index, Text(time)) in self.time.iter().enumerate() {
            let (code, is_day) = (at(&self.weather_code, index), at(&self.is_day, index));
            hours.extend(hour(
                id,
                clock,
                time,
                at(&self.temperature_2m, index),
                code,
                is_day,
            )?);
        }
        Ok(hours)
    }
}

impl Daily<'_> {
    fn extremes(&self, id: &SourceId, clock: Clock) -> Result<Vec<Extremes>, DecodeError> {
        check_column(
            id,
            "temperature_2m_min",
            &self.temperature_2m_min,
            self.time.len(),
        )?;
        check_column(
            id,
            "temperature_2m_max",
            &self.temperature_2m_max,
            self.time.len(),
        )?;
        let lows_and_highs = self.temperature_2m_min.iter().zip(&self.temperature_2m_max);
        let mut extremes = Vec::with_capacity(self.time.len());
        for (date, (low, high)) in self.time.iter().zip(lows_and_highs) {
            let (Some(low), Some(high)) = (low, high) else {
                continue;
            };
            let (low, high) = (temperature(id, low)?, temperature(id, high)?);
            let range = TemperatureRange::new(low, high).ok_or_else(|| {
                DecodeError::malformed(id, format!("range of {date}: {low} is above {high}"))
            })?;
            let midnight = date.and_time(NaiveTime::MIN);
            let from = clock.instant(midnight);
            let to = from.and_then(|from| from.checked_add_signed(TimeDelta::days(1)));
            extremes.extend(from.zip(to).map(|(from, to)| Extremes { from, to, range }));
        }
        Ok(extremes)
    }
}

/// The offset of an answer's local times.
#[derive(Clone, Copy)]
struct Clock(TimeDelta);

impl Clock {
    fn instant(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        local.checked_sub_signed(self.0).map(|utc| utc.and_utc())
    }
}

/// Checks that a column is empty or as long as the column of times.
fn check_column<T>(
    id: &SourceId,
    name: &str,
    values: &[T],
    length: usize,
) -> Result<(), DecodeError> {
    if values.is_empty() || values.len() == length {
        return Ok(());
    }
    Err(DecodeError::malformed(
        id,
        format!("{} values of {name} for {length} times", values.len()),
    ))
}

/// The hour of one time; `None` if its temperature is `null`.
fn hour(
    id: &SourceId,
    clock: Clock,
    time: &str,
    degrees: Option<&RawValue>,
    code: Option<&RawValue>,
    is_day: Option<&RawValue>,
) -> Result<Option<Hour>, DecodeError> {
    let local = NaiveDateTime::parse_from_str(time, TIME).map_err(|_| {
        DecodeError::malformed(
            id,
            format!("{time:?} is not a time, expected YYYY-MM-DDTHH:MM"),
        )
    })?;
    let (Some(at), Some(degrees)) = (clock.instant(local), degrees) else {
        return Ok(None);
    };
    let daylight = match is_day.map(RawValue::get) {
        Some("1") => Some(Daylight::Day),
        Some("0") => Some(Daylight::Night),
        _ => None,
    };
    let condition = code.map(|code| read_code(code.get()));
    Ok(Some(Hour {
        at,
        temperature: temperature(id, degrees)?,
        condition,
        daylight,
    }))
}

fn temperature(id: &SourceId, raw: &RawValue) -> Result<Celsius, DecodeError> {
    json::number(id, "temperature", raw)
}
