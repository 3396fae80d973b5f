use std::error::Error;
use std::fmt::Debug;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::State;
use crate::text::Harmless;

/// Where the last good state is kept across restarts.
///
/// # Contract
///
/// `save` replaces what was kept, wholly or not at all. `load` gives back what was saved, nothing where nothing was, and
/// an error for anything else: it never guesses.
///
/// ```
/// use std::sync::Mutex;
/// use masthead::ticker::{State, Store, StoreError};
///
/// /// For tests: what was kept is lost with the process.
/// #[derive(Debug, Default)]
/// struct InMemory(Mutex<Option<State>>);
///
/// impl Store for InMemory {
///     fn load(&self) -> Result<Option<State>, StoreError> {
///         let kept = self.0.lock().map_err(|_| StoreError::new("the lock is poisoned"))?;
///         Ok(kept.clone())
///     }
///
///     fn save(&self, state: &State) -> Result<(), StoreError> {
///         *self.0.lock().map_err(|_| StoreError::new("the lock is poisoned"))? = Some(state.clone());
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
    fn load(&self) -> Result<Option<State>, StoreError>;

    /// Keeps a state.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn save(&self, state: &State) -> Result<(), StoreError>;
}

/// A store in one file: JSON with a schema number and a checksum, replaced atomically.
///
/// A file that is damaged is moved aside to `<name>.damaged` when it is read, so that nothing is lost and the next start
/// is clean.
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
const SCHEMA: u32 = 2;
/// Thirty cities and forty currencies are a quarter of a megabyte.
const MAX_BYTES: u64 = 8 << 20;

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
        let folder = self
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        // In the same folder, because only a rename within a file system is atomic.
        let mut file = tempfile::Builder::new()
            .prefix(".masthead-")
            .tempfile_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
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
        StoreError {
            is_damage: true,
            ..error
        }
    }
}

impl Store for FileStore {
    fn load(&self) -> Result<Option<State>, StoreError> {
        self.read()?.map(|text| self.parse(&text)).transpose()
    }

    /// Keeps the newer of each reading, this state's and that of the file: several processes may share it. A file that was
    /// damaged meanwhile is replaced, and told of.
    fn save(&self, state: &State) -> Result<(), StoreError> {
        let kept = |cause: io::Error| self.error("the state was not kept").caused_by(cause);
        let _turn = self.lock().map_err(kept)?;
        let (merged, damage) = match self.load() {
            Ok(None) => (None, None),
            Ok(Some(kept)) => (Some(state.clone().merged(kept)), None),
            Err(error) => (None, Some(error).filter(|error| error.is_damage)),
        };
        self.write(merged.as_ref().unwrap_or(state)).map_err(kept)?;
        damage.map_or(Ok(()), Err)
    }
}

/// A store could not be read or written: which, and why.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    /// Whether what was kept is not what was saved.
    is_damage: bool,
}

impl StoreError {
    /// An error with what is known of it.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
            is_damage: false,
        }
    }

    /// The same with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
