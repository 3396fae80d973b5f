//! Records of another server, judged as if this one had received them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::records::{LONGEST_PAUSE, shared_since};
use super::{Fleet, SharedRecord, Stored, Topic};
use crate::ledger::{Record, RecordId, RecordKey, TOLERANCE};
use crate::ticker::guard;
use crate::ticker::{Entry, GuardEvent, Item, Report, Shared};

/// How far an instant may be after the store's time, beyond the tolerance, before the record is removed: it may have been read shortly
/// before the store's clock was.
const SLACK: TimeDelta = TimeDelta::seconds(5);

/// The records that a store has for a topic, while their texts are read.
pub(super) struct Reading {
    topic: Topic,
    stored: Stored,
    /// The records that are complete.
    complete: Vec<(String, Record)>,
    /// Those whose text is not known yet.
    open: Vec<(String, RecordKey, DateTime<Utc>)>,
}

impl Reading {
    /// `before` has what was read earlier, and `by_store` is the time by the store's clock.
    pub(super) fn new(
        topic: &Topic,
        records: Vec<SharedRecord>,
        mut before: Stored,
        by_store: DateTime<Utc>,
    ) -> Self {
        let latest = by_store + TOLERANCE + SLACK;
        // A day more than servers share, because they read this at different times.
        let since = shared_since(by_store - TimeDelta::days(1));
        let mut reading = Self {
            topic: topic.clone(),
            stored: Stored::default(),
            complete: Vec::new(),
            open: Vec::new(),
        };
        let Stored {
            spoilt,
            lasts,
            unused,
            ..
        } = &mut reading.stored;
        for SharedRecord { key, last } in records.into_iter().take(SharedRecord::MOST) {
            let is_known = before.lasts.get(&key) == Some(&last) && !before.spoilt.contains(&key);
            if !is_known {
                let parsed: Option<RecordKey> = key.parse().ok();
                let usable = parsed.filter(|parsed| {
                    topic.is_of(parsed)
                        && last <= latest
                        && parsed.first() <= last
                        && parsed.longest_pause() <= Some(LONGEST_PAUSE)
                });
                match usable {
                    None => _ = spoilt.insert(key.clone()),
                    // It is removed with the next addition.
                    Some(RecordKey::Sighting { asked, .. }) if asked < since => {}
                    Some(parsed) => match before.unused.remove(&key) {
                        // Only its instant is another one.
                        Some(record) => match parsed.record_like(last, &record) {
                            Some(record) => reading.complete.push((key.clone(), record)),
                            None => reading.open.push((key.clone(), parsed, last)),
                        },
                        None => reading.open.push((key.clone(), parsed, last)),
                    },
                }
            } else if let Some(record) = before.unused.remove(&key) {
                unused.insert(key.clone(), record);
            }
            lasts.insert(key, last);
        }
        reading
    }

