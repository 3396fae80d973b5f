//! The file store loads exactly what was saved, and reports everything else as damaged.

mod places;

use std::error::Error as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use masthead::Snapshot;
use masthead::ticker::{FileStore, State, Store as _, StoreError};

#[test]
fn a_saved_state_is_loaded() {
    let folder = Folder::new();
    let store = FileStore::new(folder.file());
    for state in [State::default(), sample(), sample()] {
        store.save(&state).unwrap();
        assert_eq!(store.load().unwrap(), Some(state));
    }
    assert_eq!(
        FileStore::new(folder.file()).load().unwrap(),
        Some(sample())
    );
    assert_eq!(folder.names(), ["state.json"]);
}

#[test]
fn a_missing_file_has_no_state() {
    let folder = Folder::new();
    assert!(FileStore::new(folder.file()).load().unwrap().is_none());
    assert!(
        FileStore::new(folder.path.join("no/such/folder/state.json"))
            .load()
            .unwrap()
            .is_none()
    );
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn a_save_replaces_the_whole_file() {
    let folder = Folder::new();
    let mut longer = saved();
    longer.extend([b'x'; 100_000]);
    fs::write(folder.file(), longer).unwrap();
    // The previous file was not a valid state: it is reported and kept beside.
    let told = FileStore::new(folder.file()).save(&sample()).unwrap_err();
    assert!(told.to_string().contains("the state is damaged"), "{told}");
    assert_eq!(fs::read(folder.file()).unwrap(), saved());
    assert_eq!(folder.names(), ["state.json", "state.json.damaged"]);
    FileStore::new(folder.file()).save(&sample()).unwrap();
}

#[test]
fn a_file_cut_short_is_damaged() {
    let whole = saved();
    for length in (1..whole.len()).step_by(7).chain([whole.len() - 1]) {
        assert_damaged(
            &whole[..length],
            &format!("{length} of {} bytes", whole.len()),
        );
    }
}

#[test]
fn a_changed_byte_is_found_anywhere() {
    let whole = saved();
    let schema = position(&whole, b"\"schema\":4") + b"\"schema\":".len();
    let head = position(&whole, b"\"state\":") + b"\"state\":".len();
    let folder = Folder::new();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 7);
        fs::write(folder.file(), &bytes).unwrap();
        let error = FileStore::new(folder.file())
            .load()
            .expect_err("a flipped byte")
            .to_string();
        // A changed digit in the version is another schema; a changed head is not recognised as our file.
        let found = error.contains("damaged")
            || at == schema && error.contains("has schema")
            || at < head && error.ends_with("is not a state of this program; it was left as it is");
        assert!(found, "byte {at}: {error}");
        if !error.contains("damaged") {
            assert_eq!(fs::read(folder.file()).unwrap(), bytes);
        }
    }
}

#[test]
fn an_altered_state_is_damaged() {
    let crlf = String::from_utf8(saved()).unwrap().replace(',', ",\r\n");
    let text = String::from_utf8(saved()).unwrap();
    let other_checksum = text.replacen("\"crc32\":", "\"crc32\":1", 1);
    for (what, bytes) in [
        ("two states", [saved(), saved()].concat()),
        ("another checksum", other_checksum.into_bytes()),
        (
            "a state with more in it",
            [saved().strip_suffix(b"}").unwrap(), b",\"more\":1}"].concat(),
        ),
        ("a state edited by hand", crlf.into_bytes()),
        (
            "a state and eight megabytes",
            [saved(), vec![b' '; 8 << 20]].concat(),
        ),
        (
            "deep nesting",
            [
                br#"{"schema":4,"crc32":1,"state":"#.to_vec(),
                b"[".repeat(100_000),
            ]
            .concat(),
        ),
        ("a state in binary", [saved(), (0..=255).collect()].concat()),
    ] {
        assert_damaged(&bytes, what);
    }
}

