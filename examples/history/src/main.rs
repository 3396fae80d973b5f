//! Looks into a file of rates, the ledger of a ticker, and fills it from tables.
//!
//! ```sh
//! unzip -p eurofxref-hist.zip | cargo run --release -p masthead-history -- import rates.ledger --bank ecb
//! cargo run --release -p masthead-history -- export rates.ledger --bank ecb --from 2024-01-01 --to 2024-01-31
//! ```

mod chart;
mod export;
mod import;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use masthead::SourceId;
use masthead::ledger::{History, Retention, View};
use masthead::money::Pair;
use masthead::strip::Lang;
use masthead::ticker::{Bank, FileStore, State};

/// Look into a file of rates, the `state` of a ticker, and fill it from tables.
#[derive(Parser)]
#[command(name = "masthead-history", version, max_term_width = 100)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add the rates of a table, CSV on standard input, to a file.
    ///
    /// The first line names the columns. Either one column for each currency, as the European Central Bank's file:
    /// `Date,USD,JPY`, with an empty cell or N/A for a missing rate; or one line for each rate, as `export` writes it:
    /// `day,currency,nominal,value,change`. Other figures than those that the file has are an error. The rates count as learned now.
    Import {
        /// The file; it is made if it does not exist
        file: PathBuf,
        /// The bank whose rates they are, such as ecb
        #[arg(long)]
        bank: BankOption,
        /// Replace other figures that the file has for a day; both stay in the file, and the day counts as corrected
        #[arg(long)]
        correct: bool,
        /// Add rates to a new file although the dollar of the last day is less than a quarter or more than four times of the usual one
        #[arg(long)]
        unusual: bool,
    },
    /// Print the rates of a file, one line for each rate.
    Export {
        file: PathBuf,
        #[command(flatten)]
        selection: Selection,
        /// Only this pair, in the direction in which the bank quotes it, such as usd/kzt
        #[arg(long)]
        pair: Option<Pair>,
        /// csv, or json: one object on each line
        #[arg(long, default_value = "csv")]
        format: Format,
    },
    /// Draw the rates of pairs: a picture in SVG, or a figure or a table for a page.
    ///
    /// A gap is a break of the line. The rates of a currency that was replaced are restated in the unit of its successor.
    Chart {
        file: PathBuf,
        #[command(flatten)]
        selection: Selection,
        /// A pair in the direction in which the bank quotes it, such as usd/kzt; repeat it for several pairs
        #[arg(long, required = true)]
        pair: Vec<Pair>,
        /// The language, such as kk
        #[arg(long, default_value = "en")]
        lang: Lang,
        /// The width of the picture in pixels, 240 to 2000
        #[arg(long, default_value_t = 640)]
        width: u16,
        /// svg; figure, HTML with the picture and its caption; table, HTML with the numbers
        #[arg(long, default_value = "svg")]
        format: chart::Form,
    },
    /// Print what a file has: for each bank its days, publications and gaps.
    List { file: PathBuf },
    /// Print the days between the first and the last one for which a bank's rates are not known, one range on each line.
    Gaps {
        file: PathBuf,
        #[command(flatten)]
        selection: Selection,
    },
    /// Check every line of a file; the exit code is 1 if one cannot be used.
    Verify { file: PathBuf },
    /// Rewrite a file without repetitions, unusable lines and forecasts of the past.
    Compact {
        file: PathBuf,
        /// Remove rates that are older than this number of days
        #[arg(long)]
        days: Option<u16>,
    },
}

#[derive(Args)]
struct Selection {
    /// The bank, such as national_bank_kz
    #[arg(long)]
    bank: BankOption,
    /// The first day, such as 2024-01-31
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    from: Option<NaiveDate>,
    /// The last day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    to: Option<NaiveDate>,
    /// As it was known at an instant, such as 2024-01-31T12:00:00Z; an imported table was not known before its import
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    known_at: Option<DateTime<Utc>>,
}

/// The id of a built-in bank.
#[derive(Clone)]
struct BankOption {
    id: SourceId,
    bank: Bank,
}

impl std::str::FromStr for BankOption {
    type Err = masthead::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bank: Bank = text.parse()?;
        Ok(Self {
            id: bank.id(),
            bank,
        })
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Json,
}

impl Selection {
    /// The history of the bank, and its days within the range.
    fn history(&self, state: &State) -> Result<(History, Vec<NaiveDate>), Box<dyn Error>> {
        let bank = self.bank.id.clone();
        let history = match self.known_at {
            // The verdicts of that instant are not in the file.
            Some(at) => state
                .records()
                .as_known_at(at)
                .history(at, &View::new(bank)),
            None => state.history(bank, Utc::now()),
        };
        let Some(days) = history.days() else {
            return Err(format!("the file has no rates of {}", self.bank.id).into());
        };
        let first = self.from.unwrap_or(*days.start());
        let last = self.to.unwrap_or(*days.end());
        if first > last && self.from.is_some() && self.to.is_some() {
            return Err(format!("--from {first} is after --to {last}").into());
        }
        if first > *days.end() || last < *days.start() {
            let (first, last) = days.into_inner();
            let bank = &self.bank.id;
            return Err(format!("the file has rates of {bank} from {first} to {last} only").into());
        }
        let (first, last) = (first.max(*days.start()), last.min(*days.end()));
        let days = first.iter_days().take_while(|day| *day <= last);
        Ok((history, days.collect()))
    }
}

