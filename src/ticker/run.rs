//! The loop that refreshes what is due, for one server or for a fleet.
//!
//! Each turn passes a tick to the engine, refreshes what it says is due, and sleeps until the next item is due, at most [`LONGEST_TICK`]. In a fleet
//! a second loop exchanges records beside it ([`Shared::follow`]), and what is due first needs a lease ([`Purpose::Admit`]). Both loops are futures
//! of one task: the host cancels both by dropping it, at any `await`. A refresh that is cancelled leaves what it has published and saved, and the
//! next ticker begins with that.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::FutureExt as _;

use super::{Item, Report, Shared, Ticker};
use crate::engine::{Effect, Event, Purpose};

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
        if self.shared.is_fixed {
            return std::future::pending().await;
        }
        let Some(fleet) = &self.shared.fleet else {
            return self.keep_fresh().await;
        };
        self.shared.exchange(fleet, Purpose::CatchUp).await;
        tokio::select! {
            // Never by chance which is first: a simulation is the same twice.
            biased;
            never = self.shared.follow(fleet) => never,
            never = self.keep_fresh() => never,
        }
    }

    async fn keep_fresh(&self) -> Infallible {
        let shared = &self.shared;
        shared.on(Event::Start, shared.moment());
        loop {
            for (items, is_sparing) in shared.due().await {
                shared.refresh_due(items, is_sparing).await;
            }
            let now = shared.moment();
            let pause = shared.engine().pause(now.clock).unwrap_or(LONGEST_TICK);
            tokio::time::sleep(pause.min(LONGEST_TICK)).await;
        }
    }
}

/// A clock may be set, and a machine may sleep.
const LONGEST_TICK: Duration = Duration::from_secs(30);

impl Shared {
    /// The items that this server is to request, each with whether it is sparing.
    async fn due(&self) -> Vec<(Vec<Item>, bool)> {
        let mut due = Vec::new();
        for effect in self.on(Event::Tick, self.moment()) {
            match (effect, &self.fleet) {
                (Effect::Due { items, is_sparing }, _) => due.push((items, is_sparing)),
                (Effect::Admit, Some(fleet)) => {
                    due.extend(self.exchange(fleet, Purpose::Admit).await);
                }
                _ => {}
            }
        }
        due
    }

    async fn refresh_due(&self, items: Vec<Item>, is_sparing: bool) {
        let at = self.moment().clock;
        // Nothing half done outlives a panic: the snapshot is replaced whole, and a lock is taken over.
        let refresh = AssertUnwindSafe(self.refresh(items.clone(), is_sparing, at)).catch_unwind();
        let report = refresh.await.unwrap_or_else(|_| {
            let obstacle = "a source or a store of the site's own panicked";
            let report = Report::obstructed(at, obstacle.into());
            // The clock may have been set meanwhile.
            let now = self.moment().clock;
            self.with(|engine| engine.put_off(items.clone(), TimeDelta::minutes(5), now));
            report
        });
        if report.obstacle.is_some() {
            let now = self.moment().clock;
            self.with(|engine| engine.pass_on(&items, now));
        }
        self.tell(&report);
    }
}
