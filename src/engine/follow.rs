//! The clock: a new day, and a clock that was set back. No other file handles one that is wrong.
//!
//! A clock that steps back by more than five minutes has made instants that lie ahead: due times, cool-downs, expiries, budgets, refreshes under way,
//! records. The first ones are moved by the step, so that each lasts as long as before. Records are set aside (`aside`). A step forward needs no
//! handling: what is due is due.
//!
//! After a step from 12:00 back to 10:00:
//!
//! | noted by the clock | before | after |
//! |---|---|---|
//! | the end of a cool-down | 12:10 | 10:10 |
//! | the expiry of an answer that was received at 11:50 | 12:20 | 10:20 |
//! | a request that the budget has counted at 11:30 | until 12:30 | until 10:30 |
//! | the due time of an item | 14:30 | at once: no due time is more than three hours and five minutes ahead; an earlier one stays |
//! | the instant of the refresh under way, and of an exchange | 12:00 | 10:00, so that its answers are records of the present |
//! | a record that was seen from 09:00 to 12:00 | in the ledger | as seen at 09:00; the whole record is set aside |
//! | a record that was first seen at 11:00 | in the ledger | set aside |
//! | the guard's checkpoint, a day old or older | in use | in use; one that is more than ten minutes ahead is forgotten, and all records are judged again |
//! | the days of a back-fill that have failed | due at 12:40 | due at once |
//! | the records that were read from the shared store | known | read again |

use chrono::{DateTime, TimeDelta, Utc};

use super::clock::Passed;
use super::core::Engine;
use crate::day;
use crate::weather::City;

impl Engine {
    /// Reads the clock, and chooses the snapshot again if that may change it. Called at the start, at each tick, and at the beginning of a refresh
    /// and an exchange, and not for each answer.
    pub(super) fn follow_clock(&mut self, now: DateTime<Utc>) {
        let before = self.clock.latest();
        let passed = self.clock.read(now, self.passed);
        let by_all = self.clock.by_store(now);
        self.held.set_aside.begin(self.passed);
        let mut has_come = self.held.awaits();
        match passed {
            Passed::Little => return,
            Passed::Period => has_come |= self.take_back(by_all),
            Passed::SetBack(by) => {
                self.set_back(now, by);
                self.held.set_future_aside(by_all, self.passed);
            }
        }
        let events = self.held.judge(&self.bank, now);
        // Without a new record, other rates follow only from another day. So does other weather, if it is of one service.
        let is_same_day = |zone| before.map(|at| day::of(at, zone)) == Some(day::of(now, zone));
        if events.is_none() && !has_come && is_same_day(self.bank.zone) {
            self.show(|engine, snapshot| {
                let has_choice = |city: &&City| {
                    engine.held.records.services(city.id()) > 1 || !is_same_day(city.zone())
                };
                engine.choose_weather(snapshot, engine.cities.iter().filter(has_choice), now);
            });
        } else {
            self.show_all(now);
        }
        self.tell_of(events.unwrap_or_default(), now);
    }

    /// Moves the instants that the clock had noted before it was set back by `by`, to `now`. A due time of the schedule that is near stays.
    fn set_back(&mut self, now: DateTime<Utc>, by: TimeDelta) {
        let feeds = [&mut self.rates, &mut self.newest].into_iter();
        let chains = feeds.chain(&mut self.witnesses);
        chains.for_each(|chain| chain.set_back(now, by));
        self.weather.set_back(now, by);
        self.budgets.set_back(now, by);
        if let Some(fill) = &mut self.fill {
            fill.set_back(now, by);
        }
        if let Some(schedule) = &mut self.schedule {
            schedule.set_back(now);
        }
        if let Some(refresh) = &mut self.refresh {
            refresh.set_back(by);
        }
        if let Some(exchange) = &mut self.fleet.exchange {
            exchange.set_back(by);
        }
        self.held.set_back(now);
        self.fleet.clear();
    }
}
