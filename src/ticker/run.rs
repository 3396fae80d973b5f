//! The loop that refreshes what is due, by itself or for a fleet.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;

use super::fleet::Admission;
use super::{Item, Report, Shared, Ticker};
use crate::day;
use crate::engine::{Effect, Event, Moment};

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
        shared.send(Event::Start, now());
        loop {
            let due = shared.send(Event::Tick, now());
            let admission = shared.admission(due, now()).await;
            let turns = [(admission.ask, false), (admission.ask_sparingly, true)];
            for (items, is_sparing) in turns {
                if !items.is_empty() {
                    shared.refresh_due(items, is_sparing, now()).await;
                }
            }
            let clock = now();
            let pause = shared.engine().pause(clock).unwrap_or(LONGEST_TICK);
            tokio::time::sleep(pause.min(LONGEST_TICK)).await;
        }
    }
}

/// The longest time between two ticks, because a wall clock may jump and a machine may sleep.
const LONGEST_TICK: Duration = Duration::from_secs(30);

impl Shared {
    /// Passes an event between two refreshes to the engine. Returns the items that are due.
    fn send(&self, event: Event, clock: DateTime<Utc>) -> Vec<Item> {
        let passed = self.engine().passed();
        let effects = self.on(event, Moment { clock, passed });
        let due = effects.into_iter().filter_map(|effect| match effect {
            Effect::Due(items) => Some(items),
            _ => None,
        });
        due.flatten().collect()
    }

    async fn refresh_due(&self, items: Vec<Item>, is_sparing: bool, at: DateTime<Utc>) {
        // Nothing half done outlives a panic: the snapshot is replaced whole, and a lock is taken over.
        let refresh = AssertUnwindSafe(self.refresh(items.clone(), is_sparing, at)).catch_unwind();
        let report = refresh.await.unwrap_or_else(|_| {
            let obstacle = "a source or a store of the site's own panicked";
            let report = Report::obstructed(at, obstacle.into());
            self.with(|engine| engine.put_off(items.clone(), TimeDelta::minutes(5), at));
            report
        });
        if let Some(fleet) = &self.fleet {
            let failed = if report.obstacle.is_some() {
                self.engine().left_undone(&items, at)
            } else {
                self.engine().failed(&report, at)
            };
            self.pass_on(fleet, &failed).await;
        }
        self.tell(&report);
    }

    /// Who asks for what is due.
    async fn admission(&self, due: Vec<Item>, now: DateTime<Utc>) -> Admission {
        let Some(fleet) = &self.fleet else {
            return Admission::all(due);
        };
        if !due.is_empty() {
            // Another server may have read it a moment ago, and then died.
            self.exchange(fleet).await;
        }
        let items = self.engine().items();
        let contradicted = items.iter();
        let contradicted = contradicted.filter(|item| self.is_contradicted(fleet, item));
        let contradicted: Vec<&Item> = contradicted.collect();
        let due = self.with(|engine| {
            // What another server has read is not due.
            engine.due(now);
            contradicted
                .into_iter()
                .for_each(|item| engine.hurry(item, now));
            engine.due(now)
        });
        let admission = self.admit(fleet, due).await;
        self.with(|engine| {
            for (item, wait) in &admission.wait {
                engine.put_off(vec![item.clone()], *wait, now);
            }
        });
        admission
    }
}
