//! A fleet of servers in a world from a seed, in which the store that they share, the hosts that they ask, and they themselves
//! fail: no lie is shown, nothing goes back or blank, nobody is asked too often, and all show the same once all is well.
//!
//! `MASTHEAD_FLEET_SEED=7 cargo test --release --test it fleet -- --nocapture` replays one bad world of three servers and tells
//! what happens in it; `MASTHEAD_FLEET_NODES=100` and `MASTHEAD_FLEET_HOURS=48` make it another one, and
//! `MASTHEAD_FLEET_SEEDS=100..200` runs others.

mod checker;
mod life;
mod mishap;
mod model;
mod node;
mod plan;
mod planted;
mod poison;
mod server;
mod store;
mod struck;
mod table;
mod trouble;
mod upstream;

use std::sync::Mutex;

use life::live;
use plan::{Plan, Tally};

#[test]
#[allow(clippy::print_stdout)] // for a run with `--nocapture`
fn fleet() {
    let setting = |name: &str| std::env::var(name).ok();
    let number = |text: &str| text.parse::<u32>().unwrap();
    let nodes = setting("MASTHEAD_FLEET_NODES").map_or(3, |text| number(&text));
    let hours = setting("MASTHEAD_FLEET_HOURS").map_or(24, |text| number(&text));
    let bad = |seed: u32| Plan::bad(seed.into(), nodes.try_into().unwrap(), hours.into());
    let plans = if let Some(seed) = setting("MASTHEAD_FLEET_SEED") {
        let tells = true;
        vec![Plan {
            tells,
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
    let tallies = live_all(plans);
    println!("{}", table::table(&tallies));
}

/// A few hours of small fleets, for a build without optimisation.
fn short() -> Vec<Plan> {
    let bad = (0..2).map(|seed| Plan::bad(seed, 3, 5));
    bad.chain([1, 10].map(|nodes| Plan::quiet(0, nodes, 2)))
        .collect()
}

/// The longest first, so that two threads end together.
fn long() -> Vec<Plan> {
    let mut plans = vec![
        Plan::quiet(0, 1000, 6),
        Plan::bad(0, 1000, 2),
        Plan::bad(0, 100, 18),
        Plan::quiet(0, 100, 24),
        Plan::quiet(0, 10, 7 * 24),
    ];
    // Beside each of them a server alone.
    plans.extend([6, 24, 7 * 24].map(|hours| Plan::quiet(0, 1, hours)));
    plans.extend((0..2).map(|seed| Plan::bad(seed, 10, 9 * 24)));
    plans.extend((0..6).map(|seed| Plan::bad(seed, 3, 9 * 24)));
    plans.extend((0..2).map(|seed| Plan::bad(seed, 1, 9 * 24)));
    plans
}

/// Two threads, a world on each; one beside other tests, some of which wait for a server. What does not hold in a world is told
/// with its seed.
fn live_all(plans: Vec<Plan>) -> Vec<Tally> {
    let (next, tallies) = (Mutex::new(plans.into_iter()), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let Some(plan) = next.lock().unwrap().next() else {
                return;
            };
            match live(plan) {
                Ok(tally) => tallies.lock().unwrap().push(tally),
                Err(what) => panic!("{plan}: {what}"),
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

/// A world is the same whenever it is lived: without that no seed would name it.
#[test]
fn a_world_is_the_same_twice() {
    let [one, other] = [(); 2].map(|()| live(Plan::bad(3, 3, 3)).unwrap());
    assert_eq!(one, other);
}
