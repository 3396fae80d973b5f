use std::borrow::Cow;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{DecodeError, DecodeErrorKind, Source, check_place, get, json, text};
use crate::provenance::{Attribution, SourceId};
use crate::weather::{
    Celsius, City, Condition, Daylight, Extremes, Hour, Intensity, Sky, TemperatureRange, Weather,
};

/// MET Norway's Locationforecast 2.0, `complete`: hours of the next days, with six-hour extremes.
///
/// # Terms
///
/// NLOD 2.0 and CC BY 4.0, commercial use included: credit and link. An identifying User-Agent with a contact is
/// required, and no request before the answer's `Expires`; `fetch` sees to both.
///
/// ```
/// use masthead::source::{MetNorway, Source};
/// use masthead::weather::City;
///
/// assert_eq!(
///     MetNorway::new().request(City::find("astana").unwrap()).uri(),
///     "https://api.met.no/weatherapi/locationforecast/2.0/complete?lat=51.1801&lon=71.4460&altitude=358",
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct MetNorway {
    _private: (),
}

impl MetNorway {
    /// The public service.
    #[must_use]
    pub const fn new() -> Self {
        Self { _private: () }
    }
}

/// The service names the place asked for, to four decimals; its recorded answers name it to one at least. Its model for the
/// world has a grid of nine kilometres, less than a tenth of a degree of latitude.
const GRID: u32 = 1_000;

#[derive(Deserialize)]
struct Forecast<'a> {
    geometry: Option<Geometry>,
    #[serde(borrow)]
    properties: Properties<'a>,
}

#[derive(Deserialize)]
struct Geometry {
    /// Longitude, latitude, and mostly a height in metres.
    coordinates: Vec<f64>,
}

#[derive(Deserialize)]
struct Properties<'a> {
    #[serde(borrow)]
    meta: Meta<'a>,
    #[serde(borrow)]
    timeseries: Vec<Step<'a>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    updated_at: Option<DateTime<Utc>>,
    #[serde(borrow)]
    units: Option<Units<'a>>,
}

#[derive(Deserialize)]
struct Units<'a> {
    #[serde(borrow)]
    air_temperature: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Step<'a> {
    time: DateTime<Utc>,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    instant: Instant<'a>,
    #[serde(borrow)]
    next_1_hours: Option<Period<'a>>,
    #[serde(borrow)]
    next_6_hours: Option<Period<'a>>,
}

#[derive(Deserialize)]
struct Instant<'a> {
    #[serde(borrow)]
    details: Option<InstantDetails<'a>>,
}

#[derive(Deserialize)]
struct InstantDetails<'a> {
    #[serde(borrow)]
    air_temperature: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Period<'a> {
    #[serde(borrow)]
    summary: Option<Summary<'a>>,
    #[serde(borrow)]
    details: Option<PeriodDetails<'a>>,
}

#[derive(Deserialize)]
struct Summary<'a> {
    #[serde(borrow)]
    symbol_code: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct PeriodDetails<'a> {
    #[serde(borrow)]
    air_temperature_max: Option<&'a RawValue>,
    #[serde(borrow)]
    air_temperature_min: Option<&'a RawValue>,
}

impl Source for MetNorway {
    type Query = City;
    type Reading = Weather;

    fn id(&self) -> SourceId {
        SourceId::MET_NORWAY
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("Data from MET Norway")
            .link("https://api.met.no/")
            .licence("CC BY 4.0")
            .licence_link("https://creativecommons.org/licenses/by/4.0/")
    }

    fn request(&self, city: &City) -> Request<()> {
        let place = city.coordinates();
        // The service refuses what lies outside.
        let metres = city
            .metres()
            .filter(|metres| (-500..=9000).contains(metres));
        let altitude = metres.map_or_else(String::new, |metres| format!("&altitude={metres}"));
        let (latitude, longitude) = (place.latitude(), place.longitude());
        get(
            "api.met.no",
            &format!(
                "/weatherapi/locationforecast/2.0/complete?lat={latitude}&lon={longitude}{altitude}"
            ),
        )
    }

    /// Every answer of the service names its place and its units, so one that does not is refused as well.
    fn decode(&self, city: &City, response: &Response<Bytes>) -> Result<Weather, DecodeError> {
        let id = self.id();
        let Forecast {
            geometry,
            properties: Properties { meta, timeseries },
        } = json::parse(&id, text(&id, response)?)?;
        if let Some(reason) = meta.error {
            return Err(DecodeError::new(
                &id,
                DecodeErrorKind::NoData(reason.chars().take(120).collect()),
            ));
        }
        if timeseries.is_empty() {
            return Err(DecodeError::new(
                &id,
                DecodeErrorKind::NoData("an empty time series".into()),
            ));
        }
        let unit = meta.units.and_then(|units| units.air_temperature);
        if unit.as_deref() != Some("celsius") {
            let found = unit.map_or_else(|| "without a unit".into(), |unit| format!("in {unit:?}"));
            return Err(DecodeError::malformed(
                &id,
                format!("temperatures {found}, expected celsius"),
            ));
        }
        let place = geometry.map(|geometry| geometry.coordinates);
        let Some([longitude, latitude, ..]) = place.as_deref() else {
            return Err(DecodeError::malformed(
                &id,
                "a forecast without geometry.coordinates",
            ));
        };
        check_place(&id, city, [*latitude, *longitude], GRID)?;
        let mut hours = Vec::with_capacity(timeseries.len());
        let mut extremes = Vec::with_capacity(timeseries.len());
        for step in &timeseries {
            hours.extend(step.hour(&id)?);
            extremes.extend(step.extremes(&id)?);
        }
        let weather = Weather::new(id.clone(), hours, extremes)
            .and_then(|weather| match meta.updated_at {
                Some(at) => weather.with_issued(at),
                None => Ok(weather),
            })
            .map_err(|cause| DecodeError::malformed(&id, cause))?;
        weather
            .plausible(city.coordinates())
            .map_err(|cause| DecodeError::malformed(&id, cause))
    }
}

