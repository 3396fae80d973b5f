//! The weather of a refresh: read, checked, shown.
//!
//! A forecast passes two checks. The chain refuses one that is not plausible as a whole, so that the next service is requested (`with_city`); of the
//! others single wrong hours are left out before they become a record (`city_answered`). There is no quarantine for weather: the guard knows rates
//! only.

use chrono::{DateTime, TimeDelta, Utc};

use super::core::Engine;
use super::refresh::Refresh;
use super::{Entry, Item};
use crate::fetch::{Answer, Chain, FetchError, Fetched, Terms};
use crate::ledger::{Forecast, TOLERANCE};
use crate::snapshot::Observed;
use crate::weather::{City, Weather};

impl Engine {
    /// Calls `act` with the chain of the weather services and the terms of a city.
    pub(super) fn with_city<T>(
        &mut self,
        city: &City,
        act: impl FnOnce(&mut Chain<City, Weather>, &mut Terms<'_, City, Weather>) -> T,
    ) -> T {
        // The decoders of this crate have left out what cannot be right; a source of the site's own may not.
        let vet = |weather: &Weather| {
            let checked = weather.clone().plausible(city.coordinates());
            checked
                .map(drop)
                .map_err(|reason| FetchError::vetoed("implausible", reason))
        };
        let mut terms = Terms {
            query: city,
            budgets: &mut self.budgets,
            vet: &vet,
            now: self.passed,
        };
        act(&mut self.weather, &mut terms)
    }

    /// Takes in the answer for a city whose turn came at `at`, and enters the outcome.
    pub(super) fn city_answered(
        &mut self,
        refresh: &mut Refresh,
        city: &City,
        at: DateTime<Utc>,
        answer: Answer<Weather>,
    ) {
        let now = self.after_what_is_held(city, at);
        let added = answer.reading.map(|Fetched { value, expires, .. }| {
            let value = value.clone().plausible(city.coordinates()).unwrap_or(value);
            let forecast = self.forecast(city, value, now, expires);
            self.add_forecast(city, forecast, now)
        });
        let entry = Entry {
            added,
            ..Entry::new(item_of(city), answer.attempts)
        };
        refresh.enter(entry);
    }

    /// The forecast that a service answered with. An answer often repeats the one before.
    fn forecast(
        &self,
        city: &City,
        weather: Weather,
        now: DateTime<Utc>,
        expires: Option<DateTime<Utc>>,
    ) -> Forecast {
        let records = &self.held.records;
        let known = records.newest_forecast(city.id(), weather.source());
        let known = known.and_then(|known| known.answered_again(&weather, now, expires));
        known.unwrap_or_else(|| Forecast::new(city.id().clone(), weather, now, expires))
    }

    /// The instant of an answer: after the last one that is shared, although the clock of its server may be ahead of this one's. So of two servers
    /// whose clocks differ by a minute the one that answered later is shown by both.
    fn after_what_is_held(&self, city: &City, now: DateTime<Utc>) -> DateTime<Utc> {
        let held = self.snapshot.weather(city.id()).map(Observed::fetched);
        let held = held.filter(|held| self.held.is_shared() && *held <= now + TOLERANCE);
        held.map_or(now, |held| now.max(held + TimeDelta::milliseconds(1)))
    }

    /// The end of a city's forecast, if it has passed, so that no hour is left for the rest of the day. Returns `None` without a forecast too.
    pub(super) fn ended(&self, item: &Item, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let city = self.city(item)?;
        let weather = self.snapshot.weather(city.id())?.value();
        let has_ended = !weather.reaches(now, city.zone());
        weather.end().filter(|end| has_ended && *end <= now)
    }
}

pub(super) fn item_of(city: &City) -> Item {
    Item::Weather(city.id().clone())
}
