//! Runs a simulated fleet: faults come and go, and afterwards all nodes must show the same.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::caught_up::{acknowledged, assert_caught_up};
use super::checker::{converged, recovered};
use super::incidents::Incidents;
use super::node::{Node, Site};
use super::scenario::{Scenario, Tally};
use super::store::Shared;
use super::store_faults::StoreFaults;
use super::store_server::StoreServer;
use super::upstream::Upstream;
use crate::fake_hosts::cities;
use crate::simulation::checker::moment;
use crate::simulation::faults::HostFaults;
use crate::simulation::hosts::Hosts;
use crate::simulation::truth::{FIRST, Truth, astana};

/// The limit for convergence once the store is healthy and no clock is more than three minutes off: ten seconds until a lease is
/// renewed, which prints a node that its clock is right again, and two polls of two seconds each; doubled.
const CONVERGE: Duration = Duration::from_secs(30);
/// The longest interval between two checks of a node. Each change is checked too.
const LOOK: Duration = Duration::from_secs(300);

/// Runs a scenario.
///
/// # Errors
///
/// The violated invariant, and when.
pub(super) fn simulate(scenario: Scenario) -> Result<Tally, String> {
    fastrand::seed(scenario.seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut run = Run::new(scenario);
        let outcome = run.run_to_end().await;
        run.stop();
        let now = run.hosts.now();
        outcome
            .map(|()| run.tally())
            .map_err(|what| format!("{}: {what}", moment(now)))
    })
}

pub(super) struct Run {
    scenario: Scenario,
    pub(super) hosts: Hosts,
    pub(super) site: Site,
    pub(super) nodes: Vec<Node>,
    pub(super) random: Rng,
    checkers: Vec<JoinHandle<()>>,
    seen: Arc<Mutex<Seen>>,
    pub(super) incidents: Incidents,
    start: DateTime<Utc>,
    pub(super) restarts: u64,
    converged: Vec<u64>,
}

#[derive(Debug, Default)]
struct Seen {
    looks: u64,
    wrong: Option<String>,
}

impl Run {
    fn new(scenario: Scenario) -> Self {
        let mut random = Rng::with_seed(scenario.seed);
        let days = scenario.hours / 24 + 40;
        let truth = Truth::new(days, &mut random);
        let start = astana(FIRST + TimeDelta::days(7), scenario.from * 60);
        let hosts = Hosts::new(truth, HostFaults::new(random.fork(), start), start);
        let usual = if scenario.is_quiet { 0 } else { 3 };
        let faults = StoreFaults::new(random.fork(), usual);
        let store = Shared::new(&hosts, StoreServer::new(scenario.plant), faults);
        let site = Site {
            upstream: Upstream::new(&hosts, &store, scenario.is_quiet),
            store,
            cities: cities(&["astana", "almaty"]),
            prints: scenario.prints,
        };
        let mut run = Self {
            scenario,
            hosts,
            site,
            nodes: Vec::new(),
            checkers: Vec::new(),
            seen: Arc::default(),
            incidents: Incidents::new(start),
            random,
            start,
            restarts: 0,
            converged: Vec::new(),
        };
        for index in 0..scenario.nodes {
            let off = run.skew();
            // Only a few nodes of a large fleet have a disk, because each write waits for a thread.
            let has_disk = !scenario.is_quiet && index % 2 == 0 && index < 8;
            let node = Node::new(&run.site, index, off, has_disk);
            run.checkers.push(run.start_checker(&node));
            run.nodes.push(node);
        }
        run
    }

    /// Returns the offset of a right clock: up to a second in a quiet scenario, up to three minutes in a bad one.
    pub(super) fn skew(&mut self) -> TimeDelta {
        let most = if self.scenario.is_quiet {
            1000
        } else {
            180_000
        };
        TimeDelta::milliseconds(self.random.i64(-most..=most))
    }

    async fn run_to_end(&mut self) -> Result<(), String> {
        let end = self.start + TimeDelta::hours(self.scenario.hours);
        if self.scenario.is_quiet {
            self.watch(end - self.hosts.now()).await?;
            return converged(&self.nodes, self.hosts.now(), false);
        }
        while self.hosts.now() < end {
            let longest = (self.scenario.hours * 30).min(480);
            let bad_until = self.hosts.now() + TimeDelta::minutes(self.random.i64(30..=longest));
            while self.hosts.now() < bad_until {
                let time = TimeDelta::seconds(self.random.i64(5..900));
                self.watch(time).await?;
                self.incident().await?;
            }
            self.recover().await?;
        }
        Ok(())
    }

