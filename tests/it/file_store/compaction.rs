use chrono::TimeDelta;
use masthead::ledger::{Ledger, Record, Retention};
use masthead::ticker::FileStore;

use super::{Folder, checkpoint, forecast, load, noon, records, sighting, written};

#[test]
fn repeated_sightings_become_one() {
    let folder = Folder::new();
    let file = FileStore::new(folder.file());
    for hour in [0, 5, 3] {
        let seen = sighting(0, 44_732).until(noon(0) + TimeDelta::hours(hour));
        file.append(&[seen.into()], &[checkpoint(&hour.to_string())])
            .unwrap();
    }
    let before = std::fs::metadata(folder.file()).unwrap().len();
    let compacted = file.compact(noon(9), |_| true).unwrap();
    assert!(compacted.bytes < before);
    assert_eq!((compacted.kept, compacted.removed), (1, 0));
    let contents = load(&folder.file());
    let seen: Record = sighting(0, 44_732)
        .until(noon(0) + TimeDelta::hours(5))
        .into();
    assert_eq!(contents.ledger, Ledger::from_iter([seen]));
    assert_eq!(contents.checkpoint("guard").unwrap().json(), "3");
    let text = std::fs::read_to_string(folder.file()).unwrap();
    assert_eq!(text.lines().count(), 4);
    assert_eq!(folder.names(), ["ledger", "ledger.lock"]);
}

#[test]
fn only_what_is_kept_stays_with_its_publications() {
    let folder = Folder::new();
    written(&folder.file());
    let file = FileStore::new(folder.file());
    let is_late = |record: &Record| matches!(record, Record::Sighting(sighting) if sighting.first() >= noon(1));
    let compacted = file.compact(noon(9), is_late).unwrap();
    let kept: Vec<Record> = records().into_iter().filter(is_late).collect();
    assert_eq!(compacted.kept, kept.len());
    assert_eq!(compacted.removed, records().len() - kept.len());
    assert_eq!(load(&folder.file()).ledger, Ledger::from_iter(kept));
    // A publication that was removed is written again when it is seen again.
    file.append(&records(), &[]).unwrap();
    assert_eq!(load(&folder.file()).ledger, Ledger::from_iter(records()));
}

#[test]
fn a_retention_keeps_what_the_ledger_keeps() {
    let folder = Folder::new();
    let file = FileStore::new(folder.file());
    let all: Vec<Record> = (0..40)
        .flat_map(|day| [sighting(day, 44_732 + day).into(), forecast(day, 85).into()])
        .collect();
    file.append(&all, &[]).unwrap();
    let (retention, now) = (Retention::days(10), noon(39));
    file.retain(&retention, now).unwrap();
    let mut ledger = Ledger::from_iter(all);
    ledger.retain(&retention, now);
    assert_eq!(load(&folder.file()).ledger, ledger);
    assert!(ledger.len() < 20);
}

#[test]
fn a_missing_file_is_not_made() {
    let folder = Folder::new();
    let compacted = FileStore::new(folder.file())
        .compact(noon(0), |_| true)
        .unwrap();
    assert_eq!(compacted.bytes, 0);
    assert_eq!(folder.names(), ["ledger.lock"]);
}

#[test]
fn what_cannot_be_used_is_counted_when_it_is_removed() {
    let folder = Folder::new();
    let mut bytes = written(&folder.file());
    bytes.extend_from_slice(b"one\ntwo\n");
    std::fs::write(folder.file(), bytes).unwrap();
    let file = FileStore::new(folder.file());
    let compacted = file.compact(noon(9), |_| true).unwrap();
    assert_eq!(compacted.skipped.unwrap().count, 2);
    assert_eq!(file.compact(noon(9), |_| true).unwrap().skipped, None);
    assert_eq!(load(&folder.file()).ledger, Ledger::from_iter(records()));
}
