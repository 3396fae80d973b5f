//! A simulated fleet from a seed, in which the shared store, the hosts and the nodes fail. Invariants: no wrong number is shown,
//! no value goes back or disappears, no host receives more requests than its rate limit allows, and all nodes show the same once
//! the faults have ended.
//!
//! `MASTHEAD_FLEET_SEED=7 cargo test --release --test it fleet -- --nocapture` replays one bad scenario with three nodes and
//! prints its events; `MASTHEAD_FLEET_NODES=100` and `MASTHEAD_FLEET_HOURS=48` change its size, and
//! `MASTHEAD_FLEET_SEEDS=100..200` runs other seeds.

mod caught_up;
mod checker;
mod contract;
mod corruption;
mod cost_table;
mod incidents;
mod node;
mod planted_bugs;
mod runner;
mod scenario;
mod store;
mod store_control;
mod store_faults;
mod store_rows;
mod store_server;
mod upstream;

use std::sync::Mutex;

use runner::simulate;
use scenario::{Scenario, Tally};

#[test]
#[allow(clippy::print_stdout)] // for a run with `--nocapture`
fn fleet() {
    let setting = |name: &str| std::env::var(name).ok();
    let number = |text: &str| text.parse::<u32>().unwrap();
    let nodes = setting("MASTHEAD_FLEET_NODES").map_or(3, |text| number(&text));
    let hours = setting("MASTHEAD_FLEET_HOURS").map_or(24, |text| number(&text));
    let bad = |seed: u32| Scenario::bad(seed.into(), nodes.try_into().unwrap(), hours.into());
    let scenarios = if let Some(seed) = setting("MASTHEAD_FLEET_SEED") {
        let prints = true;
        vec![Scenario {
            prints,
            ..bad(number(&seed))
        }]
    } else if let Some(seeds) = setting("MASTHEAD_FLEET_SEEDS") {
        let (first, end) = seeds.split_once("..").unwrap();
        (number(first)..number(end)).map(bad).collect()
    } else if cfg!(debug_assertions) {
        short()
    } else {
        long()
    };
    let tallies = simulate_all(scenarios);
    println!("{}", cost_table::table(&tallies));
}

/// Small fleets for a few hours, for a build without optimisation.
fn short() -> Vec<Scenario> {
    let mut scenarios = vec![Scenario::bad(0, 3, 5)];
    scenarios.extend([1, 10].map(|nodes| Scenario::quiet(0, nodes, 2)));
    scenarios
}

/// The longest first, so that two threads end together.
fn long() -> Vec<Scenario> {
    let mut scenarios = vec![
        Scenario::quiet(0, 1000, 6),
        Scenario::bad(0, 1000, 2),
        Scenario::bad(0, 100, 18),
        Scenario::quiet(0, 100, 24),
        Scenario::quiet(0, 10, 7 * 24),
    ];
    // A single node for comparison with each of them.
    scenarios.extend([6, 24, 7 * 24].map(|hours| Scenario::quiet(0, 1, hours)));
    scenarios.extend((0..2).map(|seed| Scenario::bad(seed, 10, 9 * 24)));
    scenarios.extend((0..6).map(|seed| Scenario::bad(seed, 3, 9 * 24)));
    scenarios.extend((0..2).map(|seed| Scenario::bad(seed, 1, 9 * 24)));
    scenarios
}

/// Two threads, each with one scenario at a time; in a debug build one thread, because tests that wait for a
/// server run beside it. A failure is reported with its seed.
fn simulate_all(scenarios: Vec<Scenario>) -> Vec<Tally> {
    let (next, tallies) = (Mutex::new(scenarios.into_iter()), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let Some(scenario) = next.lock().unwrap().next() else {
                return;
            };
            match simulate(scenario) {
                Ok(tally) => tallies.lock().unwrap().push(tally),
                Err(what) => panic!("{scenario}: {what}"),
            }
        }
    };
    std::thread::scope(|scope| {
        let count = if cfg!(debug_assertions) { 1 } else { 2 };
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    tallies.into_inner().unwrap()
}

/// A scenario must be deterministic, because a seed names it.
#[test]
fn a_scenario_is_deterministic() {
    let [one, other] = [(); 2].map(|()| simulate(Scenario::bad(3, 3, 3)).unwrap());
    assert_eq!(one, other);
}
