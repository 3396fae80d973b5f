//! The integration tests, in one binary so that the crate is linked once.

mod banks;
mod bench;
mod blocking;
mod canary;
mod chain;
mod fleet;
mod floors;
mod forecast;
mod frankfurter;
mod guard;
mod gzip;
mod health;
mod hostile;
mod keeping;
mod met_norway;
mod money;
mod national_bank_kz;
mod open_meteo;
mod restart;
mod run;
mod second_route;
mod server;
mod sharing;
mod simulation;
mod snapshot;
mod store;
mod strip;
mod support;
mod ticker;
mod traits;
mod transport;
mod validators;
mod weather;
#[cfg(feature = "web")]
mod web;
mod world;
