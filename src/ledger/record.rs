use chrono::{DateTime, Utc};

use super::instant::TOLERANCE;
use super::{Approval, Forecast, Sighting};
use crate::day;

/// One record of a [`Ledger`](super::Ledger).
///
/// ```
/// use masthead::ledger::{Feed, Record, Sighting};
/// use masthead::{Snapshot, SourceId};
///
/// let now = Snapshot::SAMPLE_TIME;
/// let rates = Snapshot::sample().rates(now).unwrap().value().clone();
/// let record: Record = Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now).into();
/// assert_eq!(record.last(), now);
/// // A store of many servers keeps the key with the last instant, and the text once under its hash.
/// assert!(record.key().unwrap().to_string().starts_with("sighting sample sample of_day 2023-06-13 "));
/// assert!(record.text().unwrap().starts_with("masthead publication 1\nsource sample\n"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// An answer of a bank's feed.
    Sighting(Sighting),
    /// An answer of a weather service.
    Forecast(Forecast),
    /// An operator's approval.
    Approval(Approval),
}

impl Record {
    /// Returns whether one of the instants is more than five minutes after `now`.
    pub(super) fn is_ahead(&self, now: DateTime<Utc>) -> bool {
        let latest = match self {
            Self::Sighting(sighting) => sighting.last(),
            Self::Forecast(forecast) => forecast.last(),
            Self::Approval(approval) => approval.at,
        };
        latest > day::clamp(now) + TOLERANCE
    }

    /// The last instant that the record speaks of: the last sight of an answer, or the instant of an approval.
    #[must_use]
    pub const fn last(&self) -> DateTime<Utc> {
        match self {
            Self::Sighting(sighting) => sighting.last(),
            Self::Forecast(forecast) => forecast.last(),
            Self::Approval(approval) => approval.at,
        }
    }
}

impl From<Sighting> for Record {
    fn from(sighting: Sighting) -> Self {
        Self::Sighting(sighting)
    }
}

impl From<Forecast> for Record {
    fn from(forecast: Forecast) -> Self {
        Self::Forecast(forecast)
    }
}

impl From<Approval> for Record {
    fn from(approval: Approval) -> Self {
        Self::Approval(approval)
    }
}
