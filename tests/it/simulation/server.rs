//! A simulated server: an engine whose requests go to simulated hosts, and whose time passes at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use masthead::Ticker;
use masthead::fetch::FetchError;
use masthead::source::{Cbu, DynRates, Nbkr};
use masthead::ticker::engine::{Effect, Engine, Event, Moment, Ticket};
use masthead::ticker::{Bank, Evidence, GuardEvent, Report, Store as _, Witness};

use super::checker::{Seen, moment};
use super::disk::Disk;
use super::faults::{Fault, Host};
use super::hosts::{Hosts, delay};
use super::tally::Tally;
use crate::fake_hosts::cities;

pub(super) struct Server {
    pub(super) engine: Engine,
    hosts: Hosts,
    store: Disk,
    /// Whether no witness can be reached.
    pub(super) alone: bool,
    cities: &'static [&'static str],
    /// The time that has passed, in milliseconds.
    passed: Arc<AtomicU64>,
    /// The answers to come, by instant and by the order of their requests.
    coming: BTreeMap<(Duration, u64), Coming>,
    caused: u64,
    next_tick: Duration,
    pub(super) events: Tally,
}

/// The answer to a request.
enum Coming {
    Response {
        ticket: Ticket,
        host: Host,
        address: String,
        fault: Option<Fault>,
    },
    Late(Ticket, Duration),
}

/// The deadline of a refresh.
const DEADLINE: Duration = Duration::from_secs(9);
/// The longest time between two ticks while the clock is not set.
const LONGEST_TICK: Duration = Duration::from_secs(15 * 60);
/// After the clock was set, a host notices it within this time.
const TICK_OF_A_HOST: Duration = Duration::from_secs(30);

