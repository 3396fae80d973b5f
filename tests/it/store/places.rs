//! Files that may be at and beside the path of a state, and those that are refused and left unchanged.

use std::error::Error as _;
use std::fs;

use masthead::ticker::{FileStore, State, Store as _};

use super::{Folder, sample, saved};

#[test]
fn a_file_of_another_program_is_refused_and_left_unchanged() {
    for (what, bytes) in [
        ("a page", b"<!doctype html><html>".to_vec()),
        ("settings", b"contact = \"a; b@example.kz\"\n".to_vec()),
        ("a line", b"\n".to_vec()),
        ("zeroes", vec![0; 4096]),
        ("binary", (0..=255).collect()),
        ("an object", b"{}".to_vec()),
        ("null", b"null".to_vec()),
        ("a schema", br#"{"schema":"4","crc32":1}"#.to_vec()),
        (
            "a state without a checksum",
            br#"{"schema":4,"state":{}}"#.to_vec(),
        ),
        (
            "another first key",
            [&b"{\"more\":1,"[..], &saved()[1..]].concat(),
        ),
        ("nine megabytes", vec![b' '; 9 << 20]),
    ] {
        let folder = Folder::new();
        fs::write(folder.file(), &bytes).unwrap();
        let told = format!(
            "{}: is not a state of this program; it was left as it is",
            folder.file().display()
        );
        refuses(&FileStore::new(folder.file()), &told, what);
        assert!(fs::read(folder.file()).unwrap() == bytes, "{what}");
        assert_eq!(folder.names(), ["state.json"], "{what}");
    }
}

/// Checks that each use of the store returns this error.
#[track_caller]
fn refuses(store: &FileStore, told: &str, what: &str) {
    assert_eq!(store.check().unwrap_err().to_string(), told, "{what}");
    assert_eq!(store.peek().unwrap_err().to_string(), told, "{what}");
    assert_eq!(store.load().unwrap_err().to_string(), told, "{what}");
    let error = store.save(&sample()).unwrap_err();
    assert_eq!(error.source().expect(what).to_string(), told, "{what}");
}

#[test]
fn an_empty_file_counts_as_missing() {
    let folder = Folder::new();
    fs::write(folder.file(), "").unwrap();
    let store = FileStore::new(folder.file());
    store.check().unwrap();
    assert!(store.load().unwrap().is_none());
    store.save(&sample()).unwrap();
    assert_eq!(store.load().unwrap(), Some(sample()));
}

#[cfg(unix)]
#[test]
fn a_special_file_is_refused_at_once_and_left_unchanged() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};
    use std::os::unix::net::UnixListener;

    let folder = Folder::new();
    let at = |name: &str| folder.path.join(name);
    let made = std::process::Command::new("mkfifo")
        .arg(at("fifo"))
        .status()
        .unwrap();
    assert!(made.success());
    let _socket = UnixListener::bind(at("socket")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    symlink(at("fifo"), at("to_fifo")).unwrap();
    symlink("/dev/null", at("to_device")).unwrap();
    symlink(at("nowhere"), at("to_nowhere")).unwrap();
    symlink(at("loop"), at("loop")).unwrap();
    let before = folder.names();
    for (name, told) in [
        (
            "fifo",
            "is a FIFO, not a regular file; it was left as it is",
        ),
        (
            "socket",
            "is a socket, not a regular file; it was left as it is",
        ),
        (
            "folder",
            "is a folder, not a regular file; it was left as it is",
        ),
        (
            "to_fifo",
            "is a FIFO, not a regular file; it was left as it is",
        ),
        (
            "to_device",
            "is a device, not a regular file; it was left as it is",
        ),
        ("to_nowhere", "is a link to a file that does not exist"),
        ("loop", "cannot be opened"),
        ("folder/", "ends with a slash: expected the name of a file"),
        ("new/", "ends with a slash: expected the name of a file"),
        ("..", "names no file"),
        ("nul\0.json", "cannot be opened"),
    ] {
        let path = at(name);
        let told = format!("{}: {told}", path.display()).replace('\0', "\\u{0}");
        refuses(&FileStore::new(&path), &told, name);
    }
    refuses(
        &FileStore::new("/dev/null"),
        "/dev/null: is a device, not a regular file; it was left as it is",
        "a device",
    );
    assert_eq!(folder.names(), before);
    assert!(!std::path::Path::new("/dev/null.lock").exists());
    assert!(at("fifo").metadata().unwrap().file_type().is_fifo());
    let null = fs::metadata("/dev/null").unwrap();
    assert!(null.file_type().is_char_device());
}

