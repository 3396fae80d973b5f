//! The European Central Bank's history as a ledger, for `benches/history.sh`.
//!
//! ```text
//! ecb write FILE      reads the bank's CSV from the standard input and writes the ledger's file
//! ecb load FILE       loads it into a ledger and a history, and prints the milliseconds, the peak memory in kB and the publications
//! ecb convert FILE    prints the nanoseconds of one conversion on days in no order, and of its look-up
//! ```
#![allow(clippy::print_stdout)] // the figures

use std::error::Error;
use std::hint::black_box;
use std::io::Read as _;
use std::time::Instant;

use chrono::{DateTime, NaiveDate, Utc};
use masthead::SourceId;
use masthead::ledger::{Feed, History, Record, Sighting, View};
use masthead::money::{Currency, Money, Row, parse_decimal};
use masthead::ticker::{Bank, FileStore, State};

type Failure = Box<dyn Error>;

/// Conversions in one round, and rounds.
const CONVERSIONS: u32 = 10_000;
const ROUNDS: usize = 101;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["write", file] => write(file),
        ["load", file] => {
            let began = Instant::now();
            let (_ledger, history) = loaded(file)?;
            let passed = began.elapsed();
            let publications = history.publications().len();
            println!(
                "{}.{:03} {} {publications}",
                passed.as_millis(),
                passed.subsec_micros() % 1000,
                peak_memory().unwrap_or_default()
            );
            Ok(())
        }
        ["convert", file] => convert(&loaded(file)?.1),
        _ => Err("expected `write`, `load` or `convert`, and a file".into()),
    }
}

fn now() -> Result<DateTime<Utc>, Failure> {
    Ok("2026-05-01T00:00:00Z".parse()?)
}

fn loaded(file: &str) -> Result<(State, History), Failure> {
    let state = FileStore::new(file).peek()?.ok_or("no such file")?;
    let history = state.records().history(now()?, &View::new(SourceId::ECB));
    Ok((state, history))
}

fn write(file: &str) -> Result<(), Failure> {
    let mut table = String::new();
    std::io::stdin().read_to_string(&mut table)?;
    let mut lines = table.lines();
    let header = lines.next().ok_or("an empty table")?.split(',').skip(1);
    let codes: Vec<Option<Currency>> = header.map(|code| code.parse().ok()).collect();
    let bank = Bank::ecb();
    let mut records: Vec<Record> = Vec::new();
    let mut values = 0;
    for line in lines {
        let mut cells = line.split(',');
        let day: NaiveDate = cells.next().ok_or("an empty line")?.parse()?;
        let mut rows = Vec::new();
        for (code, cell) in codes.iter().zip(cells) {
            if let (Some(code), false) = (code, matches!(cell, "" | "N/A")) {
                rows.push(Row::new(*code, parse_decimal(cell)?, 1));
            }
        }
        values += rows.len();
        let at = day.and_hms_opt(15, 0, 0).ok_or("an hour")?.and_utc();
        let rates = bank.published(day, rows)?;
        records.push(Sighting::of_rates(bank.id(), Feed::OfDay, day, rates, at).into());
    }
    // A bank publishes the earliest day first.
    records.reverse();
    FileStore::new(file).append(&records, &[])?;
    println!("{} {values}", records.len());
    Ok(())
}

fn convert(history: &History) -> Result<(), Failure> {
    let published: Vec<NaiveDate> = history.publications().collect();
    let mut random = fastrand::Rng::with_seed(19);
    let days: Vec<NaiveDate> = (0..CONVERSIONS)
        .filter_map(|_| random.choice(&published).copied())
        .collect();
    let amount: Money = "19.99 USD".parse()?;
    let convert = |day: &NaiveDate| {
        let found = history.rates_on(*day).ok();
        found.and_then(|found| found.rates.convert(black_box(amount), Currency::EUR).ok())
    };
    let looked_up = median(|| {
        days.iter()
            .all(|day| black_box(history.rates_on(*day)).is_ok())
    })?;
    let converted = median(|| days.iter().all(|day| black_box(convert(day)).is_some()))?;
    println!("{converted} {looked_up}");
    Ok(())
}

/// The median of rounds, as nanoseconds for each of their steps.
fn median(mut round: impl FnMut() -> bool) -> Result<String, Failure> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        if !round() {
            return Err("a day without rates".into());
        }
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
    let tenths = median.as_nanos() * 10 / u128::from(CONVERSIONS);
    Ok(format!("{}.{}", tenths / 10, tenths % 10))
}

/// The largest resident set of this process in kB, as Linux counts it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