fn main() -> ExitCode {
    match run(&Options::parse().command, &mut io::stdout().lock()) {
        Ok(code) => code,
        // The reader of a pipe, such as `head`, has enough.
        Err(error) if is_closed_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error leaves nowhere to report to.
            let _ = writeln!(
                io::stderr(),
                "masthead-history: {}",
                WithCauses(error.as_ref())
            );
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command, out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Command::Import {
            file,
            bank,
            correct,
            unusual,
        } => {
            let table = import::read(io::stdin().lock(), &bank.bank)?;
            let flags = (*correct, *unusual);
            let added = import::add(&FileStore::new(file), &bank.bank, &table, flags)?;
            writeln!(
                out,
                "{} publications with {} rates, {} new, {} corrected",
                table.len(),
                table.iter().map(masthead::money::Rates::len).sum::<usize>(),
                added.new,
                added.corrected
            )?;
        }
        Command::Export {
            file,
            selection,
            pair,
            format,
        } => {
            let (history, days) = selection.history(&load(file)?)?;
            // The bank's own unit may have been another one on these days.
            let has = |pair: Pair| days.iter().any(|day| history.rate(pair, *day).is_ok());
            if let Some(pair) = pair.filter(|pair| !has(*pair)) {
                check_direction(&selection.bank.bank, pair)?;
            }
            match format {
                Format::Csv => export::csv(&history, &days, *pair, out)?,
                Format::Json => export::json(&history, &days, *pair, out)?,
            }
        }
        Command::Chart {
            file,
            selection,
            pair,
            lang,
            width,
            format,
        } => {
            let (history, days) = selection.history(&load(file)?)?;
            let bank = &selection.bank.bank;
            pair.iter()
                .try_for_each(|pair| check_direction(bank, *pair))?;
            let chart = chart::of(&history, &days, pair, bank)?;
            chart::write(&chart.lang(*lang).width(*width), *format, out)?;
        }
        Command::List { file } => list(&load(file)?, out)?,
        Command::Gaps { file, selection } => {
            let (history, days) = selection.history(&load(file)?)?;
            for gap in history.gaps() {
                let within = days
                    .first()
                    .max(Some(gap.start()))
                    .zip(days.last().min(Some(gap.end())));
                if let Some((first, last)) = within.filter(|(first, last)| first <= last) {
                    writeln!(out, "{first} {last}")?;
                }
            }
        }
        Command::Verify { file } => {
            let state = load(file)?;
            if let Some(damage) = state.damage() {
                writeln!(out, "{damage}")?;
                return Ok(ExitCode::FAILURE);
            }
            writeln!(
                out,
                "{} records, every line can be used",
                state.records().len()
            )?;
        }
        Command::Compact { file, days } => {
            let retention = days.map_or_else(Retention::default, Retention::days);
            load(file)?;
            let compacted = FileStore::new(file).retain(&retention, Utc::now())?;
            writeln!(
                out,
                "{} records kept, {} removed, {} bytes",
                compacted.kept, compacted.removed, compacted.bytes
            )?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Refuses a pair that the bank does not quote, or not in this direction.
fn check_direction(bank: &Bank, pair: Pair) -> Result<(), String> {
    let sides = [pair.base(), pair.quote()];
    let foreign = sides.into_iter().find(|side| *side != bank.home());
    let quoted = foreign.and_then(|foreign| bank.pair(foreign));
    match quoted.filter(|_| sides.contains(&bank.home())) {
        Some(quoted) if quoted == pair => Ok(()),
        Some(quoted) => Err(format!("{} quotes {quoted}, not {pair}", bank.id())),
        None => Err(format!(
            "{} quotes no {pair}: its currency is {}",
            bank.id(),
            bank.home()
        )),
    }
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse()
        .map_err(|_| "expected a day such as 2024-01-31".to_owned())
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    text.parse()
        .map_err(|_| "expected an instant such as 2024-01-31T12:00:00Z".to_owned())
}

/// Reads a file that must exist.
fn load(file: &Path) -> Result<State, Box<dyn Error>> {
    let state = FileStore::new(file).peek()?;
    Ok(state.ok_or_else(|| format!("{} does not exist", file.display()))?)
}

/// One line for each bank.
fn list(state: &State, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    for id in Bank::ids() {
        let history = state.history(id.clone(), Utc::now());
        let Some(days) = history.days() else { continue };
        let gaps: usize = history
            .gaps()
            .map(|gap| {
                gap.start()
                    .iter_days()
                    .take_while(|day| day <= gap.end())
                    .count()
            })
            .sum();
        let publications: usize = history.publications().count();
        writeln!(
            out,
            "{id}: {} to {}, {publications} publications, {gaps} days without rates",
            days.start(),
            days.end()
        )?;
    }
    Ok(())
}

/// An error with its causes.
struct WithCauses<'a>(&'a dyn Error);

impl std::fmt::Display for WithCauses<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    let io = error.downcast_ref::<io::Error>();
    let csv = error.downcast_ref::<csv::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
        || csv.is_some_and(|error| matches!(error.kind(), csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::BrokenPipe))
}
