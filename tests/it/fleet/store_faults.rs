//! How a store fails: drawn by chance, for a while each, for all servers or some.

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

/// What is wrong with the store, or the way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A call takes up to so many milliseconds.
    Slow(u64),
    /// A call ends in an error after a quarter of a second; a write may come later all the same.
    Hang,
    /// A call ends in an error at once.
    Refuse,
    /// Nothing can be written.
    ReadOnly,
    /// Nothing is heard of publications.
    Silent,
    /// Publications are heard of twice.
    Echo,
    /// A replica answers that stands still.
    Stale,
    /// A replica answers that is caught up now and then.
    Lagging,
    /// Its clock is so many minutes off.
    Clock(i64),
}

/// A fault, until then.
#[derive(Clone, Copy, Debug)]
struct Spell {
    fault: Fault,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// How many of a hundred calls it hits.
    share: u8,
    /// How many of a hundred servers.
    reach: u8,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is answered after so many milliseconds.
    Answered(u64),
    /// It ends in an error after a quarter of a second. A write comes so many milliseconds later, or never.
    Lost(Option<u64>),
    Refused,
    /// It ends in an error: it would write.
    ReadOnly,
}

#[derive(Debug)]
pub(super) struct StoreFaults {
    spells: Vec<Spell>,
    random: Rng,
    /// The milliseconds that a call takes at most while all is well.
    usual: u64,
    /// When something was last wrong.
    last: Option<DateTime<Utc>>,
    pub(super) count: u64,
}

impl StoreFaults {
    pub(super) fn new(random: Rng, usual: u64) -> Self {
        Self {
            spells: Vec::new(),
            random,
            usual,
            last: None,
            count: 0,
        }
    }

    /// One more thing begins to go wrong; one of a kind at a time.
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
        self.spells.retain(|spell| !spell.fault.is_like(fault));
        let until = now + TimeDelta::minutes(minutes);
        self.spells.push(Spell {
            fault,
            from: now,
            until,
            share,
            reach,
        });
        format!("{fault:?} until {until} of {share} % of calls and {reach} % of servers")
    }

    /// All is well.
    pub(super) fn clear(&mut self, now: DateTime<Utc>) {
        self.note(now);
        self.spells.clear();
    }

    /// What becomes of a call of a server.
    pub(super) fn fate(&mut self, node: usize, writes: bool, now: DateTime<Utc>) -> Fate {
        if self.spells.is_empty() {
            return Fate::Answered(self.usual_time());
        }
        self.note(now);
        let mut time = self.usual_time();
        let mut read_only = false;
        for at in 0..self.spells.len() {
            let spell = self.spells[at];
            if !spell.reaches(node) || self.random.u8(..100) >= spell.share {
                continue;
            }
            match spell.fault {
                Fault::Refuse => return self.counted(Fate::Refused),
                Fault::Hang => {
                    let comes = self.random.bool();
                    let later = comes.then(|| self.random.u64(..60_000));
                    return self.counted(Fate::Lost(later));
                }
                Fault::Slow(most) => time = self.random.u64(1..=most),
                Fault::ReadOnly => read_only = writes,
                _ => {}
            }
        }
        if read_only {
            return self.counted(Fate::ReadOnly);
        }
        self.count += u64::from(time > 100);
        // Its caller has given it up by then.
        if time >= 250 {
            return Fate::Lost(Some(time - 250));
        }
        Fate::Answered(time)
    }

    /// How often a server hears of a publication.
    pub(super) fn echoes(&self, node: usize) -> u64 {
        let of = |spell: &&Spell| spell.reaches(node);
        let mut faults = self.spells.iter().filter(of).map(|spell| spell.fault);
        if faults
            .clone()
            .any(|fault| matches!(fault, Fault::Silent | Fault::Refuse))
        {
            0
        } else {
            1 + u64::from(faults.any(|fault| fault == Fault::Echo))
        }
    }

    /// Since when nothing at all of a server gets through.
    pub(super) fn away_since(&self, node: usize) -> Option<DateTime<Utc>> {
        let outages = self
            .spells
            .iter()
            .filter(|spell| spell.is_outage() && spell.reaches(node));
        outages.map(|spell| spell.from).min()
    }

    /// How the replica is behind that answers; nothing where it is the store that does.
    pub(super) fn replica(&self) -> Option<Fault> {
        let faults = self.spells.iter().map(|spell| spell.fault);
        faults
            .into_iter()
            .find(|fault| matches!(fault, Fault::Stale | Fault::Lagging))
    }

    /// How far the store's clock is off.
    pub(super) fn off(&self) -> TimeDelta {
        let off = self.spells.iter().find_map(|spell| match spell.fault {
            Fault::Clock(minutes) => Some(TimeDelta::minutes(minutes)),
            _ => None,
        });
        off.unwrap_or_default()
    }

    /// Whether all has been well for so long.
    pub(super) fn was_well_since(&mut self, then: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.note(now);
        self.spells.is_empty() && self.last.is_none_or(|last| last < then)
    }

    /// Remembers that something is wrong, or was until now; and forgets what is over.
    pub(super) fn note(&mut self, now: DateTime<Utc>) {
        let over = self.spells.iter().map(|spell| spell.until.min(now)).max();
        self.last = self.last.max(over);
        self.spells.retain(|spell| now < spell.until);
    }

    fn counted(&mut self, fate: Fate) -> Fate {
        self.count += 1;
        fate
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

impl Spell {
    /// The same servers for as long as it lasts.
    fn reaches(&self, node: usize) -> bool {
        self.reach >= 100 || (node * 37 + usize::from(self.reach)) % 100 < usize::from(self.reach)
    }

    /// Nothing at all gets through.
    fn is_outage(&self) -> bool {
        self.share >= 100 && matches!(self.fault, Fault::Hang | Fault::Refuse)
    }
}
