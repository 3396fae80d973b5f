//! Who asks upstream: a lease saves calls, and nothing else depends on it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

use super::{Ask, ByItself, Errand, Fleet, Lease, Node, Topic, Why, Wish};
use crate::day;
use crate::ledger::TOLERANCE;
use crate::ticker::{Item, Shared};

/// How long a server asks for the others, unless it renews its lease: when it dies another one takes over within that time.
const LEASE: Duration = Duration::from_secs(30);
/// Leases are renewed in a third of that, or a little sooner.
const RENEWAL: Duration = Duration::from_secs(10);
/// After a lease has run out, by chance up to this, so that not all come at once.
const AFTER_A_LEASE: Duration = Duration::from_millis(500);
/// By chance up to this before a server that has something to show asks for itself: a store that is back in a minute costs no
/// call, and a thousand servers do not come together.
const BEFORE_ASKING_ITSELF: Duration = Duration::from_secs(15 * 60);
/// So long before that it waits for another server, which passes a topic on much sooner when it cannot read it: nothing shall
/// depend on a lease.
const FOR_ANOTHER: Duration = Duration::from_secs(60 * 60);

/// What becomes of the items that are due.
#[derive(Debug, Default)]
pub(in crate::ticker) struct Admission {
    /// This server asks for the whole fleet.
    pub(in crate::ticker) ask: Vec<Item>,
    /// This server asks for itself alone, with a part of the budgets.
    pub(in crate::ticker) ask_sparingly: Vec<Item>,
    /// Another server does, and so long it may take until it is known that it does not.
    pub(in crate::ticker) wait: Vec<(Item, TimeDelta)>,
}

impl Admission {
    /// Nobody else asks.
    pub(in crate::ticker) fn all(ask: Vec<Item>) -> Self {
        Self {
            ask,
            ..Self::default()
        }
    }
}

impl Shared {
    /// Who asks for what is due.
    pub(in crate::ticker) async fn admit(&self, fleet: &Fleet, due: Vec<Item>) -> Admission {
        let mut admission = Admission::default();
        let mut topics: Vec<Topic> = due.iter().map(Topic::from).collect();
        topics.dedup();
        if !due.is_empty() && !fleet.is_alone() {
            self.ask_for_leases(fleet, &topics).await;
        }
        for item in due {
            let topic = Topic::from(&item);
            let held = self.engine().fetched(&topic);
            let mut view = fleet.view();
            let Some((why, left)) = view.why_not(&topic, fleet) else {
                admission.ask.push(item);
                continue;
            };
            let wait = view.by_itself_in(topic, why, held);
            if wait.is_zero() {
                admission.ask_sparingly.push(item);
            } else {
                // A store that is back, or a lease that is free, is not waited out.
                let wait = wait.min(left + AFTER_A_LEASE.mul_f32(fastrand::f32()));
                let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::seconds(1));
                admission.wait.push((item, wait));
            }
        }
        admission
    }

    /// Renews the leases that are held, and takes those that nobody holds, where it is time.
    pub(super) async fn renew(&self, fleet: &Fleet) {
        if fleet.view().is_renewal_due() {
            self.ask_for_leases(fleet, &self.topics()).await;
            let mut view = fleet.view();
            view.renewal = Some(view.next_renewal(&fleet.node));
        }
    }

    /// This server could not read some topics: another one shall try when it is time again.
    pub(in crate::ticker) async fn pass_on(&self, fleet: &Fleet, failed: &[(Topic, TimeDelta)]) {
        let asks: Vec<Ask> = {
            let mut view = fleet.view();
            let led = failed.iter().filter(|(topic, _)| {
                let leader = view.leaders.get(topic);
                leader.is_some_and(|(node, _)| *node == fleet.node)
            });
            let led: Vec<_> = led.cloned().collect();
            let rested = led.into_iter().map(|(topic, until)| {
                let rest = until.to_std().unwrap_or(LEASE);
                // It stands back for a while after that, so that another one is first.
                let back = Instant::now() + rest + RENEWAL * 2;
                view.resting.insert(topic.clone(), back);
                view.leaders.remove(&topic);
                let wish = Wish::Rest(rest);
                Ask { topic, wish }
            });
            rested.collect()
        };
        if !asks.is_empty() {
            self.lease(fleet, &asks).await;
        }
    }

    /// Whether this server asks for the fleet, and does not believe what is shared.
    pub(in crate::ticker) fn is_contradicted(&self, fleet: &Fleet, item: &Item) -> bool {
        let (view, topic) = (fleet.view(), Topic::from(item));
        let refused = view.refused.get(&topic);
        let leader = view.leaders.get(&topic);
        refused.is_some_and(|refused| refused.is_of_records)
            && leader.is_some_and(|(node, _)| *node == fleet.node)
    }

    async fn ask_for_leases(&self, fleet: &Fleet, topics: &[Topic]) {
        let asks: Vec<Ask> = {
            let mut view = fleet.view();
            view.resting.retain(|_, until| *until > Instant::now());
            let is_in_step = !view.is_out_of_step();
            let asks = topics.iter().map(|topic| {
                let may = is_in_step && !view.resting.contains_key(topic);
                let wish = if may { Wish::Take } else { Wish::Look };
                let topic = topic.clone();
                Ask { topic, wish }
            });
            asks.collect()
        };
        self.lease(fleet, &asks).await;
    }

    async fn lease(&self, fleet: &Fleet, asks: &[Ask]) {
        let now = day::clamp((self.clock)());
        let leases = async { fleet.store.lease(asks, &fleet.node, LEASE).await };
        let leases = fleet.call(Errand::Lease, now, leases).await;
        let Some(leases) = leases else { return };
        fleet.done(Errand::Lease);
        self.note_clock(fleet, leases.now, now);
        let mut view = fleet.view();
        for (Ask { topic, wish }, lease) in asks.iter().zip(leases.held) {
            view.note(topic, *wish, lease, fleet);
        }
    }

    /// Notes the time by the store's clock in the answer to a call that began at `now`.
    pub(super) fn note_clock(&self, fleet: &Fleet, by_store: DateTime<Utc>, now: DateTime<Utc>) {
        let after = day::clamp((self.clock)());
        // Only what the time of the call does not explain: a server may have been stopped in the middle of it.
        let ahead = by_store - by_store.clamp(now, after.max(now));
        let mut view = fleet.view();
        // What was asked for by a clock that was wrong may be older than what is shared, and what is of the future is so by another
        // time now.
        if (ahead - view.ahead).abs() > TimeDelta::seconds(1) {
            fleet.is_dirty.store(true, Ordering::Release);
        }
        // A record that was of no future may be one by the other time.
        if ahead < view.ahead - TimeDelta::seconds(1) {
            view.clear();
        }
        view.ahead = ahead;
        drop(view);
        let ahead = fleet.ahead();
        self.with(|engine| engine.set_ahead(ahead));
    }
}

