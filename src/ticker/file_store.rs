use std::fs::{DirEntry, File, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{State, Store, StoreError};
use crate::text::Harmless;

/// A store in one file: JSON with a schema number and a checksum, replaced atomically.
///
/// A file that is damaged is moved aside to `<name>.damaged` when it is read, so that nothing is lost and the next start
/// is clean. A folder in its place is left alone: it is somebody's.
///
/// Several processes may share it: they take turns by a lock on `<name>.lock`, and of two states the newer of each reading
/// stays.
///
/// A process that is killed while it saves leaves a temporary file, `.masthead-XXXXXX.tmp`, in the same folder. Loading
/// removes those that are older than a minute and not locked: who saves holds a lock, which dies with the process. Where a
/// file system has no locks they go after a day.
///
/// ```
/// use masthead::Snapshot;
/// use masthead::ticker::{FileStore, State, Store};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("masthead.json");
/// let store = FileStore::new(&path);
/// assert!(store.load()?.is_none());
/// let state = State::from(Snapshot::sample());
/// store.save(&state)?;
/// assert_eq!(store.load()?, Some(state));
/// # Ok::<(), masthead::ticker::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
}

/// The version of the file's shape. Another one is not read: old and new programs may share a disk.
const SCHEMA: u32 = 3;
/// Thirty cities and forty currencies are a quarter of a megabyte.
const MAX_BYTES: u64 = 8 << 20;
/// Around the six letters that the name of a temporary file is made unique by.
const TEMPORARY: (&str, &str) = (".masthead-", ".tmp");
/// A temporary file so young may be one whose writer has not come to lock it.
const YOUNG: Duration = Duration::from_secs(60);
/// Where files cannot be locked, a save that began so long ago has ended.
const OLD: Duration = Duration::from_secs(86_400);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    schema: u32,
    crc32: u32,
    #[serde(borrow)]
    state: &'a RawValue,
}

#[derive(Deserialize)]
struct SchemaOnly {
    schema: u32,
}

impl FileStore {
    /// A store in a file; its folder must exist.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
        }
    }

    fn error(&self, what: impl std::fmt::Display) -> StoreError {
        StoreError::new(format!("{}: {what}", self.path.display()))
    }

    fn folder(&self) -> &Path {
        self.path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
    }

    /// Removes what those who were killed while saving left. What cannot be removed is no reason not to start.
    fn sweep(&self) {
        let Ok(entries) = std::fs::read_dir(self.folder()) else {
            return;
        };
        for entry in entries.flatten() {
            if Some(&*entry.file_name()) != self.path.file_name() && is_abandoned(&entry) {
                _ = std::fs::remove_file(entry.path());
            }
        }
    }

    fn read(&self) -> Result<Option<String>, StoreError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.error("cannot be opened").caused_by(error)),
        };
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| self.error("cannot be read").caused_by(error))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(self.damaged(format!("larger than {MAX_BYTES} bytes")));
        }
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|cause| self.damaged(cause))
    }

    fn parse(&self, text: &str) -> Result<State, StoreError> {
        let SchemaOnly { schema } =
            serde_json::from_str(text).map_err(|cause| self.damaged(cause))?;
        if schema != SCHEMA {
            return Err(self.error(format!("has schema {schema}, this version reads {SCHEMA}; left as it is until the next save")));
        }
        let envelope: Envelope<'_> =
            serde_json::from_str(text).map_err(|cause| self.damaged(cause))?;
        if envelope.crc32 != crc32fast::hash(envelope.state.get().as_bytes()) {
            return Err(self.damaged("the checksum does not match"));
        }
        serde_json::from_str(envelope.state.get()).map_err(|cause| self.damaged(cause))
    }

    fn kept(&self) -> Result<Option<State>, StoreError> {
        self.read()?.map(|text| self.parse(&text)).transpose()
    }

    /// One writer at a time: held until dropped, and given up by the system when a process dies.
    fn lock(&self) -> io::Result<File> {
        let mut beside = self.path.clone().into_os_string();
        beside.push(".lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&beside)?;
        lock.lock()?;
        Ok(lock)
    }

    fn write(&self, state: &State) -> io::Result<()> {
        let state = serde_json::value::to_raw_value(state)?;
        let crc32 = crc32fast::hash(state.get().as_bytes());
        let text = serde_json::to_string(&Envelope {
            schema: SCHEMA,
            crc32,
            state: &state,
        })?;
        // In the same folder, because only a rename within a file system is atomic.
        let mut file = tempfile::Builder::new()
            .prefix(TEMPORARY.0)
            .suffix(TEMPORARY.1)
            .tempfile_in(self.folder())?;
        // Tells who loads that somebody is writing; some file systems have no locks.
        _ = file.as_file().try_lock();
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        // The error of `persist` would keep the temporary file for as long as a report is kept.
        file.persist(&self.path).map_err(|failed| failed.error)?;
        Ok(())
    }

    /// Moves the file aside and says why.
    fn damaged(&self, cause: impl std::fmt::Display) -> StoreError {
        let mut aside = self.path.clone().into_os_string();
        aside.push(".damaged");
        let moved = match std::fs::rename(&self.path, &aside) {
            Ok(()) => format!("moved to {}", Path::new(&aside).display()),
            Err(error) => format!("it could not be moved aside: {error}"),
        };
        let error = self.error(format!(
            "the state is damaged and was not used ({}); {moved}",
            Harmless(&cause.to_string())
        ));
        error.of_damage()
    }
}

impl Store for FileStore {
    fn load(&self) -> Result<Option<State>, StoreError> {
        self.sweep();
        self.kept()
    }

    /// Keeps the newer of each reading, this state's and that of the file: several processes may share it. A file that was
    /// damaged meanwhile is replaced, and told of.
    fn save(&self, state: &State) -> Result<(), StoreError> {
        let kept = |cause: io::Error| self.error("the state was not kept").caused_by(cause);
        let _turn = self.lock().map_err(kept)?;
        let (merged, damage) = match self.kept() {
            Ok(None) => (None, None),
            Ok(Some(kept)) => (Some(state.clone().merged(kept)), None),
            Err(error) => (None, Some(error).filter(|error| error.is_damage)),
        };
        self.write(merged.as_ref().unwrap_or(state)).map_err(kept)?;
        damage.map_or(Ok(()), Err)
    }
}

/// Whether an entry is a temporary file that nobody writes any more. Should it be wrong, a save fails and says so.
fn is_abandoned(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let unique = name
        .to_str()
        .and_then(|name| name.strip_prefix(TEMPORARY.0)?.strip_suffix(TEMPORARY.1));
    // Of a link it is what is said of the link: opening what somebody else made could wait for ever.
    let file = entry.metadata().ok().filter(std::fs::Metadata::is_file);
    let (Some(6), Some(file)) = (unique.map(str::len), file) else {
        return false;
    };
    let Ok(modified) = file.modified() else {
        return false;
    };
    // A clock that was set back makes files of the future; they are old too.
    let age = modified.elapsed().unwrap_or_else(|ahead| ahead.duration());
    if age < YOUNG {
        return false;
    }
    match File::open(entry.path()).map(|file| file.try_lock()) {
        Ok(Ok(())) => true,
        Ok(Err(TryLockError::WouldBlock)) => false,
        Ok(Err(TryLockError::Error(_))) | Err(_) => age >= OLD,
    }
}
