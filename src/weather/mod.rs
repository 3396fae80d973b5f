//! Values: cities, temperatures, sky conditions, and what a forecast says of the hours of a day.
//!
//! ```
//! use masthead::weather::{City, Celsius};
//!
//! let city: &City = City::find("astana").unwrap();
//! assert_eq!((city.name(), city.zone()), ("Astana", chrono_tz::Asia::Almaty));
//! assert_eq!("21.5".parse::<Celsius>()?.whole(), 22);
//! # Ok::<(), masthead::weather::ParseCelsiusError>(())
//! ```

mod cities;
mod city;
mod condition;
mod coordinates;
mod limits;
mod of_day;
mod reading;
mod temperature;

pub use city::{City, CityId, InvalidCity};
pub use condition::{Condition, Daylight, Intensity, ParseConditionError, Sky};
pub use coordinates::Coordinates;
pub use limits::{ImplausibleWeather, temperature_limits};
pub use reading::{Extremes, Hour, InvalidWeather, Weather};
pub use temperature::{Celsius, ParseCelsiusError, TemperatureRange};
