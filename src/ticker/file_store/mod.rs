//! The records of a server in a file.
//!
//! A write goes through these steps, and each protects what the next one would harm:
//!
//! 1. `place` follows a link to the file itself, and refuses what is not a regular file before it is opened: a FIFO would block, a device be
//!    replaced.
//! 2. [`FileStore::vet`] reads the beginning: a file of another program or of a later version is left as it is, without a lock beside it.
//! 3. `lock` takes `<name>.lock`. The file itself cannot carry the lock, because a rewrite puts another file in its place.
//! 4. The file is opened again, under the lock: meanwhile another process may have rewritten it.
//! 5. [`Known`] says which publications the file has. It is trusted if this is still the same file and it has not become shorter; else the file is
//!    read.
//! 6. `disk` writes: lines to the end in one call, or a whole file beside it that is then renamed over it.
//!
//! | event | what is left | why |
//! |---|---|---|
//! | the process is killed while it appends | the lines before, and a part of one | the next write begins with a line feed; a line has a checksum |
//! | the disk is full | the file of before | the file is cut to its length before the write |
//! | the process is killed while it rewrites | the file of before, and a temporary file | a rename is atomic; `sweep` removes the other after a minute |
//! | two processes write | the lines of both | the lock; records are a set, so a record of both is one |
//! | a reader without the lock | perhaps half of the last line | it counts as not used, and is read the next time |
//! | a state file of an earlier version | a ledger's file, and `<name>.old` | `import` copies the state there before a ledger's file takes its place |

mod compact;
mod disk;
mod import;
mod lines;
mod lock;
mod place;
mod sweep;

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::{State, Store, StoreError};
use crate::day;
use crate::engine::Memory;
use crate::ledger::Record;
use crate::ledger::line::{
    self, Checkpoint, Contents, FIRST_LINE, Outcome, Reader, VERSION, Writer,
};
use crate::text::{Harmless, WithCauses};
use place::Unusable;

pub use compact::Compacted;

/// The records of a ledger in one file, to whose end each new record is written.
///
/// The chapter [The ledger's file](crate::_documentation::ledger_format) describes the lines. A publication or a forecast is written
/// once, and each repetition of an answer adds one short line, until [`compact`](Self::compact) removes what is not needed. As the
/// [`Store`] of a ticker it is compacted after a save that has made it longer than four megabytes and twice its length after the last
/// compaction.
///
/// A line that cannot be used, because it was damaged or cut short, costs this record only. The first report of a ticker names it
/// ([`State::damage`]).
///
/// The file must be a ledger's file, the state file of an earlier version, empty, or not exist yet. Anything else at its path is left
/// unchanged and is an error of each method: a folder, a FIFO, a device, a file of another program, or a ledger's file of a later
/// version ([`StoreError::is_newer`]). A symbolic link is followed. The folder must exist.
///
/// Several processes may share the file: a lock on `<name>.lock` orders their writes. A write waits at most five seconds for it. Loading
/// waits for no lock, so the last line may be one that another process is writing; it then counts as not used.
///
/// ```
/// use masthead::SourceId;
/// use masthead::Snapshot;
/// use masthead::ledger::{Feed, Ledger, Sighting};
/// use masthead::ticker::FileStore;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("masthead.ledger");
/// let now = Snapshot::SAMPLE_TIME;
/// let rates = Snapshot::sample().rates(now).unwrap().value().clone();
/// let day = rates.day();
/// let sighting = Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, day, rates, now);
///
/// let file = FileStore::new(&path);
/// file.append(&[sighting.clone().into()], &[])?;
/// let loaded = FileStore::new(&path).read(now)?;
/// assert_eq!(loaded.contents.ledger, Ledger::from_iter([sighting.into()]));
/// # Ok::<(), masthead::ticker::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
    known: Arc<Mutex<Option<Known>>>,
    /// The length of the file after it was compacted last.
    compacted: Arc<AtomicU64>,
}

/// The file that was read or written last.
#[derive(Debug)]
struct Known {
    /// Kept open, so that the system does not give its number to another file.
    file: File,
    /// Its length at that time.
    length: u64,
    /// The publications and forecasts in it.
    writer: Writer,
}

impl Known {
    /// Returns whether this is the file, and it was not cut short.
    fn is_of(&self, file: &File) -> bool {
        let is_same = matches!((disk::identity(&self.file), disk::identity(file)), (Some(a), Some(b)) if a == b);
        is_same
            && file
                .metadata()
                .is_ok_and(|metadata| metadata.len() >= self.length)
    }
}

