//! Runs a simulated server: an engine whose requests go to simulated hosts. Faults come and go, and a checker observes it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use masthead::Ticker;
use masthead::fetch::FetchError;
use masthead::source::{Cbu, DynRates, Nbkr};
use masthead::ticker::{
    Bank, Effect, Engine, Event, Evidence, GuardEvent, Moment, Report, Store as _, Ticket, Witness,
};

use super::checker::{Checker, Seen, moment};
use super::disk::Disk;
use super::faults::{Fault, Host, HostFaults};
use super::hosts::{Hosts, delay};
use super::tally::Tally;
use super::truth::{FIRST, Truth, astana};
use crate::fake_hosts::cities;

/// How often faults come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
    /// The days with faults...
    pub(super) bad: TimeDelta,
    /// ...and the minutes between two of them, at most.
    pub(super) between: i64,
    /// The days without faults that follow, before all is checked.
    pub(super) good: TimeDelta,
}

/// Simulates a seed for that many days.
///
/// # Errors
///
/// The violated invariant, and when.
pub(super) fn simulate(seed: u64, days: u64, weather: Weather) -> Result<Tally, String> {
    fastrand::seed(seed);
    let mut run = Run::new(seed, days, weather);
    let outcome = run.run_to_end();
    let now = run.hosts.now();
    outcome
        .map(|()| run.tally())
        .map_err(|what| format!("{}: {what}", moment(now)))
}

struct Run {
    hosts: Hosts,
    store: Disk,
    engine: Engine,
    /// The time that has passed, in milliseconds.
    passed: Arc<AtomicU64>,
    /// What comes at an instant, in the order in which it was caused.
    coming: BTreeMap<(Duration, u64), Coming>,
    caused: u64,
    next_tick: Duration,
    next_look: Duration,
    events: Tally,
    checker: Checker,
    random: Rng,
    days: u64,
    weather: Weather,
    restarts: u64,
    jumps: u64,
    recoveries: u64,
    /// Until then, a state may come from a clock that was ahead.
    doubtful_until: DateTime<Utc>,
    /// Whether no witness can be reached.
    alone: bool,
}

/// What becomes of a request.
enum Coming {
    Response {
        ticket: Ticket,
        host: Host,
        address: String,
        fault: Option<Fault>,
    },
    Late(Ticket, Duration),
}

/// The longest time between two ticks while the clock is not set.
const LONGEST_TICK: Duration = Duration::from_secs(15 * 60);
/// After the clock was set, a host notices it within this time.
const TICK_OF_A_HOST: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_secs(30 * 60);

impl Run {
    fn new(seed: u64, days: u64, weather: Weather) -> Self {
        let mut random = Rng::with_seed(seed);
        let truth = Truth::new(i64::try_from(days).unwrap() + 20, &mut random);
        let start = astana(FIRST, 9 * 60);
        let passed = Arc::new(AtomicU64::new(0));
        let host_faults = HostFaults::new(random.fork(), start);
        let clock = Arc::clone(&passed);
        let hosts = Hosts::passing(truth, host_faults, start, move || {
            Duration::from_millis(clock.load(Ordering::Relaxed))
        });
        let (store, alone) = (Disk::default(), seed % 2 == 1);
        let engine = begin(&hosts, &store, alone);
        let mut run = Self {
            hosts,
            store,
            engine,
            passed,
            coming: BTreeMap::new(),
            caused: 0,
            next_tick: Duration::ZERO,
            next_look: Duration::ZERO,
            events: Tally::default(),
            checker: Checker::default(),
            random,
            days,
            weather,
            restarts: 0,
            jumps: 0,
            recoveries: 0,
            doubtful_until: start,
            alone,
        };
        run.on(Event::Start);
        run
    }

    fn run_to_end(&mut self) -> Result<(), String> {
        let end = self.hosts.now() + TimeDelta::days(self.days.try_into().unwrap());
        while self.hosts.now() < end {
            let bad_until = self.hosts.now() + self.weather.bad;
            while self.hosts.now() < bad_until {
                let hours = TimeDelta::minutes(self.random.i64(10..self.weather.between));
                self.watch(self.hosts.now() + hours)?;
                self.incident()?;
            }
            self.recover()?;
        }
        Ok(())
    }

    fn incident(&mut self) -> Result<(), String> {
        let now = self.hosts.now();
        match self.random.u8(..40) {
            0 => self.restart(),
            1 => return self.jump(),
            2 => self.store.failing.store(true, Ordering::Relaxed),
            3 => self.store.failing.store(false, Ordering::Relaxed),
            _ => {
                let mut state = self.hosts.state();
                state.host_faults.begin(self.hosts.truth(), now);
            }
        }
        Ok(())
    }

    /// Ends the process and starts another; sometimes its disk is lost.
    fn restart(&mut self) {
        self.restarts += 1;
        let now = self.hosts.now();
        let behind =
            self.store.failing.load(Ordering::Relaxed) || self.store.missed.load(Ordering::Relaxed);
        let lost = self.random.u8(..4) == 0 || behind || now < self.doubtful_until;
        if lost {
            self.store.lose();
            self.hosts.state().host_faults.exclude_lies(now);
        } else if self.random.bool() {
            let mut state = self.hosts.state();
            state
                .host_faults
                .serve_another_year(self.hosts.truth(), now);
        }
        self.coming.clear();
        self.engine = begin(&self.hosts, &self.store, self.alone);
        self.next_tick = self.now();
        self.on(Event::Start);
        self.checker.restarted(lost);
        self.hosts.state().counted_since = now;
    }

