//! Tables of rates, read and added to a file.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Read;

use chrono::{NaiveDate, Utc};
use csv::{Reader, ReaderBuilder, StringRecord, Trim};
use masthead::SourceId;
use masthead::ledger::{Feed, Record, Sighting};
use masthead::money::{Currency, InvalidRates, Rates, Row, parse_decimal};
use masthead::ticker::{Bank, FileStore};

/// The error of a table.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidTable {
    #[error("the table cannot be read")]
    Csv(#[from] csv::Error),
    #[error("the first column is {0:?}: expected `day` or `date`")]
    FirstColumn(String),
    #[error(
        "column {0} is {1:?}: expected a currency code such as USD, or the columns `currency`, `nominal`, `value`, `change`"
    )]
    Column(usize, String),
    #[error("line {line}: {column} is {text:?}: {expected}")]
    Cell {
        line: u64,
        column: String,
        text: String,
        expected: String,
    },
    #[error("line {line}: the rates of {day}")]
    Rates {
        line: u64,
        day: NaiveDate,
        source: InvalidRates,
    },
    #[error("line {line}: {day} stands twice")]
    Twice { line: u64, day: NaiveDate },
    #[error("the table has no rates")]
    Empty,
}

/// The meaning of the columns after the first one.
enum Columns {
    /// A currency each.
    Currencies(Vec<Currency>),
    /// The places of currency, nominal, value and change; a nominal that is left out is 1.
    Rows {
        currency: usize,
        value: usize,
        nominal: Option<usize>,
        change: Option<usize>,
    },
}

/// Reads the publications of a table, in the order of their days.
pub(crate) fn read(table: impl Read, bank: &Bank) -> Result<Vec<Rates>, InvalidTable> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(table);
    let columns = columns(reader.headers()?)?;
    let headers = reader.headers()?.clone();
    let days = rows(&mut reader, &headers, &columns)?;
    let publications = days.into_iter().map(|(day, (line, rows))| {
        let rates = bank.published(day, rows);
        rates.map_err(|source| InvalidTable::Rates { line, day, source })
    });
    let publications = publications.collect::<Result<Vec<Rates>, _>>()?;
    if publications.is_empty() {
        return Err(InvalidTable::Empty);
    }
    Ok(publications)
}

fn columns(headers: &StringRecord) -> Result<Columns, InvalidTable> {
    let first = headers
        .get(0)
        .unwrap_or_default()
        .trim_start_matches('\u{feff}');
    if !["day", "date"].contains(&first.to_lowercase().as_str()) {
        return Err(InvalidTable::FirstColumn(first.to_owned()));
    }
    let place = |name: &str| headers.iter().position(|header| header == name);
    if let (Some(currency), Some(value)) = (place("currency"), place("value")) {
        return Ok(Columns::Rows {
            currency,
            value,
            nominal: place("nominal"),
            change: place("change"),
        });
    }
    // The European Central Bank ends each line with a comma.
    let named = headers
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, header)| !header.is_empty());
    let currencies = named.map(|(number, header)| {
        let unknown = || InvalidTable::Column(number + 1, header.to_owned());
        header.parse().map_err(|_| unknown())
    });
    Ok(Columns::Currencies(currencies.collect::<Result<_, _>>()?))
}

/// The rows of each day, with the line on which they begin.
type Days = BTreeMap<NaiveDate, (u64, Vec<Row>)>;

fn rows(
    reader: &mut Reader<impl Read>,
    headers: &StringRecord,
    columns: &Columns,
) -> Result<Days, InvalidTable> {
    let mut days = Days::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let wrong = |place: usize, expected: String| InvalidTable::Cell {
            line,
            column: headers.get(place).unwrap_or_default().to_owned(),
            text: cell(place).to_owned(),
            expected,
        };
        let decimal = |place: usize| {
            parse_decimal(cell(place)).map_err(|error| wrong(place, error.to_string()))
        };
        let day: NaiveDate = cell(0)
            .parse()
            .map_err(|_| wrong(0, "expected a day such as 2024-01-31".into()))?;
        match columns {
            Columns::Currencies(currencies) => {
                let mut rows = Vec::with_capacity(currencies.len());
                for (place, currency) in (1..).zip(currencies) {
                    if !matches!(cell(place), "" | "N/A") {
                        rows.push(Row::new(*currency, decimal(place)?, 1));
                    }
                }
                if days.insert(day, (line, rows)).is_some() {
                    return Err(InvalidTable::Twice { line, day });
                }
            }
            Columns::Rows {
                currency,
                value,
                nominal,
                change,
            } => {
                let code = cell(*currency)
                    .parse()
                    .map_err(|error: masthead::ParseError| wrong(*currency, error.to_string()))?;
                let nominal = match nominal {
                    Some(place) => cell(*place)
                        .parse()
                        .map_err(|_| wrong(*place, "expected a whole number such as 100".into()))?,
                    None => 1,
                };
                let change = match change {
                    Some(place) if !cell(*place).is_empty() => Some(decimal(*place)?),
                    _ => None,
                };
                let (_, rows) = days.entry(day).or_insert((line, Vec::new()));
                rows.push(Row::new(code, decimal(*value)?, nominal).with_change(change));
            }
        }
    }
    Ok(days)
}

/// Adds publications to a file as answers of the bank that were received now. Returns the number of those that it did not have.
pub(crate) fn add(
    file: &FileStore,
    bank: &SourceId,
    table: &[Rates],
) -> Result<usize, Box<dyn Error>> {
    let now = Utc::now();
    let state = file.peek()?.unwrap_or_default();
    let known = state.records();
    let is_known = |rates: &&Rates| {
        let mut sightings = known
            .sightings(bank)
            .filter(|held| held.asked() == rates.day());
        sightings.any(|held| held.rates().is_some_and(|held| **held == **rates))
    };
    let new: Vec<&Rates> = table.iter().filter(|rates| !is_known(rates)).collect();
    let records = new.iter().map(|rates| {
        Record::from(Sighting::of_rates(
            bank.clone(),
            Feed::OfDay,
            rates.day(),
            (*rates).clone(),
            now,
        ))
    });
    let records: Vec<Record> = records.collect();
    file.append(&records, &[])?;
    Ok(records.len())
}
