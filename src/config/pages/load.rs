//! The files of status pages to pages, and what is wrong with them.

use serde::Deserialize;
use serde_json::Value;

use super::build::build;
use super::members;
use super::public::misplaced_references;
use super::raw::RawStatusPage;
use crate::config::credentials;
use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::merge::merge;
use crate::config::schema::FileKind;
use crate::config::schema::check;
use crate::config::sources::{Source, SourceFile, Sources};
use crate::config::violation::{PlacedViolation, rests_on_fault};
use crate::config::yaml;
use crate::config::yaml::extensions;
use crate::config::yaml::parse::parse;
use crate::config::yaml::salvage::salvage;
use crate::config::yaml::tree::{Node, TextPlace};
use crate::monitor::Traits;
use crate::page::StatusPage;
use crate::written::Path;

/// Whether a file of this name in the folder of the settings is a status page, without being named.
pub fn is_status_page(name: &str) -> bool {
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    stem.is_some_and(|stem| stem == "status" || (stem.ends_with(".status") && !stem.starts_with('.')))
}

/// What the files say. The diagnostics are in the order of file and position.
#[derive(Debug, Default)]
pub struct LoadedPages {
    /// The valid ones with their files, in the order of the files.
    pub pages: Vec<(String, StatusPage)>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads every file. `monitors` are those of the catalog; without them, no selector is known to match nothing.
pub fn load_pages(files: &[SourceFile], monitors: Option<&[Traits<'_>]>) -> LoadedPages {
    let sources = Sources::new(files);
    let mut faults = Vec::new();
    let mut pages = Vec::new();
    let mut ids: Vec<(String, TextPlace)> = Vec::new();
    for (index, source) in sources.iter() {
        let before = faults.len();
        let mut document = None;
        for (number, mut root) in documents(source, index, &mut faults).into_iter().enumerate() {
            if number > 0 {
                let fault =
                    PlacedViolation::new(Code::SeveralDocuments, root.place, "a status page is one document");
                faults.push(fault.label("a second one").help("write the second page into a file of its own"));
            }
            let page = page(&mut root, &sources, &mut faults);
            document = document.or(Some((root, page)));
        }
        let Some((root, page)) = document else {
            if faults.len() == before {
                faults.push(empty(index));
            }
            continue;
        };
        if let Some(monitors) = monitors {
            faults.extend(members::unknown(&root, monitors));
        }
        ids.extend(
            root.entry("id").and_then(|entry| Some((entry.value.text()?.to_owned(), entry.value.place))),
        );
        let page = page.filter(|_| faults.len() == before);
        pages.extend(page.map(|page| (source.file.path.clone(), page)));
    }
    duplicate_ids(&ids, &mut faults);
    let mut diagnostics: Vec<_> = faults.into_iter().map(|fault| sources.diagnostic(fault)).collect();
    diagnostics.sort();
    LoadedPages { pages, diagnostics }
}

/// The documents of a file, and what could be read of broken ones.
fn documents(source: &Source<'_>, index: u32, faults: &mut Vec<PlacedViolation>) -> Vec<Node> {
    let yaml::Parsed { documents, faults: found, broken, repeats: _ } = parse(source, index);
    faults.extend(found);
    let mut roots: Vec<Node> = documents.into_iter().map(|document| document.root).collect();
    for part in broken.iter().filter_map(|broken| salvage(&source.text, index, broken)) {
        faults.extend(part.faults);
        roots.push(part.document);
    }
    roots
}

fn empty(index: u32) -> PlacedViolation {
    let place = TextPlace { file: index, start: 0, end: 0 };
    PlacedViolation::new(Code::EmptyFile, place, "no status page in this file")
        .label("empty")
        .help("write `id`, `title`, `url` and `components`, or delete the file")
}

/// Looks for every fault of a document. What is wrong is marked in it.
fn page(document: &mut Node, sources: &Sources<'_>, faults: &mut Vec<PlacedViolation>) -> Option<StatusPage> {
    extensions::remove(document);
    faults.extend(check::check(FileKind::Page, document, sources));
    faults.extend(credentials::find(document, sources));
    let merged = merge(None, document);
    let Value::Object(fields) = merged.to_sound_json() else { return None };
    let mut violations = Vec::new();
    misplaced_references(&Path::default(), &Value::Object(fields.clone()), &mut violations);
    let built = match RawStatusPage::deserialize(&Value::Object(fields)) {
        Ok(raw) => build(raw, &mut violations),
        // What the schema refuses was reported; what only the types refuse is never lost silently.
        Err(error) if faults.is_empty() => {
            faults.push(PlacedViolation::new(Code::WrongType, document.place, error.to_string()));
            None
        }
        Err(_) => None,
    };
    violations.retain(|violation| !rests_on_fault(violation, document));
    faults.extend(violations.into_iter().map(|violation| PlacedViolation::at(violation, document)));
    built
}

/// Reports every id but the first of its kind, with both places.
fn duplicate_ids(ids: &[(String, TextPlace)], faults: &mut Vec<PlacedViolation>) {
    for (number, (id, place)) in ids.iter().enumerate() {
        let first = ids.iter().take(number).find(|(other, _)| other == id);
        faults.extend(first.map(|(_, first)| {
            PlacedViolation::new(Code::DuplicateId, *place, format!("two status pages have the id `{id}`"))
                .label("used again here")
                .related(*first, "first used here")
                .help("give one of them another id")
        }));
    }
}
