//! The settings of a ticker, and their checks.
//!
//! Setters store what they are given; [`TickerBuilder::build`] checks all of it and returns the first fault as a typed error. Settings are then
//! passed on as values: to the engine as its `Settings`, to the driver as the fields of `Shared`. The clock is read once here, for loading; from then
//! on the driver passes the time with each event.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::cell::Cell;
use super::driver::Watch;
use super::fleet::Fleet;
use super::{Bank, Report, Shared, State, Store, StoreError, Ticker};
use crate::engine::Node;
use crate::engine::{Engine, Settings};
use crate::fetch::{HttpTransport, InvalidTransport, Transport};
use crate::money::{Currency, Pair};
use crate::snapshot::{FreshnessPolicy, Snapshot};
use crate::source::{DynWeather, MetNorway};
use crate::text::ParseError;
use crate::ticker::fleet::SharedStore;
use crate::weather::{City, CityId};

/// Settings of a [`Ticker`]: [`Ticker::builder`] makes one, [`build`](Self::build) turns it into a ticker.
///
/// | setting | default |
/// |---|---|
/// | [`bank`](Self::bank) | the National Bank of Kazakhstan, with Frankfurter as second route |
/// | [`pairs`](Self::pairs), [`shown_pairs`](Self::shown_pairs) | every pair that the bank publishes |
/// | [`sparklines`](Self::sparklines) | none |
/// | [`cities`](Self::cities), [`weather`](Self::weather) | Astana; MET Norway |
/// | `shows` (feature `web`) | nothing: adds the pairs, sparklines and cities of a layout to `shown_pairs`, `sparklines` and `cities` |
/// | [`store`](Self::store), [`fleet`](Self::fleet) | none: data is lost at a restart, each server requests the sources |
/// | [`node`](Self::node) | `masthead` |
/// | [`successor_of`](Self::successor_of) | none: begins with the data of its store |
/// | [`policy`](Self::policy) | [`FreshnessPolicy::default`] |
/// | [`history_since`](Self::history_since) | earlier days are not requested |
/// | [`deadline`](Self::deadline) | 9 seconds |
/// | [`transport`](Self::transport), [`upstream`](Self::upstream) | [`HttpTransport`]; the sources' own addresses |
/// | [`clock`](Self::clock), [`on_report`](Self::on_report) | the system's clock; reports are dropped |
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
/// // Building sends no request.
/// assert!(ticker.snapshot().rates(ticker.now()).is_none());
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
///
/// Settings of a larger site, and of its tests:
///
/// ```
/// use std::time::Duration;
/// use chrono::TimeDelta;
/// use masthead::fetch::FakeUpstream;
/// use masthead::money::Pair;
/// use masthead::ticker::shared::MemoryStore;
/// use masthead::{FreshnessPolicy, Snapshot, Ticker};
///
/// let mut policy = FreshnessPolicy::default();
/// policy.forecast_stale = TimeDelta::hours(18);
/// let builder = || {
///     Ticker::builder("news.example.kz; web@example.kz")
///         .shown_pairs([Pair::USD_KZT]) // keeps all, requests these where a source has a request for each
///         .policy(policy)
///         .deadline(Duration::from_secs(5))
///         .on_report(|report| eprint!("{report}"))
/// };
/// let site = builder().fleet(MemoryStore::default()).node("web-1").build()?;
/// assert_eq!(site.policy(), policy);
///
/// // A test has its own transport and clock. A mirror is an upstream.
/// let test = builder().transport(FakeUpstream::new()).clock(|| Snapshot::SAMPLE_TIME).build()?;
/// assert_eq!(test.now(), Snapshot::SAMPLE_TIME);
/// let mirrored = builder().upstream("http://127.0.0.1:8080").build()?;
/// // The decisions without a runtime.
/// let engine = builder().engine()?;
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
#[must_use = "a builder does nothing until it is built"]
pub struct TickerBuilder {
    contact: String,
    bank: Bank,
    weather: Vec<Arc<DynWeather>>,
    pairs: Vec<Pair>,
    shown_pairs: Vec<Pair>,
    sparklines: Vec<u8>,
    /// `None` for the default.
    cities: Option<Vec<City>>,
    upstream: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    store: Option<Arc<dyn Store>>,
    fleet: Option<Arc<dyn SharedStore>>,
    node: String,
    policy: FreshnessPolicy,
    history_since: Option<NaiveDate>,
    deadline: Duration,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    on_report: Box<dyn Fn(&Report) + Send + Sync>,
    fixed: Option<Snapshot>,
    before: Option<Ticker>,
}

