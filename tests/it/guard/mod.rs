//! The guard: what is surprising is held, and shown on evidence alone.
// Hundredths are set apart: 475_09 is 475.09 tenge.
#![allow(clippy::inconsistent_digit_grouping)]

mod ages;
mod changes;
mod corrections;
pub(crate) mod desk;
pub(crate) mod economy;
mod faults;
mod history;
mod kyrgyz_site;
mod operator;
mod shocks;
mod true_moves;
mod unconfirmed;
mod weekly_list;
