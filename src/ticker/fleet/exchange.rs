//! One exchange: what is newer there is taken over, what is newer here is published.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;

use super::parts::Stamp;
use super::{Errand, Fleet, Kept, Order, Part, Put, Topic, Wanted};
use crate::day;
use crate::snapshot::{Observed, Snapshot};
use crate::text::WithCauses;
use crate::ticker::Shared;

/// What is read again and again is read in one call; a fleet of many cities shares so many at once.
const TOPICS_A_CALL: usize = 64;

impl Shared {
    /// Takes over what others published, and publishes what is newer here. What fails is told by the health.
    pub(in crate::ticker) async fn exchange(&self, fleet: &Fleet) {
        // A source of the site's own may panic in what is taken over; the panic hook has told of it.
        let exchanged = AssertUnwindSafe(self.try_exchange(fleet)).catch_unwind();
        if exchanged.await.is_err() {
            tracing::error!(target: "masthead", node = %fleet.node, "what is shared could not be looked at");
        }
    }

    async fn try_exchange(&self, fleet: &Fleet) {
        let _turn = fleet.turn.lock().await;
        let now = day::clamp((self.clock)());
        self.follow_clock(now);
        let Some(mark) = fleet
            .call(Errand::Exchange, now, async { fleet.store.mark().await })
            .await
        else {
            return;
        };
        let is_dirty = fleet.is_dirty.swap(false, Ordering::AcqRel);
        // Should this be given up half-way, all of it is done at the next look.
        let known = fleet.view().mark.take();
        if !is_dirty && known.as_ref() == Some(&mark) {
            fleet.view().mark = known;
            return;
        }
        let mut is_whole = true;
        for topics in self.topics().chunks(TOPICS_A_CALL) {
            let read = self.read_newer(fleet, topics, now).await;
            let published = match read {
                Some(there) => self.publish_newer(fleet, &there, now).await,
                None => None,
            };
            is_whole &= published.is_some();
        }
        if is_whole {
            fleet.view().mark = Some(mark);
            fleet.done(Errand::Exchange);
        } else {
            fleet.is_dirty.store(true, Ordering::Release);
        }
    }

    /// Reads what is newer there, and takes it over. The order of each topic there; nothing where nothing of use is.
    async fn read_newer(
        &self,
        fleet: &Fleet,
        topics: &[Topic],
        now: DateTime<Utc>,
    ) -> Option<BTreeMap<Topic, Option<Order>>> {
        let by_store = fleet.by_store(now);
        let wanted: Vec<Wanted> = {
            // In this order, as in `held`.
            let (own, snapshot, view) = (self.held(), self.cell.load(), fleet.view());
            // What was fetched in the future was so by a clock that was wrong.
            let has_begun = has_begun(&snapshot, now);
            let wanted = topics.iter().map(|topic| {
                let own = Stamp::of(topic, &snapshot, own.memory());
                let own = own.filter(|own| {
                    let of_the_past = !own.by(&fleet.node).is_of_the_future(by_store);
                    of_the_past && (has_begun || *topic != Topic::Rates)
                });
                let is_refused = view.refused.contains_key(topic);
                // What was taken over, or published, unless it is not held any more: a clock that was wrong has put older rates
                // in its place.
                let held = view.known.get(topic).filter(|known| {
                    is_refused || own.is_some_and(|own| own >= Stamp::from(*known))
                });
                let known = match (topic, own) {
                    // What was read later here does not count: of the next rates more may be shared all the same.
                    (Topic::Rates, _) => held.cloned(),
                    // After a restart the shared one is read, which may have more of today's hours than the file.
                    (Topic::Weather(_), Some(own))
                        if held.is_some_and(|held| own > Stamp::from(held)) =>
                    {
                        Some(own.by(&fleet.node))
                    }
                    (Topic::Weather(_), _) => held.cloned(),
                };
                let topic = topic.clone();
                Wanted { topic, known }
            });
            wanted.collect()
        };
        let kept = fleet
            .call(Errand::Exchange, now, async {
                fleet.store.read(&wanted).await
            })
            .await?;
        let (mut there, mut has_adopted) = (BTreeMap::new(), false);
        for (Wanted { topic, .. }, kept) in wanted.into_iter().zip(kept) {
            has_adopted |= matches!(kept, Kept::Newer(..));
            let order = self.look_at(fleet, &topic, kept, now);
            let mut view = fleet.view();
            match &order {
                Some(order) => view.kept.insert(topic.clone(), order.clone()),
                None => view.kept.remove(&topic),
            };
            drop(view);
            there.insert(topic, order);
        }
        if has_adopted {
            self.keep_adopted().await;
        }
        Some(there)
    }

