//! A full disk, an unwritable folder and a damaged file: the ticker starts, works and reports the problem.

use std::error::Error;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use masthead::ledger::Record;
use masthead::ticker::{FileStore, Report, State};

use super::{assert_kept, load, names, save, states, ticker};
use crate::fake_hosts::without_witnesses;
use crate::support::time;

/// The variable with the path of a 64 KB disk.
const SMALL_DISK: &str = "MASTHEAD_SMALL_DISK";

#[test]
#[ignore = "needs a disk of 64 KB: tests/full_disk.sh"]
fn a_full_disk_keeps_what_was_saved_before() {
    let folder = std::env::var_os(SMALL_DISK).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| panic!("{SMALL_DISK} is not set"));
    let (path, [small, large]) = (folder.join("ledger"), states());
    // The first save replaces the file, which is then missing or empty.
    fs::write(&path, "").unwrap();
    assert_no_room(&path, &large);
    assert_eq!(fs::read(&path).unwrap(), b"");
    assert_eq!(names(&folder), ["ledger", "ledger.lock"]);

    save(&path, &small).unwrap();
    let filler = folder.join("filler");
    fill(&filler);
    // A later save would add to it, and has room for some of its lines: none of them stays.
    let file = fs::File::options().write(true).open(&filler).unwrap();
    let room = file.metadata().unwrap().len().saturating_sub(16 << 10);
    file.set_len(room).unwrap();
    assert_no_room(&path, &large);
    assert_no_room(&path, &large);
    let kept = load(&path).unwrap().unwrap();
    assert_eq!(records(&kept), records(&small));
    assert_eq!(kept.damage(), None);
    assert_eq!(names(&folder), ["filler", "ledger", "ledger.lock"]);

    drop(file);
    fill(&filler);
    let ticker = ticker(&path);
    let report = ticker.refresh_blocking(time("2026-04-02T12:00:00Z"));
    assert_works_and_reports(&report, &["the state was not kept", "No space left"]);
    fs::remove_file(filler).unwrap();
    let report = ticker.refresh_blocking(time("2026-04-02T12:30:00Z"));
    assert_eq!(report.to_string(), "");
    assert_kept(&path, &ticker);
    assert_eq!(names(&folder), ["ledger", "ledger.lock"]);
}

/// Fills the disk.
fn fill(path: &Path) {
    let mut file = fs::File::options()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    let full = std::iter::repeat_with(|| file.write_all(&[0; 512])).find_map(Result::err);
    assert_eq!(full.unwrap().kind(), ErrorKind::StorageFull);
}

fn records(state: &State) -> Vec<Record> {
    state.records().records().collect()
}

#[track_caller]
fn assert_no_room(path: &Path, state: &State) {
    let error = save(path, state).unwrap_err();
    let mut cause: &dyn Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let cause = cause.downcast_ref::<std::io::Error>();
    assert_eq!(cause.unwrap().kind(), ErrorKind::StorageFull, "{error:?}");
}

/// Some of the places fail for root too, whom permissions do not stop.
#[test]
fn an_unwritable_folder_is_reported_at_each_refresh() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let mut places = vec![folder.path().join("missing"), folder.path().join("file")];
    if cfg!(target_os = "linux") {
        places.push("/proc/self".into());
    }
    for place in places {
        // The store reports a missing folder before it opens a file in it.
        let told = if place.ends_with("missing") {
            "its folder does not exist"
        } else {
            "os error"
        };
        let ticker = ticker(&place.join("ledger"));
        for at in ["2026-04-02T12:00:00Z", "2026-04-02T12:30:00Z"] {
            let report = ticker.refresh_blocking(time(at));
            assert_works_and_reports(&report, &["the state was not kept", told]);
            assert!(ticker.snapshot().rates(time(at)).is_some());
        }
    }
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn a_damaged_line_is_reported_once_and_costs_no_other_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    save(&path, &states()[0]).unwrap();
    let whole = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    // The first line, the publication and its sighting, the forecast and its sighting.
    assert!(lines.len() == 5 && lines[1].contains("447.32"), "{whole}");
    let last = lines[4].len();
    for (broken, unused) in [
        (
            whole[..whole.len() - last / 2].to_owned(),
            "1 line was not used; line 5",
        ),
        (
            whole.replacen("447.32", "447.33", 1),
            "2 lines were not used; line 2",
        ),
        (
            whole.replacen("masthead", "mast-ead", 1),
            "1 line was not used; line 1",
        ),
    ] {
        fs::write(&path, &broken).unwrap();
        let ticker = ticker(&path);
        let kept = records(&load(&path).unwrap().unwrap());
        let has = |kind: fn(&Record) -> bool| kept.iter().any(kind);
        assert_eq!(
            has(|record| matches!(record, Record::Sighting(_))),
            broken.contains("447.32")
        );
        assert_eq!(
            has(|record| matches!(record, Record::Forecast(_))),
            broken.ends_with('\n')
        );
        let report = ticker.refresh_blocking(time("2026-04-02T12:00:00Z"));
        assert_works_and_reports(&report, &[unused]);
        let report = ticker.refresh_blocking(time("2026-04-02T12:30:00Z"));
        assert_eq!(without_witnesses(&report), "");
        // The next process says it again, until a compaction removes the line.
        let again = assert_kept(&path, &ticker);
        let report = again.refresh_blocking(time("2026-04-02T13:00:00Z"));
        assert_works_and_reports(&report, &[unused]);
        let after = fs::read_to_string(&path).unwrap();
        assert!(after.starts_with(&broken), "what is there is not changed");
        FileStore::new(&path)
            .compact(time("2026-04-02T13:00:00Z"), |_| true)
            .unwrap();
        assert_kept(&path, &again);
        assert_eq!(load(&path).unwrap().unwrap().damage(), None);
        assert_eq!(names(folder.path()), ["ledger", "ledger.lock"]);
    }
}

/// Moving the folder aside would also move its contents.
#[test]
fn a_folder_in_place_of_the_file_is_left_alone_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("precious"), "").unwrap();
    let ticker = ticker(&path);
    let report = ticker.refresh_blocking(time("2026-04-02T12:00:00Z"));
    assert_works_and_reports(
        &report,
        &[
            "is a folder, not a regular file; it was left as it is",
            "the state was not kept",
        ],
    );
    assert_eq!(names(&path), ["precious"]);
    assert_eq!(names(folder.path()), ["ledger"]);
}

#[test]
fn a_file_of_another_program_is_left_alone_and_reported_at_each_refresh() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.html");
    fs::write(&path, "usd/kzt 447.32\n").unwrap();
    let ticker = ticker(&path);
    for at in ["2026-04-02T12:00:00Z", "2026-04-02T12:30:00Z"] {
        let report = ticker.refresh_blocking(time(at));
        assert_works_and_reports(
            &report,
            &["is not a ledger of this program", "the state was not kept"],
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "usd/kzt 447.32\n");
        assert_eq!(names(folder.path()), ["index.html"]);
    }
}

/// Checks that every source was read and the report names the failure of the store.
#[track_caller]
fn assert_works_and_reports(report: &Report, parts: &[&str]) {
    let text = report.to_string();
    assert!(!report.is_complete(), "{text}");
    assert!(
        report.entries.iter().all(masthead::ticker::Entry::is_good),
        "{text}"
    );
    assert!(!report.store.is_empty(), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}