/// The outcome of [`FileStore::read`].
///
/// ```
/// use masthead::Snapshot;
/// use masthead::ticker::{FileStore, Loaded};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("masthead.ledger");
/// let Loaded { contents, imported, .. } = FileStore::new(&path).read(Snapshot::SAMPLE_TIME)?;
/// assert!(contents.ledger.is_empty() && contents.skipped.is_none() && imported.is_none(), "there is no file yet");
/// # Ok::<(), masthead::ticker::StoreError>(())
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Loaded {
    /// The records and checkpoints, and the lines that were not used.
    pub contents: Contents,
    /// The outcome of importing the state file of an earlier version: the path at which it stays for a rollback, or why it could not
    /// be replaced. `None` if there was no such file.
    pub imported: Option<Result<PathBuf, StoreError>>,
}

/// The beginning of a file by which its kind is known, spaces included.
const HEAD_BYTES: u64 = 4096;
/// Around the six letters that the name of a temporary file is made unique by.
const TEMPORARY: (&str, &str) = (".masthead-", ".tmp");
/// The name of the checkpoint with the guard's memory.
const GUARD: &str = "guard";
/// A file up to this length in bytes is not compacted, nor one of less than twice its length after the last time.
const SMALL: u64 = 4 << 20;

/// A file that may be written to.
enum Opened {
    Ledger(File),
    /// The state of an earlier version.
    State(File),
    /// There is no file, or an empty one, which has nothing to lose.
    Missing,
}

