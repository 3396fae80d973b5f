//! Reads the Kazakh sentences of `benches/prose.sh`, one a line, and prints for each the time in nanoseconds and the lower ends of its amounts.

#![allow(clippy::print_stdout, clippy::float_arithmetic)] // a program, and times

use std::hint::black_box;
use std::io::{self, BufRead as _};
use std::time::{Duration, Instant};

use masthead::prose::Reader;
use masthead::strip::Lang;

/// The time of one sample, so that the clock does not matter.
const SAMPLE: Duration = Duration::from_micros(20);

fn main() -> io::Result<()> {
    let reader = Reader::new(Lang::Kk);
    let sentences: Vec<String> = io::stdin().lock().lines().collect::<io::Result<_>>()?;
    let read_all = |sentence: &str| black_box(reader.amounts(black_box(sentence)).count());
    // The caches are warm, as those of a server.
    for sentence in &sentences {
        read_all(sentence);
    }
    for sentence in &sentences {
        let mut calls = 0_u32;
        let start = Instant::now();
        let time = loop {
            for _ in 0..8 {
                read_all(sentence);
            }
            calls += 8;
            let time = start.elapsed();
            if time >= SAMPLE {
                break time.as_secs_f64() * 1e9 / f64::from(calls);
            }
        };
        let lows = reader
            .amounts(sentence)
            .map(|amount| format!("{} {}", amount.low(), amount.currency()));
        let lows: Vec<String> = lows.collect();
        println!("{time:.1}\t{}", lows.join(","));
    }
    Ok(())
}
