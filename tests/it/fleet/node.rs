//! A server of a fleet: a process that runs, stands still, dies, and begins again.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::Ticker;
use masthead::source::{Cbu, DynRates, Nbkr};
use masthead::ticker::{Bank, Report, Witness};
use masthead::weather::City;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::store::{Shared, SimStore};
use super::upstream::{Client, SKEW, Upstream};
use crate::simulation::checker::moment;
use crate::simulation::hosts::Hosts;
use crate::simulation::life::Disk;

/// What all servers have in common.
pub(super) struct Site {
    pub(super) upstream: Arc<Upstream>,
    pub(super) store: Arc<Shared>,
    pub(super) cities: Vec<City>,
    /// Whether what each server reports is printed.
    pub(super) tells: bool,
}

pub(super) struct Node {
    pub(super) index: usize,
    pub(super) ticker: Ticker,
    task: JoinHandle<Infallible>,
    clock: Clock,
    gate: Arc<Mutex<Gate>>,
    disk: Option<Disk>,
    calls: Arc<AtomicU64>,
}

/// A server's own clock, some milliseconds off.
#[derive(Clone)]
pub(super) struct Clock {
    hosts: Hosts,
    off: Arc<AtomicI64>,
}

/// When a process stands still.
#[derive(Debug, Default)]
struct Gate {
    /// After so many steps, for so long.
    next: Option<(u32, Duration)>,
    until: Option<Instant>,
    task: Option<Waker>,
}

impl Node {
    pub(super) fn new(site: &Site, index: usize, off: TimeDelta, has_disk: bool) -> Self {
        let clock = Clock {
            hosts: site.upstream.hosts.clone(),
            off: Arc::new(AtomicI64::new(off.num_milliseconds())),
        };
        let (disk, calls) = (has_disk.then(Disk::default), Arc::default());
        let ticker = begin(site, index, &clock, disk.as_ref(), &calls);
        let gate = Arc::default();
        let task = run(&ticker, &gate);
        Self {
            index,
            ticker,
            task,
            clock,
            gate,
            disk,
            calls,
        }
    }

    /// The process dies, and another one is there that does not run yet.
    pub(super) fn restart(&mut self, site: &Site, loses_disk: bool) {
        self.task.abort();
        if let Some(disk) = self.disk.as_ref().filter(|_| loses_disk) {
            disk.lose();
        }
        self.ticker = begin(
            site,
            self.index,
            &self.clock,
            self.disk.as_ref(),
            &self.calls,
        );
    }

    pub(super) fn run(&mut self) {
        self.gate = Arc::default();
        self.task = run(&self.ticker, &self.gate);
    }

    /// After so many steps the process stands still for a while, wherever it is.
    pub(super) fn pause(&self, steps: u32, time: Duration) {
        self.gate.lock().unwrap().next = Some((steps, time));
    }

    /// It goes on, if it stands still, and it does not stand still later.
    pub(super) fn wake(&self) {
        let gate = std::mem::take(&mut *self.gate.lock().unwrap());
        if let Some(task) = gate.task {
            task.wake();
        }
    }

    pub(super) fn set_clock(&self, off: TimeDelta) {
        self.clock
            .off
            .store(off.num_milliseconds(), Ordering::Relaxed);
    }

    pub(super) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Calls of the store, over all lives.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(super) fn clock_is_right(&self) -> bool {
        self.clock.is_right()
    }

    pub(super) fn keeps_a_disk(&self) -> bool {
        self.disk.is_some()
    }

    pub(super) fn has_stopped(&self) -> bool {
        self.task.is_finished()
    }

    pub(super) fn stop(&self) {
        self.task.abort();
    }
}

impl Clock {
    fn now(&self) -> DateTime<Utc> {
        self.hosts.now() + TimeDelta::milliseconds(self.off.load(Ordering::Relaxed))
    }

    pub(super) fn is_right(&self) -> bool {
        self.off.load(Ordering::Relaxed).abs() <= SKEW.num_milliseconds()
    }
}

fn begin(
    site: &Site,
    node: usize,
    clock: &Clock,
    disk: Option<&Disk>,
    calls: &Arc<AtomicU64>,
) -> Ticker {
    let witnesses: [Arc<DynRates>; 2] = [Arc::new(Cbu::of_day()), Arc::new(Nbkr::daily())];
    let (own, checked) = (clock.clone(), clock.clone());
    let client = Client {
        upstream: Arc::clone(&site.upstream),
        node,
        clock_is_right: Box::new(move || checked.is_right()),
    };
    let builder = Ticker::builder("tests")
        .bank(Bank::national_bank_kz().witnesses(witnesses.map(Witness::new)))
        .cities(site.cities.iter().cloned())
        .transport(client)
        .fleet(SimStore::new(&site.store, node, calls))
        .node(format!("web-{node}"))
        .clock(move || own.now());
    let builder = match disk {
        Some(disk) => builder.store(disk.clone()),
        None => builder,
    };
    let builder = if site.tells {
        let hosts = clock.hosts.clone();
        builder.on_report(move |report| tell(node, report, hosts.now()))
    } else {
        builder
    };
    builder.build().unwrap()
}

fn run(ticker: &Ticker, gate: &Arc<Mutex<Gate>>) -> JoinHandle<Infallible> {
    let (ticker, gate) = (ticker.clone(), Arc::clone(gate));
    tokio::spawn(async move {
        let mut running = pin!(ticker.run());
        let mut asleep = pin!(sleep_until(Instant::now()));
        poll_fn(|context| {
            let until = gate.lock().unwrap().step(context.waker());
            if let Some(until) = until {
                asleep.as_mut().reset(until);
                if asleep.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
            }
            running.as_mut().poll(context)
        })
        .await
    })
}

impl Gate {
    /// One more step; until when the process stands still instead.
    fn step(&mut self, task: &Waker) -> Option<Instant> {
        match &mut self.next {
            Some((0, time)) => {
                self.until = Some(Instant::now() + *time);
                self.next = None;
            }
            Some((steps, _)) => *steps -= 1,
            None => {}
        }
        self.until = self.until.filter(|until| Instant::now() < *until);
        self.task = self.until.map(|_| task.clone());
        self.until
    }
}

fn tell(node: usize, report: &Report, at: DateTime<Utc>) {
    use std::io::Write as _;
    let text = report.to_string();
    if !text.is_empty() {
        let _ = write!(std::io::stderr(), "{} server {node}\n{text}", moment(at));
    }
}
