//! Reading the published snapshot with one thread and with two: `Ticker::snapshot`, and an alternative with a version number and a copy
//! of the `Arc` in each thread.

#![allow(missing_docs)] // the harness generates undocumented items

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, RwLock};

use divan::black_box;
use masthead::{Snapshot, Ticker};

fn main() {
    LazyLock::force(&TICKER);
    LazyLock::force(&VERSIONED);
    divan::main();
}

/// Reads in one iteration, so that the start of a thread and the clock do not matter. The figures are for all of them together.
const READS: usize = 100_000;

static TICKER: LazyLock<Ticker> =
    LazyLock::new(|| Ticker::builder("bench").build().expect("a ticker"));

#[divan::bench(threads = [1, 2])]
fn ticker_snapshot() -> usize {
    let ticker = black_box(&*TICKER);
    (0..READS)
        .filter(|_| ticker.snapshot().cities().next().is_some())
        .count()
}

/// The alternative with `std` alone: a read is an atomic load, and a thread refreshes its copy when the version has changed.
struct Versioned {
    version: AtomicU64,
    published: RwLock<Arc<Snapshot>>,
}

static VERSIONED: LazyLock<Versioned> = LazyLock::new(|| Versioned {
    version: AtomicU64::new(1),
    published: RwLock::new(Arc::new(Snapshot::default())),
});

thread_local! {
    static COPY: RefCell<(u64, Arc<Snapshot>)> = RefCell::new((0, Arc::default()));
}

impl Versioned {
    fn read<T>(&self, use_it: impl FnOnce(&Snapshot) -> T) -> T {
        COPY.with_borrow_mut(|(known, copy)| {
            let version = self.version.load(Ordering::Acquire);
            if *known != version {
                *copy = Arc::clone(&self.published.read().expect("no writer panics"));
                *known = version;
            }
            use_it(copy)
        })
    }
}

#[divan::bench(threads = [1, 2])]
fn version_and_thread_local() -> usize {
    let cell = black_box(&*VERSIONED);
    (0..READS)
        .filter(|_| cell.read(|snapshot| snapshot.cities().next().is_some()))
        .count()
}

/// Cloning the `Arc`, for comparison: the threads contend for its reference count.
#[divan::bench(threads = [1, 2])]
fn arc_clone() -> usize {
    let ticker = black_box(&*TICKER);
    (0..READS)
        .filter(|_| ticker.snapshot().to_arc().cities().next().is_some())
        .count()
}
