//! The log: events of `tracing`, written to standard error as lines of text or JSON.
//!
//! Each message of the server is an event with fields. Events of the ticker about its fleet and its files are written as they are; its events about
//! refreshes are left out, because `refreshes` logs the same reports and counts repetitions.

mod queue;

use std::fmt;
use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Registry, fmt::layer};

use crate::config::LogSettings;
use queue::Queue;

pub(crate) use queue::Format;

/// The longest time that the exit waits for the last lines to be read.
pub(crate) const LAST_LINES: Duration = Duration::from_millis(500);
/// The target of the lines about requests.
pub(crate) const ACCESS: &str = "access";

static LOG: OnceLock<Queue> = OnceLock::new();
/// Whether the program has started: a panic no longer ends it.
static STARTED: AtomicBool = AtomicBool::new(false);

/// Starts the log, and redirects panic messages to it.
///
/// # Errors
///
/// If the system provides no thread.
pub(crate) fn start(settings: &LogSettings) -> std::io::Result<()> {
    let queue = Queue::to(std::io::stderr(), settings.format)?;
    // It is started once. Whatever was started before would stay.
    if LOG.set(queue.clone()).is_err() {
        return Ok(());
    }
    // The default hook writes from the thread that panicked, which standard error may block.
    std::panic::set_hook(Box::new(panicked));
    let lines = layer()
        .with_ansi(false)
        .with_target(false)
        .with_timer(Time)
        .log_internal_errors(false)
        .with_writer(queue);
    let subscriber = Registry::default().with(targets(settings.level));
    _ = match settings.format {
        Format::Text => tracing::subscriber::set_global_default(subscriber.with(lines)),
        Format::Json => {
            let lines = lines.json().flatten_event(true);
            let lines = lines.with_current_span(false).with_span_list(false);
            tracing::subscriber::set_global_default(subscriber.with(lines))
        }
    };
    Ok(())
}

/// The events that are written: those of this program and of the ticker, by their level. Events about requests have a setting of their own.
fn targets(level: LevelFilter) -> Targets {
    Targets::new()
        .with_target("masthead", level)
        .with_target("masthead::report", LevelFilter::OFF)
        .with_target(ACCESS, LevelFilter::INFO)
}

/// Writes a message of the command line, and the message of a start that fails before there is a log.
pub(crate) fn say(message: &str) {
    _ = writeln!(std::io::stderr(), "masthead-serve: {message}");
}

/// Reports the error that ends the program.
pub(crate) fn fail(error: &dyn fmt::Display) {
    match LOG.get() {
        Some(_) => tracing::error!("{error}"),
        None => say(&format!("error: {error}")),
    }
}

/// Logs a panic. Before the start it ends the program with one line: Tokio panics if the system provides no thread, file descriptor or signal
/// handler, and then waits without end for the threads that it has.
fn panicked(panic: &PanicHookInfo<'_>) {
    let reason = panic.payload_as_str().unwrap_or("unknown reason");
    if STARTED.load(Ordering::Relaxed) {
        let at = panic.location().map(tracing::field::display);
        tracing::error!(at, reason, "panicked");
        return;
    }
    static IS_ENDING: AtomicBool = AtomicBool::new(false);
    while IS_ENDING.swap(true, Ordering::Relaxed) {
        // The first thread that panicked ends the program.
        std::thread::park();
    }
    tracing::error!("cannot start: {reason}");
    finish(LAST_LINES);
    std::process::exit(1);
}

/// Notes that the program has started.
pub(crate) fn started() {
    STARTED.store(true, Ordering::Relaxed);
}

/// Waits until all queued lines are written, at most for `limit`.
pub(crate) fn finish(limit: Duration) {
    if let Some(queue) = LOG.get() {
        queue.finish(limit);
    }
}

/// Prints the time in UTC, to the millisecond, as RFC 3339 writes it.
struct Time;

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now: DateTime<Utc> = SystemTime::now().into();
        write!(f, "{}", now.format("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

impl FormatTime for Time {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn events_are_written_by_their_level_and_those_about_refreshes_never() {
        let targets = targets(LevelFilter::WARN);
        for (target, level, is_written) in [
            ("masthead", Level::WARN, true),
            ("masthead", Level::INFO, false),
            ("masthead_serve::reload", Level::ERROR, true),
            ("masthead_serve", Level::INFO, false),
            ("masthead::report", Level::ERROR, false),
            (ACCESS, Level::INFO, true),
            ("hyper", Level::ERROR, false),
        ] {
            assert_eq!(targets.would_enable(target, &level), is_written, "{target}");
        }
    }
}
