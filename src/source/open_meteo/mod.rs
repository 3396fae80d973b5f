mod codes;
mod forecast;

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::{DecodeError, Source, get, json, text};
use crate::provenance::{Attribution, SourceId};
use crate::weather::{City, Weather};
use forecast::Forecast;

impl SourceId {
    /// Open-Meteo.
    pub const OPEN_METEO: Self = Self::constant("open_meteo");
}

/// Open-Meteo's forecast: the current moment, the hours and the extremes of two days.
///
/// # Request
///
/// One city, with the variables that are read, the city's zone and, if known, its height in metres. The zone decides which hours
/// are a day, so it must be the city's.
///
/// # Document
///
/// One JSON object in UTF-8. Read are `latitude` and `longitude`, `timezone` and `utc_offset_seconds`, and three parts, each of
/// which may be absent:
///
/// - `current`: `time`, `temperature_2m`, `weather_code`, `is_day`. It is interpolated from the model every 15 minutes, not
///   measured, and replaces an hour of the same time.
/// - `hourly`: the same four as columns of equal length.
/// - `daily`: columns of days with `temperature_2m_min` and `temperature_2m_max`, each a range of a local day.
///
/// Each part has units of its own, and its temperatures must be in `°C`. Times are local, without an offset, and are read at
/// the one offset that the answer has, across a change of clocks too. The place is that of the model's grid, so half a degree
/// from the city is accepted. A missing value is `null`. `weather_code` is one of 28 WMO codes, and an unknown one is kept
/// as unknown; there is no sleet and no dust. The service does not state when the forecast was computed.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::source::{OpenMeteo, Source};
/// use masthead::weather::{City, Condition, Intensity, Sky};
///
/// let service = OpenMeteo::with_key("s3cret");
/// let astana = City::find("astana").unwrap();
/// let request = service.request(astana);
/// assert_eq!(request.uri().host(), Some("customer-api.open-meteo.com"));
/// let query = request.uri().query().unwrap();
/// assert!(query.starts_with("latitude=51.1801&longitude=71.4460&current=temperature_2m%2Cweather_code%2Cis_day&"));
/// assert!(query.ends_with("&timezone=Asia%2FAlmaty&forecast_days=2&elevation=358&apikey=s3cret"));
///
/// let body = r#"{"latitude": 51.25, "longitude": 71.5, "timezone": "Asia/Almaty", "utc_offset_seconds": 18000,
///     "current_units": {"temperature_2m": "°C"},
///     "current": {"time": "2027-03-04T16:30", "temperature_2m": -1.4, "weather_code": 71, "is_day": 1},
///     "daily_units": {"temperature_2m_min": "°C", "temperature_2m_max": "°C"},
///     "daily": {"time": ["2027-03-04"], "temperature_2m_min": [-9.2], "temperature_2m_max": [-0.2]}}"#;
/// let weather = service.decode(astana, &Response::new(Bytes::from_static(body.as_bytes())))?;
/// let now = weather.now("2027-03-04T11:40:00Z".parse()?).unwrap();
/// assert_eq!(now.temperature.to_string(), "-1.4");
/// assert_eq!(now.condition, Some(Condition::new(Sky::Snow).with_intensity(Intensity::Light)));
/// let range = weather.range("2027-03-04".parse()?, astana.zone()).unwrap();
/// assert_eq!((range.low().to_string().as_str(), range.high().to_string().as_str()), ("-9.2", "-0.2"));
///
/// let body = br#"{"error": true, "reason": "No such place"}"#;
/// let error = service.decode(astana, &Response::new(Bytes::from_static(body))).unwrap_err();
/// assert_eq!(error.to_string(), "cannot read open_meteo: it has no data: \"No such place\"");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](super::DecodeErrorKind::NoData): with status 200, an object with `error` and `reason`, in either order, or an
///   answer without hours and days.
/// - [`OtherPlace`](super::DecodeErrorKind::OtherPlace): a place too far from the city.
/// - [`Malformed`](super::DecodeErrorKind::Malformed): another zone or unit, columns of different lengths, temperatures that the
///   place cannot have at that time of the year ([`Weather::plausible`]); and a body that breaks off, because the service
///   streams it and can write an error as text into a body with status 200.
/// - [`Status`](super::DecodeErrorKind::Status): 400 for an invalid key or parameter, 401 for a missing key, 429 for a spent limit.
///
/// # Terms
///
/// Data CC BY 4.0, with a link beside it. The free host is for non-commercial use only, and its terms call sites with
/// advertisements or subscriptions commercial: for these there is [`with_key`](Self::with_key). The free host allows fewer than
/// 10,000 calls a day, 5000 an hour and 600 a minute; one city is one call. No caching headers were seen, so an answer is never
/// confirmed by a 304.
#[derive(Clone)]
pub struct OpenMeteo {
    key: Option<String>,
}

impl OpenMeteo {
    /// The customers' host, with a paid key. The key is sent in the address, and never shown by `Debug` or in an error.
    ///
    /// ```
    /// use masthead::source::OpenMeteo;
    ///
    /// let paid = OpenMeteo::with_key("s3cret");
    /// assert_eq!(format!("{paid:?}"), r#"OpenMeteo { key: Some("[redacted]") }"#);
    /// ```
    #[must_use]
    pub fn with_key(key: impl Into<String>) -> Self {
        Self {
            key: Some(key.into()),
        }
    }

    /// The free host. By calling this a site declares that its use is non-commercial.
    ///
    /// ```
    /// use masthead::source::{OpenMeteo, Source};
    /// use masthead::weather::City;
    ///
    /// let request = OpenMeteo::free_for_non_commercial_use().request(City::find("almaty").unwrap());
    /// assert_eq!(request.uri().host(), Some("api.open-meteo.com"));
    /// assert!(!request.uri().query().unwrap().contains("apikey"));
    /// ```
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

impl Source for OpenMeteo {
    type Query = City;
    type Reading = Weather;

    fn id(&self) -> SourceId {
        SourceId::OPEN_METEO
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("Weather data by Open-Meteo.com")
            .with_url("https://open-meteo.com/")
            .with_licence("CC BY 4.0")
            .with_licence_url("https://creativecommons.org/licenses/by/4.0/")
    }

    fn request(&self, city: &City) -> Request<()> {
        let place = city.coordinates();
        const PATH: &str = "/v1/forecast?";
        let mut query = form_urlencoded::Serializer::for_suffix(String::from(PATH), PATH.len());
        query
            .append_pair("latitude", &place.latitude().to_string())
            .append_pair("longitude", &place.longitude().to_string())
            .append_pair("current", "temperature_2m,weather_code,is_day")
            .append_pair("hourly", "temperature_2m,weather_code,is_day")
            .append_pair("daily", "temperature_2m_max,temperature_2m_min")
            .append_pair("timezone", city.zone().name())
            .append_pair("forecast_days", "2");
        if let Some(metres) = city.elevation() {
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
        body.read(&id, city)
    }
}
