//! Writes the ticker's events about its fleet as lines of the log.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// A subscriber for events about leases and the shared store: which node requests an item, and when the store is unreachable or
/// back.
///
/// Other events of `masthead` are dropped: `main` logs the reports about sources.
pub(crate) struct FleetLog {
    log: fn(&str),
}

impl FleetLog {
    pub(crate) const fn to(log: fn(&str)) -> Self {
        Self { log }
    }
}

impl Subscriber for FleetLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Every event about the fleet has the field `node`.
        let names_a_node = || metadata.fields().field("node").is_some();
        metadata.target() == "masthead" && *metadata.level() <= Level::INFO && names_a_node()
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        (self.log)(&format!("{}{}", line.message, line.fields));
    }

    // `masthead` opens no spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// An event as text: the message, then the fields.
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
        // Writing to a string cannot fail.
        _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            // The node is always this server.
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
    fn events_about_the_fleet_become_lines() {
        tracing::subscriber::with_default(FleetLog::to(log), || {
            let (node, topic) = ("web-1.x", "weather:astana");
            tracing::info!(target: "masthead", %node, %topic, leader = %"web-2.y", "who asks upstream");
            tracing::warn!(target: "masthead", node, error = "no connection", "the shared store is away");
            tracing::debug!(target: "masthead", node, "a detail");
            tracing::warn!(target: "masthead", item = "rates", "no reading");
            tracing::warn!(target: "another", node, "another crate");
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
