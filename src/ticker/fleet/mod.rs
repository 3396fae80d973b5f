//! Many servers, one polite client: what one of them fetched is shown by all.
//!
//! Each server reads every second or two whether the shared store has another set of records ([`exchange`]), adds them to its own
//! ([`adopt`]), and writes the union if the store lacks some. Before it asks upstream it takes a lease ([`lease`]), which saves calls
//! and nothing else. The [`Order`] of a set only tells that it was replaced; nothing depends on which of two is the later.

mod adopt;
mod exchange;
mod health;
mod lease;
mod order;
mod parts;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

use super::{Shared, StoreError};
use crate::ledger::Ledger;
use crate::text::WithCauses;

pub use health::{FleetHealth, TopicHealth};
pub(super) use lease::Admission;
pub use order::{Node, Order, ParseFleetError, Topic};
pub use store::{Ask, Hint, Kept, Lease, Leases, Part, Put, SharedStore, Wanted, Wish};

/// Between two looks at the store while it speaks by itself...
const LOOK: Duration = Duration::from_millis(2000);
/// ...and while it does not.
const LOOK_WITHOUT_HINTS: Duration = Duration::from_millis(900);
/// After a hint, by chance up to this: several at once are one, and a thousand servers do not come in the same millisecond.
const AFTER_A_HINT: Duration = Duration::from_millis(40);
/// No call takes longer, whatever a store promises.
const LONGEST_CALL: Duration = Duration::from_secs(1);

/// A server's part in a fleet.
#[derive(Debug)]
pub(super) struct Fleet {
    store: Arc<dyn SharedStore>,
    node: Node,
    /// Something here may be newer than what is shared.
    is_dirty: AtomicBool,
    wake: Notify,
    /// One exchange at a time.
    turn: tokio::sync::Mutex<()>,
    view: Mutex<View>,
}

/// What is known of the store and of the others.
#[derive(Debug, Default)]
struct View {
    /// The store's mark when it was read last; nothing where it must be read anew.
    mark: Option<Option<String>>,
    /// Under which order each topic was taken over, refused, or published.
    known: BTreeMap<Topic, Order>,
    /// The order that the store had last.
    kept: BTreeMap<Topic, Order>,
    /// The records that the store had last.
    shared: BTreeMap<Topic, There>,
    /// Why what is shared is not what is held here.
    refused: BTreeMap<Topic, Refused>,
    /// Who asks upstream, and until when that is known.
    leaders: BTreeMap<Topic, (Node, Instant)>,
    /// Which topics this server leaves to others for a while, because it could not read them.
    resting: BTreeMap<Topic, Instant>,
    /// From when on this server asks for a topic itself, although others should, and why.
    by_itself: BTreeMap<Topic, ByItself>,
    /// When leases are renewed; at once in the beginning.
    renewal: Option<Instant>,
    is_hinted: bool,
    /// How far the store's clock is ahead of this server's.
    ahead: TimeDelta,
    contact: Contact,
}

/// The records of a topic that the store has.
#[derive(Clone, Debug, Default)]
struct There {
    all: Ledger,
    /// Those that are refused here and still needed. They may be another server's own, so they are written back: without them the two would
    /// replace each other's set again and again.
    refused: Ledger,
}

/// From when on a server asks for itself.
#[derive(Debug)]
struct ByItself {
    from: Instant,
    why: Why,
    /// What it held when that was decided: with something newer it is decided anew.
    held: Option<DateTime<Utc>>,
}

/// Why a server asks for itself in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    /// The store is away, or a clock is wrong.
    Alone,
    /// What is shared is not believed here, or cannot be shared.
    Refused,
    /// Nobody can hold the lease: what lies in its place is none.
    Nobody,
    /// Another server should ask, and nothing comes of it.
    Waiting(Node),
}

/// Why something that is shared is not shown here; under which order, where a part was refused and not the store's answer.
#[derive(Debug)]
struct Refused {
    why: String,
    part: Option<Order>,
}

/// What the store is called for. On a replica reading goes on and the other does not: then the store is away, and not back at
/// each look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Errand {
    Exchange,
    Lease,
}

/// How the calls went.
#[derive(Debug, Default)]
struct Contact {
    last: Option<DateTime<Utc>>,
    away_since: Option<DateTime<Utc>>,
    /// What the store was called for in vain, and not for good since.
    failing: BTreeSet<Errand>,
    latency: Duration,
    calls: u64,
    errors: u64,
    error: Option<String>,
}

impl Fleet {
    pub(super) fn new(store: Arc<dyn SharedStore>, node: Node) -> Self {
        Self {
            store,
            node,
            is_dirty: AtomicBool::new(true),
            wake: Notify::new(),
            turn: tokio::sync::Mutex::default(),
            view: Mutex::default(),
        }
    }

