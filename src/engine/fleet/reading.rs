//! The records that a store has for a topic, while their texts are read.
//!
//! Texts are read only for keys that are new: an answer that this server has under another key, or that it has read before, is recognised by its
//! hash. Records that cannot be used are of two kinds. A key that no server can use is `spoilt` and is to be removed. A record that this server does not
//! use (another bank, a value beyond the plausible range, an instant that is early by minutes) is `unused`: it stays in the store, because another
//! server may have received it, and is judged again at each exchange.
//!
//! | a key with its last instant | becomes |
//! |---|---|
//! | as it was read before | known, or `unused` as before |
//! | not a key, of another topic, of the future by more than five minutes and five seconds, with a pause of more than 40 days | `spoilt` |
//! | a day that servers do not share any more | known, without being read |
//! | new, and its answer is in the ledger or among the unused records | complete |
//! | new otherwise | open, until its text comes; without a text, or with a wrong one, `spoilt` |

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::protocol::SharedRecord;
use super::texts::{LONGEST_PAUSE, SHARED_FOR, shared_since};
use crate::engine::names::Topic;
use crate::ledger::{Record, RecordId, RecordKey, TOLERANCE};

/// How far an instant may be after the store's time, beyond the tolerance, before the record is removed: it may have been read shortly
/// before the store's clock was.
const SLACK: TimeDelta = TimeDelta::seconds(5);

/// The records of a topic that the store has.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Stored {
    /// The last instants by the texts of the keys.
    pub(super) lasts: BTreeMap<String, DateTime<Utc>>,
    /// The records among them that are not used here. Another server may have received them, and they are judged again at each exchange.
    pub(in crate::engine) unused: BTreeMap<String, Record>,
    /// The keys of records that no server can use: they are to be removed.
    pub(super) spoilt: BTreeSet<String>,
    /// The reason why the topic cannot be read.
    pub(super) error: Option<String>,
}

/// The records that a store has for a topic, while their texts are read.
#[derive(Debug)]
pub(in crate::engine) struct Reading {
    topic: Topic,
    stored: Stored,
    /// The records that are complete.
    complete: Vec<(String, Record)>,
    /// Those whose text is not known yet.
    open: Vec<(String, RecordKey, DateTime<Utc>)>,
}

impl Reading {
    /// `before` has what was read earlier, and `by_store` is the time by the store's clock.
    pub(in crate::engine) fn new(
        topic: &Topic,
        records: Vec<SharedRecord>,
        mut before: Stored,
        by_store: DateTime<Utc>,
    ) -> Self {
        let latest = by_store + TOLERANCE + SLACK;
        // A day more than servers share, because they read this at different times.
        let since = shared_since(by_store - TimeDelta::days(1));
        let lately = by_store - SHARED_FOR - TimeDelta::hours(1);
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
                    Some(RecordKey::Sighting { asked, .. })
                        if asked < since && (*topic != Topic::History || last < lately) => {}
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
    pub(in crate::engine) const fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Returns whether no text is missing.
    pub(in crate::engine) fn is_complete(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes the answers that this server has.
    pub(in crate::engine) fn recognise(&mut self, answers: &BTreeMap<RecordId, Record>) {
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

    /// Takes the records of the store, and those of them that are complete. A record whose text is missing is to be removed.
    pub(in crate::engine) fn into_parts(self) -> (Topic, Stored, Vec<(String, Record)>) {
        let mut stored = self.stored;
        stored
            .spoilt
            .extend(self.open.into_iter().map(|(key, ..)| key));
        (self.topic, stored, self.complete)
    }

    /// The ids of the texts that are missing.
    pub(in crate::engine) fn missing(&self) -> BTreeSet<RecordId> {
        let open = self.open.iter();
        open.filter_map(|(_, key, _)| key.answer()).collect()
    }

    /// Takes the texts of some ids.
    pub(in crate::engine) fn take_texts(&mut self, texts: &BTreeMap<RecordId, Option<String>>) {
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

/// Returns whether a record counts only once its time has come.
pub(in crate::engine) fn is_early(record: &Record, by_store: DateTime<Utc>) -> bool {
    record.last() > by_store + TOLERANCE
}

impl Topic {
    /// Returns whether a record of this key is one of the topic.
    fn is_of(&self, key: &RecordKey) -> bool {
        match (self, key) {
            (Self::Rates | Self::History, RecordKey::Sighting { .. }) => true,
            (Self::Weather(city), RecordKey::Forecast { city: of, .. }) => city == of,
            _ => false,
        }
    }
}
