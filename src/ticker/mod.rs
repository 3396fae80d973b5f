//! The service that keeps a [`Snapshot`](crate::Snapshot) fresh.
//!
//! A page view takes [`Ticker::snapshot`]: one load, no lock, no waiting. A task of the host's drives [`Ticker::run`],
//! or a script calls [`Ticker::refresh_blocking`] once. Whatever fails, what was good is kept.
//!
//! ```no_run
//! use masthead::ticker::{FileStore, Ticker};
//! use masthead::weather::City;
//! use masthead::{Layout, Strip};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let ticker = Ticker::builder("news.example.kz; web@example.kz")
//!     .cities(City::find("astana").cloned())
//!     .store(FileStore::new("/var/lib/news/masthead.json"))
//!     .build()?;
//! let background = ticker.clone();
//! tokio::spawn(async move { background.run().await });
//!
//! // In the page:
//! let layout = Layout::line();
//! let html = Strip::new(&ticker.snapshot(), &layout, ticker.now()).html().to_string();
//! # Ok(()) }
//! ```

mod bank;
mod banks;
mod builder;
mod calendar;
mod cell;
mod file_store;
mod fleet;
mod guard;
mod health;
mod rates;
#[cfg(feature = "redis")]
mod redis;
mod refresh;
mod report;
mod run;
mod schedule;
mod state;
mod store;
mod supervise;
mod turns;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use crate::day;
use crate::fetch::{Budgets, Chain, Transport};
use crate::money::{Pair, Rates};
use crate::snapshot::FreshnessPolicy;
use crate::weather::{City, Weather};

pub use bank::Bank;
pub use builder::{InvalidTicker, TickerBuilder};
pub use cell::{Changes, Current};
pub use file_store::FileStore;
pub use fleet::{
    Ask, FleetHealth, Hint, Kept, Lease, Leases, Node, Order, ParseFleetError, Part, Put,
    SharedStore, Topic, TopicHealth, Wanted, Wish,
};
pub use guard::{
    Evidence, GuardEvent, HeldRow, Hold, HoldId, HoldReason, ParseHoldIdError, Refusal, Witness,
};
pub use health::{Health, ItemHealth, SourceHealth};
#[cfg(feature = "redis")]
pub use redis::{InvalidRedisStore, RedisStore, RedisStoreBuilder};
pub use report::{Entry, Item, Report};
pub use state::State;
pub use store::{Store, StoreError};
pub use supervise::Background;

use cell::Cell;
use fleet::Fleet;
use guard::Memory;
use health::Ledger;
use turns::Turns;

/// Keeps the rates and the weather, and says what became of each refresh. Clones share it.
#[derive(Clone)]
pub struct Ticker {
    shared: Arc<Shared>,
}

struct Shared {
    cell: Cell,
    rates: Chain<NaiveDate, Rates>,
    newest: Chain<NaiveDate, Rates>,
    weather: Chain<City, Weather>,
    /// A chain of one for each witness of the bank.
    witnesses: Vec<Chain<NaiveDate, Rates>>,
    bank: Bank,
    guard: Mutex<Memory>,
    /// The pairs kept; every pair where empty.
    pairs: Vec<Pair>,
    cities: Vec<City>,
    transport: Arc<dyn Transport>,
    budgets: Budgets,
    store: Option<Arc<dyn Store>>,
    fleet: Option<Fleet>,
    policy: FreshnessPolicy,
    deadline: Duration,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    on_report: Box<dyn Fn(&Report) + Send + Sync>,
    /// What the store said at the start, until the first report takes it.
    restored: Mutex<Option<StoreError>>,
    /// One refresh at a time, and which cities it asks for.
    refreshing: tokio::sync::Mutex<Turns>,
    /// Held by the save under way, also when its deadline has passed.
    saving: Arc<tokio::sync::Mutex<()>>,
    /// Whether the last save failed, or did not end in time.
    unsaved: AtomicBool,
    ledger: Mutex<Ledger>,
}

impl Ticker {
    /// A ticker whose requests name their operator: an e-mail address, or a page with one.
    pub fn builder(contact: impl Into<String>) -> TickerBuilder {
        TickerBuilder::new(contact.into())
    }

    /// What is known now. One load; take it once for a page, so that everything on it is of one moment.
    #[must_use]
    pub fn snapshot(&self) -> Current {
        self.shared.cell.load()
    }

