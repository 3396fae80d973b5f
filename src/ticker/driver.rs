//! The effects of an engine, carried out on Tokio: requests, saves, reports.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{Item, Report, Shared, Store, StoreError};
use crate::day;
use crate::engine::{Effect, Engine, Event, Moment};
use crate::fetch::{BoxFuture, send};
use crate::text::WithCauses;

/// The time for writing the records of another server.
const FOR_KEEPING: Duration = Duration::from_secs(1);

/// The time that has passed for an engine.
#[derive(Clone, Default)]
pub(super) struct Watch {
    passed: Duration,
    /// When it was read last. The next reading may be on another runtime, whose time may stand still or be behind.
    read: Option<Instant>,
}

impl Watch {
    fn read(&mut self) -> Duration {
        let now = Instant::now();
        let since = self.read.replace(now);
        self.passed += since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        self.passed
    }
}

impl Shared {
    /// The engine, to read from it.
    pub(super) fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time that has passed, for a ticker that goes on from this one.
    pub(super) fn watch(&self) -> Watch {
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.clone()
    }

    /// The time that has passed.
    pub(super) fn passed(&self) -> Duration {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.read()
    }

    /// The present instant.
    pub(super) fn moment(&self) -> Moment {
        Moment {
            clock: day::clamp((self.clock)()),
            passed: self.passed(),
        }
    }

    /// Lets the engine act, and publishes the snapshots in the order in which it chooses them.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Engine) -> T) -> T {
        let (outcome, effects) = {
            let mut engine = self.engine();
            let outcome = act(&mut engine);
            let after = engine.snapshot();
            // With the published one: a panic may have come between choosing and publishing.
            if !Arc::ptr_eq(&self.cell.load().to_arc(), after) {
                self.cell.publish(Arc::clone(after));
            }
            (outcome, engine.take_effects())
        };
        for effect in effects {
            self.carry_out(effect);
        }
        outcome
    }

    /// Passes an event to the engine. Returns what takes time.
    pub(super) fn on(&self, event: Event, now: Moment) -> Vec<Effect> {
        let effects = self.with(|engine| engine.on(event, now));
        effects
            .into_iter()
            .filter_map(|effect| self.carry_out(effect))
            .collect()
    }

    /// Does what takes no time, and returns the rest.
    pub(super) fn carry_out(&self, effect: Effect) -> Option<Effect> {
        match effect {
            Effect::Decided(report) => {
                report.trace();
                self.tell(&report);
            }
            Effect::Share => {
                if let Some(fleet) = &self.fleet {
                    fleet.wake();
                }
            }
            Effect::Fleet(event) => {
                if let Some(fleet) = &self.fleet {
                    event.trace(fleet.node());
                }
            }
            Effect::Dropped { city, reason } => {
                tracing::warn!(target: "masthead", %city, reason, "the stored weather is dropped");
            }
            effect @ (Effect::Ask { .. }
            | Effect::Save { .. }
            | Effect::Due { .. }
            | Effect::Admit
            | Effect::Call { .. }
            | Effect::Keep
            | Effect::Report(_)) => return Some(effect),
        }
        None
    }

    /// Refreshes items within the deadline. Others wait for their turn.
    pub(super) async fn refresh(
        &self,
        items: Vec<Item>,
        is_sparing: bool,
        at: DateTime<Utc>,
    ) -> Report {
        let begun = Instant::now();
        let Ok(_turn) = timeout(self.deadline, self.refreshing.lock()).await else {
            let obstacle = "another refresh did not end within the deadline";
            return Report::obstructed(at, obstacle.into());
        };
        let moment = || Moment {
            clock: at,
            passed: self.passed(),
        };
        let event = Event::Refresh {
            items,
            time: self.deadline.saturating_sub(begun.elapsed()),
            is_sparing,
        };
        let mut effects = self.on(event, moment());
        let mut under_way: FuturesUnordered<BoxFuture<'_, Event>> = FuturesUnordered::new();
        loop {
            for effect in effects {
                match effect {
                    Effect::Ask {
                        ticket,
                        request,
                        time,
                    } => under_way.push(Box::pin(async move {
                        let received = send(&*self.transport, request, time).await;
                        Event::Answered { ticket, received }
                    })),
                    Effect::Save { time } => under_way.push(Box::pin(async move {
                        Event::Saved(self.save(Instant::now() + time).await)
                    })),
                    Effect::Report(report) => {
                        report.trace();
                        return report;
                    }
                    _ => {}
                }
            }
            let wake = self.engine().wake();
            if wake.is_none() && under_way.is_empty() {
                return Report::obstructed(at, "another refresh began".into());
            }
            let pause = wake.map_or(self.deadline, |wake| wake.saturating_sub(self.passed()));
            let event = tokio::select! {
                // Never by chance which is first: a simulation is the same twice.
                biased;
                Some(event) = under_way.next() => event,
                () = sleep(pause) => Event::Wake,
            };
            effects = self.on(event, moment());
        }
    }

    /// Keeps what an operator has approved.
    pub(super) async fn keep(&self) -> Result<(), StoreError> {
        self.save_beside().await
    }

    /// Keeps what another server read across restarts.
    pub(super) async fn keep_adopted(&self) {
        if let Err(error) = self.save_beside().await {
            let error = WithCauses(&error).to_string();
            tracing::error!(target: "masthead", error, "store");
            self.with(|engine| engine.note_store(error));
        }
    }

    /// Saves without a refresh.
    async fn save_beside(&self) -> Result<(), StoreError> {
        let result = self.save(Instant::now() + FOR_KEEPING).await;
        self.with(|engine| engine.note_saved(result.is_ok()));
        result
    }

    /// Saves the records until a deadline, off the runtime's threads, because a disk may be slow.
    async fn save(&self, deadline: Instant) -> Result<(), StoreError> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        // One save at a time: of a store that hangs there is one thread and one copy of the records, however many refreshes pass.
        let saving = Arc::clone(&self.saving).lock_owned();
        let Ok(turn) = timeout_at(deadline, saving).await else {
            return Err(StoreError::new(
                "the state was not kept: an earlier save is still under way",
            ));
        };
        let store: Arc<dyn Store> = Arc::clone(store);
        let news = self.with(Engine::take_unwritten);
        let engine = Arc::clone(&self.engine);
        // If the caller gives up, the records are still taken back.
        let writing = tokio::task::spawn_blocking(move || {
            let result = catch_unwind(AssertUnwindSafe(|| store.save(&news)));
            if !matches!(result, Ok(Ok(()))) {
                // The store may have written some of it: a record that is written twice is one.
                let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
                engine.not_written(&news);
            }
            drop(turn);
            result.unwrap_or_else(|panic| resume_unwind(panic))
        });
        match timeout_at(deadline, writing).await {
            Ok(Ok(result)) => result,
            Ok(Err(cause)) => Err(StoreError::new("the state was not kept").caused_by(cause)),
            Err(_) => Err(StoreError::new(
                "the state was not kept in time; the store may still be writing",
            )),
        }
    }
}