impl Step<'_> {
    /// A value that is missing is a missing key, so a step without a temperature is no hour.
    fn hour(&self, id: &SourceId) -> Result<Option<Hour>, DecodeError> {
        let details = self.data.instant.details.as_ref();
        let Some(temperature) = details.and_then(|details| details.air_temperature) else {
            return Ok(None);
        };
        let temperature = self.degrees(id, temperature)?;
        let period = self
            .data
            .next_1_hours
            .as_ref()
            .or(self.data.next_6_hours.as_ref());
        let symbol = period
            .and_then(|period| period.summary.as_ref())
            .and_then(|summary| summary.symbol_code.as_deref());
        let (condition, daylight) = symbol.map(read_symbol).unzip();
        Ok(Some(Hour {
            at: self.time,
            temperature,
            condition,
            daylight: daylight.flatten(),
        }))
    }

    fn degrees(&self, id: &SourceId, raw: &RawValue) -> Result<Celsius, DecodeError> {
        json::number(id, format_args!("temperature at {}", self.time), raw)
    }

    fn extremes(&self, id: &SourceId) -> Result<Option<Extremes>, DecodeError> {
        let details = self
            .data
            .next_6_hours
            .as_ref()
            .and_then(|period| period.details.as_ref());
        let Some(details) = details else {
            return Ok(None);
        };
        let (Some(low), Some(high)) = (details.air_temperature_min, details.air_temperature_max)
        else {
            return Ok(None);
        };
        let (low, high) = (self.degrees(id, low)?, self.degrees(id, high)?);
        let range = TemperatureRange::new(low, high).ok_or_else(|| {
            DecodeError::malformed(
                id,
                format!("six-hour range at {}: {low} is above {high}", self.time),
            )
        })?;
        let to = self.time.checked_add_signed(TimeDelta::hours(6));
        Ok(to.map(|to| Extremes {
            from: self.time,
            to,
            range,
        }))
    }
}

/// The 41 symbols without their suffix. `lightssleet…` and `lightssnow…` are misspelt by the service and stay so; the
/// right spelling is accepted beside them.
fn read_symbol(code: &str) -> (Condition, Option<Daylight>) {
    let code = code.trim();
    let (base, daylight) = match code.rsplit_once('_') {
        Some((base, "day")) => (base, Some(Daylight::Day)),
        Some((base, "night")) => (base, Some(Daylight::Night)),
        Some((base, "polartwilight")) => (base, Some(Daylight::PolarTwilight)),
        _ => (code, None),
    };
    (
        read_base(base).unwrap_or_else(|| Condition::unknown(code)),
        daylight,
    )
}

fn read_base(base: &str) -> Option<Condition> {
    match base {
        "clearsky" => return Some(Condition::new(Sky::Clear)),
        "fair" => return Some(Condition::new(Sky::Fair)),
        "partlycloudy" => return Some(Condition::new(Sky::PartlyCloudy)),
        "cloudy" => return Some(Condition::new(Sky::Cloudy)),
        "fog" => return Some(Condition::new(Sky::Fog)),
        "lightssleetshowersandthunder" => return read_base("lightsleetshowersandthunder"),
        "lightssnowshowersandthunder" => return read_base("lightsnowshowersandthunder"),
        _ => {}
    }
    // What falls is named by parts: how hard, what, in showers, with thunder.
    let (rest, thunder) = base
        .strip_suffix("andthunder")
        .map_or((base, false), |rest| (rest, true));
    let (rest, showers) = rest
        .strip_suffix("showers")
        .map_or((rest, false), |rest| (rest, true));
    let (rest, intensity) = if let Some(rest) = rest.strip_prefix("light") {
        (rest, Intensity::Light)
    } else if let Some(rest) = rest.strip_prefix("heavy") {
        (rest, Intensity::Heavy)
    } else {
        (rest, Intensity::Moderate)
    };
    let sky = match rest {
        "rain" => Sky::Rain,
        "sleet" => Sky::Sleet,
        "snow" => Sky::Snow,
        _ => return None,
    };
    let mut condition = Condition::new(sky).intensity(intensity);
    if showers {
        condition = condition.showers();
    }
    if thunder {
        condition = condition.thunder();
    }
    Some(condition)
}
