//! Lines to records. Damage costs the damaged line and those that refer to it: a sighting whose publication was skipped is skipped as well, and
//! counted.
//!
//! A record that repeats itself has several lines with different last instants. The latest counts, by the union of the ledger: no rule of the reader.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::answers::{ForecastText, PublicationText};
use super::writer::Writer;
use super::{Checkpoint, Line, SkipReason, VERSION, Value, version_of};
use crate::ledger::{Forecast, Ledger, Record, RecordId, Sighting};
use crate::money::Rates;
use crate::weather::{CityId, Weather};

/// The lines that were not used: how many, and the first of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}; line {line}: {reason}", counted(*count))]
pub struct Skipped {
    /// The number of lines that were not used.
    pub count: u64,
    /// The number of the first of them. The first line of a file has the number 1.
    pub line: u64,
    /// The reason at the first of them.
    #[source]
    pub reason: SkipReason,
}

fn counted(lines: u64) -> String {
    match lines {
        1 => "1 line was not used".into(),
        _ => format!("{lines} lines were not used"),
    }
}

/// How a line was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The line was used, or is the first line or empty.
    Taken,
    /// An instant of the record is more than five minutes ahead. The record is left out; a reader with a later clock uses its line.
    Ahead {
        /// The id of the publication or the forecast of the record. `None` for "no data" and for an approval.
        answer: Option<RecordId>,
    },
    /// The line was skipped and counted.
    Skipped,
}

/// Reads the lines of a file in their order. No line makes it fail: a line that cannot be used is skipped and counted.
///
/// See the [module](crate::ledger::line) for an example.
#[derive(Debug)]
pub struct Reader {
    now: DateTime<Utc>,
    /// The number of the last line.
    number: u64,
    ahead: u64,
    publications: HashMap<RecordId, Arc<Rates>>,
    forecasts: HashMap<RecordId, (CityId, Arc<Weather>)>,
    ledger: Ledger,
    checkpoints: BTreeMap<String, Checkpoint>,
    skipped: Option<Skipped>,
}

/// The contents of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contents {
    /// The records.
    pub ledger: Ledger,
    /// The last checkpoint of each name, in the order of the names.
    pub checkpoints: Vec<Checkpoint>,
    /// The lines that were not used. `None` if all were.
    pub skipped: Option<Skipped>,
    /// The number of records whose instants are more than five minutes ahead, and which are therefore left out.
    pub ahead: u64,
}

impl Contents {
    /// Returns the checkpoint of a name. Returns `None` if the file has no such checkpoint.
    #[must_use]
    pub fn checkpoint(&self, name: &str) -> Option<&Checkpoint> {
        let mut checkpoints = self.checkpoints.iter();
        checkpoints.find(|checkpoint| checkpoint.name() == name)
    }
}

