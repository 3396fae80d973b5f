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

impl SourceId {
    /// MET Norway, the Norwegian Meteorological Institute.
    pub const MET_NORWAY: Self = Self::constant("met_norway");
}

/// MET Norway's Locationforecast 2.0, `complete`: hours of the next nine days, with six-hour extremes.
///
/// # Request
///
/// Latitude and longitude have four decimals, because the service refuses more with 403. The altitude in metres is sent if the
/// city has one from -500 to 9000; the service corrects the temperature for it. Without it the service takes the height from a
/// grid of one kilometre (GMTED2010).
///
/// # Document
///
/// GeoJSON in UTF-8. These fields are read:
///
/// - `geometry.coordinates`, longitude first, which must lie within a tenth of a degree of the city;
/// - `properties.meta.updated_at`, when the forecast was computed: [`Weather::issued`];
/// - `properties.meta.units.air_temperature`, which must be `celsius`;
/// - in each step of `properties.timeseries`: `time` (UTC), `data.instant.details.air_temperature`, the `symbol_code` of
///   `next_1_hours` or else of `next_6_hours`, and the `air_temperature_min` and `air_temperature_max` of `next_6_hours`, which
///   become [`Extremes`].
///
/// A missing value is a missing key, never `null`: a step without a temperature is not an hour, and one without a symbol has no
/// condition. Recorded forecasts have 82 and 83 steps, hourly for about 55 hours and then six-hourly; the last has an instant
/// only. Outside the Nordic countries the model is that of ECMWF with a grid of nine kilometres, renewed four times a day. Even
/// the first hour is a forecast, not an observation.
///
/// There are 41 symbols, 21 of them with a suffix (`_day`, `_night`, `_polartwilight`), which becomes the hour's [`Daylight`].
/// They include no drizzle, freezing rain, hail or dust. An unknown symbol is kept as [`Condition::unknown`].
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::source::{MetNorway, Source};
/// use masthead::weather::{City, Condition, Daylight, Intensity, Sky};
///
/// let astana = City::find("astana").unwrap();
/// assert_eq!(
///     MetNorway::new().request(astana).uri(),
///     "https://api.met.no/weatherapi/locationforecast/2.0/complete?lat=51.1801&lon=71.4460&altitude=358",
/// );
///
/// let body = br#"{"geometry": {"coordinates": [71.446, 51.1801, 358]}, "properties": {
///     "meta": {"updated_at": "2027-03-04T05:12:44Z", "units": {"air_temperature": "celsius"}},
///     "timeseries": [
///         {"time": "2027-03-04T06:00:00Z", "data": {
///             "instant": {"details": {"air_temperature": -7.5, "wind_speed": 2.0}},
///             "next_1_hours": {"summary": {"symbol_code": "lightsnowshowers_day"}},
///             "next_6_hours": {"details": {"air_temperature_min": -7.5, "air_temperature_max": -1.2}}}},
///         {"time": "2027-03-04T12:00:00Z", "data": {"instant": {"details": {"air_temperature": -1.4}}}}]}}"#;
/// let weather = MetNorway::new().decode(astana, &Response::new(Bytes::from_static(body)))?;
/// assert_eq!(weather.issued(), Some("2027-03-04T05:12:44Z".parse()?));
///
/// let [first, second] = weather.hours() else { panic!("two hours") };
/// assert_eq!(first.temperature.to_string(), "-7.5");
/// assert_eq!(first.condition, Some(Condition::new(Sky::Snow).with_intensity(Intensity::Light).with_showers()));
/// assert_eq!(first.daylight, Some(Daylight::Day));
/// assert_eq!(second.condition, None);
/// // The period and the second step cover the afternoon in Astana, 11:00 to 18:00.
/// assert_eq!(weather.maximum("2027-03-04".parse()?, astana.zone()).unwrap().to_string(), "-1.2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](DecodeErrorKind::NoData): a `meta.error`, which the service documents for a place without data and sends with the
///   status 200; or an empty time series.
/// - [`OtherPlace`](DecodeErrorKind::OtherPlace): a forecast for another place.
/// - [`Malformed`](DecodeErrorKind::Malformed): another unit or no unit, a body without a place, two steps of one time, a low
///   above its high, temperatures that the place cannot have at that time of the year ([`Weather::plausible`]).
/// - [`Status`](DecodeErrorKind::Status): 403 for a generic User-Agent, 429 for too many requests; their bodies are text or HTML.
///   The status 203, for a product in beta or about to be withdrawn, has a valid body.
///
/// # Terms
///
/// NLOD 2.0 and CC BY 4.0, commercial use included: a credit and a link to the source and the licence. A User-Agent with a
/// contact is required, a false one leads to a permanent ban, and a request before the answer's `Expires` (24 to 30 minutes) is
/// not allowed; `fetch` takes care of both. The limit is 20 requests a second for an application. The name Yr and its logo must
/// not be used.
#[derive(Clone, Debug, Default)]
pub struct MetNorway {
    _private: (),
}

impl MetNorway {
    /// The public service, which needs no key.
    ///
    /// ```
    /// use masthead::source::{MetNorway, Source};
    ///
    /// let credit = MetNorway::new().attribution();
    /// assert_eq!((credit.name(), credit.licence()), ("Data from MET Norway", Some("CC BY 4.0")));
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self { _private: () }
    }
}

/// The largest distance of the answer's place, a tenth of a degree. The service repeats the place of the request with four
/// decimals, and with one at least in its recorded answers. Its model for the world has a grid of nine kilometres, which is less
/// than a tenth of a degree of latitude.
const GRID: u32 = 1_000;

#[derive(Deserialize)]
struct Forecast<'a> {
    geometry: Option<Geometry>,
    #[serde(borrow)]
    properties: Properties<'a>,
}

#[derive(Deserialize)]
struct Geometry {
    /// Longitude, latitude and, in most answers, a height in metres.
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
            .with_url("https://api.met.no/")
            .with_licence("CC BY 4.0")
            .with_licence_url("https://creativecommons.org/licenses/by/4.0/")
    }

    fn request(&self, city: &City) -> Request<()> {
        let place = city.coordinates();
        // The service refuses other altitudes.
        let metres = city
            .elevation()
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

    /// Every answer of the service has its place and its units, so an answer without them is an error.
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
    /// The hour of a step; `None` without a temperature, because a missing value is a missing key.
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

    /// The range of the six hours after the step; `None` if either end is missing.
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

/// The condition and the daylight of a symbol. The service misspells two of its 41, `lightssleetshowersandthunder` and
/// `lightssnowshowersandthunder`; the right spelling is accepted too.
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

/// The condition of a symbol without its suffix; `None` for an unknown one.
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
    // A symbol of precipitation is composed: intensity, kind, showers, thunder.
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
    let mut condition = Condition::new(sky).with_intensity(intensity);
    if showers {
        condition = condition.with_showers();
    }
    if thunder {
        condition = condition.with_thunder();
    }
    Some(condition)
}
