//! The time from an answer to the next request for its item.
//!
//! It is a table of intervals (chapter *How freshness works*) and two exceptions: the bank's midnight, when other rates are in force, and the
//! afternoon in which the National Bank of Kazakhstan publishes. The answer's own `Expires` bounds the weather. Jitter is added in `schedule`.
//!
//! The next publication of the National Bank, on Thursday, 2 April 2026 (in Astana, UTC+5):
//!
//! | last request | tomorrow's rates | due | because |
//! |---|---|---|---|
//! | 11:00 | not known | 14:00 | three hours |
//! | 14:00 | not known | 15:31 | the bank publishes the dollar at 15:30; a minute later it is there |
//! | 15:31 | not known | 15:41 | every ten minutes until 17:00, within a budget of 12 an hour |
//! | 15:41 | known | 18:41 | three hours |
//! | 17:00 | not known | 17:30 | every half hour until 20:00 |
//! | 17:00 | the request failed | 17:20 | |
//! | Saturday, 15:31 | not known | 18:31 | the intervals of the afternoon are those of working days |

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use super::Item;
use crate::day;
use crate::ledger::TOLERANCE;
use crate::money::{Method, Rates};
use crate::snapshot::{Observed, Snapshot};
use crate::source::NationalBankKz;

/// The facts of the bank's day that decide when an item is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    /// The zone in which the bank counts its days.
    pub(super) zone: Tz,
    /// Whether the newest publication is awaited when the National Bank of Kazakhstan publishes.
    pub(super) awaits_national_bank: bool,
    /// The least time between two requests for a city at which the budget of the first weather service is enough for all.
    pub(super) of_each_city: TimeDelta,
}

/// The outcome of the last attempt at an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// Its first source answered.
    Good,
    /// Another one did.
    Fallback,
    /// None did.
    Failed,
}

const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// The least time between two requests for earlier days.
const PACE: TimeDelta = TimeDelta::seconds(5);
/// The time until the next attempt at an earlier day after a failure. Three failures in a row make the source rest.
pub(super) const AFTER_A_FAILURE: TimeDelta = TimeDelta::minutes(1);
/// The longest time until an item is due again.
pub(super) const LONGEST: TimeDelta = TimeDelta::hours(3);

impl Calendar {
    /// When an item is due again, without jitter. `now` is the instant of the answer, which at a start is that of the snapshot's.
    pub(super) fn after(
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
            (Item::History, Last::Failed) => now + AFTER_A_FAILURE,
            (Item::History, _) => now + PACE,
            (Item::Weather(_), Last::Failed) => now + MINUTE * 5,
            (Item::Weather(city), _) => {
                let expires = snapshot.weather(city).and_then(|held| held.expires());
                let due = expires
                    .filter(|expires| *expires > now)
                    .unwrap_or(now + MINUTE * 30);
                // Sooner, and cities that already had a request would take the turns of those that still wait for theirs.
                due.max(now + self.of_each_city).min(now + LONGEST)
            }
        }
    }

    /// In three hours, or when the bank's day turns: then other rates are in force.
    fn midnight_or(self, now: DateTime<Utc>, interval: TimeDelta) -> DateTime<Utc> {
        (now + interval).min(day::end(day::of(now, self.zone), self.zone) + MINUTE)
    }
}

/// When the item that the snapshot shows was read, and from which of its sources. Returns `None` for a reading of the future, which a page keeps
/// after the clock was set back.
pub(super) fn read(
    item: &Item,
    snapshot: &Snapshot,
    now: DateTime<Utc>,
) -> Option<(DateTime<Utc>, Last)> {
    let rates = snapshot.rates(now);
    let read = match item {
        Item::Rates => rates.map(|held| (held.fetched(), published(held))),
        Item::Next => {
            let held = snapshot.next(now).or(rates)?;
            Some((held.fetched(), Last::Good))
        }
        Item::Weather(city) => Some((snapshot.weather(city)?.fetched(), Last::Good)),
        Item::History => None,
    };
    read.filter(|(fetched, _)| *fetched <= now + TOLERANCE)
}

fn published(rates: &Observed<Rates>) -> Last {
    match rates.value().publication().method {
        Method::Published => Last::Good,
        Method::Computed => Last::Fallback,
    }
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
        of_each_city: TimeDelta::zero(),
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
}
