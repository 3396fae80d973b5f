//! The weather of a snapshot: the age of a forecast, and the rules by which one replaces another.
//!
//! For a program without a ledger, as `rates`: here a forecast is merged with the one before when it comes, in `ledger::page` when a page is made.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Added, Observed, Snapshot, TOLERANCE};
use crate::day;
use crate::provenance::Attribution;
use crate::weather::{CityId, Weather};

impl Snapshot {
    /// Adds the forecast for a city, fetched at `now`, with the credit of its source. `zone` is the city's zone, and `expires` the
    /// time before which the source requests not to be queried again.
    ///
    /// The forecast replaces the previous one and [keeps](Weather::merge) the earlier hours of the local day from it, so that the
    /// day's maximum and range stay known in the evening.
    ///
    /// Its age counts from its [computation](Weather::issued). If the service states none, or one more than 5 minutes after `now`,
    /// the age counts from the time at which its hours were first seen: a forecast of the same source with the same temperatures
    /// for the same hours is the same forecast, and does not become newer when it is fetched again.
    ///
    /// Returns [`Added::Superseded`] if the forecast does not [reach](Weather::reaches) the rest of the local day and the previous
    /// one does. Otherwise the answer of a stale cache would remove the city's weather from the page.
    ///
    /// ```
    /// use masthead::weather::{Celsius, City, Hour, Weather};
    /// use masthead::{Added, Attribution, Snapshot, SourceId};
    ///
    /// let (city, now) = (City::find("astana").unwrap(), "2026-04-02T06:00:00Z".parse()?);
    /// let hour = Hour::new(now, "8.5".parse::<Celsius>()?);
    /// let weather = Weather::new(SourceId::MET_NORWAY, [hour], [])?;
    /// let credit = Attribution::new("Data from MET Norway").with_licence("CC BY 4.0");
    /// let mut snapshot = Snapshot::default();
    /// let added = snapshot.add_weather(city.id(), city.zone(), weather, credit, now, None);
    /// assert_eq!(added, Added::Changed);
    /// let weather = snapshot.weather(city.id()).unwrap();
    /// assert_eq!(weather.value().now(now).unwrap().temperature.whole(), 9);
    /// assert_eq!(weather.value().issued(), Some(now), "first seen now");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_weather(
        &mut self,
        city: &CityId,
        zone: Tz,
        weather: Weather,
        credit: Attribution,
        now: DateTime<Utc>,
        expires: Option<DateTime<Utc>>,
    ) -> Added {
        let now = day::clamp(now);
        let today = day::start(day::of(now, zone), zone);
        // A computation time in the future means a wrong clock of the service. Its forecast is still usable.
        let stated = weather.issued().filter(|issued| *issued <= now + TOLERANCE);
        let held = self.weather(city);
        let first_seen = held
            .filter(|held| weather.repeats(held.value()))
            .map_or(now, |held| held.dated().min(now));
        let weather = match stated {
            Some(_) => weather,
            None => weather.seen_first(first_seen),
        };
        let weather = match held.map(Observed::value) {
            Some(held) if held.reaches(now, zone) && !weather.reaches(now, zone) => {
                return Added::Superseded;
            }
            Some(held) => weather.merge(held, today),
            None => weather,
        };
        let valid = weather.now(now).map_or(now, |hour| hour.at.min(now));
        let read = Observed::new(weather, valid, now).with_expires(expires);
        self.place_weather(city, zone, read, credit, now)
    }

    /// Replaces the forecast for a city, unless only the previous one reaches the rest of the day.
    fn place_weather(
        &mut self,
        city: &CityId,
        zone: Tz,
        read: Observed<Weather>,
        credit: Attribution,
        now: DateTime<Utc>,
    ) -> Added {
        let held = self.weather(city).map(Observed::value);
        if held.is_some_and(|held| held.reaches(now, zone)) && !read.value().reaches(now, zone) {
            return Added::Superseded;
        }
        let changed = held != Some(read.value());
        self.attributions.insert(read.source().clone(), credit);
        self.weather.insert(city.clone(), Arc::new(read));
        if changed {
            Added::Changed
        } else {
            Added::Confirmed
        }
    }
}
