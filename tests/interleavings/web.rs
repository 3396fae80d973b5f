//! The parts of `masthead::web` that requests share, with the primitives of `sync.rs`, and their models.

#[path = "../../src/web/slot.rs"]
mod slot;
#[path = "slots.rs"]
pub(super) mod slots;
#[path = "streams.rs"]
pub(super) mod streams;
#[path = "../../src/web/subscribers.rs"]
mod subscribers;
#[path = "sync.rs"]
mod sync;
