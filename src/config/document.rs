//! One document of a file: every rule on it, and the monitor that it is if none is broken. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::diagnostic::{Code, DiagnosticSeverity};
use super::merge;
use super::provenance::{Inherited, inherited};
use super::sources::Sources;
use super::violation::{PlacedViolation, rests_on_fault};
use crate::config::catalog::dependencies::Dependencies;
use crate::config::catalog::lint::{self, Circumstances};
use crate::config::catalog::renames::Rename;
use crate::config::credentials;
use crate::config::credentials::offered;
use crate::config::credentials::references;
use crate::config::expectations::tried::PathCheck;
use crate::config::rules;
use crate::config::rules::build::{RawDocument, build, monitor_from_spec};
use crate::config::rules::canonical;
use crate::config::rules::storable;
use crate::config::schema::FileKind;
use crate::config::schema::applies::kind_of;
use crate::config::schema::check;
use crate::config::schema::words;
use crate::config::settings::{Settings, WrittenChannels};
use crate::config::variables::DefinedVariables;
use crate::config::variables::fill;
use crate::config::yaml::extensions;
use crate::config::yaml::take_back;
use crate::config::yaml::traps;
use crate::config::yaml::tree::{Node, TextPlace};
use crate::kinds::{KindName, Manner, Scrutiny, manner};
use crate::monitor::{self, Monitor, MonitorId, Origin, Spec};
use crate::written::{Path, Step, Violation};

/// Stands for a URL that is faulty, where the rest of a monitor is looked at.
const UNKNOWN_URL: &str = "https://unknown.invalid/";

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

/// The channels that monitors may name; `None` where that is not known, because the settings are faulty.
pub type KnownChannels<'a> = Option<&'a WrittenChannels>;

/// What the settings define for monitors.
#[derive(Debug, Clone, Copy, Default)]
pub struct Definitions<'a> {
    pub channels: KnownChannels<'a>,
    /// `None` where there are no settings.
    pub variables: Option<&'a DefinedVariables>,
}

impl<'a> Definitions<'a> {
    pub fn of(settings: &'a Settings) -> Self {
        Self { channels: Some(&settings.channels), variables: Some(&settings.vars) }
    }
}

/// One document as it is written.
pub struct Written {
    pub root: Node,
    /// Keys of it that could not be read.
    pub lost: BTreeSet<String>,
    /// Whether its text is what was meant; no monitor is made of another one.
    pub sound: bool,
}

/// What holds around a document.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    pub defaults: Option<&'a Node>,
    pub group: &'a str,
    pub sources: &'a Sources<'a>,
    pub definitions: Definitions<'a>,
    pub circumstances: Option<Circumstances<'a>>,
}

/// What became of one document.
pub struct Checked {
    /// The id as written and its place, whatever else is wrong.
    pub id: Option<(String, TextPlace)>,
    pub rename: Option<Rename>,
    pub depends: Option<Dependencies>,
    pub monitor: Option<LoadedMonitor>,
    /// Of a document with faults, what advice can be given about.
    pub draft: Option<Monitor>,
    /// Assertions that are worth trying.
    pub path_checks: Vec<PathCheck<PlacedViolation>>,
    pub faults: Vec<PlacedViolation>,
}

impl Checked {
    /// The same with what it depends on. Monitors that nothing depends on, and that depend on nothing, are among them.
    pub fn dependent(&self) -> Option<(Option<&Dependencies>, &Monitor)> {
        self.advised().map(|(_, monitor)| (self.depends.as_ref(), monitor))
    }

    /// The monitor, valid or as far as it can be read, with the place of its id.
    pub fn advised(&self) -> Option<(TextPlace, &Monitor)> {
        let (_, place) = self.id.as_ref()?;
        let valid = self.monitor.as_ref().map(|valid| &valid.monitor);
        Some((*place, valid.or(self.draft.as_ref())?))
    }
}

