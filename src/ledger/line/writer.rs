//! Records to lines. The order within a file is kept here: the line of an answer stands before each line that refers to it.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::value::RawValue;

use super::Checkpoint;
use crate::ledger::text as canonical;
use crate::ledger::{Approval, Feed, Forecast, Record, RecordId, Sighting};
use crate::money::Rates;
use crate::provenance::SourceId;
use crate::weather::{CityId, Weather};

/// The value of one line, to be written.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Written<'a> {
    Publication {
        text: String,
        #[serde(skip_serializing_if = "is_default_pause")]
        longest_pause: u16,
    },
    Sighting {
        bank: &'a SourceId,
        source: &'a SourceId,
        feed: Feed,
        asked: NaiveDate,
        first: DateTime<Utc>,
        last: DateTime<Utc>,
        answer: Option<RecordId>,
    },
    Forecast {
        text: String,
    },
    Seen {
        city: &'a CityId,
        answer: RecordId,
        first: DateTime<Utc>,
        last: DateTime<Utc>,
        expires: Option<DateTime<Utc>>,
    },
    Approval(&'a Approval),
    Checkpoint {
        name: &'a str,
        value: &'a RawValue,
    },
}

/// Writes records as lines, and a publication or forecast only where it is not written yet.
///
/// See the [module](crate::ledger::line) for an example.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    /// The publications that are written, with their longest pause, which is no part of the id.
    publications: HashMap<RecordId, u16>,
    forecasts: HashSet<RecordId>,
}

impl Writer {
    /// Appends the lines of a record to `text`, each with its line feed.
    pub fn record(&mut self, record: &Record, text: &mut String) {
        match record {
            Record::Sighting(sighting) => self.sighting(sighting, text),
            Record::Forecast(forecast) => self.forecast(forecast, text),
            Record::Approval(approval) => write_line(&Written::Approval(approval), text),
        }
    }

    /// Appends the line of a checkpoint to `text`.
    pub fn checkpoint(&mut self, checkpoint: &Checkpoint, text: &mut String) {
        if let Ok(value) = serde_json::from_str(checkpoint.json()) {
            let name = checkpoint.name();
            write_line(&Written::Checkpoint { name, value }, text);
        }
    }

    fn sighting(&mut self, sighting: &Sighting, text: &mut String) {
        if let (Some(id), Some(rates)) = (sighting.id(), sighting.rates()) {
            self.publication(id, rates, text);
        }
        let line = Written::Sighting {
            bank: sighting.bank(),
            source: sighting.source(),
            feed: sighting.feed(),
            asked: sighting.asked(),
            first: sighting.first(),
            last: sighting.last(),
            answer: sighting.id(),
        };
        write_line(&line, text);
    }

    pub(super) fn publication(&mut self, id: RecordId, rates: &Rates, text: &mut String) {
        let pause = rates.longest_pause();
        if self.publications.get(&id).is_none_or(|held| *held < pause) {
            self.publications.insert(id, pause);
            let line = Written::Publication {
                text: canonical::of_rates(rates),
                longest_pause: pause,
            };
            write_line(&line, text);
        }
    }

    fn forecast(&mut self, forecast: &Forecast, text: &mut String) {
        let (id, city) = (forecast.id(), forecast.city());
        self.weather(id, city, forecast.weather(), text);
        let line = Written::Seen {
            city,
            answer: id,
            first: forecast.first(),
            last: forecast.last(),
            expires: forecast.expires(),
        };
        write_line(&line, text);
    }

    pub(super) fn weather(
        &mut self,
        id: RecordId,
        city: &CityId,
        weather: &Weather,
        text: &mut String,
    ) {
        if self.forecasts.insert(id) {
            let line = Written::Forecast {
                text: canonical::of_weather(city, weather),
            };
            write_line(&line, text);
        }
    }

    /// A writer for a file that has these publications, each with its longest pause, and these forecasts.
    pub(super) fn knowing(
        publications: impl Iterator<Item = (RecordId, u16)>,
        forecasts: impl Iterator<Item = RecordId>,
    ) -> Self {
        Self {
            publications: publications.collect(),
            forecasts: forecasts.collect(),
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it so
const fn is_default_pause(days: &u16) -> bool {
    *days == Rates::DEFAULT_PAUSE
}

fn write_line(line: &Written<'_>, text: &mut String) {
    // No type of a line refuses to be written, and every key is text.
    let Ok(json) = serde_json::to_string(line) else {
        return;
    };
    let crc32 = crc32fast::hash(json.as_bytes());
    _ = writeln!(text, "{crc32:08x} {json}");
}
