use std::ops::AddAssign;

/// The counts of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) days: u64,
    pub(super) faults: u64,
    pub(super) lies: u64,
    pub(super) holds: u64,
    pub(super) by_further: u64,
    pub(super) by_next: u64,
    pub(super) by_witness: u64,
    pub(super) dropped: u64,
    pub(super) shocks: u64,
    pub(super) corrections: u64,
    pub(super) restarts: u64,
    pub(super) jumps: u64,
    pub(super) calls: u64,
    pub(super) looks: u64,
    pub(super) recoveries: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.days += other.days;
        self.faults += other.faults;
        self.lies += other.lies;
        self.holds += other.holds;
        self.by_further += other.by_further;
        self.by_next += other.by_next;
        self.by_witness += other.by_witness;
        self.dropped += other.dropped;
        self.shocks += other.shocks;
        self.corrections += other.corrections;
        self.restarts += other.restarts;
        self.jumps += other.jumps;
        self.calls += other.calls;
        self.looks += other.looks;
        self.recoveries += other.recoveries;
    }
}
