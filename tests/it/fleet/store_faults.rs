//! Faults of the store: random, for a limited time, for all nodes or some.

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

/// A fault of the store or of the connection to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A call takes up to that many milliseconds.
    Slow(u64),
    /// A call fails after a quarter of a second; its write may still arrive later.
    Hang,
    /// A call fails at once.
    Refuse,
    /// Writes fail.
    ReadOnly,
    /// Notifications are lost.
    Silent,
    /// Notifications arrive twice.
    Echo,
    /// A replica answers that is no longer updated.
    Stale,
    /// A replica answers that is updated at intervals.
    Lagging,
    /// The store's clock is that many minutes off.
    Clock(i64),
}

/// A fault and its period.
#[derive(Clone, Copy, Debug)]
struct FaultPeriod {
    fault: Fault,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// The percentage of affected calls.
    share: u8,
    /// The percentage of affected nodes.
    reach: u8,
}

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The response takes that many milliseconds.
    Answered(u64),
    /// The call fails after a quarter of a second. A write arrives that many milliseconds later, or never.
    Lost(Option<u64>),
    Refused,
    /// The call fails because it would write.
    ReadOnly,
}

#[derive(Debug)]
pub(super) struct StoreFaults {
    periods: Vec<FaultPeriod>,
    random: Rng,
    /// The longest latency without faults, in milliseconds.
    usual: u64,
    /// When a fault was last active.
    last: Option<DateTime<Utc>>,
    pub(super) count: u64,
}

impl StoreFaults {
    pub(super) fn new(random: Rng, usual: u64) -> Self {
        Self {
            periods: Vec::new(),
            random,
            usual,
            last: None,
            count: 0,
        }
    }

    /// Starts another fault, which replaces one of the same kind.
    pub(super) fn begin(&mut self, now: DateTime<Utc>) -> String {
        let random = &mut self.random;
        let fault = match random.u8(..16) {
            0 | 1 => Fault::Slow(200),
            2 => Fault::Slow(2000),
            3..6 => Fault::Hang,
            6..9 => Fault::Refuse,
            9 => Fault::ReadOnly,
            10 | 11 => Fault::Silent,
            12 => Fault::Echo,
            13 => Fault::Stale,
            14 => Fault::Lagging,
            _ => Fault::Clock(random.i64(-30..=30)),
        };
        let minutes = match fault {
            Fault::Stale | Fault::Lagging => random.i64(1..15),
            _ if random.u8(..6) == 0 => random.i64(60..300),
            _ => random.i64(1..60),
        };
        let [share, reach] = [(); 2].map(|()| {
            if random.bool() {
                100
            } else {
                random.u8(20..100)
            }
        });
        self.periods.retain(|period| !period.fault.is_like(fault));
        let until = now + TimeDelta::minutes(minutes);
        self.periods.push(FaultPeriod {
            fault,
            from: now,
            until,
            share,
            reach,
        });
        format!("{fault:?} until {until} of {share} % of calls and {reach} % of servers")
    }

    /// Ends all faults.
    pub(super) fn clear(&mut self, now: DateTime<Utc>) {
        self.note(now);
        self.periods.clear();
    }

    /// Draws the outcome of a call by a node.
    pub(super) fn outcome(&mut self, node: usize, writes: bool, now: DateTime<Utc>) -> Outcome {
        if self.periods.is_empty() {
            return Outcome::Answered(self.usual_time());
        }
        self.note(now);
        let mut time = self.usual_time();
        let mut read_only = false;
        for at in 0..self.periods.len() {
            let period = self.periods[at];
            if !period.reaches(node) || self.random.u8(..100) >= period.share {
                continue;
            }
            match period.fault {
                Fault::Refuse => return self.counted(Outcome::Refused),
                Fault::Hang => {
                    let comes = self.random.bool();
                    // Some writes were held up on the way for long, with all that other servers wrote meanwhile.
                    let longest = if self.random.u8(..4) == 0 {
                        5_400_000
                    } else {
                        60_000
                    };
                    let later = comes.then(|| self.random.u64(..longest));
                    return self.counted(Outcome::Lost(later));
                }
                Fault::Slow(most) => time = self.random.u64(1..=most),
                Fault::ReadOnly => read_only = writes,
                _ => {}
            }
        }
        if read_only {
            return self.counted(Outcome::ReadOnly);
        }
        self.count += u64::from(time > 100);
        // Its caller has timed out by then.
        if time >= 250 {
            return Outcome::Lost(Some(time - 250));
        }
        Outcome::Answered(time)
    }

    /// Returns how many notifications a node receives for one publication.
    pub(super) fn notifications(&self, node: usize) -> u64 {
        let of = |period: &&FaultPeriod| period.reaches(node);
        let mut faults = self.periods.iter().filter(of).map(|period| period.fault);
        if faults
            .clone()
            .any(|fault| matches!(fault, Fault::Silent | Fault::Refuse))
        {
            0
        } else {
            1 + u64::from(faults.any(|fault| fault == Fault::Echo))
        }
    }

    /// Returns the start of the period in which no call of a node succeeds.
    pub(super) fn away_since(&self, node: usize) -> Option<DateTime<Utc>> {
        let outages = self
            .periods
            .iter()
            .filter(|period| period.is_outage() && period.reaches(node));
        outages.map(|period| period.from).min()
    }

    /// Returns the kind of the replica that answers, or `None` if the store itself does.
    pub(super) fn replica(&self) -> Option<Fault> {
        let faults = self.periods.iter().map(|period| period.fault);
        faults
            .into_iter()
            .find(|fault| matches!(fault, Fault::Stale | Fault::Lagging))
    }

    /// Returns the offset of the store's clock.
    pub(super) fn off(&self) -> TimeDelta {
        let off = self.periods.iter().find_map(|period| match period.fault {
            Fault::Clock(minutes) => Some(TimeDelta::minutes(minutes)),
            _ => None,
        });
        off.unwrap_or_default()
    }

    /// Whether no fault was active since `then`.
    pub(super) fn was_well_since(&mut self, then: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.note(now);
        self.periods.is_empty() && self.last.is_none_or(|last| last < then)
    }

    /// Records whether a fault is active or has just ended, and removes ended faults.
    pub(super) fn note(&mut self, now: DateTime<Utc>) {
        let over = self
            .periods
            .iter()
            .map(|period| period.until.min(now))
            .max();
        self.last = self.last.max(over);
        self.periods.retain(|period| now < period.until);
    }

    fn counted(&mut self, outcome: Outcome) -> Outcome {
        self.count += 1;
        outcome
    }

    fn usual_time(&mut self) -> u64 {
        if self.usual == 0 {
            0
        } else {
            self.random.u64(..=self.usual)
        }
    }
}

impl Fault {
    fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

impl FaultPeriod {
    /// Whether the fault affects a node: the same nodes throughout its period.
    fn reaches(&self, node: usize) -> bool {
        self.reach >= 100 || (node * 37 + usize::from(self.reach)) % 100 < usize::from(self.reach)
    }

    /// Whether no call succeeds.
    fn is_outage(&self) -> bool {
        self.share >= 100 && matches!(self.fault, Fault::Hang | Fault::Refuse)
    }
}
