//! Many servers, one polite client: what one of them fetched is shown by all.
//!
//! Each server reads every second or two whether the records in the shared store have changed ([`exchange`]), adds them to its own
//! ([`adopt`]), and adds to the store what it lacks. Before it asks upstream it takes a lease ([`lease`]), which saves calls and nothing
//! else.

mod adopt;
mod change;
mod exchange;
mod health;
mod lease;
mod memory;
mod records;
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

use super::{Node, Shared, StoreError, Topic};
use crate::ledger::Record;
use crate::text::WithCauses;

pub(super) use lease::Admission;
pub use memory::MemoryStore;
pub use store::{
    Ask, Hint, Lease, Leases, SharedChange, SharedRecord, SharedRecords, SharedStore, SharedText,
    Wish,
};

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
    /// The revision of each topic when its records were read last. A topic without an entry is read at the next look.
    revisions: BTreeMap<Topic, Option<String>>,
    /// The records that the store had then.
    stored: BTreeMap<Topic, Stored>,
    /// Why what is shared is not what is held here.
    refused: BTreeMap<Topic, Refused>,
    /// When records of a topic were removed.
    mended: BTreeMap<Topic, Instant>,
    /// When the records of all topics were read last, whatever their revisions.
    read_all: Option<Instant>,
    /// How often what was read was cleared, so that a reading under way does not bring it back.
    clearings: u64,
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
struct Stored {
    /// The last instants by the texts of the keys.
    lasts: BTreeMap<String, DateTime<Utc>>,
    /// The keys among them of records that are not used here. They may be another server's own, and are judged again at each exchange.
    unused: BTreeMap<String, Record>,
    /// The keys of records that no server can use: they are to be removed.
    spoilt: BTreeSet<String>,
    /// Why the topic cannot be read.
    error: Option<String>,
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

/// Why something that is shared is not shown here, or something here is not shared.
#[derive(Debug, PartialEq, Eq)]
struct Refused {
    why: String,
    /// Whether records were read, and are not believed.
    is_of_records: bool,
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
        self.view().clear();
    }

    /// Something here changed: it is shared at once, whatever else is under way.
    pub(super) fn touch(&self) {
        self.is_dirty.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    /// Remembers and logs whether something that is shared is not shown here, and why.
    fn note_refused(&self, topic: &Topic, refused: Option<Refused>) {
        let mut view = self.view();
        let Some(refused) = refused else {
            view.refused.remove(topic);
            return;
        };
        if view.refused.get(topic) != Some(&refused) {
            let why = &refused.why;
            let what = if refused.is_of_records {
                "a shared record is not used"
            } else {
                "the topic is not shared"
            };
            tracing::warn!(target: "masthead", node = %self.node, %topic, why, "{what}");
        }
        view.refused.insert(topic.clone(), refused);
    }

    fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this server is by itself: the store is away, or one of the two clocks is wrong.
    fn is_alone(&self) -> bool {
        let view = self.view();
        view.is_away() || view.is_out_of_step()
    }

    /// How far the store's clock is ahead. All servers judge by it which records are of the future, because two clocks that are each near the
    /// store's may be further from each other. Zero if this server's clock is too far from the store's, and it judges by its own.
    fn ahead(&self) -> TimeDelta {
        let view = self.view();
        if view.is_out_of_step() {
            TimeDelta::zero()
        } else {
            view.ahead
        }
    }

    fn by_store(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + self.ahead()
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
                // The revisions are read at the next look, whatever the hint.
                Ok(Ok(Hint::Listening | Hint::Changed)) => {
                    self.view().is_hinted = true;
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
    /// Forgets what was read.
    fn clear(&mut self) {
        self.revisions.clear();
        self.stored.clear();
        self.clearings += 1;
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
