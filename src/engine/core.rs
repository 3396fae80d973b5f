//! The state of a ticker, and every decision: events in, effects out, and no I/O.
//!
//! # Between two refreshes, and within one
//!
//! ```text
//!            Tick: Due, answered by Refresh
//!   ┌──────┐ ─────────────────────────────► ┌────────────┐ ◄─┐ Answered, Wake: Ask
//!   │ idle │                                │ refreshing │ ──┘
//!   └──────┘ ◄─────────── Report ────────── └────────────┘
//!       ▲             without news             │ with news: Save
//!       │                                      ▼
//!       │                                  ┌────────┐
//!       └────── Saved: Report ──────────── │ saving │
//!                                          └────────┘
//! ```
//!
//! | state | `refresh` | `saving` | a `Tick` | a `Refresh` |
//! |---|---|---|---|---|
//! | idle | `None` | `None` | returns the items that are due | begins |
//! | refreshing | `Some` | `None` | returns no items | gives the present one up, without a report |
//! | saving | `None` | `Some` | returns no items | gives the report up; its last store error goes into the next one |
//!
//! Exchanges with a shared store run beside these states: `fleet.exchange` is `Some` during one, and an exchange may add records in the middle of a
//! refresh.
//!
//! # What must hold
//!
//! - [`Engine::on`] and the few methods beside it are the only ways in. Each limits the clock to the years 1900 to 2200 (`day::clamp`), so that no
//!   arithmetic below overflows.
//! - `passed` never goes back, also if a host passes a smaller value. Deadlines, turns and leases count by it; ages, due times and budgets count by
//!   the clock, which `follow` alone corrects.
//! - No record is shown before it is judged: records and guard change together in `held`, and the snapshot is chosen from both (`show`).
//! - `snapshot` is replaced, never changed: a page that has loaded the old one keeps it.
//! - An answer is taken only if its number is the present one: `refreshes` for requests, `fleet.calls` for the store. So a host may answer late,
//!   twice or not at all. An event takes the refresh or the exchange that it works on out of the state first and puts it back last, so that a panic
//!   in a source of the site's own gives up that one and leaves the rest as it was.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use fastrand::Rng;

use super::calendar::{AFTER_A_FAILURE, Calendar};
use super::clock::Clock;
use super::event::{Effect, Event, Moment};
use super::fill::Fill;
use super::fleet::Fleet;
use super::held::Held;
use super::log::RefreshLog;
use super::refresh::{Refresh, SPACING};
use super::schedule::Schedule;
use super::turns::Turns;
use super::{Bank, Hold, HoldId, Item, Node, Report, State, StoreError};
use crate::day;
use crate::fetch::{Budgets, Chain};
use crate::money::{Pair, Rates};
use crate::provenance::SourceId;
use crate::snapshot::{FreshnessPolicy, Snapshot};
use crate::source::{DynRates, DynWeather};
use crate::weather::{City, Weather};

