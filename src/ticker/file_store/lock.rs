//! Turns of the processes that share a file.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use super::{StoreError, beside, error, place, unusable};

/// The time that a save waits for its turn, and the time between two tries.
const TURN: Duration = Duration::from_secs(5);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// One writer at a time: held until dropped, and given up by the system when a process dies.
pub(super) fn lock(path: &Path) -> Result<File, StoreError> {
    let beside = beside(path, ".lock");
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    let lock = place::open(&beside, &options).map_err(|cause| unusable(&beside, cause))?;
    let began = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if began.elapsed() < TURN => {
                std::thread::sleep(BETWEEN_TRIES);
            }
            Err(TryLockError::WouldBlock) => {
                let seconds = TURN.as_secs();
                let what = format_args!("another process has held it for {seconds} s");
                return Err(error(&beside, what));
            }
            Err(TryLockError::Error(cause)) => {
                return Err(error(&beside, "cannot be locked").caused_by(cause));
            }
        }
    }
}
