use std::io::{self, BufRead, BufReader, Read};

use chrono::{DateTime, Utc};

use crate::ledger::line::{MAX_LINE, Outcome, Reader, is_line};

const BUFFER: usize = 1 << 18;

/// Reads a file of lines from its beginning. `each` is called with each line and how it was used.
pub(super) fn read(
    file: impl Read,
    now: DateTime<Utc>,
    mut each: impl FnMut(&[u8], Outcome),
) -> io::Result<Reader> {
    let mut input = BufReader::with_capacity(BUFFER, file);
    let mut reader = Reader::new(now);
    let mut line = Vec::new();
    while next(&mut input, &mut line)? {
        let outcome = reader.line(&line);
        each(&line, outcome);
    }
    Ok(reader)
}

/// Returns whether the second line of a file is one of a ledger. Of such a file the first line is damaged.
pub(super) fn is_second_of_ledger(file: impl Read) -> io::Result<bool> {
    let mut input = BufReader::new(file);
    let mut line = Vec::new();
    let has_second = next(&mut input, &mut line)? && next(&mut input, &mut line)?;
    Ok(has_second && is_line(&line))
}

/// Reads the next line without its line feed, and of one that is too long one byte more than the reader accepts. Returns `false` at
/// the end of the file.
fn next(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let most = MAX_LINE as u64 + 1;
    if input.by_ref().take(most).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() > MAX_LINE {
        input.skip_until(b'\n')?;
    }
    Ok(true)
}
