//! A silence: some monitors whose alerts a person suppresses for a while.

use std::time::Duration;

use jiff::Timestamp;

use crate::monitor::{Monitor, Selector, Span, Traits};

/// The version of the shape of a stored silence.
pub const SILENCE_FORMAT: u32 = 1;

/// The longest silence. What is to be quiet for longer is a matter of the files.
pub const LONGEST: Duration = Duration::from_hours(7 * 24);

/// Said once, and ended by itself.
#[derive(Debug, Clone)]
pub struct StoredSilence {
    pub id: String,
    pub selector: Selector,
    pub starts: Timestamp,
    /// Moved to an earlier moment if it is ended early.
    pub ends: Timestamp,
    pub reason: String,
    /// Who said so.
    pub by: String,
}

impl StoredSilence {
    /// When it holds.
    pub fn span(&self) -> Span {
        Span { from: self.starts, to: self.ends }
    }

    pub fn takes(&self, monitor: &Monitor) -> bool {
        self.selector.takes(&Traits::of_monitor(monitor))
    }
}
