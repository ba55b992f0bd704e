//! All files of a catalog to all valid monitors and all complaints.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use super::diagnostic::{Code, Diagnostic, DiagnosticSeverity};
#[cfg(test)]
use super::document::KnownChannels;
use super::document::{self, Around, Checked, Written};
pub use super::document::{Definitions, LoadedMonitor};
use super::merge;
use super::parallel;
use super::sizes::{self, grouped};
use super::sources::{Source, SourceFile, Sources, is_defaults, parent};
use super::violation::PlacedViolation;
use crate::config::catalog::dependencies::{self, Extent};
use crate::config::catalog::lint::{self, Circumstances};
use crate::config::catalog::parents;
use crate::config::catalog::renames;
use crate::config::credentials;
use crate::config::credentials::offered;
use crate::config::expectations::tried::{self, PathCheck};
use crate::config::schema::FileKind;
use crate::config::schema::check;
use crate::config::variables::DefinedVariables;
use crate::config::variables::exposed;
use crate::config::variables::fill;
use crate::config::yaml;
use crate::config::yaml::extensions;
use crate::config::yaml::parse::parse;
use crate::config::yaml::salvage::{Salvaged, salvage};
use crate::config::yaml::take_back;
use crate::config::yaml::traps;
use crate::config::yaml::tree::{Node, TextPlace, extent};

/// So many values of a key that is written again and again are checked.
const LAYERS: usize = 8;

/// What a catalog holds. The monitors are those without a fault, in the order of their ids; the
/// diagnostics are in the order of file and position.
#[derive(Debug, Default)]
pub struct Loaded {
    pub monitors: Vec<LoadedMonitor>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// Whether an error was found; then the monitors are only a part of what was meant.
    pub fn is_invalid(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads every file; a fault in one hides nothing in another.
pub fn load_catalog(files: &[SourceFile], definitions: Definitions<'_>) -> Loaded {
    read(files, definitions, None)
}

/// The same without variables.
#[cfg(test)]
pub fn load(files: &[SourceFile], channels: KnownChannels<'_>) -> Loaded {
    read(files, Definitions { channels, variables: Some(&DefinedVariables::default()) }, None)
}

/// The same, and warns of what is valid and rarely meant.
pub fn load_with_lints(
    files: &[SourceFile],
    definitions: Definitions<'_>,
    circumstances: Circumstances<'_>,
) -> Loaded {
    read(files, definitions, Some(circumstances))
}

fn read(
    files: &[SourceFile],
    definitions: Definitions<'_>,
    circumstances: Option<Circumstances<'_>>,
) -> Loaded {
    let sources = Sources::new(files);
    let (of_folders, of_monitors): (Vec<_>, Vec<_>) =
        sources.iter().partition(|(_, source)| is_defaults(&source.file.path));
    let mut faults = Vec::new();
    let folders = folders(of_folders, &sources, definitions.variables, &mut faults);
    let (defaults, mut path_checks) =
        defaults(folders, &sources, definitions, circumstances.is_some(), &mut faults);
    let unmerged = too_much_inherited(&of_monitors, &defaults, &mut faults);
    // A file is parsed and checked in one go, so that no more than a few documents are held with all their places.
    let checked = parallel::map(of_monitors, |(index, source)| {
        let SourceFile { path, group, .. } = source.file;
        let defaults = nearest(&defaults, parent(path)).filter(|_| !unmerged.contains(&index));
        check_file(source, index, Around { defaults, group, sources: &sources, definitions, circumstances })
    });
    let mut found = Vec::new();
    let mut renames = Vec::new();
    let mut dependencies = Vec::new();
    let mut monitors = Vec::new();
    let documents = || checked.iter().flat_map(|of_file| &of_file.documents);
    if let Some(Circumstances { period, .. }) = circumstances {
        faults.extend(lint::on_catalog(documents().filter_map(Checked::advised)));
        faults.extend(parents::advise(documents().filter_map(Checked::dependent), period));
    }
    for OfFile { faults: of_file, documents, path_checks: of_layers } in checked {
        faults.extend(of_file);
        path_checks.extend(of_layers);
        for Checked { id, rename, depends, monitor, draft: _, path_checks: worth, faults: own } in documents {
            found.extend(id);
            renames.extend(rename);
            dependencies.extend(depends);
            monitors.extend(monitor);
            path_checks.push(worth);
            faults.extend(own);
        }
    }
    faults.extend(tried::warnings(path_checks));
    renames::check(&renames, &found, &mut faults);
    let extent = circumstances.map_or(Extent::Whole, |circumstances| circumstances.extent);
    dependencies::check(&dependencies, &found, extent, &mut faults);
    duplicate_ids(found, &mut faults);

    let mut diagnostics: Vec<_> = faults.into_iter().map(|fault| sources.diagnostic(fault)).collect();
    exposed::hide(&mut diagnostics, definitions.variables);
    diagnostics.sort();
    // A fault in defaults is found again under every monitor that inherits it.
    diagnostics.dedup_by(|one, two| {
        (&one.file, one.span, one.code, &one.message) == (&two.file, two.span, two.code, &two.message)
    });
    monitors.sort_by(|one, two| one.monitor.id.cmp(&two.monitor.id));
    Loaded { monitors, diagnostics }
}

/// The defaults as written, by folder.
fn folders<'a>(
    files: Vec<(u32, &'a Source<'_>)>,
    sources: &Sources<'_>,
    variables: Option<&DefinedVariables>,
    faults: &mut Vec<PlacedViolation>,
) -> BTreeMap<&'a str, Node> {
    let mut folders = BTreeMap::new();
    let parsed = parallel::map(files, |(index, source)| (index, source, parse(source, index)));
    for (index, source, parsed) in parsed {
        let (whole, parts) = pieces(source, index, parsed, faults);
        let mut documents = whole.into_iter().map(|document| document.root);
        let mut documents = documents.by_ref().chain(parts.into_iter().map(|part| part.document));
        let first = documents.next();
        for mut second in documents {
            extensions::remove(&mut second);
            faults.extend(fill::fill(&mut second, variables, sources));
            faults.push(
                PlacedViolation::new(
                    Code::SeveralDocuments,
                    second.place,
                    "the defaults of a folder must be one document",
                )
                .label("a second one"),
            );
            faults.extend(check::check(FileKind::Defaults, &mut second, sources));
            faults.extend(credentials::find(&mut second, sources));
        }
        let Some(mut document) = first else { continue };
        extensions::remove(&mut document);
        faults.extend(fill::fill(&mut document, variables, sources));
        match folders.entry(parent(&source.file.path)) {
            Slot::Vacant(slot) => drop(slot.insert(document)),
            // `defaults.yaml` beside `defaults.yml`: to take one of them in silence would drop half of what is meant.
            Slot::Occupied(slot) => {
                let first: &Node = slot.get();
                faults.push(
                    PlacedViolation::new(
                        Code::SeveralDocuments,
                        document.place,
                        "a folder has one file of defaults",
                    )
                    .label("a second one")
                    .related(first.place, "the first one")
                    .help("write both into one file"),
                );
                faults.extend(check::check(FileKind::Defaults, &mut document, sources));
                faults.extend(credentials::find(&mut document, sources));
            }
        }
    }
    folders
}