    /// The topic.
    pub(super) const fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Returns whether no text is missing.
    pub(super) fn is_complete(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes the answers that this server has.
    pub(super) fn recognise(&mut self, answers: &BTreeMap<RecordId, Record>) {
        let complete = &mut self.complete;
        self.open.retain(|(key, parsed, last)| {
            let record = match parsed.answer() {
                None => parsed.record(*last, None).ok(),
                Some(id) => {
                    let held = answers.get(&id);
                    held.and_then(|held| parsed.record_like(*last, held))
                }
            };
            let is_open = record.is_none();
            complete.extend(record.map(|record| (key.clone(), record)));
            is_open
        });
    }

    /// The ids of the texts that are missing.
    pub(super) fn missing(&self) -> BTreeSet<RecordId> {
        let open = self.open.iter();
        open.filter_map(|(_, key, _)| key.answer()).collect()
    }

    /// Takes the texts of some ids.
    pub(super) fn take_texts(&mut self, texts: &BTreeMap<RecordId, Option<String>>) {
        let (complete, spoilt) = (&mut self.complete, &mut self.stored.spoilt);
        self.open.retain(|(key, parsed, last)| {
            let text = parsed.answer().and_then(|id| texts.get(&id));
            let Some(text) = text else { return true };
            match parsed.record(*last, text.as_deref()) {
                Ok(record) => complete.push((key.clone(), record)),
                Err(_) => _ = spoilt.insert(key.clone()),
            }
            false
        });
    }
}

/// Returns whether a record counts once its time has come.
pub(super) fn is_early(record: &Record, by_store: DateTime<Utc>) -> bool {
    record.last() > by_store + TOLERANCE
}

impl Topic {
    /// Returns whether a record of this key is one of the topic.
    fn is_of(&self, key: &RecordKey) -> bool {
        match (self, key) {
            (Self::Rates, RecordKey::Sighting { .. }) => true,
            (Self::Weather(city), RecordKey::Forecast { city: of, .. }) => city == of,
            _ => false,
        }
    }
}

impl Shared {
    /// Adds the records of a reading that this server could have received itself. Returns whether something changed.
    pub(super) fn adopt(&self, fleet: &Fleet, reading: Reading, now: DateTime<Utc>) -> bool {
        let Reading {
            topic,
            mut stored,
            complete,
            open,
        } = reading;
        // A key of "no data" that is no record has no text that would be read.
        stored.spoilt.extend(open.into_iter().map(|(key, ..)| key));
        let by_store = fleet.by_store(now);
        let mut vetted = Vec::new();
        for (key, record) in complete {
            match self.vetted(record.clone(), by_store) {
                Ok(record) => vetted.push(record),
                Err(_) => _ = stored.unused.insert(key, record),
            }
        }
        let has_changed = self.merge(&topic, vetted, now);
        fleet.view().stored.insert(topic, stored);
        has_changed
    }

    /// Judges the records again that were not used: this server may have received them since. Returns whether none of them waits for
    /// its time.
    pub(super) fn judge_unused(&self, fleet: &Fleet, now: DateTime<Utc>) -> bool {
        let by_store = fleet.by_store(now);
        let mut is_whole = true;
        for topic in self.topics() {
            // A copy, because a source of the site's own may panic.
            let unused = fleet
                .view()
                .stored
                .get(&topic)
                .map(|stored| stored.unused.clone());
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
            if let Some(stored) = fleet.view().stored.get_mut(&topic) {
                stored.unused = unused;
            }
            self.merge(&topic, vetted, now);
        }
        is_whole
    }

    /// Sets aside what this server's clock allows and the store's does not: other servers do not show it either.
    pub(super) fn set_early_aside(&self, by_store: DateTime<Utc>, now: DateTime<Utc>) {
        let events = {
            let mut held = self.held();
            held.set_future_aside(by_store);
            held.judge(&self.bank, now)
        };
        self.show_all(now);
        self.tell_of(events, now);
    }

    /// Returns why a record is not used that would change the rates or the weather that this server shows.
    pub(super) fn unused(
        &self,
        fleet: &Fleet,
        topic: &Topic,
        now: DateTime<Utc>,
    ) -> Option<String> {
        let by_store = fleet.by_store(now);
        let unused = fleet
            .view()
            .stored
            .get(topic)
            .map(|stored| stored.unused.clone())?;
        let mut current = unused
            .values()
            .filter(|record| !self.is_outdated(record, now));
        current.find_map(|record| self.vetted(record.clone(), by_store).err())
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
        let shown = self.cell.load().rates(now).map(|held| held.value().day());
        let day = sighting.rates().map(|rates| rates.day());
        shown > day || self.fetched(&Topic::Rates) > Some(sighting.last())
    }

    /// Returns whether something changed.
    fn merge(&self, topic: &Topic, records: Vec<Record>, now: DateTime<Utc>) -> bool {
        let events = {
            let mut held = self.held();
            let mut has_changed = false;
            for record in records {
                has_changed |= held.take_over(record);
            }
            if !has_changed {
                return false;
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
            Record::Forecast(forecast) => {
                let service = forecast.service();
                if self.weather.attribution(service).is_none() {
                    Err(format!("its source, {service}, is none of this server's"))
                } else if forecast.is_possible(now) {
                    // Without an hour it would be another record, which replaces this one in the store.
                    let id = forecast.id();
                    let plausible = self.plausible(forecast).filter(|it| it.id() == id);
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