impl TickerBuilder {
    pub(super) fn new(contact: String) -> Self {
        Self {
            contact,
            bank: Bank::national_bank_kz(),
            weather: vec![Arc::new(MetNorway::new())],
            pairs: Vec::new(),
            shown_pairs: Vec::new(),
            sparklines: Vec::new(),
            cities: None,
            upstream: None,
            transport: None,
            store: None,
            fleet: None,
            node: "masthead".into(),
            policy: FreshnessPolicy::default(),
            history_since: None,
            deadline: Duration::from_secs(9),
            clock: Arc::new(|| DateTime::from(SystemTime::now())),
            on_report: Box::new(|_| {}),
            fixed: None,
            before: None,
        }
    }

    /// Sets the pairs that are kept; rates of other currencies are dropped after the guard has judged the whole publication. A layout that shows
    /// another pair has `no data` in its place, and `Ticker::service` refuses it. A pair stands in the direction in which the bank quotes it. An
    /// empty list keeps every pair. Default: every pair.
    pub fn pairs(mut self, pairs: impl IntoIterator<Item = Pair>) -> Self {
        self.pairs = pairs.into_iter().collect();
        self
    }

    /// Sets the pairs that the pages show, without dropping others. A source that needs a request for each currency, such as Frankfurter, requests
    /// these. Default: the [pairs kept](Self::pairs); if these are not set, the dollar, the euro, the ruble and the yuan.
    pub fn shown_pairs(mut self, pairs: impl IntoIterator<Item = Pair>) -> Self {
        self.shown_pairs = pairs.into_iter().collect();
        self
    }

    /// Sets the cities whose weather is kept: one request for each city and refresh, while the service's `Expires` allows one. A layout that shows
    /// another city has `no data` in its place, and `Ticker::service` refuses it. An empty list requests no weather. Default: Astana.
    pub fn cities(mut self, cities: impl IntoIterator<Item = City>) -> Self {
        self.cities = Some(cities.into_iter().collect());
        self
    }

    /// Sets the lengths in days of the [sparklines](crate::Layout::sparklines) that the pages show, each at most 92. Another length has no sparkline,
    /// and `Ticker::service` refuses it. Default: none.
    ///
    /// ```
    /// use masthead::{Layout, Ticker};
    ///
    /// let layout = Layout::line().sparklines(30);
    /// let ticker = Ticker::builder("news.example.kz; web@example.kz").sparklines([30]).build()?;
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    pub fn sparklines(mut self, lengths: impl IntoIterator<Item = u8>) -> Self {
        self.sparklines = crate::snapshot::lengths(lengths);
        self
    }