    /// Reads the shared records at the next exchange, even if they are the same as before.
    pub(in crate::ticker) fn read_again(&self) {
        let mut view = self.view();
        view.mark = None;
        view.known.clear();
    }

    /// Something here changed: it is shared at once, whatever else is under way.
    pub(super) fn touch(&self) {
        self.is_dirty.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    /// Remembers, and tells, why something that is shared is not shown here.
    fn refuse(&self, topic: &Topic, why: String, part: Option<Order>) {
        let mut view = self.view();
        if view.refused.get(topic).is_none_or(|known| known.why != why) {
            tracing::warn!(target: "masthead", node = %self.node, %topic, why, "what is shared is not shown here");
        }
        let is_part = part.is_some();
        let before = view.refused.insert(topic.clone(), Refused { why, part });
        if !is_part {
            view.forget(topic, before);
        }
    }

    fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this server is by itself: the store is away, or one of the two clocks is wrong.
    fn is_alone(&self) -> bool {
        let view = self.view();
        view.is_away() || view.is_out_of_step()
    }

    /// The time by the store's clock, by which all servers judge alike what is of the future: two whose clocks are each near the
    /// store's are further from each other. One far from it goes by its own.
    pub(super) fn by_store(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let view = self.view();
        if view.is_out_of_step() {
            now
        } else {
            now + view.ahead
        }
    }

    /// Calls the store. One of the site's own may take its time, or panic.
    async fn call<T>(
        &self,
        errand: Errand,
        now: DateTime<Utc>,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Option<T> {
        let started = Instant::now();
        let outcome = timeout(LONGEST_CALL, AssertUnwindSafe(call).catch_unwind()).await;
        let outcome = outcome.map_or_else(
            |_| Err(StoreError::new("the shared store does not answer")),
            |ended| ended.unwrap_or_else(|_| Err(StoreError::new("the shared store panicked"))),
        );
        let mut view = self.view();
        let contact = &mut view.contact;
        contact.calls += 1;
        match outcome {
            Ok(answer) => {
                contact.latency = started.elapsed();
                contact.last = Some(now);
                Some(answer)
            }
            Err(error) => {
                let text = WithCauses(&error).to_string();
                if contact.away_since.is_none() {
                    tracing::warn!(target: "masthead", node = %self.node, error = text, "the shared store is away");
                    contact.away_since = Some(now);
                }
                contact.failing.insert(errand);
                contact.errors += 1;
                contact.error = Some(text);
                // What it may have lost meanwhile is not known.
                view.mark = None;
                None
            }
        }
    }

    /// All that was to be done on an errand was done.
    fn done(&self, errand: Errand) {
        let mut view = self.view();
        let contact = &mut view.contact;
        contact.failing.remove(&errand);
        if contact.failing.is_empty() && contact.away_since.take().is_some() {
            tracing::info!(target: "masthead", node = %self.node, "the shared store is back");
        }
    }

    fn heard(&self, hint: Hint) {
        let mut view = self.view();
        view.is_hinted = true;
        // What was said before is not known.
        if hint == Hint::Listening {
            view.mark = None;
        }
    }

    /// Waits for a hint, for a change here, or until it is time to look.
    async fn wait(&self) {
        let is_hinted = self.view().is_hinted;
        let longest = if is_hinted { LOOK } else { LOOK_WITHOUT_HINTS };
        let mut time = std::pin::pin!(sleep(longest * fastrand::u32(90..=100) / 100));
        let hint = AssertUnwindSafe(async { self.store.hint().await }).catch_unwind();
        tokio::select! {
            // Never by chance which is first: a simulation is the same twice.
            biased;
            () = &mut time => {}
            () = self.wake.notified() => {}
            hint = hint => match hint {
                Ok(Ok(hint)) => {
                    self.heard(hint);
                    sleep(AFTER_A_HINT.mul_f32(fastrand::f32())).await;
                }
                Ok(Err(_)) | Err(_) => {
                    self.view().is_hinted = false;
                    tokio::select! {
                        biased;
                        () = &mut time => {}
                        () = self.wake.notified() => {}
                    }
                }
            }
        }
    }
}

impl View {
    /// A part that was refused is not held: where that is no longer remembered, it is read anew.
    fn forget(&mut self, topic: &Topic, refused: Option<Refused>) {
        if refused.is_some_and(|refused| refused.part.is_some()) {
            self.known.remove(topic);
        }
    }
}

impl Shared {
    /// Keeps in step with the fleet, for ever.
    pub(super) async fn follow(&self, fleet: &Fleet) -> Infallible {
        loop {
            self.exchange(fleet).await;
            self.renew(fleet).await;
            fleet.wait().await;
        }
    }

    /// The topics this server keeps.
    fn topics(&self) -> Vec<Topic> {
        let cities = self.cities.iter();
        let cities = cities.map(|city| Topic::Weather(city.id().clone()));
        [Topic::Rates].into_iter().chain(cities).collect()
    }
}
