//! Reading a file line by line, in bounded memory, on several threads.
//!
//! Years of rates are megabytes of lines, and parsing them (checksums, decimals, ids) takes longer than reading them. So lines are taken in batches,
//! the lines of a batch are parsed by up to four threads, and then used one by one in the order of the file: an answer stands before the lines that
//! refer to it. A line without an end, such as a damaged file may have, takes no more memory than the longest line allowed.

use std::io::{self, BufRead, BufReader, Read};
use std::num::NonZero;
use std::thread::{Builder, available_parallelism, scope};

use chrono::{DateTime, Utc};

use crate::ledger::line::{Line, MAX_LINE, Outcome, Reader, SkipReason, is_line};

const BUFFER: usize = 1 << 18;
/// The bytes of lines that are parsed together. More of them cost more memory and save little time.
const BATCH: usize = 1 << 19;
/// The bytes of lines from which a second thread is worth its start.
const WORTH_A_THREAD: usize = 1 << 16;
const MAX_THREADS: usize = 4;

/// Reads a file of lines from its beginning. `each` is called with each line and how it was used.
///
/// Lines are parsed on several threads, which have ended when it returns, and used in their order.
pub(super) fn read(
    file: impl Read,
    now: DateTime<Utc>,
    mut each: impl FnMut(&[u8], Outcome),
) -> io::Result<Reader> {
    let mut input = BufReader::with_capacity(BUFFER, file);
    let mut reader = Reader::new(now);
    let mut first = Vec::new();
    if next(&mut input, &mut first)? {
        let outcome = reader.line(&first);
        each(&first, outcome);
    }
    let mut batch = Vec::new();
    let mut ends = Vec::new();
    loop {
        batch.clear();
        ends.clear();
        while batch.len() < BATCH && next(&mut input, &mut batch)? {
            ends.push(batch.len());
        }
        if ends.is_empty() {
            return Ok(reader);
        }
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let lines = starts.zip(&ends);
        let lines: Vec<&[u8]> = lines
            .filter_map(|(start, end)| batch.get(start..*end))
            .collect();
        let most = match batch.len() {
            ..WORTH_A_THREAD => 1,
            _ => available_parallelism()
                .map_or(1, NonZero::get)
                .min(MAX_THREADS),
        };
        for (line, parsed) in lines.iter().zip(parse(&lines, most)) {
            let outcome = match parsed {
                Some(parsed) => reader.add(parsed),
                None => reader.line(line),
            };
            each(line, outcome);
        }
    }
}

/// A line that was parsed, or `None` for an empty one.
type Parsed<'a> = Option<Result<Line<'a>, SkipReason>>;

/// Parses lines on at most `most` threads.
fn parse<'a>(lines: &[&'a [u8]], most: usize) -> Vec<Parsed<'a>> {
    let some = |lines: &[&'a [u8]]| -> Vec<Parsed<'a>> {
        let parsed = |line: &&'a [u8]| (!line.is_empty()).then(|| Line::parse(line));
        lines.iter().map(parsed).collect()
    };
    let (own, others) = lines.split_at(lines.len().div_ceil(most.max(1)));
    scope(|scope| {
        let threads = others.chunks(own.len().max(1)).map(|part| {
            let thread = Builder::new().name("masthead-load".into());
            (part, thread.spawn_scoped(scope, move || some(part)))
        });
        let threads: Vec<_> = threads.collect();
        let mut parsed = some(own);
        for (part, thread) in threads {
            let of_thread = thread.ok().and_then(|thread| thread.join().ok());
            // A system without another thread is no reason not to read.
            parsed.extend(of_thread.unwrap_or_else(|| some(part)));
        }
        parsed
    })
}

/// Returns whether the second line of a file is one of a ledger. Of such a file the first line is damaged.
pub(super) fn is_second_of_ledger(file: impl Read) -> io::Result<bool> {
    let mut input = BufReader::new(file);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let has_second = next(&mut input, &mut first)? && next(&mut input, &mut second)?;
    Ok(has_second && is_line(&second))
}

/// Appends the next line without its line feed, and of one that is too long one byte more than a reader accepts. Returns `false` at
/// the end of the file.
fn next(input: &mut impl BufRead, text: &mut Vec<u8>) -> io::Result<bool> {
    let before = text.len();
    let most = MAX_LINE as u64 + 1;
    if input.by_ref().take(most).read_until(b'\n', text)? == 0 {
        return Ok(false);
    }
    if text.last() == Some(&b'\n') {
        text.pop();
    } else if text.len() - before > MAX_LINE {
        input.skip_until(b'\n')?;
    }
    Ok(true)
}
