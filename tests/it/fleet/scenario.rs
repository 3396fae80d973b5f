//! Scenarios of the fleet simulation, and their counts.

use std::fmt;

use super::store_server::Plant;

/// The settings of one run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scenario {
    pub(super) seed: u64,
    pub(super) nodes: usize,
    /// The hour of the second Monday at which the run starts, in Astana.
    pub(super) from: i64,
    pub(super) hours: i64,
    /// Whether the run has no faults.
    pub(super) is_quiet: bool,
    pub(super) plant: Option<Plant>,
    pub(super) prints: bool,
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
            prints: false,
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

/// The counts of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) nodes: usize,
    pub(super) minutes: i64,
    pub(super) is_quiet: bool,
    /// Requests to all hosts.
    pub(super) requests: u64,
    /// Calls to the store by all nodes, and by the one with the most.
    pub(super) calls: u64,
    pub(super) most_calls: u64,
    pub(super) looks: u64,
    pub(super) faults: u64,
    pub(super) restarts: u64,
    /// Milliseconds from the end of each period of faults until all nodes showed the same.
    pub(super) converged: Vec<u64>,
}
