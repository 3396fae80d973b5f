//! The health report for anybody who can reach the path.
//!
//! It says whether the strip works, and nothing that helps an attacker: no addresses, paths, node names or texts of errors, which may quote a
//! response. Quarantined numbers are counted and not shown: they are on no page.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::provenance::SourceId;
use crate::ticker::{FleetHealth, Health, ItemHealth};

/// A health report without texts of errors, quarantined numbers, and names of servers and files.
#[derive(Serialize)]
pub(super) struct Summary<'a> {
    at: DateTime<Utc>,
    last_refresh: Option<DateTime<Utc>>,
    last_tick: Option<DateTime<Utc>>,
    items: &'a [ItemHealth],
    sources: Vec<SourceSummary<'a>>,
    /// The number of quarantined publications.
    quarantined: usize,
    /// Whether the store was written at the last refresh.
    store_works: bool,
    /// Whether this server and its fleet agree; `null` without a shared store.
    fleet_agrees: Option<bool>,
}

#[derive(Serialize)]
struct SourceSummary<'a> {
    source: &'a SourceId,
    last_success: Option<DateTime<Utc>>,
    resting: Option<DateTime<Utc>>,
    failures: &'a BTreeMap<&'static str, u64>,
}

impl<'a> Summary<'a> {
    pub(super) fn of(health: &'a Health) -> Self {
        let sources = health.sources.iter().map(|source| SourceSummary {
            source: &source.source,
            last_success: source.last_success,
            resting: source.resting,
            failures: &source.failures,
        });
        Self {
            at: health.at,
            last_refresh: health.last_refresh,
            last_tick: health.last_tick,
            items: &health.items,
            sources: sources.collect(),
            quarantined: health.holds.len(),
            store_works: health.store.is_none(),
            fleet_agrees: health.fleet.as_ref().map(FleetHealth::is_good),
        }
    }
}
