//! The guard: what is surprising is held, and shown on evidence alone.
#![allow(clippy::inconsistent_digit_grouping)] // hundredths: 475_09 is 475.09

mod corrections;
pub(crate) mod desk;
pub(crate) mod economy;
mod faults;
mod history;
mod series;
mod shocks;
