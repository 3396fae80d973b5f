use std::fs;
use std::io::Write as _;

use masthead::ledger::line::{Reader, SkipReason, Writer};
use masthead::ledger::{Ledger, Record};
use masthead::ticker::FileStore;

use super::{Folder, checkpoint, crc32, load, noon, records, sighting, written};

#[test]
fn a_torn_last_line_is_closed_by_the_next_append() {
    let folder = Folder::new();
    let whole = written(&folder.file());
    for cut in [1, 2, 40, 300] {
        fs::write(folder.file(), &whole[..whole.len() - cut]).unwrap();
        let file = FileStore::new(folder.file());
        let late: Record = sighting(5, 45_000).into();
        file.append(std::slice::from_ref(&late), &[]).unwrap();
        let contents = load(&folder.file());
        assert!(
            contents.ledger.records().any(|record| record == late),
            "{cut}"
        );
        // Without the line feed alone the line is whole.
        assert_eq!(contents.skipped.is_none(), cut == 1, "{cut}");
        let text = fs::read(folder.file()).unwrap();
        assert!(!text.windows(2).any(|pair| pair == b"\n\n"));
    }
}

/// Each byte is changed in turn, without optimisation each sixteenth: all records whose lines are whole are read, and nothing else.
#[test]
fn a_changed_byte_costs_no_other_record() {
    let folder = Folder::new();
    let whole = written(&folder.file());
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap();
    let expected = |bytes: &[u8]| {
        // The lines that also stand in the whole file, read alone.
        let lines: Vec<&[u8]> = whole.split(|byte| *byte == b'\n').collect();
        let mut reader = Reader::new(noon(3000));
        for line in bytes.split(|byte| *byte == b'\n') {
            if lines.contains(&line) {
                reader.line(line);
            }
        }
        reader.finish().ledger
    };
    let (mut foreign, mut newer, mut read) = (0, 0, 0);
    let step = if cfg!(debug_assertions) { 16 } else { 1 };
    let changed = (0..first).chain((first..whole.len()).step_by(step));
    for at in changed.clone() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(folder.file(), &bytes).unwrap();
        match FileStore::new(folder.file()).read(noon(3000)) {
            Ok(loaded) => {
                assert_eq!(loaded.contents.ledger, expected(&bytes), "{at}");
                assert!(loaded.contents.skipped.is_some(), "{at}");
                read += 1;
            }
            Err(error) => {
                assert!(at <= first, "{at}: {error}");
                newer += usize::from(error.is_newer());
                foreign += usize::from(!error.is_newer());
            }
        }
        assert_eq!(fs::read(folder.file()).unwrap(), bytes);
    }
    // A changed digit of the first line can be that of a newer version.
    assert!(
        foreign == 0 && newer <= 1,
        "{foreign} foreign, {newer} newer"
    );
    assert!(read >= changed.count() - 1);
}

#[test]
fn a_compaction_repairs_a_damaged_first_line() {
    let folder = Folder::new();
    let mut bytes = written(&folder.file());
    bytes[3] ^= 1;
    fs::write(folder.file(), &bytes).unwrap();
    let file = FileStore::new(folder.file());
    file.append(&[sighting(5, 45_000).into()], &[]).unwrap();
    let compacted = file.compact(noon(9), |_| true).unwrap();
    assert_eq!(compacted.skipped.unwrap().line, 1);
    let contents = load(&folder.file());
    assert_eq!(contents.skipped, None);
    assert_eq!(contents.ledger.len(), records().len() + 1);
}

#[test]
fn the_first_line_that_was_not_used_is_named() {
    let folder = Folder::new();
    written(&folder.file());
    let mut file = fs::File::options()
        .append(true)
        .open(folder.file())
        .unwrap();
    let lines = fs::read_to_string(folder.file()).unwrap().lines().count() as u64;
    file.write_all(b"\nhello\n0000000\n").unwrap();
    let skipped = load(&folder.file()).skipped.unwrap();
    assert_eq!((skipped.count, skipped.line), (2, lines + 2));
    assert_eq!(
        skipped.to_string(),
        format!(
            "2 lines were not used; line {}: the checksum does not match",
            lines + 2
        )
    );
}

