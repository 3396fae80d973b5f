//! The first page of a node that has read a healthy store before.

use std::collections::BTreeMap;

use masthead::ledger::{Forecast, Record};
use masthead::snapshot::Observed;
use masthead::ticker::shared::Topic;
use masthead::{SourceId, Ticker};

use super::store_server::StoreServer;
use crate::simulation::truth::today;

/// The acknowledged records of a store, by topic.
pub(super) type Acknowledged = BTreeMap<Topic, Vec<Record>>;

/// The records that a store has acknowledged, and has the texts of.
pub(super) fn acknowledged(server: &StoreServer) -> Acknowledged {
    let topics = server.table.topics.keys();
    topics
        .map(|topic| (topic.clone(), server.acknowledged(topic)))
        .collect()
}

/// A node that has caught up with a healthy store shows the values that the store acknowledged before and still has, or newer ones. A store that
/// has lost texts without a fault since gets them back only when a node misses them.
///
/// # Errors
///
/// The outdated values that it shows.
pub(super) fn assert_caught_up(
    ticker: &Ticker,
    before: &Acknowledged,
    server: &StoreServer,
) -> Result<(), String> {
    let (now, snapshot) = (ticker.now(), ticker.snapshot());
    for (topic, before) in before {
        let is_old = |record: &Record| before.iter().any(|old| old.key() == record.key());
        let records = server.acknowledged(topic).into_iter().filter(is_old);
        // A node with a fast clock has seen it in this node's future, where it is not accepted.
        let records = records.filter(|record| record.last() <= now);
        let behind = match topic {
            Topic::Rates => {
                let is_known = records.into_iter().any(|record| match record {
                    Record::Sighting(sighting) => {
                        let rates = sighting.rates();
                        *sighting.bank() == SourceId::NATIONAL_BANK_KZ
                            && rates.is_some_and(|rates| rates.day() <= today(now))
                    }
                    _ => false,
                });
                (is_known && snapshot.rates(now).is_none()).then(|| "none".to_owned())
            }
            Topic::Weather(city) => {
                let forecasts = records.filter_map(|record| match record {
                    Record::Forecast(forecast) => Some(forecast),
                    _ => None,
                });
                let newest = forecasts.max_by_key(Forecast::version);
                let newest = newest.map(|forecast| forecast.last());
                let shown = snapshot.weather(city).map(Observed::fetched);
                (shown < newest).then(|| format!("{shown:?} instead of {newest:?}"))
            }
            _ => return Err(format!("{topic} is unknown here")),
        };
        if let Some(behind) = behind {
            return Err(format!("a fresh server shows {topic} of {behind}"));
        }
    }
    Ok(())
}
