//! The back-fill: earlier days requested one after the other, against servers with faults.

mod answers;
mod host;
mod replay;
mod server;
