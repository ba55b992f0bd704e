//! The status pages beside the settings and their notices, as `validate` looks at them.

use std::collections::BTreeSet;
use std::path::Path;

use super::unreadable::cannot_read;
use crate::config::{self, Diagnostic, Extent, Loaded, LoadedNotices, LoadedPages, SourceFile};
use crate::monitor::Traits;
use crate::source::{self, FoundPages};

/// The pages and notices of the repository.
#[derive(Default)]
pub struct StatusPages {
    found: FoundPages,
}

impl StatusPages {
    pub fn read() -> Self {
        Self { found: source::read_pages() }
    }

    /// What they are beside these monitors, and what is wrong with them. A monitor that is invalid may be the one that a
    /// page means, so a selector is unknown only in a catalog without errors. The same holds for notices and pages.
    pub fn load(&self, loaded: &Loaded, extent: Extent) -> (LoadedPages, LoadedNotices) {
        let FoundPages { pages, notices, unreadable } = &self.found;
        let monitors: Vec<_> =
            loaded.monitors.iter().map(|loaded| Traits::of_monitor(&loaded.monitor)).collect();
        let is_known = extent == Extent::Whole && !loaded.is_invalid();
        let mut of_pages = config::load_pages(pages, is_known.then_some(monitors.as_slice()));
        let components: BTreeSet<_> =
            of_pages.pages.iter().flat_map(|(_, page)| &page.components).map(|one| one.id.clone()).collect();
        let is_known = unreadable.is_empty() && !of_pages.diagnostics.iter().any(Diagnostic::is_error);
        let of_notices = config::load_notices(notices, is_known.then_some(&components));
        let unread = unreadable.iter().map(|(path, error)| cannot_read(path.clone(), error));
        of_pages.diagnostics.extend(unread);
        (of_pages, of_notices)
    }

    pub fn into_files(self) -> Vec<SourceFile> {
        let FoundPages { pages, notices, unreadable: _ } = self.found;
        [pages, notices].concat()
    }
}

/// Whether a path names no monitors, but the settings, a status page or a notice.
pub fn is_beside_monitors(path: &Path) -> bool {
    source::is_settings(path) || is_of_pages(path)
}

/// Whether a path names a status page or a notice.
pub fn is_of_pages(path: &Path) -> bool {
    source::is_page(path) || source::is_notice(path)
}
