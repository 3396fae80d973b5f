//! Converts a file of amounts on every core: reads one amount a line, writes one amount a line.
//!
//! ```sh
//! seq 0.01 0.37 1000000 | cargo run --release -p columns -- usd kzt | tail -1
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
#[command(name = "columns", version)]
struct Options {
    /// The currency of the amounts, such as usd
    from: Currency,
    /// The currency to convert to
    to: Currency,
}

/// Amounts in one task. The input and the output of a task are 256 KiB each: large enough to pay for the hand-over to a thread, and
/// half of a core's second-level cache of 1 MiB.
const CHUNK: usize = 1 << 15;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error leaves nowhere to report to.
            let _ = writeln!(std::io::stderr(), "columns: {error}");
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

/// Converts the chunks of the column in parallel. The error names the first line whose result does not fit.
fn convert(converter: &Converter, amounts: &[i64]) -> Result<Vec<i64>, String> {
    let mut results = vec![0; amounts.len()];
    let failed = amounts
        .par_chunks(CHUNK)
        .zip(results.par_chunks_mut(CHUNK))
        .enumerate()
        .filter_map(|(chunk, (from, to))| Some((chunk, converter.convert_minor(from, to).err()?)))
        .find_first(|_| true);
    match failed {
        None => Ok(results),
        Some((chunk, BatchError::Overflow { index, .. })) => {
            let line = chunk * CHUNK + index + 1;
            Err(format!("line {line}: the result is too large"))
        }
        Some((_, error)) => Err(error.to_string()),
    }
}

/// Parses an amount into minor units, such as cents.
///
/// # Errors
///
/// If the text is not a decimal, has digits below the minor unit, or does not fit into 64 bits.
fn minor_units(line: &str, currency: Currency) -> Result<i64, String> {
    let mut amount = parse_decimal(line).map_err(|error| error.to_string())?;
    let written = amount;
    amount.rescale(currency.minor_units());
    if amount != written {
        return Err(format!(
            "{written} {currency} has digits below the minor unit"
        ));
    }
    i64::try_from(amount.mantissa()).map_err(|_| format!("{written} {currency} is too large"))
}
