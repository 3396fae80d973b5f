//! Tables of rates, read and added to a file.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Read;

use chrono::{Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc};
use csv::{Reader, ReaderBuilder, StringRecord, Trim};
use masthead::ledger::{Feed, InForce, Record, Sighting};
use masthead::money::{Currency, InvalidRates, Rates, Row, parse_decimal};
use masthead::ticker::{Bank, FileStore, HeldRow, HoldReason, State, Store, StoreError};
use masthead::{Attribution, Snapshot, Ticker};

/// Banks publish at most so many days ahead, over their longest holidays.
const DAYS_AHEAD: i64 = 14;
/// The guard knows the usual rates of 2026. Since this year those of all banks have been within a quarter and four times of them.
const FIRST_USUAL_YEAR: i32 = 2018;

/// The error of a table.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidTable {
    #[error("the table cannot be read")]
    Csv(#[from] csv::Error),
    #[error("the first column is {0:?}: expected `day` or `date`")]
    FirstColumn(String),
    #[error(
        "{0} are no currency codes such as USD: expected these, or the columns `currency`, `nominal`, `value`, `change`"
    )]
    Columns(String),
    #[error("column {0} has no name")]
    Nameless(usize),
    #[error("the input is a zip archive: unpack it first, as with `unzip -p`")]
    Archive,
    #[error("line {line}: {day} is more than {DAYS_AHEAD} days ahead")]
    Future { line: u64, day: NaiveDate },
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
    #[error("line {line}: {currency} was not in use on {day}{}", life(*currency))]
    NotInUse {
        line: u64,
        day: NaiveDate,
        currency: Currency,
    },
    #[error("line {line}: {day} stands twice")]
    Twice { line: u64, day: NaiveDate },
    #[error("the table has no rates")]
    Empty,
}

/// The meaning of the columns after the first one.
enum Columns {
    /// A currency each, with its place.
    Currencies(Vec<(usize, Currency)>),
    /// The places of currency, nominal, value and change; a nominal that is left out is 1.
    Rows {
        currency: usize,
        value: usize,
        nominal: Option<usize>,
        change: Option<usize>,
    },
}

/// Reads the publications of a table, in the order of their days.
pub(crate) fn read(mut table: impl Read, bank: &Bank) -> Result<Vec<Rates>, InvalidTable> {
    let mut bytes = Vec::new();
    table.read_to_end(&mut bytes).map_err(csv::Error::from)?;
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(InvalidTable::Archive);
    }
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(&*bytes);
    let columns = columns(reader.headers()?)?;
    let headers = reader.headers()?.clone();
    let days = rows(&mut reader, &headers, &columns)?;
    let latest = Utc::now().date_naive() + TimeDelta::days(DAYS_AHEAD);
    let publications = days.into_iter().map(|(day, (line, rows))| {
        if day > latest {
            return Err(InvalidTable::Future { line, day });
        }
        if let Some(row) = rows.iter().find(|row| !row.currency.is_valid_on(day)) {
            let currency = row.currency;
            return Err(InvalidTable::NotInUse {
                line,
                day,
                currency,
            });
        }
        let rates = bank.published(day, rows);
        rates.map_err(|source| InvalidTable::Rates { line, day, source })
    });
    let publications = publications.collect::<Result<Vec<Rates>, _>>()?;
    if publications.is_empty() {
        return Err(InvalidTable::Empty);
    }
    Ok(publications)
}

