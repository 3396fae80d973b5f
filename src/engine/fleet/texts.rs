//! The records that servers share, and their texts.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::protocol::SharedText;
use crate::ledger::Record;

/// The longest pause of a bank that is believed, in days: the longest holidays, twice. Until it is over old rates seem current.
pub(super) const LONGEST_PAUSE: u16 = 40;
/// The days of rates that servers share: with five publications a week more than the sixty moves by which the guard judges, so that a
/// server that starts judges as the others.
const DAYS: i64 = 100;
/// How long a store keeps the text of a publication: as long as servers share a record of it.
const KEEP_RATES: Duration = Duration::from_secs(102 * 86_400);

/// Servers share the records of earlier days that were received within so long.
pub(in crate::engine) const SHARED_FOR: TimeDelta = TimeDelta::hours(24);
/// How long a store keeps the text of an earlier day: as long as servers share a record of it.
const KEEP_HISTORY: Duration = Duration::from_secs(26 * 3600);

/// The text of a record's answer for the store. Returns `None` if it has none.
pub(super) fn text_of(record: &Record, now: DateTime<Utc>) -> Option<SharedText> {
    let (id, keep) = match record {
        Record::Sighting(sighting) if sighting.asked() < shared_since(now) => {
            (sighting.id()?, KEEP_HISTORY)
        }
        Record::Sighting(sighting) => (sighting.id()?, KEEP_RATES),
        Record::Forecast(forecast) => {
            // Its last hour belongs to the city's today for 25 hours at most.
            let end = forecast.weather().end().unwrap_or(now) + TimeDelta::hours(26);
            let keep = (end - now).max(TimeDelta::hours(1));
            (forecast.id(), keep.to_std().unwrap_or(KEEP_RATES))
        }
        Record::Approval(_) => return None,
    };
    let text = record.text()?;
    Some(SharedText { id, text, keep })
}

/// The first requested day of the rates that servers share.
pub(in crate::engine) fn shared_since(now: DateTime<Utc>) -> NaiveDate {
    now.date_naive() - TimeDelta::days(DAYS)
}
