//! When each item is due: a pure function of what is known and the time.
//!
//! A schedule has one instant for each item. Three things move it:
//!
//! - [`Schedule::learn`]: a refresh of this server covered the item. Its outcome decides the interval.
//! - [`Schedule::follow`]: another server has read the item, as the snapshot shows. `learned` keeps up to when this is known, so that one reading
//!   moves the instant once.
//! - [`Schedule::hurry`] and [`Schedule::put_off`]: other servers disagree, or another server is to request the item.
//!
//! Numbers in quarantine bring the rates forward ([`again`]).
//!
//! # A morning in Astana (UTC+5)
//!
//! | time | event | rates in force due at |
//! |---|---|---|
//! | 09:00 | a refresh read them from the bank | 12:00 and up to 5 minutes: `calendar` says three hours, `jitter` adds up to a tenth, at most five minutes |
//! | 12:03 | a refresh; one row is quarantined | 12:18: a quarter of an hour, in which banks correct a slip. No jitter is added |
//! | 12:18 | it is still there | 12:48, then every half hour |
//! | 12:48 | the bank has corrected it | 15:48 and up to 5 minutes |
//! | 13:00 | a restart | 15:48: three hours after the answer that the store has, without jitter |
//!
//! A schedule holds instants by the clock and is never stored: after a restart it is made from the snapshot, so that a site that restarts ten times a
//! day sends no more requests. A reload hands it on, because it also knows failures, which the snapshot does not show.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

use super::calendar::{Calendar, LONGEST, Last, read};
use super::guard::Memory;
use super::{Item, Report, Topic};
use crate::snapshot::Snapshot;

/// The next time of each item.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    /// When each item is due. The history is among them only with a back-fill.
    next: BTreeMap<Item, DateTime<Utc>>,
    /// Up to when it is known what became of each item: a reading that is not later has moved `next` already.
    learned: BTreeMap<Item, DateTime<Utc>>,
    calendar: Calendar,
}

const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// Later by chance, so that many servers do not ask at once.
const LONGEST_JITTER: TimeDelta = TimeDelta::minutes(5);

impl Schedule {
    /// A schedule by the data that is held: a site that restarts ten times a day does not send ten times the requests.
    pub(super) fn new(
        items: &[Item],
        calendar: Calendar,
        snapshot: &Snapshot,
        memory: &Memory,
        now: DateTime<Utc>,
    ) -> Self {
        let held = again(memory, now);
        let next = items.iter().map(|item| {
            let due = read(item, snapshot, now).map_or(now, |(fetched, last)| {
                calendar.after(item, last, snapshot, fetched).max(now)
            });
            (item.clone(), earlier(item, due, held))
        });
        let next = next.collect();
        Self {
            next,
            learned: BTreeMap::new(),
            calendar,
        }
    }

    /// Takes over the due times of the schedule before a reload, of the items that both have.
    pub(super) fn follow_from(&mut self, before: Self) {
        for (item, at) in before.next {
            if let Some(next) = self.next.get_mut(&item) {
                *next = at;
                let learned = before.learned.get(&item);
                self.learned.extend(learned.map(|at| (item, *at)));
            }
        }
    }

    /// Removes the due times of other items.
    pub(super) fn retain(&mut self, keep: impl Fn(&Item) -> bool) {
        self.next.retain(|item, _| keep(item));
    }

    /// Takes into account what other servers have read.
    pub(super) fn follow(
        &mut self,
        snapshot: &Snapshot,
        memory: &Memory,
        random: &mut Rng,
        now: DateTime<Utc>,
    ) {
        let items: Vec<Item> = self.next.keys().cloned().collect();
        for item in items {
            let Some((fetched, last)) = read(&item, snapshot, now) else {
                continue;
            };
            if self
                .learned
                .get(&item)
                .is_some_and(|until| fetched <= *until)
            {
                continue;
            }
            let next = self.calendar.after(&item, last, snapshot, fetched);
            let next = next + jitter(next - fetched, random);
            let next = earlier(&item, next, again(memory, fetched));
            self.next.insert(item.clone(), next);
            self.learned.insert(item, fetched);
        }
    }

    /// In how long each topic of some items is tried again.
    pub(super) fn left_undone(
        &self,
        items: &[Item],
        now: DateTime<Utc>,
    ) -> Vec<(Topic, TimeDelta)> {
        let next = items.iter().filter_map(|item| {
            let next = self.next.get(item)?;
            Some((Topic::from(item), *next - now))
        });
        let mut next: Vec<(Topic, TimeDelta)> = next.collect();
        next.sort();
        next.dedup_by(|a, b| a.0 == b.0);
        next
    }

    /// The items whose time has come.
    pub(super) fn due(&self, now: DateTime<Utc>) -> Vec<Item> {
        let due = self.next.iter().filter(|(_, at)| **at <= now);
        due.map(|(item, _)| item.clone()).collect()
    }

