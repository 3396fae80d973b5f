//! The service that keeps a [`Snapshot`](crate::Snapshot) fresh.
//!
//! A page view reads [`Ticker::snapshot`]: one load, no lock, no waiting. A task of the host drives [`Ticker::run`], or a script calls
//! [`Ticker::refresh_blocking`] once. Data stays on the page if a source fails, and its age grows. Chapters: [the guard and its
//! evidence](crate::_documentation::guard), [how freshness works](crate::_documentation::freshness), [many servers](crate::_documentation::servers).
//!
//! | type | purpose |
//! |---|---|
//! | [`Ticker`], [`TickerBuilder`] | the service and its settings |
//! | [`Bank`], [`Witness`] | the bank whose rates are shown, and the banks that confirm its numbers |
//! | [`Report`], [`Health`] | the outcome of one refresh; the state for monitoring |
//! | [`Hold`], [`Evidence`] | a quarantined publication, and the reason of its release |
//! | [`Store`], [`FileStore`] | data across restarts |
//! | [`shared`] | stores that many servers share |
//! | [`engine`] | the same decisions without I/O, for a host that drives them itself |
//!
//! ```no_run
//! use masthead::ticker::{FileStore, Ticker};
//! use masthead::weather::City;
//! use masthead::{Layout, Strip};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let ticker = Ticker::builder("news.example.kz; web@example.kz")
//!     .cities(City::find("astana").cloned())
//!     .store(FileStore::new("/var/lib/news/masthead.ledger"))
//!     .build()?;
//! let background = ticker.clone();
//! tokio::spawn(async move { background.run().await });
//!
//! // In the page:
//! let layout = Layout::line();
//! let html = Strip::new(&ticker.snapshot(), &layout, ticker.now()).html().to_string();
//! # Ok(()) }
//! ```

mod builder;
mod cell;
mod driver;
mod file_store;
mod fixed;
mod fleet;
mod log;
#[cfg(feature = "redis")]
mod redis;
mod run;
mod store;
mod supervise;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(feature = "web")]
use std::sync::TryLockError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::day;
use crate::engine::{Engine, Purpose};
use crate::fetch::Transport;
use crate::ledger::History;
use crate::snapshot::FreshnessPolicy;
use crate::weather::City;
#[cfg(feature = "web")]
use crate::weather::CityId;

pub use crate::engine::{
    Bank, Entry, Evidence, FleetEvent, FleetHealth, GuardEvent, Health, HeldRow, Hold, HoldId,
    HoldReason, Item, ItemHealth, Refusal, Report, SourceFailure, SourceHealth, State, StoreError,
    TopicHealth, Witness,
};
pub use builder::{InvalidTicker, TickerBuilder};
pub use cell::{Changes, Current};
pub use file_store::{Compacted, FileStore, Loaded};
pub use store::Store;
pub use supervise::Background;

