use std::fs;

use masthead::ledger::{Approval, Ledger, Record};
use masthead::ticker::FileStore;

use super::{Folder, forecast, noon, sighting};

/// Returns records of the day 0 and of a day ahead.
fn two_days(day: i64) -> ([Record; 3], [Record; 3]) {
    let of = |day: i64| {
        let sighting = sighting(day, 44_732);
        let id = sighting.id().unwrap();
        let approval = Approval {
            id,
            rows: Vec::new(),
            at: noon(day),
        };
        [sighting.into(), forecast(day, 85).into(), approval.into()]
    };
    (of(0), of(day))
}

#[test]
fn what_lies_ahead_is_left_out_until_its_time_and_outlives_a_compaction() {
    let folder = Folder::new();
    let file = FileStore::new(folder.file());
    let (past, ahead) = two_days(400);
    file.append(&past, &[]).unwrap();
    file.append(&ahead, &[]).unwrap();
    let contents = file.read(noon(1)).unwrap().contents;
    assert_eq!(contents.ledger, Ledger::from_iter(past.clone()));
    assert_eq!((contents.ahead, contents.skipped), (3, None));

    let before = fs::read_to_string(folder.file()).unwrap();
    for _ in 0..2 {
        let compacted = file.compact(noon(1), |_| false).unwrap();
        assert_eq!((compacted.ahead, compacted.kept), (3, 0));
        let after = fs::read_to_string(folder.file()).unwrap();
        let kept = before
            .lines()
            .filter(|line| line.contains("2027-05-07T12:00:00Z"));
        assert!(kept.clone().count() >= 3);
        for line in kept.filter(|line| !line.contains(r#"{"forecast""#)) {
            assert!(after.contains(line), "{line}");
        }
    }
    let contents = file.read(noon(400)).unwrap().contents;
    assert_eq!(contents.ledger, Ledger::from_iter(ahead));
    assert_eq!(contents.skipped, None);
}

#[test]
fn five_minutes_are_no_error_of_a_clock() {
    let folder = Folder::new();
    let file = FileStore::new(folder.file());
    file.append(&[sighting(0, 44_732).into()], &[]).unwrap();
    let at = |seconds| noon(0) - chrono::TimeDelta::seconds(seconds);
    assert_eq!(file.read(at(300)).unwrap().contents.ahead, 0);
    assert_eq!(file.read(at(301)).unwrap().contents.ahead, 1);
}

#[test]
fn at_most_a_thousand_lines_ahead_are_kept() {
    let folder = Folder::new();
    let file = FileStore::new(folder.file());
    let ahead: Vec<Record> = (0..1100)
        .map(|minute| {
            let last = noon(100) + chrono::TimeDelta::minutes(minute);
            sighting(0, 44_732).until(last).into()
        })
        .collect();
    file.append(&ahead, &[]).unwrap();
    let compacted = file.compact(noon(0), |_| true).unwrap();
    assert_eq!((compacted.ahead, compacted.ahead_removed), (1000, 100));
    assert_eq!(file.read(noon(0)).unwrap().contents.ahead, 1000);
}