impl FileStore {
    /// A ledger's file at `path`.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            known: Arc::default(),
            compacted: Arc::default(),
        }
    }

    /// Checks that records can be written there and changes nothing: the folder is writable, and the path has a ledger's file of this
    /// version, a state file, an empty file or no file. For this it creates and removes a temporary file in the folder.
    ///
    /// # Errors
    ///
    /// If records cannot be written there. [`StoreError::is_misplaced`] distinguishes a wrong path from a condition that may pass, and
    /// [`StoreError::is_newer`] a file of a later version.
    ///
    /// ```
    /// use masthead::ticker::FileStore;
    ///
    /// let error = FileStore::new("/dev/null").check().unwrap_err();
    /// # #[cfg(unix)]
    /// assert!(error.is_misplaced());
    /// ```
    pub fn check(&self) -> Result<(), StoreError> {
        let path = self.resolved()?;
        self.vet(&path)?;
        let lock = beside(&path, ".lock");
        for (path, options) in [
            (&path, File::options().append(true)),
            (&lock, File::options().write(true)),
        ] {
            place::is_there(path)
                .and_then(|is_there| match is_there {
                    true => place::open(path, options).map(drop),
                    false => Ok(()),
                })
                .map_err(|cause| unusable(path, cause))?;
        }
        temporary(folder_of(&path)).map(drop).map_err(|cause| {
            self.error("its folder cannot be written to")
                .caused_by(cause)
        })
    }

    /// Loads the records. Returns an empty ledger if there is no file.
    ///
    /// `now` is the time of the driver's clock: a record with an instant more than five minutes later is left out and stays in the file.
    ///
    /// The state file of an earlier version is imported: its readings become records that were seen once, when they were fetched, and
    /// the guard's memory becomes the checkpoint `guard`. Rates with rows of earlier days are imported as they are. The state file stays
    /// at `<name>.old`, in place of an older one.
    ///
    /// A process that is killed while it rewrites the file leaves a temporary file, `.masthead-XXXXXX.tmp`, in the same folder. Such files
    /// that are older than a minute and not locked are removed.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not a ledger's file of this version. Lines that cannot be used are no error.
    pub fn read(&self, now: DateTime<Utc>) -> Result<Loaded, StoreError> {
        let path = self.resolved()?;
        sweep::sweep(&path);
        match self.open(&path, File::options().read(true))? {
            Opened::Missing => Ok(Loaded::default()),
            Opened::State(_) => self.import(&path, now),
            Opened::Ledger(file) => self.loaded(file, now),
        }
    }

    /// Writes records and checkpoints to the end of the file. Returns the length of the file in bytes.
    ///
    /// A publication or a forecast that the file has is not written again. The records are on the disk when the call returns.
    ///
    /// # Errors
    ///
    /// If they cannot be written, or another process has held the lock for five seconds. Some of them may then be in the file. A line
    /// that was cut short does no harm to others.
    pub fn append(
        &self,
        records: &[Record],
        checkpoints: &[Checkpoint],
    ) -> Result<u64, StoreError> {
        self.try_append(records, checkpoints)
            .map_err(|cause| cause.within(self.message("the records were not written")))
    }

    /// Reads a ledger's file, and keeps it open as the one that is known.
    fn loaded(&self, file: File, now: DateTime<Utc>) -> Result<Loaded, StoreError> {
        let reader = self.scan(&file, now, |_, _| ())?;
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        *self.known() = Some(Known {
            file,
            length,
            writer: reader.writer(),
        });
        Ok(Loaded {
            contents: reader.finish(),
            imported: None,
        })
    }

    fn try_append(
        &self,
        records: &[Record],
        checkpoints: &[Checkpoint],
    ) -> Result<u64, StoreError> {
        let path = self.resolved()?;
        // Before a lock is made beside what is not ours.
        self.vet(&path)?;
        let _turn = lock::lock(&path)?;
        let options = File::options().read(true).append(true).to_owned();
        let mut known = self.known();
        // After a failure it is not known which lines are in the file, so it is read again.
        let held = known.take();
        let written = match self.open(&path, &options)? {
            Opened::State(_) => return Err(self.of_state()),
            Opened::Missing => {
                let mut writer = Writer::default();
                let mut text = FIRST_LINE.to_owned();
                write(records, checkpoints, &mut writer, &mut text);
                self.replace(&path, |file| {
                    file.write_all(text.as_bytes())?;
                    Ok(writer)
                })?
            }
            Opened::Ledger(mut file) => {
                let mut writer = match held {
                    Some(held) if held.is_of(&file) => held.writer,
                    _ => self.scan(&file, DateTime::UNIX_EPOCH, |_, _| ())?.writer(),
                };
                let mut text = String::new();
                write(records, checkpoints, &mut writer, &mut text);
                let length = disk::end(&mut file, &text)
                    .map_err(|cause| self.error("cannot be written to").caused_by(cause))?;
                Known {
                    file,
                    length,
                    writer,
                }
            }
        };
        Ok(known.insert(written).length)
    }

    /// Reads the lines of a ledger's file.
    fn scan(
        &self,
        mut file: &File,
        now: DateTime<Utc>,
        each: impl FnMut(&[u8], Outcome),
    ) -> Result<Reader, StoreError> {
        file.rewind()
            .and_then(|()| lines::read(file, now, each))
            .map_err(|cause| self.error("cannot be read").caused_by(cause))
    }

    /// Replaces the file by one that `write` writes. It returns the writer of the lines.
    fn replace(
        &self,
        path: &Path,
        write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<Writer>,
    ) -> Result<Known, StoreError> {
        let known = disk::replaced(path, write).and_then(|writer| {
            let file = File::open(path)?;
            Ok(Known {
                length: file.metadata()?.len(),
                file,
                writer,
            })
        });
        known.map_err(|cause| self.error("cannot be replaced").caused_by(cause))
    }

    /// The path of the file, with links followed.
    fn resolved(&self) -> Result<PathBuf, StoreError> {
        place::resolved(&self.path).map_err(|cause| unusable(&self.path, cause))
    }

    /// Refuses what is not ours, and a folder that does not exist.
    fn vet(&self, path: &Path) -> Result<(), StoreError> {
        match std::fs::metadata(folder_of(path)) {
            Ok(folder) if folder.is_dir() => self.open(path, File::options().read(true)).map(drop),
            // It may be there: a folder above it cannot be searched by this user.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                Err(unusable(&self.path, Unusable::Io(error)))
            }
            _ => Err(unusable(&self.path, Unusable::NoFolder)),
        }
    }

    /// Opens a file of ours. The kind is decided by the first line or, if that is damaged, by the second one.
    fn open(&self, path: &Path, options: &OpenOptions) -> Result<Opened, StoreError> {
        let file = match place::open(path, options) {
            Ok(file) => file,
            Err(Unusable::Io(error)) if error.kind() == ErrorKind::NotFound => {
                return Ok(Opened::Missing);
            }
            Err(cause) => return Err(unusable(&self.path, cause)),
        };
        let mut head = Vec::new();
        (&file)
            .take(HEAD_BYTES)
            .read_to_end(&mut head)
            .map_err(|error| self.error("cannot be read").caused_by(error))?;
        if head.is_empty() {
            return Ok(Opened::Missing);
        }
        let has_damaged_head = |mut file: &File| {
            file.rewind()
                .and_then(|()| lines::is_second_of_ledger(file))
                .map_err(|error| self.error("cannot be read").caused_by(error))
        };
        let first = head.split(|byte| *byte == b'\n').next();
        match first.and_then(line::version_of) {
            Some(VERSION) => Ok(Opened::Ledger(file)),
            Some(version) => {
                let error = self.error(format_args!(
                    "has format {version}, this version reads {VERSION}; it was left as it is"
                ));
                Err(error.of_newer())
            }
            None if place::begins_as_a_state(&head) => Ok(Opened::State(file)),
            None if has_damaged_head(&file)? => Ok(Opened::Ledger(file)),
            None => {
                let error = self.error("is not a ledger of this program; it was left as it is");
                Err(error.of_place())
            }
        }
    }

    fn of_state(&self) -> StoreError {
        self.error("is the state of an earlier version, which was not imported")
    }

    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, what: impl std::fmt::Display) -> StoreError {
        error(&self.path, what)
    }

    fn message(&self, what: &str) -> String {
        self.error(what).to_string()
    }
}

