//! Temporary files of processes that were killed while saving.

use std::fs::{DirEntry, File, TryLockError};
use std::path::Path;
use std::time::Duration;

use super::{TEMPORARY, folder_of};

/// A temporary file so young may be one whose writer has not come to lock it.
const YOUNG: Duration = Duration::from_secs(60);
/// Where files cannot be locked, a save that began so long ago has ended.
const OLD: Duration = Duration::from_secs(86_400);

/// Removes the temporary files of processes that were killed while saving. A file that cannot be removed is no reason not to start.
pub(super) fn sweep(path: &Path) {
    let Ok(entries) = std::fs::read_dir(folder_of(path)) else {
        return;
    };
    for entry in entries.flatten() {
        if Some(&*entry.file_name()) != path.file_name() && is_abandoned(&entry) {
            _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether an entry is a temporary file that is no longer written. If that is wrong, a save fails and reports it.
fn is_abandoned(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let unique = name
        .to_str()
        .and_then(|name| name.strip_prefix(TEMPORARY.0)?.strip_suffix(TEMPORARY.1));
    // The metadata of a link are those of the link itself: opening its target could block.
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
