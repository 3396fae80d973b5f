//! The records of a topic in the store, and what a change makes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use masthead::ticker::StoreError;
use masthead::ticker::shared::{SharedChange, SharedRecord};

use super::store_server::Plant;

/// The records of a topic.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) lasts: BTreeMap<Arc<str>, DateTime<Utc>>,
    /// The keys of the records that servers have written and that no foreign writer has touched since.
    pub(super) acknowledged: BTreeSet<Arc<str>>,
    /// The number of the last change.
    pub(super) revision: u64,
    /// Whether another type is in the place of the topic.
    pub(super) is_foreign: bool,
}

impl Rows {
    pub(super) fn apply(&mut self, change: &SharedChange, plant: Option<Plant>) {
        if plant == Some(Plant::ReplacesRecords) {
            self.lasts.clear();
        }
        for key in &change.removed {
            self.lasts.remove(key.as_str());
        }
        for SharedRecord { key, last } in &change.records {
            let key: Arc<str> = key.as_str().into();
            let held = self.lasts.entry(Arc::clone(&key)).or_insert(*last);
            *held = match plant {
                Some(Plant::LastWriteWins) => *last,
                Some(Plant::ReplacesRecords | Plant::RevisionOfKeys) | None => (*held).max(*last),
            };
            self.acknowledged.insert(key);
        }
        if self.lasts.len() > SharedRecord::MOST {
            let kept = self.seen_last().map(|(key, last)| (Arc::clone(key), *last));
            self.lasts = kept.collect();
        }
        let lasts = &self.lasts;
        self.acknowledged.retain(|key| lasts.contains_key(key));
    }

    /// Checks what a change has left.
    pub(super) fn check(
        &self,
        before: &BTreeMap<Arc<str>, DateTime<Utc>>,
        change: &SharedChange,
    ) -> Result<(), String> {
        let before = before
            .iter()
            .filter(|(key, _)| !change.removed.iter().any(|removed| *removed == ***key));
        let before = before.map(|(key, last)| (key.as_ref(), *last));
        let written = change.records.iter();
        let written = written.map(|record| (record.key.as_str(), record.last));
        let is_full = self.lasts.len() == SharedRecord::MOST;
        let least = self.lasts.values().min().filter(|_| is_full);
        for (key, last) in before.chain(written) {
            match self.lasts.get(key) {
                Some(held) if *held < last => {
                    return Err(format!(
                        "went back from {last} to {held} at the record {key}"
                    ));
                }
                None if least.is_none_or(|least| *least < last) => {
                    return Err(format!("lost the record {key}"));
                }
                Some(_) | None => {}
            }
        }
        Ok(())
    }

    /// The records that were seen last, as many as there may be.
    pub(super) fn newest(&self) -> Vec<SharedRecord> {
        let records = self.seen_last().map(|(key, last)| SharedRecord {
            key: key.as_ref().to_owned(),
            last: *last,
        });
        records.collect()
    }

    fn seen_last(&self) -> impl Iterator<Item = (&Arc<str>, &DateTime<Utc>)> {
        let mut newest_first: Vec<_> = self.lasts.iter().collect();
        if newest_first.len() > SharedRecord::MOST {
            newest_first.sort_unstable_by_key(|(key, last)| std::cmp::Reverse((*last, *key)));
            newest_first.truncate(SharedRecord::MOST);
        }
        newest_first.into_iter()
    }

    pub(super) fn hash_of_keys(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.lasts.keys().for_each(|key| key.hash(&mut hasher));
        hasher.finish()
    }
}

pub(super) fn another_type() -> StoreError {
    StoreError::new("a value of another type")
}
