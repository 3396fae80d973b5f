//! The weather of a snapshot: how old a forecast is, and which one takes the place of another.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Added, Observed, Snapshot, TOLERANCE};
use crate::day;
use crate::provenance::Attribution;
#[cfg(feature = "ticker")]
use crate::weather::{City, ImplausibleWeather};
use crate::weather::{CityId, Weather};

impl Snapshot {
    /// Adds the weather of a city, read at `now`, with what was said before of the hours now past.
    ///
    /// A forecast is as old as its [computation](Weather::issued). Where the service states none, or one more than five minutes
    /// ahead of `now`, it is as old as the first sight of its hours: if it says the same temperatures for the same hours as the
    /// forecast of the same source that is held, it is that forecast.
    ///
    /// One that says nothing of the rest of the day is superseded where what is held does: a cache gone stale would take the
    /// city off the page. `expires` is the time before which the source asks not to be asked again.
    ///
    /// ```
    /// use masthead::weather::{Celsius, City, Hour, Weather};
    /// use masthead::{Added, Attribution, Snapshot, SourceId};
    ///
    /// let (city, now) = (City::find("astana").unwrap(), "2026-04-02T06:00:00Z".parse()?);
    /// let hour = Hour { at: now, temperature: "8.5".parse::<Celsius>()?, condition: None, daylight: None };
    /// let weather = Weather::new(SourceId::MET_NORWAY, [hour], [])?;
    /// let credit = Attribution::new("Data from MET Norway").licence("CC BY 4.0");
    /// let mut snapshot = Snapshot::default();
    /// let added = snapshot.add_weather(city.id(), city.zone(), weather, credit, now, None);
    /// assert_eq!(added, Added::Changed);
    /// assert_eq!(snapshot.weather(city.id()).unwrap().value().now(now).unwrap().temperature.whole(), 9);
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
        // A clock that is ahead is the service's; refusing its forecast for it would cost the page the weather.
        let stated = weather.issued().filter(|issued| *issued <= now + TOLERANCE);
        let held = self.weather.get(city);
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
        let read = Observed::new(weather, valid, now).expiring(expires);
        self.place_weather(city, zone, read, credit, now)
    }

    /// The same of weather that another server has read, the hours now past included. What that server saw later than this one
    /// is as old as it is here.
    #[cfg(feature = "ticker")]
    pub(crate) fn take_weather(
        &mut self,
        city: &CityId,
        zone: Tz,
        read: Observed<Weather>,
        credit: Attribution,
        now: DateTime<Utc>,
    ) -> Added {
        let read = read.not_newer_than(self.weather.get(city));
        self.place_weather(city, zone, read, credit, now)
    }

    /// Returns the same without the weather of these cities that cannot be right, and the reason for each.
    #[cfg(feature = "ticker")]
    pub(crate) fn with_plausible_weather(
        mut self,
        cities: &[City],
    ) -> (Self, Vec<(CityId, ImplausibleWeather)>) {
        let mut refused = Vec::new();
        for city in cities {
            let Some((id, held)) = self.weather.remove_entry(city.id()) else {
                continue;
            };
            match held.value().clone().plausible(city.coordinates()) {
                Ok(weather) => {
                    self.weather.insert(id, held.with(weather));
                }
                Err(reason) => refused.push((id, reason)),
            }
        }
        (self, refused)
    }

    fn place_weather(
        &mut self,
        city: &CityId,
        zone: Tz,
        read: Observed<Weather>,
        credit: Attribution,
        now: DateTime<Utc>,
    ) -> Added {
        let held = self.weather.get(city).map(Observed::value);
        if held.is_some_and(|held| held.reaches(now, zone)) && !read.value().reaches(now, zone) {
            return Added::Superseded;
        }
        self.attributions.insert(read.source().clone(), credit);
        let changed = held != Some(read.value());
        self.weather.insert(city.clone(), read);
        if changed {
            Added::Changed
        } else {
            Added::Confirmed
        }
    }
}

impl Observed<Weather> {
    /// The same, as old as the same forecast that is held: what was kept or shared by another party makes nothing newer.
    #[cfg(feature = "ticker")]
    pub(super) fn not_newer_than(self, held: Option<&Self>) -> Self {
        // What a service states is the same for every party.
        let is_same =
            |held: &&Self| self.value().is_first_sight() && self.value().repeats(held.value());
        match held.filter(is_same) {
            Some(held) => {
                let weather = self
                    .value()
                    .clone()
                    .seen_first(self.dated().min(held.dated()));
                self.with(weather)
            }
            None if self.value().issued().is_none() => {
                let weather = self.value().clone().seen_first(self.dated());
                self.with(weather)
            }
            None => self,
        }
    }
}
