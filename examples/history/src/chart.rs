//! A chart of pairs.

use std::io::{self, Write};

use chrono::NaiveDate;
use clap::ValueEnum;
use masthead::ledger::{History, Series};
use masthead::money::{Currency, Pair};
use masthead::strip::{Chart, InvalidChart};
use masthead::ticker::Bank;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Form {
    Svg,
    Figure,
    Table,
}

/// The chart of pairs on the days, each with its predecessors.
pub(crate) fn of(
    history: &History,
    days: &[NaiveDate],
    pairs: &[Pair],
    bank: &Bank,
) -> Result<Chart, InvalidChart> {
    let mut all: Vec<Pair> = Vec::new();
    for pair in pairs {
        let then = days.iter().filter_map(|day| as_of(*pair, *day));
        for pair in then.chain([*pair]) {
            if !all.contains(&pair) {
                all.push(pair);
            }
        }
    }
    let series = all.into_iter().filter_map(|pair| {
        let series = history.series(pair, *days.first()?..=*days.last()?);
        let is_known = pairs.contains(&pair) || series.known().next().is_some();
        is_known.then_some(series)
    });
    let series: Vec<Series> = series.collect();
    Ok(Chart::new(series)?.credit(bank.id(), bank.credit()))
}

/// The pair under the codes of a day.
fn as_of(pair: Pair, day: NaiveDate) -> Option<Pair> {
    let [base, quote] = [pair.base(), pair.quote()].map(|own| Currency::of_day(own.code(), day));
    Pair::new(base?, quote?)
}

/// Writes a chart with a newline at its end.
pub(crate) fn write(chart: &Chart, form: Form, out: &mut impl Write) -> io::Result<()> {
    match form {
        Form::Svg => writeln!(out, "{}", chart.svg()),
        Form::Figure => writeln!(out, "{}", chart.figure()),
        Form::Table => writeln!(out, "{}", chart.table()),
    }
}
