//! The topic of a machine without AWS: a file with a JSON line for each message.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::NotifyError;
use crate::alert::{Message, record};

/// Appends messages to a file.
#[derive(Debug, Clone)]
pub struct LocalTopic {
    path: PathBuf,
}

impl LocalTopic {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Accepts a message. It is on the disk when this returns: what was acknowledged must survive a crash of
    /// the machine, as it does with a real topic.
    pub fn publish(&self, message: &Message, at: Timestamp) -> Result<(), NotifyError> {
        let failed = |source| NotifyError::File { path: self.path.clone(), source };
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path).map_err(failed)?;
        // One write for the whole line, so that two processes never mix theirs.
        file.write_all(format!("{}\n", record(message, at)).as_bytes()).map_err(failed)?;
        file.sync_data().map_err(failed)
    }
}