/// The documents of a file that could be read, and what is left of the others.
fn pieces(
    source: &Source<'_>,
    index: u32,
    parsed: yaml::Parsed,
    faults: &mut Vec<PlacedViolation>,
) -> (Vec<yaml::Document>, Vec<Salvaged>) {
    let yaml::Parsed { documents, faults: found, broken, repeats: _ } = parsed;
    faults.extend(found);
    let mut parts = Vec::new();
    for broken in &broken {
        if let Some(mut part) = salvage(&source.text, index, broken) {
            faults.append(&mut part.faults);
            parts.push(part);
        }
    }
    (documents, parts)
}

/// What one file of monitors says, and what is wrong with it.
struct OfFile {
    faults: Vec<PlacedViolation>,
    documents: Vec<Checked>,
    /// Assertions in the other values of keys that stand there twice.
    path_checks: Vec<Vec<PathCheck<PlacedViolation>>>,
}

/// Everything that one file of monitors says, and what is wrong with it.
fn check_file(source: &Source<'_>, index: u32, around: Around<'_>) -> OfFile {
    let parsed = parse(source, index);
    let is_readable = source.not_utf8_at.is_none();
    let repeats = parsed.repeats;
    let is_empty = parsed.documents.is_empty() && parsed.faults.is_empty();
    let mut faults: Vec<_> = is_empty.then(|| empty_file(index)).into_iter().collect();
    let (documents, parts) = pieces(source, index, parsed, &mut faults);
    let whole = documents.into_iter().map(|yaml::Document { root, sound }| {
        document::check(Written { root, lost: BTreeSet::new(), sound: sound && is_readable }, around)
    });
    let mut checked: Vec<Checked> = whole.collect();
    checked.extend(parts.into_iter().map(|Salvaged { document, lost, faults: _ }| {
        document::check(Written { root: document, lost, sound: false }, around)
    }));
    // Of a key that stands there twice, the other value may be wrong as well.
    let mut path_checks = Vec::new();
    for layer in 1..repeats.min(LAYERS) {
        for again in yaml::parse_layer(&source.text, index, layer).documents {
            let written = Written { root: again.root, lost: BTreeSet::new(), sound: false };
            let again = document::check(written, around);
            faults.extend(again.faults);
            path_checks.push(again.path_checks);
        }
    }
    OfFile { faults, documents: checked, path_checks }
}

