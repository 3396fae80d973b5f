//! The effects of an engine, carried out on Tokio: requests, saves, reports.
//!
//! The engine decides and the driver does. A refresh is a loop between the two, until the engine reports:
//!
//! ```text
//! Event::Refresh ─► engine ─► Effect::Ask …  ─► transport ───────► Event::Answered ─┐
//!                     ▲  └──► Effect::Save   ─► blocking thread ─► Event::Saved ────┤
//!                     │  └──► engine.wake()  ─► timer ───────────► Event::Wake ─────┤
//!                     │  └──► Effect::Report: the end                               │
//!                     └─────────────────────────────────────────────────────────────┘
//! ```
//!
//! # What must hold
//!
//! - **The engine's lock is short.** It is held while the engine acts and its snapshot is published ([`Shared::with`]), and never across an `await`,
//!   a request, a save or the host's hook, which may call the ticker.
//! - **Snapshots are published in the order in which the engine chooses them**, because that happens under its lock.
//! - **One refresh at a time** (`refreshing`). Others wait for their turn up to the deadline, and report an obstacle then.
//! - **One save at a time** (`saving`), also of one whose deadline has passed: the thread that writes keeps the turn. Records are taken out of the
//!   engine when a save begins and come back if it fails, so that the next one has them; a store that got some of them twice has them once.
//! - **Events are taken in a fixed order** (`biased`), so that a simulation on a paused clock is the same twice.
//! - **A panic of the host's code does not stop the loop.** That of the hook and of the store are caught at the call, that of a source by the loop,
//!   which puts the item off. Locks are taken over when poisoned: the engine's records are sets, and the snapshot is replaced whole.

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

/// The time that has passed for an engine, which measures pauses and budgets by it and not by the wall clock, because a clock may be set.
///
/// It starts at zero and never goes back. A ticker that is refreshed by several runtimes one after the other adds up the time of each.
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

    /// The present instant: the host's clock, within the range of a ledger, and the time that has passed.
    pub(super) fn moment(&self) -> Moment {
        Moment {
            clock: day::clamp((self.clock)()),
            passed: self.passed(),
        }
    }

    /// Lets the engine act, and publishes the snapshots in the order in which it chooses them. Effects that take no time are carried out after the
    /// lock is released.
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

    /// Refreshes items within the deadline. Other refreshes wait for their turn. `at` is the time of the refresh: the clock of all its events, so
    /// that one refresh has one time however long its requests take.
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

    /// Saves the records until a deadline, off the runtime's threads, because a disk may be slow. Without a store it does nothing.
    ///
    /// # Errors
    ///
    /// If the store returns one or panics, if an earlier save is still under way at the deadline, or if this one is. A save that is late may still
    /// succeed.
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