    /// Forgets the instants of a clock that was set back to `now`: what is due further ahead than any due time can be is due at once.
    pub(super) fn set_back(&mut self, now: DateTime<Utc>) {
        self.learned.retain(|_, until| *until <= now);
        for at in self.next.values_mut() {
            if *at - now > LONGEST + LONGEST_JITTER {
                *at = now;
            }
        }
    }

    /// Sets the next time of what a refresh covered. Items that were postponed have no entry, and stay due.
    pub(super) fn learn(
        &mut self,
        report: &Report,
        snapshot: &Snapshot,
        memory: &Memory,
        random: &mut Rng,
        now: DateTime<Utc>,
    ) {
        for entry in &report.entries {
            let last = match entry.attempts.first() {
                Some(first) if !first.outcome.is_good() && entry.is_good() => Last::Fallback,
                Some(_) if !entry.is_good() => Last::Failed,
                _ => Last::Good,
            };
            let next = self.calendar.after(&entry.item, last, snapshot, now);
            let next = next + jitter(next - now, random);
            let next = earlier(&entry.item, next, again(memory, now));
            self.next.insert(entry.item.clone(), next);
            self.learned.insert(entry.item.clone(), now);
        }
        // The two feeds of a bank confirm each other, but each is due in its own time.
        if report
            .entries
            .iter()
            .any(|entry| matches!(entry.item, Item::Rates | Item::Next))
        {
            self.learned.extend([(Item::Rates, now), (Item::Next, now)]);
        }
    }

    /// Asks soon for an item on which others say something else.
    pub(super) fn hurry(&mut self, item: &Item, now: DateTime<Utc>) {
        let soon = self
            .learned
            .get(item)
            .map_or(now, |learned| *learned + MINUTE * 10);
        if let Some(next) = self.next.get_mut(item) {
            *next = soon.min(*next);
        }
    }

    /// Puts items off that this server did not come to, or that another one asks for.
    pub(super) fn put_off(&mut self, items: Vec<Item>, by: TimeDelta, now: DateTime<Utc>) {
        self.next
            .extend(items.into_iter().map(|item| (item, now + by)));
    }

    /// How long until something is due: a second at least.
    pub(super) fn pause(&self, now: DateTime<Utc>) -> Duration {
        let until = self.next.values().min().map_or(MINUTE, |next| *next - now);
        let until = until.clamp(TimeDelta::seconds(1), LONGEST + LONGEST_JITTER);
        until.to_std().unwrap_or_default()
    }
}

/// When a source whose numbers are quarantined is due again: after a quarter of an hour, in which banks correct a slip, and then
/// every half hour.
fn again(memory: &Memory, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let again = memory.holds().iter().map(|hold| {
        let soon = hold.since.min(now) + MINUTE * 15;
        if soon > now { soon } else { now + MINUTE * 30 }
    });
    again.min()
}

/// The time of an item, or of what is held, where it is of rates.
fn earlier(item: &Item, at: DateTime<Utc>, held: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let held = held.filter(|_| matches!(item, Item::Rates | Item::Next));
    held.map_or(at, |held| held.min(at))
}

/// Up to a tenth of the interval, five minutes at most: later, never earlier.
fn jitter(interval: TimeDelta, random: &mut Rng) -> TimeDelta {
    let most = (interval.num_milliseconds() / 10).clamp(1, LONGEST_JITTER.num_milliseconds());
    TimeDelta::milliseconds(random.i64(0..most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::NationalBankKz;

    const CALENDAR: Calendar = Calendar {
        zone: NationalBankKz::ZONE,
        awaits_national_bank: true,
        of_each_city: TimeDelta::zero(),
    };

    #[test]
    fn a_restart_does_not_ask_again() {
        let (now, sample) = (Snapshot::SAMPLE_TIME, Snapshot::sample());
        let [astana, oral] = ["astana", "oral"].map(|city| Item::Weather(city.parse().unwrap()));
        let items = [Item::Rates, Item::Next, astana, oral.clone()];
        let schedule = Schedule::new(&items, CALENDAR, &sample, &Memory::default(), now);
        assert_eq!(schedule.due(now), [oral]);
        assert_eq!(schedule.due(now + TimeDelta::hours(6)).len(), 4);
        let (mut schedule, back) = (schedule, now - TimeDelta::days(400));
        schedule.set_back(back);
        assert_eq!(schedule.due(back).len(), 4, "a clock that was set back");
    }

    #[test]
    fn jitter_only_delays() {
        for minutes in [0, 1, 10, 180] {
            let delay = jitter(MINUTE * minutes, &mut Rng::with_seed(1));
            assert!(delay >= TimeDelta::zero() && delay <= MINUTE * 5);
        }
    }
}