/// A ticker without I/O: for a simulation, or a host that sends requests by its own means.
///
/// The host feeds [events](Event) to [`on`](Self::on) and carries out the [effects](Effect) that it returns. The engine reads no clock and waits for
/// nothing, so the same events at the same instants give the same effects, but for the random delays of its schedule. [`Ticker`](crate::Ticker) is a
/// host on Tokio.
///
/// ```
/// use std::time::Duration;
/// use bytes::Bytes;
/// use masthead::Ticker;
/// use masthead::ticker::engine::{Effect, Event, Moment};
///
/// let mut engine = Ticker::builder("news.example.kz; web@example.kz").cities([]).engine()?;
/// let clock = "2026-04-02T06:00:00Z".parse()?;
/// let mut now = Moment { clock, passed: Duration::ZERO };
/// engine.on(Event::Start, now);
/// let effects = engine.on(Event::Tick, now);
/// let [Effect::Due { items, is_sparing }] = &effects[..] else { panic!("{effects:?}") };
/// let refresh = Event::Refresh { items: items.clone(), time: Duration::from_secs(9), is_sparing: *is_sparing };
///
/// // The host sends these requests, and passes on the outcomes.
/// let mut under_way = engine.on(refresh, now);
/// while let Some(effect) = under_way.pop() {
///     match effect {
///         Effect::Ask { ticket, request, .. } => {
///             assert!(request.uri().to_string().starts_with("https://"));
///             now.passed += Duration::from_millis(80);
///             let body = Bytes::from_static(b"<html>502</html>");
///             under_way.extend(engine.on(Event::Answered { ticket, received: Ok(http::Response::new(body)) }, now));
///         }
///         Effect::Report(report) => assert!(report.failures().next().is_some()),
///         other => panic!("{other:?}"),
///     }
/// }
/// assert!(engine.snapshot().rates(clock).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A source of the host's own decodes within [`on`](Self::on), so it must not wait for the engine.
pub struct Engine {
    pub(super) bank: Bank,
    /// The pairs kept; every pair where empty.
    pub(super) pairs: Vec<Pair>,
    /// The lengths of the sparklines in days.
    pub(super) sparklines: Vec<u8>,
    pub(super) cities: Vec<City>,
    pub(super) policy: FreshnessPolicy,
    /// The sources of [`Item::Rates`].
    pub(super) rates: Chain<NaiveDate, Rates>,
    /// The sources of [`Item::Next`]. Empty for a bank that does not publish ahead; the item then ends at once.
    pub(super) newest: Chain<NaiveDate, Rates>,
    /// The services of all cities; the key of a query is the city's id.
    pub(super) weather: Chain<City, Weather>,
    /// A chain of one for each witness of the bank.
    pub(super) witnesses: Vec<Chain<NaiveDate, Rates>>,
    /// The rate limits of all chains but that of the back-fill, which has its own (`fill`).
    pub(super) budgets: Budgets,
    pub(super) held: Held,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) fleet: Fleet,
    pub(super) turns: Turns,
    /// The back-fill. `None` if it is not [wanted](crate::ticker::TickerBuilder::history_since), or if the bank has no earlier days.
    pub(super) fill: Option<Fill>,
    /// `None` until [`Event::Start`]: a host that only refreshes by hand never has one.
    pub(super) schedule: Option<Schedule>,
    /// The due times of the engine before a reload, until the start.
    pub(super) inherited: Option<Schedule>,
    pub(super) refresh: Option<Refresh>,
    /// The report of the refresh whose records are being written.
    pub(super) saving: Option<Report>,
    /// The number of refreshes so far: the answers to requests of an earlier one are not taken.
    pub(super) refreshes: u64,
    /// The error of loading the store at the start, until the first report takes it.
    pub(super) restored: Option<StoreError>,
    /// Whether the last save failed, or did not end in time.
    pub(super) unsaved: bool,
    pub(super) log: RefreshLog,
    pub(super) random: Rng,
    pub(super) clock: Clock,
    /// The last instant, without the clock.
    pub(super) passed: Duration,
    /// The effects that are not returned yet: of the event under way, of a method such as [`approve`](Self::approve), or of an event that panicked.
    pub(super) effects: Vec<Effect>,
}

/// No refresh takes longer, so that adding its time to an instant does not overflow.
const LONGEST_REFRESH: Duration = Duration::from_secs(86_400);

/// From so many cities on they share the budget of their service by turns.
///
/// A city is then due at most every 450 seconds with 30 cities and 240 requests an hour, and every 900 seconds with 100 cities and MET Norway, whose
/// budget is four requests for each. Fewer cities are requested whenever their answers expire.
const MANY_CITIES: usize = 30;

/// The settings of an engine.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) bank: Bank,
    pub(crate) weather: Vec<Arc<DynWeather>>,
    /// The pairs kept; every pair where empty.
    pub(crate) pairs: Vec<Pair>,
    /// The lengths of the sparklines in days.
    pub(crate) sparklines: Vec<u8>,
    pub(crate) cities: Vec<City>,
    pub(crate) policy: FreshnessPolicy,
    /// The first day of the back-fill.
    pub(crate) history_since: Option<NaiveDate>,
    pub(crate) has_store: bool,
    /// Whether it has records of other servers.
    pub(crate) is_shared: bool,
    /// The name of this server among them.
    pub(crate) node: Node,
}

