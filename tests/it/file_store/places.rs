use std::fs;

use masthead::ledger::Ledger;
use masthead::ticker::{LogFile, StoreError};

use super::{BANK, Folder, load, noon, records, sighting, written};

/// Returns the errors of each method.
fn errors(file: &LogFile) -> [StoreError; 4] {
    [
        file.check().unwrap_err(),
        file.load(noon(0), &BANK).unwrap_err(),
        file.append(&records(), &[]).unwrap_err(),
        file.compact(noon(0), |_| true).unwrap_err(),
    ]
}

#[test]
fn a_newer_version_is_left_as_it_is() {
    let folder = Folder::new();
    for text in [
        "masthead ledger 2\n\u{0}\u{1}",
        "masthead ledger 17",
        "masthead ledger 10\n",
    ] {
        fs::write(folder.file(), text).unwrap();
        for error in errors(&LogFile::new(folder.file())) {
            assert!(error.is_newer() && !error.is_misplaced(), "{error}");
        }
        assert_eq!(fs::read_to_string(folder.file()).unwrap(), text);
        assert_eq!(folder.names(), ["ledger"]);
    }
}

#[test]
fn a_file_of_another_program_is_left_as_it_is() {
    let folder = Folder::new();
    for text in [
        "usd/kzt 447.32\n",
        "{}",
        "\n",
        "masthead",
        "masthead ledger 0\n",
        "masthead ledger 01\n",
        "masthead ledger \n",
        "masthead ledger 1 \n",
        "masthead ledger 1\r\n",
        "a\nb\nc\n",
    ] {
        fs::write(folder.file(), text).unwrap();
        for error in errors(&LogFile::new(folder.file())) {
            assert!(
                error.is_misplaced() && !error.is_newer(),
                "{text:?}: {error}"
            );
        }
        assert_eq!(fs::read_to_string(folder.file()).unwrap(), text);
        assert_eq!(folder.names(), ["ledger"]);
    }
}

#[test]
fn what_is_no_file_is_left_as_it_is() {
    let folder = Folder::new();
    fs::create_dir(folder.file()).unwrap();
    for error in errors(&LogFile::new(folder.file())) {
        assert!(error.is_misplaced(), "{error}");
    }
    assert_eq!(folder.names(), ["ledger"]);
    let missing = LogFile::new(folder.file().join("no/ledger"));
    let error = missing.append(&records(), &[]).unwrap_err();
    assert!(error.is_misplaced());
    assert!(load(&folder.file().join("no/ledger")).ledger.is_empty());
    #[cfg(unix)]
    for error in errors(&LogFile::new("/dev/null")) {
        assert!(error.is_misplaced(), "{error}");
    }
}

/// Another process compacts: it puts another file in the place of the one that is open here.
#[test]
fn a_file_that_was_replaced_is_opened_again() {
    let folder = Folder::new();
    let (file, other) = (LogFile::new(folder.file()), LogFile::new(folder.file()));
    file.append(&[sighting(0, 44_732).into()], &[]).unwrap();
    // The other one removes all records, and with them the publication that this one has written.
    other.compact(noon(9), |_| false).unwrap();
    assert!(load(&folder.file()).ledger.is_empty());
    file.append(&[sighting(0, 44_732).into()], &[]).unwrap();
    let one = Ledger::from_iter([sighting(0, 44_732).into()]);
    assert_eq!(load(&folder.file()).ledger, one);
    // Removed, emptied, or cut short.
    fs::remove_file(folder.file()).unwrap();
    file.append(&[sighting(0, 44_732).into()], &[]).unwrap();
    assert_eq!(load(&folder.file()).ledger, one);
    fs::write(folder.file(), "").unwrap();
    file.append(&[sighting(0, 44_732).into()], &[]).unwrap();
    assert_eq!(load(&folder.file()).ledger, one);
    fs::write(folder.file(), "masthead ledger 1\n").unwrap();
    file.append(&[sighting(0, 44_732).into()], &[]).unwrap();
    assert_eq!(load(&folder.file()).ledger, one);
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_kept() {
    let folder = Folder::new();
    let link = folder.0.path().join("link");
    written(&folder.file());
    std::os::unix::fs::symlink(folder.file(), &link).unwrap();
    let file = LogFile::new(&link);
    file.append(&[sighting(7, 45_000).into()], &[]).unwrap();
    file.compact(noon(9), |_| true).unwrap();
    assert!(link.is_symlink());
    assert_eq!(load(&folder.file()).ledger.len(), records().len() + 1);
}

#[test]
fn a_killed_compaction_leaves_a_file_that_is_removed_later() {
    let folder = Folder::new();
    written(&folder.file());
    let left = folder.0.path().join(".masthead-aaaaaa.tmp");
    fs::write(&left, "masthead ledger 1\n").unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(120);
    fs::File::options()
        .append(true)
        .open(&left)
        .unwrap()
        .set_modified(old)
        .unwrap();
    load(&folder.file());
    assert_eq!(folder.names(), ["ledger", "ledger.lock"]);
}
