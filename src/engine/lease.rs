//! The server that requests the sources for all: a lease saves requests, and nothing else depends on it.
//!
//! After the records of an exchange, by its purpose:
//!
//! | purpose | leases | items |
//! |---|---|---|
//! | `CatchUp` | | |
//! | `Follow` | all, if a renewal is due: 7 to 10 seconds after the last, or when another server's lease ends | |
//! | `Admit` | those of the topics with due items, unless the store is away or a clock is wrong | those that are due then |
//!
//! Leases that are to be released are part of the next call of `Follow` or `Admit`.
//!
//! `admit` then sorts the due items. Items of a topic that this server leads are requested for all. For another topic `Fleet::why_not` says why not,
//! and `Leaders::by_itself_in` how long this server waits until it requests the item for itself, with a quarter of each budget; until then it is put
//! off. The history is never requested without the lease.
//!
//! # A topic that cannot be read
//!
//! At 12:00 web-1, which leads the rates, has no answer from any source; its schedule tries again at 12:20. `pass_on` has the lease expire at 12:20
//! and keeps web-1 from taking it until 12:20:20, so that web-2, which has waited for it, is first.

use chrono::{DateTime, TimeDelta, Utc};

use super::calendar::AFTER_A_FAILURE;
use super::core::Engine;
use super::event::Effect;
use super::fleet::{Ask, Awaited, Errand, Exchange, LEASE, Leases, Purpose, StoreCall};
use super::{Item, Report, Topic};

impl Engine {
    /// Continues after the records were exchanged: with the leases that are to be renewed, and the items that are due.
    pub(super) fn after_records(&mut self, exchange: Exchange) {
        let (passed, now) = (self.passed, exchange.now);
        let mut topics = Vec::new();
        let mut due = Vec::new();
        let is_renewal = exchange.purpose == Purpose::Follow && self.fleet.is_renewal_due(passed);
        match exchange.purpose {
            Purpose::CatchUp => {}
            // The lease of the history is taken while days are due, so that another server with gaps can have it.
            Purpose::Follow if is_renewal => {
                topics = self.topics();
                topics.retain(|topic| *topic != Topic::History || self.is_filling());
            }
            Purpose::Follow => {}
            Purpose::Admit => {
                due = self.due_in_fleet(now);
                if !self.is_alone() {
                    topics = due.iter().map(Topic::from).collect();
                    topics.dedup();
                }
            }
        }
        let asks = match exchange.purpose {
            Purpose::CatchUp => Vec::new(),
            Purpose::Follow | Purpose::Admit => {
                let is_in_step = !self.clock.is_out_of_step();
                self.fleet.asks(topics, is_in_step, passed)
            }
        };
        if asks.is_empty() {
            self.admit(due, now);
            self.end_exchange(&exchange);
            return;
        }
        let call = StoreCall::Lease {
            asks: asks.clone(),
            node: self.fleet.node.clone(),
            time: LEASE,
        };
        self.call(
            exchange,
            call,
            Awaited::Leases {
                asks,
                due,
                is_renewal,
            },
        );
    }

    /// Takes in the holders of leases.
    pub(super) fn leases_answered(
        &mut self,
        exchange: &Exchange,
        asks: Vec<Ask>,
        leases: Leases,
        clock: DateTime<Utc>,
    ) {
        self.fleet.note_done(Errand::Lease);
        self.note_store_clock(leases.now, exchange.called.0, clock);
        for (ask, lease) in asks.into_iter().zip(leases.held) {
            self.fleet.note_lease(ask, lease, self.passed);
        }
    }

    /// Ends an exchange with the leases, whether the store has answered or not.
    pub(super) fn after_leases(&mut self, exchange: &Exchange, due: Vec<Item>, is_renewal: bool) {
        if is_renewal {
            let fleet = &mut self.fleet;
            let leaders = &mut fleet.leaders;
            leaders.renewed(&fleet.node, &mut self.random, self.passed);
        }
        self.admit(due, exchange.now);
        self.end_exchange(exchange);
    }

    /// Whether this server cannot use the store: it is away, or one of the two clocks is wrong.
    fn is_alone(&self) -> bool {
        self.fleet.contact.is_away() || self.clock.is_out_of_step()
    }

    /// Returns the items that are due. In a fleet those that another server has read are not. Those that this server leads, and on which it does not
    /// believe the shared records, are due ten minutes after its last attempt.
    pub(super) fn due_in_fleet(&mut self, now: DateTime<Utc>) -> Vec<Item> {
        let due = self.due(now);
        if !self.held.is_shared() {
            return due;
        }
        for item in self.items() {
            if self.fleet.is_contradicted(&Topic::from(&item)) {
                self.hurry(&item, now);
            }
        }
        self.due(now)
    }

    /// Decides which of the items that are due this server requests: for all, or for itself with a part of the budgets. The others are put off.
    fn admit(&mut self, due: Vec<Item>, now: DateTime<Utc>) {
        let (passed, is_alone) = (self.passed, self.is_alone());
        let [mut for_all, mut for_itself] = [Vec::new(), Vec::new()];
        for item in due {
            let topic = Topic::from(&item);
            let shown = self.fetched(&topic);
            let Some(why) = self.fleet.why_not(&topic, is_alone, passed) else {
                for_all.push(item);
                continue;
            };
            // It is never so urgent that two servers request it.
            if topic == Topic::History {
                self.put_off(vec![item], AFTER_A_FAILURE, now);
                continue;
            }
            let leaders = &mut self.fleet.leaders;
            let wait = leaders.by_itself_in(topic, why, shown, &mut self.random, passed);
            if wait.is_zero() {
                for_itself.push(item);
            } else {
                let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::seconds(1));
                self.put_off(vec![item], wait, now);
            }
        }
        for (items, is_sparing) in [(for_all, false), (for_itself, true)] {
            if !items.is_empty() {
                self.effects.push(Effect::Due { items, is_sparing });
            }
        }
    }

    /// Leaves the topics that a refresh could not read to other servers, until they are tried again.
    pub(super) fn pass_on_failed(&mut self, report: &Report) {
        let failed = report.entries.iter().filter(|entry| !entry.is_good());
        // Another server would have the same answer for an earlier day.
        let failed = failed.filter(|entry| entry.item != Item::History);
        let failed: Vec<Item> = failed.map(|entry| entry.item.clone()).collect();
        self.pass_on(&failed, report.at);
    }

    /// Leaves the topics of items to other servers, until they are tried again.
    pub(crate) fn pass_on(&mut self, items: &[Item], now: DateTime<Utc>) {
        let Some(schedule) = self.schedule.as_ref().filter(|_| self.held.is_shared()) else {
            return;
        };
        let left = schedule.left_undone(items, now).into_iter();
        let left = left.map(|(topic, wait)| (topic, wait.to_std().unwrap_or(LEASE)));
        if self.fleet.pass_on(left.collect(), self.passed) {
            self.effects.push(Effect::Share);
        }
    }
}
