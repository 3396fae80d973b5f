//! When to ask whom: a pure function of what is known and the time.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use super::guard::{Memory, STANDS_BY};
use super::{Item, Report};
use crate::day;
use crate::money::{Method, Rates};
use crate::snapshot::{Observed, Snapshot};
use crate::source::NationalBankKz;

/// The next time of each item.
#[derive(Debug)]
pub(super) struct Schedule {
    next: BTreeMap<Item, DateTime<Utc>>,
    calendar: Calendar,
}

/// What is known of the bank's day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    /// The zone in which the bank counts its days.
    pub(super) zone: Tz,
    /// Whether the newest publication is awaited when the National Bank of Kazakhstan publishes.
    pub(super) awaits_national_bank: bool,
}

const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// No item is put off for longer; one that is, was put off by a clock that was wrong.
const LONGEST: TimeDelta = TimeDelta::hours(3);

/// Later by chance, so that many servers do not ask at once.
const LONGEST_JITTER: TimeDelta = TimeDelta::minutes(5);

/// What became of the last attempt at an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// Its first source answered.
    Good,
    /// Another one did.
    Fallback,
    /// None did.
    Failed,
}

impl Schedule {
    /// What is held decides what is due: a site that restarts ten times a day does not ask ten times.
    pub(super) fn new(
        items: &[Item],
        calendar: Calendar,
        snapshot: &Snapshot,
        memory: &Memory,
        now: DateTime<Utc>,
    ) -> Self {
        let held = again(memory, now);
        let next = items.iter().map(|item| {
            let rates = snapshot.rates(now);
            let (fetched, last) = match item {
                Item::Rates => (
                    rates.map(Observed::fetched),
                    rates.map_or(Last::Failed, published),
                ),
                Item::Next => (
                    snapshot.next(now).or(rates).map(Observed::fetched),
                    Last::Good,
                ),
                Item::Weather(city) => (snapshot.weather(city).map(Observed::fetched), Last::Good),
            };
            let due = fetched.map_or(now, |fetched| {
                calendar.after(item, last, snapshot, fetched).max(now)
            });
            (item.clone(), earlier(item, due, held))
        });
        Self {
            next: next.collect(),
            calendar,
        }
    }

    /// The items whose time has come.
    pub(super) fn due(&self, now: DateTime<Utc>) -> Vec<Item> {
        let come = |at: &DateTime<Utc>| *at <= now || *at - now > LONGEST + LONGEST_JITTER;
        self.next
            .iter()
            .filter(|(_, at)| come(at))
            .map(|(item, _)| item.clone())
            .collect()
    }

    /// Sets the next time of what a refresh covered.
    pub(super) fn learn(
        &mut self,
        report: &Report,
        snapshot: &Snapshot,
        memory: &Memory,
        now: DateTime<Utc>,
    ) {
        for entry in &report.entries {
            let last = match entry.attempts.first() {
                Some(first) if !first.outcome.is_good() && entry.is_good() => Last::Fallback,
                Some(_) if !entry.is_good() => Last::Failed,
                _ => Last::Good,
            };
            let next = self.calendar.after(&entry.item, last, snapshot, now);
            let next = next + jitter(next - now);
            let next = earlier(&entry.item, next, again(memory, now));
            self.next.insert(entry.item.clone(), next);
        }
    }

    /// Puts items off that a refresh did not come to.
    pub(super) fn put_off(&mut self, items: Vec<Item>, now: DateTime<Utc>) {
        self.next
            .extend(items.into_iter().map(|item| (item, now + MINUTE * 5)));
    }

    /// How long until something is due: a second at least, half a minute at most.
    pub(super) fn pause(&self, now: DateTime<Utc>) -> Duration {
        let until = self.next.values().min().map_or(MINUTE, |next| *next - now);
        until
            .clamp(TimeDelta::seconds(1), TimeDelta::seconds(30))
            .to_std()
            .unwrap_or(Duration::from_secs(30))
    }
}

fn published(rates: &Observed<Rates>) -> Last {
    match rates.value().publication().method {
        Method::Published => Last::Good,
        Method::Computed => Last::Fallback,
    }
}

impl Calendar {
    /// When an item is asked for again, without jitter.
    fn after(
        self,
        item: &Item,
        last: Last,
        snapshot: &Snapshot,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        match (item, last) {
            (Item::Rates, Last::Good) => self.midnight_or(now, LONGEST),
            // A fallback's rates are not the bank's own.
            (Item::Rates, Last::Fallback) => self.midnight_or(now, TimeDelta::hours(1)),
            // A server often starts before its network does.
            (Item::Rates, Last::Failed) if snapshot.rates(now).is_none() => now + MINUTE * 2,
            (Item::Rates, Last::Failed) => now + MINUTE * 20,
            (Item::Next, _) if self.awaits_national_bank => {
                next_publication(snapshot.next(now).is_some(), last != Last::Failed, now)
            }
            (Item::Next, _) => now + TimeDelta::hours(1),
            (Item::Weather(_), Last::Failed) => now + MINUTE * 5,
            (Item::Weather(city), _) => {
                let expires = snapshot.weather(city).and_then(|held| held.expires());
                let due = expires
                    .filter(|expires| *expires > now)
                    .unwrap_or(now + MINUTE * 30);
                due.min(now + LONGEST)
            }
        }
    }

    /// In three hours, or when the bank's day turns: then other rates are in force.
    fn midnight_or(self, now: DateTime<Utc>, interval: TimeDelta) -> DateTime<Utc> {
        (now + interval).min(day::end(day::of(now, self.zone), self.zone) + MINUTE)
    }
}