    /// Adds pairs and sparklines to those that are shown, and cities to those that are set.
    #[cfg(feature = "web")]
    pub(crate) fn show_too<'a>(
        mut self,
        pairs: impl Iterator<Item = Pair>,
        sparkline: u8,
        cities: impl IntoIterator<Item = &'a City>,
    ) -> Self {
        self.shown_pairs.extend(pairs);
        self.sparklines.push(sparkline);
        self.sparklines = crate::snapshot::lengths(self.sparklines);
        let all = self.cities.get_or_insert_default();
        for city in cities {
            if !all.contains(city) {
                all.push(city.clone());
            }
        }
        self
    }

    /// Sets the bank whose rates are kept. It decides the home currency, the days and the sources of the rates. Default:
    /// [`Bank::national_bank_kz`].
    ///
    /// ```
    /// # use masthead::Ticker;
    /// use masthead::ticker::Bank;
    ///
    /// let ticker = Ticker::builder("news.example.uz; web@example.uz").bank(Bank::cbu()).build()?;
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    pub fn bank(mut self, bank: Bank) -> Self {
        self.bank = bank;
        self
    }

    /// Sets the weather services in order of preference: the next one is requested if one fails or its temperatures are not plausible.
    /// The page prints the credit of the service whose forecast it shows. Default: [`MetNorway`].
    pub fn weather(mut self, sources: impl IntoIterator<Item = Arc<DynWeather>>) -> Self {
        self.weather = sources.into_iter().collect();
        self
    }

    /// Sends every request to `URL/<original host>/<original path and query>`, for a mirror or a test server. This is the only way to use plain
    /// `http`. An error beside a [`transport`](Self::transport). Default: the sources' own addresses, with `https`.
    pub fn upstream(mut self, url: impl Into<String>) -> Self {
        self.upstream = Some(url.into());
        self
    }

    /// Sets a transport of the host's own, such as a client with a proxy. The contact is then not used: the
    /// transport adds the `User-Agent`. Default: [`HttpTransport`] with the contact.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sets the store that keeps the last good data across restarts. With it the first page after a restart shows that data with its age, and the
    /// guard remembers what it has accepted; without it the page has `no data` until the first refresh. Default: none.
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Sets the store that this server shares with others: one of them requests the sources, and all show the same data.
    ///
    /// It complements [`store`](Self::store), which belongs to one server: with both, a server that starts while the shared store is down shows its
    /// own last data. All servers of a fleet must have the same settings. Default: none; each server requests the sources.
    pub fn fleet(mut self, store: impl SharedStore + 'static) -> Self {
        self.fleet = Some(Arc::new(store));
        self
    }

    /// Sets the name of this server in the [health](Ticker::health) and the log of all servers of a fleet: 1 to 64 of `a-z`, `A-Z`, `0-9`, `.`, `_`
    /// and `-`. Six random characters are appended, so that two processes never have the same name. Default: `masthead`.
    pub fn node(mut self, name: impl Into<String>) -> Self {
        self.node = name.into();
        self
    }

    /// Sets the limits of freshness. They decide when the health and the service for HTTP servers call an item stale; a strip of your own takes them
    /// from [`Ticker::policy`] through [`Strip::policy`](crate::Strip::policy). None of its times is negative. Default: [`FreshnessPolicy::default`].
    pub const fn policy(mut self, policy: FreshnessPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Requests the rates of earlier days from this one on, as far as they are not known: for [`Ticker::history`], and tables and charts of other days.
    /// Default: earlier days are not requested.
    ///
    /// Every calendar day is requested, because banks publish for Saturdays too: the newest first, one every five seconds at most, and only while no other item is due.
    /// Five years take about three hours. Yesterday's rates follow a day later. The European Central Bank has one file for all days. A day for which the bank has no rates
    /// is requested again after a day, then after two, four, …; where 60 days in a row have none, earlier ones are not requested. Set a
    /// [`store`](Self::store), which keeps what was read.
    ///
    /// An answer is not believed if it repeats the present rates under an earlier day, or if it is far from the days before and after; it is believed once the bank repeats
    /// it a day later. One server of a fleet requests the days, and passes them on, at most 900 a day. The National Bank of the Kyrgyz Republic has no earlier days.
    ///
    /// ```
    /// use masthead::Ticker;
    ///
    /// let since = "2021-05-10".parse()?;
    /// let ticker = Ticker::builder("news.example.kz; web@example.kz").history_since(since).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn history_since(mut self, day: NaiveDate) -> Self {
        self.history_since = Some(day);
        self
    }

    /// Sets the time in which a whole refresh ends: more than 0; a longer one than a day counts as a day. A source that has not answered by then counts
    /// as a time-out. Default: 9 seconds.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the clock, for tests and replays. It decides which rates are in force and how old items are. Default: the system's clock.
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets a function that [`Ticker::run`] calls with the report of each refresh, for the host's log. Default: reports are dropped.
    ///
    /// It runs on the refresher and must not block: while it does, nothing is refreshed. Write to a log that may block, such as a pipe or a
    /// terminal, from another thread, through a queue that drops lines when it is full. The same holds for a `tracing` subscriber, which the
    /// refresher calls as well: with the target `masthead::report` for what the report says too, else with `masthead`.
    pub fn on_report(mut self, hear: impl Fn(&Report) + Send + Sync + 'static) -> Self {
        self.on_report = Box::new(hear);
        self
    }

    /// Begins with what another ticker knows, for a reload of settings: its records and verdicts, what it has spent of each budget, its due times.
    /// If the bank is the same, its rates stay on the page, and so does the weather of each city that stays, also if the new settings name other
    /// sources.
    ///
    /// Stop the other ticker before the new one is built: drop its [`Background`](super::Background), or the future of [`Ticker::run`]. Its pages stay as
    /// they are. If the new settings turn out to be wrong, it can be started again. Records that its [`store`](Self::store) has are loaded as well. Both
    /// must have the same store: a new one gets only the records of the last save and later ones.
    ///
    /// ```
    /// use masthead::Ticker;
    /// use masthead::weather::City;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let before = Ticker::builder("news.example.kz; web@example.kz").build()?;
    /// let refresher = before.start()?;
    ///
    /// drop(refresher);
    /// let after = Ticker::builder("news.example.kz; web@example.kz")
    ///     .cities(City::all().iter().cloned())
    ///     .successor_of(&before)
    ///     .build()?;
    /// let refresher = after.start()?;
    /// # drop(refresher);
    /// # Ok(()) }
    /// ```
    pub fn successor_of(mut self, before: &Ticker) -> Self {
        self.before = Some(before.clone());
        self
    }

    pub(super) fn fixed_to(mut self, snapshot: Snapshot) -> Self {
        self.fixed = Some(snapshot);
        self
    }

    /// Builds the ticker and loads the data of its store. Sends no request.
    ///
    /// A store that cannot be read does not keep a site from starting: the ticker starts empty, and its first report has the error.
    ///
    /// # Errors
    ///
    /// If the bank has no source of rates, a pair is of another home currency than the bank's or in the direction in which the bank does not quote it,
    /// two cities have the same id, the [deadline](Self::deadline) is 0, a time of the [policy](Self::policy) is negative, the bundled transport cannot
    /// be set up with the contact or the [`upstream`](Self::upstream), an upstream is set beside a transport, or the name of the node is invalid.
    ///
    /// ```
    /// use masthead::Ticker;
    ///
    /// let error = Ticker::builder("news.example.kz").node("web 1").build().unwrap_err();
    /// assert!(error.to_string().contains("web 1"));
    /// ```
    pub fn build(mut self) -> Result<Ticker, InvalidTicker> {
        let transport = match self.transport.take() {
            Some(_) if self.upstream.is_some() => return Err(InvalidTicker::Upstream),
            Some(transport) => transport,
            None => {
                let bundled = HttpTransport::builder(self.contact.clone());
                let bundled = match self.upstream.take() {
                    Some(url) => bundled.upstream(url),
                    None => bundled,
                };
                Arc::new(bundled.build()?)
            }
        };
        let before = self.before.as_ref();
        // The instants of its engine count from the same beginning.
        let watch = before.map_or_else(Watch::default, |before| before.shared.watch());
        let mut engine = self.made()?;
        let is_fixed = self.fixed.is_some();
        if let Some(snapshot) = self.fixed.take() {
            engine.show_fixed(snapshot);
        }
        let cell = Cell::new(Arc::clone(engine.snapshot()));
        let node = engine.node().clone();
        let effects = engine.take_effects();
        let shared = Shared {
            engine: Arc::new(Mutex::new(engine)),
            cell,
            cities: kept_cities(self.cities),
            policy: self.policy,
            deadline: longest(self.deadline),
            transport,
            store: self.store,
            fleet: self.fleet.map(|store| Fleet::new(store, node)),
            clock: self.clock,
            on_report: self.on_report,
            watch: Mutex::new(watch),
            refreshing: tokio::sync::Mutex::default(),
            saving: Arc::default(),
            is_fixed,
        };
        for effect in effects {
            shared.carry_out(effect);
        }
        Ok(Ticker {
            shared: Arc::new(shared),
        })
    }

    /// Builds the engine of the ticker alone, and loads the data of its store. The host carries out its effects; the transport, the shared store
    /// and the function for reports are not used, and the clock only for loading.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build), but for the transport, the upstream and the contact.
    pub fn engine(self) -> Result<Engine, InvalidTicker> {
        self.made()
    }

    fn made(&self) -> Result<Engine, InvalidTicker> {
        let bank = self.bank.clone().for_pairs(if self.shown_pairs.is_empty() {
            &self.pairs
        } else {
            &self.shown_pairs
        });
        if !bank.has_sources() {
            return Err(InvalidTicker::NoSource);
        }
        let home = bank.home();
        let mut pairs = self.pairs.iter().chain(&self.shown_pairs);
        if let Some(pair) = pairs.find(|pair| ![pair.base(), pair.quote()].contains(&home)) {
            return Err(InvalidTicker::Pair { pair: *pair, home });
        }
        let mut pairs = self.pairs.iter().chain(&self.shown_pairs);
        if let Some(pair) = pairs.find(|pair| !bank.can_quote(**pair)) {
            return Err(InvalidTicker::Direction { pair: *pair });
        }
        if self.deadline.is_zero() {
            return Err(InvalidTicker::Deadline);
        }
        if let Some((limit, time)) = self.policy.negative() {
            return Err(InvalidTicker::Policy { limit, time });
        }
        let cities = kept_cities(self.cities.clone());
        let twice = cities.iter().enumerate().find(|(at, city)| {
            cities
                .iter()
                .skip(at + 1)
                .any(|other| other.id() == city.id())
        });
        if let Some((_, city)) = twice {
            return Err(InvalidTicker::CityTwice {
                city: city.id().clone(),
            });
        }
        let settings = Settings {
            bank,
            weather: self.weather.clone(),
            pairs: self.pairs.clone(),
            sparklines: self.sparklines.clone(),
            cities,
            policy: self.policy,
            history_since: self.history_since,
            has_store: self.store.is_some(),
            is_shared: self.fleet.is_some(),
            node: Node::process_of(&self.node)?,
        };
        let kept = self.store.as_deref().map_or(Ok(None), load);
        let clock = (self.clock)();
        if let Some(before) = &self.before {
            let before = before.shared.engine();
            return Ok(before.successor(settings, kept, clock));
        }
        Ok(Engine::new(settings, kept, fastrand::Rng::new(), clock))
    }
}

