//! Every decision, without I/O: the schedule, the order of the sources, the guard, the choice of what is shown, the health.
//!
//! [`Engine::on`] takes in an [`Event`] and returns [`Effect`]s. No file here reads a clock, waits, locks, or touches a network or a disk, which
//! `tests/it/layers.rs` checks.
//!
//! # One refresh
//!
//! 1. [`Event::Tick`]: `schedule` and `calendar` say which items are due. In a fleet `lease` decides which of them this server requests.
//! 2. [`Event::Refresh`]: `steps` begins a search for each item ([`refresh`] holds them as values), and each search asks for requests
//!    ([`Effect::Ask`]) until a source has given a reading, or all have failed.
//! 3. [`Event::Answered`]: the decoder of the source has read the response. `rates` and `forecasts` make a record of it; `guard` judges it; `show` asks
//!    the ledger for the snapshot of now, and publishes it. If a number is in doubt, `rates` begins a search for each witness.
//! 4. Once every item has its entry, or the deadline has passed, the new records are to be written ([`Effect::Save`]) and the report is passed on
//!    ([`Effect::Report`]). `schedule` learns from it when each item is due again.
//!
//! An answer to a request of an earlier refresh carries a [`Ticket`] of that refresh and is dropped.
//!
//! # The state
//!
//! | file | holds |
//! |---|---|
//! | `held` | the ledger, the fold of the guard, the records that are not written yet, the records set aside |
//! | `schedule` | the due time of each item, and up to when its outcome is known |
//! | `log` | what the health repeats of past reports |
//! | `fleet` | what the shared store had when it was read last, the leases, the contact with it |
//! | `fill`, `filling` | the plan of a back-fill: the days that are requested next |
//!
//! Instants by the clock may jump; `clock` and `follow` handle that for all of them, and nothing else does. Deadlines count by the time that
//! always passes ([`Moment::passed`]).

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
