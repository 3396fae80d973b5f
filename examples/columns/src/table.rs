//! A table with the day of each amount.

use std::error::Error;
use std::io::{Read, Write};

use chrono::NaiveDate;
use csv::{Reader, StringRecord, Writer};
use masthead::ledger::History;
use masthead::money::{Converter, Currency};
use masthead::strip::Lang;
use rust_decimal::Decimal;

use crate::{minor_units, on_day};

/// Writes the table with one more column, named as the currency `to`: each amount at the rates of its day. A day without rates is an error that
/// names the line; the lines before it are then written.
pub(crate) fn convert(
    history: &History,
    (from, to): (Currency, Currency),
    (days, amounts): (&str, &str),
    lang: Option<Lang>,
    input: impl Read,
    output: impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut reader = Reader::from_reader(input);
    let mut writer = Writer::from_writer(output);
    let mut header = reader.headers()?.clone();
    let place = |name: &str| {
        let names: Vec<&str> = header.iter().collect();
        if header.is_empty() {
            return Err("the table is empty".to_owned());
        }
        if header.len() == 1 && header.iter().any(|name| name.contains(';')) {
            return Err("the cells are separated by semicolons: expected commas".to_owned());
        }
        let place = names.iter().position(|known| *known == name);
        place.ok_or_else(|| format!("no column {name:?}: expected one of {}", names.join(", ")))
    };
    let (days, amounts) = (place(days)?, place(amounts)?);
    header.push_field(to.code());
    writer.write_record(&header)?;
    let mut record = StringRecord::new();
    let mut dated = Dated {
        history,
        from,
        to,
        lang,
        last: None,
    };
    while reader.read_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |place: usize| record.get(place).unwrap_or_default().trim();
        let converted = dated.convert(cell(days), cell(amounts));
        let amount = match converted {
            Ok(amount) => amount,
            Err(error) => {
                writer.flush()?;
                return Err(format!("line {line}: {error}").into());
            }
        };
        record.push_field(&amount.to_string());
        writer.write_record(&record)?;
    }
    writer.flush()?;
    Ok(())
}

/// Converts amounts at the rates of their days.
struct Dated<'a> {
    history: &'a History,
    from: Currency,
    to: Currency,
    lang: Option<Lang>,
    /// The last day with its converter: rows of one day often follow each other.
    last: Option<(NaiveDate, Converter)>,
}

impl Dated<'_> {
    fn convert(&mut self, day: &str, amount: &str) -> Result<Decimal, Box<dyn Error>> {
        let units = minor_units(amount, self.from, self.lang)?;
        let invalid = || format!("{day:?} is not a day such as 2024-01-31");
        let day: NaiveDate = day.parse().map_err(|_| invalid())?;
        let converter = match self.last.take() {
            Some((known, converter)) if known == day => converter,
            _ => on_day(self.history.rates_on(day)?, (self.from, self.to), day)?,
        };
        let (_, converter) = self.last.insert((day, converter));
        let units = converter.convert_units(units)?;
        Ok(Decimal::new(units, self.to.minor_units()))
    }
}
