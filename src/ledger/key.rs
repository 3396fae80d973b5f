use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use super::{Feed, Forecast, Record, RecordId, Sighting, text};
use crate::money::Rates;
use crate::provenance::SourceId;
use crate::text::ParseError;
use crate::text::serde_as_text;
use crate::weather::{CityId, Weather};

/// All of a shared record but its last instant and the text of its answer. It never changes: a store of many servers adds keys, raises their instants
/// and removes keys. A forecast that is repeated with a later expiry has another key, and so has a publication whose bank has another longest pause.
///
/// Its text has the fields in the order of their declaration, with a space between them and `-` for `None`. A text in any other form does not parse,
/// so that one key has one text:
///
/// ```text
/// sighting national_bank_kz national_bank_kz of_day 2026-04-02 2026-04-02T06:00:00.000Z 1f2e…90 0
/// forecast astana met_norway 2026-04-02T06:00:00.000Z 2026-04-02T06:31:10.000Z 77aa…03
/// ```
///
/// ```
/// use masthead::Snapshot;
/// use masthead::SourceId;
/// use masthead::ledger::{Feed, Record, RecordKey, Sighting};
///
/// let now = Snapshot::SAMPLE_TIME;
/// let rates = Snapshot::sample().rates(now).unwrap().value().clone();
/// let record: Record = Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now).into();
///
/// // What a server writes to a store...
/// let (key, last, text) = (record.key().unwrap().to_string(), record.last(), record.text().unwrap());
/// // ...and what another one reads there.
/// let read = key.parse::<RecordKey>()?.record(last, Some(&text))?;
/// assert_eq!(read, record);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The id of the answer, by which a store keeps the text:
///
/// ```
/// use masthead::ledger::RecordKey;
///
/// let key: RecordKey = "sighting nbrb nbrb of_day 2026-04-05 2026-04-05T06:00:00.000Z - -".parse()?;
/// assert_eq!(key.answer(), None, "no data");
/// assert_eq!(key.to_string(), "sighting nbrb nbrb of_day 2026-04-05 2026-04-05T06:00:00.000Z - -");
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RecordKey {
    /// The key of a [`Sighting`].
    Sighting {
        /// The bank.
        bank: SourceId,
        /// The source that answered.
        source: SourceId,
        /// The feed of the source.
        feed: Feed,
        /// The requested day.
        asked: NaiveDate,
        /// The first instant at which the feed answered so.
        first: DateTime<Utc>,
        /// The publication and the longest pause of its bank, in days. `None` for "no data".
        answer: Option<(RecordId, u16)>,
    },
    /// The key of a [`Forecast`].
    Forecast {
        /// The city.
        city: CityId,
        /// The service that answered.
        service: SourceId,
        /// The first instant at which the service answered so.
        first: DateTime<Utc>,
        /// The expiry of the last answer.
        expires: Option<DateTime<Utc>>,
        /// The forecast.
        answer: RecordId,
    },
}

serde_as_text!(RecordKey);

impl RecordKey {
    /// The id of the text that the record needs. Returns `None` for a sighting of "no data", which has none.
    #[must_use]
    pub const fn answer(&self) -> Option<RecordId> {
        match self {
            Self::Sighting {
                answer: Some((id, _)),
                ..
            } => Some(*id),
            Self::Sighting { answer: None, .. } => None,
            Self::Forecast { answer, .. } => Some(*answer),
        }
    }

    /// The longest pause of the bank, in days. Returns `None` for a key without a publication.
    #[cfg(feature = "ticker")]
    pub(crate) fn longest_pause(&self) -> Option<u16> {
        match self {
            Self::Sighting { answer, .. } => answer.map(|(_, pause)| pause),
            Self::Forecast { .. } => None,
        }
    }

    /// The first instant of the record.
    #[must_use]
    pub const fn first(&self) -> DateTime<Utc> {
        match self {
            Self::Sighting { first, .. } | Self::Forecast { first, .. } => *first,
        }
    }

