//! The change of a topic that the store needs: the records that it lacks, and those that no server needs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::records::{LONGEST_PAUSE, text_of};
use super::{Fleet, SharedChange, SharedRecord, SharedText, Stored, Topic};
use crate::ledger::Record;

/// The least time between two removals of records of a topic: somebody may write them again and again.
const BETWEEN_MENDS: Duration = Duration::from_secs(10);

impl Fleet {
    /// Returns the change of a topic by a server that has these records, and why one of them cannot be shared.
    pub(super) fn change(
        &self,
        topic: &Topic,
        own: Vec<Record>,
        by_store: DateTime<Utc>,
    ) -> (SharedChange, Option<String>) {
        let mut change = SharedChange::new(topic.clone());
        let own = own
            .into_iter()
            .filter_map(|record| Some((record.key()?.to_string(), record)));
        let own: BTreeMap<String, _> = own.collect();
        let mut view = self.view();
        let mended = view.mended.get(topic);
        let may_mend = mended.is_none_or(|at| at.elapsed() >= BETWEEN_MENDS);
        // Without a reading it is not known what the store lacks.
        let Some(stored) = view.stored.get_mut(topic) else {
            return (change, None);
        };
        if stored.error.is_some() {
            return (change, stored.error.clone());
        }
        if may_mend {
            change.removed.extend(stored.spoilt.iter().cloned());
        }
        let oldest = stored.oldest_beside(own.iter().map(|(key, record)| (key, record.last())));
        let mut blocked = None;
        let mut texts = BTreeSet::new();
        for (key, record) in &own {
            let is_spoilt = stored.spoilt.contains(key);
            let known = stored.lasts.get(key).filter(|_| !is_spoilt);
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
            let needless = stored.lasts.keys().filter(|key| {
                let is_used = own.contains_key(*key) || stored.unused.contains_key(*key);
                !is_used && !stored.spoilt.contains(*key)
            });
            change.removed.extend(needless.cloned());
        }
        (change, blocked)
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
