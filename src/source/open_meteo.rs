use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use http::{Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{DecodeError, DecodeErrorKind, Source, get, json, text};
use crate::day;
use crate::provenance::{Attribution, SourceId};
use crate::weather::{
    Celsius, City, Condition, Daylight, Extremes, Hour, Intensity, Sky, TemperatureRange, Weather,
};

/// Open-Meteo's forecast: the moment, the hours and the extremes of two days, ready-made.
///
/// # Terms
///
/// Data CC BY 4.0 with a link beside it. The free host is for non-commercial use: sites with advertisements or
/// subscriptions are commercial by name, so [`with_key`](Self::with_key) is the constructor for them.
///
/// ```
/// use masthead::source::OpenMeteo;
///
/// let paid = OpenMeteo::with_key("s3cret");
/// assert_eq!(format!("{paid:?}"), r#"OpenMeteo { key: Some("[redacted]") }"#);
/// let hobby = OpenMeteo::free_for_non_commercial_use();
/// assert_eq!(format!("{hobby:?}"), "OpenMeteo { key: None }");
/// ```
#[derive(Clone)]
pub struct OpenMeteo {
    key: Option<String>,
}

impl OpenMeteo {
    /// The customers' host, with a paid key.
    #[must_use]
    pub fn with_key(key: impl Into<String>) -> Self {
        Self {
            key: Some(key.into()),
        }
    }

    /// The free host. The caller says by calling this that the use is non-commercial.
    #[must_use]
    pub const fn free_for_non_commercial_use() -> Self {
        Self { key: None }
    }
}

impl fmt::Debug for OpenMeteo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenMeteo")
            .field("key", &self.key.as_ref().map(|_| "[redacted]"))
            .finish()
    }
}

#[derive(Deserialize)]
struct Forecast<'a> {
    #[serde(default)]
    error: bool,
    #[serde(borrow)]
    reason: Option<std::borrow::Cow<'a, str>>,
    timezone: Option<&'a str>,
    #[serde(borrow)]
    current_units: Option<Units<'a>>,
    #[serde(borrow)]
    current: Option<Current<'a>>,
    #[serde(borrow)]
    hourly: Option<Hourly<'a>>,
    #[serde(borrow)]
    daily: Option<Daily<'a>>,
}

#[derive(Deserialize)]
struct Units<'a> {
    temperature_2m: Option<&'a str>,
}

#[derive(Deserialize)]
struct Current<'a> {
    time: &'a str,
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
    time: Vec<&'a str>,
    #[serde(borrow, default)]
    temperature_2m: Vec<Option<&'a RawValue>>,
    #[serde(borrow, default)]
    weather_code: Vec<Option<&'a RawValue>>,
    #[serde(borrow, default)]
    is_day: Vec<Option<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Daily<'a> {
    time: Vec<NaiveDate>,
    #[serde(borrow, default)]
    temperature_2m_max: Vec<Option<&'a RawValue>>,
    #[serde(borrow, default)]
    temperature_2m_min: Vec<Option<&'a RawValue>>,
}

impl Source for OpenMeteo {
    type Query = City;
    type Reading = Weather;

    fn id(&self) -> SourceId {
        SourceId::OPEN_METEO
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("Weather data by Open-Meteo.com")
            .link("https://open-meteo.com/")
            .licence(
                "CC BY 4.0",
                Some("https://creativecommons.org/licenses/by/4.0/"),
            )
    }

    fn request(&self, city: &City) -> Request<()> {
        let place = city.coordinates();
        let mut query = form_urlencoded::Serializer::new(String::from("/v1/forecast?"));
        query
            .append_pair("latitude", &place.latitude().to_string())
            .append_pair("longitude", &place.longitude().to_string())
            .append_pair("current", "temperature_2m,weather_code,is_day")
            .append_pair("hourly", "temperature_2m,weather_code,is_day")
            .append_pair("daily", "temperature_2m_max,temperature_2m_min")
            .append_pair("timezone", city.zone().name())
            .append_pair("forecast_days", "2");
        if let Some(metres) = city.metres() {
            query.append_pair("elevation", &metres.to_string());
        }
        match &self.key {
            Some(key) => get(
                "customer-api.open-meteo.com",
                &query.append_pair("apikey", key).finish(),
            ),
            None => get("api.open-meteo.com", &query.finish()),
        }
    }

    fn decode(&self, city: &City, response: &Response<Bytes>) -> Result<Weather, DecodeError> {
        let id = self.id();
        let body: Forecast<'_> = json::parse(&id, text(&id, response)?)?;
        if body.error {
            let reason = body.reason.unwrap_or_default().chars().take(120).collect();
            return Err(DecodeError::new(&id, DecodeErrorKind::NoData(reason)));
        }
        // Times are local and without offset, so the answer must be in the zone that was asked for.
        if body.timezone != Some(city.zone().name()) {
            let found = body.timezone.unwrap_or("none");
            return Err(DecodeError::malformed(
                &id,
                format!("times in zone {found:?}, expected {}", city.zone()),
            ));
        }
        if let Some(unit) = body
            .current_units
            .and_then(|units| units.temperature_2m)
            .filter(|unit| *unit != "°C")
        {
            return Err(DecodeError::malformed(
                &id,
                format!("temperatures in {unit:?}, expected °C"),
            ));
        }
        let mut hours = body
            .hourly
            .map_or_else(|| Ok(Vec::new()), |hourly| hourly.hours(&id, city))?;
        if let Some(current) = body.current
            && let Some(hour) = current.hour(&id, city)?
        {
            hours.retain(|known| known.at != hour.at);
            hours.push(hour);
        }
        let extremes = body
            .daily
            .map_or_else(|| Ok(Vec::new()), |daily| daily.extremes(&id, city))?;
        if hours.is_empty() && extremes.is_empty() {
            return Err(DecodeError::new(
                &id,
                DecodeErrorKind::NoData("neither hours nor days".into()),
            ));
        }
        Weather::new(id.clone(), hours, extremes)
            .map_err(|cause| DecodeError::malformed(&id, cause))
    }
}

