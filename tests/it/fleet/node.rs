//! A node of the fleet: a process that runs, pauses, ends and starts again.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::Ticker;
use masthead::source::{Cbu, DynRates, Nbkr};
use masthead::ticker::{Bank, Report, Witness};
use masthead::weather::City;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use super::checker::Watch;
use super::store::{Shared, SimStore};
use super::upstream::{Client, SKEW, Upstream};
use crate::simulation::checker::moment;
use crate::simulation::disk::Disk;
use crate::simulation::hosts::Hosts;

/// The parts that all nodes share.
pub(super) struct Site {
    pub(super) upstream: Arc<Upstream>,
    pub(super) store: Arc<Shared>,
    pub(super) cities: Vec<City>,
    /// Whether the reports of each node are printed.
    pub(super) prints: bool,
}

pub(super) struct Node {
    pub(super) index: usize,
    pub(super) ticker: Ticker,
    task: JoinHandle<Infallible>,
    clock: Clock,
    gate: Arc<Mutex<Gate>>,
    disk: Option<Disk>,
    last_input: LastInput,
    calls: Arc<AtomicU64>,
    pub(super) watch: Arc<Mutex<Watch>>,
}

/// A node's own clock, some milliseconds off.
#[derive(Clone)]
pub(super) struct Clock {
    hosts: Hosts,
    off: Arc<AtomicI64>,
}

/// When a node last received input after which it may write to its disk.
#[derive(Clone, Debug, Default)]
pub(super) struct LastInput(Arc<Mutex<Option<Instant>>>);

impl LastInput {
    pub(super) fn now(&self) {
        *self.0.lock().unwrap() = Some(Instant::now());
    }

    /// Whether it may still be writing: a refresh and its write take ten seconds.
    fn may_write(&self) -> bool {
        let last_input = *self.0.lock().unwrap();
        last_input.is_some_and(|at| at.elapsed() < Duration::from_secs(15))
    }
}

/// When a process pauses.
#[derive(Debug, Default)]
struct Gate {
    /// The number of polls before the pause, and its length.
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
        let mut node = Self {
            index,
            ticker: Ticker::builder("tests").build().unwrap(),
            task: tokio::spawn(std::future::pending()),
            clock,
            gate: Arc::default(),
            disk: has_disk.then(Disk::default),
            last_input: LastInput::default(),
            calls: Arc::default(),
            watch: Arc::default(),
        };
        node.begin(site);
        node.run();
        node
    }

    /// Ends the process and prepares another one, which does not run yet.
    pub(super) fn restart(&mut self, site: &Site, loses_disk: bool) {
        self.task.abort();
        if let Some(disk) = self.disk.as_ref().filter(|_| loses_disk) {
            disk.lose();
        }
        self.watch = Arc::default();
        self.begin(site);
    }

    /// Adopts the newer records of the store.
    pub(super) async fn catch_up(&self) {
        let mut catching_up = pin!(self.ticker.catch_up());
        poll_fn(|context| {
            if self.disk.is_some() {
                in_step(|| catching_up.as_mut().poll(context))
            } else {
                catching_up.as_mut().poll(context)
            }
        })
        .await;
    }

    /// Prepares a process that does not run yet.
    fn begin(&mut self, site: &Site) {
        let (node, clock) = (self.index, self.clock.clone());
        let witnesses: [Arc<DynRates>; 2] = [Arc::new(Cbu::of_day()), Arc::new(Nbkr::daily())];
        let client = Client {
            upstream: Arc::clone(&site.upstream),
            node,
            clock: clock.clone(),
            last_input: self.last_input.clone(),
        };
        let store = SimStore::new(&site.store, node, &self.calls, &self.last_input);
        let hosts = clock.hosts.clone();
        let builder = Ticker::builder("tests")
            .bank(Bank::national_bank_kz().witnesses(witnesses.map(Witness::new)))
            .cities(site.cities.iter().cloned())
            .transport(client)
            .fleet(store)
            .node(format!("web-{node}"))
            .clock(move || clock.now());
        let builder = match &self.disk {
            Some(disk) => builder.store(disk.clone()),
            None => builder,
        };
        let (watch, prints) = (Arc::clone(&self.watch), site.prints);
        let builder = builder.on_report(move |report| {
            watch.lock().unwrap().hear(report);
            if prints {
                tell(node, report, hosts.now());
            }
        });
        self.ticker = builder.build().unwrap();
    }

    pub(super) fn run(&mut self) {
        self.gate = Arc::default();
        self.task.abort();
        let last_input = self.disk.as_ref().map(|_| self.last_input.clone());
        self.task = run(&self.ticker, &self.gate, last_input);
    }

    /// After `steps` polls, the process pauses for `time`, wherever it is.
    pub(super) fn pause(&self, steps: u32, time: Duration) {
        self.gate.lock().unwrap().next = Some((steps, time));
    }

    /// Ends the current pause and cancels the next.
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

    /// Returns the calls to the store, over all processes.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(super) fn clock_is_right(&self) -> bool {
        self.clock.is_right()
    }

    pub(super) fn has_disk(&self) -> bool {
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
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.hosts.now() + TimeDelta::milliseconds(self.off.load(Ordering::Relaxed))
    }

    pub(super) fn is_right(&self) -> bool {
        self.off.load(Ordering::Relaxed).abs() <= SKEW.num_milliseconds()
    }
}

fn run(
    ticker: &Ticker,
    gate: &Arc<Mutex<Gate>>,
    disk: Option<LastInput>,
) -> JoinHandle<Infallible> {
    let (ticker, gate) = (ticker.clone(), Arc::clone(gate));
    tokio::spawn(async move {
        let mut running = pin!(ticker.run());
        let (mut asleep, mut stood_still) = (pin!(sleep_until(Instant::now())), false);
        poll_fn(|context| {
            let until = gate.lock().unwrap().step(context.waker());
            if let Some(until) = until {
                stood_still = true;
                asleep.as_mut().reset(until);
                if asleep.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
            }
            if let Some(last_input) = disk.as_ref().filter(|_| stood_still) {
                last_input.now();
            }
            stood_still = false;
            if disk.as_ref().is_some_and(LastInput::may_write) {
                in_step(|| running.as_mut().poll(context))
            } else {
                running.as_mut().poll(context)
            }
        })
        .await
    })
}

/// Polls, then lets the only blocking thread finish its write, so that the simulation does not depend on the speed of that
/// thread.
fn in_step<T>(step: impl FnOnce() -> T) -> T {
    let ((go, stand), (writer, here)) = (channel::<()>(), channel::<()>());
    drop(spawn_blocking(move || stand.recv()));
    let stepped = step();
    drop(spawn_blocking(move || writer.send(())));
    go.send(()).unwrap();
    here.recv().unwrap();
    stepped
}

impl Gate {
    /// Counts one poll. Returns the end of the pause if the process pauses instead.
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
