pub(super) mod lock;
pub(super) mod place;
pub(super) mod sweep;

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{State, Store, StoreError};
use crate::text::Harmless;
use place::Unusable;

/// A store in one file: JSON with a schema number and a checksum, replaced atomically.
///
/// The file must be a state file, empty, or not exist yet. Anything else at its path is left unchanged and is an error of both `load` and
/// `save`: a folder, a FIFO, a socket, a device, or a file that does not begin as a state file.
///
/// A damaged state file is renamed to `<name>.damaged` when it is loaded or replaced, so that its content is not lost and the next start is
/// clean.
///
/// A symbolic link is followed: its target is replaced, and `.lock` and `.damaged` are beside the target. A link to a file that does not exist
/// is an error.
///
/// Several processes may share it: a lock on `<name>.lock` orders them, and of two states the newer reading of each item stays. A save waits
/// at most five seconds for the lock.
///
/// A process that is killed while it saves leaves a temporary file, `.masthead-XXXXXX.tmp`, in the same folder. Loading removes such files that
/// are older than a minute and not locked; a process that saves holds the lock, and loses it when it ends. On a file system without locks they
/// are removed after a day.
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
const SCHEMA: u32 = 4;
/// Thirty cities and forty currencies are a quarter of a megabyte.
const MAX_BYTES: u64 = 8 << 20;
/// Where a file is seen to be ours, spaces included.
const HEAD_BYTES: u64 = 4096;
/// Around the six letters that the name of a temporary file is made unique by.
const TEMPORARY: (&str, &str) = (".masthead-", ".tmp");
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

/// Why there is a file but no state.
enum Unread {
    /// It was ours once.
    Damaged(String),
    /// Another version of this crate wrote it.
    Schema(u32),
    /// It is not known to be ours, so it is never replaced.
    Refused(StoreError),
}

impl FileStore {
    /// A store in the file at `path`. Its folder must exist.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
        }
    }

    /// Checks that a state can be stored there and changes nothing: the folder is writable, and the path has a state file (damaged or not), an empty
    /// file or no file. For this it creates and removes a temporary file in the folder.
    ///
    /// # Errors
    ///
    /// If a state cannot be stored there. [`StoreError::is_misplaced`] distinguishes a wrong path from a condition that may pass.
    ///
    /// ```
    /// use masthead::ticker::FileStore;
    ///
    /// let error = FileStore::new("/dev/null").check().unwrap_err();
    /// # #[cfg(unix)]
    /// assert_eq!(error.to_string(), "/dev/null: is a device, not a regular file; it was left as it is");
    /// ```
    pub fn check(&self) -> Result<(), StoreError> {
        let path = self.resolved()?;
        self.vet(&path)?;
        let (lock, aside) = (beside(&path, ".lock"), beside(&path, ".damaged"));
        place::is_there(&aside).map_err(|cause| unusable(&aside, cause))?;
        place::is_there(&lock)
            .and_then(|there| match there {
                true => place::open(&lock, File::options().write(true)).map(drop),
                false => Ok(()),
            })
            .map_err(|cause| unusable(&lock, cause))?;
        temporary(folder_of(&path)).map(drop).map_err(|cause| {
            self.error("its folder cannot be written to")
                .caused_by(cause)
        })
    }

    /// Returns the stored state without any change to the folder: a damaged file stays where it is.
    ///
    /// # Errors
    ///
    /// As [`load`](Store::load).
    pub fn peek(&self) -> Result<Option<State>, StoreError> {
        self.kept(&self.resolved()?).map_err(|unread| match unread {
            Unread::Damaged(cause) => self.error(format_args!("the state is damaged ({cause})")),
            Unread::Schema(schema) => self.of_schema(schema),
            Unread::Refused(error) => error,
        })
    }

    fn error(&self, what: impl std::fmt::Display) -> StoreError {
        error(&self.path, what)
    }

    fn unusable(&self, cause: Unusable) -> StoreError {
        unusable(&self.path, cause)
    }

    fn resolved(&self) -> Result<PathBuf, StoreError> {
        place::resolved(&self.path).map_err(|cause| self.unusable(cause))
    }

    /// Refuses what is not ours, without a look beyond its head, and a folder that is not there.
    fn vet(&self, path: &Path) -> Result<(), StoreError> {
        if !folder_of(path).is_dir() {
            return Err(self.unusable(Unusable::NoFolder));
        }
        self.bytes(path, HEAD_BYTES).map(drop)
    }

    /// The beginning of a file of ours, damaged or not. An empty file has nothing to lose, so it counts as none: `touch` and
    /// `mktemp` make such.
    fn bytes(&self, path: &Path, most: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let file = match place::open(path, File::options().read(true)) {
            Ok(file) => file,
            Err(Unusable::Io(error)) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(self.unusable(cause)),
        };
        let mut bytes = Vec::new();
        file.take(most)
            .read_to_end(&mut bytes)
            .map_err(|error| self.error("cannot be read").caused_by(error))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if !place::begins_as_a_state(&bytes) {
            let error = self.error("is not a state of this program; it was left as it is");
            return Err(error.of_place());
        }
        Ok(Some(bytes))
    }

    fn text(&self, path: &Path) -> Result<Option<String>, Unread> {
        let bytes = self.bytes(path, MAX_BYTES + 1).map_err(Unread::Refused)?;
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        if bytes.len() as u64 > MAX_BYTES {
            return Err(Unread::Damaged(format!("larger than {MAX_BYTES} bytes")));
        }
        String::from_utf8(bytes).map(Some).map_err(damaged)
    }

    fn kept(&self, path: &Path) -> Result<Option<State>, Unread> {
        self.text(path)?.map(|text| parse(&text)).transpose()
    }

    fn write(path: &Path, state: &State) -> io::Result<()> {
        let state = serde_json::value::to_raw_value(state)?;
        let crc32 = crc32fast::hash(state.get().as_bytes());
        let text = serde_json::to_string(&Envelope {
            schema: SCHEMA,
            crc32,
            state: &state,
        })?;
        let mut file = temporary(folder_of(path))?;
        // Tells who loads that somebody is writing; some file systems have no locks.
        _ = file.as_file().try_lock();
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        // The error of `persist` would keep the temporary file for as long as a report is kept.
        file.persist(path).map_err(|failed| failed.error)?;
        Ok(())
    }

    fn of_schema(&self, schema: u32) -> StoreError {
        self.error(format_args!(
            "has schema {schema}, this version reads {SCHEMA}; left as it is until the next save"
        ))
    }

    /// Moves a file that was ours aside and says why. An error of damage says that it is gone from its place.
    fn move_aside(&self, path: &Path, cause: &str) -> StoreError {
        let aside = beside(path, ".damaged");
        let moved = place::is_there(&aside)
            .and_then(|_| std::fs::rename(path, &aside).map_err(Unusable::from));
        let (moved, outcome) = match moved {
            Ok(()) => (true, format!("moved to {}", aside.display())),
            Err(cause) => {
                let cause = unusable(&aside, cause);
                let cause = crate::text::WithCauses(&cause).to_string();
                (false, format!("it could not be moved aside: {cause}"))
            }
        };
        let error = self.error(format_args!(
            "the state is damaged and was not used ({}); {outcome}",
            Harmless(cause)
        ));
        if moved { error.of_damage() } else { error }
    }
}

