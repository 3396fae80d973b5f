//! Records of another server, judged as if this one had received them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::records::LONGEST_PAUSE;
use super::{Fleet, SharedRecord, Stored, Topic};
use crate::engine::shared_since;
use crate::ledger::{Record, RecordId, RecordKey, TOLERANCE};
use crate::ticker::Shared;

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
        let has_changed = self.with(|engine| {
            let mut vetted = Vec::new();
            for (key, record) in complete {
                match engine.vetted(record.clone(), by_store) {
                    Ok(record) => vetted.push(record),
                    Err(_) => _ = stored.unused.insert(key, record),
                }
            }
            engine.merge(&topic, vetted, now)
        });
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
            let engine = self.engine();
            let mut vetted = Vec::new();
            unused.retain(|_, record| match engine.vetted(record.clone(), by_store) {
                Ok(record) => {
                    vetted.push(record);
                    false
                }
                Err(_) => {
                    is_whole &= !is_early(record, by_store);
                    // Otherwise it is removed with the next addition.
                    engine.is_shared(record, by_store)
                }
            });
            drop(engine);
            if let Some(stored) = fleet.view().stored.get_mut(&topic) {
                stored.unused = unused;
            }
            self.with(|engine| engine.merge(&topic, vetted, now));
        }
        is_whole
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
        let engine = self.engine();
        let mut current = unused
            .values()
            .filter(|record| !engine.is_outdated(record, now));
        current.find_map(|record| engine.vetted(record.clone(), by_store).err())
    }
}
