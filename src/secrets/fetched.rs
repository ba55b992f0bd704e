//! What came of asking for one secret.

use std::fmt;

use crate::aws::Trouble;
use crate::installation::Look;

/// Batches that are on their way at the same time, and requests of one batch that is asked for one by one.
pub const AT_ONCE: usize = 4;

/// A value, or why there is none.
pub type Fetched = Result<String, Unavailable>;

/// Why there is no value. It is shown as the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// There is no AWS to ask.
    NoRegion,
    Trouble(Trouble),
    /// There is something, and not what the reference means.
    Unfit(String),
}

impl Unavailable {
    pub fn look(&self) -> Look<()> {
        match self {
            Self::Trouble(Trouble::Credentials) => Look::Stranger(self.to_string()),
            Self::Trouble(Trouble::Denied) => Look::Hidden,
            Self::Trouble(Trouble::Missing) => Look::Missing,
            Self::Trouble(Trouble::Throttled | Trouble::Unavailable | Trouble::Refused)
            | Self::NoRegion
            | Self::Unfit(_) => Look::Failed(self.to_string()),
        }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRegion => "no AWS region is set",
            Self::Trouble(Trouble::Credentials) => "the AWS credentials are missing, invalid or expired",
            Self::Trouble(Trouble::Denied) => "access is denied",
            Self::Trouble(Trouble::Missing) => "it does not exist",
            Self::Trouble(Trouble::Throttled) => "AWS throttles",
            Self::Trouble(Trouble::Unavailable) => "AWS does not answer",
            Self::Trouble(Trouble::Refused) => "AWS refuses",
            Self::Unfit(why) => why,
        })
    }
}