/// Looks for every fault of a document.
pub fn check(written: Written, around: Around<'_>) -> Checked {
    let Written { root: mut document, lost, sound } = written;
    let Around { defaults, group: _, sources, definitions, circumstances } = around;
    extensions::remove(&mut document);
    let mut faults = fill::fill(&mut document, definitions.variables, sources);
    faults.extend(check::check(FileKind::Monitor, &mut document, sources));
    let is_lost = |fault: &PlacedViolation| {
        fault.code == Code::MissingKey && lost.iter().any(|key| fault.message == words::missing(key))
    };
    faults.retain(|fault| !is_lost(fault));
    faults.extend(credentials::find(&mut document, sources));
    faults.extend(offered::find(&mut document, sources));
    let id = document.entry("id").and_then(|entry| Some((entry.value.text()?.to_owned(), entry.value.place)));
    let rename = Rename::of(&document);
    faults.extend(traps::find(&document, sources));
    let mut empty = take_back::find(&document, defaults);
    // Like every lint, a mere warning is for those who look at the files.
    empty.retain(|fault| circumstances.is_some() || is_error(fault));
    faults.extend(empty);
    let merged = merge::merge(defaults, &document);
    let depends = Dependencies::of(&merged);
    let (broken, path_checks) = rules(&merged, definitions.channels);
    faults.extend(broken);
    faults.extend(beyond_the_table(&merged));
    let is_valid = sound && lost.is_empty() && !merged.has_faults() && !faults.iter().any(is_error);
    let monitor = if is_valid { monitor(&merged, around, &mut faults) } else { None };
    let mut draft = None;
    if let Some(circumstances) = circumstances {
        draft = if monitor.is_some() { None } else { self::draft(&merged) };
        if let Some(monitor) = monitor.as_ref().map(|valid| &valid.monitor).or(draft.as_ref()) {
            faults.extend(lint::on_monitor(monitor, &merged, definitions.channels, circumstances));
        }
    }
    fill::explain(&mut faults, &merged);
    Checked { id, rename, depends, monitor, draft, path_checks, faults }
}

fn is_error(fault: &PlacedViolation) -> bool {
    fault.code.severity() == DiagnosticSeverity::Error
}

/// What the rules that no schema can say find in a document whose defaults are merged. The schema has reported missing
/// keys already, in the document as written. With it, the assertions that are worth trying.
pub fn rules(
    document: &Node,
    channels: KnownChannels<'_>,
) -> (Vec<PlacedViolation>, Vec<PathCheck<PlacedViolation>>) {
    let Value::Object(fields) = document.to_sound_json() else { return (Vec::new(), Vec::new()) };
    let mut of_kinds = Vec::new();
    let mut path_checks = Vec::new();
    for kind in kinds_of(&fields) {
        let mut violations = Vec::new();
        let raw = raw(kind, &fields, document, &mut violations);
        let built = raw.own.build(Scrutiny::Written, &mut violations);
        path_checks.extend(rules::check(&raw.shared, &built, &mut violations));
        if let Some(channels) = channels {
            violations.extend(rules::unknown_channels(&raw.shared, channels));
        }
        if let Ok(id) = MonitorId::parse("0") {
            build(id, &raw.shared, built, Origin::default(), &mut violations);
        }
        of_kinds.push((kind, violations));
    }
    let mut violations = of_each(&of_kinds);
    references::misplaced(&fields, &mut violations);
    violations.retain(|violation| violation.code != Code::MissingKey);
    violations.retain(|violation| !rests_on_fault(violation, document));
    // A step is judged as a whole, so not without a part of it that was refused.
    let has_faults = |path: &Path| document.find(path).is_some_and(Node::has_faults);
    violations.retain(|violation| !(is_of_steps(&violation.path) && has_faults(&violation.path)));
    let faults = violations.into_iter().map(|violation| PlacedViolation::at(violation, document)).collect();
    (faults, path_checks.into_iter().map(|path_check| path_check.locate(document)).collect())
}

/// The kind of a document. Defaults have no URL, and may be written for several kinds.
fn kinds_of(fields: &Map<String, Value>) -> Vec<KindName> {
    if fields.contains_key("url") || KindName::in_places_of_url().any(|field| fields.contains_key(field)) {
        return vec![kind_of(fields)];
    }
    let is_written_for = |kind: &KindName| {
        *kind == KindName::HIDDEN || kind.fields().any(|field| fields.contains_key(field.name))
    };
    KindName::ALL.iter().copied().filter(is_written_for).collect()
}

/// The violations of all kinds that a document is written for. A field that suits one of them is in order, because a
/// folder hands it down to that kind.
fn of_each(of_kinds: &[(KindName, Vec<Violation>)]) -> Vec<Violation> {
    let counts = |violation: &Violation| {
        let Some(Step::Key(field)) = violation.path.steps().first() else { return true };
        let is_same = |one: &Violation| one.path == violation.path && one.message == violation.message;
        let mut owners = of_kinds.iter().filter(|(kind, _)| kind.field(field).is_some());
        owners.all(|(_, violations)| violations.iter().any(is_same))
    };
    let all = of_kinds.iter().flat_map(|(_, violations)| violations);
    all.filter(|violation| counts(violation)).cloned().collect()
}