    /// Takes over what is newer. Its order; nothing where there is nothing of use.
    fn look_at(
        &self,
        fleet: &Fleet,
        topic: &Topic,
        kept: Kept,
        now: DateTime<Utc>,
    ) -> Option<Order> {
        let by_store = fleet.by_store(now);
        match kept {
            Kept::Nothing => {
                let mut view = fleet.view();
                let refused = view.refused.remove(topic);
                view.forget(topic, refused);
                None
            }
            // No right clock has made it, so it is there to be replaced.
            Kept::Known(order) | Kept::Newer(order, _) if order.is_of_the_future(by_store) => {
                let why = format!("what is shared is of the future: {order}");
                fleet.refuse(topic, why, None);
                None
            }
            Kept::Known(order) => {
                let mut view = fleet.view();
                let refused = view.refused.get(topic);
                if refused.is_some_and(|refused| refused.part.as_ref() != Some(&order)) {
                    view.refused.remove(topic);
                }
                Some(order)
            }
            Kept::Newer(order, body) => {
                let refused = self.adopt(fleet, topic, &order, &body, now);
                fleet.view().known.insert(topic.clone(), order.clone());
                match refused {
                    Some(why) => fleet.refuse(topic, why, Some(order.clone())),
                    None => _ = fleet.view().refused.remove(topic),
                }
                Some(order)
            }
            Kept::Unusable(error) => {
                fleet.refuse(topic, WithCauses(&error).to_string(), None);
                None
            }
        }
    }

    /// Publishes what is newer here. Nothing where the store did not answer.
    async fn publish_newer(
        &self,
        fleet: &Fleet,
        there: &BTreeMap<Topic, Option<Order>>,
        now: DateTime<Utc>,
    ) -> Option<()> {
        let parts = self.newer_than(fleet, there, now);
        // A clock that is wrong would win, or be refused.
        if parts.is_empty() || fleet.view().is_out_of_step() {
            return Some(());
        }
        let put = fleet
            .call(Errand::Exchange, now, async {
                fleet.store.publish(&parts).await
            })
            .await?;
        for (Part { topic, order, .. }, put) in parts.into_iter().zip(put) {
            match put {
                Put::Taken => {
                    let mut view = fleet.view();
                    view.refused.remove(&topic);
                    view.kept.insert(topic.clone(), order.clone());
                    view.known.insert(topic, order);
                }
                // What cannot be used is as new; somebody publishes something newer in time.
                Put::Older(_) if fleet.view().refused.contains_key(&topic) => {}
                // Somebody was faster: it is read at the next look.
                Put::Older(_) => fleet.is_dirty.store(true, Ordering::Release),
                Put::Future => {
                    let why = "the store's clock is behind this server's";
                    fleet.refuse(&topic, why.into(), None);
                }
                // It was told of when it was read.
                Put::Blocked(_) if fleet.view().refused.contains_key(&topic) => {}
                Put::Blocked(why) => fleet.refuse(&topic, why, None),
            }
        }
        Some(())
    }

    fn newer_than(
        &self,
        fleet: &Fleet,
        there: &BTreeMap<Topic, Option<Order>>,
        now: DateTime<Utc>,
    ) -> Vec<Part> {
        let (memory, snapshot) = {
            let held = self.held();
            (held.memory().clone(), self.cell.load())
        };
        let mut parts = Vec::new();
        for (topic, order) in there {
            let Some(own) = Stamp::of(topic, &snapshot, &memory) else {
                continue;
            };
            if *topic == Topic::Rates && !has_begun(&snapshot, now) {
                continue;
            }
            if order
                .as_ref()
                .is_some_and(|there| own <= Stamp::from(there))
            {
                continue;
            }
            let known = fleet.view().known.get(topic).cloned();
            // Who fetched it stays who fetched it, after a loss too.
            let order = known
                .filter(|known| Stamp::from(known) == own)
                .unwrap_or_else(|| own.by(&fleet.node));
            match Part::of(topic, order, &snapshot, &memory) {
                Ok(part) => parts.extend(part),
                Err(error) => {
                    fleet.refuse(topic, WithCauses(&error).to_string(), None);
                }
            }
        }
        parts
    }
}

/// Returns whether the day of the rates in force has begun. If not, a clock that was wrong has placed them.
fn has_begun(snapshot: &Snapshot, now: DateTime<Utc>) -> bool {
    let in_force = snapshot.rates(now).map(Observed::value);
    in_force.is_none_or(|rates| rates.day() <= day::of(now, rates.zone()))
}
