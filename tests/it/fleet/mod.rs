//! A fleet.

mod model;
mod server;
mod store;
mod trouble;