/// A ticker's decisions without I/O: for a host that drives them itself.
///
/// The host passes [events](engine::Event) to [`Engine::on`](engine::Engine::on), each with the present [`Moment`](engine::Moment), and carries out the
/// [effects](engine::Effect) that it returns. [`Engine`] has an example of a refresh; this one is the loop around it, with a clock that
/// the host moves, a file of its own, and a network that is down:
///
/// ```
/// use std::time::Duration;
///
/// use chrono::{DateTime, TimeDelta, Utc};
/// use masthead::Ticker;
/// use masthead::fetch::FetchError;
/// use masthead::ticker::State;
/// use masthead::ticker::engine::{Effect, Engine, Event, Moment, Ticket};
///
/// let start: DateTime<Utc> = "2026-04-02T06:00:00Z".parse()?;
/// let at = |seconds: i64| Moment { clock: start + TimeDelta::seconds(seconds), passed: Duration::from_secs(seconds.unsigned_abs()) };
/// let mut engine: Engine = Ticker::builder("simulation").cities([]).engine()?;
/// let (mut requests, mut file): (Vec<Ticket>, _) = (Vec::new(), State::default());
///
/// engine.on(Event::Start, at(0));
/// for now in (0..600).map(at) {
///     let mut effects = engine.on(Event::Tick, now);
///     if engine.wake().is_some_and(|wake| wake <= now.passed) {
///         effects.extend(engine.on(Event::Wake, now));
///     }
///     while let Some(effect) = effects.pop() {
///         match effect {
///             Effect::Due { items, is_sparing } => {
///                 effects.extend(engine.on(Event::Refresh { items, time: Duration::from_secs(9), is_sparing }, now));
///             }
///             Effect::Ask { ticket, .. } => {
///                 requests.push(ticket);
///                 let received = Err(FetchError::late(Duration::from_secs(2)));
///                 effects.extend(engine.on(Event::Answered { ticket, received }, now));
///             }
///             Effect::Save { .. } => {
///                 file.merge(engine.take_unwritten()); // if the disk is full: `engine.not_written`, and an error below
///                 effects.extend(engine.on(Event::Saved(Ok(())), now));
///             }
///             Effect::Report(report) => assert!(!report.is_complete()),
///             _ => {}
///         }
///     }
/// }
/// // No source has answered: the attempts are minutes apart, and the health has each of them.
/// let end = at(600).clock;
/// assert!((4..20).contains(&requests.len()), "{}", requests.len());
/// assert!(engine.pause(end).is_some());
/// assert!(engine.health(end).sources.iter().all(|source| source.last_success.is_none()));
/// assert!(engine.history(end).rates_on("2026-04-02".parse()?).is_err());
/// assert!(engine.approve("2026-04-02-00c0ffee".parse()?, end).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// In a fleet the calls of the shared store are effects too: the host sends [`Event::Exchange`](engine::Event::Exchange) with a
/// [`Purpose`] at [`next_exchange`](engine::Engine::next_exchange), and answers each [`StoreCall`](engine::StoreCall) with a
/// [`StoreReply`](engine::StoreReply):
///
/// ```
/// use std::time::Duration;
///
/// use masthead::Ticker;
/// use masthead::ticker::engine::{Effect, Event, Moment, Purpose, StoreCall, StoreReply};
/// use masthead::ticker::shared::{MemoryStore, SharedStore as _};
///
/// let store = MemoryStore::default();
/// let mut engine = Ticker::builder("simulation").cities([]).fleet(store.clone()).engine()?;
/// let now = Moment { clock: "2026-04-02T06:00:00Z".parse()?, passed: Duration::ZERO };
/// assert!(engine.next_exchange() <= now.passed);
/// let effects = engine.on(Event::Exchange(Purpose::CatchUp), now);
/// let [Effect::Call { number, call: StoreCall::Revisions(topics), .. }] = &effects[..] else { panic!("{effects:?}") };
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// let revisions = runtime.block_on(store.revisions(topics))?;
/// let reply = Ok(StoreReply::Revisions(revisions));
/// let effects = engine.on(Event::Called { number: *number, reply }, now);
/// assert!(matches!(effects[..], [Effect::Call { call: StoreCall::Records(_), .. }]), "{effects:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub mod engine {
    pub use crate::engine::{
        Effect, Engine, Event, Moment, Purpose, StoreCall, StoreReply, Ticket,
    };
}

