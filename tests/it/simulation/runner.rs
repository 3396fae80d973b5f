//! Runs a simulated server: faults come and go, and a checker observes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

use super::checker::{Checker, moment};
use super::disk::Disk;
use super::faults::HostFaults;
use super::hosts::Hosts;
use super::server::Server;
use super::tally::Tally;
use super::truth::{FIRST, Truth, astana};

/// How long a run is, and when its faults come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Season {
    pub(super) days: u64,
    pub(super) cities: &'static [&'static str],
    /// The time with a fault every few hours...
    pub(super) bad: TimeDelta,
    /// ...and without faults that follows, before all is checked.
    pub(super) good: TimeDelta,
}

/// Simulates a seed.
///
/// # Errors
///
/// The violated invariant, and when.
pub(super) fn simulate(seed: u64, season: Season) -> Result<Tally, String> {
    fastrand::seed(seed);
    let mut run = Run::new(seed, season);
    let outcome = run.run_to_end();
    let now = run.hosts.now();
    outcome
        .map(|()| run.tally())
        .map_err(|what| format!("{}: {what}", moment(now)))
}

struct Run {
    hosts: Hosts,
    store: Disk,
    server: Server,
    next_look: Duration,
    checker: Checker,
    random: Rng,
    season: Season,
    restarts: u64,
    jumps: u64,
    recoveries: u64,
    /// Until then, a state may come from a clock that was ahead.
    doubtful_until: DateTime<Utc>,
}

/// The checker looks at least so often, also when nothing changes.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60 * 60);

impl Run {
    fn new(seed: u64, season: Season) -> Self {
        let mut random = Rng::with_seed(seed);
        let truth = Truth::new(i64::try_from(season.days).unwrap() + 20, &mut random);
        let start = astana(FIRST, 9 * 60);
        let passed = Arc::new(AtomicU64::new(0));
        let host_faults = HostFaults::new(random.fork(), start);
        let clock = Arc::clone(&passed);
        let hosts = Hosts::passing(truth, host_faults, start, move || {
            Duration::from_millis(clock.load(Ordering::Relaxed))
        });
        let store = Disk::default();
        let server = Server::new(&hosts, &store, passed, seed % 2 == 1, season.cities);
        Self {
            hosts,
            store,
            server,
            next_look: Duration::ZERO,
            checker: Checker::default(),
            random,
            season,
            restarts: 0,
            jumps: 0,
            recoveries: 0,
            doubtful_until: start,
        }
    }

    fn run_to_end(&mut self) -> Result<(), String> {
        let end = self.hosts.now() + TimeDelta::days(self.season.days.try_into().unwrap());
        while self.hosts.now() < end {
            let bad_until = self.hosts.now() + self.season.bad;
            while self.hosts.now() < bad_until {
                let hours = TimeDelta::minutes(self.random.i64(10..300));
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
        self.server.restart();
        self.checker.restarted(lost);
        self.hosts.state().forget_requests();
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
        state.forget_requests();
        drop(state);
        self.doubtful_until = now + TimeDelta::days(2);
        self.checker.clock_jumped(self.doubtful_until);
        self.server.clock_was_set(self.random.f32());
        self.next_look = self.server.now() + BETWEEN_LOOKS;
    }

    /// Ends all faults: within a day of a publication all invariants of recovery must hold. Without a witness, rates that moved
    /// wait for further publications, in which other rates may move.
    fn recover(&mut self) -> Result<(), String> {
        self.hosts.state().host_faults.clear();
        self.watch(self.hosts.now() + self.season.good)?;
        self.store.failing.store(false, Ordering::Relaxed);
        let mut publications = if self.server.alone { 12 } else { 1 };
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

    /// Advances the time; the checker observes every change, and each hour.
    fn watch(&mut self, until: DateTime<Utc>) -> Result<(), String> {
        let left = (until - self.hosts.now()).to_std().unwrap_or_default();
        let until = self.server.now() + left;
        while self.server.now() < until {
            let has_changed = self.server.advance(until.min(self.next_look));
            if has_changed || self.next_look <= self.server.now() {
                self.next_look = self.server.now() + BETWEEN_LOOKS;
                let (checker, hosts) = (&mut self.checker, &self.hosts);
                self.server.seen(|seen| checker.look(seen, hosts))?;
            }
        }
        Ok(())
    }

    fn recovered(&self) -> Result<(), String> {
        self.server
            .seen(|seen| Checker::recovered(seen, &self.hosts))
    }

    fn tally(&self) -> Tally {
        let state = self.hosts.state();
        Tally {
            days: self.season.days,
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
            ..self.server.events.clone()
        }
    }
}
