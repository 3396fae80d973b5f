//! Cities, temperatures, sky conditions, and hourly forecasts with the maximum and range of a local day.
//!
//! | type | value |
//! |---|---|
//! | [`City`] | a place with an id, a name, coordinates and a time zone |
//! | [`Celsius`], [`TemperatureRange`] | air temperatures in tenths of a degree |
//! | [`Condition`] | the sky, as an id such as `light_rain` |
//! | [`Weather`] | one service's forecast for one city: [`Hour`]s, and [`Extremes`] of longer periods |
//!
//! The types hold values only: they read no clock and do no I/O. [`source`](crate::source) decodes them from the answers of
//! weather services, and a [`Snapshot`](crate::Snapshot) holds one forecast for each city. Times are in UTC; a local day is
//! a calendar day in the city's zone.
//!
//! ```
//! use masthead::weather::{City, Celsius};
//!
//! let city: &City = City::find("astana").unwrap();
//! assert_eq!((city.name(), city.zone()), ("Astana", chrono_tz::Asia::Almaty));
//! assert_eq!("21.5".parse::<Celsius>()?.whole(), 22);
//! # Ok::<(), masthead::ParseError>(())
//! ```

mod cities;
mod city;
mod condition;
mod coordinates;
mod invalid_city;
mod limits;
mod of_day;
mod reading;
mod temperature;

pub use city::{City, CityId};
pub use condition::{Condition, Daylight, Intensity, Sky};
pub use coordinates::Coordinates;
pub use invalid_city::InvalidCity;
pub use limits::ImplausibleWeather;
#[doc(hidden)] // for tests
pub use limits::temperature_limits;
pub use reading::{Extremes, Hour, InvalidWeather, Weather};
pub use temperature::{Celsius, TemperatureRange};
