//! One exchange: what the store has more is read, and what it lacks is added.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use tokio::time::Instant;

use super::adopt::{Reading, is_early};
use super::records::text_of;
use super::{
    Errand, Fleet, Refused, SharedChange, SharedRecord, SharedRecords, SharedText, Stored, Topic,
};
use crate::day;
use crate::ledger::{Record, RecordId, TOLERANCE};
use crate::text::WithCauses;
use crate::ticker::Shared;

/// The most topics of which records are read or written in one call.
const TOPICS_A_CALL: usize = 64;
/// The most texts that are read in one call: sixteen megabytes, if each is as long as it may be.
const TEXTS_A_CALL: usize = 256;
/// The least time between two removals of records of a topic that cannot be used: somebody may write them again and again.
const BETWEEN_MENDS: Duration = Duration::from_secs(10);
/// How far an instant may be after the store's time, beyond the tolerance, before the record is removed: it may have been read shortly
/// before the store's clock was.
const SLACK: TimeDelta = TimeDelta::seconds(5);

/// The next exchange looks at everything, should this one be given up half-way.
struct Unfinished<'a>(Option<&'a Fleet>);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(fleet) = self.0 {
            fleet.is_dirty.store(true, Ordering::Release);
        }
    }
}

impl Shared {
    /// Adds what others have shared, and shares what they lack. The health says what failed.
    pub(in crate::ticker) async fn exchange(&self, fleet: &Fleet) {
        // A source of the site's own may panic in what is taken over; the panic hook has told of it.
        let exchanged = AssertUnwindSafe(self.try_exchange(fleet)).catch_unwind();
        if exchanged.await.is_err() {
            tracing::error!(target: "masthead", node = %fleet.node, "what is shared could not be looked at");
        }
    }

    async fn try_exchange(&self, fleet: &Fleet) -> Option<()> {
        let _turn = fleet.turn.lock().await;
        let now = day::clamp((self.clock)());
        self.follow_clock(now);
        let topics = self.topics();
        let revisions = async { fleet.store.revisions(&topics).await };
        let revisions = fleet.call(Errand::Exchange, now, revisions).await?;
        let is_dirty = fleet.is_dirty.swap(false, Ordering::AcqRel);
        let changed: Vec<(Topic, Option<String>)> = {
            let view = fleet.view();
            let revisions = topics.iter().cloned().zip(revisions);
            revisions
                .filter(|(topic, revision)| view.revisions.get(topic) != Some(revision))
                .collect()
        };
        if !is_dirty && changed.is_empty() {
            fleet.done(Errand::Exchange);
            return Some(());
        }
        let mut unfinished = Unfinished(Some(fleet));
        for changed in changed.chunks(TOPICS_A_CALL) {
            self.read(fleet, changed, now).await?;
        }
        let mut is_whole = self.judge_unused(fleet, now);
        for topics in topics.chunks(TOPICS_A_CALL) {
            is_whole &= self.write(fleet, topics, now).await?;
        }
        fleet.done(Errand::Exchange);
        if is_whole {
            unfinished.0 = None;
        }
        Some(())
    }

    /// Reads the records of topics, and adds those that are not held. Returns `None` if the store did not answer.
    async fn read(
        &self,
        fleet: &Fleet,
        changed: &[(Topic, Option<String>)],
        now: DateTime<Utc>,
    ) -> Option<()> {
        let topics: Vec<Topic> = changed.iter().map(|(topic, _)| topic.clone()).collect();
        let records = async { fleet.store.records(&topics).await };
        let SharedRecords {
            topics: records,
            now: by_store,
        } = fleet.call(Errand::Exchange, now, records).await?;
        self.note_clock(fleet, by_store, now);
        let latest = day::clamp(by_store) + TOLERANCE + SLACK;
        let mut has_adopted = false;
        for ((topic, revision), records) in changed.iter().zip(records) {
            let records = match records {
                Ok(records) => records,
                // It has no revision here, so that it is read again.
                Err(error) => {
                    let error = Some(WithCauses(&error).to_string());
                    let stored = Stored {
                        error,
                        ..Stored::default()
                    };
                    let mut view = fleet.view();
                    view.revisions.remove(topic);
                    view.stored.insert(topic.clone(), stored);
                    continue;
                }
            };
            let before = fleet.view().stored.get(topic).map(Stored::kept);
            let before = before.unwrap_or_default();
            let mut reading = Reading::new(topic, records, before, latest);
            if !reading.is_complete() {
                reading.recognise(&self.answers_of(topic, fleet.by_store(now)));
            }
            let missing: Vec<RecordId> = reading.missing().into_iter().collect();
            for ids in missing.chunks(TEXTS_A_CALL) {
                let texts = async { fleet.store.texts(ids).await };
                let texts = fleet.call(Errand::Exchange, now, texts).await?;
                reading.take_texts(ids, texts);
            }
            has_adopted |= self.adopt(fleet, reading, now);
            let mut view = fleet.view();
            view.revisions.insert(topic.clone(), revision.clone());
        }
        if has_adopted {
            self.keep_adopted().await;
        }
        Some(())
    }

