//! The integration tests, in one binary so that the crate is linked once.

mod floors;
mod frankfurter;
mod met_norway;
mod money;
mod national_bank_kz;
mod open_meteo;
mod snapshot;
mod strip;
mod support;
mod weather;
