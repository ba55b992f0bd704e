//! The locks by which processes share the file of the embedded store, and how long one waits for another.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use dynoxide::DynoxideError;

use super::error::StoreError;

/// From one look at a lock to the next.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What `SQLite` says of a file that another process has locked.
const LOCKED: &str = "database is locked";

/// Waits for the lock of a file beside the store.
pub fn lock_within(patience: Duration, guard: &File, store: &Path) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        match guard.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if begun.elapsed() < patience => thread::sleep(LOOK_AGAIN),
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path: store.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(StoreError::file(store, error)),
        }
    }
}

/// Tries again for as long as the file is locked and there is patience.
pub fn insist<T>(
    patience: Duration,
    mut work: impl FnMut() -> Result<T, DynoxideError>,
) -> Result<T, DynoxideError> {
    let begun = Instant::now();
    loop {
        match work() {
            Err(error) if is_locked(&error) && begun.elapsed() < patience => thread::sleep(LOOK_AGAIN),
            answer => return answer,
        }
    }
}

/// Whether another process has the file.
pub fn is_locked(error: &DynoxideError) -> bool {
    error.to_string().contains(LOCKED)
}

/// The files that a process has locked which uses the store in this file.
pub fn lockable(path: &Path) -> [PathBuf; 4] {
    [path.to_owned(), lock_beside(path), beside(path, "-shm"), beside(path, "-wal")]
}

/// The file whose lock is held while the store is opened.
pub fn lock_beside(path: &Path) -> PathBuf {
    beside(path, ".lock")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
