//! What sharing costs and saves, as a table.

use std::fmt::Write as _;

use super::life::Tally;

/// A line for each size of a fleet: requests and calls of the quiet days, convergence and faults of the bad ones.
pub(super) fn table(tallies: &[Tally]) -> String {
    let sizes: std::collections::BTreeSet<usize> =
        tallies.iter().map(|tally| tally.nodes).collect();
    let of = |nodes: usize, is_quiet: bool| {
        let mut sum = Tally {
            nodes,
            is_quiet,
            ..Tally::default()
        };
        for tally in tallies {
            if (tally.nodes, tally.is_quiet) == (nodes, is_quiet) {
                sum.add(tally);
            }
        }
        sum
    };
    let alone = of(1, true).requests_a_day();
    let mut text = String::from(
        "servers | quiet hours | requests a day | of each by itself | calls a second of a server | of the fleet | of the busiest | bad hours | faults | restarts | heals | all alike, median | latest | looks\n",
    );
    for nodes in sizes {
        let (quiet, bad) = (of(nodes, true), of(nodes, false));
        let mut times = bad.converged.clone();
        times.sort_unstable();
        let time = |at: Option<&u64>| {
            at.map_or("-".into(), |at| {
                format!("{}.{} s", at / 1000, at % 1000 / 100)
            })
        };
        let line = [
            nodes.to_string(),
            (quiet.minutes / 60).to_string(),
            quiet.requests_a_day().to_string(),
            (alone * nodes as u64).to_string(),
            quiet.thousandths_a_second(quiet.calls, nodes),
            quiet.thousandths_a_second(quiet.calls, 1),
            quiet.thousandths_a_second(quiet.most_calls, 1),
            (bad.minutes / 60).to_string(),
            bad.faults.to_string(),
            bad.restarts.to_string(),
            times.len().to_string(),
            time(times.get(times.len() / 2)),
            time(times.last()),
            (quiet.looks + bad.looks).to_string(),
        ];
        let _ = writeln!(text, "{}", line.join(" | "));
    }
    text
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.minutes += other.minutes;
        self.requests += other.requests;
        self.calls += other.calls;
        self.most_calls += other.most_calls;
        self.looks += other.looks;
        self.faults += other.faults;
        self.restarts += other.restarts;
        self.converged.extend(&other.converged);
    }

    fn requests_a_day(&self) -> u64 {
        let minutes = u64::try_from(self.minutes).unwrap().max(1);
        (self.requests * 1440 + minutes / 2) / minutes
    }

    /// Calls a second, to three digits, of one of so many servers.
    fn thousandths_a_second(&self, calls: u64, servers: usize) -> String {
        let seconds = u64::try_from(self.minutes).unwrap() * 60 * servers as u64;
        let thousandths = (calls * 1000).checked_div(seconds).unwrap_or_default();
        format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
    }
}
