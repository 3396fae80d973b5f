//! Converts a ledger: an amount on each line in, an amount on each line out, on every core.
//!
//! ```sh
//! seq 0.01 0.37 1000000 | cargo run --release -p ledger -- usd kzt | tail -1
//! ```

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use clap::Parser;
use masthead::Snapshot;
use masthead::money::{BatchError, Converter, Currency, parse_decimal};
use rayon::prelude::*;
use rust_decimal::Decimal;

/// Convert amounts, one on each line of standard input, at the built-in rates of 13 June 2023.
#[derive(Parser)]
#[command(name = "ledger", version)]
struct Options {
    /// The currency of the amounts, such as usd
    from: Currency,
    /// The currency to convert to
    to: Currency,
}

/// Amounts for a thread at a time: enough to be worth handing over, and half of what a core's own cache holds.
const PART: usize = 1 << 15;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(std::io::stderr(), "ledger: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let snapshot = Snapshot::sample();
    let rates = snapshot.rates(Snapshot::SAMPLE_TIME).ok_or("no rates")?;
    let converter = rates.value().converter(options.from, options.to)?;

    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let lines: Vec<&str> = text.lines().collect();
    let amounts = lines
        .par_iter()
        .enumerate()
        .map(|(index, line)| {
            minor_units(line, options.from).map_err(|error| format!("line {}: {error}", index + 1))
        })
        .collect::<Result<Vec<i64>, String>>()?;

    let results = convert(&converter, &amounts)?;

    let mut output = String::with_capacity(text.len() * 2);
    for units in results {
        writeln!(output, "{}", Decimal::new(units, options.to.minor_units()))?;
    }
    std::io::stdout().write_all(output.as_bytes())?;
    Ok(())
}

/// Each thread converts a part of the column; the first line that fails is named.
fn convert(converter: &Converter, amounts: &[i64]) -> Result<Vec<i64>, String> {
    let mut results = vec![0; amounts.len()];
    let failed = amounts
        .par_chunks(PART)
        .zip(results.par_chunks_mut(PART))
        .enumerate()
        .filter_map(|(part, (from, to))| Some((part, converter.convert_minor(from, to).err()?)))
        .find_first(|_| true);
    match failed {
        None => Ok(results),
        Some((part, BatchError::Overflow { index, .. })) => {
            let line = part * PART + index + 1;
            Err(format!("line {line}: the result is too large"))
        }
        Some((_, error)) => Err(error.to_string()),
    }
}

/// An amount as a whole number of cents, if it is one.
fn minor_units(line: &str, currency: Currency) -> Result<i64, String> {
    let mut amount = parse_decimal(line).map_err(|error| error.to_string())?;
    let written = amount;
    amount.rescale(currency.minor_units());
    if amount != written {
        return Err(format!(
            "{written} {currency} has digits behind the minor unit"
        ));
    }
    i64::try_from(amount.mantissa()).map_err(|_| format!("{written} {currency} is too large"))
}
