//! A simulated ticker from a seed, with all kinds of faults. Invariants: no wrong number is shown, no value disappears, no host
//! receives more requests than its rate limit allows, and everything is right again once the faults end.
//!
//! `MASTHEAD_SEED=7 cargo test --test it simulation` replays one seed, `MASTHEAD_SEEDS=100..200` runs others.

pub(crate) mod checker;
pub(crate) mod disk;
pub(crate) mod faults;
pub(crate) mod hosts;
pub(crate) mod runner;
mod tally;
pub(crate) mod truth;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chrono::TimeDelta;
use runner::{Weather, simulate};
use tally::Tally;

/// The days of a run: thirteen weeks.
const DAYS: u64 = 91;
/// Faults every few hours, and a day to recover after nine days.
const STORM: Weather = Weather {
    bad: TimeDelta::days(9),
    between: 300,
    good: TimeDelta::zero(),
};
/// One cycle of faults and recovery, for a build without optimisation and without a given seed.
const ROUND: u64 = 12;

#[test]
#[allow(clippy::print_stdout)] // for a run with `--nocapture`
fn simulation() {
    let (seeds, days) = seeds();
    let (next, started) = (AtomicU64::new(seeds.start), Instant::now());
    let work = || {
        let mut sum = Tally::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return sum;
            }
            match simulate(seed, days, STORM) {
                Ok(tally) => sum += tally,
                Err(what) => panic!("MASTHEAD_SEED={seed}: {what}"),
            }
        }
    };
    let mut sum = Tally::default();
    std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        for thread in threads {
            sum += thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    let (years, months) = (sum.days / 365, sum.days % 365 / 30);
    let took = started.elapsed();
    println!("{years} years and {months} months in {took:.1?}: {sum:?}");
}

fn seeds() -> (Range<u64>, u64) {
    if let Ok(seed) = std::env::var("MASTHEAD_SEED") {
        let seed = seed.parse().unwrap();
        return (seed..seed + 1, DAYS);
    }
    if let Ok(seeds) = std::env::var("MASTHEAD_SEEDS") {
        let (first, end) = seeds.split_once("..").unwrap();
        return (first.parse().unwrap()..end.parse().unwrap(), DAYS);
    }
    if cfg!(debug_assertions) {
        (0..1, ROUND)
    } else {
        (0..56, DAYS)
    }
}
