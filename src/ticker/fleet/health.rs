//! How a server stands with its fleet.

use super::Fleet;
use crate::engine::{FleetHealth, Topic, TopicHealth};
use crate::ticker::Shared;

impl Shared {
    pub(in crate::ticker) fn fleet_health(&self, fleet: &Fleet) -> FleetHealth {
        let view = fleet.view();
        let topics = self.topics().into_iter().map(|topic| {
            let leader = view.leaders.get(&topic).map(|(node, _)| node.clone());
            let stored = view.stored.get(&topic);
            // Without those that are to be removed, which may have any instant.
            let usable = || {
                stored.into_iter().flat_map(|stored| {
                    let lasts = stored.lasts.iter();
                    lasts.filter(|(key, _)| !stored.spoilt.contains(*key))
                })
            };
            TopicHealth {
                leads: leader.as_ref() == Some(&fleet.node),
                leader,
                records: usable().count(),
                shared: usable().map(|(_, last)| *last).max(),
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
