//! The state of a ticker for monitoring: the last outcome of each source, the age of each item, the quarantined numbers.
//!
//! | part | follows from |
//! |---|---|
//! | items | the published snapshot and the policy, as a page shows them |
//! | sources | the reports so far (`log`): they begin with the process, and go on after a reload |
//! | holds, `unconfirmed`, `denied_by` | the memory of the guard: the same after a restart |
//! | store | the last save, or the loading at the start |
//! | fleet | the last exchanges with the shared store |

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use super::core::Engine;
use super::log::SourceFailure;
use super::{FleetHealth, Hold, Item};
use crate::day;
use crate::provenance::SourceId;
use crate::snapshot::Freshness;
use crate::source::{LONGEST_SILENCE, bank};

/// The state of a ticker, for the host's monitoring. It contains no key and no address, and serialises to JSON.
///
/// ```
/// # use masthead::Ticker;
/// let ticker = Ticker::builder("docs").build()?;
/// let health = ticker.health();
/// assert!(!health.is_good()); // no data was fetched yet
/// let json = serde_json::to_string(&health).unwrap();
/// assert!(json.contains(r#""freshness":"absent""#));
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
///
/// An alarm for a monitoring system:
///
/// ```
/// use masthead::ticker::{FleetHealth, Health, ItemHealth, SourceFailure, SourceHealth, TopicHealth};
/// use masthead::{Freshness, Ticker};
///
/// fn alarms(health: &Health) -> Vec<String> {
///     let stale = |item: &&ItemHealth| item.freshness >= Freshness::Stale || item.overdue;
///     let items = health.items.iter().filter(stale).map(|item| format!("{} is {}", item.item, item.freshness.as_str()));
///     let failing = |source: &SourceHealth| {
///         let SourceFailure { at, class, .. } = source.last_failure.as_ref()?;
///         (Some(*at) > source.last_success).then(|| format!("{}: {class}", source.source))
///     };
///     let holds = health.holds.iter().map(ToString::to_string);
///     let diverging = |topic: &TopicHealth| Some(format!("{}: {}", topic.topic, topic.diverges.as_ref()?));
///     let fleet = health.fleet.iter().filter(|fleet: &&FleetHealth| !fleet.is_good());
///     let topics = fleet.flat_map(|fleet| fleet.topics.iter().filter_map(diverging));
///     items.chain(health.sources.iter().filter_map(failing)).chain(holds).chain(topics).collect()
/// }
///
/// let ticker = Ticker::builder("docs").build()?;
/// assert_eq!(alarms(&ticker.health()), ["rates is absent", "weather of astana is absent"]);
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// The time of this report.
    pub at: DateTime<Utc>,
    /// The time at which the last refresh began. `None` before the first one has ended.
    pub last_refresh: Option<DateTime<Utc>>,
    /// The time at which [`Ticker::run`](crate::Ticker::run) last checked for due items. It does so at least twice a minute while no refresh is under
    /// way. `None` if it does not run.
    pub last_tick: Option<DateTime<Utc>>,
    /// How often the refresher of [`Ticker::start`](crate::Ticker::start) was restarted.
    pub restarts: u64,
    /// Each item, with the age of its data.
    pub items: Vec<ItemHealth>,
    /// Each source that was requested.
    pub sources: Vec<SourceHealth>,
    /// The quarantined publications, with the numbers that are not shown.
    pub holds: Vec<Hold>,
    /// The day of rates that are shown unconfirmed: the first ones after a start without earlier data.
    pub unconfirmed: Option<NaiveDate>,
    /// The independent banks that contradict these rates.
    pub denied_by: Vec<SourceId>,
    /// The error of the store at the last refresh, or of a save after it. `None` if it works, and without a store.
    pub store: Option<String>,
    /// The state of this server in its fleet; `None` without a shared store.
    pub fleet: Option<FleetHealth>,
}

/// The age and origin of an item.
///
/// ```
/// use masthead::ticker::ItemHealth;
/// use masthead::{Freshness, Ticker};
///
/// let health = Ticker::builder("docs").build()?.health();
/// let [rates, weather]: &[ItemHealth; 2] = health.items.first_chunk().unwrap();
/// assert_eq!((rates.item.as_str(), weather.item.as_str()), ("rates", "weather of astana"));
/// assert_eq!((rates.freshness, rates.fetched, rates.overdue), (Freshness::Absent, None, false));
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ItemHealth {
    /// `rates`, `weather of astana`.
    pub item: String,
    /// Its freshness; `absent` if there is no data.
    pub freshness: Freshness,
    /// The source of the data. `None` without data.
    pub source: Option<SourceId>,
    /// The day of rates. `None` for weather, and without data.
    pub day: Option<NaiveDate>,
    /// The time of the source's last response with this data. `None` without data.
    pub fetched: Option<DateTime<Utc>>,
    /// The time at which a forecast was computed; if its service does not state it, the time at which its hours were first seen.
    pub issued: Option<DateTime<Utc>>,
    /// The end of a forecast, if all of its hours have passed.
    pub ended: Option<DateTime<Utc>>,
    /// Whether its source has been without news for longer than its longest known pause, although it may be answering. For rates the time counts from
    /// the start of the last day whose list had other numbers than the one before.
    ///
    /// | source | longest pause |
    /// |---|---|
    /// | Bank of Russia | 12 days: it sets no rates from 1 to 8 January |
    /// | any other source of rates | 6 days |
    /// | weather | 6 hours without an answer ([`forecast_unconfirmed`](crate::FreshnessPolicy::forecast_unconfirmed)) |
    /// | weather | 24 hours without a new computation ([`forecast_stale`](crate::FreshnessPolicy::forecast_stale)) |
    pub overdue: bool,
}

