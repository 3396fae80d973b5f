//! One exchange: what the store has more is read, and what it lacks is added.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use tokio::time::Instant;

use super::adopt::{Reading, is_early};
use super::{Errand, Fleet, Refused, SharedChange, SharedRecords, Stored, Topic, View};
use crate::day;
use crate::engine::Engine;
use crate::ledger::{Record, RecordId};
use crate::text::WithCauses;
use crate::ticker::Shared;

/// The most topics of which records are read or written in one call.
const TOPICS_A_CALL: usize = 64;
/// The most texts that are read in one call: sixteen megabytes, if each is as long as it may be.
const TEXTS_A_CALL: usize = 256;
/// The most texts that are collected before their records are judged.
const TEXTS_AT_ONCE: usize = 1024;
/// The revisions are read as if they had changed after this time: a store may have lost the records of a topic and not its revision.
const BETWEEN_READINGS: Duration = Duration::from_secs(1800);

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
            tracing::error!(target: "masthead", node = %fleet.node, "the exchange with the shared store panicked");
        }
    }

    async fn try_exchange(&self, fleet: &Fleet) -> Option<()> {
        let _turn = fleet.turn.lock().await;
        let now = day::clamp((self.clock)());
        self.with(|engine| engine.follow_clock(now));
        let topics = self.topics();
        let revisions = async { fleet.store.revisions(&topics).await };
        let revisions = fleet.call(Errand::Exchange, now, revisions).await?;
        let is_dirty = fleet.is_dirty.swap(false, Ordering::AcqRel);
        let changed: Vec<(Topic, Option<String>)> = {
            let mut view = fleet.view();
            if view.is_reading_due() {
                view.revisions.clear();
            }
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
        let by_store = day::clamp(by_store);
        let clearings = fleet.view().clearings;
        let (mut has_adopted, mut readings, mut missing) = (false, Vec::new(), BTreeSet::new());
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
            let before = fleet.view().stored.get(topic).cloned();
            let mut reading = Reading::new(topic, records, before.unwrap_or_default(), by_store);
            if !reading.is_complete() {
                let by_store = fleet.by_store(now);
                reading.recognise(&self.engine().answers_of(topic, by_store));
            }
            missing.extend(reading.missing());
            readings.push((reading, revision));
            if missing.len() >= TEXTS_AT_ONCE {
                let missing = std::mem::take(&mut missing);
                let texts = self.read_texts(fleet, &mut readings, missing, now);
                texts.await?;
                has_adopted |= self.adopt_all(fleet, &mut readings, clearings, now);
            }
        }
        self.read_texts(fleet, &mut readings, missing, now).await?;
        has_adopted |= self.adopt_all(fleet, &mut readings, clearings, now);
        if has_adopted {
            self.keep_adopted().await;
        }
        Some(())
    }

    /// Reads the texts that are missing for these readings.
    async fn read_texts(
        &self,
        fleet: &Fleet,
        readings: &mut [(Reading, &Option<String>)],
        missing: BTreeSet<RecordId>,
        now: DateTime<Utc>,
    ) -> Option<()> {
        let missing: Vec<RecordId> = missing.into_iter().collect();
        for ids in missing.chunks(TEXTS_A_CALL) {
            let texts = async { fleet.store.texts(ids).await };
            let texts = fleet.call(Errand::Exchange, now, texts).await?;
            let texts = ids.iter().copied().zip(texts).collect();
            for (reading, _) in &mut *readings {
                reading.take_texts(&texts);
            }
        }
        Some(())
    }

    /// Adds the records of these readings. Returns whether something changed.
    fn adopt_all(
        &self,
        fleet: &Fleet,
        readings: &mut Vec<(Reading, &Option<String>)>,
        clearings: u64,
        now: DateTime<Utc>,
    ) -> bool {
        let mut has_changed = false;
        for (reading, revision) in readings.drain(..) {
            let topic = reading.topic().clone();
            has_changed |= self.adopt(fleet, reading, now);
            let mut view = fleet.view();
            // What was cleared meanwhile is read again.
            if view.clearings == clearings {
                view.revisions.insert(topic, revision.clone());
            }
        }
        has_changed
    }

    /// Adds the records that the store lacks, and removes unusable ones. Returns whether the topics are complete, `None` if the store did not
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
        let own = |engine: &Engine| -> Vec<Vec<Record>> {
            let topics = topics.iter();
            topics
                .map(|topic| engine.records_of(topic, by_store))
                .collect()
        };
        let mut records = own(&self.engine());
        if records
            .iter()
            .flatten()
            .any(|record| is_early(record, by_store))
        {
            records = self.with(|engine| {
                engine.set_early_aside(by_store, now);
                own(engine)
            });
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
            is_whole &= spoilt.is_none_or(|key| change.removed.contains(key));
            if change == SharedChange::new(topic.clone()) {
                continue;
            }
            if !change.removed.is_empty() {
                view.mended.insert(topic.clone(), Instant::now());
            }
            drop(view);
            changes.push(change);
        }
        if changes.is_empty() {
            return Some(is_whole);
        }
        // The records are read again at the next look: others may have written too, and the store may lose this change.
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

impl View {
    /// Returns whether the records of all topics are to be read, also without another revision. If so the time begins again.
    fn is_reading_due(&mut self) -> bool {
        let is_due = self
            .read_all
            .is_none_or(|at| at.elapsed() >= BETWEEN_READINGS);
        if is_due {
            self.read_all = Some(Instant::now());
        }
        is_due
    }
}

impl Fleet {
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