impl Reader {
    /// A reader of the lines of a file, the first one included. `now` is the time of the driver's clock: a record with an instant more
    /// than five minutes later is left out.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            number: 0,
            ahead: 0,
            publications: HashMap::new(),
            forecasts: HashMap::new(),
            ledger: Ledger::default(),
            checkpoints: BTreeMap::new(),
            skipped: None,
        }
    }

    /// Reads the next line, without its line feed. The first line of a file may have another version or be damaged: it is then skipped like any
    /// other, and the caller decides with [`version_of`](super::version_of) whether the file is one of a ledger.
    pub fn line(&mut self, line: &[u8]) -> Outcome {
        let is_first = self.number == 0 && version_of(line) == Some(VERSION);
        if is_first || line.is_empty() {
            self.number += 1;
            return Outcome::Taken;
        }
        self.add(Line::parse(line))
    }

    /// Adds the next line, which was parsed before.
    pub(crate) fn add(&mut self, line: Result<Line<'_>, SkipReason>) -> Outcome {
        self.number += 1;
        let used = line.and_then(|Line(value)| self.value(value));
        used.unwrap_or_else(|reason| {
            let line = self.number;
            let skipped = self.skipped.get_or_insert(Skipped {
                count: 0,
                line,
                reason,
            });
            skipped.count += 1;
            Outcome::Skipped
        })
    }

    /// Uses the value of a line: remembers an answer, or adds the record that refers to one.
    fn value(&mut self, value: Value<'_>) -> Result<Outcome, SkipReason> {
        let record: Record = match value {
            Value::Publication {
                text: PublicationText { id, rates },
                longest_pause,
            } => {
                let rates = rates.with_longest_pause(longest_pause);
                let held = self.publications.get(&id);
                if held.is_none_or(|held| held.longest_pause() < rates.longest_pause()) {
                    self.publications.insert(id, Arc::new(rates));
                }
                return Ok(Outcome::Taken);
            }
            Value::Forecast {
                text: ForecastText { id, city, weather },
            } => {
                self.forecasts.insert(id, (city, Arc::new(weather)));
                return Ok(Outcome::Taken);
            }
            Value::Checkpoint { name, value } => {
                let checkpoint = Checkpoint::new(name, value.get());
                let checkpoint = checkpoint.map_err(|error| SkipReason::Value {
                    reason: error.to_string(),
                })?;
                let name = checkpoint.name().to_owned();
                self.checkpoints.insert(name, checkpoint);
                return Ok(Outcome::Taken);
            }
            Value::Sighting {
                bank,
                source,
                feed,
                asked,
                first,
                last,
                answer,
            } => {
                let rates = |id| {
                    let rates = self.publications.get(&id).map(Arc::clone);
                    rates
                        .map(|rates| (id, rates))
                        .ok_or(SkipReason::Unknown { id })
                };
                let answer = answer.map(rates).transpose()?;
                let sighting =
                    Sighting::restored(bank, source, (feed, asked), (first, last), answer);
                sighting.ok_or(SkipReason::Impossible)?.into()
            }
            Value::Seen {
                city,
                answer: id,
                first,
                last,
                expires,
            } => {
                let held = self.forecasts.get(&id).filter(|(held, _)| *held == city);
                let (_, weather) = held.ok_or(SkipReason::Unknown { id })?;
                let answer = (city, id, Arc::clone(weather));
                let forecast = Forecast::restored(answer, (first, last), expires);
                forecast.ok_or(SkipReason::Impossible)?.into()
            }
            Value::Approval(approval) => approval.into(),
        };
        if record.is_ahead(self.now) {
            self.ahead += 1;
            let answer = match &record {
                Record::Sighting(sighting) => sighting.id(),
                Record::Forecast(forecast) => Some(forecast.id()),
                Record::Approval(_) => None,
            };
            return Ok(Outcome::Ahead { answer });
        }
        self.ledger.insert(record);
        Ok(Outcome::Taken)
    }

    /// Returns a writer that does not repeat the publications and forecasts that were read.
    #[must_use]
    pub fn writer(&self) -> Writer {
        let publications = self.publications.iter();
        Writer::knowing(
            publications.map(|(id, rates)| (*id, rates.longest_pause())),
            self.forecasts.keys().copied(),
        )
    }

    /// Appends the line of a publication or a forecast that was read to `text`, where `writer` has not written it yet.
    #[cfg(feature = "ticker")]
    pub(crate) fn write_answer(&self, id: RecordId, writer: &mut Writer, text: &mut String) {
        if let Some(rates) = self.publications.get(&id) {
            writer.publication(id, rates, text);
        }
        if let Some((city, weather)) = self.forecasts.get(&id) {
            writer.weather(id, city, weather, text);
        }
    }

    /// Returns what was read.
    #[must_use]
    pub fn finish(self) -> Contents {
        Contents {
            ledger: self.ledger,
            checkpoints: self.checkpoints.into_values().collect(),
            skipped: self.skipped,
            ahead: self.ahead,
        }
    }
}
