//! One exchange: what is newer there is taken over, what is newer here is published.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;

use super::{Errand, Fleet, Kept, Order, Part, Put, There, Topic, Wanted, parts};
use crate::day;
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
        let wanted: Vec<Wanted> = {
            let view = fleet.view();
            let wanted = topics.iter().map(|topic| Wanted {
                topic: topic.clone(),
                known: view.known.get(topic).cloned(),
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
                view.shared.remove(topic);
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
                if view.known.get(topic) != Some(&order) {
                    // The store has lost what was known, and has older records.
                    view.shared.remove(topic);
                }
                let refused = view.refused.get(topic);
                if refused.is_some_and(|refused| refused.part.as_ref() != Some(&order)) {
                    view.refused.remove(topic);
                }
                Some(order)
            }
            Kept::Newer(order, body) => {
                let refused = self.adopt(fleet, topic, &body, now);
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
        let parts = self.lacking(fleet, there, now);
        // A clock that is wrong would win, or be refused.
        if parts.is_empty() || fleet.view().is_out_of_step() {
            return Some(());
        }
        let (parts, written): (Vec<Part>, Vec<There>) = parts.into_iter().unzip();
        let put = fleet
            .call(Errand::Exchange, now, async {
                fleet.store.publish(&parts).await
            })
            .await?;
        let parts = parts.into_iter().zip(written);
        for ((Part { topic, order, .. }, written), put) in parts.zip(put) {
            match put {
                Put::Taken => {
                    let mut view = fleet.view();
                    view.shared.insert(topic.clone(), written);
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

    /// The topics of which the store lacks records, each with those that it is to have.
    fn lacking(
        &self,
        fleet: &Fleet,
        there: &BTreeMap<Topic, Option<Order>>,
        now: DateTime<Utc>,
    ) -> Vec<(Part, There)> {
        let by_store = fleet.by_store(now);
        let mut lacking = Vec::new();
        for (topic, order) in there {
            let there = fleet.view().shared.get(topic).cloned();
            // What has no order that counts is replaced.
            let there = there.filter(|_| order.is_some()).unwrap_or_default();
            let mut records = self.records_of(topic, by_store);
            if !there.all.clone().merge(records.clone()) {
                continue;
            }
            let refused = self.needed(there.refused.clone(), by_store);
            if parts::text(&refused).len() <= parts::MOST_REFUSED {
                records.merge(refused);
            }
            let part = Part {
                topic: topic.clone(),
                order: parts::order_after(order.as_ref(), &fleet.node, by_store),
                body: parts::text(&records),
            };
            let all = records;
            lacking.push((part, There { all, ..there }));
        }
        lacking
    }
}
