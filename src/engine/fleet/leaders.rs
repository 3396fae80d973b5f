//! The server that requests the sources of a topic, and how long the others wait for it.
//!
//! The rule in one sentence: the holder of the lease requests at once, and the others wait, the less the less they have to show.
//!
//! | the server | with data to show | without |
//! |---|---|---|
//! | the store is away, or its clock is | 0 to 15 minutes | up to half a second |
//! | the records are not believed here | 0 to 15 minutes | up to half a second |
//! | another server holds the lease | 60 to 75 minutes | 30 to 90 seconds |
//!
//! The time is drawn once for each state of affairs: it is drawn again if the reason or the age of the data is another one. A request that is
//! not for all takes a quarter of each budget. The holder that could not read a source lets the lease expire after the time until it would try
//! again, and stands back for twenty seconds more, so that another server is first.
//!
//! | field | holds, by the time that always passes | until |
//! |---|---|---|
//! | `known` | when the lease expires | the next answer about the lease |
//! | `resting` | until when this server only looks at the lease | then |
//! | `released` | after how long the store is to let the lease expire | the next call |
//! | `by_itself` | from when on this server requests the item for itself | the reason or the data is another one |
//! | `renewal` | when all leases are renewed | the renewal |

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use fastrand::Rng;

use super::contact::Errand;
use super::protocol::{Ask, Lease, Wish};
use super::{Fleet, FleetEvent};
use crate::engine::names::{Node, Topic};

/// The duration of a lease, unless it is renewed: when its holder dies, another server takes over within that time.
pub(in crate::engine) const LEASE: Duration = Duration::from_secs(30);
/// The longest time between two renewals.
const RENEWAL: Duration = Duration::from_secs(10);
/// The longest delay after the end of a lease, so that not all servers call the store at once.
const AFTER_A_LEASE: Duration = Duration::from_millis(500);
/// The longest delay before a server that has something to show requests a source for itself: a store that is back in a minute costs no
/// request, and a thousand servers do not come together.
const BEFORE_ASKING_ITSELF: Duration = Duration::from_secs(15 * 60);
/// How much longer it waits for another server, which passes a topic on much sooner if it cannot read it: nothing depends on a lease.
const FOR_ANOTHER: Duration = Duration::from_secs(60 * 60);

/// The leases as this server knows them.
#[derive(Debug, Default)]
pub(in crate::engine) struct Leaders {
    /// The server that requests the sources, and until when that is known.
    known: BTreeMap<Topic, (Node, Duration)>,
    /// Which topics this server leaves to others for a while, because it could not read them.
    resting: BTreeMap<Topic, Duration>,
    /// The leases to release with the next call.
    released: BTreeMap<Topic, Duration>,
    /// From when on this server requests the sources of a topic although others should.
    by_itself: BTreeMap<Topic, ByItself>,
    /// When leases are renewed; at once in the beginning.
    renewal: Option<Duration>,
}

/// From when on a server requests a source for itself.
#[derive(Debug)]
struct ByItself {
    from: Duration,
    why: Why,
    /// The age of the shown data when that was decided: with newer data it is decided again.
    shown: Option<DateTime<Utc>>,
}

/// Why a server does not request a source for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Why {
    /// The store is away, or a clock is wrong.
    Alone,
    /// The shared records are not believed here, or cannot be shared.
    Refused,
    /// No server can hold the lease: the store has something else in its place.
    NoLease,
    /// Another server holds it.
    Waiting(Node),
}

impl Leaders {
    /// Returns the server that requests the sources of a topic, if it is known.
    pub(super) fn of(&self, topic: &Topic) -> Option<&Node> {
        self.known.get(topic).map(|(node, _)| node)
    }

    /// Returns how long this server waits before it requests a source for itself. Zero if it has waited.
    pub(in crate::engine) fn by_itself_in(
        &mut self,
        topic: Topic,
        (why, longest): (Why, Duration),
        shown: Option<DateTime<Utc>>,
        random: &mut Rng,
        now: Duration,
    ) -> Duration {
        let known = self.by_itself.get(&topic);
        let known = known.filter(|known| known.why == why && known.shown == shown);
        let from = known.map(|known| known.from).unwrap_or_else(|| {
            let (at_least, by_chance) = match (&why, shown.is_some()) {
                (Why::Waiting(_), true) => (FOR_ANOTHER, BEFORE_ASKING_ITSELF),
                (Why::Waiting(_), false) => (LEASE, LEASE * 2),
                (_, true) => (Duration::ZERO, BEFORE_ASKING_ITSELF),
                (_, false) => (Duration::ZERO, AFTER_A_LEASE),
            };
            now + at_least + by_chance.mul_f32(random.f32())
        });
        self.by_itself.insert(topic, ByItself { from, why, shown });
        let wait = from.saturating_sub(now);
        if wait.is_zero() {
            return wait;
        }
        // A store that is back, or a lease that is free, is not waited out.
        wait.min(longest + AFTER_A_LEASE.mul_f32(random.f32()))
    }

