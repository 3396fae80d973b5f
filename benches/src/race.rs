//! Times contestants in turn, so that other load on the machine affects all of them.
//!
//! A sample is about 50 µs of calls after a warm-up call. Every round takes one sample of each contestant, in a random order. The table has the
//! medians over all rounds, and their ratios to the first contestant.

#![allow(clippy::float_arithmetic)] // times and their ratios

use std::hint::black_box;
use std::time::{Duration, Instant};

/// A group of contestants that do the same work.
#[derive(Debug)]
pub struct Race<'a> {
    title: String,
    contestants: Vec<Contestant<'a>>,
}

struct Contestant<'a> {
    name: &'static str,
    /// A remark about its results, such as their exactness, determined before the race.
    answers: String,
    /// The operations of one call.
    operations: usize,
    call: Box<dyn FnMut() + 'a>,
    /// Nanoseconds for each operation, one sample for each round.
    samples: Vec<f64>,
}

impl std::fmt::Debug for Contestant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Whether the benchmarks should run once without measuring: `cargo bench -- --test`.
#[must_use]
pub fn is_test() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

impl<'a> Race<'a> {
    /// Returns a race without contestants.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            contestants: Vec::new(),
        }
    }

    /// Adds a contestant. The others are compared with the first.
    pub fn add(
        &mut self,
        name: &'static str,
        answers: String,
        operations: usize,
        call: impl FnMut() + 'a,
    ) {
        self.contestants.push(Contestant {
            name,
            answers,
            operations,
            call: Box::new(call),
            samples: Vec::new(),
        });
    }

    /// Runs the race and returns the table.
    #[must_use]
    pub fn finish(mut self, rounds: usize) -> String {
        let rounds = if is_test() { 1 } else { rounds };
        let calls: Vec<u32> = self.contestants.iter_mut().map(calls_in_a_sample).collect();
        let mut order: Vec<usize> = (0..self.contestants.len()).collect();
        for _ in 0..rounds {
            fastrand::shuffle(&mut order);
            for &index in &order {
                let contestant = &mut self.contestants[index];
                (contestant.call)();
                let time = timed(&mut contestant.call, calls[index]);
                let operations = contestant.operations as f64 * f64::from(calls[index]);
                contestant
                    .samples
                    .push(time.as_secs_f64() * 1e9 / operations);
            }
        }
        self.table()
    }

    fn table(self) -> String {
        let mut table = format!("\n{}\n", self.title);
        let mut first = None;
        for Contestant {
            name,
            answers,
            mut samples,
            ..
        } in self.contestants
        {
            let median = median(&mut samples);
            let first = *first.get_or_insert(median);
            table += &format!(
                "  {name:34} {median:10.3} ns {:8.2}x  {answers}\n",
                median / first
            );
        }
        table
    }
}

/// Returns the number of calls that take about 50 µs, at least one.
fn calls_in_a_sample(contestant: &mut Contestant<'_>) -> u32 {
    const SAMPLE: Duration = Duration::from_micros(50);
    if is_test() {
        return 1;
    }
    let mut calls = 1;
    while timed(&mut contestant.call, calls) < SAMPLE {
        calls *= 2;
    }
    calls
}

fn timed(call: &mut dyn FnMut(), calls: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..calls {
        call();
    }
    start.elapsed()
}

fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// Converts every input, one after the other, and keeps the results.
#[derive(Debug)]
pub struct Each<A, R, F> {
    inputs: Vec<A>,
    results: Vec<R>,
    convert: F,
}

impl<A, R, F: Fn(&A) -> R> Each<A, R, F> {
    /// Takes the inputs and reserves the results.
    pub fn new(inputs: impl IntoIterator<Item = A>, convert: F) -> Self {
        let inputs: Vec<A> = inputs.into_iter().collect();
        Self {
            results: Vec::with_capacity(inputs.len()),
            inputs,
            convert,
        }
    }

    /// Converts all inputs.
    // Not inlined, so that every contestant's conversion can be inlined here under the same conditions.
    #[inline(never)]
    pub fn run(&mut self) -> &[R] {
        self.results.clear();
        let results = self
            .inputs
            .iter()
            .map(|input| (self.convert)(black_box(input)));
        self.results.extend(results);
        black_box(&self.results)
    }
}
