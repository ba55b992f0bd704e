//! What a channel of levels keeps of a monitor.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// What a channel of levels keeps of a monitor, as it got it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// By these the channel knows it again. They are those of the first message, whatever is edited meanwhile: with another
    /// label, one alert would end and another one begin.
    pub labels: BTreeMap<String, String>,
    pub starts: Timestamp,
    /// `None` while it lasts.
    pub ended: Option<Timestamp>,
}
