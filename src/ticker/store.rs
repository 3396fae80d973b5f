use std::error::Error;
use std::fmt::Debug;
use std::fs::{DirEntry, File, TryLockError};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::snapshot::Snapshot;
use crate::text::Harmless;

/// Where the last good snapshot is kept across restarts.
///
/// # Contract
///
/// `save` replaces what was kept, wholly or not at all. `load` gives back what was saved, nothing where nothing was, and
/// an error for anything else: it never guesses.
///
/// ```
/// use std::sync::Mutex;
/// use masthead::Snapshot;
/// use masthead::ticker::{Store, StoreError};
///
/// /// For tests: what was kept is lost with the process.
/// #[derive(Debug, Default)]
/// struct InMemory(Mutex<Option<Snapshot>>);
///
/// impl Store for InMemory {
///     fn load(&self) -> Result<Option<Snapshot>, StoreError> {
///         let kept = self.0.lock().map_err(|_| StoreError::new("the lock is poisoned"))?;
///         Ok(kept.clone())
///     }
///
///     fn save(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
///         *self.0.lock().map_err(|_| StoreError::new("the lock is poisoned"))? = Some(snapshot.clone());
///         Ok(())
///     }
/// }
/// ```
pub trait Store: Debug + Send + Sync {
    /// What was kept.
    ///
    /// # Errors
    ///
    /// When something is kept that cannot be read, or is not what was saved.
    fn load(&self) -> Result<Option<Snapshot>, StoreError>;

    /// Keeps a snapshot.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn save(&self, snapshot: &Snapshot) -> Result<(), StoreError>;
}

/// A store in one file: JSON with a schema number and a checksum, replaced atomically.
///
/// A file that is damaged is moved aside to `<name>.damaged` when it is read, so that nothing is lost and the next start
/// is clean. A folder in its place is left alone: it is somebody's.
///
/// A process that is killed while it saves leaves a temporary file, `.masthead-XXXXXX.tmp`, in the same folder. Loading
/// removes those that are older than a minute and not locked: who saves holds a lock, which dies with the process. Where a
/// file system has no locks they go after a day.
///
/// ```
/// use masthead::Snapshot;
/// use masthead::ticker::{FileStore, Store};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("masthead.json");
/// let store = FileStore::new(&path);
/// assert!(store.load()?.is_none());
/// store.save(&Snapshot::sample())?;
/// assert_eq!(store.load()?, Some(Snapshot::sample()));
/// # Ok::<(), masthead::ticker::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
}

/// The version of the file's shape. Another one is not read: old and new programs may share a disk.
const SCHEMA: u32 = 1;
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
    snapshot: &'a RawValue,
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

    fn parse(&self, text: &str) -> Result<Snapshot, StoreError> {
        let SchemaOnly { schema } =
            serde_json::from_str(text).map_err(|cause| self.damaged(cause))?;
        if schema != SCHEMA {
            return Err(self.error(format!("has schema {schema}, this version reads {SCHEMA}; left as it is until the next save")));
        }
        let envelope: Envelope<'_> =
            serde_json::from_str(text).map_err(|cause| self.damaged(cause))?;
        if envelope.crc32 != crc32fast::hash(envelope.snapshot.get().as_bytes()) {
            return Err(self.damaged("the checksum does not match"));
        }
        serde_json::from_str(envelope.snapshot.get()).map_err(|cause| self.damaged(cause))
    }

    /// Moves the file aside and says why.
    fn damaged(&self, cause: impl std::fmt::Display) -> StoreError {
        let mut aside = self.path.clone().into_os_string();
        aside.push(".damaged");
        let moved = match std::fs::rename(&self.path, &aside) {
            Ok(()) => format!("moved to {}", Path::new(&aside).display()),
            Err(error) => format!("it could not be moved aside: {error}"),
        };
        self.error(format!(
            "the state is damaged and was not used ({}); {moved}",
            Harmless(&cause.to_string())
        ))
    }
}

impl Store for FileStore {
    fn load(&self) -> Result<Option<Snapshot>, StoreError> {
        self.sweep();
        self.read()?.map(|text| self.parse(&text)).transpose()
    }

    fn save(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let write = || -> Result<(), Box<dyn Error + Send + Sync>> {
            let snapshot = serde_json::value::to_raw_value(snapshot)?;
            let crc32 = crc32fast::hash(snapshot.get().as_bytes());
            let text = serde_json::to_string(&Envelope {
                schema: SCHEMA,
                crc32,
                snapshot: &snapshot,
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
        };
        write().map_err(|cause| self.error("the snapshot was not kept").caused_by(cause))
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

/// A store could not be read or written: which, and why.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// An error with what is known of it.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// The same with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
