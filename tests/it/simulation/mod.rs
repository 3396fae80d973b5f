//! A simulated ticker from a seed, with all kinds of faults. Invariants: no wrong number is shown, no value disappears, no host
//! receives more requests than its rate limit allows, and everything is right again once the faults end.
//!
//! Seeds below 1000 are a quarter of a year with faults nearly all the time; from 1000 on they are whole years in which two days of each
//! month have faults. `MASTHEAD_SEED=7 cargo test --test it simulation` replays one seed, `MASTHEAD_SEEDS=100..200` runs others.

pub(crate) mod checker;
pub(crate) mod disk;
pub(crate) mod faults;
pub(crate) mod hosts;
pub(crate) mod runner;
mod server;
mod tally;
pub(crate) mod truth;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use chrono::TimeDelta;
use runner::{Season, simulate};
use tally::Tally;

/// Thirteen weeks with faults every few hours, and a day to recover after nine days.
const STORM: Season = Season {
    days: 91,
    cities: &["astana", "almaty"],
    bad: TimeDelta::days(9),
    good: TimeDelta::zero(),
};
/// A year in which two days of a month have faults, with the default city.
const YEAR: Season = Season {
    days: 364,
    cities: &["astana"],
    bad: TimeDelta::days(2),
    good: TimeDelta::days(26),
};
/// The first seed of a year.
const YEARS: u64 = 1000;
/// One cycle of faults and recovery, for a build without optimisation and without a given seed.
const ROUND: u64 = 12;

#[test]
#[allow(clippy::print_stdout)] // for a run with `--nocapture`
fn simulation() {
    let (ranges, started) = (seeds(), Instant::now());
    let seeds: Vec<u64> = ranges
        .into_iter()
        .flat_map(|(first, end)| first..end)
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut sum = Tally::default();
        loop {
            let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) else {
                return sum;
            };
            match simulate(*seed, season(*seed)) {
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

fn season(seed: u64) -> Season {
    let season = if seed < YEARS { STORM } else { YEAR };
    let is_whole = !cfg!(debug_assertions) || std::env::var_os("MASTHEAD_SEED").is_some();
    Season {
        days: if is_whole { season.days } else { ROUND },
        ..season
    }
}

/// The first seed of each series, and the one after its last.
fn seeds() -> Vec<(u64, u64)> {
    if let Ok(seed) = std::env::var("MASTHEAD_SEED") {
        let seed = seed.parse().unwrap();
        return vec![(seed, seed + 1)];
    }
    if let Ok(seeds) = std::env::var("MASTHEAD_SEEDS") {
        let (first, end) = seeds.split_once("..").unwrap();
        return vec![(first.parse().unwrap(), end.parse().unwrap())];
    }
    if cfg!(debug_assertions) {
        vec![(0, 1)]
    } else {
        // The longest first, so that both threads end at nearly the same time.
        vec![(YEARS, YEARS + 188), (0, 56)]
    }
}
