//! Records of another server, judged as if this one had received them.
//!
//! A record of the store is no better than an answer of a bank: it must be of a bank, a witness or a service that this server uses, with
//! possible instants, and plausible. It then joins the ledger, and the guard judges it with the others.
//!
//! | a record of the topic | is not used if | and stays unused until |
//! |---|---|---|
//! | sighting of the bank | no source of the bank gave the answer, or it is of another bank | the settings have such a source |
//! | sighting of the bank, of the present | its anchor is beyond a quarter to four times the usual rate | this server's own transport has received the publication |
//! | sighting of a witness | it is no witness of the bank, or another source answered for it | the settings have it |
//! | any sighting | an instant is more than five minutes ahead, or its day is too far ahead of its first sight | its time has come; the latter always |
//! | forecast | the service is not among those of the server, or a part of it is not plausible for the city | the settings have it |
//! | approval | always: an operator approves on each server | |
//!
//! An unused record stays in the store and is judged again at each exchange with news ([`Engine::judge_unused`]). The health names the reason only of
//! one that would change what this server shows. For the sighting of a back-fill the limit of four times does not count: a rate of 2001 is far from
//! that of today, and its neighbours judge it.

use chrono::{DateTime, Utc};

use super::core::Engine;
use super::fleet::{Reading, is_early};
use super::{Topic, guard};
use crate::ledger::Record;

impl Engine {
    /// Adds the records of a reading that this server could have received itself. Returns whether something changed.
    pub(super) fn adopt(&mut self, reading: Reading, now: DateTime<Utc>) -> bool {
        let (topic, mut stored, complete) = reading.into_parts();
        let by_store = self.by_store(now);
        let mut vetted = Vec::new();
        for (key, record) in complete {
            match self.vetted(record.clone(), by_store) {
                Ok(record) => vetted.push(record),
                Err(_) => _ = stored.unused.insert(key, record),
            }
        }
        let has_changed = self.merge(&topic, vetted, now);
        self.fleet.stored.insert(topic, stored);
        has_changed
    }

    /// Judges the records again that were not used: this server may have received them since. Returns whether none of them waits for
    /// its time.
    pub(super) fn judge_unused(&mut self, now: DateTime<Utc>) -> bool {
        let by_store = self.by_store(now);
        let mut is_whole = true;
        for topic in self.topics() {
            let stored = self.fleet.stored.get(&topic);
            // A copy, because a source of the site's own may panic.
            let unused = stored.map(|stored| stored.unused.clone());
            let Some(mut unused) = unused.filter(|unused| !unused.is_empty()) else {
                continue;
            };
            let mut vetted = Vec::new();
            unused.retain(|_, record| match self.vetted(record.clone(), by_store) {
                Ok(record) => {
                    vetted.push(record);
                    false
                }
                Err(_) => {
                    is_whole &= !is_early(record, by_store);
                    // Otherwise it is removed with the next addition.
                    self.is_shared(record, by_store)
                }
            });
            if let Some(stored) = self.fleet.stored.get_mut(&topic) {
                stored.unused = unused;
            }
            self.merge(&topic, vetted, now);
        }
        is_whole
    }

    /// Returns why a record is not used that would change the rates or the weather that this server shows.
    pub(super) fn unused(&self, topic: &Topic, now: DateTime<Utc>) -> Option<String> {
        let by_store = self.by_store(now);
        let stored = self.fleet.stored.get(topic)?;
        let unused = stored.unused.values();
        let mut current = unused.filter(|record| !self.is_outdated(record, now));
        current.find_map(|record| self.vetted(record.clone(), by_store).err())
    }

    /// Sets aside what this server's clock allows and the store's does not: other servers do not show it either.
    pub(super) fn set_early_aside(&mut self, by_store: DateTime<Utc>, now: DateTime<Utc>) {
        self.held.set_early_aside(by_store);
        let events = self.held.judge(&self.bank, now).unwrap_or_default();
        self.show_all(now);
        self.tell_of(events, now);
    }

    /// Returns whether a record cannot change what this server shows: it is of an earlier day, or what is shown was fetched since.
    fn is_outdated(&self, record: &Record, now: DateTime<Utc>) -> bool {
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
    fn merge(&mut self, topic: &Topic, records: Vec<Record>, now: DateTime<Utc>) -> bool {
        let mut has_changed = false;
        for record in records {
            has_changed |= self.held.take_over(record);
        }
        if !has_changed {
            return false;
        }
        let events = match topic {
            Topic::Rates => self.held.judge(&self.bank, now).unwrap_or_default(),
            Topic::Weather(_) | Topic::History => Vec::new(),
        };
        match topic {
            Topic::Rates => _ = self.show_rates(now),
            Topic::History => {}
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
    fn vetted(&self, record: Record, now: DateTime<Utc>) -> Result<Record, String> {
        match record {
            Record::Sighting(sighting) => {
                let (bank, source) = (sighting.bank(), sighting.source());
                let mut witnesses = self.bank.witnesses.iter();
                let is_own = *bank == self.bank.id() && self.bank.has_source(source);
                let is_known =
                    is_own || witnesses.any(|witness| witness.id() == *bank && bank == source);
                let is_received = sighting.id().is_some_and(|id| self.held.has_received(id));
                // A rate of long ago may be far from the usual ones. Its neighbours judge it, and no page shows it.
                let is_present = is_own && !is_received && !sighting.is_late();
                let rates = sighting.rates().filter(|_| is_present);
                if !is_known {
                    Err(format!("this server does not use its source, {source}"))
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
                    Err(format!("this server does not use its source, {service}"))
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