impl Engine {
    /// An engine that shows what was kept. An error of the store is in its first report.
    pub(crate) fn new(
        settings: Settings,
        kept: Result<Option<State>, StoreError>,
        random: Rng,
        clock: DateTime<Utc>,
    ) -> Self {
        let Settings {
            bank,
            weather,
            pairs,
            sparklines,
            cities,
            policy,
            history_since,
            has_store,
            is_shared,
            node,
        } = settings;
        let chain = |sources: &[Arc<DynRates>]| Chain::new(sources.iter().cloned());
        let witnesses = bank.witnesses.iter();
        let witnesses = witnesses.map(|witness| chain(std::slice::from_ref(&witness.source)));
        let (kept, restored) = match kept {
            Ok(kept) => (kept, None),
            Err(error) => (None, Some(error)),
        };
        let mut engine = Self {
            rates: chain(&bank.rates),
            newest: chain(&bank.newest),
            weather: Chain::new(weather).spaced(SPACING),
            witnesses: witnesses.collect(),
            budgets: Budgets::of_cities(cities.len()),
            held: Held::new(&cities, has_store, is_shared),
            fill: history_since.and_then(|since| Fill::new(&bank, since)),
            bank,
            pairs,
            sparklines,
            cities,
            policy,
            snapshot: Arc::default(),
            fleet: Fleet::new(node),
            turns: Turns::default(),
            schedule: None,
            inherited: None,
            refresh: None,
            saving: None,
            refreshes: 0,
            restored,
            unsaved: false,
            log: RefreshLog::default(),
            random,
            clock: Clock::default(),
            passed: Duration::ZERO,
            effects: Vec::new(),
        };
        engine.restore(kept.unwrap_or_default(), day::clamp(clock));
        engine
    }

    /// Takes in an event, and returns what is to be done, in order.
    ///
    /// A host passes the same [`Moment::passed`] clock for the whole life of the engine, and carries out every effect: the dialogue of each event is
    /// in [`Event`]. An event that does not fit the state, such as an answer that comes too late, has no effect.
    pub fn on(&mut self, event: Event, now: Moment) -> Vec<Effect> {
        let clock = day::clamp(now.clock);
        self.clock.now = clock;
        self.passed = self.passed.max(now.passed);
        match event {
            Event::Start => {
                self.follow_clock(clock);
                let mut schedule = Schedule::new(
                    &self.items(),
                    self.calendar(),
                    &self.snapshot,
                    self.held.memory(),
                    clock,
                );
                if self.fill.is_some() {
                    schedule.put_off(vec![Item::History], AFTER_A_FAILURE, clock);
                }
                if let Some(before) = self.inherited.take() {
                    schedule.follow_from(before);
                }
                self.ask_new_services(&mut schedule, clock);
                self.schedule = Some(schedule);
            }
            Event::Tick => {
                self.log.last_tick = Some(clock);
                self.follow_clock(clock);
                let is_idle = self.refresh.is_none() && self.saving.is_none();
                let due = self.due_in_fleet(clock);
                if is_idle && !due.is_empty() {
                    self.effects.push(if self.held.is_shared() {
                        Effect::Admit
                    } else {
                        Effect::Due {
                            items: due,
                            is_sparing: false,
                        }
                    });
                }
            }
            Event::Refresh {
                items,
                time,
                is_sparing,
            } => self.begin(&items, clock, time.min(LONGEST_REFRESH), is_sparing),
            Event::Answered { ticket, received } => self.answered(ticket, received),
            Event::Wake => self.wakened(),
            Event::Saved(result) => self.saved(result),
            Event::Exchange(purpose) => self.exchange(purpose, clock),
            Event::Called { number, reply } => self.called(number, reply, clock),
            Event::Hinted(outcome) => {
                let is_hinted = outcome.is_ok();
                self.fleet
                    .note_hint(is_hinted, &mut self.random, self.passed);
            }
        }
        self.take_effects()
    }

