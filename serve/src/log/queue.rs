//! A bounded queue of lines, and a thread that writes them.
//!
//! A full pipe or a paused terminal blocks the thread that writes to it. The server and the refresher only queue lines, so they are never
//! blocked; a line that finds the queue full is dropped and counted. `tracing-appender` has such a thread too, but waits at the exit for longer
//! than [`LAST_LINES`](super::LAST_LINES), reports no dropped lines, and limits no line's length.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

use super::{ACCESS, Time};

/// The most lines in the queue: 4 MiB of text at most, see [`LONGEST`].
const CAPACITY: usize = 1024;
/// The longest line in bytes. The end of a longer line of text is cut off, and of one in JSON the ends of its values.
const LONGEST: usize = 4096;
/// The interval at which the exit retries a full queue.
const PAUSE: Duration = Duration::from_millis(10);

/// How an event is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Json,
}

/// The lines that wait to be written. Clones share them.
#[derive(Clone)]
pub(super) struct Queue {
    queue: SyncSender<Message>,
    format: Format,
    capacity: usize,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The lines that wait.
    waiting: AtomicUsize,
    /// Lines dropped since the last report.
    dropped: AtomicU64,
}

enum Message {
    Line(String),
    /// Reports that all lines before it are written.
    End(Sender<()>),
}

impl Queue {
    /// Starts the thread that writes to `out`.
    pub(super) fn to(out: impl Write + Send + 'static, format: Format) -> io::Result<Self> {
        Self::of_capacity(out, format, CAPACITY)
    }

    fn of_capacity(
        out: impl Write + Send + 'static,
        format: Format,
        capacity: usize,
    ) -> io::Result<Self> {
        let (queue, messages) = sync_channel(capacity);
        let shared = Arc::new(Shared::default());
        let counted = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("log".into())
            .spawn(move || write(out, &messages, &counted, format))?;
        Ok(Self {
            queue,
            format,
            capacity,
            shared,
        })
    }

