//! The status pages and notices beside the settings, as `sync` stores them for the machines that run `check --page`.

use std::collections::BTreeMap;

use super::failure::Failure;
use super::settings::refuse_faults;
use super::terminal::Terminal;
use crate::config::{self, LoadedNotices, SourceFile};
use crate::exit::Exit;
use crate::monitor::count;
use crate::page::PublicNotice;
use crate::plan::PageTexts;
use crate::source::{self, FoundPages, NOTICES};

/// Bytes of all pages: they are a part of one item, which every run reads.
const PAGE_BYTES: usize = 96 << 10;

/// Bytes of all notices.
const NOTICE_BYTES: usize = 48 << 10;

/// Reads them; a fault in one ends the command. A selector may match nothing here, because a page may be about the
/// monitors of several environments.
pub fn page_texts(terminal: Terminal) -> Result<PageTexts, Failure> {
    let FoundPages { pages, notices, unreadable } = source::read_pages();
    if let Some((_, error)) = unreadable.into_iter().next() {
        return Err(error.into());
    }
    if pages.is_empty() {
        return Ok(PageTexts::default());
    }
    refuse_faults(terminal, &config::load_pages(&pages, None).diagnostics, &pages)?;
    let LoadedNotices { notices: read, diagnostics } = config::load_notices(&notices, None);
    refuse_faults(terminal, &diagnostics, &notices)?;
    let pages = texts(&pages);
    let bytes: usize = pages.values().map(String::len).sum();
    if bytes > PAGE_BYTES {
        let message = format!(
            "the status pages have {} together, and the table takes {}",
            count(bytes, "byte"),
            count(PAGE_BYTES, "byte")
        );
        return Err(Failure::new(Exit::Invalid, message).help("write fewer components, or fewer comments"));
    }
    Ok(PageTexts { pages, notices: latest(texts(&notices), read) })
}

fn texts(files: &[SourceFile]) -> BTreeMap<String, String> {
    let name =
        |path: &str| path.strip_prefix(NOTICES).map_or(path, |rest| rest.trim_start_matches('/')).to_owned();
    files.iter().map(|file| (name(&file.path), String::from_utf8_lossy(&file.bytes).into_owned())).collect()
}

/// The latest notices that fit. A page shows those of some weeks, and a repository keeps all of them.
fn latest(mut texts: BTreeMap<String, String>, mut notices: Vec<PublicNotice>) -> BTreeMap<String, String> {
    notices.sort_by(|one, two| two.at.cmp(&one.at).then_with(|| two.id.cmp(&one.id)));
    let mut left = NOTICE_BYTES;
    let mut kept = BTreeMap::new();
    for notice in notices {
        let Some((file, text)) = texts.remove_entry(&format!("{}.md", notice.id)) else { continue };
        let Some(rest) = left.checked_sub(text.len()) else { break };
        left = rest;
        kept.insert(file, text);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_notices_the_latest_that_fit_are_stored() {
        let file = |day: usize, text: &str| SourceFile {
            path: format!("notices/n{day}.md"),
            group: String::new(),
            bytes: format!(
                "---\ncomponents: [a]\nstatus: resolved\nat: 2026-11-{day:02}T00:00Z\n---\n{text}\n"
            )
            .into(),
        };
        let stored = |files: &[SourceFile]| {
            let LoadedNotices { notices, diagnostics } = config::load_notices(files, None);
            assert_eq!(diagnostics, []);
            latest(texts(files), notices).into_keys().collect::<Vec<_>>()
        };
        assert_eq!(stored(&[file(1, "x"), file(2, "y")]), ["n1.md", "n2.md"]);
        let long = "long ".repeat(6_000);
        assert_eq!(stored(&[file(3, "x"), file(1, "x"), file(2, &long), file(4, &long)]), ["n3.md", "n4.md"]);
    }
}
