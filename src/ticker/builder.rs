use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};

use super::cell::Cell;
use super::fleet::Fleet;
use super::refresh::SPACING;
use super::{
    Bank, Node, ParseFleetError, Report, Shared, SharedStore, State, Store, StoreError, Ticker,
};
use crate::fetch::{Budgets, Chain, HttpTransport, InvalidTransport, Transport};
use crate::money::Pair;
use crate::snapshot::FreshnessPolicy;
use crate::source::{DynRates, DynWeather, MetNorway};
use crate::weather::City;

/// Settings of a [`Ticker`].
///
/// Without further ado: every currency of the National Bank of Kazakhstan, Frankfurter as its second route, MET Norway's
/// weather of Astana, nothing kept across a restart.
///
/// ```
/// use std::sync::Arc;
/// use masthead::Ticker;
/// use masthead::money::Pair;
/// use masthead::source::{DynWeather, MetNorway, OpenMeteo};
/// use masthead::weather::City;
///
/// let weather: [Arc<DynWeather>; 2] = [Arc::new(MetNorway::new()), Arc::new(OpenMeteo::with_key("s3cret"))];
/// let ticker = Ticker::builder("news.example.kz; web@example.kz")
///     .pairs([Pair::USD_KZT, Pair::EUR_KZT])
///     .cities(City::all().iter().cloned())
///     .weather(weather)
///     .build()?;
/// assert!(ticker.snapshot().rates(ticker.now()).is_none());
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
#[must_use = "a builder does nothing until it is built"]
pub struct TickerBuilder {
    contact: String,
    bank: Bank,
    weather: Vec<Arc<DynWeather>>,
    pairs: Vec<Pair>,
    shown_pairs: Vec<Pair>,
    cities: Vec<City>,
    upstream: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    store: Option<Arc<dyn Store>>,
    fleet: Option<Arc<dyn SharedStore>>,
    node: String,
    policy: FreshnessPolicy,
    deadline: Duration,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    on_report: Box<dyn Fn(&Report) + Send + Sync>,
}

impl TickerBuilder {
    pub(super) fn new(contact: String) -> Self {
        Self {
            contact,
            bank: Bank::national_bank_kz(),
            weather: vec![Arc::new(MetNorway::new())],
            pairs: Vec::new(),
            shown_pairs: Vec::new(),
            cities: City::find("astana").cloned().into_iter().collect(),
            upstream: None,
            transport: None,
            store: None,
            fleet: None,
            node: "masthead".into(),
            policy: FreshnessPolicy::default(),
            deadline: Duration::from_secs(9),
            clock: Arc::new(|| DateTime::from(SystemTime::now())),
            on_report: Box::new(|_| {}),
        }
    }

    /// Keeps only these pairs; without it every pair a source publishes is kept. A layout that shows others has no data for
    /// them.
    pub fn pairs(mut self, pairs: impl IntoIterator<Item = Pair>) -> Self {
        self.pairs = pairs.into_iter().collect();
        self
    }

    /// Says which pairs the pages show, without dropping the others: a second route that takes a request for each currency is
    /// asked for these.
    ///
    /// Default: the [pairs kept](Self::pairs).
    pub fn shown_pairs(mut self, pairs: impl IntoIterator<Item = Pair>) -> Self {
        self.shown_pairs = pairs.into_iter().collect();
        self
    }

    /// Sets the cities whose weather is kept.
    pub fn cities(mut self, cities: impl IntoIterator<Item = City>) -> Self {
        self.cities = cities.into_iter().collect();
        self
    }

    /// Sets whose rates are kept: another bank than the National Bank of Kazakhstan, or other sources of its figures.
    pub fn bank(mut self, bank: Bank) -> Self {
        self.bank = bank;
        self
    }

    /// Sets who is asked for weather, in order.
    pub fn weather(mut self, sources: impl IntoIterator<Item = Arc<DynWeather>>) -> Self {
        self.weather = sources.into_iter().collect();
        self
    }

    /// Sends every request to `URL/<original host>/<original path and query>`: a mirror, or a test server. This is the
    /// only way to plain `http`.
    pub fn upstream(mut self, url: impl Into<String>) -> Self {
        self.upstream = Some(url.into());
        self
    }

    /// Sets another transport than the bundled one, such as a client of the host's. The contact and the upstream are its
    /// own business then.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sets where the last good snapshot is kept across restarts.
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Sets the store that this server shares with others, so that one of them asks the banks and all show the same.
    ///
    /// It stands beside [`store`](Self::store), which a server has for itself: with both, a server that starts while the shared
    /// one is away has what it showed last. All servers of a fleet have the same settings.
    pub fn fleet(mut self, store: impl SharedStore + 'static) -> Self {
        self.fleet = Some(Arc::new(store));
        self
    }

