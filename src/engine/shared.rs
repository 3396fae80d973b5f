//! The records of a topic that servers share.
//!
//! | topic | shared | until |
//! |---|---|---|
//! | rates | the sightings of the bank and its witnesses | the requested day is more than 100 days ago |
//! | history | the sightings of older days that a back-fill has read | the last answer is a day ago |
//! | weather of a city | the forecasts that a page needs: [`Retention`] | their hours are over, or a newer run covers them |
//!
//! An approval is never shared. [`Engine::is_shared`] answers for one record as `records_of` for all: a record that this server would not write is
//! removed from the store with its next addition.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Topic;
use super::core::Engine;
use super::fleet::{SHARED_FOR, shared_since};
use crate::ledger::{Ledger, Record, RecordId, Retention, Sighting};
use crate::provenance::SourceId;
use crate::snapshot::Observed;

impl Engine {
    /// The records of a topic that other servers need.
    pub(super) fn records_of(&self, topic: &Topic, now: DateTime<Utc>) -> Vec<Record> {
        let held = &self.held;
        match topic {
            Topic::Rates => self
                .shared_sightings(&held.records, now)
                .map(|sighting| sighting.clone().into())
                .collect(),
            Topic::Weather(city) => {
                let forecasts = held.records.forecasts(city);
                let mut records: Ledger = forecasts.cloned().map(Record::from).collect();
                let cities = self.cities.iter().filter(|held| held.id() == city);
                records.retain(&Retention::default().cities(cities.cloned()), now);
                records.records().collect()
            }
            Topic::History => self
                .history_to_share(now)
                .map(|sighting| sighting.clone().into())
                .collect(),
        }
    }

    /// A record of this server for each answer that it has for a topic. A key of the store with the same answer needs no text from there.
    pub(super) fn answers_of(
        &self,
        topic: &Topic,
        now: DateTime<Utc>,
    ) -> BTreeMap<RecordId, Record> {
        let held = &self.held;
        match topic {
            Topic::Rates => {
                let sightings = self.shared_sightings(&held.records, now);
                let known = sightings.filter_map(|sighting| Some((sighting.id()?, sighting)));
                known
                    .map(|(id, sighting)| (id, sighting.clone().into()))
                    .collect()
            }
            Topic::Weather(city) => {
                let forecasts = held.records.forecasts(city);
                forecasts
                    .map(|known| (known.id(), known.clone().into()))
                    .collect()
            }
            Topic::History => {
                let known = self.history_to_share(now);
                known
                    .filter_map(|sighting| Some((sighting.id()?, sighting.clone().into())))
                    .collect()
            }
        }
    }

    /// The sightings of the days that servers share, of the bank and its witnesses.
    fn shared_sightings<'a>(
        &self,
        records: &'a Ledger,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = &'a Sighting> + use<'a> {
        let since = shared_since(now);
        let witnesses = self.bank.witnesses.iter().map(|witness| witness.id());
        let banks: Vec<SourceId> = std::iter::once(self.bank.id()).chain(witnesses).collect();
        banks.into_iter().flat_map(move |bank| {
            let newest_first = records.sightings(&bank).rev();
            newest_first.take_while(move |sighting| sighting.asked() >= since)
        })
    }

    /// Returns whether servers share a record at `now`: its day and its hours are not over.
    pub(super) fn is_shared(&self, record: &Record, now: DateTime<Utc>) -> bool {
        match record {
            Record::Sighting(sighting) => {
                let is_lately = sighting.last() >= now - SHARED_FOR;
                sighting.asked() >= shared_since(now) || (sighting.is_late() && is_lately)
            }
            Record::Forecast(forecast) => {
                let mut cities = self.cities.iter();
                let city = cities.find(|city| city.id() == forecast.city());
                Retention::default()
                    .cities(city.cloned())
                    .needs(record, now)
            }
            Record::Approval(_) => false,
        }
    }

    /// When the shown values of a topic were fetched.
    pub(super) fn fetched(&self, topic: &Topic) -> Option<DateTime<Utc>> {
        let snapshot = &self.snapshot;
        match topic {
            Topic::Rates => {
                let (rates, next) = snapshot.both_rates();
                rates.into_iter().chain(next).map(Observed::fetched).max()
            }
            Topic::Weather(city) => snapshot.weather(city).map(Observed::fetched),
            Topic::History => None,
        }
    }
}
