//! Records as the lines of a ledger's file.

use masthead::ledger::Ledger;
use masthead::ledger::line::{FIRST_LINE, Writer};

/// Returns the lines of any input with the first line and right checksums, without which no mutated line would be read.
pub(crate) fn checked(data: &[u8]) -> Vec<u8> {
    let mut text = FIRST_LINE.as_bytes().to_vec();
    for line in data.split(|byte| *byte == b'\n') {
        text.extend(format!("{:08x} ", crc32fast::hash(line)).as_bytes());
        text.extend(line);
        text.push(b'\n');
    }
    text
}

pub(crate) fn written(ledger: &Ledger) -> Vec<u8> {
    let (mut writer, mut text) = (Writer::default(), FIRST_LINE.to_owned());
    for record in ledger.records() {
        writer.record(&record, &mut text);
    }
    text.into_bytes()
}