    /// Sets the name under which the other servers and the [health](Ticker::health) know this one; `masthead` unless set.
    /// Letters are added to it, so that two processes are never one.
    pub fn node(mut self, name: impl Into<String>) -> Self {
        self.node = name.into();
        self
    }

    /// Sets the limits of freshness, which [`Ticker::policy`] hands to each strip.
    pub const fn policy(mut self, policy: FreshnessPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the time in which a whole refresh ends; 9 seconds.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets another clock than the system's.
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the function that is called with the report of each refresh by [`Ticker::run`], for the host's log.
    ///
    /// It runs on the refresher and must not block: while it does, nothing is refreshed. A log that may block, such as a pipe
    /// or a terminal, is written to from another thread, through a queue that drops lines when it is full. The same holds for a
    /// `tracing` subscriber, which the refresher calls as well.
    pub fn on_report(mut self, hear: impl Fn(&Report) + Send + Sync + 'static) -> Self {
        self.on_report = Box::new(hear);
        self
    }

    /// The ticker, with what its store kept.
    ///
    /// A store that cannot be read does not stop a site from starting: the ticker starts empty and its first report says
    /// so.
    ///
    /// # Errors
    ///
    /// When there is no source of rates, the bundled transport cannot be set up with the contact, or the name of the node is
    /// none.
    pub fn build(self) -> Result<Ticker, InvalidTicker> {
        let bank = self.bank.for_pairs(if self.shown_pairs.is_empty() {
            &self.pairs
        } else {
            &self.shown_pairs
        });
        if bank.rates.is_empty() {
            return Err(InvalidTicker::NoSource);
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None => {
                let bundled = HttpTransport::builder(self.contact);
                let bundled = match self.upstream {
                    Some(url) => bundled.upstream(url),
                    None => bundled,
                };
                Arc::new(bundled.build()?)
            }
        };
        let node = Node::process_of(&self.node)?;
        let (kept, error) = match self.store.as_deref().map(load) {
            None => (None, None),
            Some(Ok(kept)) => (kept, None),
            Some(Err(error)) => (None, Some(error)),
        };
        let now = (self.clock)();
        let (kept, memory) = kept.unwrap_or_default().into_parts();
        let kept = kept
            .without_future(now)
            .without_abandoned(&self.cities, now);
        let (kept, refused) = kept.with_plausible_weather(&self.cities);
        for (city, reason) in refused {
            tracing::warn!(target: "masthead", %city, %reason, "the weather that was kept is dropped");
        }
        let chain = |sources: &[Arc<DynRates>]| Chain::new(sources.iter().cloned());
        let shared = Shared {
            guard: Mutex::new(memory.with(&kept, now)),
            cell: Cell::new(kept),
            rates: chain(&bank.rates),
            newest: chain(&bank.newest),
            witnesses: bank
                .witnesses
                .iter()
                .map(|witness| chain(std::slice::from_ref(&witness.source)))
                .collect(),
            weather: Chain::new(self.weather).spaced(SPACING),
            bank,
            pairs: self.pairs,
            budgets: Budgets::of_cities(self.cities.len()),
            cities: self.cities,
            transport,
            store: self.store,
            fleet: self.fleet.map(|store| Fleet::new(store, node)),
            policy: self.policy,
            // A day is for ever, and what is added to it does not overflow.
            deadline: self.deadline.min(Duration::from_secs(86_400)),
            clock: self.clock,
            on_report: self.on_report,
            restored: Mutex::new(error),
            refreshing: tokio::sync::Mutex::default(),
            saving: Arc::default(),
            unsaved: AtomicBool::new(false),
            ledger: Mutex::default(),
        };
        shared.restore();
        Ok(Ticker {
            shared: Arc::new(shared),
        })
    }
}

/// What a store kept. One of the site's own may panic: then the ticker starts empty, and says so.
fn load(store: &dyn Store) -> Result<Option<State>, StoreError> {
    catch_unwind(AssertUnwindSafe(|| store.load()))
        .unwrap_or_else(|_| Err(StoreError::new("the store panicked when it was read")))
}

impl fmt::Debug for TickerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TickerBuilder")
            .field("contact", &self.contact)
            .field("bank", &self.bank)
            .field("weather", &self.weather)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// The settings do not make a ticker.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTicker {
    /// Nobody is asked for rates.
    #[error("a ticker needs at least one source of rates")]
    NoSource,
    /// The name of the node is none.
    #[error(transparent)]
    Node(#[from] ParseFleetError),
    /// The bundled transport cannot be set up.
    #[error(transparent)]
    Transport(#[from] InvalidTransport),
}
