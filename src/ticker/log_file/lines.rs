use std::io::{self, BufRead as _, BufReader, Read};

use chrono::{DateTime, Utc};

use crate::ledger::line::{MAX_LINE, Outcome, Reader};

const BUFFER: usize = 1 << 18;

/// Reads a file of lines from its beginning. `each` is called with each line after the first and with its use.
pub(super) fn read(
    file: impl Read,
    now: DateTime<Utc>,
    mut each: impl FnMut(&[u8], Outcome),
) -> io::Result<Reader> {
    let mut input = BufReader::with_capacity(BUFFER, file);
    input.skip_until(b'\n')?;
    let mut reader = Reader::new(now);
    let mut line = Vec::new();
    loop {
        line.clear();
        // One byte more than the longest line, so that the reader refuses a longer one.
        let most = MAX_LINE as u64 + 1;
        if input.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
            return Ok(reader);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() > MAX_LINE {
            input.skip_until(b'\n')?;
        }
        let outcome = reader.line(&line);
        each(&line, outcome);
    }
}