    /// Returns the snapshot to publish. It is another [`Arc`] whenever it is another snapshot.
    #[must_use]
    pub const fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Returns the instant, without the clock, at which [`Event::Wake`] is to be sent: when the turn of a request comes, or 20 milliseconds after the
    /// deadline of the refresh. Returns `None` without a refresh under way. It may be earlier after each event, so a host asks for it again.
    ///
    /// ```
    /// use std::time::Duration;
    /// use masthead::Ticker;
    /// use masthead::ticker::Item;
    /// use masthead::ticker::engine::{Effect, Event, Moment};
    ///
    /// let mut engine = Ticker::builder("news.example.kz; web@example.kz").cities([]).engine()?;
    /// let mut now = Moment { clock: "2026-04-02T06:00:00Z".parse()?, passed: Duration::ZERO };
    /// let refresh = Event::Refresh { items: vec![Item::Rates], time: Duration::from_secs(9), is_sparing: false };
    /// let effects = engine.on(refresh, now);
    /// assert!(matches!(effects[..], [Effect::Ask { .. }]));
    ///
    /// // No answer comes. With the time over, the refresh ends with a report.
    /// let wake = engine.wake().ok_or("a refresh is under way")?;
    /// assert_eq!(wake, Duration::from_millis(9020));
    /// now.passed = wake;
    /// let effects = engine.on(Event::Wake, now);
    /// let [Effect::Report(report)] = &effects[..] else { panic!("{effects:?}") };
    /// assert!(!report.is_complete() && engine.wake().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn wake(&self) -> Option<Duration> {
        self.refresh.as_ref().map(Refresh::wake)
    }

    /// Returns the instant, without the clock, at which [`Event::Exchange`] is to be sent for [`Purpose::Follow`](super::Purpose::Follow). An
    /// [`Effect::Share`] makes it due at once.
    #[must_use]
    pub const fn next_exchange(&self) -> Duration {
        self.fleet.next()
    }

    /// Returns how long it takes until something is due: from a second to three hours and five minutes. Returns `None` before [`Event::Start`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use masthead::Ticker;
    /// use masthead::ticker::engine::{Event, Moment};
    ///
    /// let mut engine = Ticker::builder("news.example.kz; web@example.kz").cities([]).engine()?;
    /// let clock = "2026-04-02T06:00:00Z".parse()?;
    /// assert_eq!(engine.pause(clock), None, "no schedule yet");
    /// engine.on(Event::Start, Moment { clock, passed: Duration::ZERO });
    /// assert_eq!(engine.pause(clock), Some(Duration::from_secs(1)), "without data everything is due");
    /// // A host waits no longer than half a minute, whatever the pause, because a clock may be set meanwhile.
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn pause(&self, clock: DateTime<Utc>) -> Option<Duration> {
        let schedule = self.schedule.as_ref()?;
        Some(schedule.pause(day::clamp(clock)))
    }

    /// Releases a quarantined publication, and keeps a record of the approval, which is saved with the next refresh. Returns `None` if there is no
    /// such entry.
    pub fn approve(&mut self, id: HoldId, clock: DateTime<Utc>) -> Option<Report> {
        let now = day::clamp(clock);
        let entry = self.approved(id, now)?;
        self.unsaved = true;
        Some(Report::of(now, vec![entry]))
    }

    /// Takes the records that are in no store yet, with the memory of the guard, for [`Effect::Save`] and [`Effect::Keep`].
    ///
    /// They count as written from now on. If writing fails, [`not_written`](Self::not_written) takes them back; a record that is written twice
    /// is stored once.
    pub fn take_unwritten(&mut self) -> State {
        self.unsaved = true;
        self.held.take_unwritten(&self.bank)
    }

    /// Takes back records that could not be written.
    pub fn not_written(&mut self, state: &State) {
        self.held.not_written(state);
    }

    /// Takes the effects of something else than an event.
    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        let events = self.fleet.take_events().into_iter();
        self.effects.extend(events.map(Effect::Fleet));
        std::mem::take(&mut self.effects)
    }

    /// The name of this server.
    pub(crate) const fn node(&self) -> &Node {
        &self.fleet.node
    }

    /// The sources of the rates in force, of the newest rates and of the weather, in the order of their requests.
    pub(crate) fn sources(&self) -> [Vec<SourceId>; 3] {
        let (rates, newest, weather) = (&self.rates, &self.newest, &self.weather);
        [
            rates.ids().collect(),
            newest.ids().collect(),
            weather.ids().collect(),
        ]
    }

    /// The quarantined publications.
    pub(crate) fn holds(&self) -> &[Hold] {
        self.held.memory().holds()
    }

    /// Whether the last refresh spent only a part of each budget.
    pub(crate) const fn is_sparing(&self) -> bool {
        self.budgets.is_sparing()
    }

    /// Notes what became of a save without a refresh.
    pub(crate) const fn note_saved(&mut self, is_saved: bool) {
        self.unsaved = !is_saved;
    }

    /// Notes an error of the store between two refreshes.
    pub(crate) fn note_store(&mut self, error: String) {
        self.log.store = Some(error);
    }

    /// Notes that the task that drives the engine began again.
    pub(crate) const fn note_restart(&mut self) {
        self.log.restarts += 1;
    }

    /// Gives up the refresh that is under way, if there is one, with its open requests. Records that it has added stay.
    pub(super) fn abandon(&mut self) {
        self.refresh = None;
        // After a panic its requests may not have been sent.
        let is_of_refresh =
            |effect: &Effect| matches!(effect, Effect::Ask { .. } | Effect::Save { .. });
        self.effects.retain(|effect| !is_of_refresh(effect));
        if let Some(error) = self.saving.take().and_then(|mut report| report.store.pop()) {
            self.restored = Some(error);
        }
    }

    /// The items that are due, by what is known: in a fleet, after what other servers have read was taken into account.
    pub(crate) fn due(&mut self, now: DateTime<Utc>) -> Vec<Item> {
        let Some(schedule) = &mut self.schedule else {
            return Vec::new();
        };
        if self.held.is_shared() {
            let memory = self.held.memory();
            schedule.follow(&self.snapshot, memory, &mut self.random, now);
        }
        let due = schedule.due(now);
        self.with_history_alone(due, now)
    }

    /// Asks soon for an item on which other servers say something else.
    pub(super) fn hurry(&mut self, item: &Item, now: DateTime<Utc>) {
        if let Some(schedule) = &mut self.schedule {
            schedule.hurry(item, now);
        }
    }

    /// Puts items off.
    pub(crate) fn put_off(&mut self, items: Vec<Item>, by: TimeDelta, now: DateTime<Utc>) {
        if let Some(schedule) = &mut self.schedule {
            schedule.put_off(items, by, now);
        }
    }

    /// Every item but the history: a back-fill is no part of a refresh of everything, and is due only while no other item is.
    pub(crate) fn items(&self) -> Vec<Item> {
        let cities = self.cities.iter();
        let cities = cities.map(|city| Item::Weather(city.id().clone()));
        [Item::Rates, Item::Next]
            .into_iter()
            .chain(cities)
            .collect()
    }

    pub(super) fn city(&self, item: &Item) -> Option<&City> {
        match item {
            Item::Weather(id) => self.cities.iter().find(|city| city.id() == id),
            Item::Rates | Item::Next | Item::History => None,
        }
    }

    /// The time by the clock by which all servers judge.
    pub(super) fn by_store(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.clock.by_store(now)
    }

    /// The facts by which the schedule counts. They do not change while the engine lives.
    fn calendar(&self) -> Calendar {
        let awaits_national_bank = self.newest.first_id() == Some(SourceId::NATIONAL_BANK_KZ);
        let cities = self.cities.len();
        let service = self.weather.first_id();
        let of_each_city = service.map(|service| self.budgets.share(&service, cities));
        // The budget has room for a request for each of a few cities whenever its answer expires.
        let of_each_city = of_each_city.filter(|_| cities >= MANY_CITIES);
        Calendar {
            zone: self.bank.zone,
            awaits_national_bank,
            of_each_city: of_each_city.unwrap_or_default(),
        }
    }

    /// Takes over what a store kept, shows it, and notes when each source may be asked again.
    fn restore(&mut self, state: State, now: DateTime<Utc>) {
        let (records, memory, damage) = state.into_parts();
        if let Some(damage) = damage {
            self.restored.get_or_insert_with(|| StoreError::new(damage));
        }
        self.clock.read(now, Duration::ZERO);
        self.restore_held(&records, memory, now);
        self.show_all(now);
        for city in &self.cities {
            if let Some(held) = self.snapshot.weather(city.id()) {
                self.weather.restore(city.id().as_str(), held);
            }
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the requests, whose addresses may contain a key.
        f.debug_struct("Engine")
            .field("bank", &self.bank)
            .field("weather", &self.weather)
            .field(
                "cities",
                &self.cities.iter().map(City::id).collect::<Vec<_>>(),
            )
            .finish_non_exhaustive()
    }
}
