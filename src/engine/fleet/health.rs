//! How a server stands with its fleet.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::Fleet;
use crate::engine::names::{Node, Topic};
use crate::ledger::TOLERANCE;

/// The state of a server in its fleet.
///
/// ```
/// use masthead::Ticker;
/// use masthead::ticker::shared::MemoryStore;
///
/// let ticker = Ticker::builder("docs").fleet(MemoryStore::default()).node("web-1").build()?;
/// let fleet = ticker.health().fleet.ok_or("no fleet")?;
/// assert!(fleet.node.as_str().starts_with("web-1.") && fleet.is_good());
/// let topics: Vec<&str> = fleet.topics.iter().map(|topic| topic.topic.as_str()).collect();
/// assert_eq!(topics, ["rates", "weather:astana"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FleetHealth {
    /// This server.
    pub node: Node,
    /// The time at which the last call began that the store answered. `None` before the first.
    pub last_contact: Option<DateTime<Utc>>,
    /// The time since which the store is unavailable; `None` while it responds.
    pub away_since: Option<DateTime<Utc>>,
    /// The duration of the last call that it answered, in microseconds.
    pub latency_us: u64,
    /// The number of calls since the start.
    pub calls: u64,
    /// The number of failed calls.
    pub errors: u64,
    /// The error of the last failed call, also after the store is back. `None` if no call has failed.
    pub last_error: Option<String>,
    /// The seconds by which the store's clock is ahead of this server's; negative if it is behind. Beyond five minutes the server neither adds
    /// records to the store nor takes a lease.
    pub clock_ahead_s: i64,
    /// Whether notifications work. If not, the store is polled every 0.9 seconds instead of every 2.
    pub hears_of_publications: bool,
    /// The topics.
    pub topics: Vec<TopicHealth>,
}

/// The state of one topic.
///
/// ```
/// use masthead::Ticker;
/// use masthead::ticker::TopicHealth;
/// use masthead::ticker::shared::MemoryStore;
///
/// let ticker = Ticker::builder("docs").fleet(MemoryStore::default()).cities([]).build()?;
/// let fleet = ticker.health().fleet.ok_or("no fleet")?;
/// let rates: &TopicHealth = fleet.topics.first().ok_or("no topic")?;
/// assert_eq!((rates.topic.as_str(), rates.records, rates.leads), ("rates", 0, false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TopicHealth {
    /// `rates`, `weather:astana`.
    pub topic: String,
    /// The server that requests the source for all. `None` if it is not known, or if the lease is free.
    pub leader: Option<Node>,
    /// Whether this server is the leader.
    pub leads: bool,
    /// The number of records in the store when it was read last.
    pub records: usize,
    /// The last instant of these records. `None` without records.
    pub shared: Option<DateTime<Utc>>,
    /// The reason why this server does not show or cannot share a record; `None` if it uses and shares all.
    pub diverges: Option<String>,
}

impl FleetHealth {
    /// Whether the store responds, its clock is near this server's, and the shared records are shown.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let tolerance = TOLERANCE.num_seconds();
        let in_step = self.clock_ahead_s.abs() <= tolerance;
        let agreed = self.topics.iter().all(|topic| topic.diverges.is_none());
        self.away_since.is_none() && in_step && agreed
    }
}

impl Fleet {
    /// Returns the state of this server in its fleet, with these topics. The store's clock is `ahead`.
    pub(in crate::engine) fn health(&self, topics: Vec<Topic>, ahead: TimeDelta) -> FleetHealth {
        let topics = topics.into_iter().map(|topic| {
            let stored = self.stored.get(&topic);
            // Without those that are to be removed, which may have any instant.
            let usable = || {
                stored.into_iter().flat_map(|stored| {
                    let lasts = stored.lasts.iter();
                    lasts.filter(|(key, _)| !stored.spoilt.contains(*key))
                })
            };
            TopicHealth {
                leads: self.leads(&topic),
                leader: self.leaders.of(&topic).cloned(),
                records: usable().count(),
                shared: usable().map(|(_, last)| *last).max(),
                diverges: self
                    .refused
                    .get(&topic)
                    .map(|refused| refused.reason.clone()),
                topic: topic.to_string(),
            }
        });
        let contact = &self.contact;
        FleetHealth {
            node: self.node.clone(),
            last_contact: contact.last,
            away_since: contact.away_since,
            latency_us: u64::try_from(contact.latency.as_micros()).unwrap_or(u64::MAX),
            calls: contact.calls,
            errors: contact.errors,
            last_error: contact.error.clone(),
            clock_ahead_s: ahead.num_seconds(),
            hears_of_publications: self.is_hinted,
            topics: topics.collect(),
        }
    }
}
