//! All files of a catalog to all valid monitors and all complaints.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::advice::{self, Circumstances};
use super::build::{build, monitor_from_spec};
use super::complaint::{Complaint, Fault};
use super::dependencies::{self, Dependencies, Extent};
use super::diagnostic::{Code, Diagnostic, Severity};
use super::path::Path;
use super::provenance::{Inherited, inherited};
use super::raw::RawMonitor;
use super::renames::{self, Rename};
use super::schema::Kind;
use super::sources::{Source, SourceFile, Sources, is_defaults};
use super::tree::{Node, Place};
use super::{
    canonical, credentials, merge, offered, parallel, parents, references, rules, storable, violation, yaml,
};
use crate::monitor::{self, Monitor, MonitorId, Origin, Spec, TopicArn};

/// What a catalog holds. The monitors are those without a fault, in the order of their ids; the
/// diagnostics are in the order of file and position.
#[derive(Debug, Default)]
pub struct Loaded {
    pub monitors: Vec<LoadedMonitor>,
    pub diagnostics: Vec<Diagnostic>,
}

/// One valid monitor and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedMonitor {
    pub monitor: Monitor,
    pub spec: Spec,
    /// Where its `id` stands.
    pub place: monitor::Place,
    /// The id that it had before.
    pub moved_from: Option<MonitorId>,
    /// What it has from the defaults of its folders, sorted by path.
    pub inherited: Vec<Inherited>,
}