/// The days of a currency, in parentheses.
fn life(currency: Currency) -> String {
    match (currency.first_day(), currency.last_day()) {
        (None, None) => String::new(),
        (Some(first), None) => format!(" (from {first})"),
        (None, Some(last)) => format!(" (until {last})"),
        (Some(first), Some(last)) => format!(" ({first} to {last})"),
    }
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
    let nameless = headers.iter().rev().skip(1).position(str::is_empty);
    if let Some(place) = nameless {
        return Err(InvalidTable::Nameless(headers.len() - 1 - place));
    }
    let named = headers
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, header)| !header.is_empty());
    let (mut currencies, mut unknown) = (Vec::new(), Vec::new());
    for (place, header) in named {
        match header.parse() {
            Ok(currency) => currencies.push((place, currency)),
            Err(_) => unknown.push(format!("{header:?}")),
        }
    }
    if unknown.is_empty() {
        Ok(Columns::Currencies(currencies))
    } else {
        Err(InvalidTable::Columns(unknown.join(", ")))
    }
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
        let nameless = headers
            .iter()
            .zip(&record)
            .position(|(name, cell)| name.is_empty() && !cell.is_empty());
        if let Some(place) = nameless {
            return Err(wrong(place, "the column has no name".into()));
        }
        match columns {
            Columns::Currencies(currencies) => {
                let mut rows = Vec::with_capacity(currencies.len());
                for (place, currency) in currencies {
                    if !matches!(cell(*place), "" | "N/A") {
                        rows.push(Row::new(*currency, decimal(*place)?, 1));
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

/// How a table differs from a file.
pub(crate) struct Added {
    /// The publications that the file did not have.
    pub(crate) new: usize,
    /// Those of them that stand in the place of other figures.
    pub(crate) corrected: usize,
}

/// The last publication of a table as the state of a ticker.
#[derive(Debug)]
struct Table(State);

impl Store for Table {
    fn load(&self) -> Result<Option<State>, StoreError> {
        Ok(Some(self.0.clone()))
    }

    fn save(&self, _: &State) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Returns the dollar of the last publication if the guard of a ticker would not show it as the first rate of the bank.
fn unusual(bank: &Bank, table: &[Rates]) -> Result<Option<HeldRow>, Box<dyn Error>> {
    let last = table.last();
    let Some(last) = last.filter(|last| last.day().year() >= FIRST_USUAL_YEAR) else {
        return Ok(None);
    };
    let at = (last.day().and_time(NaiveTime::MIN) + TimeDelta::hours(12)).and_utc();
    let mut snapshot = Snapshot::default();
    snapshot.add_rates(last.clone(), Attribution::new("the table"), at);
    let ticker = Ticker::builder("masthead-history").bank(bank.clone());
    let ticker = ticker.cities([]).store(Table(snapshot.into()));
    let holds = ticker.clock(move || at).engine()?.health(at).holds;
    let holds = holds.into_iter();
    let implausible = holds.filter(|hold| hold.reason == HoldReason::Implausible);
    let mut rows = implausible.flat_map(|hold| hold.rows);
    Ok(rows.find(|row| row.currency == Currency::USD))
}

/// Adds publications to a file as answers of the bank that were received now. On a day that the file has, currencies that it does not have are
/// added; other figures are an error, or with `corrects` a correction. In a file without rates of the bank an unusual dollar is an error, but with
/// `takes_unusual`.
pub(crate) fn add(
    file: &FileStore,
    bank: &Bank,
    table: &[Rates],
    (corrects, takes_unusual): (bool, bool),
) -> Result<Added, Box<dyn Error>> {
    let now = Utc::now();
    let state = file.peek()?.unwrap_or_default();
    let history = state.history(bank.id(), now);
    if history.days().is_none()
        && !takes_unusual
        && let Some(dollar) = unusual(bank, table)?
    {
        return Err(format!(
            "{} for {} of USD is far from the usual rate of {}: if these are not rates of another bank, --unusual adds them",
            dollar.value,
            dollar.nominal,
            bank.id()
        )
        .into());
    }
    let (mut records, mut corrected) = (Vec::new(), Vec::new());
    for rates in table {
        let day = rates.day();
        let known = history
            .rates_on(day)
            .ok()
            .filter(|found| found.since == day);
        // A row of a list for several days may be of an earlier day.
        let own = |found: &InForce| {
            let rows = found.rates.rows().iter();
            rows.filter(|row| found.rates.day_of(row.currency) == day)
                .copied()
                .collect()
        };
        let known: Vec<Row> = known.map_or_else(Vec::new, own);
        let figures = |row: &Row| (row.value, row.nominal);
        let differs = |row: &&Row| {
            rates
                .row(row.currency)
                .is_some_and(|new| figures(new) != figures(row))
        };
        if let Some(row) = known.iter().find(differs) {
            corrected.push((day, *row));
        }
        let others = known.iter().filter(|row| rates.row(row.currency).is_none());
        let all = rates.rows().iter().map(|row| {
            let mut same = known.iter().filter(|known| known.currency == row.currency);
            // The same figures with the change that the bank stated.
            *same
                .find(|known| figures(known) == figures(row))
                .unwrap_or(row)
        });
        let all = bank.published(day, all.chain(others.copied()))?;
        if all.rows() != known {
            records.push(Record::from(Sighting::of_rates(
                bank.id(),
                Feed::OfDay,
                day,
                all,
                now,
            )));
        }
    }
    if let Some((day, row)) = corrected.first().filter(|_| !corrects) {
        let Row {
            currency,
            value,
            nominal,
            ..
        } = row;
        let days = corrected.len();
        return Err(format!(
            "the file has other figures on {days} of the days, first on {day}: {value} for {nominal} of {currency}; --correct replaces them"
        )
        .into());
    }
    file.append(&records, &[])?;
    Ok(Added {
        new: records.len(),
        corrected: corrected.len(),
    })
}
