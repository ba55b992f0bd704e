//! Hashes that tell whether a content changed. Pure.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a content, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash(String);

impl FileHash {
    pub fn of(content: impl AsRef<[u8]>) -> Self {
        let digest = Sha256::digest(content);
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat())
    }
}
