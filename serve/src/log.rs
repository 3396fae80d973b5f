//! The log: a bounded queue of lines, and a thread that writes them to standard error.
//!
//! A full pipe or a paused terminal blocks the thread that writes to it. The server and the refresh only queue lines, so they are never
//! blocked; a line that finds the queue full is dropped and counted.

use std::io::Write;
use std::panic::PanicHookInfo;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

/// The most lines in the queue: 4 MiB of text at most, see [`LONGEST`].
const CAPACITY: usize = 1024;
/// The longest line in bytes; the rest of a longer line is cut off.
const LONGEST: usize = 4096;
/// The longest time that the exit waits for the last lines to be read.
pub(crate) const LAST_LINES: Duration = Duration::from_millis(500);
/// The interval at which the exit retries a full queue.
const PAUSE: Duration = Duration::from_millis(10);

static LOG: OnceLock<Log> = OnceLock::new();
/// Whether the program has started: a panic no longer ends it.
static STARTED: AtomicBool = AtomicBool::new(false);

/// Starts the log to standard error, and redirects panic messages to it.
pub(crate) fn start() -> std::io::Result<()> {
    let log = Log::to(std::io::stderr(), CAPACITY)?;
    if LOG.set(log).is_ok() {
        // The default hook writes from the thread that panicked, which standard error may block.
        std::panic::set_hook(Box::new(panicked));
    }
    Ok(())
}

/// Logs a panic. Before the start it ends the program with one line: Tokio panics if the system provides no thread, file descriptor or signal
/// handler, and then waits without end for the threads that it has.
fn panicked(panic: &PanicHookInfo<'_>) {
    if STARTED.load(Ordering::Relaxed) {
        line(&panic.to_string());
        return;
    }
    static IS_ENDING: AtomicBool = AtomicBool::new(false);
    while IS_ENDING.swap(true, Ordering::Relaxed) {
        // The first thread that panicked ends the program.
        std::thread::park();
    }
    let reason = panic.payload_as_str().unwrap_or("unknown reason");
    line(&format!(
        "error: cannot start: {}",
        reason.replace('\n', " ")
    ));
    finish(LAST_LINES);
    std::process::exit(1);
}

/// Notes that the program has started.
pub(crate) fn started() {
    STARTED.store(true, Ordering::Relaxed);
}

/// Queues lines. Never waits.
pub(crate) fn line(lines: &str) {
    if let Some(log) = LOG.get() {
        log.lines(lines);
    }
}

/// Waits until all queued lines are written, at most for `limit`.
pub(crate) fn finish(limit: Duration) {
    if let Some(log) = LOG.get() {
        log.finish(limit);
    }
}

enum Message {
    Line(String),
    /// Signalled once everything before it has been written.
    End(Sender<()>),
}

/// The queue's sending side.
struct Log {
    queue: SyncSender<Message>,
    /// Lines dropped since the last report.
    dropped: Arc<AtomicU64>,
}

