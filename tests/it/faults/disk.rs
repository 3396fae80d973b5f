//! A full disk, an unwritable folder and a damaged file: the ticker starts, works and reports the problem.

use std::error::Error as _;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use masthead::Snapshot;
use masthead::ticker::Report;

use crate::support::time;
use masthead::ticker::State;

use crate::{assert_kept, load, names, save, states, ticker};

/// The variable with the path of a 64 KB disk.
const SMALL_DISK: &str = "MASTHEAD_SMALL_DISK";

#[test]
#[ignore = "needs a disk of 64 KB: tests/full_disk.sh"]
fn a_full_disk_keeps_the_previous_state() {
    let folder = std::env::var_os(SMALL_DISK).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| panic!("{SMALL_DISK} is not set"));
    let (path, [small, large]) = (folder.join("state.json"), states());
    save(&path, &small).unwrap();
    assert_no_room(&path, &large);
    assert_eq!(load(&path).unwrap().unwrap(), small);

    let filler = folder.join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    let full = std::iter::repeat_with(|| file.write_all(&[0; 512])).find_map(Result::err);
    assert_eq!(full.unwrap().kind(), ErrorKind::StorageFull);
    assert_no_room(&path, &small);
    assert_eq!(names(&folder), ["filler", "state.json", "state.json.lock"]);

    let ticker = ticker(&path);
    let report = ticker.refresh_blocking(time("2026-04-02T12:00:00Z"));
    assert_works_and_reports(&report, &["the state was not kept", "No space left"]);
    assert_eq!(load(&path).unwrap().unwrap(), small);

    drop(file);
    fs::remove_file(filler).unwrap();
    let report = ticker.refresh_blocking(time("2026-04-02T12:30:00Z"));
    assert_eq!(report.to_string(), "");
    assert_kept(&path, &ticker);
    assert_eq!(names(&folder), ["state.json", "state.json.lock"]);
}

#[track_caller]
fn assert_no_room(path: &Path, state: &State) {
    let error = save(path, state).unwrap_err();
    let cause = error.source().unwrap().downcast_ref::<std::io::Error>();
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
        let ticker = ticker(&place.join("state.json"));
        for at in ["2026-04-02T12:00:00Z", "2026-04-02T12:30:00Z"] {
            let report = ticker.refresh_blocking(time(at));
            assert_works_and_reports(&report, &["the state was not kept", told]);
            assert!(ticker.snapshot().rates(time(at)).is_some());
        }
    }
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn a_damaged_file_is_set_aside_and_reported_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    save(&path, &states()[0]).unwrap();
    let whole = fs::read_to_string(&path).unwrap();
    assert!(whole.contains("447.32"));
    for broken in [
        whole[..whole.len() / 2].to_owned(),
        whole.replacen("447.32", "447.33", 1),
        whole.replacen("\"crc32\":", "\"crc32\":1", 1),
    ] {
        fs::write(&path, &broken).unwrap();
        let ticker = ticker(&path);
        assert_eq!(*ticker.snapshot(), Snapshot::default());
        let report = ticker.refresh_blocking(time("2026-04-02T12:00:00Z"));
        assert_works_and_reports(
            &report,
            &["the state is damaged and was not used", "moved to"],
        );
        assert_eq!(
            names(folder.path()),
            ["state.json", "state.json.damaged", "state.json.lock"]
        );
        let aside = fs::read_to_string(folder.path().join("state.json.damaged")).unwrap();
        assert_eq!(aside, broken);
        assert_kept(&path, &ticker);
        let report = ticker.refresh_blocking(time("2026-04-02T12:30:00Z"));
        assert_eq!(report.to_string(), "");
    }
}

/// Moving the folder aside would also move its contents.
#[test]
fn a_folder_in_place_of_the_file_is_left_alone_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
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
    assert_eq!(names(folder.path()), ["state.json"]);
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
            &["is not a state of this program", "the state was not kept"],
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
