//! The rates of a history as lines.

use std::error::Error;
use std::io::Write;

use chrono::NaiveDate;
use masthead::ledger::History;
use masthead::money::{Pair, Rate};

/// The rates that were published for a day, or that of a pair. A row of a list for several days stands on its own day alone.
fn of_day<'a>(
    history: &'a History,
    day: NaiveDate,
    pair: Option<Pair>,
) -> impl Iterator<Item = Rate> + 'a {
    let found = history.rates_on(day).ok();
    let own = found.filter(move |found| found.since == day);
    own.into_iter()
        .flat_map(move |found| found.rates.iter())
        .filter(move |rate| rate.day() == day)
        .filter(move |rate| pair.is_none_or(|pair| rate.pair() == pair))
}

/// The currency of a rate that is not the bank's own.
fn foreign(rate: Rate, history: &History) -> masthead::money::Currency {
    let home = history.rates_on(rate.day()).map(|found| found.rates.home());
    if home.is_ok_and(|home| rate.pair().base() == home) {
        rate.pair().quote()
    } else {
        rate.pair().base()
    }
}

/// Writes the table that `import` reads.
pub(crate) fn csv(
    history: &History,
    days: &[NaiveDate],
    pair: Option<Pair>,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["day", "currency", "nominal", "value", "change"])?;
    for day in days {
        for rate in of_day(history, *day, pair) {
            let change = rate
                .change()
                .map_or_else(String::new, |change| change.to_string());
            writer.write_record([
                day.to_string(),
                foreign(rate, history).to_string(),
                rate.nominal().to_string(),
                rate.value().to_string(),
                change,
            ])?;
        }
    }
    writer.flush()?;
    Ok(())
}

/// Writes one JSON object for each rate: pair, value, nominal, day, change, whether it is confirmed.
pub(crate) fn json(
    history: &History,
    days: &[NaiveDate],
    pair: Option<Pair>,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    for day in days {
        for rate in of_day(history, *day, pair) {
            writeln!(out, "{}", serde_json::to_string(&rate)?)?;
        }
    }
    Ok(())
}
