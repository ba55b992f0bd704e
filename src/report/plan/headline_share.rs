//! What this change does, apart from what sync would do all the same.

use crate::plan::{Cause, Change};

/// Whose change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadlineShare {
    /// Of this change, or of an unknown cause.
    Own,
    /// Merged and not applied, or edited in the table: sync does it as well.
    Pending,
}

impl HeadlineShare {
    pub const ALL: [Self; 2] = [Self::Own, Self::Pending];

    pub fn of(change: &Change) -> Self {
        match change.cause {
            Some(Cause::ThisChange) | None => Self::Own,
            Some(Cause::NotApplied | Cause::LiveDrift) => Self::Pending,
        }
    }
}
