//! The loop that refreshes what is due, by itself or for a fleet.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;

use super::calendar::Calendar;
use super::fleet::Admission;
use super::schedule::Schedule;
use super::{Item, Report, Shared, Ticker};
use crate::day;
use crate::provenance::SourceId;

impl Ticker {
    /// Refreshes each item when it is due, without end. The host spawns it on a Tokio runtime with time and I/O, and drops it to stop.
    ///
    /// It follows the bank's publication times, honours each source's `Expires` and `Retry-After`, and adds random jitter, so that many servers do not
    /// send requests in the same second. Reports go to [`TickerBuilder::on_report`](super::TickerBuilder::on_report). A panic in a source or store of
    /// a site's own is reported, and the item is tried again five minutes later; a panic in the hook is ignored.
    ///
    /// Of servers that share a store one sends the requests for all; the others show its data within a second.
    ///
    /// ```no_run
    /// # use masthead::Ticker;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
    /// let background = ticker.clone();
    /// tokio::spawn(async move { background.run().await });
    /// # Ok(()) }
    /// ```
    pub async fn run(&self) -> Infallible {
        match &self.shared.fleet {
            None => self.keep_fresh().await,
            Some(fleet) => {
                self.shared.exchange(fleet).await;
                tokio::select! {
                    // Never by chance which is first: a simulation is the same twice.
                    biased;
                    never = self.shared.follow(fleet) => never,
                    never = self.keep_fresh() => never,
                }
            }
        }
    }

    async fn keep_fresh(&self) -> Infallible {
        let shared = &self.shared;
        let now = || day::clamp((shared.clock)());
        let mut schedule = Schedule::new(
            &shared.items(),
            shared.calendar(),
            &shared.cell.load(),
            shared.held().memory(),
            now(),
        );
        loop {
            shared.log().last_tick = Some(now());
            shared.follow_clock(now());
            let admission = shared.due(&mut schedule, now()).await;
            let turns = [(admission.ask, false), (admission.ask_sparingly, true)];
            for (items, is_sparing) in turns {
                if !items.is_empty() {
                    shared.budgets.spare(is_sparing);
                    self.refresh_due(&mut schedule, items, now()).await;
                }
            }
            // A short tick, because a wall clock may jump and a machine may sleep.
            tokio::time::sleep(schedule.pause(now())).await;
        }
    }

    async fn refresh_due(&self, schedule: &mut Schedule, items: Vec<Item>, at: DateTime<Utc>) {
        let shared = &self.shared;
        // Nothing half done outlives a panic: the snapshot is replaced whole, and a lock is taken over.
        let refresh = AssertUnwindSafe(shared.refresh(items.clone(), at)).catch_unwind();
        let report = refresh.await.unwrap_or_else(|_| {
            schedule.put_off(items.clone(), TimeDelta::minutes(5), at);
            Report::obstructed(at, "a source or a store of the site's own panicked".into())
        });
        schedule.learn(&report, &shared.cell.load(), shared.held().memory(), at);
        if let Some(fleet) = &shared.fleet {
            let failed = if report.obstacle.is_some() {
                schedule.left_undone(&items, at)
            } else {
                schedule.failed(&report, at)
            };
            shared.pass_on(fleet, &failed).await;
        }
        shared.tell(&report);
    }
}

/// From so many cities on they share the budget of their service by turns.
const MANY_CITIES: usize = 30;

impl Shared {
    /// What is due, and who asks for it.
    async fn due(&self, schedule: &mut Schedule, now: DateTime<Utc>) -> Admission {
        let Some(fleet) = &self.fleet else {
            return Admission::all(schedule.due(now));
        };
        schedule.follow(&self.cell.load(), self.held().memory(), now);
        if !schedule.due(now).is_empty() {
            // Another server may have read it a moment ago, and then died.
            self.exchange(fleet).await;
            schedule.follow(&self.cell.load(), self.held().memory(), now);
        }
        for item in self.items() {
            if self.is_contradicted(fleet, &item) {
                schedule.hurry(&item, now);
            }
        }
        let admission = self.admit(fleet, schedule.due(now)).await;
        for (item, wait) in &admission.wait {
            schedule.put_off(vec![item.clone()], *wait, now);
        }
        admission
    }

    fn calendar(&self) -> Calendar {
        let awaits_national_bank = self.newest.first_id() == Some(SourceId::NATIONAL_BANK_KZ);
        let cities = self.cities.len();
        let service = self.weather.first_id();
        let of_each_city = service.map(|service| self.budgets.share(&service, cities));
        // Of a few cities each is asked for when its answer expires: the budget has room for that.
        let of_each_city = of_each_city.filter(|_| cities >= MANY_CITIES);
        Calendar {
            zone: self.bank.zone,
            awaits_national_bank,
            of_each_city: of_each_city.unwrap_or_default(),
        }
    }
}