impl Loaded {
    /// Whether an error was found; then the monitors are only a part of what was meant.
    pub fn is_invalid(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// The topics that monitors may name; `None` where that is not known, because the settings are faulty.
pub type Topics<'a> = Option<&'a BTreeMap<String, TopicArn>>;

/// Reads every file; a fault in one hides nothing in another.
pub fn load(files: &[SourceFile], topics: Topics<'_>) -> Loaded {
    read(files, topics, None)
}

/// The same, and warns of what is valid and rarely meant.
pub fn load_with_advice(
    files: &[SourceFile],
    topics: Topics<'_>,
    circumstances: Circumstances<'_>,
) -> Loaded {
    read(files, topics, Some(circumstances))
}

fn read(files: &[SourceFile], topics: Topics<'_>, circumstances: Option<Circumstances<'_>>) -> Loaded {
    let sources = Sources::new(files);
    let (of_folders, of_monitors): (Vec<_>, Vec<_>) =
        sources.iter().partition(|(_, source)| is_defaults(&source.file.path));
    let mut faults = Vec::new();
    let defaults = defaults(folders(of_folders, &mut faults), &sources, topics, &mut faults);
    // A file is parsed and checked in one go, so that no more than a few documents are held with all their places.
    let checked = parallel::map(of_monitors, |(index, source)| {
        let parsed = parse(source, index);
        let is_empty = parsed.documents.is_empty() && parsed.faults.is_empty();
        let faults: Vec<_> = parsed.faults.into_iter().chain(is_empty.then(|| empty_file(index))).collect();
        let folder = &source.file.folder;
        let check = |document| {
            check_document(document, nearest(&defaults, folder), folder, &sources, topics, circumstances)
        };
        (faults, parsed.documents.into_iter().map(check).collect::<Vec<_>>())
    });
    let mut found = Vec::new();
    let mut renames = Vec::new();
    let mut dependencies = Vec::new();
    let mut monitors = Vec::new();
    let documents = || checked.iter().flat_map(|(_, documents)| documents);
    if let Some(Circumstances { period, .. }) = circumstances {
        faults.extend(advice::on_catalog(documents().filter_map(Checked::valid)));
        faults.extend(parents::advise(documents().filter_map(Checked::dependent), period));
    }
    for (of_file, documents) in checked {
        faults.extend(of_file);
        for Checked { id, rename, depends, monitor, faults: own } in documents {
            found.extend(id);
            renames.extend(rename);
            dependencies.extend(depends);
            monitors.extend(monitor);
            faults.extend(own);
        }
    }
    renames::check(&renames, &found, &mut faults);
    let extent = circumstances.map_or(Extent::Whole, |circumstances| circumstances.extent);
    dependencies::check(&dependencies, &found, extent, &mut faults);
    duplicate_ids(found, &mut faults);

    let mut diagnostics: Vec<_> = faults.into_iter().map(|fault| sources.diagnostic(fault)).collect();
    diagnostics.sort();
    // A fault in defaults is found again under every monitor that inherits it.
    diagnostics.dedup_by(|one, two| {
        (&one.file, one.span, one.code, &one.message) == (&two.file, two.span, two.code, &two.message)
    });
    monitors.sort_by(|one, two| one.monitor.id.cmp(&two.monitor.id));
    Loaded { monitors, diagnostics }
}

/// The defaults as written, by folder.
fn folders<'a>(files: Vec<(u32, &'a Source<'_>)>, faults: &mut Vec<Fault>) -> BTreeMap<&'a str, Node> {
    let mut folders = BTreeMap::new();
    let parsed = parallel::map(files, |(index, source)| (source, parse(source, index)));
    for (source, parsed) in parsed {
        faults.extend(parsed.faults);
        if let Some(second) = parsed.documents.get(1) {
            faults.push(
                Fault::new(Code::SeveralDocuments, second.place, "the defaults of a folder are one document")
                    .label("a second one"),
            );
        }
        if let Some(document) = parsed.documents.into_iter().next() {
            folders.insert(source.file.folder.as_str(), document);
        }
    }
    folders
}

/// What became of one document.
struct Checked {
    /// The id as written and its place, whatever else is wrong.
    id: Option<(String, Place)>,
    rename: Option<Rename>,
    depends: Option<Dependencies>,
    monitor: Option<LoadedMonitor>,
    faults: Vec<Fault>,
}

impl Checked {
    /// Monitors that nothing depends on, and that depend on nothing, are among them.
    fn dependent(&self) -> Option<(Option<&Dependencies>, &Monitor)> {
        Some((self.depends.as_ref(), &self.monitor.as_ref()?.monitor))
    }

    fn valid(&self) -> Option<(Place, &Monitor)> {
        let (_, place) = self.id.as_ref()?;
        Some((*place, &self.monitor.as_ref()?.monitor))
    }
}

fn check_document(
    mut document: Node,
    defaults: Option<&Node>,
    group: &str,
    sources: &Sources<'_>,
    topics: Topics<'_>,
    circumstances: Option<Circumstances<'_>>,
) -> Checked {
    let mut faults = violation::check(Kind::Monitor, &mut document, sources);
    faults.extend(credentials::find(&mut document, sources));
    faults.extend(offered::find(&mut document, sources));
    let id = document.entry("id").and_then(|entry| Some((entry.value.text()?.to_owned(), entry.value.place)));
    let rename = Rename::of(&document);
    let merged = merge::merge(defaults, &document);
    let depends = Dependencies::of(&merged);
    let monitor = monitor(&merged, group, sources, topics, &mut faults);
    if let (Some(valid), Some(circumstances)) = (&monitor, circumstances) {
        faults.extend(advice::on_monitor(&valid.monitor, &merged, circumstances));
    }
    Checked { id, rename, depends, monitor, faults }
}

/// The documents of one file, and what is wrong with its text.
pub fn parse(source: &Source<'_>, index: u32) -> yaml::Parsed {
    if let Some(start) = source.not_utf8_at {
        let place = Place { file: index, start, end: start + 1 };
        let fault = Fault::new(Code::NotUtf8, place, "this file is not UTF-8 text")
            .label("the first byte that is not")
            .help("save the file as UTF-8");
        return yaml::Parsed { documents: Vec::new(), faults: vec![fault] };
    }
    yaml::parse(&source.text, index)
}

/// A file without a monitor is what a truncated one, or a merge gone wrong, looks like. Taken at its word, it
/// would order sync to remove what it held (trap 12).
fn empty_file(index: u32) -> Fault {
    let place = Place { file: index, start: 0, end: 0 };
    Fault::new(Code::EmptyFile, place, "there is no monitor in this file")
        .label("empty")
        .help("restore what it held; if the monitors are meant to go, delete the file")
}

/// The defaults of every folder, with those of the folders above merged under them.
fn defaults<'a>(
    folders: BTreeMap<&'a str, Node>,
    sources: &Sources<'_>,
    topics: Topics<'_>,
    faults: &mut Vec<Fault>,
) -> BTreeMap<&'a str, Node> {
    let mut merged: BTreeMap<&str, Node> = BTreeMap::new();
    // In the order of their names, so that a folder comes before those inside it.
    for (folder, mut document) in folders {
        faults.extend(violation::check(Kind::Defaults, &mut document, sources));
        faults.extend(credentials::find(&mut document, sources));
        faults.extend(offered::find(&mut document, sources));
        let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
        let base = if folder.is_empty() { None } else { nearest(&merged, above) };
        let document = merge::merge(base, &document);
        if let Value::Object(fields) = document.to_sound_json()
            && let Ok(raw) = RawMonitor::deserialize(&fields)
        {
            let mut complaints = Vec::new();
            check(&raw, topics, &mut complaints);
            references::misplaced(&fields, &mut complaints);
            complaints.retain(|complaint| complaint.code != Code::MissingKey);
            faults.extend(complaints.into_iter().map(|complaint| complaint.locate(&document)));
        }
        merged.insert(folder, document);
    }
    merged
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
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// The monitor of a document, unless something is wrong with it.
fn monitor(
    document: &Node,
    group: &str,
    sources: &Sources<'_>,
    topics: Topics<'_>,
    faults: &mut Vec<Fault>,
) -> Option<LoadedMonitor> {
    let Value::Object(fields) = document.to_sound_json() else { return None };
    let complaints = complaints(&fields, topics);
    let own = complaints.into_iter().filter(|complaint| !complaint.rests_on_fault(document));
    faults.extend(own.map(|complaint| complaint.locate(document)));
    // An inherited value may be faulty although the document itself is not.
    if faults.iter().any(|fault| fault.code.severity() == Severity::Error) || document.has_faults() {
        return None;
    }
    let id = MonitorId::parse(fields.get("id")?.as_str()?).ok()?;
    let moved_from = fields.get("moved_from").and_then(Value::as_str);
    let moved_from = moved_from.and_then(|id| MonitorId::parse(id).ok());
    let spec = canonical::spec(fields, group);
    let place = sources.line_of(document.entry("id")?.key_place)?;
    let own = document.entry("id")?.key_place;
    let origin = Origin { source: Some(place.to_string()), ..Origin::default() };
    match monitor_from_spec(id, &spec, origin) {
        Ok(monitor) => {
            let inherited = inherited(document, own, sources);
            Some(LoadedMonitor { monitor, spec, place, moved_from, inherited })
        }
        Err(messages) => {
            let message = messages.join("; ");
            faults.push(Fault::new(Code::Contradiction, document.place, message));
            None
        }
    }
}

fn complaints(fields: &Map<String, Value>, topics: Topics<'_>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let id = fields.get("id").and_then(Value::as_str).unwrap_or_default();
    storable::check(id, fields, &mut complaints);
    match RawMonitor::deserialize(fields) {
        Ok(raw) => {
            check(&raw, topics, &mut complaints);
            // The schema has said so already, in the document as written.
            complaints.retain(|complaint| complaint.code != Code::MissingKey);
        }
        // Only if schema and types disagree; never lost silently.
        Err(error) => {
            complaints.push(Complaint::new(Code::WrongType, Path::default(), error.to_string()));
        }
    }
    references::misplaced(fields, &mut complaints);
    complaints
}

/// Every rule on one raw monitor.
fn check(raw: &RawMonitor, topics: Topics<'_>, complaints: &mut Vec<Complaint>) {
    rules::check(raw, complaints);
    if let Some(topics) = topics {
        complaints.extend(rules::unknown_topic(raw, topics));
    }
    if let Ok(id) = MonitorId::parse(raw.id.as_deref().unwrap_or("0")) {
        build(id, raw, Origin::default(), complaints);
    }
}

/// Reports every id but the first of its kind, with both places.
fn duplicate_ids(mut found: Vec<(String, Place)>, faults: &mut Vec<Fault>) {
    found.sort_by(|one, two| (&one.0, one.1.file, one.1.start).cmp(&(&two.0, two.1.file, two.1.start)));
    let mut first: Option<&(String, Place)> = None;
    for again in &found {
        match first {
            Some((id, place)) if *id == again.0 => faults.push(
                Fault::new(Code::DuplicateId, again.1, format!("the id `{id}` is taken"))
                    .label("used again here")
                    .related(*place, "first used here")
                    .help("give one of the two another id"),
            ),
            _ => first = Some(again),
        }
    }
}