    /// Returns the record with this key. `text` is that of its answer.
    ///
    /// # Errors
    ///
    /// If the text is missing, is not canonical, or is not that of the answer; if the source or the city is not that of the text; if the
    /// instants are not those of a record.
    pub fn record(
        &self,
        last: DateTime<Utc>,
        text: Option<&str>,
    ) -> Result<Record, InvalidSharedRecord> {
        let Some(id) = self.answer() else {
            return self.built(last, None);
        };
        let text = text.ok_or(InvalidSharedRecord::Missing { id })?;
        if RecordId::of_text(text) != id {
            return Err(InvalidSharedRecord::OtherText { id });
        }
        let answer = match self {
            Self::Sighting { .. } => text::rates(text).map(|rates| Answer::Rates(rates.into())),
            Self::Forecast { .. } => {
                text::weather(text).map(|(city, weather)| Answer::Weather(city, weather.into()))
            }
        };
        let answer = answer.map_err(|error| InvalidSharedRecord::NotCanonical {
            reason: error.to_string(),
        })?;
        self.built(last, Some(answer))
    }

    /// Returns the record with this key and the answer of `other`. Returns `None` if that is another answer.
    #[cfg(feature = "ticker")]
    pub(crate) fn record_like(&self, last: DateTime<Utc>, other: &Record) -> Option<Record> {
        let answer = match other {
            Record::Sighting(sighting) if sighting.id() == self.answer() => {
                Answer::Rates(Arc::clone(sighting.rates()?))
            }
            Record::Forecast(forecast) if Some(forecast.id()) == self.answer() => {
                Answer::Weather(forecast.city().clone(), Arc::clone(forecast.weather()))
            }
            _ => return None,
        };
        self.built(last, Some(answer)).ok()
    }

    /// The record of the key with an answer, which must be there exactly if the key has one, and be of the key's source or city.
    fn built(
        &self,
        last: DateTime<Utc>,
        text: Option<Answer>,
    ) -> Result<Record, InvalidSharedRecord> {
        let record: Option<Record> = match (self, text) {
            (
                Self::Sighting {
                    bank,
                    source,
                    feed,
                    asked,
                    first,
                    answer,
                },
                text,
            ) => {
                let answer = match (answer, text) {
                    (Some((id, pause)), Some(Answer::Rates(rates))) => {
                        Some((*id, with_longest_pause(rates, *pause)))
                    }
                    (None, None) => None,
                    _ => return Err(InvalidSharedRecord::Impossible),
                };
                let (bank, source) = (bank.clone(), source.clone());
                Sighting::restored(bank, source, (*feed, *asked), (*first, last), answer)
                    .map(Record::from)
            }
            (
                Self::Forecast {
                    city,
                    service,
                    first,
                    expires,
                    answer,
                },
                Some(Answer::Weather(of_city, weather)),
            ) if of_city == *city && weather.source() == service => {
                let answer = (of_city, *answer, weather);
                Forecast::restored(answer, (*first, last), *expires).map(Record::from)
            }
            _ => None,
        };
        record.ok_or(InvalidSharedRecord::Impossible)
    }
}

/// The answer of a record.
enum Answer {
    Rates(Arc<Rates>),
    Weather(CityId, Arc<Weather>),
}

/// The pause is no part of the text.
fn with_longest_pause(rates: Arc<Rates>, days: u16) -> Arc<Rates> {
    if rates.longest_pause() == days {
        return rates;
    }
    Arc::new(Arc::unwrap_or_clone(rates).with_longest_pause(days))
}

impl Record {
    /// The key of the record in a store that servers share. Returns `None` for an approval, which is not shared.
    #[must_use]
    pub fn key(&self) -> Option<RecordKey> {
        match self {
            Self::Sighting(sighting) => Some(RecordKey::Sighting {
                bank: sighting.bank().clone(),
                source: sighting.source().clone(),
                feed: sighting.feed(),
                asked: sighting.asked(),
                first: sighting.first(),
                answer: sighting
                    .id()
                    .zip(sighting.rates().map(|rates| rates.longest_pause())),
            }),
            Self::Forecast(forecast) => Some(RecordKey::Forecast {
                city: forecast.city().clone(),
                service: forecast.service().clone(),
                first: forecast.first(),
                expires: forecast.expires(),
                answer: forecast.id(),
            }),
            Self::Approval(_) => None,
        }
    }

