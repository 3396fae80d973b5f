use masthead::ledger::line::{FIRST_LINE, Reader, Writer};

use super::noon;

const CHAPTER: &str = include_str!("../../../src/docs/ledger_format.md");

/// The example of the documentation is a file as this crate writes it.
#[test]
fn the_example_of_the_documentation_is_what_is_written() {
    let (_, example) = CHAPTER.split_once("```text\nmasthead ledger").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let example = format!("masthead ledger{example}");
    let mut reader = Reader::new(noon(9));
    for line in example.lines() {
        reader.line(line.as_bytes());
    }
    let contents = reader.finish();
    assert_eq!(contents.skipped, None);
    let mut written = FIRST_LINE.to_owned();
    let mut writer = Writer::default();
    for record in contents.ledger.records() {
        writer.record(&record, &mut written);
    }
    for checkpoint in &contents.checkpoints {
        writer.checkpoint(checkpoint, &mut written);
    }
    assert_eq!(written, example);
}
