//! The confirmed condition of a monitor.

/// The confirmed condition of a monitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Health {
    /// Never confirmed to be anything yet.
    New,
    Up,
    Degraded,
    Down,
}

impl Health {
    /// The word for it in JSON, tables and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }

    /// The health whose word is `text`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::New, Self::Up, Self::Degraded, Self::Down].into_iter().find(|health| health.as_str() == text)
    }
}
