//! Converts a file of amounts on every core: reads one amount a line, writes one amount a line.
//!
//! ```sh
//! seq 0.01 0.37 1000000 | cargo run --release -p columns -- usd kzt | tail -1
//! cargo run --release -p columns -- usd kzt --state rates.ledger --days day --amounts amount < sales.csv
//! printf '7 млн\n1 200,50\n' | cargo run --release -p columns -- kzt usd --lang ru
//! ```
//!
//! The second form reads a table with the day of each amount, and writes it with one more column: the amount at the rates of its day. With
//! `--lang` an amount that is no plain number is read as the language writes it; one with two readings is an error that names both.

mod table;
#[path = "../../written/mod.rs"]
mod written;

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{NaiveDate, Utc};
use clap::Parser;
use masthead::Snapshot;
use masthead::ledger::{History, InForce};
use masthead::money::{BatchError, Converter, Currency, parse_decimal};
use masthead::strip::Lang;
use masthead::ticker::{Bank, FileStore};
use rayon::prelude::*;
use rust_decimal::Decimal;

/// Convert amounts, one on each line of standard input, at the rates of a day; or each amount of a table at the rates of its own day.
#[derive(Parser)]
#[command(name = "columns", version)]
struct Options {
    /// The currency of the amounts, such as usd
    from: Currency,
    /// The currency to convert to
    to: Currency,
    /// The file with the rates, the state of a ticker or one that masthead-history has filled [default: the built-in rates of 13 June 2023]
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// The bank whose rates are used [default: national_bank_kz]
    #[arg(long, requires = "state")]
    bank: Option<Bank>,
    /// The day of the rates [default: the last one that the file has]
    #[arg(
        long,
        value_name = "YYYY-MM-DD",
        conflicts_with = "days",
        requires = "state"
    )]
    on: Option<NaiveDate>,
    /// The column with the day of each amount: standard input is CSV, and so is the output
    #[arg(long, value_name = "COLUMN", requires_all = ["amounts", "state"])]
    days: Option<String>,
    /// The column with the amounts
    #[arg(long, value_name = "COLUMN", requires = "days")]
    amounts: Option<String>,
    /// The language of amounts such as "7 млн" and "$1,200" [default: plain numbers such as 1200.50 alone]
    #[arg(long, value_name = "TAG")]
    lang: Option<Lang>,
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
    let mut text = String::new();
    if let (Some(path), Some(days), Some(amounts)) =
        (&options.state, &options.days, &options.amounts)
    {
        let history = history(options, path)?;
        let input = std::io::stdin().lock();
        let output = std::io::stdout().lock();
        return table::convert(
            &history,
            (options.from, options.to),
            (days, amounts),
            options.lang,
            input,
            output,
        );
    }
    let converter = converter(options)?;
    std::io::stdin().read_to_string(&mut text)?;
    let lines: Vec<&str> = text.lines().collect();
    let amounts = lines
        .par_iter()
        .enumerate()
        .map(|(index, line)| {
            minor_units(line, options.from, options.lang)
                .map_err(|error| format!("line {}: {error}", index + 1))
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

/// The rates of the bank in the file.
fn history(options: &Options, path: &PathBuf) -> Result<History, Box<dyn Error>> {
    let bank = options.bank.clone().unwrap_or_else(Bank::national_bank_kz);
    let state = FileStore::new(path).peek()?;
    let state = state.ok_or_else(|| format!("{} does not exist", path.display()))?;
    Ok(state.history(bank.id(), Utc::now()))
}

/// The conversion at the rates of one day.
fn converter(options: &Options) -> Result<Converter, Box<dyn Error>> {
    let Some(path) = &options.state else {
        let snapshot = Snapshot::sample();
        let rates = snapshot.rates(Snapshot::SAMPLE_TIME).ok_or("no rates")?;
        tell(format_args!(
            "at the rates of the built-in sample, 13 June 2023; see --state"
        ));
        return Ok(rates.value().converter(options.from, options.to)?);
    };
    let history = history(options, path)?;
    let found = match options.on {
        Some(day) => history.rates_on(day)?,
        None => {
            let last = history
                .days()
                .and_then(|days| history.last_known(*days.end()));
            last.ok_or_else(|| format!("the file has no rates of {}", history.bank()))?
        }
    };
    if options.on.is_none() {
        tell(format_args!(
            "at the rates of {} for {}",
            history.bank(),
            found.since
        ));
    }
    on_day(
        found,
        (options.from, options.to),
        options.on.unwrap_or(found.since),
    )
}

/// The conversion of amounts of a day. A list that is carried stays in the units of its own day, and rates that are not confirmed are named.
pub(crate) fn on_day(
    found: &InForce,
    (from, to): (Currency, Currency),
    day: NaiveDate,
) -> Result<Converter, Box<dyn Error>> {
    for currency in [from, to] {
        if !currency.has_one_unit(found.since, day) {
            return Err(format!(
                "the rates for {day} are of {}, in another unit of {currency}",
                found.since
            )
            .into());
        }
        if found.rates.unconfirmed().contains(&currency) {
            tell(format_args!(
                "the rate of {currency} for {} is not confirmed",
                found.since
            ));
        }
    }
    Ok(found.rates.converter(from, to)?)
}

/// Names the rates that were chosen.
fn tell(rates: std::fmt::Arguments<'_>) {
    // A closed standard error leaves nowhere to tell it.
    let _ = writeln!(std::io::stderr(), "columns: {rates}");
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

/// Reads an amount into minor units, such as cents: a plain number, or with a language an amount as it writes it.
///
/// # Errors
///
/// If the text is not an amount in the currency, has digits below the minor unit, or does not fit into 64 bits.
pub(crate) fn minor_units(
    text: &str,
    currency: Currency,
    lang: Option<Lang>,
) -> Result<i64, String> {
    let mut amount = match (parse_decimal(text), lang) {
        (Ok(number), _) => number,
        (Err(_), Some(lang)) => written::read(lang, text, Some(currency))?.amount(),
        (Err(error), None) => return Err(error.to_string()),
    };
    let written = amount;
    amount.rescale(currency.minor_units());
    if amount != written {
        return Err(format!(
            "{written} {currency} has digits below the minor unit"
        ));
    }
    i64::try_from(amount.mantissa()).map_err(|_| format!("{written} {currency} is too large"))
}
