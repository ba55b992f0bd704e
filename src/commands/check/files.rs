//! Monitors of a run that come from files, as they are tried out before a sync.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::commands::context::Context;
use crate::commands::failure::Failure;
use crate::commands::page_texts::page_texts;
use crate::commands::settings::show;
use crate::commands::terminal::Terminal;
use crate::commands::unreadable::cannot_read;
use crate::commands::validate::empty_catalog;
use crate::config::{self, Definitions, Diagnostic, LoadedMonitor, SourceFile, is_defaults};
use crate::inventory::{WatchedMonitor, Watchlist, WatchlistSource};
use crate::report;
use crate::source::{self, Found};

/// Those without a fault, whatever is wrong with the others.
pub struct FromFiles {
    pub watchlist: Watchlist,
    diagnostics: Vec<Diagnostic>,
    files: Vec<SourceFile>,
}

impl FromFiles {
    /// Shows what is wrong in the files.
    pub fn show(&self, terminal: Terminal) {
        show(terminal, &self.diagnostics, &self.files);
    }

    pub fn is_faulty(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Takes in the status pages beside the settings. What is wrong with them is a problem of the run, and keeps no monitor
    /// from its probe.
    pub fn with_pages(mut self, context: &Context) -> Self {
        match page_texts(context.terminal) {
            Ok(texts) => drop(self.watchlist.pages.insert(context.owner_of_files(), texts)),
            Err(failure) => {
                self.watchlist.problems.push(format!("cannot use the status pages: {}", failure.message()));
            }
        }
        self
    }

    pub fn read(context: &Context, folder: &Path) -> Result<Self, Failure> {
        let Found { files, unreadable, .. } =
            source::read_paths(context.settings.folders.as_ref(), &[folder])?;
        let loaded = config::load_catalog(&files, Definitions::of(&context.settings));
        let mut diagnostics = loaded.diagnostics;
        if unreadable.is_empty() && files.iter().all(|file| is_defaults(&file.path)) {
            diagnostics.push(empty_catalog(&source::shown(folder)));
        }
        diagnostics.extend(unreadable.into_iter().map(|(path, error)| cannot_read(path, &error)));
        diagnostics.sort();
        let owner = context.owner_of_files();
        let watched =
            |loaded: LoadedMonitor| WatchedMonitor::new(loaded.monitor, loaded.spec, Some(owner.clone()));
        // Of two with one id the first counts: both would write one row.
        let mut ids = BTreeSet::new();
        let first = loaded.monitors.into_iter().filter(|loaded| ids.insert(loaded.monitor.id.clone()));
        let monitors = first.map(watched).collect();
        let canaries = context.settings.canaries.clone();
        // A program that reads what the run found learns what it did not look at, and where that is wrong.
        let problems = report::diagnostic_lines(&diagnostics);
        let mut watchlist = Watchlist::new(monitors, BTreeMap::new(), problems);
        watchlist.define(owner, context.settings.channels.clone());
        let watchlist = Watchlist { source: WatchlistSource::Folder, canaries, ..watchlist };
        Ok(Self { watchlist, diagnostics, files })
    }
}
