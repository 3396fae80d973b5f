//! What a fleet is to go through, and what it went through.

use std::fmt;

use super::store_server::Plant;

/// What a fleet is to go through.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scenario {
    pub(super) seed: u64,
    pub(super) nodes: usize,
    /// The hour of the second Monday at which it begins, by the clock of Astana.
    pub(super) from: i64,
    pub(super) hours: i64,
    /// Nothing goes wrong at all.
    pub(super) is_quiet: bool,
    pub(super) plant: Option<Plant>,
    pub(super) tells: bool,
}

impl Scenario {
    pub(super) const fn bad(seed: u64, nodes: usize, hours: i64) -> Self {
        Self {
            seed,
            nodes,
            from: 15,
            hours,
            is_quiet: false,
            plant: None,
            tells: false,
        }
    }

    pub(super) const fn quiet(seed: u64, nodes: usize, hours: i64) -> Self {
        let is_quiet = true;
        Self {
            is_quiet,
            ..Self::bad(seed, nodes, hours)
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            nodes,
            hours,
            is_quiet,
            plant,
            ..
        } = self;
        let kind = if *is_quiet { "quiet" } else { "bad" };
        write!(
            f,
            "MASTHEAD_FLEET_SEED={seed} MASTHEAD_FLEET_NODES={nodes} MASTHEAD_FLEET_HOURS={hours}, {kind}, {plant:?}"
        )
    }
}

/// What a life was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) nodes: usize,
    pub(super) minutes: i64,
    pub(super) is_quiet: bool,
    /// Requests to all hosts.
    pub(super) requests: u64,
    /// Calls of the store by all servers, and by the one that made most.
    pub(super) calls: u64,
    pub(super) most_calls: u64,
    pub(super) looks: u64,
    pub(super) faults: u64,
    pub(super) restarts: u64,
    /// From each heal until all showed the same, in milliseconds.
    pub(super) converged: Vec<u64>,
}