/// When what is held is looked at again: once the bank has stood by its word, and then every half hour.
fn again(memory: &Memory, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let again = memory.holds().iter().map(|hold| {
        let stood_by = hold.since.min(now) + STANDS_BY + TimeDelta::seconds(5);
        if stood_by > now {
            stood_by
        } else {
            now + MINUTE * 30
        }
    });
    again.min()
}

/// The time of an item, or of what is held, where it is of rates.
fn earlier(item: &Item, at: DateTime<Utc>, held: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let held = held.filter(|_| matches!(item, Item::Rates | Item::Next));
    held.map_or(at, |held| held.min(at))
}

/// The bank publishes the dollar at 15:30 and the rest at 16:00, on working days, for the next: every ten minutes until
/// five, every half hour until eight, and otherwise every three hours, because a holiday may be moved to a Saturday.
fn next_publication(known: bool, good: bool, now: DateTime<Utc>) -> DateTime<Utc> {
    let local = now.with_timezone(&NationalBankKz::ZONE);
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    let working = !matches!(local.weekday(), Weekday::Sat | Weekday::Sun);
    let publishing = working && (at(15, 30)..at(17, 0)).contains(&local.time());
    let evening = working && (at(17, 0)..at(20, 0)).contains(&local.time());
    let interval = if publishing && !known {
        MINUTE * 10
    } else if !good {
        MINUTE * 20
    } else if evening && !known {
        MINUTE * 30
    } else {
        LONGEST
    };
    let opening =
        day::start(local.date_naive(), NationalBankKz::ZONE) + TimeDelta::hours(15) + MINUTE * 31;
    let next = now + interval;
    if working && now < opening {
        next.min(opening)
    } else {
        next
    }
}

/// Up to a tenth of the interval, five minutes at most: later, never earlier.
fn jitter(interval: TimeDelta) -> TimeDelta {
    let most = (interval.num_milliseconds() / 10).clamp(1, LONGEST_JITTER.num_milliseconds());
    TimeDelta::milliseconds(fastrand::i64(0..most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[track_caller]
    fn assert_next(known: bool, good: bool, now: &str, expected: &str) {
        assert_eq!(next_publication(known, good, time(now)), time(expected));
    }

    #[test]
    fn the_publication_is_awaited_when_the_bank_publishes() {
        // Thursday in Astana, UTC+5.
        assert_next(false, true, "2026-04-02T06:00:00Z", "2026-04-02T09:00:00Z");
        assert_next(false, true, "2026-04-02T09:00:00Z", "2026-04-02T10:31:00Z");
        assert_next(false, true, "2026-04-02T10:31:00Z", "2026-04-02T10:41:00Z");
        assert_next(true, true, "2026-04-02T10:41:00Z", "2026-04-02T13:41:00Z");
        assert_next(false, true, "2026-04-02T12:00:00Z", "2026-04-02T12:30:00Z");
        assert_next(true, true, "2026-04-02T12:00:00Z", "2026-04-02T15:00:00Z");
        assert_next(false, false, "2026-04-02T10:31:00Z", "2026-04-02T10:41:00Z");
        assert_next(false, false, "2026-04-02T12:00:00Z", "2026-04-02T12:20:00Z");
    }

    #[test]
    fn weekends_are_quiet() {
        assert_next(false, true, "2026-04-04T10:31:00Z", "2026-04-04T13:31:00Z");
    }

    const CALENDAR: Calendar = Calendar {
        zone: NationalBankKz::ZONE,
        awaits_national_bank: true,
    };

    #[test]
    fn rates_are_asked_for_at_the_banks_midnight() {
        let three_hours = TimeDelta::hours(3);
        for (now, next) in [
            ("2026-04-02T18:00:00Z", "2026-04-02T19:01:00Z"),
            ("2026-04-02T06:00:00Z", "2026-04-02T09:00:00Z"),
        ] {
            assert_eq!(CALENDAR.midnight_or(time(now), three_hours), time(next));
        }
        let moscow = Calendar {
            zone: chrono_tz::Europe::Moscow,
            ..CALENDAR
        };
        assert_eq!(
            moscow.midnight_or(time("2026-04-02T20:00:00Z"), three_hours),
            time("2026-04-02T21:01:00Z")
        );
    }

    #[test]
    fn a_restart_does_not_ask_again() {
        let (now, sample) = (Snapshot::SAMPLE_TIME, Snapshot::sample());
        let [astana, oral] = ["astana", "oral"].map(|city| Item::Weather(city.parse().unwrap()));
        let items = [Item::Rates, Item::Next, astana, oral.clone()];
        let schedule = Schedule::new(&items, CALENDAR, &sample, &Memory::default(), now);
        assert_eq!(schedule.due(now), [oral]);
        assert_eq!(schedule.due(now + TimeDelta::hours(6)).len(), 4);
        assert_eq!(
            schedule.due(now - TimeDelta::days(400)).len(),
            4,
            "a clock that was set back"
        );
    }

    #[test]
    fn a_server_that_starts_before_its_network_asks_again_soon() {
        let now = time("2026-04-02T06:00:00Z");
        assert_eq!(
            CALENDAR.after(&Item::Rates, Last::Failed, &Snapshot::default(), now),
            now + MINUTE * 2
        );
        assert_eq!(
            CALENDAR.after(&Item::Rates, Last::Failed, &Snapshot::sample(), now),
            now + MINUTE * 20
        );
    }

    #[test]
    fn jitter_only_delays() {
        for minutes in [0, 1, 10, 180] {
            let delay = jitter(MINUTE * minutes);
            assert!(delay >= TimeDelta::zero() && delay <= MINUTE * 5);
        }
    }
}
