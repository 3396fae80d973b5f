//! Files that may be at and beside the path of a store, and those that are refused and left unchanged.

use std::error::Error as _;
use std::fs;
use std::path::Path;

use masthead::Snapshot;
use masthead::ledger::Ledger;
use masthead::ticker::{FileStore, State, Store as _, StoreError};

use super::{Folder, load, noon, records, sighting, written};

/// Returns the errors of each method. Those that write add what was not done, so theirs is the cause.
#[track_caller]
fn errors(file: &FileStore) -> [StoreError; 6] {
    let state = State::from(Snapshot::sample());
    let errors = [
        file.check().unwrap_err(),
        file.peek().unwrap_err(),
        file.load().unwrap_err(),
        file.save(&state).unwrap_err(),
        file.append(&records(), &[]).unwrap_err(),
        file.compact(noon(0), |_| true).unwrap_err(),
    ];
    let told = errors[0].to_string();
    for (at, error) in errors.iter().enumerate() {
        let text = match error.source().filter(|_| at >= 3) {
            Some(cause) => cause.to_string(),
            None => error.to_string(),
        };
        assert_eq!(text, told, "{at}");
    }
    errors
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
        for error in errors(&FileStore::new(folder.file())) {
            assert!(error.is_newer() && !error.is_misplaced(), "{error}");
        }
        assert_eq!(fs::read_to_string(folder.file()).unwrap(), text);
        assert_eq!(folder.names(), ["ledger"]);
    }
}

