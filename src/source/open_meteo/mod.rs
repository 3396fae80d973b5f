mod codes;
mod forecast;

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::{DecodeError, Source, get, json, text};
use crate::provenance::{Attribution, SourceId};
use crate::weather::{City, Weather};
use forecast::Forecast;

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

impl Source for OpenMeteo {
    type Query = City;
    type Reading = Weather;

    fn id(&self) -> SourceId {
        SourceId::OPEN_METEO
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("Weather data by Open-Meteo.com")
            .link("https://open-meteo.com/")
            .licence("CC BY 4.0")
            .licence_link("https://creativecommons.org/licenses/by/4.0/")
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
        body.read(&id, city)
    }
}