fn kept_cities(cities: Option<Vec<City>>) -> Vec<City> {
    cities.unwrap_or_else(|| City::find("astana").cloned().into_iter().collect())
}

/// At most a day, so that adding it to an instant does not overflow.
fn longest(deadline: Duration) -> Duration {
    deadline.min(Duration::from_secs(86_400))
}

/// The state of the store. A store of a site's own may panic: then the ticker starts empty and reports it.
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

/// The error of [`TickerBuilder::build`].
///
/// ```
/// use masthead::Ticker;
/// use masthead::money::Pair;
/// use masthead::ticker::{Bank, InvalidTicker};
///
/// let error = Ticker::builder("docs").bank(Bank::nbkr()).pairs([Pair::USD_KZT]).build().unwrap_err();
/// assert!(matches!(error, InvalidTicker::Pair { .. }));
/// assert_eq!(error.to_string(), "the pair USD/KZT is not one of the bank, whose currency is KGS");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTicker {
    /// The bank has no source of rates.
    #[error("a ticker needs at least one source of rates")]
    NoSource,
    /// The name of the node is invalid.
    #[error(transparent)]
    Node(#[from] ParseError),
    /// A pair to keep or to show is of another home currency than the bank's.
    #[error("the pair {pair} is not one of the bank, whose currency is {home}")]
    Pair {
        /// The pair.
        pair: Pair,
        /// The home currency of the bank.
        home: Currency,
    },
    /// The bank quotes the pair in the other direction, so that no rate of it could be shown.
    #[error("the bank quotes {}, not {pair}", pair.inverse())]
    Direction {
        /// The pair.
        pair: Pair,
    },
    /// The deadline of a refresh is 0, so that no source could answer.
    #[error("the deadline of a refresh is 0: expected a time after its begin")]
    Deadline,
    /// A time of the policy is negative, so that no data would ever be fresh.
    #[error("{limit} of the policy is {time}: expected 0 or more")]
    Policy {
        /// The name of the limit, such as `rates_ageing`.
        limit: &'static str,
        /// The time.
        time: TimeDelta,
    },
    /// Two cities have the same id, which is the key of the weather.
    #[error("two of the cities have the id {city}")]
    CityTwice {
        /// The id.
        city: CityId,
    },
    /// An upstream is set beside a transport of the host's own, which does not use it.
    #[error(
        "`upstream` is set beside `transport`: only the bundled transport sends its requests to an upstream"
    )]
    Upstream,
    /// The bundled transport cannot be set up.
    #[error(transparent)]
    Transport(#[from] InvalidTransport),
}