    /// Queues a line. Never waits. Lines about requests leave half of the queue to the others.
    fn push(&self, line: &str, is_of_request: bool) {
        let Shared { waiting, dropped } = &*self.shared;
        let is_full = is_of_request && waiting.load(Ordering::Relaxed) >= self.capacity / 2;
        // Before it can be taken out again.
        waiting.fetch_add(1, Ordering::Relaxed);
        let message = || Message::Line(one_line(line, self.format));
        if is_full || self.queue.try_send(message()).is_err() {
            waiting.fetch_sub(1, Ordering::Relaxed);
            dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until all queued lines are written, at most for `limit`.
    pub(super) fn finish(&self, limit: Duration) {
        let until = Instant::now() + limit;
        let (written, all) = channel();
        let mut message = Message::End(written);
        loop {
            match self.queue.try_send(message) {
                Ok(()) => break,
                Err(error) if Instant::now() < until => {
                    message = match error {
                        TrySendError::Full(message) => message,
                        // The writing thread has ended.
                        TrySendError::Disconnected(_) => return,
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

impl<'a> MakeWriter<'a> for Queue {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line {
            queue: self,
            is_of_request: false,
        }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> Line<'a> {
        Line {
            queue: self,
            is_of_request: event.target() == ACCESS,
        }
    }
}

/// Takes one event, which is written at once.
pub(super) struct Line<'a> {
    queue: &'a Queue,
    is_of_request: bool,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.queue
            .push(text.trim_end_matches('\n'), self.is_of_request);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns an event as one line of limited length. In JSON no character of a value can end a line.
fn one_line(event: &str, format: Format) -> String {
    match format {
        Format::Text => {
            let mut line = String::with_capacity(event.len().min(LONGEST));
            for letter in event.chars() {
                let is_of_line = !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}');
                let before = line.len();
                if is_of_line {
                    line.push(letter);
                } else {
                    line.extend(letter.escape_default());
                }
                if line.len() > LONGEST {
                    line.truncate(before);
                    break;
                }
            }
            line
        }
        Format::Json if event.len() > LONGEST => shortened(event),
        Format::Json => event.to_owned(),
    }
}

/// Cuts the values of an event in JSON until it is short enough.
fn shortened(event: &str) -> String {
    let Ok(mut fields) = serde_json::from_str::<Map<String, Value>>(event) else {
        return String::new();
    };
    let (mut line, mut most) = (event.to_owned(), LONGEST);
    while line.len() > LONGEST && most > 0 {
        most /= 2;
        for value in fields.values_mut() {
            if let Value::String(text) = value {
                text.truncate(text.floor_char_boundary(most));
            }
        }
        line = Value::Object(fields.clone()).to_string();
    }
    line
}

/// Writes queued lines to `out`; whenever the queue is empty, reports the number of dropped lines. Errors of `out` are ignored, so
/// that a closed output does not fill the queue.
fn write(mut out: impl Write, messages: &Receiver<Message>, shared: &Shared, format: Format) {
    loop {
        let message = messages.try_recv().or_else(|_| {
            report(&mut out, &shared.dropped, format);
            messages.recv()
        });
        match message {
            Ok(Message::Line(line)) => {
                shared.waiting.fetch_sub(1, Ordering::Relaxed);
                _ = writeln!(out, "{line}");
            }
            Ok(Message::End(written)) => {
                report(&mut out, &shared.dropped, format);
                // The receiver is gone if the limit has passed.
                _ = written.send(());
            }
            Err(_) => return,
        }
    }
}

/// Writes the number of lines dropped since the last report, if any.
fn report(out: &mut impl Write, dropped: &AtomicU64, format: Format) {
    let dropped = dropped.swap(0, Ordering::Relaxed);
    if dropped == 0 {
        return;
    }
    let message = "lines were dropped because the log was not read";
    _ = match format {
        Format::Text => writeln!(out, "{Time}  WARN {message} dropped={dropped}"),
        Format::Json => {
            let timestamp = Time.to_string();
            let event = json!({ "timestamp": timestamp, "level": "WARN", "message": message, "dropped": dropped });
            writeln!(out, "{event}")
        }
    };
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
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            _ = self.hold.recv();
            self.took
                .lock()
                .unwrap()
                .push_str(std::str::from_utf8(bytes).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn stuck(format: Format, capacity: usize) -> (Sender<()>, Arc<Mutex<String>>, Queue) {
        let (release, hold) = channel();
        let took: Arc<Mutex<String>> = Arc::default();
        let out = Stuck {
            hold,
            took: Arc::clone(&took),
        };
        (
            release,
            took,
            Queue::of_capacity(out, format, capacity).unwrap(),
        )
    }

    #[test]
    fn an_unread_log_blocks_no_caller_and_reports_dropped_lines() {
        for format in [Format::Text, Format::Json] {
            let (release, took, queue) = stuck(format, 8);
            let began = Instant::now();
            for number in 0..2000 {
                queue.push(&format!("line {number}"), false);
            }
            queue.finish(Duration::from_millis(50));
            let passed = began.elapsed();
            assert!(passed < Duration::from_secs(2), "{passed:?}");
            assert_eq!(*took.lock().unwrap(), "");

            drop(release);
            queue.finish(Duration::from_secs(5));
            queue.push("the last", false);
            queue.finish(Duration::from_secs(5));
            let took = took.lock().unwrap();
            let lines: Vec<&str> = took.lines().collect();
            assert_eq!(lines[..2], ["line 0", "line 1"]);
            let of_drops =
                |line: &&&str| line.contains("were dropped because the log was not read");
            let missing = lines.iter().filter(of_drops).map(|line| match format {
                Format::Text => line.split_once("dropped=").unwrap().1.parse().unwrap(),
                Format::Json => {
                    let event: Value = serde_json::from_str(line).unwrap();
                    assert_eq!(event["level"], "WARN");
                    event["dropped"].as_u64().unwrap()
                }
            });
            let missing: u64 = missing.sum();
            let written = lines.iter().filter(|line| !of_drops(line)).count();
            assert!(missing > 1900, "{missing}");
            assert_eq!(u64::try_from(written).unwrap() + missing, 2001);
            assert_eq!(lines.last(), Some(&"the last"));
        }
    }

    #[test]
    fn lines_about_requests_leave_room_for_the_others() {
        let (release, took, queue) = stuck(Format::Text, 8);
        for number in 0..100 {
            queue.push(&format!("request {number}"), true);
        }
        queue.push("the bank does not answer", false);
        drop(release);
        queue.finish(Duration::from_secs(5));
        let took = took.lock().unwrap();
        assert!(took.contains("\nthe bank does not answer\n"), "{took}");
        // One more was taken out to be written.
        assert!(took.matches("request ").count() <= 5, "{took}");
    }

    #[test]
    fn a_value_cannot_end_a_line() {
        let event = "rates: no reading error=\"\u{1b}[31m\r\n2026-04-02T06:00:00.000Z  INFO stopped\u{85}\u{2028}\t\"";
        let line = one_line(event, Format::Text);
        assert_eq!(
            line,
            "rates: no reading error=\"\\u{1b}[31m\\r\\n2026-04-02T06:00:00.000Z  INFO stopped\\u{85}\\u{2028}\\t\""
        );
    }

    #[test]
    fn a_long_line_is_cut_at_a_character() {
        let line = one_line(&"ж".repeat(LONGEST), Format::Text);
        assert_eq!(line, "ж".repeat(LONGEST / 2));
        let line = one_line(&"\n".repeat(LONGEST), Format::Text);
        assert_eq!(line, "\\n".repeat(LONGEST / 2));
        let event =
            json!({ "message": "no reading", "error": "ж\n".repeat(LONGEST), "status": 502 });
        let line = one_line(&event.to_string(), Format::Json);
        assert!(line.len() <= LONGEST, "{}", line.len());
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&event["message"], &event["status"]),
            (&json!("no reading"), &json!(502))
        );
        assert!(event["error"].as_str().unwrap().starts_with("ж\nж\n"));
    }
}
