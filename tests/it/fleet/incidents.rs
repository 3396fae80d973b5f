//! Incidents of a bad scenario: on the nodes, in the store, and at the hosts.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::money::{Currency, Rates};
use masthead::ticker::shared::Topic;

use super::corruption::Corruption;
use super::runner::Run;
use crate::simulation::checker::true_numbers;

/// Days in a cycle. In the first three, nodes may lose their state; in the next two they settle; in the rest, hosts and store may
/// lie. A node without history would accept a plausible lie, and mark it as unconfirmed.
const ROUND: i64 = 8;

#[derive(Debug)]
pub(super) struct Incidents {
    start: DateTime<Utc>,
    /// When all numbers may next be wrong. Two such publications in succession would confirm each other.
    next_lie: DateTime<Utc>,
    pub(super) count: u64,
}

impl Incidents {
    pub(super) fn new(start: DateTime<Utc>) -> Self {
        Self {
            start,
            next_lie: start + TimeDelta::days(5),
            count: 0,
        }
    }

    fn loses(&self, now: DateTime<Utc>) -> bool {
        (now - self.start).num_days() % ROUND < 3
    }
}

impl Run {
    pub(super) async fn incident(&mut self) -> Result<(), String> {
        self.incidents.count += 1;
        match self.random.u8(..20) {
            0..6 => {
                let what = self.site.store.with(|inner, now| inner.faults.begin(now));
                self.note(|| format!("the store: {what}"));
                Ok(())
            }
            6..10 => {
                let now = self.hosts.now();
                self.hosts
                    .state()
                    .host_faults
                    .begin(self.hosts.truth(), now);
                Ok(())
            }
            10..13 => self.restart_some().await,
            13..16 => {
                self.pause_some();
                Ok(())
            }
            16 => {
                self.set_a_clock();
                Ok(())
            }
            _ => {
                self.damage_store();
                Ok(())
            }
        }
    }

    /// Ends all faults, except for the contents of the store and of the nodes.
    pub(super) fn heal(&mut self) {
        self.note(|| "all is well".into());
        self.site.store.with(|inner, now| inner.faults.clear(now));
        self.hosts.state().host_faults.clear();
        for index in 0..self.nodes.len() {
            self.nodes[index].wake();
            if !self.nodes[index].clock_is_right() {
                let off = self.skew();
                self.set_clock(index, off);
            }
        }
        // A key of another type needs an operator who deletes it.
        self.site
            .store
            .with(|inner, _| inner.server.remove_foreign());
    }

    /// Returns one node, or sometimes up to a tenth of them.
    fn some_nodes(&mut self) -> Vec<usize> {
        let most = (self.nodes.len() / 10).max(1);
        let count = if self.random.bool() {
            1
        } else {
            self.random.usize(1..=most)
        };
        let nodes = self.nodes.len();
        (0..count).map(|_| self.random.usize(..nodes)).collect()
    }

    async fn restart_some(&mut self) -> Result<(), String> {
        let now = self.hosts.now();
        let loses = self.incidents.loses(now);
        for index in self.some_nodes() {
            let keeps = self.nodes[index].has_disk();
            if !keeps && !loses {
                continue;
            }
            let loses_disk = loses && self.random.bool();
            if loses_disk || !keeps {
                self.hosts.state().host_faults.exclude_lies(now);
            }
            self.note(|| format!("server {index} begins again, disk {keeps} and {loses_disk}"));
            self.restart(index, loses_disk).await?;
        }
        Ok(())
    }

    fn pause_some(&mut self) {
        for index in self.some_nodes() {
            let (steps, time) = (self.random.u32(..40), self.random.u64(1..120));
            self.note(|| format!("server {index} stands still in {steps} steps for {time} s"));
            self.nodes[index].pause(steps, Duration::from_secs(time));
        }
        self.site.upstream.allow(1);
    }

    fn set_a_clock(&mut self) {
        let index = self.random.usize(..self.nodes.len());
        let off = match self.random.u8(..4) {
            0 => TimeDelta::minutes(self.random.i64(-20..=20)),
            1 => TimeDelta::hours(if self.random.bool() { 24 } else { -24 }),
            _ => self.skew(),
        };
        self.note(|| format!("server {index} has a clock off by {off}"));
        self.set_clock(index, off);
        self.site.upstream.allow(1);
    }

    fn damage_store(&mut self) {
        let (topics, lies) = (self.topics(), self.incidents.next_lie);
        let honest_until = self.hosts.state().host_faults.honest_until;
        let random = &mut self.random;
        let topic = random.choice(&topics).unwrap().clone();
        let ahead = TimeDelta::seconds(random.i64(0..240));
        let strike = random.u8(..8);
        let may_lie = topic == Topic::Rates;
        let corruption = Corruption::any(random, may_lie);
        let nodes = self.nodes.len();
        let now = self.hosts.now();
        let loses = self.incidents.loses(now);
        let mut lied = false;
        let truth = self.hosts.truth();
        let is_true =
            |rates: &Rates| rates.home() != Currency::KZT || true_numbers(rates, truth).is_ok();
        self.site.store.with(|inner, now| match strike {
            0 => inner.server.flush(),
            1 => inner.server.save(),
            2 => inner.server.restart(),
            3 => inner.server.forget_leases(),
            _ if corruption.is_lie() && (loses || now < lies || now < honest_until) => {}
            // A node without history would accept a day that is not the bank's.
            _ if matches!(corruption, Corruption::OtherDay(_)) && loses => {}
            _ => {
                lied = corruption.corrupt(&mut inner.server, &topic, ahead, &is_true, now)
                    && corruption.is_lie();
            }
        });
        self.note(|| {
            format!("the store fails: {strike}, otherwise {corruption:?} of {topic}, {ahead} ahead")
        });
        if lied {
            self.incidents.next_lie = now + TimeDelta::days(12);
        }
        // Nodes that reject the record fetch for themselves.
        self.site.upstream.allow(nodes);
    }

    fn topics(&self) -> Vec<Topic> {
        let cities = self
            .site
            .cities
            .iter()
            .map(|city| Topic::Weather(city.id().clone()));
        [Topic::Rates, Topic::Rates]
            .into_iter()
            .chain(cities)
            .collect()
    }
}