impl Store for FileStore {
    fn load(&self) -> Result<Option<State>, StoreError> {
        let path = self.resolved()?;
        sweep::sweep(&path);
        self.kept(&path).map_err(|unread| match unread {
            Unread::Damaged(cause) => self.move_aside(&path, &cause),
            Unread::Schema(schema) => self.of_schema(schema),
            Unread::Refused(error) => error,
        })
    }

    /// Keeps the newer of each reading, this state's and that of the file: several processes may share it. A file of ours that was
    /// damaged meanwhile is replaced, and the error says so. A file that is not ours is never replaced.
    fn save(&self, state: &State) -> Result<(), StoreError> {
        let not_kept = || self.error("the state was not kept");
        let path = self
            .resolved()
            .map_err(|cause| not_kept().caused_by(cause))?;
        // Before a lock is made beside what is not ours.
        self.vet(&path)
            .map_err(|cause| not_kept().caused_by(cause))?;
        let _turn = lock::lock(&path).map_err(|cause| not_kept().caused_by(cause))?;
        let (merged, damage) = match self.kept(&path) {
            Ok(None) | Err(Unread::Schema(_)) => (None, None),
            Ok(Some(kept)) => (Some(state.clone().merged(kept)), None),
            Err(Unread::Damaged(cause)) => {
                let error = self.move_aside(&path, &cause);
                if !error.is_damage {
                    return Err(not_kept().caused_by(error));
                }
                (None, Some(error))
            }
            Err(Unread::Refused(error)) => return Err(not_kept().caused_by(error)),
        };
        Self::write(&path, merged.as_ref().unwrap_or(state))
            .map_err(|cause| not_kept().caused_by(cause))?;
        damage.map_or(Ok(()), Err)
    }
}

fn parse(text: &str) -> Result<State, Unread> {
    let SchemaOnly { schema } = serde_json::from_str(text).map_err(damaged)?;
    if schema != SCHEMA {
        return Err(Unread::Schema(schema));
    }
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(damaged)?;
    if envelope.crc32 != crc32fast::hash(envelope.state.get().as_bytes()) {
        return Err(damaged("the checksum does not match"));
    }
    serde_json::from_str(envelope.state.get()).map_err(damaged)
}

fn damaged(cause: impl std::fmt::Display) -> Unread {
    Unread::Damaged(cause.to_string())
}

pub(super) fn error(path: &Path, what: impl std::fmt::Display) -> StoreError {
    let path = path.display().to_string();
    StoreError::new(format!("{}: {what}", Harmless(&path)))
}

pub(super) fn unusable(path: &Path, cause: Unusable) -> StoreError {
    let error = error(path, &cause);
    match cause {
        // A name that no file can have.
        Unusable::Io(cause) if cause.kind() == ErrorKind::InvalidInput => {
            error.of_place().caused_by(cause)
        }
        Unusable::Io(cause) => error.caused_by(cause),
        _ => error.of_place(),
    }
}

/// The path with more at the end of its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut beside = path.to_owned().into_os_string();
    beside.push(suffix);
    beside.into()
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// In the folder of the state, because only a rename within a file system is atomic. Removed when dropped.
pub(super) fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new()
        .prefix(TEMPORARY.0)
        .suffix(TEMPORARY.1)
        .tempfile_in(folder)
}
