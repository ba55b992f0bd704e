//! The topic of a machine without AWS: a file with a JSON line for each message.

use std::path::PathBuf;

use super::NotifyError;
use super::append::append;
use crate::alert::Notification;
use crate::message::{RecordSize, record};

/// Appends messages to a file.
#[derive(Debug, Clone)]
pub struct LocalTopic {
    path: PathBuf,
}

impl LocalTopic {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Accepts a message. It is on the disk when this returns: what was acknowledged must survive a crash of
    /// the machine, as it does with a real topic.
    pub async fn publish(&self, message: &Notification) -> Result<(), NotifyError> {
        let path = self.path.clone();
        let line = record(&message.message, RecordSize::LARGEST).to_string();
        let appended = tokio::task::spawn_blocking(move || append(&path, &line)).await;
        appended
            .unwrap_or_else(|broken| Err(broken.into()))
            .map_err(|source| NotifyError::File { path: self.path.clone(), source })
    }
}