#[test]
fn a_second_damaged_file_replaces_the_first() {
    let folder = Folder::new();
    for length in [100, 200] {
        let bytes = &saved()[..length];
        fs::write(folder.file(), bytes).unwrap();
        assert!(FileStore::new(folder.file()).load().is_err());
        assert_eq!(fs::read(folder.damaged()).unwrap(), bytes);
    }
}

#[test]
fn another_schema_is_left_where_it_is() {
    let folder = Folder::new();
    let newer = br#"{"schema":5,"crc32":0,"state":["else"]}"#;
    fs::write(folder.file(), newer).unwrap();
    let store = FileStore::new(folder.file());
    for _ in 0..2 {
        let text = format!(
            "{}: has schema 5, this version reads 4; left as it is until the next save",
            folder.file().display()
        );
        assert_eq!(store.load().unwrap_err().to_string(), text);
        assert_eq!(fs::read(folder.file()).unwrap(), newer);
    }
    store.save(&sample()).unwrap();
    assert_eq!(store.load().unwrap(), Some(sample()));
    assert_eq!(folder.names(), ["state.json"]);
}

#[test]
fn a_folder_that_cannot_be_written_to_is_an_error_with_its_cause() {
    let folder = Folder::new();
    fs::write(folder.path.join("file"), "").unwrap();
    for (path, told) in [
        ("missing/state.json", "its folder does not exist"),
        ("file/state.json", "cannot be opened"),
    ] {
        let path = folder.path.join(path);
        let error = FileStore::new(&path).save(&sample()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{}: the state was not kept", path.display())
        );
        let cause = error.source().expect("a cause").to_string();
        assert!(cause.contains(told), "{cause}");
    }
    assert_eq!(folder.names(), ["file"]);
}

/// An error of the host's own store.
#[test]
fn an_error_carries_its_cause() {
    let error = StoreError::new("no room").caused_by(std::io::Error::other("disk full"));
    assert_eq!(error.to_string(), "no room");
    assert_eq!(error.source().unwrap().to_string(), "disk full");
    assert!(StoreError::new("no room").source().is_none());
}

fn sample() -> State {
    State::from(Snapshot::sample())
}

/// Checks that the bytes are not loaded, are moved aside unchanged, and are not reported at the next start.
#[track_caller]
fn assert_damaged(bytes: &[u8], what: &str) {
    let folder = Folder::new();
    fs::write(folder.file(), bytes).unwrap();
    let store = FileStore::new(folder.file());
    let error = store.load().expect_err(what).to_string();
    assert!(
        error.contains("the state is damaged and was not used"),
        "{what}: {error}"
    );
    assert!(
        error.ends_with(&format!("moved to {}", folder.damaged().display())),
        "{what}: {error}"
    );
    assert_eq!(folder.names(), ["state.json.damaged"], "{what}");
    assert!(fs::read(folder.damaged()).unwrap() == bytes, "{what}");
    assert!(store.load().unwrap().is_none(), "{what}");
}

/// Returns the file of the sample.
fn saved() -> Vec<u8> {
    let folder = Folder::new();
    FileStore::new(folder.file()).save(&sample()).unwrap();
    fs::read(folder.file()).unwrap()
}

#[track_caller]
fn position(bytes: &[u8], part: &[u8]) -> usize {
    bytes
        .windows(part.len())
        .position(|window| window == part)
        .unwrap()
}

/// The folder of one test, removed when dropped.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("masthead-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self { path }
    }

    fn file(&self) -> PathBuf {
        self.path.join("state.json")
    }

    fn damaged(&self) -> PathBuf {
        self.path.join("state.json.damaged")
    }

    fn names(&self) -> Vec<String> {
        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        let entries = fs::read_dir(&self.path).unwrap();
        let mut names: Vec<String> = entries.map(|entry| name(&entry.unwrap().path())).collect();
        // The lock file is empty, and stays.
        names.retain(|name| name != "state.json.lock");
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