    /// Notes when all leases are renewed next, however often one of them is looked at before.
    pub(in crate::engine) fn renewed(&mut self, own: &Node, random: &mut Rng, now: Duration) {
        let mut renewal = RENEWAL * random.u32(70..=100) / 100;
        // A lease that expires sooner is looked at then.
        let others = self.known.values().filter(|(node, _)| node != own);
        if let Some(first) = others.map(|(_, until)| *until).min() {
            let left = first.saturating_sub(now);
            renewal = renewal.min(left + AFTER_A_LEASE.mul_f32(random.f32()));
        }
        self.renewal = Some(now + renewal.max(Duration::from_secs(1)));
    }
}

impl Fleet {
    /// Whether this server requests the sources of a topic for all.
    pub(in crate::engine) fn leads(&self, topic: &Topic) -> bool {
        self.leaders.of(topic) == Some(&self.node)
    }

    /// Whether this server requests the sources of a topic for all, and does not believe what is shared.
    pub(in crate::engine) fn is_contradicted(&self, topic: &Topic) -> bool {
        let refused = self.refused.get(topic);
        refused.is_some_and(|refused| refused.is_of_records) && self.leads(topic)
    }

    /// Returns why this server does not request a source for all, and how long that holds at most. Returns `None` if it does.
    pub(in crate::engine) fn why_not(
        &self,
        topic: &Topic,
        is_alone: bool,
        now: Duration,
    ) -> Option<(Why, Duration)> {
        if is_alone {
            Some((Why::Alone, RENEWAL))
        } else if self.leads(topic) {
            None
        } else if self.refused.contains_key(topic) {
            Some((Why::Refused, RENEWAL))
        } else if let Some((node, until)) = self.leaders.known.get(topic) {
            // The store may lose the lease, or this server take it.
            let left = until.saturating_sub(now);
            Some((Why::Waiting(node.clone()), left.min(RENEWAL)))
        } else {
            Some((Why::NoLease, RENEWAL))
        }
    }

    /// Whether leases are to be renewed: it is time, or the last call failed and the store answers.
    pub(in crate::engine) fn is_renewal_due(&self, now: Duration) -> bool {
        let is_time = self.leaders.renewal.is_none_or(|at| at <= now);
        let is_failing = |errand| self.contact.is_failing(errand);
        !is_failing(Errand::Exchange) && (is_time || is_failing(Errand::Lease))
    }

    /// Leaves topics that this server leads, and could not read, to others for these times.
    ///
    /// Returns whether there are leases to release.
    pub(in crate::engine) fn pass_on(
        &mut self,
        failed: Vec<(Topic, Duration)>,
        now: Duration,
    ) -> bool {
        for (topic, rest) in failed {
            if !self.leads(&topic) {
                continue;
            }
            // It stands back for a while after that, so that another one is first.
            let back = now + rest + RENEWAL * 2;
            let leaders = &mut self.leaders;
            leaders.resting.insert(topic.clone(), back);
            leaders.known.remove(&topic);
            leaders.released.insert(topic, rest);
        }
        !self.leaders.released.is_empty()
    }

    /// Returns the requests about the leases of topics, with those about leases to release.
    ///
    /// A server whose clock is not `in_step` with the store's takes none.
    pub(in crate::engine) fn asks(
        &mut self,
        topics: Vec<Topic>,
        is_in_step: bool,
        now: Duration,
    ) -> Vec<Ask> {
        let leaders = &mut self.leaders;
        leaders.resting.retain(|_, until| *until > now);
        let released = std::mem::take(&mut leaders.released);
        let others = topics.into_iter();
        let others = others.filter(|topic| !released.contains_key(topic));
        let others = others.map(|topic| {
            let may = is_in_step && !leaders.resting.contains_key(&topic);
            let wish = if may { Wish::Take } else { Wish::Look };
            Ask { topic, wish }
        });
        let others: Vec<Ask> = others.collect();
        let released = released.into_iter().map(|(topic, rest)| Ask {
            topic,
            wish: Wish::Rest(rest),
        });
        released.chain(others).collect()
    }

    /// Notes the holder of a lease.
    pub(in crate::engine) fn note_lease(&mut self, ask: Ask, lease: Option<Lease>, now: Duration) {
        let Ask { topic, wish } = ask;
        let Some(Lease { node, left }) = lease else {
            self.leaders.known.remove(&topic);
            return;
        };
        if self.leaders.of(&topic) != Some(&node) {
            self.events.push(FleetEvent::Leader {
                topic: topic.clone(),
                leader: node.clone(),
            });
        }
        // A lease that this server lets expire counts as free.
        if node == self.node && wish != Wish::Take {
            self.leaders.known.remove(&topic);
        } else {
            self.leaders.known.insert(topic, (node, now + left));
        }
    }
}
