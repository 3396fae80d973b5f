//! The server as a process: annotated articles, hostile clients, connection limits, shutdown, settings, quarantine, a shared Redis, log, metrics.

mod access;
mod annotate;
mod annotate_limits;
mod clock;
mod connection_limits;
mod fleet;
#[path = "../../../tests/free_port.rs"]
mod free_port;
mod hostile;
mod log;
mod manual;
mod metrics;
mod quarantine;
mod reload;
mod settings;
mod shutdown;
mod support;
mod upstream;
mod vanished;
