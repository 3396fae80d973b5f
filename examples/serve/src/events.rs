//! What the ticker tells of the servers it shares a store with, as lines of the log.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Writes what `masthead` says of its fleet: who asks upstream, and that the store went away or came back.
///
/// What it says of sources is in its reports, which are logged by themselves.
pub(crate) struct Events {
    log: fn(&str),
}

impl Events {
    pub(crate) const fn to(log: fn(&str)) -> Self {
        Self { log }
    }
}

impl Subscriber for Events {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // All that is of a fleet names the node.
        let is_of_a_fleet = || metadata.fields().field("node").is_some();
        metadata.target() == "masthead" && *metadata.level() <= Level::INFO && is_of_a_fleet()
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        (self.log)(&format!("{}{}", line.message, line.fields));
    }

    // There are no spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// An event: what is said, and then of what.
#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a text does not fail.
        _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            // Each line is of this server.
            "node" => Ok(()),
            name => write!(self.fields, ", {name}: {value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use super::*;

    static LOGGED: Mutex<Vec<String>> = Mutex::new(Vec::new());

    fn log(line: &str) {
        let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
        logged.push(line.to_owned());
    }

    #[test]
    fn what_is_of_the_fleet_is_a_line() {
        tracing::subscriber::with_default(Events::to(log), || {
            let (node, topic) = ("web-1.x", "weather:astana");
            tracing::info!(target: "masthead", %node, %topic, leader = %"web-2.y", "who asks upstream");
            tracing::warn!(target: "masthead", node, error = "no connection", "the shared store is away");
            tracing::debug!(target: "masthead", node, "too much to tell");
            tracing::warn!(target: "masthead", item = "rates", "no reading");
            tracing::warn!(target: "another", node, "not ours");
        });
        assert_eq!(
            *LOGGED.lock().unwrap(),
            [
                "who asks upstream, topic: weather:astana, leader: web-2.y",
                "the shared store is away, error: no connection",
            ]
        );
    }
}
