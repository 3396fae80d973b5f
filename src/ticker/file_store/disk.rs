//! The two ways to write: to the end of a file, and a file in the place of another one. The bytes are on the disk when either returns.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::{error, folder_of, place, temporary, unusable};
use crate::ticker::StoreError;

/// The number of the device and of the file on it. Returns `None` where the system has none.
#[cfg(unix)]
pub(super) fn identity(file: &File) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = file.metadata().ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(_: &File) -> Option<(u64, u64)> {
    None
}

/// Writes lines to the end of a file, after a line feed if the last line was cut short. Returns the length of the file.
///
/// After an error the file has its previous length: on a full disk each attempt would leave a part of its lines. The caller holds the lock.
pub(super) fn end(file: &mut File, text: &str) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut last = [b'\n'];
    if length > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let mut bytes = Vec::with_capacity(text.len() + 1);
    if last != [b'\n'] {
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(text.as_bytes());
    // One write, so that a reader without the lock rarely finds a part of it.
    let written = file.write_all(&bytes).and_then(|()| file.sync_data());
    if written.is_err() {
        // If this fails too, the next line begins with a line feed.
        _ = file.set_len(length);
    }
    written?;
    Ok(file.metadata()?.len())
}

/// Replaces a file by a rename. Returns what `write` returns.
pub(super) fn replaced<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<T>,
) -> io::Result<T> {
    let file = temporary(folder_of(path))?;
    // Says to a process that loads that the file is being written; some file systems have no locks.
    _ = file.as_file().try_lock();
    let mut buffer = BufWriter::new(file.as_file());
    let written = write(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    file.as_file().sync_all()?;
    // The error of `persist` would keep the temporary file for as long as a report is kept.
    file.persist(path).map_err(|failed| failed.error)?;
    Ok(written)
}

/// Keeps the state of an earlier version for a rollback.
pub(super) fn keep_old(path: &Path, old: &Path) -> Result<(), StoreError> {
    place::is_there(old).map_err(|cause| unusable(old, cause))?;
    let copied = std::fs::read(path).and_then(|bytes| replaced(old, |file| file.write_all(&bytes)));
    copied.map_err(|cause| error(old, "cannot be written").caused_by(cause))
}