impl Store for FileStore {
    fn load(&self) -> Result<Option<State>, StoreError> {
        // A ticker leaves out what is of the future by its own clock.
        let loaded = self.read(day::clamp(DateTime::<Utc>::MAX_UTC))?;
        let Loaded { contents, imported } = loaded;
        if contents.ledger.is_empty()
            && contents.checkpoints.is_empty()
            && contents.skipped.is_none()
        {
            return Ok(None);
        }
        Ok(Some(self.state(contents, imported)))
    }

    /// Appends the records. A file that has grown to twice its length since it was compacted last is compacted.
    fn save(&self, news: &State) -> Result<(), StoreError> {
        let not_kept = |cause: StoreError| cause.within(self.message("the state was not kept"));
        let memory = news.guard().map(checkpoint).transpose().map_err(not_kept)?;
        let records = news.lines();
        let length = self
            .try_append(&records, memory.as_slice())
            .map_err(not_kept)?;
        // By the time of the records, because the system's clock is not that of the ticker.
        let now = records.iter().map(Record::last).max();
        if let Some(now) = now.filter(|_| length > SMALL) {
            self.shorten_if_long(length, now);
        }
        Ok(())
    }
}

impl FileStore {
    /// Returns the stored state without any change to the folder, of a state file of an earlier version too. Returns `None` if there is
    /// no file.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    ///
    /// ```
    /// use masthead::ticker::FileStore;
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("masthead.ledger");
    /// assert_eq!(FileStore::new(&path).peek()?, None);
    /// # Ok::<(), masthead::ticker::StoreError>(())
    /// ```
    pub fn peek(&self) -> Result<Option<State>, StoreError> {
        let path = self.resolved()?;
        match self.open(&path, File::options().read(true))? {
            Opened::Missing => Ok(None),
            Opened::State(file) => self.old_state(&file).map(Some),
            Opened::Ledger(file) => {
                let latest = day::clamp(DateTime::<Utc>::MAX_UTC);
                let contents = self.scan(&file, latest, |_, _| ())?.finish();
                Ok(Some(self.state(contents, None)))
            }
        }
    }

    fn state(&self, contents: Contents, imported: Option<Result<PathBuf, StoreError>>) -> State {
        let memory = contents
            .checkpoint(GUARD)
            .map(|memory| serde_json::from_str::<Memory>(memory.json()));
        let mut damage = Vec::new();
        if let Some(skipped) = &contents.skipped {
            damage.push(self.message(&skipped.to_string()));
        }
        if let Some(Err(error)) = imported {
            damage.push(WithCauses(&error).to_string());
        }
        let memory = memory.and_then(|memory| {
            let unreadable = |error: &serde_json::Error| {
                let what = format!("the guard's memory cannot be used ({error})");
                damage.push(self.message(&what));
            };
            memory.inspect_err(unreadable).ok()
        });
        let damage = (!damage.is_empty()).then(|| damage.join("; "));
        State::new(contents.ledger, memory).with_damage(damage)
    }
}

fn checkpoint(memory: &Memory) -> Result<Checkpoint, StoreError> {
    let unwritable = || StoreError::new("the guard's memory cannot be written as JSON");
    let json = serde_json::to_string(memory).map_err(|cause| unwritable().caused_by(cause))?;
    Checkpoint::new(GUARD, json).map_err(|cause| unwritable().caused_by(cause))
}

fn write(records: &[Record], checkpoints: &[Checkpoint], writer: &mut Writer, text: &mut String) {
    for record in records {
        writer.record(record, text);
    }
    for checkpoint in checkpoints {
        writer.checkpoint(checkpoint, text);
    }
}

fn error(path: &Path, what: impl std::fmt::Display) -> StoreError {
    let path = path.display().to_string();
    StoreError::new(format!("{}: {what}", Harmless(&path)))
}

fn unusable(path: &Path, cause: Unusable) -> StoreError {
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
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut beside = path.to_owned().into_os_string();
    beside.push(suffix);
    beside.into()
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// In the folder of the state, because only a rename within a file system is atomic. Removed when dropped.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new()
        .prefix(TEMPORARY.0)
        .suffix(TEMPORARY.1)
        .tempfile_in(folder)
}