impl Server {
    /// A server that starts. `passed` is the time of the hosts.
    pub(super) fn new(
        hosts: &Hosts,
        store: &Disk,
        passed: Arc<AtomicU64>,
        alone: bool,
        cities: &'static [&'static str],
    ) -> Self {
        let mut server = Self {
            engine: begin(hosts, store, alone, cities),
            hosts: hosts.clone(),
            store: store.clone(),
            alone,
            cities,
            passed,
            coming: BTreeMap::new(),
            caused: 0,
            next_tick: Duration::ZERO,
            events: Tally::default(),
        };
        server.on(Event::Start);
        server
    }

    /// Ends the process and starts another.
    pub(super) fn restart(&mut self) {
        self.coming.clear();
        self.engine = begin(&self.hosts, &self.store, self.alone, self.cities);
        self.next_tick = self.now();
        self.on(Event::Start);
    }

    /// The clock was set, which the host notices after this share of the longest time.
    pub(super) fn clock_was_set(&mut self, share: f32) {
        let noticed = self.now() + TICK_OF_A_HOST.mul_f32(share);
        self.next_tick = self.next_tick.min(noticed);
    }

    /// Looks at its page.
    pub(super) fn seen<T>(&self, look: impl FnOnce(&Seen<'_>) -> T) -> T {
        let now = self.hosts.clock();
        look(&Seen {
            now,
            snapshot: self.engine.snapshot(),
            health: &|| self.engine.health(now),
        })
    }

    /// Advances the time to what comes next, `until` at most. Returns whether it shows something else then.
    pub(super) fn advance(&mut self, until: Duration) -> bool {
        let shown = Arc::clone(self.engine.snapshot());
        let wake = self.engine.wake();
        let first = self.coming.keys().next().map(|(at, _)| *at);
        let tick = Some(self.next_tick).filter(|_| wake.is_none());
        let next = [first, wake, tick]
            .into_iter()
            .flatten()
            .fold(until, Duration::min);
        // Whole milliseconds, as the hosts count them.
        let next = u64::try_from(next.as_nanos().div_ceil(1_000_000)).unwrap();
        self.passed.fetch_max(next, Ordering::Relaxed);
        let now = self.now();
        let has_come = |at: Option<Duration>| at.is_some_and(|at| at <= now);
        if has_come(first) {
            let (_, coming) = self.coming.pop_first().unwrap();
            self.come(coming);
        } else if has_come(wake) {
            self.on(Event::Wake);
        } else if has_come(tick) {
            self.on(Event::Tick);
            let pause = self.engine.pause(self.hosts.clock()).unwrap();
            self.next_tick = now + pause.min(LONGEST_TICK);
        }
        !Arc::ptr_eq(&shown, self.engine.snapshot())
    }

    /// The time that has passed.
    pub(super) fn now(&self) -> Duration {
        Duration::from_millis(self.passed.load(Ordering::Relaxed))
    }

    /// Passes an event to the engine, and carries out the effects.
    fn on(&mut self, event: Event) {
        let now = Moment {
            clock: self.hosts.clock(),
            passed: self.now(),
        };
        for effect in self.engine.on(event, now) {
            match effect {
                Effect::Ask {
                    ticket,
                    request,
                    time,
                } => {
                    let host = Host::of(&request);
                    let fault = self.hosts.ask(host);
                    let delay = delay(fault).filter(|delay| *delay < time);
                    let coming = match delay {
                        Some(_) => Coming::Response {
                            ticket,
                            host,
                            address: request.uri().to_string(),
                            fault,
                        },
                        None => Coming::Late(ticket, time),
                    };
                    let at = self.now() + delay.unwrap_or(time);
                    self.caused += 1;
                    self.coming.insert((at, self.caused), coming);
                }
                Effect::Save { .. } => {
                    let news = self.engine.take_unwritten();
                    let result = self.store.save(&news);
                    if result.is_err() {
                        self.engine.not_written(&news);
                    }
                    self.on(Event::Saved(result));
                }
                Effect::Due { items, is_sparing } => self.on(Event::Refresh {
                    items,
                    time: DEADLINE,
                    is_sparing,
                }),
                Effect::Report(report) | Effect::Decided(report) => self.note(&report),
                _ => {}
            }
        }
    }

    fn come(&mut self, coming: Coming) {
        let (ticket, received) = match coming {
            Coming::Late(ticket, time) => (ticket, Err(FetchError::late(time))),
            Coming::Response {
                ticket,
                host,
                address,
                fault,
            } => {
                let response = self.hosts.respond(host, &address, fault);
                (ticket, response.map_err(FetchError::from))
            }
        };
        self.on(Event::Answered { ticket, received });
    }

    fn note(&mut self, report: &Report) {
        if std::env::var_os("MASTHEAD_SEED").is_some() && !report.to_string().is_empty() {
            use std::io::Write as _;
            let _ = write!(std::io::stderr(), "{}\n{report}", moment(report.at));
        }
        let tally = &mut self.events;
        for event in report.entries.iter().flat_map(|entry| &entry.events) {
            match event {
                GuardEvent::Held(_) => tally.holds += 1,
                GuardEvent::Released {
                    evidence: Evidence::Further { .. },
                    ..
                } => tally.by_further += 1,
                GuardEvent::Released {
                    evidence: Evidence::Next { .. },
                    ..
                } => tally.by_next += 1,
                GuardEvent::Released {
                    evidence: Evidence::Witness { .. },
                    ..
                } => tally.by_witness += 1,
                GuardEvent::Dropped { .. } => tally.dropped += 1,
                _ => {}
            }
        }
    }
}

fn begin(hosts: &Hosts, store: &Disk, alone: bool, of: &[&str]) -> Engine {
    let clock = hosts.clone();
    let witnesses: [Arc<DynRates>; 2] = [Arc::new(Cbu::of_day()), Arc::new(Nbkr::daily())];
    let witnesses = witnesses.map(Witness::new).into_iter();
    let bank = Bank::national_bank_kz().witnesses(witnesses.filter(|_| !alone));
    let builder = Ticker::builder("tests").bank(bank).cities(cities(of));
    let builder = builder.store(store.clone()).clock(move || clock.clock());
    builder.engine().unwrap()
}