impl Log {
    fn to(out: impl Write + Send + 'static, capacity: usize) -> std::io::Result<Self> {
        let (queue, messages) = sync_channel(capacity);
        let dropped = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&dropped);
        std::thread::Builder::new()
            .name("log".into())
            .spawn(move || write(out, &messages, &counted))?;
        Ok(Self { queue, dropped })
    }

    fn lines(&self, lines: &str) {
        for line in lines.lines() {
            let mut end = line.len().min(LONGEST);
            while !line.is_char_boundary(end) {
                end -= 1;
            }
            let line = line.get(..end).unwrap_or_default().to_owned();
            if self.queue.try_send(Message::Line(line)).is_err() {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn finish(&self, limit: Duration) {
        let until = Instant::now() + limit;
        let (written, all) = channel();
        let mut message = Message::End(written);
        loop {
            match self.queue.try_send(message) {
                Ok(()) => break,
                Err(error) if Instant::now() < until => {
                    message = match error {
                        std::sync::mpsc::TrySendError::Full(message) => message,
                        // The writing thread has ended.
                        std::sync::mpsc::TrySendError::Disconnected(_) => return,
                    };
                    std::thread::sleep(PAUSE);
                }
                Err(_) => return,
            }
        }
        // After the limit the unread lines are lost.
        _ = all.recv_timeout(until.saturating_duration_since(Instant::now()));
    }
}

/// Writes queued lines to `out`; whenever the queue is empty, reports the number of dropped lines. Errors of `out` are ignored, so
/// that a closed output does not fill the queue.
fn write(mut out: impl Write, messages: &Receiver<Message>, dropped: &AtomicU64) {
    loop {
        let message = messages.try_recv().or_else(|_| {
            report(&mut out, dropped);
            messages.recv()
        });
        match message {
            Ok(Message::Line(line)) => _ = writeln!(out, "masthead-serve: {line}"),
            Ok(Message::End(written)) => {
                report(&mut out, dropped);
                // The receiver is gone if the limit has passed.
                _ = written.send(());
            }
            Err(_) => return,
        }
    }
}

/// Writes the number of lines dropped since the last report, if any.
fn report(out: &mut impl Write, dropped: &AtomicU64) {
    let missing = dropped.swap(0, Ordering::Relaxed);
    if missing > 0 {
        _ = writeln!(
            out,
            "masthead-serve: {missing} lines were dropped because the log was not read"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// An output that blocks until the sender is dropped, and records what is written.
    struct Stuck {
        hold: Receiver<()>,
        took: Arc<Mutex<String>>,
    }

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            _ = self.hold.recv();
            self.took
                .lock()
                .unwrap()
                .push_str(std::str::from_utf8(bytes).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_unread_log_blocks_no_caller_and_reports_dropped_lines() {
        let (release, hold) = channel();
        let took: Arc<Mutex<String>> = Arc::default();
        let out = Stuck {
            hold,
            took: Arc::clone(&took),
        };
        let log = Log::to(out, 8).unwrap();
        let began = Instant::now();
        for number in 0..1000 {
            log.lines(&format!("line {number}\nof two"));
        }
        log.finish(Duration::from_millis(50));
        assert!(
            began.elapsed() < Duration::from_secs(2),
            "{:?}",
            began.elapsed()
        );
        assert_eq!(*took.lock().unwrap(), "");

        drop::<Sender<()>>(release);
        log.finish(Duration::from_secs(5));
        log.lines("the last");
        log.finish(Duration::from_secs(5));
        let took = took.lock().unwrap();
        let lines: Vec<&str> = took.lines().collect();
        assert_eq!(
            lines[..2],
            ["masthead-serve: line 0", "masthead-serve: of two"]
        );
        let missing: u64 = lines
            .iter()
            .filter_map(|line| {
                line.strip_prefix("masthead-serve: ")?
                    .strip_suffix(" lines were dropped because the log was not read")?
                    .parse::<u64>()
                    .ok()
            })
            .sum();
        let written = lines
            .iter()
            .filter(|line| !line.contains("were dropped"))
            .count();
        assert!(missing > 1900, "{missing}");
        assert_eq!(u64::try_from(written).unwrap() + missing, 2001);
        assert_eq!(lines.last(), Some(&"masthead-serve: the last"));
    }

    #[test]
    fn a_long_line_is_cut_at_a_character() {
        let (release, hold) = channel();
        drop::<Sender<()>>(release);
        let took: Arc<Mutex<String>> = Arc::default();
        let log = Log::to(
            Stuck {
                hold,
                took: Arc::clone(&took),
            },
            8,
        )
        .unwrap();
        log.lines(&"ж".repeat(LONGEST));
        log.finish(Duration::from_secs(5));
        let expected = format!("masthead-serve: {}\n", "ж".repeat(LONGEST / 2));
        assert_eq!(*took.lock().unwrap(), expected);
    }
}
