//! The change of a topic that the store needs: the records that it lacks, and those that no server needs.
//!
//! A record is written if the store lacks its key, or has an earlier last instant. A record is removed if no server can use it (`spoilt`: no
//! key, another text than its hash, an instant of the future), or if this server has something better in its place: a later expiry of the same
//! answer, a newer run that covers it, a day that is no longer shared.
//!
//! Removal is limited to one in ten seconds for a topic, because a program that writes the same wrong key again and again would otherwise make the
//! servers and itself chase each other. A set that is full keeps the records that were seen last; a server whose record has no place reports it in
//! its health, instead of writing it in vain at each exchange.
//!
//! | the store has for a key | this server has | the change |
//! |---|---|---|
//! | no such key | a record until 12:00 | the key with 12:00, and its text unless another record of the change has it |
//! | the key until 11:30 | the record until 12:00 | the key with 12:00 alone |
//! | the key until 12:00 or later | the record until 12:00 | no change |
//! | a key that is `spoilt` | the same key | it is removed and added with its text, if ten seconds have passed since the last removal |
//! | a key that is neither needed here nor `unused` | | it is removed, but only beside an addition |

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Fleet;
use super::protocol::{SharedChange, SharedRecord, SharedText};
use super::reading::Stored;
use super::texts::{LONGEST_PAUSE, text_of};
use crate::engine::names::Topic;
use crate::ledger::Record;

/// The least time between two removals of records of a topic: somebody may write them again and again.
const BETWEEN_MENDS: Duration = Duration::from_secs(10);

/// The change of a topic.
pub(in crate::engine) struct Change {
    pub(in crate::engine) change: SharedChange,
    /// The reason why a record cannot be shared.
    pub(in crate::engine) blocked: Option<String>,
    /// Whether it removes each record that no server can use.
    pub(in crate::engine) mends_all: bool,
}

impl Fleet {
    /// Returns the change of a topic by a server that has these records.
    pub(in crate::engine) fn change(
        &mut self,
        topic: &Topic,
        own: Vec<Record>,
        by_store: DateTime<Utc>,
        passed: Duration,
    ) -> Change {
        let mended = self.mended.get(topic);
        let may_mend = mended.is_none_or(|at| passed.saturating_sub(*at) >= BETWEEN_MENDS);
        // Without a reading it is not known what the store lacks.
        let Some(stored) = self.stored.get(topic) else {
            return Change {
                change: SharedChange::new(topic.clone()),
                blocked: None,
                mends_all: true,
            };
        };
        let (change, blocked) = stored.change(topic, own, by_store, may_mend);
        let mends_all = stored
            .spoilt
            .first()
            .is_none_or(|key| change.removed.contains(key));
        if !change.removed.is_empty() {
            self.mended.insert(topic.clone(), passed);
        }
        Change {
            change,
            blocked,
            mends_all,
        }
    }
}

impl Stored {
    fn change(
        &self,
        topic: &Topic,
        own: Vec<Record>,
        by_store: DateTime<Utc>,
        may_mend: bool,
    ) -> (SharedChange, Option<String>) {
        let mut change = SharedChange::new(topic.clone());
        let own = own
            .into_iter()
            .filter_map(|record| Some((record.key()?.to_string(), record)));
        let own: BTreeMap<String, _> = own.collect();
        if self.error.is_some() {
            return (change, self.error.clone());
        }
        if may_mend {
            change.removed.extend(self.spoilt.iter().cloned());
        }
        let oldest = self.oldest_beside(own.iter().map(|(key, record)| (key, record.last())));
        let mut blocked = None;
        let mut texts = BTreeSet::new();
        for (key, record) in &own {
            let is_spoilt = self.spoilt.contains(key);
            let known = self.lasts.get(key).filter(|_| !is_spoilt);
            let last = record.last();
            let is_known = known.is_some_and(|known| *known >= last);
            if is_known || (is_spoilt && !may_mend) {
                continue;
            }
            if oldest > Some((last, key)) {
                let most = SharedRecord::MOST;
                blocked = Some(format!("the store has {most} records that were seen later"));
                continue;
            }
            if pause_of(record) > Some(LONGEST_PAUSE) {
                blocked = Some(format!("its pause is longer than {LONGEST_PAUSE} days"));
                continue;
            }
            if known.is_none()
                && let Some(text) = text_of(record, by_store)
            {
                if text.text.len() > SharedText::LONGEST {
                    let (length, most) = (text.text.len(), SharedText::LONGEST);
                    blocked = Some(format!(
                        "the text {} has {length} bytes, and a store holds {most}",
                        text.id
                    ));
                    continue;
                }
                if texts.insert(text.id) {
                    change.texts.push(text);
                }
            }
            change.records.push(SharedRecord {
                key: key.clone(),
                last,
            });
        }
        if may_mend && !change.records.is_empty() {
            // Others have what has come of them: a later expiry, a newer run, another day.
            let needless = self.lasts.keys().filter(|key| {
                let is_used = own.contains_key(*key) || self.unused.contains_key(*key);
                !is_used && !self.spoilt.contains(*key)
            });
            change.removed.extend(needless.cloned());
        }
        (change, blocked)
    }

    /// Notes a change that the store has made.
    pub(in crate::engine) fn note_change(&mut self, change: SharedChange) {
        for key in &change.removed {
            self.lasts.remove(key);
            self.spoilt.remove(key);
            self.unused.remove(key);
        }
        let added = change.records.into_iter();
        self.lasts
            .extend(added.map(|record| (record.key, record.last)));
    }
}

/// The longest pause of the bank of a sighting with rates.
fn pause_of(record: &Record) -> Option<u16> {
    let Record::Sighting(sighting) = record else {
        return None;
    };
    sighting.rates().map(|rates| rates.longest_pause())
}

impl Stored {
    /// The first that has a place, if a store has none for all of these records and its own. It keeps those that were seen last.
    fn oldest_beside<'a>(
        &'a self,
        own: impl ExactSizeIterator<Item = (&'a String, DateTime<Utc>)>,
    ) -> Option<(DateTime<Utc>, &'a String)> {
        if self.lasts.len() + own.len() <= SharedRecord::MOST {
            return None;
        }
        let stored = self.lasts.iter().map(|(key, last)| (key, *last));
        let stored = stored.filter(|(key, _)| !self.spoilt.contains(*key));
        let mut lasts: BTreeMap<&String, DateTime<Utc>> = stored.collect();
        for (key, last) in own {
            let held = lasts.entry(key).or_insert(last);
            *held = last.max(*held);
        }
        let mut newest_first: Vec<_> = lasts.into_iter().map(|(key, last)| (last, key)).collect();
        newest_first.sort_unstable_by(|a, b| b.cmp(a));
        newest_first.get(SharedRecord::MOST - 1).copied()
    }
}
