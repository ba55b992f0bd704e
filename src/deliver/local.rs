//! The channel of a machine without any other: a file with a JSON line for each message.

use std::path::PathBuf;

use super::NotifyError;
use super::append::append;

/// Appends messages to a file.
#[derive(Debug, Clone)]
pub struct FileSender {
    path: PathBuf,
}

impl FileSender {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Accepts a line. It is on the disk when this returns: what was acknowledged must survive a crash of the machine, as
    /// it does with a service.
    pub async fn append(&self, line: &str) -> Result<(), NotifyError> {
        let (path, line) = (self.path.clone(), line.to_owned());
        let appended = tokio::task::spawn_blocking(move || append(&path, &line)).await;
        appended
            .unwrap_or_else(|broken| Err(broken.into()))
            .map_err(|source| NotifyError::File { path: self.path.clone(), source })
    }
}
