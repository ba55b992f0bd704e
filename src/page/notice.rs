//! What people write for the users of a product about an incident. Pure.

use jiff::Timestamp;

use super::ComponentId;

/// A notice as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicNotice {
    /// The name of its file.
    pub id: String,
    /// There is at least one.
    pub components: Vec<ComponentId>,
    pub status: NoticeStatus,
    pub at: Timestamp,
    pub title: Option<String>,
    /// The incident that it is about, if that does not follow from its components and its time.
    pub incident: Option<String>,
    pub markdown: String,
}

/// How far the team is, in the words of Statuspage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeStatus {
    Investigating,
    Identified,
    Monitoring,
    Resolved,
}