#[cfg(unix)]
#[test]
fn the_other_files_of_the_store_are_checked_too() {
    for (suffix, at_load) in [(".lock", true), (".damaged", false)] {
        let folder = Folder::new();
        let store = FileStore::new(folder.file());
        let beside = folder.path.join(format!("state.json{suffix}"));
        let made = std::process::Command::new("mkfifo")
            .arg(&beside)
            .status()
            .unwrap();
        assert!(made.success());
        let told = format!(
            "{}: is a FIFO, not a regular file; it was left as it is",
            beside.display()
        );
        assert_eq!(store.check().unwrap_err().to_string(), told);
        if at_load {
            let error = store.save(&sample()).unwrap_err();
            assert_eq!(error.source().unwrap().to_string(), told);
            continue;
        }
        // A damaged state that cannot be moved aside is not replaced, so that it is not lost.
        let damaged = &saved()[..100];
        fs::write(folder.file(), damaged).unwrap();
        for _ in 0..2 {
            let error = store.load().unwrap_err().to_string();
            assert!(
                error.ends_with(&format!("it could not be moved aside: {told}")),
                "{error}"
            );
            let error = store.save(&sample()).unwrap_err();
            assert!(
                error
                    .source()
                    .unwrap()
                    .to_string()
                    .contains("could not be moved aside")
            );
            assert_eq!(fs::read(folder.file()).unwrap(), damaged);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_its_file_is_replaced() {
    let (folder, other) = (Folder::new(), Folder::new());
    std::os::unix::fs::symlink(other.file(), folder.file()).unwrap();
    FileStore::new(other.file())
        .save(&State::default())
        .unwrap();
    let store = FileStore::new(folder.file());
    store.check().unwrap();
    store.save(&sample()).unwrap();
    assert!(folder.file().symlink_metadata().unwrap().is_symlink());
    assert_eq!(FileStore::new(other.file()).load().unwrap(), Some(sample()));
    fs::write(other.file(), &saved()[..100]).unwrap();
    assert!(store.load().is_err());
    assert_eq!(
        (folder.names(), other.names()),
        (
            vec!["state.json".to_owned()],
            vec!["state.json.damaged".to_owned()]
        )
    );
}

#[test]
fn a_check_and_a_peek_change_nothing() {
    let folder = Folder::new();
    let store = FileStore::new(folder.file());
    store.check().unwrap();
    assert_eq!(folder.names(), [""; 0]);
    let damaged = &saved()[..100];
    fs::write(folder.file(), damaged).unwrap();
    store.check().unwrap();
    let error = store.peek().unwrap_err().to_string();
    assert!(error.contains("the state is damaged"), "{error}");
    assert_eq!(fs::read(folder.file()).unwrap(), damaged);
    assert_eq!(folder.names(), ["state.json"]);
    fs::write(folder.file(), saved()).unwrap();
    assert_eq!(store.peek().unwrap(), Some(sample()));
}

#[cfg(unix)]
#[test]
fn a_folder_where_no_file_can_be_made_fails_the_check() {
    let error = FileStore::new("/proc/state.json").check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "/proc/state.json: its folder cannot be written to"
    );
    assert!(!error.is_misplaced());
    let error = FileStore::new("/nowhere/state.json").check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "/nowhere/state.json: its folder does not exist"
    );
    assert!(error.is_misplaced());
}

#[test]
fn a_lock_that_is_never_released_is_an_error_after_seconds() {
    let folder = Folder::new();
    let lock = fs::File::create(folder.path.join("state.json.lock")).unwrap();
    lock.lock().unwrap();
    let began = std::time::Instant::now();
    let error = FileStore::new(folder.file()).save(&sample()).unwrap_err();
    let cause = error.source().unwrap().to_string();
    assert!(
        cause.ends_with("state.json.lock: another process has held it for 5 s"),
        "{cause}"
    );
    assert!(began.elapsed().as_secs() < 10);
    drop(lock);
    FileStore::new(folder.file()).save(&sample()).unwrap();
}
