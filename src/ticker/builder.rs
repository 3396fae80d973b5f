use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::cell::Cell;
use super::{Report, Shared, Store, Ticker};
use crate::fetch::{Budgets, Chain, HttpTransport, InvalidTransport, Transport};
use crate::money::Pair;
use crate::snapshot::FreshnessPolicy;
use crate::source::{DynRates, DynWeather, Frankfurter, MetNorway, NationalBankKz};
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
    rates: Vec<Arc<DynRates>>,
    newest: Vec<Arc<DynRates>>,
    weather: Vec<Arc<DynWeather>>,
    zone: Tz,
    pairs: Vec<Pair>,
    cities: Vec<City>,
    upstream: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    store: Option<Arc<dyn Store>>,
    policy: FreshnessPolicy,
    deadline: Duration,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    on_report: Box<dyn Fn(&Report) + Send + Sync>,
}

impl TickerBuilder {
    pub(super) fn new(contact: String) -> Self {
        Self {
            contact,
            rates: vec![
                Arc::new(NationalBankKz::of_day()),
                Arc::new(Frankfurter::new()),
            ],
            newest: vec![Arc::new(NationalBankKz::newest())],
            weather: vec![Arc::new(MetNorway::new())],
            zone: NationalBankKz::ZONE,
            pairs: Vec::new(),
            cities: City::find("astana").cloned().into_iter().collect(),
            upstream: None,
            transport: None,
            store: None,
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

    /// Sets the cities whose weather is kept.
    pub fn cities(mut self, cities: impl IntoIterator<Item = City>) -> Self {
        self.cities = cities.into_iter().collect();
        self
    }

    /// Sets who is asked for the rates in force, in order, and the zone in which their bank counts its days.
    pub fn rates(mut self, sources: impl IntoIterator<Item = Arc<DynRates>>, zone: Tz) -> Self {
        self.rates = sources.into_iter().collect();
        self.zone = zone;
        self
    }

    /// Sets who is asked for the newest publication, which may be of a day ahead; nobody, for a bank without such a feed.
    pub fn newest(mut self, sources: impl IntoIterator<Item = Arc<DynRates>>) -> Self {
        self.newest = sources.into_iter().collect();
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

    /// Sets who is told of each refresh by [`Ticker::run`]: the host's log.
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
    /// When there is no source of rates, or the bundled transport cannot be set up with the contact.
    pub fn build(self) -> Result<Ticker, InvalidTicker> {
        if self.rates.is_empty() {
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
        let (kept, error) = match self.store.as_deref().map(Store::load) {
            None => (None, None),
            Some(Ok(kept)) => (kept, None),
            Some(Err(error)) => (None, Some(error)),
        };
        let now = (self.clock)();
        let kept = kept
            .unwrap_or_default()
            .without_future(now)
            .without_abandoned(&self.cities, now);
        let shared = Shared {
            cell: Cell::new(kept),
            rates: Chain::new(self.rates),
            newest: Chain::new(self.newest),
            weather: Chain::new(self.weather),
            pairs: self.pairs,
            cities: self.cities,
            zone: self.zone,
            transport,
            budgets: Budgets::default(),
            store: self.store,
            policy: self.policy,
            // A day is for ever, and what is added to it does not overflow.
            deadline: self.deadline.min(Duration::from_secs(86_400)),
            clock: self.clock,
            on_report: self.on_report,
            restored: Mutex::new(error),
            refreshing: tokio::sync::Mutex::new(()),
        };
        shared.restore();
        Ok(Ticker {
            shared: Arc::new(shared),
        })
    }
}

impl fmt::Debug for TickerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TickerBuilder")
            .field("contact", &self.contact)
            .field("rates", &self.rates)
            .field("newest", &self.newest)
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
    /// The bundled transport cannot be set up.
    #[error(transparent)]
    Transport(#[from] InvalidTransport),
}