impl super::View {
    /// Why this server does not ask for all, and how long that will be so at least; nothing where it does.
    fn why_not(&self, topic: &Topic, fleet: &Fleet) -> Option<(Why, Duration)> {
        let leader = self.leaders.get(topic);
        let leads = leader.is_some_and(|(node, _)| *node == fleet.node);
        if self.is_away() || self.is_out_of_step() {
            Some((Why::Alone, RENEWAL))
        } else if leads {
            None
        } else if self.refused.contains_key(topic) {
            Some((Why::Refused, RENEWAL))
        } else if let Some((node, until)) = leader {
            // The store may lose the lease meanwhile, or this server come to it.
            let left = until.saturating_duration_since(Instant::now());
            Some((Why::Waiting(node.clone()), left.min(RENEWAL)))
        } else {
            Some((Why::Nobody, RENEWAL))
        }
    }

    /// In how long this server asks for itself; at once where it has waited.
    fn by_itself_in(&mut self, topic: Topic, why: Why, held: Option<DateTime<Utc>>) -> Duration {
        let now = Instant::now();
        let known = self.by_itself.get(&topic);
        if let Some(known) = known.filter(|known| known.why == why && known.held == held) {
            return known.from.saturating_duration_since(now);
        }
        let (at_least, by_chance) = match (&why, held.is_some()) {
            (Why::Waiting(_), true) => (FOR_ANOTHER, BEFORE_ASKING_ITSELF),
            (Why::Waiting(_), false) => (LEASE, LEASE * 2),
            (_, true) => (Duration::ZERO, BEFORE_ASKING_ITSELF),
            (_, false) => (Duration::ZERO, AFTER_A_LEASE),
        };
        let from = now + at_least + by_chance.mul_f32(fastrand::f32());
        let by_itself = ByItself { from, why, held };
        self.by_itself.insert(topic, by_itself);
        from - now
    }

    /// Whether it is time, or the last try failed, and the store answers.
    fn is_renewal_due(&self) -> bool {
        let is_time = self.renewal.is_none_or(|at| at <= Instant::now());
        let failing = &self.contact.failing;
        !failing.contains(&Errand::Exchange) && (is_time || failing.contains(&Errand::Lease))
    }

    /// When all leases are looked at again, however often one of them is meanwhile.
    fn next_renewal(&self, own: &Node) -> Instant {
        let mut renewal = RENEWAL * fastrand::u32(70..=100) / 100;
        // A lease that runs out sooner is looked at then.
        let others = self.leaders.values().filter(|(node, _)| node != own);
        if let Some(first) = others.map(|(_, until)| *until).min() {
            let left = first.saturating_duration_since(Instant::now());
            renewal = renewal.min(left + AFTER_A_LEASE.mul_f32(fastrand::f32()));
        }
        Instant::now() + renewal.max(Duration::from_secs(1))
    }

    fn note(&mut self, topic: &Topic, wish: Wish, lease: Option<Lease>, fleet: &Fleet) {
        let Some(Lease { node, left }) = lease else {
            self.leaders.remove(topic);
            return;
        };
        let before = self.leaders.get(topic).map(|(node, _)| node);
        if before != Some(&node) {
            tracing::info!(target: "masthead", node = %fleet.node, %topic, leader = %node, "who asks upstream");
        }
        // One that this server lets run out is nobody's.
        if node == fleet.node && wish != Wish::Take {
            self.leaders.remove(topic);
        } else {
            let until = Instant::now() + left;
            self.leaders.insert(topic.clone(), (node, until));
        }
    }

    pub(super) fn is_away(&self) -> bool {
        self.contact.away_since.is_some()
    }

    pub(super) fn is_out_of_step(&self) -> bool {
        self.ahead.abs() > TOLERANCE
    }
}