    /// Ends all faults; then the nodes must converge, and stay within their rate limits.
    async fn recover(&mut self) -> Result<(), String> {
        self.heal();
        let healed = Instant::now();
        while let Err(apart) = self.check_convergence() {
            if healed.elapsed() > CONVERGE {
                self.note(|| {
                    let healths = self.nodes.iter().map(|node| node.ticker.health().fleet);
                    format!("{:#?}", healths.collect::<Vec<_>>())
                });
                return Err(format!("{apart}, {:?} after all is well", healed.elapsed()));
            }
            self.watch(TimeDelta::milliseconds(500)).await?;
        }
        self.converged
            .push(u64::try_from(healed.elapsed().as_millis()).unwrap());
        // Sometimes long enough that each value is fetched again and a new day begins.
        let well = match self.random.u8(..4) {
            0 if self.scenario.hours > 48 => 26 * 60,
            _ => self.random.i64(10..100),
        };
        self.watch(TimeDelta::minutes(well)).await?;
        if well > 25 * 60 {
            converged(&self.nodes, self.hosts.now(), false)?;
            for node in self.nodes.iter().filter(|node| node.clock_is_right()) {
                recovered(&node.ticker, &self.hosts)
                    .map_err(|what| format!("server {}: {what}", node.index))?;
            }
        }
        Ok(())
    }

    /// Checks that all nodes show the same, and that they have removed the records that none of them can use.
    fn check_convergence(&self) -> Result<(), String> {
        let store = &self.site.store;
        store.with(|inner, now| match inner.server.spoilt(now) {
            Some((topic, record)) => Err(format!("{topic} has {record:?}")),
            None => Ok(()),
        })?;
        converged(&self.nodes, self.hosts.now(), true)
    }

    /// Prints an event if the scenario asks for it.
    pub(super) fn note(&self, what: impl FnOnce() -> String) {
        if self.scenario.prints {
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr(), "{} {}", moment(self.hosts.now()), what());
        }
    }

    pub(super) async fn watch(&self, time: TimeDelta) -> Result<(), String> {
        let until = Instant::now() + time.to_std().unwrap_or_default();
        while Instant::now() < until {
            sleep((until - Instant::now()).min(Duration::from_secs(30))).await;
            self.check()?;
        }
        Ok(())
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if let Some(node) = self.nodes.iter().find(|node| node.has_stopped()) {
            return Err(format!("server {} stopped", node.index));
        }
        let wrong = self.seen.lock().unwrap().wrong.take();
        let wrong = wrong.or_else(|| self.site.upstream.over_budget());
        let wrong = wrong.or_else(|| {
            self.site
                .store
                .with(|inner, _| inner.server.history.wrong.take())
        });
        wrong.map_or(Ok(()), Err)
    }

    fn start_checker(&self, node: &Node) -> JoinHandle<()> {
        let (ticker, hosts, index) = (node.ticker.clone(), self.hosts.clone(), node.index);
        let (watch, seen) = (Arc::clone(&node.watch), Arc::clone(&self.seen));
        let clock = node.clock();
        tokio::spawn(async move {
            let mut changes = ticker.changes();
            loop {
                let looked = watch
                    .lock()
                    .unwrap()
                    .look(&ticker, clock.is_right(), &hosts);
                {
                    let mut seen = seen.lock().unwrap();
                    seen.looks += 1;
                    if let Err(what) = looked {
                        let what = format!("server {index}: {what}");
                        seen.wrong.get_or_insert(what);
                    }
                }
                tokio::select! {
                    biased;
                    _ = changes.changed() => {}
                    () = sleep(LOOK) => {}
                }
            }
        })
    }

    /// Ends the process of a node and starts another.
    pub(super) async fn restart(&mut self, index: usize, loses_disk: bool) -> Result<(), String> {
        self.restarts += 1;
        self.checkers[index].abort();
        let node = &mut self.nodes[index];
        node.restart(&self.site, loses_disk);
        self.site.upstream.restarted(index);
        let is_fresh = loses_disk || !node.has_disk();
        let is_well = self.site.store.with(|inner, now| {
            inner
                .faults
                .was_well_since(now - TimeDelta::seconds(90), now)
        });
        let before = self.site.store.with(|inner, _| acknowledged(&inner.server));
        node.catch_up().await;
        if is_fresh && is_well && node.clock_is_right() {
            let ticker = &node.ticker;
            self.site
                .store
                .with(|inner, _| assert_caught_up(ticker, &before, &inner.server))?;
        }
        node.run();
        self.checkers[index] = self.start_checker(&self.nodes[index]);
        Ok(())
    }

    pub(super) fn set_clock(&mut self, index: usize, off: TimeDelta) {
        self.nodes[index].set_clock(off);
        // Its earlier requests belong to another time.
        self.site.upstream.restarted(index);
        // Until the next start: values from a wrong clock disappear when their time has come.
        self.nodes[index].watch.lock().unwrap().clock_is_wrong();
    }

    fn stop(&self) {
        self.nodes.iter().for_each(Node::stop);
        self.checkers.iter().for_each(JoinHandle::abort);
    }

    fn tally(&self) -> Tally {
        let calls = self.nodes.iter().map(Node::calls);
        let faults = self.site.store.with(|inner, _| inner.faults.count);
        Tally {
            nodes: self.scenario.nodes,
            is_quiet: self.scenario.is_quiet,
            minutes: (self.hosts.now() - self.start).num_minutes(),
            requests: self.site.upstream.count(),
            calls: calls.clone().sum(),
            most_calls: calls.max().unwrap_or_default(),
            looks: self.seen.lock().unwrap().looks,
            faults: faults + self.hosts.state().host_faults.count + self.incidents.count,
            restarts: self.restarts,
            converged: self.converged.clone(),
        }
    }
}