/// The outcome of the requests to a source.
///
/// ```
/// use masthead::Ticker;
/// use masthead::fetch::FakeUpstream;
/// use masthead::ticker::{SourceFailure, SourceHealth};
///
/// let ticker = Ticker::builder("tests").transport(FakeUpstream::new()).cities([]).build()?; // no host answers
/// ticker.refresh_blocking(ticker.now());
/// let health = ticker.health();
/// let sources: Vec<&SourceHealth> = health.sources.iter().collect();
/// assert_eq!(sources.len(), 2, "the bank, and its second route");
/// for source in sources {
///     let SourceFailure { class, .. } = source.last_failure.as_ref().unwrap();
///     assert_eq!((source.last_success, *class), (None, "no_connection"));
/// }
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SourceHealth {
    /// The source.
    pub source: SourceId,
    /// The time of the refresh with its last reading, or with its last confirmation (status 304, or the same body) that the reading is unchanged.
    pub last_success: Option<DateTime<Utc>>,
    /// Its last failure. A later success does not remove it: compare its time with [`last_success`](Self::last_success).
    pub last_failure: Option<SourceFailure>,
    /// The end of its cool-down, while one lasts.
    pub resting: Option<DateTime<Utc>>,
    /// Failures since the start, by class: [`FetchError::class`](crate::fetch::FetchError::class), and `older` for
    /// publications of the rates in force that were older than those shown.
    pub failures: BTreeMap<&'static str, u64>,
}

impl Health {
    /// Whether every item has data that is not stale or overdue, no number is quarantined, no bank contradicts
    /// unconfirmed rates, the store works, and the fleet agrees.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let good = |item: &ItemHealth| item.freshness < Freshness::Stale && !item.overdue;
        let undisputed = self.holds.is_empty() && self.denied_by.is_empty();
        let agreed = self.fleet.as_ref().is_none_or(FleetHealth::is_good);
        self.items.iter().all(good) && undisputed && self.store.is_none() && agreed
    }
}

impl Engine {
    /// Returns the state of the engine.
    #[must_use]
    pub fn health(&self, now: DateTime<Utc>) -> Health {
        let now = day::clamp(now);
        let items = self.items().into_iter().filter(|item| *item != Item::Next);
        let items = items.map(|item| self.item_health(&item, now)).collect();
        let memory = self.held.memory();
        let (log, is_shared) = (&self.log, self.held.is_shared());
        let sources = log.sources.iter().map(|(source, record)| SourceHealth {
            source: source.clone(),
            last_success: record.last_success,
            last_failure: record.last_failure.clone(),
            resting: self.budgets.resting(source, now),
            failures: record.failures.clone(),
        });
        Health {
            at: now,
            last_refresh: log.last_refresh,
            last_tick: log.last_tick,
            restarts: log.restarts,
            items,
            sources: sources.collect(),
            holds: memory.holds().to_vec(),
            unconfirmed: memory.unconfirmed(),
            denied_by: memory.denied_by().to_vec(),
            store: log.store.clone(),
            fleet: is_shared.then(|| {
                self.fleet
                    .health(self.topics(), self.clock.measured_ahead())
            }),
        }
    }

    /// The health of an item. The next rates have none of their own: those in force are what a page shows first.
    fn item_health(&self, item: &Item, now: DateTime<Utc>) -> ItemHealth {
        let snapshot = &self.snapshot;
        let absent = ItemHealth {
            item: item.to_string(),
            freshness: Freshness::Absent,
            source: None,
            day: None,
            fetched: None,
            issued: None,
            ended: None,
            overdue: false,
        };
        match item {
            Item::Rates | Item::Next => snapshot.rates(now).map(|held| {
                // A feed may stamp each day on the same numbers, so the day on which they were new ones counts.
                let newest = self.held.memory().moved().unwrap_or(held.value().day());
                let since = now - day::start(newest, held.value().zone());
                ItemHealth {
                    freshness: self.policy.of_rates(held, now),
                    source: Some(held.source().clone()),
                    day: Some(held.value().day()),
                    fetched: Some(held.fetched()),
                    overdue: since > longest_silence(held.source()),
                    ..absent.clone()
                }
            }),
            Item::History => None,
            Item::Weather(id) => {
                let zone = self.city(item).map(crate::weather::City::zone);
                snapshot
                    .weather(id)
                    .zip(zone)
                    .map(|(held, zone)| ItemHealth {
                        freshness: self.policy.of_weather(held, now, zone),
                        source: Some(held.source().clone()),
                        fetched: Some(held.fetched()),
                        issued: held.value().issued(),
                        ended: self.ended(item, now),
                        overdue: held.age(now) > self.policy.forecast_unconfirmed
                            || now - held.dated() > self.policy.forecast_stale,
                        ..absent.clone()
                    })
            }
        }
        .unwrap_or(absent)
    }
}

/// How long a source of rates has nothing new at most: its longest holidays.
fn longest_silence(source: &SourceId) -> TimeDelta {
    bank(source).map_or(LONGEST_SILENCE, |bank| bank.longest_silence)
}
