//! Many servers, one polite client: what one of them fetched is shown by all.
//!
//! Each server reads every second or two whether the records in the shared store have changed, adds them to its own, and adds to the store
//! what it lacks. Before it requests a source it takes a lease, which saves calls and nothing else. The engine decides all of it; this is its
//! host.
//!
//! | when | exchange |
//! |---|---|
//! | before the first refresh, and in `catch_up` | [`Purpose::CatchUp`]: records, no lease |
//! | every two seconds, without notifications every 0.9; at once after a notification or a change here | [`Purpose::Follow`]: records, and leases that are to be renewed |
//! | items are due | [`Purpose::Admit`]: records, then a lease for each item; the answer says which this server requests |
//!
//! An exchange is a list of calls that the engine makes one after the other, each when it has the reply to the one before ([`Shared::exchange`]).
//! Each call has a second at most. A store that fails, hangs or panics ends the exchange: the engine notes it, and the servers of the fleet then
//! request what is due each for itself, with a part of the budgets.

mod memory;
mod store;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::{Item, Shared, StoreError};
use crate::engine::Node;
use crate::engine::{Effect, Event, Purpose, StoreCall, StoreReply};

pub use memory::MemoryStore;
pub use store::SharedStore;

/// The shared store of a server.
#[derive(Debug)]
pub(super) struct Fleet {
    store: Arc<dyn SharedStore>,
    node: Node,
    /// Something here may be newer than the store's records.
    wake: Notify,
    /// One exchange at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Fleet {
    pub(super) fn new(store: Arc<dyn SharedStore>, node: Node) -> Self {
        Self {
            store,
            node,
            wake: Notify::new(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    pub(super) const fn node(&self) -> &Node {
        &self.node
    }

    /// Has the next exchange begin at once.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Calls the store. A store of the site's own may take its time, or panic.
    async fn call(&self, call: StoreCall, time: Duration) -> Result<StoreReply, StoreError> {
        let store = &self.store;
        let reply = async {
            match call {
                StoreCall::Revisions(topics) => {
                    store.revisions(&topics).await.map(StoreReply::Revisions)
                }
                StoreCall::Records(topics) => store.records(&topics).await.map(StoreReply::Records),
                StoreCall::Texts(ids) => store.texts(&ids).await.map(StoreReply::Texts),
                StoreCall::Change(changes) => store.change(&changes).await.map(StoreReply::Change),
                StoreCall::Lease { asks, node, time } => {
                    let leases = store.lease(&asks, &node, time).await;
                    leases.map(StoreReply::Lease)
                }
            }
        };
        let reply = timeout(time, AssertUnwindSafe(reply).catch_unwind()).await;
        reply.map_or_else(
            |_| Err(StoreError::new("the shared store does not answer")),
            |reply| reply.unwrap_or_else(|_| Err(StoreError::new("the shared store panicked"))),
        )
    }
}

impl Shared {
    /// Exchanges records whenever it is time, without end.
    pub(super) async fn follow(&self, fleet: &Fleet) -> std::convert::Infallible {
        loop {
            self.exchange(fleet, Purpose::Follow).await;
            self.wait(fleet).await;
        }
    }

    /// Adds the records of other servers, and shares those that they lack. Returns the items that this server is to request, each with whether it is
    /// sparing. The health says what failed.
    pub(super) async fn exchange(&self, fleet: &Fleet, purpose: Purpose) -> Vec<(Vec<Item>, bool)> {
        // A source of the site's own may panic when records are added. The panic hook has reported it.
        let exchange = AssertUnwindSafe(self.try_exchange(fleet, purpose)).catch_unwind();
        exchange.await.unwrap_or_else(|_| {
            let node = &fleet.node;
            tracing::error!(target: "masthead", %node, "the exchange with the shared store panicked");
            // Nothing depends on the store: what is due is requested without it.
            let now = self.moment().clock;
            let due = (purpose == Purpose::Admit).then(|| self.with(|engine| engine.due(now)));
            let due = due.filter(|items| !items.is_empty());
            due.map(|items| (items, true)).into_iter().collect()
        })
    }

    async fn try_exchange(&self, fleet: &Fleet, purpose: Purpose) -> Vec<(Vec<Item>, bool)> {
        let _turn = fleet.turn.lock().await;
        let (mut due, mut is_kept) = (Vec::new(), true);
        let mut effects = self.on(Event::Exchange(purpose), self.moment());
        loop {
            let mut next = None;
            for effect in effects {
                match effect {
                    Effect::Call { number, call, time } => next = Some((number, call, time)),
                    Effect::Due { items, is_sparing } => due.push((items, is_sparing)),
                    Effect::Keep => is_kept = false,
                    _ => {}
                }
            }
            let Some((number, call, time)) = next else {
                break;
            };
            let reply = fleet.call(call, time).await;
            effects = self.on(Event::Called { number, reply }, self.moment());
        }
        if !is_kept {
            self.keep_adopted().await;
        }
        due
    }

    /// Waits for a notification, for a change here, or until the next exchange is due.
    async fn wait(&self, fleet: &Fleet) {
        let hint = AssertUnwindSafe(async { fleet.store.hint().await }).catch_unwind();
        let mut hint = std::pin::pin!(hint.fuse());
        loop {
            let next = self.engine().next_exchange();
            let pause = next.saturating_sub(self.moment().passed);
            tokio::select! {
                // Never by chance which is first: a simulation is the same twice.
                biased;
                () = sleep(pause) => return,
                () = fleet.wake.notified() => return,
                outcome = &mut hint => {
                    let panicked = |_| Err(StoreError::new("the shared store panicked"));
                    let outcome = outcome.unwrap_or_else(panicked);
                    self.on(Event::Hinted(outcome), self.moment());
                }
            }
        }
    }
}
