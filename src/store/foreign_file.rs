//! Recognizes the database of another program, which the embedded store must not write into.

use std::path::Path;
use std::time::Duration;

use dynoxide::DynoxideError;
use rusqlite::{Connection, ErrorCode, OpenFlags};

/// Counts the tables of a file, and those that every store has from its first moment.
const TABLES: &str =
    "SELECT count(*), count(*) FILTER (WHERE name = '_config') FROM sqlite_master WHERE type = 'table'";

/// Whether a file holds what the embedded store did not make. It is only read, and one that is missing or empty is free
/// to become a store.
///
/// # Errors
///
/// Another process has it locked for longer than `patience`, or it cannot be read.
pub fn is_foreign(path: &Path, patience: Duration) -> Result<bool, DynoxideError> {
    if !path.is_file() {
        return Ok(false);
    }
    let tables = || {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(patience)?;
        connection.query_row(TABLES, [], |row| Ok((row.get::<_, u64>(0)?, row.get::<_, u64>(1)?)))
    };
    match tables() {
        Ok((all, ours)) => Ok(all > 0 && ours == 0),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Store, StoreError, StoreTarget, TableNames};
    use super::*;
    use crate::clock::Clock;

    async fn open(path: &Path) -> Result<Store, StoreError> {
        Store::open(StoreTarget::Embedded(path.to_owned()), TableNames::default(), Clock::system()).await
    }

    #[tokio::test]
    async fn the_database_of_another_program_is_refused_and_stays_as_it_is() {
        for journal in ["DELETE", "WAL"] {
            let folder = tempfile::tempdir().expect("a directory");
            let path = folder.path().join("theirs.db");
            let theirs = Connection::open(&path).expect("it opens");
            let made = format!("PRAGMA journal_mode = {journal}; CREATE TABLE notes (text TEXT)");
            theirs.execute_batch(&made).expect("it is made");
            let refused = open(&path).await.expect_err("it is no store");
            assert!(
                matches!(&refused, StoreError::NotAStore { path: named } if *named == path),
                "{refused:?}"
            );
            theirs.close().expect("it closes");
            let before = fs::read(&path).expect("it reads");
            open(&path).await.expect_err("it is no store");
            assert_eq!(fs::read(&path).expect("it reads"), before, "{journal}");
            assert!(!folder.path().join("theirs.db.lock").exists());
        }
    }

    #[tokio::test]
    async fn an_empty_file_becomes_a_store() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("store.db");
        fs::write(&path, "").expect("it writes");
        for _ in 0..2 {
            open(&path).await.expect("it opens");
        }
    }
}
