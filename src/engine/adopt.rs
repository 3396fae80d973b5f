//! Records of another server, judged as if this one had received them.

use chrono::{DateTime, Utc};

use super::core::Engine;
use super::{Topic, guard};
use crate::ledger::Record;

impl Engine {
    /// Sets aside what this server's clock allows and the store's does not: other servers do not show it either.
    pub(crate) fn set_early_aside(&mut self, by_store: DateTime<Utc>, now: DateTime<Utc>) {
        self.held.set_future_aside(by_store);
        let events = self.held.judge(&self.bank, now).unwrap_or_default();
        self.show_all(now);
        self.tell_of(events, now);
    }

    /// Returns whether a record cannot change what this server shows: it is of an earlier day, or what is shown was fetched since.
    pub(crate) fn is_outdated(&self, record: &Record, now: DateTime<Utc>) -> bool {
        let sighting = match record {
            Record::Sighting(sighting) => sighting,
            Record::Forecast(forecast) => {
                let city = Topic::Weather(forecast.city().clone());
                return self.fetched(&city) > Some(forecast.last());
            }
            Record::Approval(_) => return true,
        };
        let shown = self.snapshot.rates(now).map(|held| held.value().day());
        let day = sighting.rates().map(|rates| rates.day());
        shown > day || self.fetched(&Topic::Rates) > Some(sighting.last())
    }

    /// Returns whether something changed.
    pub(crate) fn merge(
        &mut self,
        topic: &Topic,
        records: Vec<Record>,
        now: DateTime<Utc>,
    ) -> bool {
        let mut has_changed = false;
        for record in records {
            has_changed |= self.held.take_over(record);
        }
        if !has_changed {
            return false;
        }
        let events = match topic {
            Topic::Rates => self.held.judge(&self.bank, now).unwrap_or_default(),
            Topic::Weather(_) => Vec::new(),
        };
        match topic {
            Topic::Rates => _ = self.show_rates(now),
            Topic::Weather(id) => {
                let city = self.cities.iter().find(|city| city.id() == id);
                if let Some(city) = city.cloned() {
                    let [_, shown] = self.show_weather(&city, now);
                    if let Some(held) = shown.weather(id) {
                        self.weather.restore(id.as_str(), held);
                    }
                }
            }
        }
        self.tell_of(events, now);
        true
    }

    /// Returns a record that this server could have received itself.
    pub(crate) fn vetted(&self, record: Record, now: DateTime<Utc>) -> Result<Record, String> {
        match record {
            Record::Sighting(sighting) => {
                let (bank, source) = (sighting.bank(), sighting.source());
                let mut witnesses = self.bank.witnesses.iter();
                let is_own = *bank == self.bank.id() && self.bank.has_source(source);
                let is_known =
                    is_own || witnesses.any(|witness| witness.id() == *bank && bank == source);
                let is_received = sighting.id().is_some_and(|id| self.held.has_received(id));
                let rates = sighting.rates().filter(|_| is_own && !is_received);
                if !is_known {
                    Err(format!("its source, {source}, is none of this server's"))
                } else if let Some(rates) =
                    rates.filter(|rates| guard::is_beyond(&self.bank, rates))
                {
                    // A writer of the store can invent evidence too.
                    Err(format!(
                        "its rates of {} are beyond four times of the usual ones",
                        rates.day()
                    ))
                } else if sighting.is_possible(now, self.bank.days_ahead) {
                    Ok(sighting.into())
                } else {
                    Err(format!(
                        "its instants are impossible: first seen at {}",
                        sighting.first()
                    ))
                }
            }
            Record::Forecast(forecast) => {
                let service = forecast.service();
                if self.weather.attribution(service).is_none() {
                    Err(format!("its source, {service}, is none of this server's"))
                } else if forecast.is_possible(now) {
                    // Without an hour it would be another record, which replaces this one in the store.
                    let id = forecast.id();
                    let plausible = self.plausible(forecast).ok();
                    let plausible = plausible.filter(|plausible| plausible.id() == id);
                    plausible
                        .map(Record::from)
                        .ok_or_else(|| "it is not plausible".into())
                } else {
                    Err(format!(
                        "it was fetched in the future, at {}",
                        forecast.last()
                    ))
                }
            }
            Record::Approval(_) => Err("an approval is not shared".into()),
        }
    }
}
