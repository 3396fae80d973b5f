//! Every decision, without I/O: the schedule, the order of the sources, the guard, the choice of what is shown, the health.
//!
//! [`Engine::on`] takes in an [`Event`] and returns [`Effect`]s. No file here reads a clock, waits, locks, or touches a network or a disk, which
//! `tests/it/layers.rs` checks.

mod adopt;
mod aside;
mod bank;
mod banks;
mod calendar;
mod clock;
mod core;
mod event;
mod exchange;
mod fill;
mod filling;
mod fleet;
mod follow;
mod forecasts;
mod guard;
mod health;
mod held;
mod lease;
mod log;
mod names;
mod rates;
mod records;
mod refresh;
mod report;
mod schedule;
mod shared;
mod show;
mod state;
mod steps;
mod store_error;
mod successor;
mod turns;
mod usual;
mod witness;

pub use bank::Bank;
pub use core::Engine;
pub(crate) use core::Settings;
pub use event::{Effect, Event, Moment, Ticket};
pub use fleet::{
    Ask, FleetEvent, FleetHealth, Hint, Lease, Leases, Purpose, SharedChange, SharedRecord,
    SharedRecords, SharedText, StoreCall, StoreReply, TopicHealth, Wish,
};
pub(crate) use guard::Memory;
pub use guard::{Evidence, GuardEvent, HeldRow, Hold, HoldId, HoldReason, Refusal};
pub use health::{Health, ItemHealth, SourceHealth};
pub use log::SourceFailure;
pub use names::{Node, Topic};
pub use report::{Entry, Item, Report};
pub use state::State;
pub use store_error::StoreError;
pub use witness::Witness;