    /// The canonical text of the answer. Returns `None` for a sighting of "no data" and for an approval.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Sighting(sighting) => sighting.rates().map(|rates| text::of_rates(rates)),
            Self::Forecast(forecast) => Some(text::of_weather(forecast.city(), forecast.weather())),
            Self::Approval(_) => None,
        }
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sighting {
                bank,
                source,
                feed,
                asked,
                first,
                answer,
            } => {
                write!(
                    f,
                    "sighting {bank} {source} {feed} {asked} {}",
                    millis(*first)
                )?;
                match answer {
                    Some((id, pause)) => write!(f, " {id} {pause}"),
                    None => f.write_str(" - -"),
                }
            }
            Self::Forecast {
                city,
                service,
                first,
                expires,
                answer,
            } => {
                write!(f, "forecast {city} {service} {} ", millis(*first))?;
                match expires {
                    Some(at) => f.write_str(&millis(*at))?,
                    None => f.write_str("-")?,
                }
                write!(f, " {answer}")
            }
        }
    }
}

impl FromStr for RecordKey {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "expected sighting or forecast and its fields";
        let invalid = || ParseError::invalid("record key", text, expected);
        let key = parsed(text).ok_or_else(invalid)?;
        // Two texts of one key would be two records.
        if key.to_string() == text {
            Ok(key)
        } else {
            Err(invalid())
        }
    }
}

fn parsed(text: &str) -> Option<RecordKey> {
    let (kind, fields) = text.split_once(' ')?;
    let fields: Vec<&str> = fields.split(' ').collect();
    match (kind, fields.as_slice()) {
        ("sighting", [bank, source, feed, asked, first, id, pause]) => Some(RecordKey::Sighting {
            bank: bank.parse().ok()?,
            source: source.parse().ok()?,
            feed: feed.parse().ok()?,
            asked: asked.parse().ok()?,
            first: first.parse().ok()?,
            answer: match (*id, *pause) {
                ("-", "-") => None,
                (id, pause) => Some((id.parse().ok()?, pause.parse().ok()?)),
            },
        }),
        ("forecast", [city, service, first, expires, answer]) => Some(RecordKey::Forecast {
            city: city.parse().ok()?,
            service: service.parse().ok()?,
            first: first.parse().ok()?,
            expires: match *expires {
                "-" => None,
                at => Some(at.parse().ok()?),
            },
            answer: answer.parse().ok()?,
        }),
        _ => None,
    }
}

fn millis(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The error of a key, an instant and a text that form no record.
///
/// ```
/// use masthead::ledger::{Feed, InvalidSharedRecord, Record, Sighting};
/// use masthead::{Snapshot, SourceId};
///
/// let now = Snapshot::SAMPLE_TIME;
/// let rates = Snapshot::sample().rates(now).unwrap().value().clone();
/// let record: Record = Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now).into();
/// let key = record.key().unwrap();
/// let id = key.answer().unwrap();
/// assert_eq!(key.record(now, None), Err(InvalidSharedRecord::Missing { id }));
/// assert_eq!(key.record(now, Some("another text")), Err(InvalidSharedRecord::OtherText { id }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSharedRecord {
    /// There is no text of this id.
    #[error("the text {id} is missing")]
    Missing {
        /// The id of the answer.
        id: RecordId,
    },
    /// The text has another id.
    #[error("the text in the place of {id} is another one")]
    OtherText {
        /// The id of the answer.
        id: RecordId,
    },
    /// The text is not canonical.
    #[error("{reason}")]
    NotCanonical {
        /// The message of the parser.
        reason: String,
    },
    /// The instants are not those of a record, or the source or the city is not that of the text.
    #[error("impossible instants, or another source or city than that of the text")]
    Impossible,
}