/// A file without a monitor is what a truncated one, or a merge gone wrong, looks like. Taken at its word, it
/// would order sync to remove what it held (trap 12).
fn empty_file(index: u32) -> PlacedViolation {
    let place = TextPlace { file: index, start: 0, end: 0 };
    PlacedViolation::new(Code::EmptyFile, place, "no monitor in this file")
        .label("empty")
        .help("restore its content; to remove its monitors, delete the file")
}

/// The defaults of every folder, with those of the folders above merged under them.
fn defaults<'a>(
    folders: BTreeMap<&'a str, Node>,
    sources: &Sources<'_>,
    definitions: Definitions<'_>,
    with_lints: bool,
    faults: &mut Vec<PlacedViolation>,
) -> (BTreeMap<&'a str, Node>, Vec<Vec<PathCheck<PlacedViolation>>>) {
    let mut merged: BTreeMap<&str, Node> = BTreeMap::new();
    let mut path_checks = Vec::new();
    let (mut copied, mut is_reported) = (0_usize, false);
    // In the order of their names, so that a folder comes before those inside it.
    for (folder, mut document) in folders {
        let before = faults.len();
        faults.extend(check::check(FileKind::Defaults, &mut document, sources));
        faults.extend(credentials::find(&mut document, sources));
        faults.extend(offered::find(&mut document, sources));
        let mut base = if folder.is_empty() { None } else { nearest(&merged, parent(folder)) };
        copied = copied.saturating_add(base.map_or(0, |base| extent(base).0));
        if copied > sizes::INHERITED {
            if base.take().is_some() && !is_reported {
                faults.push(inherited_too_much(document.place));
            }
            is_reported = true;
        }
        let mut empty = take_back::find(&document, base);
        empty.retain(|fault| with_lints || fault.code.severity() == DiagnosticSeverity::Error);
        faults.extend(empty);
        faults.extend(traps::find(&document, sources));
        let document = merge::merge(base, &document);
        let (broken, worth) = document::rules(&document, definitions.channels);
        faults.extend(broken);
        path_checks.push(worth);
        if let Some(own) = faults.get_mut(before..) {
            fill::explain(own, &document);
        }
        merged.insert(folder, document);
    }
    (merged, path_checks)
}

/// Every monitor has a copy of its defaults, so their number is bounded before one is made. The files beyond the bound are
/// read without them; one fault says so.
fn too_much_inherited(
    files: &[(u32, &Source<'_>)],
    defaults: &BTreeMap<&str, Node>,
    faults: &mut Vec<PlacedViolation>,
) -> BTreeSet<u32> {
    let mut total = 0_usize;
    let mut unmerged = BTreeSet::new();
    for (index, source) in files {
        let Some(node) = nearest(defaults, parent(&source.file.path)) else { continue };
        let documents = 1 + source.text.matches("\n---").count().min(sizes::DOCUMENTS);
        total = total.saturating_add(documents.saturating_mul(extent(node).0));
        if total <= sizes::INHERITED {
            continue;
        }
        if unmerged.is_empty() {
            let place = node.entries().first().map_or(node.place, |entry| entry.key_place);
            faults.push(inherited_too_much(place));
        }
        unmerged.insert(*index);
    }
    unmerged
}

fn inherited_too_much(place: TextPlace) -> PlacedViolation {
    let message =
        format!("monitors and folders inherit more than {} values in all", grouped(sizes::INHERITED));
    PlacedViolation::new(Code::TooLarge, place, message)
        .label("each of them copies these")
        .help("shorten defaults.yaml; move values that few monitors share to their files")
}

/// The defaults that hold in `folder`: its own, or those of the closest folder above.
fn nearest<'d>(defaults: &'d BTreeMap<&str, Node>, folder: &str) -> Option<&'d Node> {
    let mut folder = folder;
    loop {
        if let Some(node) = defaults.get(folder) {
            return Some(node);
        }
        if folder.is_empty() {
            return None;
        }
        folder = parent(folder);
    }
}

/// Reports every id but the first of its kind, with both places.
fn duplicate_ids(mut found: Vec<(String, TextPlace)>, faults: &mut Vec<PlacedViolation>) {
    found.sort_by(|one, two| (&one.0, one.1.file, one.1.start).cmp(&(&two.0, two.1.file, two.1.start)));
    let mut first: Option<&(String, TextPlace)> = None;
    for again in &found {
        match first {
            Some((id, place)) if *id == again.0 => faults.push(
                PlacedViolation::new(Code::DuplicateId, again.1, format!("the id `{id}` is taken"))
                    .label("used again here")
                    .related(*place, "first used here")
                    .help("give one of them another id"),
            ),
            _ => first = Some(again),
        }
    }
}
