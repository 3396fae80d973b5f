//! The integration tests, as one binary, so that the crate is linked once.

mod arrows;
mod banks;
mod blocking;
mod chain;
mod engine;
mod fake_hosts;
mod fake_upstream;
mod fallback_route;
mod faults;
mod file_store;
mod fill;
mod fleet;
mod forecast;
mod frankfurter;
mod guard;
mod gzip;
mod health;
mod hostile;
mod invalid_settings;
#[cfg(feature = "jiff")]
mod jiff;
mod last_good;
mod layers;
mod ledger;
mod met_norway;
mod money;
mod national_bank_kz;
mod open_meteo;
#[cfg(feature = "prose")]
mod prose;
#[cfg(feature = "annotate")]
mod readme;
mod reload;
mod restart;
mod schedule;
mod scripted_chain;
mod scripted_server;
mod secrets;
mod shared_store;
mod simulation;
mod snapshot;
mod strip;
mod support;
mod ticker;
mod traits;
mod transport;
mod validators;
mod weather;
#[cfg(feature = "web")]
mod web;