#[test]
fn a_file_of_another_program_is_left_as_it_is() {
    let folder = Folder::new();
    let nul = [0; 4096];
    let binary: Vec<u8> = (0..=255).collect();
    let long = vec![b' '; 9 << 20];
    for text in [
        &b"usd/kzt 447.32\n"[..],
        b"<!doctype html><html>",
        b"contact = \"a; b@example.kz\"\n",
        b"\n",
        &nul,
        &binary,
        &long,
        b"{}",
        b"null",
        br#"{"schema":"4","crc32":1}"#,
        br#"{"schema":4,"state":{}}"#,
        br#"{"more":1,"schema":4,"crc32":1,"state":{}}"#,
        b"masthead",
        b"masthead ledger 0\n",
        b"masthead ledger 01\n",
        b"masthead ledger \n",
        b"masthead ledger 1 \n",
        b"masthead ledger 1\r\n",
        b"a\nb\nc\n",
    ] {
        fs::write(folder.file(), text).unwrap();
        let what = String::from_utf8_lossy(&text[..text.len().min(40)]);
        let told = format!(
            "{}: is not a ledger of this program; it was left as it is",
            folder.file().display()
        );
        let errors = errors(&FileStore::new(folder.file()));
        assert_eq!(errors[0].to_string(), told, "{what:?}");
        for error in errors {
            assert!(
                error.is_misplaced() && !error.is_newer(),
                "{what:?}: {error}"
            );
        }
        assert!(fs::read(folder.file()).unwrap() == text, "{what:?}");
        assert_eq!(folder.names(), ["ledger"], "{what:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_special_file_is_refused_at_once_and_left_unchanged() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};
    use std::os::unix::net::UnixListener;

    let folder = Folder::new();
    let at = |name: &str| folder.0.path().join(name);
    make_fifo(&at("fifo"));
    let _socket = UnixListener::bind(at("socket")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    symlink(at("fifo"), at("to_fifo")).unwrap();
    symlink("/dev/null", at("to_device")).unwrap();
    symlink(at("nowhere"), at("to_nowhere")).unwrap();
    symlink(at("loop"), at("loop")).unwrap();
    let before = folder.names();
    let regular = "not a regular file; it was left as it is";
    for (name, told) in [
        ("fifo", format!("is a FIFO, {regular}")),
        ("socket", format!("is a socket, {regular}")),
        ("folder", format!("is a folder, {regular}")),
        ("to_fifo", format!("is a FIFO, {regular}")),
        ("to_device", format!("is a device, {regular}")),
        (
            "to_nowhere",
            "is a link to a file that does not exist".to_owned(),
        ),
        ("loop", "cannot be opened".to_owned()),
        (
            "folder/",
            "ends with a slash: expected the name of a file".to_owned(),
        ),
        (
            "new/",
            "ends with a slash: expected the name of a file".to_owned(),
        ),
        ("..", "names no file".to_owned()),
        ("nul\0.json", "cannot be opened".to_owned()),
    ] {
        let path = at(name);
        let told = format!("{}: {told}", path.display()).replace('\0', "\\u{0}");
        let errors = errors(&FileStore::new(&path));
        assert_eq!(errors[0].to_string(), told);
        for error in errors {
            assert_eq!(error.is_misplaced(), name != "loop", "{told}");
        }
    }
    let error = &errors(&FileStore::new("/dev/null"))[0];
    assert_eq!(
        error.to_string(),
        format!("/dev/null: is a device, {regular}")
    );
    assert_eq!(folder.names(), before);
    assert!(!Path::new("/dev/null.lock").exists());
    assert!(at("fifo").metadata().unwrap().file_type().is_fifo());
    let null = fs::metadata("/dev/null").unwrap();
    assert!(null.file_type().is_char_device());
}

#[cfg(unix)]
fn make_fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

#[cfg(unix)]
#[test]
fn the_lock_file_is_checked_too() {
    let folder = Folder::new();
    let lock = folder.0.path().join("ledger.lock");
    make_fifo(&lock);
    let told = format!(
        "{}: is a FIFO, not a regular file; it was left as it is",
        lock.display()
    );
    let file = FileStore::new(folder.file());
    assert_eq!(file.check().unwrap_err().to_string(), told);
    for error in [
        file.append(&records(), &[]).unwrap_err(),
        file.save(&State::default()).unwrap_err(),
    ] {
        assert_eq!(error.source().unwrap().to_string(), told);
    }
    // Loading waits for no lock.
    assert!(load(&folder.file()).ledger.is_empty());
    assert_eq!(folder.names(), ["ledger.lock"]);
}

#[test]
fn a_missing_folder_is_not_made() {
    let folder = Folder::new();
    let missing = FileStore::new(folder.file().join("no/ledger"));
    for error in [
        missing.append(&records(), &[]).unwrap_err(),
        missing.check().unwrap_err(),
    ] {
        assert!(error.is_misplaced());
    }
    assert!(load(&folder.file().join("no/ledger")).ledger.is_empty());
    assert_eq!(folder.names(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_folder_where_no_file_can_be_made_fails_the_check() {
    for (path, told, is_misplaced) in [
        ("/proc/ledger", "its folder cannot be written to", false),
        ("/nowhere/ledger", "its folder does not exist", true),
    ] {
        let error = FileStore::new(path).check().unwrap_err();
        assert_eq!(error.to_string(), format!("{path}: {told}"));
        assert_eq!(error.is_misplaced(), is_misplaced);
    }
}

/// Another process compacts: it puts another file in the place of the one that is open here.
#[test]
fn a_file_that_was_replaced_is_opened_again() {
    let folder = Folder::new();
    let (file, other) = (FileStore::new(folder.file()), FileStore::new(folder.file()));
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
    let file = FileStore::new(&link);
    file.append(&[sighting(7, 45_000).into()], &[]).unwrap();
    file.compact(noon(9), |_| true).unwrap();
    assert!(link.is_symlink());
    assert_eq!(load(&folder.file()).ledger.len(), records().len() + 1);
    // The lock is that of the file, whatever the path.
    assert_eq!(folder.names(), ["ledger", "ledger.lock", "link"]);
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

#[test]
fn a_lock_that_is_never_released_is_an_error_after_seconds() {
    let folder = Folder::new();
    let lock = fs::File::create(folder.0.path().join("ledger.lock")).unwrap();
    lock.lock().unwrap();
    let file = FileStore::new(folder.file());
    let began = std::time::Instant::now();
    let error = file.save(&State::default()).unwrap_err();
    let cause = error.source().unwrap().to_string();
    assert!(
        cause.ends_with("ledger.lock: another process has held it for 5 s"),
        "{cause}"
    );
    assert!(began.elapsed().as_secs() < 10);
    drop(lock);
    file.save(&State::default()).unwrap();
}