/// Stores that several servers share, and the types of their protocol.
///
/// [`TickerBuilder::fleet`] takes one: `RedisStore` with the feature `redis`, or a [`SharedStore`](shared::SharedStore) of one's own. A test of a site
/// takes [`MemoryStore`](shared::MemoryStore).
///
/// A store holds, for each [`Topic`](shared::Topic), keys with the instant at which they were last confirmed, a revision, and a lease; and beside
/// them texts by their hash. The calls of a ticker, in the order in which it makes them:
///
/// ```
/// use std::time::Duration;
///
/// use masthead::ledger::{Feed, Record, RecordId, Sighting};
/// use masthead::ticker::shared::{
///     Ask, Hint, Lease, Leases, MemoryStore, Node, SharedChange, SharedRecord, SharedRecords, SharedStore as _, SharedText, Topic, Wish,
/// };
/// use masthead::{Snapshot, SourceId};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # runtime.block_on(async {
/// # let now = Snapshot::SAMPLE_TIME;
/// # let rates = Snapshot::sample().rates(now).ok_or("no rates")?.value().clone();
/// let record: Record = Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now).into();
/// let (key, text) = (record.key().ok_or("not shared")?, record.text().ok_or("no text")?);
/// let store = MemoryStore::default().clock(move || now);
///
/// // A server adds a record that the store lacks, with its text.
/// let mut change = SharedChange::new(Topic::Rates);
/// change.texts.push(SharedText { id: RecordId::of_text(&text), text: text.clone(), keep: Duration::from_secs(86_400) });
/// change.records.push(SharedRecord { key: key.to_string(), last: record.last() });
/// assert!(change.records.len() <= SharedRecord::MOST && text.len() <= SharedText::LONGEST);
/// store.change(&[change]).await?.pop().ok_or("no outcome")??;
/// assert_eq!(store.hint().await?, Hint::Listening);
///
/// // Another one sees a revision that it does not know, and reads the record and its text.
/// assert!(store.revisions(&[Topic::Rates]).await?[0].is_some());
/// let SharedRecords { topics, now } = store.records(&[Topic::Rates]).await?;
/// assert_eq!(topics[0].as_ref().map_err(ToString::to_string)?.len(), 1);
/// let texts = store.texts(&[key.answer().ok_or("no answer")?]).await?;
/// assert_eq!(key.record(now, texts[0].as_deref())?, record);
///
/// // Before it requests the bank it asks for the lease.
/// let (first, second): (Node, Node) = ("web-1".parse()?, "web-2".parse()?);
/// let take = [Ask::new(Topic::Rates, Wish::Take)];
/// store.lease(&take, &first, Duration::from_secs(30)).await?;
/// let held = store.lease(&take, &second, Duration::from_secs(30)).await?;
/// assert_eq!(held, Leases::new(vec![Some(Lease::new(first, Duration::from_secs(30)))], now));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub mod shared {
    pub use crate::engine::{
        Ask, Hint, Lease, Leases, Node, SharedChange, SharedRecord, SharedRecords, SharedText,
        Topic, Wish,
    };
    pub use crate::ticker::fleet::{MemoryStore, SharedStore};
    #[cfg(feature = "redis")]
    pub use crate::ticker::redis::{InvalidRedisStore, RedisStore, RedisStoreBuilder};
}

use cell::Cell;
use driver::Watch;
use fleet::Fleet;

/// The service that keeps official rates and weather fresh, and publishes them as a [`Snapshot`](crate::Snapshot).
///
/// A page view reads [`snapshot`](Self::snapshot), which never waits. A task of the host drives [`run`](Self::run); a host without Tokio calls
/// [`start`](Self::start), a script [`refresh_blocking`](Self::refresh_blocking). A source that fails changes nothing on the page but the age of
/// its items. Clones share one ticker.
///
/// ```
/// use masthead::{Layout, Strip, Ticker};
/// # use masthead::{Snapshot, fetch::FakeUpstream};
///
/// # let now = || Snapshot::SAMPLE_TIME;
/// # let upstream = FakeUpstream::new();
/// # upstream.national_bank_kz(Snapshot::sample().rates(now()).unwrap().value().rows(), now);
/// let ticker = Ticker::builder("news.example.kz; web@example.kz")
/// #   .transport(upstream)
/// #   .clock(now)
///     .cities([])
///     .build()?;
/// let report = ticker.refresh_blocking(ticker.now());
/// assert!(report.failures().next().is_none(), "{report}");
///
/// // In a page:
/// let layout = Layout::line().isolates(false);
/// let strip = Strip::new(&ticker.snapshot(), &layout, ticker.now()).text().to_string();
/// assert!(strip.starts_with("usd/kzt 447.32 · eur/kzt 482.21 · "), "{strip}");
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
#[derive(Clone)]
pub struct Ticker {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Arc<Mutex<Engine>>,
    cell: Cell,
    cities: Vec<City>,
    policy: FreshnessPolicy,
    deadline: Duration,
    transport: Arc<dyn Transport>,
    store: Option<Arc<dyn Store>>,
    fleet: Option<Fleet>,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    on_report: Box<dyn Fn(&Report) + Send + Sync>,
    watch: Mutex<Watch>,
    /// One refresh at a time.
    refreshing: tokio::sync::Mutex<()>,
    /// Held by the save under way, also when its deadline has passed.
    saving: Arc<tokio::sync::Mutex<()>>,
    /// Whether it shows one snapshot and requests nothing.
    is_fixed: bool,
}

/// The pairs and cities of a page.
#[cfg(feature = "web")]
impl Ticker {
    pub(crate) fn quoted_like(&self, pair: crate::money::Pair) -> crate::money::Pair {
        self.shared.engine().quoted_like(pair)
    }

    pub(crate) fn bank(&self) -> Bank {
        self.shared.engine().bank().clone()
    }

