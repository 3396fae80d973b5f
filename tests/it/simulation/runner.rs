//! Runs a simulated ticker: faults come and go, and a checker observes it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use masthead::Ticker;
use masthead::source::{Cbu, DynRates, Nbkr};
use masthead::ticker::{Bank, Evidence, GuardEvent, Report, Witness};
use tokio::task::JoinHandle;

use super::checker::{Checker, moment};
use super::disk::Disk;
use super::faults::HostFaults;
use super::hosts::Hosts;
use super::tally::Tally;
use super::truth::{FIRST, Truth, astana};
use crate::fake_hosts::cities;

/// Simulates a seed for that many days.
///
/// # Errors
///
/// The violated invariant, and when.
pub(super) fn simulate(seed: u64, days: u64) -> Result<Tally, String> {
    fastrand::seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut run = Run::new(seed, days);
        let outcome = run.run_to_end().await;
        run.task.abort();
        let now = run.hosts.now();
        outcome
            .map(|()| run.tally())
            .map_err(|what| format!("{}: {what}", moment(now)))
    })
}

struct Run {
    hosts: Hosts,
    store: Disk,
    ticker: Ticker,
    task: JoinHandle<std::convert::Infallible>,
    events: Arc<Mutex<Tally>>,
    checker: Checker,
    random: Rng,
    days: u64,
    restarts: u64,
    jumps: u64,
    recoveries: u64,
    /// Until then, a state may come from a clock that was ahead.
    doubtful_until: DateTime<Utc>,
    /// Whether no witness can be reached.
    alone: bool,
}

/// The days with faults, of each twelve.
const BAD: TimeDelta = TimeDelta::days(9);

impl Run {
    fn new(seed: u64, days: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let truth = Truth::new(i64::try_from(days).unwrap() + 20, &mut random);
        let start = astana(FIRST, 9 * 60);
        let hosts = Hosts::new(truth, HostFaults::new(random.fork(), start), start);
        let (store, events) = (Disk::default(), Arc::default());
        let alone = seed % 2 == 1;
        let ticker = begin(&hosts, &store, &events, alone);
        let task = run(&ticker);
        let checker = Checker::default();
        let doubtful_until = start;
        Self {
            hosts,
            store,
            ticker,
            task,
            events,
            checker,
            random,
            days,
            restarts: 0,
            jumps: 0,
            recoveries: 0,
            doubtful_until,
            alone,
        }
    }

    async fn run_to_end(&mut self) -> Result<(), String> {
        let end = self.hosts.now() + TimeDelta::days(self.days.try_into().unwrap());
        while self.hosts.now() < end {
            let bad_until = self.hosts.now() + BAD;
            while self.hosts.now() < bad_until {
                let hours = TimeDelta::minutes(self.random.i64(10..300));
                self.watch(self.hosts.now() + hours).await?;
                self.incident().await?;
            }
            self.recover().await?;
        }
        Ok(())
    }

    async fn incident(&mut self) -> Result<(), String> {
        let now = self.hosts.now();
        match self.random.u8(..40) {
            0 => self.restart(),
            1 => return self.jump().await,
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
        self.task.abort();
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
        self.ticker = begin(&self.hosts, &self.store, &self.events, self.alone);
        self.task = run(&self.ticker);
        self.checker.restarted(lost);
        self.hosts.state().counted_since = now;
    }

    /// The clock is wrong for a while.
    async fn jump(&mut self) -> Result<(), String> {
        self.jumps += 1;
        let hours = if self.random.bool() {
            self.random.i64(1..30)
        } else {
            self.random.i64(24..24 * 3000)
        };
        let hours = if self.random.bool() { hours } else { -hours };
        let until = self.hosts.now() + TimeDelta::minutes(self.random.i64(1..1440));
        self.set_clock(TimeDelta::hours(hours));
        let outcome = self.watch(until).await;
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
    }

    /// Ends all faults: within a day of a publication all invariants of recovery must hold. Without a witness, rates that moved
    /// wait for further publications, in which other rates may move.
    async fn recover(&mut self) -> Result<(), String> {
        self.hosts.state().host_faults.clear();
        self.store.failing.store(false, Ordering::Relaxed);
        let mut publications = if self.alone { 12 } else { 1 };
        loop {
            let publication = self.hosts.truth().next_after(self.hosts.now());
            // Before the next publication, which may be surprising again.
            self.watch(publication + TimeDelta::hours(23)).await?;
            publications -= 1;
            match Checker::recovered(&self.ticker, &self.hosts) {
                Err(what) if publications == 0 => return Err(what),
                Err(_) => {}
                Ok(()) => break,
            }
        }
        self.recoveries += 1;
        Ok(())
    }

    /// Advances the time; the checker observes every change, and each half hour.
    async fn watch(&mut self, until: DateTime<Utc>) -> Result<(), String> {
        let mut changes = self.ticker.changes();
        while self.hosts.now() < until {
            let left = (until - self.hosts.now())
                .min(TimeDelta::minutes(30))
                .to_std()
                .unwrap();
            tokio::select! {
                changed = changes.changed() => assert!(changed.is_some()),
                () = tokio::time::sleep(left) => {}
            }
            if let Err(what) = self.checker.look(&self.ticker, &self.hosts) {
                // Until the refresh has been reported.
                tokio::time::sleep(std::time::Duration::from_secs(20)).await;
                return Err(what);
            }
            if self.task.is_finished() {
                return Err("the ticker stopped".into());
            }
        }
        Ok(())
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
            ..self.events.lock().unwrap().clone()
        }
    }
}

fn begin(hosts: &Hosts, store: &Disk, events: &Arc<Mutex<Tally>>, alone: bool) -> Ticker {
    let (clock, events) = (hosts.clone(), Arc::clone(events));
    let witnesses: [Arc<DynRates>; 2] = [Arc::new(Cbu::of_day()), Arc::new(Nbkr::daily())];
    let witnesses = witnesses.map(Witness::new).into_iter();
    let bank = Bank::national_bank_kz().witnesses(witnesses.filter(|_| !alone));
    let builder = Ticker::builder("tests")
        .bank(bank)
        .cities(cities(&["astana", "almaty"]))
        .transport(hosts.clone());
    let builder = builder.store(store.clone()).clock(move || clock.clock());
    builder
        .on_report(move |report| note(&events, report))
        .build()
        .unwrap()
}

fn run(ticker: &Ticker) -> JoinHandle<std::convert::Infallible> {
    let ticker = ticker.clone();
    tokio::spawn(async move { ticker.run().await })
}

fn note(tally: &Mutex<Tally>, report: &Report) {
    if std::env::var_os("MASTHEAD_SEED").is_some() && !report.to_string().is_empty() {
        use std::io::Write as _;
        let _ = write!(std::io::stderr(), "{}\n{report}", moment(report.at));
    }
    let mut tally = tally.lock().unwrap();
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
