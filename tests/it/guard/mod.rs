//! The guard: what is surprising is held, and shown on evidence alone.

mod corrections;
pub(crate) mod desk;
pub(crate) mod economy;
mod faults;
mod history;
mod series;
mod shocks;
