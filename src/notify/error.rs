//! Why a message was not accepted.

use std::path::PathBuf;

/// The topic did not take a message; the alert stays owed.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    #[error("append the alert to {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    /// Only a test's topic is down on purpose.
    #[cfg(test)]
    #[error("reach the topic, which is down")]
    Down,
}