impl Current<'_> {
    fn hour(&self, id: &SourceId, city: &City) -> Result<Option<Hour>, DecodeError> {
        hour(
            id,
            city,
            self.time,
            self.temperature_2m,
            self.weather_code,
            self.is_day,
        )
    }
}

impl<'a> Hourly<'a> {
    fn hours(&self, id: &SourceId, city: &City) -> Result<Vec<Hour>, DecodeError> {
        let at =
            |values: &[Option<&'a RawValue>], index: usize| values.get(index).copied().flatten();
        let mut hours = Vec::with_capacity(self.time.len());
        for (index, time) in self.time.iter().enumerate() {
            let (code, is_day) = (at(&self.weather_code, index), at(&self.is_day, index));
            hours.extend(hour(
                id,
                city,
                time,
                at(&self.temperature_2m, index),
                code,
                is_day,
            )?);
        }
        // Where the clocks go back, two local times are one; the first of them is the one that is meant.
        hours.dedup_by_key(|hour| hour.at);
        Ok(hours)
    }
}

impl Daily<'_> {
    fn extremes(&self, id: &SourceId, city: &City) -> Result<Vec<Extremes>, DecodeError> {
        let mut extremes = Vec::new();
        for (date, (low, high)) in self
            .time
            .iter()
            .zip(self.temperature_2m_min.iter().zip(&self.temperature_2m_max))
        {
            let (Some(low), Some(high)) = (low, high) else {
                continue;
            };
            let (low, high) = (temperature(id, low)?, temperature(id, high)?);
            let range = TemperatureRange::new(low, high).ok_or_else(|| {
                DecodeError::malformed(id, format!("range of {date}: {low} is above {high}"))
            })?;
            extremes.push(Extremes {
                from: day::start(*date, city.zone()),
                to: day::end(*date, city.zone()),
                range,
            });
        }
        Ok(extremes)
    }
}

/// One moment; nothing where its temperature is null, or where the clocks skip it.
fn hour(
    id: &SourceId,
    city: &City,
    time: &str,
    degrees: Option<&RawValue>,
    code: Option<&RawValue>,
    is_day: Option<&RawValue>,
) -> Result<Option<Hour>, DecodeError> {
    let (Some(at), Some(degrees)) = (instant(id, city, time)?, degrees) else {
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

fn instant(id: &SourceId, city: &City, time: &str) -> Result<Option<DateTime<Utc>>, DecodeError> {
    let local = NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M").map_err(|_| {
        DecodeError::malformed(
            id,
            format!("{time:?} is not a time, expected YYYY-MM-DDTHH:MM"),
        )
    })?;
    Ok(city
        .zone()
        .from_local_datetime(&local)
        .earliest()
        .map(|at| at.with_timezone(&Utc)))
}

/// The WMO codes the service computes. 66 and 67 are its freezing rain; 95 is a thunderstorm with rain.
fn read_code(code: &str) -> Condition {
    let light = |sky| Condition::new(sky).intensity(Intensity::Light);
    let heavy = |sky| Condition::new(sky).intensity(Intensity::Heavy);
    match code {
        "0" => Condition::new(Sky::Clear),
        "1" => Condition::new(Sky::Fair),
        "2" => Condition::new(Sky::PartlyCloudy),
        "3" => Condition::new(Sky::Cloudy),
        "45" | "48" => Condition::new(Sky::Fog),
        "51" => light(Sky::Drizzle),
        "53" => Condition::new(Sky::Drizzle),
        "55" => heavy(Sky::Drizzle),
        "56" => light(Sky::FreezingDrizzle),
        "57" => heavy(Sky::FreezingDrizzle),
        "61" => light(Sky::Rain),
        "63" => Condition::new(Sky::Rain),
        "65" => heavy(Sky::Rain),
        "66" => light(Sky::FreezingRain),
        "67" => heavy(Sky::FreezingRain),
        "71" | "77" => light(Sky::Snow),
        "73" => Condition::new(Sky::Snow),
        "75" => heavy(Sky::Snow),
        "80" => light(Sky::Rain).showers(),
        "81" => Condition::new(Sky::Rain).showers(),
        "82" => heavy(Sky::Rain).showers(),
        "85" => light(Sky::Snow).showers(),
        "86" => heavy(Sky::Snow).showers(),
        "95" => Condition::new(Sky::Rain).showers().thunder(),
        "96" => light(Sky::Hail).showers().thunder(),
        "99" => heavy(Sky::Hail).showers().thunder(),
        other => Condition::unknown(other),
    }
}
