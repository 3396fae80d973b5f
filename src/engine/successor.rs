//! A reload of settings: an engine with other settings that goes on with what another one knows.
//!
//! | part | taken over |
//! |---|---|
//! | records | all, with those of the store; not the forecasts of a city whose id now names another place |
//! | verdicts | by the checkpoint, which holds if the bank is the same: another bank has other records |
//! | records that are not saved yet | all, if the new engine has a store |
//! | records that are set aside, and the ids of the publications that this process has received | all |
//! | budgets and cool-downs of sources | all: a reload gives no source more requests |
//! | answers and cool-downs of queries in the chains | no: sources may be others; an `Expires` comes back with the forecast that the snapshot has |
//! | due times | of items whose sources are the same, in the same order |
//! | the snapshot | as it is, without the rates of another bank and the weather of other places; chosen again from the records |
//! | a refresh or an exchange under way | no: the old engine must not act any more |
//! | the name of the node | if the server's name is the same, so that its leases go on |
//! | the counters and failures of the health, the clock's readings | all |

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

use super::core::{Engine, Settings};
use super::forecasts::item_of;
use super::schedule::Schedule;
use super::{Item, State, StoreError};
use crate::day;
use crate::ledger::Record;
use crate::weather::{City, CityId};

impl Engine {
    /// Returns an engine with other settings that has the records, the verdicts, the budgets and the due times of this one, and the records of its
    /// store.
    ///
    /// It shows the same rates if the bank is the same, and the same weather of cities that stay, until one of its sources answers. This engine must
    /// not act any more.
    pub(crate) fn successor(
        &self,
        settings: Settings,
        stored: Result<Option<State>, StoreError>,
        clock: DateTime<Utc>,
    ) -> Self {
        let now = day::clamp(clock);
        let is_same_bank = self.bank.id() == settings.bank.id();
        let (mut known, failed) = match stored {
            Ok(stored) => (stored.unwrap_or_default(), None),
            Err(error) => (State::default(), Some(error)),
        };
        // Later than the checkpoint of the store.
        let checkpoint = self.held.guard.checkpoint(&self.held.records, &self.bank);
        known.merge(State::new(self.held.records.clone(), Some(checkpoint)));
        // A city of the same id at another place is another one.
        let moved = |id: &CityId| {
            let mut cities = settings.cities.iter().filter(|city| city.id() == id);
            let before = self.city(&Item::Weather(id.clone())).map(City::coordinates);
            cities.any(|city| before.is_some_and(|before| before != city.coordinates()))
        };
        if self.cities.iter().any(|city| moved(city.id())) {
            known.retain(
                |record| !matches!(record, Record::Forecast(forecast) if moved(forecast.city())),
            );
        }
        let mut engine = Self::new(settings, Ok(Some(known)), self.random(), now);
        engine.restored = engine.restored.or(failed);
        engine.held.follow(&self.held);
        engine.budgets.follow(&self.budgets);
        engine.clock = self.clock.clone();
        engine.passed = self.passed;
        engine.log = self.log.clone();
        engine.unsaved = self.unsaved;
        engine.refreshes = self.refreshes;
        if engine.fleet.node.is_of_server(&self.fleet.node) {
            // Its leases are those of this process.
            engine.fleet.node = self.fleet.node.clone();
        }
        let mut snapshot = (*self.snapshot).clone();
        snapshot.retain(is_same_bank, |id| {
            let item = Item::Weather(id.clone());
            let place = |engine: &Self| engine.city(&item).map(City::coordinates);
            place(&engine).is_some_and(|after| place(self).is_none_or(|before| before == after))
        });
        engine.snapshot = Arc::new(snapshot);
        engine.show_all(now);
        engine.inherited = self.schedule.clone().map(|mut before| {
            let [rates, newest, weather] = engine.sources();
            let [rates_before, newest_before, weather_before] = self.sources();
            before.retain(|item| match item {
                Item::Rates => is_same_bank && rates == rates_before,
                Item::Next => is_same_bank && newest == newest_before,
                Item::History => false,
                Item::Weather(id) => {
                    weather == weather_before && engine.snapshot.weather(id).is_some()
                }
            });
            before
        });
        engine
    }

    /// Makes the weather due that is shown of a service which is not among the settings any more.
    pub(super) fn ask_new_services(&self, schedule: &mut Schedule, now: DateTime<Utc>) {
        let services: Vec<_> = self.weather.ids().collect();
        for city in &self.cities {
            let shown = self.snapshot.weather(city.id());
            if shown.is_some_and(|shown| !services.contains(shown.source())) {
                schedule.put_off(vec![item_of(city)], TimeDelta::zero(), now);
            }
        }
    }

    /// A generator of other numbers than this engine's.
    fn random(&self) -> Rng {
        self.random.clone().fork()
    }
}