    /// Writes what the store lacks, and removes what nobody can use. Returns whether nothing is left to do, `None` if the store did not
    /// answer.
    async fn write(&self, fleet: &Fleet, topics: &[Topic], now: DateTime<Utc>) -> Option<bool> {
        // The instants of a clock that is wrong are those of no right record.
        if fleet.view().is_out_of_step() {
            topics
                .iter()
                .for_each(|topic| fleet.note(topic, None, self.unused(fleet, topic, now)));
            return Some(true);
        }
        let by_store = fleet.by_store(now);
        let own = || topics.iter().map(|topic| self.records_of(topic, by_store));
        let mut records: Vec<Vec<Record>> = own().collect();
        if records
            .iter()
            .flatten()
            .any(|record| is_early(record, by_store))
        {
            self.set_early_aside(by_store, now);
            records = own().collect();
        }
        let mut is_whole = true;
        let mut changes = Vec::new();
        for (topic, own) in topics.iter().zip(records) {
            let (change, blocked) = fleet.change(topic, own, by_store);
            fleet.note(topic, blocked, self.unused(fleet, topic, now));
            let mut view = fleet.view();
            let spoilt = view
                .stored
                .get(topic)
                .and_then(|stored| stored.spoilt.first());
            let mends = spoilt.map(|key| change.removed.contains(key));
            is_whole &= mends != Some(false);
            if change == SharedChange::new(topic.clone()) {
                continue;
            }
            if mends == Some(true) {
                view.mended.insert(topic.clone(), Instant::now());
            }
            drop(view);
            changes.push(change);
        }
        if changes.is_empty() {
            return Some(is_whole);
        }
        // What the store has then is read at the next look: others may have written too, and it may lose what it is told now.
        for change in &changes {
            fleet.view().revisions.remove(&change.topic);
        }
        let outcomes = async { fleet.store.change(&changes).await };
        let outcomes = fleet.call(Errand::Exchange, now, outcomes).await?;
        for (change, outcome) in changes.into_iter().zip(outcomes) {
            let mut view = fleet.view();
            let stored = view.stored.entry(change.topic.clone()).or_default();
            match outcome {
                Ok(()) => {
                    for key in &change.removed {
                        stored.lasts.remove(key);
                        stored.spoilt.remove(key);
                        stored.unused.remove(key);
                    }
                    let added = change.records.into_iter();
                    stored
                        .lasts
                        .extend(added.map(|record| (record.key, record.last)));
                }
                Err(error) => {
                    drop(view);
                    fleet.note(&change.topic, Some(WithCauses(&error).to_string()), None);
                }
            }
        }
        Some(is_whole)
    }
}

impl Fleet {
    /// What the store is to change of a topic, for a server that has these records, and why one of them cannot be shared.
    fn change(
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
            if is_known || (is_spoilt && !may_mend) || oldest > Some((last, key)) {
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
        if !change.records.is_empty() {
            // Others have what has come of them: a later expiry, a newer run, another day.
            let needless = stored.lasts.keys().filter(|key| {
                let is_used = own.contains_key(*key) || stored.unused.contains_key(*key);
                !is_used && !stored.spoilt.contains(*key)
            });
            change.removed.extend(needless.cloned());
        }
        (change, blocked)
    }

    /// Notes why a topic is not shared, or else why records of it are not used.
    fn note(&self, topic: &Topic, blocked: Option<String>, unused: Option<String>) {
        let blocked = blocked.map(|why| Refused {
            why,
            is_of_records: false,
        });
        let unused = unused.map(|why| Refused {
            why,
            is_of_records: true,
        });
        self.note_refused(topic, blocked.or(unused));
    }
}

impl Stored {
    /// What is kept of an earlier reading.
    fn kept(&self) -> Self {
        Self {
            lasts: self.lasts.clone(),
            unused: self.unused.clone(),
            spoilt: self.spoilt.clone(),
            error: None,
        }
    }

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
