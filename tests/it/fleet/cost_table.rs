//! The cost and savings of sharing, as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::scenario::Tally;

/// A row for each size of the fleet and duration: requests and calls of quiet runs, and the time to convergence of bad ones.
pub(super) fn table(tallies: &[Tally]) -> String {
    let mut quiet = BTreeMap::new();
    let mut bad: BTreeMap<usize, Tally> = BTreeMap::new();
    for tally in tallies {
        if tally.is_quiet {
            quiet.insert((tally.nodes, tally.minutes), tally);
        } else {
            bad.entry(tally.nodes).or_default().add(tally);
        }
    }
    let mut text = String::from(
        "nodes | quiet hours | requests | of a single node | of that many single nodes | store calls per second and node | of the busiest node | of all nodes\n",
    );
    for ((nodes, minutes), tally) in &quiet {
        let alone = quiet.get(&(1, *minutes)).map(|alone| alone.requests);
        let each = alone.map(|alone| alone * *nodes as u64);
        let requests =
            [alone, each].map(|count| count.map_or("-".into(), |count| count.to_string()));
        let line = [
            nodes.to_string(),
            (minutes / 60).to_string(),
            tally.requests.to_string(),
            requests.join(" | "),
            tally.per_second(tally.calls, *nodes),
            tally.per_second(tally.most_calls, 1),
            tally.per_second(tally.calls, 1),
        ];
        let _ = writeln!(text, "{}", line.join(" | "));
    }
    text += "nodes | bad hours | faults | restarts | recoveries | of these diverged | convergence, median | longest | checks\n";
    for (nodes, tally) in &bad {
        let apart = tally.converged.iter().copied().filter(|time| *time > 0);
        let mut times: Vec<u64> = apart.collect();
        times.sort_unstable();
        let time = |at: Option<&u64>| {
            at.map_or("-".into(), |at| {
                format!("{}.{} s", at / 1000, at % 1000 / 100)
            })
        };
        let line = [
            nodes.to_string(),
            (tally.minutes / 60).to_string(),
            tally.faults.to_string(),
            tally.restarts.to_string(),
            tally.converged.len().to_string(),
            times.len().to_string(),
            time(times.get(times.len() / 2)),
            time(times.last()),
            tally.looks.to_string(),
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

    /// Calls per second of one of `servers` nodes, to three digits.
    fn per_second(&self, calls: u64, servers: usize) -> String {
        let seconds = u64::try_from(self.minutes).unwrap() * 60 * servers as u64;
        let thousandths = (calls * 1000).checked_div(seconds).unwrap_or_default();
        format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
    }
}
