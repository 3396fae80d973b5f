//! The server as a process: hostile clients on bare sockets, crowds, and its end.

mod crowd;
mod ending;
mod fleet;
mod hostile;
mod log;
mod quarantine;
mod settings;
mod support;
mod upstream;