/// Whether `path` leads into a list of steps.
pub fn is_of_steps(path: &Path) -> bool {
    matches!(path.steps().first(), Some(Step::Key(key)) if manner(&[], key) == Manner::Steps)
}

/// What no table takes, of the whole monitor.
fn beyond_the_table(document: &Node) -> Vec<PlacedViolation> {
    let Value::Object(fields) = document.to_sound_json() else { return Vec::new() };
    let id = fields.get("id").and_then(Value::as_str).unwrap_or_default();
    let mut violations = Vec::new();
    storable::check(id, &fields, &mut violations);
    violations.into_iter().map(|violation| PlacedViolation::at(violation, document)).collect()
}

/// The fields of a document without those that no type takes. The schema has reported those; what only the types
/// refuse is never lost silently.
fn raw(
    kind: KindName,
    fields: &Map<String, Value>,
    document: &Node,
    violations: &mut Vec<Violation>,
) -> RawDocument {
    if let Ok(raw) = RawDocument::read(kind, fields) {
        return raw;
    }
    let mut readable = Map::new();
    for (key, value) in fields {
        let path = Path::default().key(key);
        let Some(error) = refused(kind, key, value) else {
            readable.insert(key.clone(), value.clone());
            continue;
        };
        let Value::Object(inner) = value else {
            complain(&path, document, &error, violations);
            continue;
        };
        let mut sound = Map::new();
        for (name, value) in inner {
            match refused(kind, key, &Value::Object(Map::from_iter([(name.clone(), value.clone())]))) {
                None => drop(sound.insert(name.clone(), value.clone())),
                Some(error) => complain(&path.key(name), document, &error, violations),
            }
        }
        readable.insert(key.clone(), Value::Object(sound));
    }
    RawDocument::read(kind, &readable).unwrap_or_else(|_| RawDocument::empty(kind))
}

/// Why no type takes this value of a field.
fn refused(kind: KindName, key: &str, value: &Value) -> Option<String> {
    let one = Map::from_iter([(key.to_owned(), value.clone())]);
    RawDocument::read(kind, &one).err().map(|error| error.to_string())
}

fn complain(path: &Path, document: &Node, error: &str, violations: &mut Vec<Violation>) {
    if !document.find(path).is_some_and(Node::has_faults) {
        violations.push(Violation::new(Code::WrongType, path.clone(), format!("`{path}`: {error}")));
    }
}

/// The monitor of a document in which nothing is wrong.
fn monitor(document: &Node, around: Around<'_>, faults: &mut Vec<PlacedViolation>) -> Option<LoadedMonitor> {
    let Value::Object(fields) = document.to_sound_json() else { return None };
    let id = MonitorId::parse(fields.get("id")?.as_str()?).ok()?;
    let moved_from = fields.get("moved_from").and_then(Value::as_str);
    let moved_from = moved_from.and_then(|id| MonitorId::parse(id).ok());
    let spec = canonical::spec(fields, around.group);
    let own = document.entry("id")?.key_place;
    let place = around.sources.line_of(own)?;
    let origin = Origin { source: Some(place.to_string()), ..Origin::default() };
    match monitor_from_spec(id, &spec, origin) {
        Ok(monitor) => {
            let inherited = inherited(document, own, around.sources);
            Some(LoadedMonitor { monitor, spec, place, moved_from, inherited })
        }
        Err(messages) => {
            faults.push(PlacedViolation::new(Code::Contradiction, document.place, messages.join("; ")));
            None
        }
    }
}

/// A monitor of what is sound in a document. It is never probed or stored: only advice is given about it.
fn draft(document: &Node) -> Option<Monitor> {
    let Value::Object(fields) = document.to_sound_json() else { return None };
    let RawDocument { shared: mut raw, own } = raw(kind_of(&fields), &fields, document, &mut Vec::new());
    // Faulty, but not missing.
    if raw.team.is_none() && document.entry("team").is_some() {
        raw.team = Some(crate::config::raw::text_forms::Label(String::new()));
    }
    if raw.runbook.is_none() && document.entry("runbook").is_some() {
        raw.runbook = Some(crate::config::raw::text_forms::Link(String::new()));
    }
    let id = fields.get("id").and_then(Value::as_str).and_then(|id| MonitorId::parse(id).ok());
    let id = id.or_else(|| MonitorId::parse("0").ok())?;
    let built = own.build(Scrutiny::Stored, &mut Vec::new());
    build(id.clone(), &raw, built.clone(), Origin::default(), &mut Vec::new()).or_else(|| {
        raw.url = Some(UNKNOWN_URL.to_owned());
        build(id, &raw, built, Origin::default(), &mut Vec::new())
    })
}