    /// Returns what [`history`](Self::history) does, or `None` while a refresh is at work, without a wait.
    pub(crate) fn history_at_once(&self) -> Option<History> {
        let now = day::clamp(self.now());
        let engine = match self.shared.engine.try_lock() {
            Ok(engine) => engine,
            Err(TryLockError::Poisoned(engine)) => engine.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(engine.history(now))
    }

    pub(crate) fn keeps_pair(&self, pair: crate::money::Pair) -> bool {
        self.shared.is_fixed || self.shared.engine().keeps_pair(pair)
    }

    #[cfg(feature = "web")]
    pub(crate) fn keeps_sparklines(&self, days: u8) -> bool {
        self.shared.engine().keeps_sparklines(days)
    }

    pub(crate) fn keeps_city_id(&self, id: &CityId) -> bool {
        self.shared.engine().keeps_city_id(id)
    }

    pub(crate) fn keeps_city(&self, city: &City) -> bool {
        self.shared.is_fixed || self.shared.engine().keeps_city(city)
    }
}

impl Ticker {
    /// Starts the settings of a ticker. `contact` goes into the `User-Agent` of each request: the site, and an e-mail address or a page with one, in
    /// 1 to 200 characters of visible ASCII without parentheses. MET Norway refuses requests without a true contact.
    pub fn builder(contact: impl Into<String>) -> TickerBuilder {
        TickerBuilder::new(contact.into())
    }

    /// Returns the published snapshot. It is one atomic load and takes a few nanoseconds. Take it once for a page, so that everything on the page is
    /// of one moment.
    #[must_use]
    pub fn snapshot(&self) -> Current {
        self.shared.cell.load()
    }

    /// Requests every source, as far as its rate limits and its `Expires` allow, and publishes each reading as it arrives.
    ///
    /// It never fails: the report says how each source responded. A source that has not answered within the
    /// [deadline](TickerBuilder::deadline) counts as a time-out, and a store gets at most one second more. Concurrent calls run one after the other.
    /// Weather is requested for ten cities a second, in the first half of the deadline; cities that do not fit are
    /// [postponed](Report::postponed) and come first in the next refresh.
    ///
    /// ```
    /// use masthead::Ticker;
    /// use masthead::fetch::FakeUpstream;
    ///
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    /// # runtime.block_on(async {
    /// let ticker = Ticker::builder("tests").transport(FakeUpstream::new()).cities([]).build()?; // no host answers
    /// let mut changes = ticker.changes();
    /// ticker.catch_up().await; // of a fleet: adopts what other servers have
    /// let report = ticker.refresh(ticker.now()).await;
    /// assert!(!report.is_complete());
    /// assert!(!ticker.health().is_good());
    /// # drop(changes.changed());
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn refresh(&self, now: DateTime<Utc>) -> Report {
        if self.shared.is_fixed {
            return Report::of(now, Vec::new());
        }
        self.catch_up().await;
        let (items, is_sparing) = {
            let engine = self.shared.engine();
            (engine.items(), engine.is_sparing())
        };
        let refresh = self.shared.refresh(items, is_sparing, day::clamp(now));
        let report = refresh.await;
        self.catch_up().await;
        report
    }

    /// Adopts newer records from the shared store and publishes newer ones to it. A server of a [fleet](TickerBuilder::fleet) calls it once before its
    /// first page, which then has the strip; [`run`](Self::run) does it continuously.
    ///
    /// It takes at most about a second and never fails: the [health](Self::health) says how the store responded. Without a shared store it does
    /// nothing.
    pub async fn catch_up(&self) {
        if let Some(fleet) = &self.shared.fleet {
            self.shared.exchange(fleet, Purpose::CatchUp).await;
        }
    }

    /// Does what [`refresh`](Self::refresh) does, for scripts and sites without a runtime. It runs on a thread and a runtime of its own, so it may be
    /// called wherever a thread may wait, also inside a runtime.
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

    /// Returns a listener for changes of the snapshot, for pages that are rendered once for all readers.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.shared.cell.changes()
    }

    /// Returns the quarantined publications: surprising numbers that no [`Evidence`] has released yet. They are not on any page.
    #[must_use]
    pub fn holds(&self) -> Vec<Hold> {
        self.shared.engine().holds().to_vec()
    }

