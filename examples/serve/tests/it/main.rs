//! The server as a process: hostile clients, connection limits, shutdown, settings, quarantine, a shared Redis.

mod connection_limits;
mod fleet;
mod hostile;
mod log;
mod quarantine;
mod settings;
mod shutdown;
mod support;
mod upstream;
