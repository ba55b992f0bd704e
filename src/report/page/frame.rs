//! What is the same in the head and the foot of every page. Pure.

use super::policy::{SCRIPT, policy, style};
use super::wording::moment;
use crate::page::{Indexing, PRIVATE_MARK, Visibility};
use crate::view::{Freshness, PageView};

/// What is the same in the head and the foot of every page.
pub struct Frame {
    pub site: String,
    pub policy: String,
    /// An attribute of every private page; None on a public one.
    pub mark: Option<&'static str>,
    pub no_index: bool,
    pub style: &'static str,
    pub script: &'static str,
    /// For the script, in seconds; 0 if there was no run.
    pub last_run: i64,
    pub stale_after: i64,
    /// Whether the page is stale as it is made.
    pub is_stale: bool,
    pub checked: String,
}

impl Frame {
    pub fn of(view: &PageView, visibility: Visibility) -> Self {
        let checked = match view.freshness() {
            Freshness::NeverRun => "No check has completed yet".to_owned(),
            Freshness::Fresh { last_run } | Freshness::Stale { last_run } => {
                format!("Checked {}", moment(last_run))
            }
        };
        let is_stale = match view.freshness() {
            Freshness::Fresh { .. } => false,
            Freshness::Stale { .. } | Freshness::NeverRun => true,
        };
        // Whatever the configuration allows for the public page.
        let no_index = match (visibility, view.indexing) {
            (Visibility::Public, Indexing::Allowed) => false,
            (Visibility::Public, Indexing::Refused) | (Visibility::Private, _) => true,
        };
        let mark = match visibility {
            Visibility::Public => None,
            Visibility::Private => Some(PRIVATE_MARK),
        };
        Self {
            site: view.title.clone(),
            policy: policy(visibility),
            mark,
            no_index,
            style: style(visibility),
            script: SCRIPT,
            last_run: view.last_run.map_or(0, jiff::Timestamp::as_second),
            stale_after: view.stale_after.as_secs(),
            is_stale,
            checked,
        }
    }
}
