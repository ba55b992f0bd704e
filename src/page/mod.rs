//! Status pages as people configure them, and what they write on them, as plain values. Pure.
//!
//! `config` makes them from text, and the read models of `view` fill them with what was measured.

mod component;
mod file;
mod notice;
mod status_page;
mod visibility;

pub use component::{COMPONENT_ID_PATTERN, Combine, ComponentId, PageComponent};
pub use file::PageFile;
pub use notice::{NoticeStatus, PublicNotice};
pub use status_page::{Indexing, MaintenanceTime, SloPercent, StatusPage};
pub use visibility::{PRIVATE_MARK, Visibility};
