//! The guard: surprising values are quarantined, and shown only on evidence.
// Hundredths are separated: 475_09 is 475.09 tenge.
#![allow(clippy::inconsistent_digit_grouping)]

mod ages;
pub(crate) mod bank_site;
mod changes;
mod corrections;
pub(crate) mod history;
mod hold_words;
mod kyrgyz_site;
mod operator;
mod parts;
mod row_errors;
mod shocks;
pub(crate) mod synthetic_market;
mod true_moves;
mod unconfirmed;
mod weekly_list;
mod witnesses;
