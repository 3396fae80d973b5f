//! How a server stands with its fleet.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Fleet, Node, Order, Topic};
use crate::ticker::Shared;

/// How a server stands with those that share a store with it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FleetHealth {
    /// This server.
    pub node: Node,
    /// When the store answered last.
    pub last_contact: Option<DateTime<Utc>>,
    /// Since when it has not; nothing while it does.
    pub away_since: Option<DateTime<Utc>>,
    /// How long its last answer took, in microseconds.
    pub latency_us: u64,
    /// Calls of the store since the start.
    pub calls: u64,
    /// Those that failed.
    pub errors: u64,
    /// Why the last one did.
    pub last_error: Option<String>,
    /// How many seconds the store's clock is ahead of this server's. Beyond five minutes the server keeps to itself.
    pub clock_ahead_s: i64,
    /// Whether publications are heard of at once. Else they are looked for each second.
    pub hears_of_publications: bool,
    /// Each reading that is shared.
    pub topics: Vec<TopicHealth>,
}

/// How a server stands with its fleet in one reading.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TopicHealth {
    /// `rates`, `weather:astana`.
    pub topic: String,
    /// Who asks upstream for all, as far as is known.
    pub leader: Option<Node>,
    /// Whether that is this server.
    pub leads: bool,
    /// The order of what is shared.
    pub shared: Option<Order>,
    /// Why this server shows something else than what is shared; nothing where it does not.
    pub diverges: Option<String>,
}

impl FleetHealth {
    /// Whether the store answers, its clock is near this server's, and what is shared is what is shown.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let tolerance = Order::TOLERANCE.num_seconds();
        let in_step = self.clock_ahead_s.abs() <= tolerance;
        let agreed = self.topics.iter().all(|topic| topic.diverges.is_none());
        self.away_since.is_none() && in_step && agreed
    }
}

impl Shared {
    pub(in crate::ticker) fn fleet_health(&self, fleet: &Fleet) -> FleetHealth {
        let view = fleet.view();
        let topics = self.topics().into_iter().map(|topic| {
            let leader = view.leaders.get(&topic).map(|(node, _)| node.clone());
            TopicHealth {
                leads: leader.as_ref() == Some(&fleet.node),
                leader,
                shared: view.kept.get(&topic).cloned(),
                diverges: view.refused.get(&topic).map(|refused| refused.why.clone()),
                topic: Topic::to_string(&topic),
            }
        });
        let contact = &view.contact;
        FleetHealth {
            node: fleet.node.clone(),
            last_contact: contact.last,
            away_since: contact.away_since,
            latency_us: u64::try_from(contact.latency.as_micros()).unwrap_or(u64::MAX),
            calls: contact.calls,
            errors: contact.errors,
            last_error: contact.error.clone(),
            clock_ahead_s: view.ahead.num_seconds(),
            hears_of_publications: view.is_hinted,
            topics: topics.collect(),
        }
    }
}
