//! The pages that `sync` stored, for a machine without their files. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::configured::ConfiguredPage;
use crate::config::{self, Code, Diagnostic, SourceFile};
use crate::monitor::Traits;
use crate::plan::PageTexts;
use crate::report::diagnostic_lines;
use crate::source::NOTICES;

/// What the texts in the table are.
#[derive(Debug, Default)]
pub struct StoredPages {
    pub pages: Vec<ConfiguredPage>,
    /// What is wrong with other pages and notices, a sentence each.
    pub problems: Vec<String>,
    /// Selectors that match no monitor: their components are shown without a state.
    pub notices: Vec<String>,
}

/// The pages of all owners. `sync` stored them without a fault, so what is wrong is of another version.
pub fn stored_pages(texts: &BTreeMap<String, PageTexts>, monitors: &[Traits<'_>]) -> StoredPages {
    let mut stored = StoredPages::default();
    for PageTexts { pages, notices } in texts.values() {
        let pages = files("", pages);
        let of_pages = config::load_pages(&pages, None);
        let of_notices = config::load_notices(&files(NOTICES, notices), None);
        for diagnostics in [&of_pages.diagnostics, &of_notices.diagnostics] {
            stored.problems.extend(diagnostic_lines(diagnostics));
        }
        let compared = config::load_pages(&pages, Some(monitors)).diagnostics;
        let is_unknown = |one: &Diagnostic| one.code == Code::UnknownMonitor;
        let unknown = compared.iter().filter(|one| is_unknown(one));
        stored.notices.extend(unknown.map(|one| format!("{}:{}: {}", one.file, one.span.line, one.message)));
        let notices = Arc::new(of_notices.notices);
        let page = |(_, page)| ConfiguredPage { page, notices: Arc::clone(&notices) };
        stored.pages.extend(of_pages.pages.into_iter().map(page));
    }
    stored
}

fn files(folder: &str, texts: &BTreeMap<String, String>) -> Vec<SourceFile> {
    let path = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let file = |(name, text): (&String, &String)| SourceFile {
        path: path(name),
        group: String::new(),
        bytes: text.clone().into_bytes(),
    };
    texts.iter().map(file).collect()
}