    /// Asks every source, as far as its own rules allow, and publishes each reading as it arrives.
    ///
    /// It never fails: the report says what each source did. What had not answered within the deadline is a time-out, and
    /// a store gets a second more at most. Two at once take turns. Ten cities a second are asked for, in the first half of the
    /// deadline; those that do not fit are [postponed](Report::postponed), and first in the next refresh.
    pub async fn refresh(&self, now: DateTime<Utc>) -> Report {
        self.catch_up().await;
        let items = self.shared.items();
        let report = self.shared.refresh(items, day::clamp(now)).await;
        self.catch_up().await;
        report
    }

    /// Takes over what other servers have published, and publishes what is newer here. A server that shares a store calls it
    /// before its first page, which has the strip then; [`run`](Self::run) does it all the time.
    ///
    /// It ends within moments, and never fails: the [health](Self::health) says how the store is. Without a shared store it
    /// does nothing.
    pub async fn catch_up(&self) {
        if let Some(fleet) = &self.shared.fleet {
            self.shared.exchange(fleet).await;
        }
    }

    /// [`refresh`](Self::refresh) for scripts and sites without a runtime: it brings its own, on a thread of its own, so
    /// it may be called anywhere a thread may wait.
    #[allow(clippy::must_use_candidate)] // what it does is worth more than what it says
    pub fn refresh_blocking(&self, now: DateTime<Utc>) -> Report {
        let run = || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let report = runtime.block_on(self.refresh(now));
            // Nothing under way is waited for.
            runtime.shutdown_background();
            Ok::<_, std::io::Error>(report)
        };
        let outcome = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name("masthead-refresh".into());
            thread
                .spawn_scoped(scope, run)
                .map_or_else(|cause| Ok(Err(cause)), |thread| thread.join())
        });
        match outcome {
            Ok(Ok(report)) => report,
            Ok(Err(cause)) => Report::obstructed(now, cause.to_string()),
            Err(_) => Report::obstructed(now, "the refresh stopped unexpectedly".into()),
        }
    }

    /// Tells of changes to the snapshot.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.shared.cell.changes()
    }

    /// What is held back: numbers that are surprising and have not been borne out yet.
    #[must_use]
    pub fn holds(&self) -> Vec<Hold> {
        self.shared.memory().holds().to_vec()
    }

    /// Shows what is held back, because the operator knows it to be right, and keeps it.
    ///
    /// It holds for this process, and for the servers that [share a store](TickerBuilder::fleet) with it; of several processes that
    /// share a file each is told by itself.
    ///
    /// # Errors
    ///
    /// When there is no such hold: it was released meanwhile, or the bank says something else now.
    pub async fn approve(&self, id: HoldId) -> Result<Report, UnknownHold> {
        let (shared, now) = (&self.shared, day::clamp(self.now()));
        let entry = shared.approve(id, now).ok_or(UnknownHold { id })?;
        let kept = shared.keep(tokio::time::Instant::now()).await;
        Ok(Report {
            store: kept.err().into_iter().collect(),
            ..Report::of(now, vec![entry])
        })
    }

    /// The time by the ticker's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.shared.clock)()
    }

    /// The limits of freshness, for [`Strip::policy`](crate::Strip::policy).
    #[must_use]
    pub fn policy(&self) -> FreshnessPolicy {
        self.shared.policy
    }
}

impl Shared {
    /// Tells the host's log. One that fails shall not stop the ticker; the panic hook has told of it.
    fn tell(&self, report: &Report) {
        _ = catch_unwind(AssertUnwindSafe(|| (self.on_report)(report)));
    }

    fn items(&self) -> Vec<Item> {
        let cities = self
            .cities
            .iter()
            .map(|city| Item::Weather(city.id().clone()));
        [Item::Rates, Item::Next]
            .into_iter()
            .chain(cities)
            .collect()
    }

    fn take_restore_error(&self) -> Option<StoreError> {
        self.restored
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Tells the chains when each source may be asked again, by what the store kept.
    fn restore(&self) {
        let snapshot = self.cell.load();
        for city in &self.cities {
            if let Some(held) = snapshot.weather(city.id()) {
                self.weather.restore(city.id().as_str(), held);
            }
        }
    }
}

/// There is no such hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing is held as {id}: it was released, or the bank says something else now")]
pub struct UnknownHold {
    id: HoldId,
}

impl fmt::Debug for Ticker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared {
            rates,
            newest,
            weather,
            cities,
            transport,
            ..
        } = &*self.shared;
        f.debug_struct("Ticker")
            .field("rates", rates)
            .field("newest", newest)
            .field("weather", weather)
            .field("cities", &cities.iter().map(City::id).collect::<Vec<_>>())
            .field("transport", transport)
            .finish_non_exhaustive()
    }
}
