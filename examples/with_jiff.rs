//! A site that keeps its days and instants in jiff: the strip of the built-in sample at an instant, and an amount at the rates of a day.
//!
//! ```sh
//! cargo run --example with_jiff --features jiff
//! cargo run --example with_jiff --features jiff -- 2023-06-14T23:30:00Z
//! ```

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use jiff::tz::Offset;
use masthead::jiff::{to_chrono_date, to_chrono_instant, to_jiff_date, to_jiff_timestamp};
use masthead::ledger::{Feed, Ledger, Sighting, View};
use masthead::money::Currency;
use masthead::{Layout, Snapshot, SourceId, Strip};

fn run(argument: Option<String>) -> Result<(), Box<dyn Error>> {
    let now = match argument {
        Some(text) => text.parse()?,
        None => to_jiff_timestamp(Snapshot::SAMPLE_TIME)?,
    };
    let mut out = io::stdout();

    // The strip takes the instant of the page view.
    let snapshot = Snapshot::sample();
    let layout = Layout::line();
    let strip = Strip::new(&snapshot, &layout, to_chrono_instant(now));
    writeln!(out, "{}", strip.text())?;

    // The rates of a day of jiff. In a site the history is `ticker.history()`.
    let rates = snapshot.rates(Snapshot::SAMPLE_TIME).ok_or("no rates")?;
    let (bank, published) = (SourceId::SAMPLE, rates.value().day());
    let mut ledger = Ledger::default();
    let rates = rates.value().clone();
    ledger.insert(Sighting::of_rates(
        bank.clone(),
        Feed::OfDay,
        published,
        rates,
        Snapshot::SAMPLE_TIME,
    ));
    let history = ledger.history(to_chrono_instant(now), &View::new(bank));
    let today = Offset::constant(5).to_datetime(now).date(); // the offset of Kazakhstan
    match history.rates_on(to_chrono_date(today)) {
        Ok(found) => {
            let tenge = found.rates.convert("19.99 USD".parse()?, Currency::KZT)?;
            let since = to_jiff_date(found.since)?;
            writeln!(out, "19.99 USD on {today}: {tenge}, rates of {since}")?;
        }
        Err(reason) => writeln!(out, "19.99 USD on {today}: {reason}")?,
    }
    Ok(())
}

fn main() -> ExitCode {
    match run(std::env::args().nth(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error leaves nowhere to report to.
            let _ = writeln!(io::stderr(), "with_jiff: {error}");
            ExitCode::FAILURE
        }
    }
}
