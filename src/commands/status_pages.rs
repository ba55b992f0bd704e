//! The status pages beside the settings, as `validate` looks at them.

use std::path::Path;

use super::unreadable::cannot_read;
use crate::config::{self, Extent, Loaded, LoadedPages, SourceFile};
use crate::monitor::Traits;
use crate::source::{self, FoundPages};

/// The pages of the repository.
pub struct StatusPages {
    found: FoundPages,
}

impl StatusPages {
    pub fn read() -> Self {
        Self { found: source::read_pages() }
    }

    /// None, because they were not asked for.
    pub fn none() -> Self {
        Self { found: FoundPages::default() }
    }

    /// What they are beside these monitors, and what is wrong with them. A monitor that is invalid may be the one that a page means, so a
    /// selector is unknown only in a catalog without errors.
    pub fn load(&self, loaded: &Loaded, extent: Extent) -> LoadedPages {
        let monitors: Vec<_> =
            loaded.monitors.iter().map(|loaded| Traits::of_monitor(&loaded.monitor)).collect();
        let is_known = extent == Extent::Whole && !loaded.is_invalid();
        let mut pages = config::load_pages(&self.found.files, is_known.then_some(monitors.as_slice()));
        let unread = self.found.unreadable.iter().map(|(path, error)| cannot_read(path.clone(), error));
        pages.diagnostics.extend(unread);
        pages
    }

    pub fn into_files(self) -> Vec<SourceFile> {
        self.found.files
    }
}

/// Whether a path names no monitors, but the settings or a status page.
pub fn is_beside_monitors(path: &Path) -> bool {
    source::is_settings(path) || source::is_page(path)
}