/// Returns a line of a value with its right checksum.
fn line(json: &str) -> String {
    format!("{:08x} {json}", crc32(json.as_bytes()))
}

#[test]
fn a_line_with_a_right_checksum_and_a_wrong_value_is_skipped() {
    let mut text = String::new();
    let mut writer = Writer::default();
    for record in [sighting(0, 44_732).into(), super::forecast(0, 85).into()] {
        writer.record(&record, &mut text);
    }
    let json: Vec<&str> = text.lines().map(|line| &line[9..]).collect();
    let [publication, seen, forecast, of_city] = json[..] else {
        panic!("{text}");
    };
    let id = sighting(0, 44_732).id().unwrap();
    let reason = |lines: &[String]| {
        let mut reader = Reader::new(noon(9));
        for line in lines {
            reader.line(line.as_bytes());
        }
        let contents = reader.finish();
        assert!(contents.ledger.is_empty(), "{lines:?}");
        contents.skipped.unwrap().reason
    };
    // Numbers that were changed together with their checksum are another publication.
    let changed = publication.replace("447.32", "447.33");
    let both = [line(&changed), line(seen)];
    assert_eq!(reason(&both), SkipReason::Unknown { id });
    let changed = forecast.replace(" 85 ", " 86 ");
    assert_ne!(changed, forecast);
    let both = [line(&changed), line(of_city)];
    assert!(matches!(reason(&both), SkipReason::Unknown { .. }));
    // The same numbers in another text would have another id.
    for (from, to) in [
        ("447.32", "0447.32"),
        ("USD 1 ", "USD 01 "),
        ("-04-", "-4-"),
        ("row EUR", "row  EUR"),
    ] {
        let changed = publication.replace(from, to);
        assert_ne!(changed, publication);
        let reason = reason(&[line(&changed)]);
        assert!(
            reason.to_string().contains("canonical text"),
            "{to}: {reason}"
        );
    }
    // A sighting before its publication.
    let both = [line(seen), line(publication)];
    assert_eq!(reason(&both), SkipReason::Unknown { id });
    let other = [line(forecast), line(&of_city.replace("astana", "almaty"))];
    assert!(matches!(reason(&other), SkipReason::Unknown { .. }));
    for (from, to) in [
        (r#""last":"2026-04-02"#, r#""last":"2026-04-01"#),
        (
            r#""source":"national_bank_kz""#,
            r#""source":"frankfurter""#,
        ),
        ("12:00:00Z", "12:00:00.0001Z"),
        ("2026-04-02T12:00:00Z", "1776-04-02T12:00:00Z"),
    ] {
        let changed = seen.replace(from, to);
        assert_ne!(changed, seen);
        assert_eq!(
            reason(&[line(publication), line(&changed)]),
            SkipReason::Impossible,
            "{to}"
        );
    }
    for value in [
        "null".to_owned(),
        "{}".to_owned(),
        r#"{"sightings":{}}"#.to_owned(),
        seen.replace("of_day", "of_week"),
        seen.replace(r#","answer""#, r#","more":1,"answer""#),
        publication.replace("447.32", "0"),
        format!("{seen} {seen}"),
    ] {
        let reason = reason(&[line(publication), line(&value)]);
        assert!(
            matches!(reason, SkipReason::Value { .. }),
            "{value}: {reason}"
        );
    }
}

#[test]
fn a_line_that_is_too_long_is_skipped_without_its_length_in_memory() {
    let folder = Folder::new();
    let file = FileStore::new(folder.file());
    file.append(&[sighting(0, 44_732).into()], &[checkpoint("1")])
        .unwrap();
    let mut long = fs::File::options()
        .append(true)
        .open(folder.file())
        .unwrap();
    long.write_all(&vec![b'x'; 9 << 20]).unwrap();
    file.append(&[sighting(1, 44_901).into()], &[]).unwrap();
    let contents = load(&folder.file());
    let both = [sighting(0, 44_732).into(), sighting(1, 44_901).into()];
    assert_eq!(contents.ledger, Ledger::from_iter(both));
    let skipped = contents.skipped.unwrap();
    assert_eq!((skipped.count, skipped.reason), (1, SkipReason::TooLong));
}
