//! Records of another server, judged as if this one had received them.

use chrono::{DateTime, Utc};

use super::{Fleet, There, Topic, parts};
use crate::ledger::{Ledger, Record};
use crate::text::WithCauses;
use crate::ticker::guard;
use crate::ticker::{Entry, GuardEvent, Item, Report, Shared};

impl Shared {
    /// Adds the records of another server. Returns why some of them are not used.
    pub(super) fn adopt(
        &self,
        fleet: &Fleet,
        topic: &Topic,
        body: &str,
        now: DateTime<Utc>,
    ) -> Option<String> {
        let by_store = fleet.by_store(now);
        let contents = match parts::contents(body, by_store) {
            Ok(contents) => contents,
            Err(error) => {
                fleet.view().shared.remove(topic);
                return Some(WithCauses(&error).to_string());
            }
        };
        let (mut vetted, mut refused) = (Ledger::default(), Vec::new());
        for record in contents.ledger.records() {
            match self.vetted(topic, record.clone(), by_store) {
                Ok(record) => _ = vetted.insert(record),
                Err(reason) => refused.push((record, reason)),
            }
        }
        self.merge(topic, &vetted, now);
        let why = contents.skipped.map(|skipped| skipped.to_string());
        let why = why.or_else(|| {
            let mut current = refused.iter();
            let (_, reason) = current.find(|(record, _)| !self.is_outdated(record, now))?;
            Some(reason.clone())
        });
        let refused = refused.into_iter().map(|(record, _)| record);
        let there = There {
            all: contents.ledger,
            refused: self.needed(refused.collect(), by_store),
        };
        fleet.view().shared.insert(topic.clone(), there);
        why
    }

    /// Returns whether a record cannot change what this server shows: it is of an earlier day, or what is shown was fetched since.
    fn is_outdated(&self, record: &Record, now: DateTime<Utc>) -> bool {
        let Record::Sighting(sighting) = record else {
            return false;
        };
        let shown = self.cell.load().rates(now).map(|held| held.value().day());
        let day = sighting.rates().map(|rates| rates.day());
        shown > day || self.fetched(&Topic::Rates) > Some(sighting.last())
    }

    fn merge(&self, topic: &Topic, records: &Ledger, now: DateTime<Utc>) {
        let events = {
            let mut held = self.held();
            let mut has_changed = false;
            for record in records.records() {
                has_changed |= held.take_over(record);
            }
            if !has_changed {
                return;
            }
            match topic {
                Topic::Rates => held.judge(&self.bank, now),
                Topic::Weather(_) => Vec::new(),
            }
        };
        match topic {
            Topic::Rates => _ = self.show_rates(now),
            Topic::Weather(id) => {
                if let Some(city) = self.cities.iter().find(|city| city.id() == id) {
                    let [_, shown] = self.show_weather(city, now);
                    if let Some(held) = shown.weather(id) {
                        self.weather.restore(id.as_str(), held);
                    }
                }
            }
        }
        self.tell_of(events, now);
    }

    /// Returns a record that this server could have received itself.
    fn vetted(&self, topic: &Topic, record: Record, now: DateTime<Utc>) -> Result<Record, String> {
        match (topic, record) {
            (Topic::Rates, Record::Sighting(sighting)) => {
                let (bank, source) = (sighting.bank(), sighting.source());
                let mut witnesses = self.bank.witnesses.iter();
                let is_own = *bank == self.bank.id() && self.bank.has_source(source);
                let is_known =
                    is_own || witnesses.any(|witness| witness.id() == *bank && bank == source);
                let is_received = sighting.id().is_some_and(|id| self.held().has_received(id));
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
            (Topic::Weather(city), Record::Forecast(forecast)) => {
                let service = forecast.service();
                if forecast.city() != city {
                    Err(format!("it is a forecast for {}", forecast.city()))
                } else if self.weather.attribution(service).is_none() {
                    Err(format!("its source, {service}, is none of this server's"))
                } else if forecast.is_possible(now) {
                    let plausible = self.plausible(forecast);
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
            _ => Err("it is a record of another kind".into()),
        }
    }

    /// Passes what the guard has decided to the host.
    pub(in crate::ticker) fn tell_of(&self, events: Vec<GuardEvent>, now: DateTime<Utc>) {
        if events.is_empty() {
            return;
        }
        let entry = Entry {
            events,
            ..Entry::new(Item::Rates, Vec::new())
        };
        let report = Report::of(now, vec![entry]);
        report.trace();
        self.tell(&report);
    }
}
