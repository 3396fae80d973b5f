//! Operations on the store from outside its protocol: loss, restart, replicas, foreign writes and queries.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::ticker::{Order, Topic};

use super::store_server::{Cell, StoreServer, Table};

impl StoreServer {
    /// Loses everything, including all acknowledged values.
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
        let kept = self.table.cells.iter();
        let parts = kept.filter_map(|(topic, cell)| match cell {
            Cell::Part(order, body) => Some((topic.clone(), (order.clone(), Arc::clone(body)))),
            Cell::Oversized(_) | Cell::Damaged | Cell::Foreign => None,
        });
        self.history.newest = parts.collect();
    }

    /// Writes a value of another program to a topic.
    pub(super) fn overwrite(&mut self, topic: &Topic, cell: Cell) {
        self.table.cells.insert(topic.clone(), cell);
        self.table.changes += 1;
        self.history.newest.remove(topic);
    }

    /// Deletes the keys of another type.
    pub(super) fn remove_foreign(&mut self) {
        self.table
            .cells
            .retain(|_, cell| !matches!(cell, Cell::Foreign));
        self.table.changes += 1;
    }

    pub(super) fn part(&self, topic: &Topic) -> Option<(&Order, &str)> {
        match self.table.cells.get(topic)? {
            Cell::Part(order, body) => Some((order, body)),
            Cell::Oversized(_) | Cell::Damaged | Cell::Foreign => None,
        }
    }

    /// Returns a topic whose order lies in the future, which only a misset clock can produce.
    pub(super) fn frozen(&self, now: DateTime<Utc>) -> Option<(&Topic, &Order)> {
        let cells = self.table.cells.iter();
        let mut orders = cells.filter_map(|(topic, cell)| Some((topic, cell.order()?)));
        orders.find(|(_, order)| order.is_of_the_future(now))
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
