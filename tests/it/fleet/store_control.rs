//! Operations on the store from outside its protocol: loss, restart, replicas, foreign writes and queries.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::ledger::{Record, RecordId, RecordKey};
use masthead::ticker::shared::{SharedRecord, Topic};

use super::store_rows::Rows;
use super::store_server::{StoreServer, Table};

/// The time by which a last instant may be after the store's clock: the tolerance of the servers, and a second.
const TOLERANCE: TimeDelta = TimeDelta::seconds(306);

impl StoreServer {
    /// Loses everything, including all acknowledged records.
    pub(super) fn flush(&mut self) {
        self.lose_to(Table::default());
    }

    pub(super) fn save(&mut self) {
        self.dump = self.table.clone();
    }

    /// Restarts with the last saved contents.
    pub(super) fn restart(&mut self) {
        self.late.clear();
        self.lose_to(self.dump.clone());
    }

    fn lose_to(&mut self, table: Table) {
        self.starts += 1;
        self.table = table;
    }

    /// Gives a foreign writer the records of a topic. Nothing of them is acknowledged then.
    pub(super) fn overwrite<T>(&mut self, topic: &Topic, write: impl FnOnce(&mut Rows) -> T) -> T {
        self.revisions += 1;
        let rows = self.table.topics.entry(topic.clone()).or_default();
        rows.acknowledged.clear();
        rows.revision = self.revisions;
        write(rows)
    }

    /// Deletes the topics of another type.
    pub(super) fn remove_foreign(&mut self) {
        self.table.topics.retain(|_, rows| !rows.is_foreign);
    }

    /// The keys of a topic with their records. A record that no server can use is `None`.
    pub(super) fn contents(&self, topic: &Topic) -> Vec<(Arc<str>, Option<Record>)> {
        let rows = self.table.topics.get(topic).into_iter();
        let lasts = rows.flat_map(|rows| &rows.lasts);
        let records = lasts.map(|(key, last)| (Arc::clone(key), self.record(key, *last)));
        records.collect()
    }

    fn record(&self, key: &str, last: DateTime<Utc>) -> Option<Record> {
        let key: RecordKey = key.parse().ok()?;
        let text = key.answer().and_then(|id| self.table.texts.get(&id));
        key.record(last, text.map(|(text, _)| text.as_ref())).ok()
    }

    /// The records that servers have written and that the store has with their texts.
    pub(super) fn acknowledged(&self, topic: &Topic) -> Vec<Record> {
        let rows = self.table.topics.get(topic);
        let rows = rows.filter(|rows| !rows.is_foreign).into_iter();
        let records = rows.flat_map(|rows| {
            let keys = rows.acknowledged.iter();
            keys.filter_map(|key| self.record(key, *rows.lasts.get(key)?))
        });
        records.collect()
    }

    /// The ids of the answers of a topic.
    pub(super) fn answers(&self, topic: &Topic) -> BTreeSet<RecordId> {
        let rows = self.table.topics.get(topic).into_iter();
        let keys = rows.flat_map(|rows| rows.lasts.keys());
        keys.filter_map(|key| key.parse::<RecordKey>().ok()?.answer())
            .collect()
    }

    /// Returns a topic with a record that the servers are to remove: its key cannot be parsed, or it is of the future.
    pub(super) fn spoilt(&self, now: DateTime<Utc>) -> Option<(&Topic, SharedRecord)> {
        let latest = now + self.off + TOLERANCE;
        self.table.topics.iter().find_map(|(topic, rows)| {
            let mut lasts = rows.lasts.iter().filter(|_| !rows.is_foreign);
            let spoilt =
                lasts.find(|(key, last)| **last > latest || key.parse::<RecordKey>().is_err());
            let record = spoilt.map(|(key, last)| SharedRecord {
                key: key.as_ref().to_owned(),
                last: *last,
            });
            Some((topic, record?))
        })
    }

    /// Whether a node holds the lease of the rates, or of the weather of any city.
    pub(super) fn leads(&self, node: usize, is_of_weather: bool) -> bool {
        let name = format!("web-{node}.");
        let mut leases = self.table.leases.iter();
        leases.any(|(topic, held)| {
            (*topic != Topic::Rates) == is_of_weather && held.node.as_str().starts_with(&name)
        })
    }

    pub(super) fn forget_leases(&mut self) {
        self.table.leases.clear();
    }

    /// Reads go to a replica that is at most `longest` behind.
    pub(super) fn replicate(&mut self, now: DateTime<Utc>, longest: TimeDelta) {
        let caught_up = self.replica.as_ref().map(|(_, at)| *at);
        if caught_up.is_none_or(|at| now - at > longest) {
            self.replica = Some((self.table.clone(), now));
        }
    }

    /// Reads go to the store itself.
    pub(super) fn promote(&mut self) {
        self.replica = None;
    }
}
