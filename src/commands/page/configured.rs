//! The pages that the command line names, with the notices beside them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::commands::failure::Failure;
use crate::commands::settings::refuse_faults;
use crate::commands::terminal::Terminal;
use crate::config::{self, LoadedNotices, LoadedPages, SourceFile};
use crate::exit::Exit;
use crate::monitor::Traits;
use crate::page::{PublicNotice, StatusPage};
use crate::source;

/// The page that is meant where none is named.
const DEFAULT_PAGE: &str = "status.yaml";

/// A page, and what people wrote for its users.
#[derive(Debug, Clone)]
pub struct ConfiguredPage {
    pub page: StatusPage,
    /// Of all pages beside it; those of other components belong to no incident of this page.
    pub notices: Arc<Vec<PublicNotice>>,
}

/// Reads the files that were typed, or `status.yaml`. `monitors` are those that a run watches; a selector that matches none
/// of them, and any other fault, ends the command.
pub fn configured_pages(
    terminal: Terminal,
    typed: &[PathBuf],
    monitors: &[Traits<'_>],
) -> Result<Vec<ConfiguredPage>, Failure> {
    let default = [PathBuf::from(DEFAULT_PAGE)];
    let paths = if typed.is_empty() { &default } else { typed };
    let files: Vec<SourceFile> = paths.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
    let LoadedPages { pages, diagnostics } = config::load_pages(&files, Some(monitors));
    refuse_faults(terminal, &diagnostics, &files)?;
    let found = source::read_pages();
    let unread = found.unreadable.into_iter().find(|(path, _)| path.starts_with(source::NOTICES));
    if let Some((_, error)) = unread {
        return Err(error.into());
    }
    // A notice may be about a component of a page that is not named now.
    let LoadedNotices { notices, diagnostics } = config::load_notices(&found.notices, None);
    refuse_faults(terminal, &diagnostics, &found.notices)?;
    let notices = Arc::new(notices);
    let page = |(_, page): (String, StatusPage)| ConfiguredPage { page, notices: Arc::clone(&notices) };
    Ok(pages.into_iter().map(page).collect())
}

fn read(path: &Path) -> Result<SourceFile, Failure> {
    source::read_given(path)?.ok_or_else(|| {
        Failure::new(Exit::Usage, format!("there is no {}", path.display()))
            .help("write a status page there, or name another file")
    })
}

impl ConfiguredPage {
    /// The notices that name a component of the page.
    pub fn own_notices(&self) -> Vec<PublicNotice> {
        let is_own = |notice: &&PublicNotice| {
            notice.components.iter().any(|id| self.page.components.iter().any(|one| one.id == *id))
        };
        self.notices.iter().filter(is_own).cloned().collect()
    }
}
