//! The server as a process: annotated articles, hostile clients, connection limits, shutdown, settings, quarantine, a shared Redis, log, metrics,
//! unix sockets, service managers.

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
mod print_config;
mod quarantine;
mod reload;
mod sample;
#[cfg(unix)]
mod service_manager;
mod settings;
mod shutdown;
mod support;
#[cfg(unix)]
mod unix_socket;
mod upstream;
mod vanished;