    /// Releases a quarantined publication because the operator knows it to be right: its numbers are shown and stored.
    ///
    /// The approval is a record of this server and stays across restarts. Other servers, also those that
    /// [share a store](TickerBuilder::fleet) with it, need an approval each: a writer of the store cannot approve.
    ///
    /// # Errors
    ///
    /// Returns [`UnknownHold`] if there is no such entry: it was released meanwhile, or the bank publishes something else now. A store that fails is
    /// no error: the numbers are shown, and [`Report::store`] says what failed.
    ///
    /// ```
    /// # use masthead::Ticker;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    /// # runtime.block_on(async {
    /// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
    /// for hold in ticker.holds() {
    ///     println!("{hold}");
    /// }
    /// let error = ticker.approve("2026-04-02-00c0ffee".parse()?).await.unwrap_err();
    /// assert!(error.to_string().contains("2026-04-02-00c0ffee"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn approve(&self, id: HoldId) -> Result<Report, UnknownHold> {
        let (shared, now) = (&self.shared, day::clamp(self.now()));
        let approved = shared.with(|engine| engine.approve(id, now));
        let report = approved.ok_or(UnknownHold { id })?;
        let kept = shared.keep().await;
        Ok(Report {
            store: kept.err().into_iter().collect(),
            ..report
        })
    }

    /// Returns the rates of all days that the ticker has received and believes: of each day its store kept, and of those since. Quarantined numbers are
    /// not among them. A layout's pairs do not matter; [`TickerBuilder::pairs`] does not either.
    ///
    /// The work grows with the number of days, a millisecond for a thousand; a refresh waits for it, and a page view does not.
    ///
    /// ```
    /// use masthead::Ticker;
    ///
    /// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
    /// let error = ticker.history().rates_on("2026-04-02".parse()?).unwrap_err();
    /// assert_eq!(error.to_string(), "no rates of national_bank_kz are known");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn history(&self) -> History {
        let now = day::clamp(self.now());
        self.shared.engine().history(now)
    }

    /// Returns the state of the ticker for monitoring: how fresh each item is, the last outcome of each source, the store, the quarantine and the
    /// fleet.
    ///
    /// ```
    /// use masthead::{Snapshot, Ticker};
    ///
    /// let ticker = Ticker::builder("news.example.kz; web@example.kz").clock(|| Snapshot::SAMPLE_TIME).build()?;
    /// let health = ticker.health();
    /// assert_eq!(health.at, Snapshot::SAMPLE_TIME);
    /// assert_eq!(health.items.len(), 2, "the rates, and the weather of Astana");
    /// assert!(!health.is_good(), "no data yet");
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    #[must_use]
    pub fn health(&self) -> Health {
        let now = day::clamp(self.now());
        self.shared.engine().health(now)
    }

    /// Returns the time of the ticker's [clock](TickerBuilder::clock).
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.shared.clock)()
    }

    /// Returns the limits of freshness, for [`Strip::policy`](crate::Strip::policy).
    ///
    /// ```
    /// use masthead::{Layout, Strip, Ticker};
    ///
    /// let ticker = Ticker::builder("docs").build()?;
    /// let (snapshot, layout) = (ticker.snapshot(), Layout::line());
    /// let strip = Strip::new(&snapshot, &layout, ticker.now()).policy(ticker.policy());
    /// # assert!(!strip.text().to_string().is_empty());
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    #[must_use]
    pub fn policy(&self) -> FreshnessPolicy {
        self.shared.policy
    }
}

impl Shared {
    /// Calls the host's hook. Its panic must not stop the ticker; the panic hook has reported it.
    fn tell(&self, report: &Report) {
        _ = catch_unwind(AssertUnwindSafe(|| (self.on_report)(report)));
    }
}

/// The error of [`Ticker::approve`]: no publication is in quarantine under this id.
///
/// ```
/// use masthead::Ticker;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # runtime.block_on(async {
/// let ticker = Ticker::builder("docs").build()?;
/// let error = ticker.approve("2026-04-02-00c0ffee".parse()?).await.unwrap_err();
/// assert!(error.to_string().starts_with("nothing is held as 2026-04-02-00c0ffee"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing is held as {id}: it was released, or the bank says something else now")]
pub struct UnknownHold {
    id: HoldId,
}

impl fmt::Debug for Ticker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared {
            engine,
            cities,
            transport,
            ..
        } = &*self.shared;
        let [rates, newest, weather] = {
            let engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
            engine.sources()
        };
        f.debug_struct("Ticker")
            .field("rates", &rates)
            .field("newest", &newest)
            .field("weather", &weather)
            .field("cities", &cities.iter().map(City::id).collect::<Vec<_>>())
            .field("transport", transport)
            .finish_non_exhaustive()
    }
}