    /// The clock is wrong for a while.
    fn jump(&mut self) -> Result<(), String> {
        self.jumps += 1;
        let hours = if self.random.bool() {
            self.random.i64(1..30)
        } else {
            self.random.i64(24..24 * 3000)
        };
        let hours = if self.random.bool() { hours } else { -hours };
        let until = self.hosts.now() + TimeDelta::minutes(self.random.i64(1..1440));
        self.set_clock(TimeDelta::hours(hours));
        let outcome = self.watch(until);
        self.set_clock(TimeDelta::zero());
        outcome
    }

    fn set_clock(&mut self, off: TimeDelta) {
        let now = self.hosts.now();
        let mut state = self.hosts.state();
        state.off = off;
        state.counted_since = now;
        drop(state);
        self.doubtful_until = now + TimeDelta::days(2);
        self.checker.clock_jumped(self.doubtful_until);
        let noticed = TICK_OF_A_HOST.mul_f32(self.random.f32());
        self.next_tick = self.next_tick.min(self.now() + noticed);
        self.next_look = self.now() + BETWEEN_LOOKS;
    }

    /// Ends all faults: within a day of a publication all invariants of recovery must hold. Without a witness, rates that moved
    /// wait for further publications, in which other rates may move.
    fn recover(&mut self) -> Result<(), String> {
        self.hosts.state().host_faults.clear();
        self.watch(self.hosts.now() + self.weather.good)?;
        self.store.failing.store(false, Ordering::Relaxed);
        let mut publications = if self.alone { 12 } else { 1 };
        loop {
            let publication = self.hosts.truth().next_after(self.hosts.now());
            // Before the next publication, which may be surprising again.
            self.watch(publication + TimeDelta::hours(23))?;
            publications -= 1;
            match self.recovered() {
                Err(what) if publications == 0 => return Err(what),
                Err(_) => {}
                Ok(()) => break,
            }
        }
        self.recoveries += 1;
        Ok(())
    }

    /// Advances the time; the checker observes every change, and each half hour.
    fn watch(&mut self, until: DateTime<Utc>) -> Result<(), String> {
        let until = self.now() + (until - self.hosts.now()).to_std().unwrap_or_default();
        while self.now() < until {
            let shown = Arc::clone(self.engine.snapshot());
            let is_idle = self.engine.wake().is_none();
            let first = self.coming.keys().next().map(|(at, _)| *at);
            let tick = Some(self.next_tick).filter(|_| is_idle);
            let instants = [
                first,
                self.engine.wake(),
                tick,
                Some(self.next_look),
                Some(until),
            ];
            let next = instants.into_iter().flatten().min().unwrap();
            // Whole milliseconds, as the hosts count them.
            let next = u64::try_from(next.as_nanos().div_ceil(1_000_000)).unwrap();
            self.passed.fetch_max(next, Ordering::Relaxed);
            let now = self.now();
            if first.is_some_and(|at| at <= now) {
                let (_, coming) = self.coming.pop_first().unwrap();
                self.come(coming);
            } else if self.engine.wake().is_some_and(|at| at <= now) {
                self.on(Event::Wake);
            } else if is_idle && self.next_tick <= now {
                self.on(Event::Tick);
                let pause = self.engine.pause(self.hosts.clock()).unwrap();
                self.next_tick = now + pause.min(LONGEST_TICK);
            }
            let has_changed = !Arc::ptr_eq(&shown, self.engine.snapshot());
            if has_changed || self.next_look <= now {
                self.next_look = now + BETWEEN_LOOKS;
                self.look()?;
            }
        }
        Ok(())
    }

    fn look(&mut self) -> Result<(), String> {
        let now = self.hosts.clock();
        let seen = Seen {
            now,
            snapshot: self.engine.snapshot(),
            health: &|| self.engine.health(now),
        };
        self.checker.look(&seen, &self.hosts)
    }

    fn recovered(&self) -> Result<(), String> {
        let now = self.hosts.clock();
        let seen = Seen {
            now,
            snapshot: self.engine.snapshot(),
            health: &|| self.engine.health(now),
        };
        Checker::recovered(&seen, &self.hosts)
    }

    /// The time that has passed.
    fn now(&self) -> Duration {
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
                Effect::Due(items) => self.on(Event::Refresh {
                    items,
                    time: DEADLINE,
                    is_sparing: false,
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

    fn tally(&self) -> Tally {
        let state = self.hosts.state();
        Tally {
            days: self.days,
            faults: state.host_faults.count
                + self.restarts
                + self.jumps
                + self.store.failures.load(Ordering::Relaxed),
            lies: state.host_faults.lies,
            shocks: self.hosts.truth().shocks,
            corrections: self.hosts.truth().corrections,
            restarts: self.restarts,
            jumps: self.jumps,
            calls: state.calls.values().sum(),
            looks: self.checker.looks,
            recoveries: self.recoveries,
            ..self.events.clone()
        }
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

/// The deadline of a refresh.
const DEADLINE: Duration = Duration::from_secs(9);

fn begin(hosts: &Hosts, store: &Disk, alone: bool) -> Engine {
    let clock = hosts.clone();
    let witnesses: [Arc<DynRates>; 2] = [Arc::new(Cbu::of_day()), Arc::new(Nbkr::daily())];
    let witnesses = witnesses.map(Witness::new).into_iter();
    let bank = Bank::national_bank_kz().witnesses(witnesses.filter(|_| !alone));
    let builder = Ticker::builder("tests")
        .bank(bank)
        .cities(cities(&["astana", "almaty"]));
    let builder = builder.store(store.clone()).clock(move || clock.clock());
    builder.engine().unwrap()
}
