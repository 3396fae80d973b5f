//! The texts of the records that servers share.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::SharedText;
use crate::ledger::Record;

/// The longest pause of a bank that is believed, in days: the longest holidays, twice. Until it is over old rates seem current.
pub(super) const LONGEST_PAUSE: u16 = 40;
/// How long a store keeps the text of a publication: as long as servers share a record of it.
const KEEP_RATES: Duration = Duration::from_secs(102 * 86_400);

/// The text of a record's answer for the store. Returns `None` if it has none.
pub(super) fn text_of(record: &Record, now: DateTime<Utc>) -> Option<SharedText> {
    let (id, keep) = match record {
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
