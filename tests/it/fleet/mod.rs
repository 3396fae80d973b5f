//! A fleet of servers in a world from a seed, in which the store that they share, the hosts that they ask, and they themselves
//! fail: no lie is shown, nothing goes back or blank, nobody is asked too often, and all show the same once all is well.
//!
//! `MASTHEAD_FLEET_SEED=7 cargo test --release --test it fleet -- --nocapture` replays one world.

mod checker;
mod life;
mod mishap;
mod model;
mod node;
mod poison;
mod server;
mod store;
mod trouble;
mod upstream;

use life::{Plan, live};

#[test]
fn fleet_scratch() {
    let seed = std::env::var("MASTHEAD_FLEET_SEED").map_or(0, |seed| seed.parse().unwrap());
    let nodes = std::env::var("N").map_or(3, |seed| seed.parse().unwrap());
    let hours = std::env::var("H").map_or(24, |seed| seed.parse().unwrap());
    let is_quiet = std::env::var("Q").is_ok();
    let tells = std::env::var("T").is_ok();
    let count: u64 = std::env::var("C").map_or(1, |seed| seed.parse().unwrap());
    for seed in seed..seed + count {
        let started = std::time::Instant::now();
        let plan = Plan {
            seed,
            nodes,
            from: 9 * 60,
            hours,
            is_quiet,
            plant: None,
            tells,
        };
        println!("{seed}: {:?} in {:?}", live(plan), started.elapsed());
    }
}
