//! A live edit, written into the file that its monitor stands in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::load::{Definitions, Loaded, load_catalog};
use super::super::merge;
use super::super::sources::{SourceFile, Sources, is_defaults};
use super::change::{FieldEdit, changes};
use super::document::inherited;
use super::outline::outline;
use super::splice;
use crate::config::rules::canonical;
use crate::config::variables::DefinedVariables;
use crate::config::variables::fill;
use crate::config::variables::kept;
use crate::config::yaml;
use crate::config::yaml::extensions;
use crate::config::yaml::tree::Node;
use crate::monitor::{MonitorId, Place, Spec, ValueSource, marked};

/// Steps that one monitor may take; more would be one that goes in circles.
const STEPS: usize = 512;

/// A file that says what it should, and loads.
#[derive(Debug)]
pub struct Amended {
    pub text: String,
}

/// Why a monitor cannot be written back faithfully, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Unfaithful {
    pub place: Place,
    pub reason: String,
}

/// The text of the file of `place` in which the monitor `id` loads to exactly `live`, and everything else to what it
/// did before.
pub fn amend(
    files: &[SourceFile],
    definitions: Definitions<'_>,
    id: &MonitorId,
    place: &Place,
    live: &Spec,
) -> Result<Amended, Unfaithful> {
    let unfaithful = |reason: &str| Unfaithful { place: place.clone(), reason: marked(reason.to_owned()) };
    // What stands in other files is not touched by this one.
    let of_it = files.iter().filter(|file| file.path == place.file || is_defaults(&file.path));
    let mut files: Vec<SourceFile> = of_it.cloned().collect();
    let index = files.iter().position(|file| file.path == place.file);
    let Some(index) = index else { return Err(unfaithful("its file is missing")) };
    let Ok(original) = String::from_utf8(files[index].bytes.clone()) else {
        return Err(unfaithful("its file is not UTF-8 text"));
    };
    let before = load_catalog(&files, definitions);
    let none = DefinedVariables::default();
    let monitor = OnTheWay {
        file: &files[index],
        files: &files,
        id,
        variables: definitions.variables.unwrap_or(&none),
    };
    let text = monitor.walk(&original, live).map_err(|reason| unfaithful(&reason))?;
    if comments(&original) != comments(&text) {
        return Err(unfaithful("a comment would be lost"));
    }
    files[index].bytes = text.clone().into_bytes();
    proven(&before, &load_catalog(&files, definitions), id, live).map_err(|reason| unfaithful(&reason))?;
    Ok(Amended { text })
}

/// A monitor whose file is being edited.
struct OnTheWay<'a> {
    file: &'a SourceFile,
    files: &'a [SourceFile],
    id: &'a MonitorId,
    variables: &'a DefinedVariables,
}

impl OnTheWay<'_> {
    /// Step by step, each on the text that the one before made.
    fn walk(&self, text: &str, live: &Spec) -> Result<String, String> {
        let mut text = text.to_owned();
        for _ in 0..STEPS {
            let read = self.read(&text).ok_or("the edited file cannot be read")?;
            let Some(change) = changes(&read.spec, live).into_iter().next() else { return Ok(text) };
            let FieldEdit { path, after } = change;
            let field = path.join(".");
            if path.first().is_some_and(|field| field == "group") {
                let group = live.fields().get("group").and_then(|group| group.as_str()).unwrap_or_default();
                let folder =
                    if group.is_empty() { "the topmost folder".to_owned() } else { format!("{group:?}") };
                return Err(format!(
                    "its group was edited, and a group is the folder of the file: move it into {folder}"
                ));
            }
            let after = match read.with_variables(&path, after.as_ref(), self.variables) {
                None => after,
                Some(Ok(text)) => Some(text.into()),
                Some(Err(reason)) => return Err(format!("`{field}` {reason}")),
            };
            let edited = splice::step(&text, self.id.as_str(), &FieldEdit { path, after })
                .map_err(|reason| format!("`{field}` cannot be written in place: {reason}"))?;
            if edited == text {
                return Err(format!("`{field}` cannot be written in place"));
            }
            text = edited;
        }
        Err("the edit does not finish".to_owned())
    }

    /// The document of the monitor, and its spec, whether it is valid yet or not.
    fn read(&self, text: &str) -> Option<ReadMonitor> {
        let Self { file, files, id, variables } = self;
        let of_text = SourceFile { bytes: text.as_bytes().to_vec(), ..(*file).clone() };
        let sources = Sources::new(std::slice::from_ref(&of_text));
        let parsed = yaml::parse(text, 0);
        if !parsed.faults.is_empty() {
            return None;
        }
        let is_it = |text: Option<&str>| text == Some(id.as_str());
        let filled = parsed.documents.into_iter().map(|document| {
            let mut root = document.root;
            extensions::remove(&mut root);
            let written = root.clone();
            drop(fill::fill(&mut root, Some(variables), &sources));
            (written, root)
        });
        let (written, document) =
            { filled }.find(|(_, filled)| is_it(filled.entry("id").and_then(|entry| entry.value.text())))?;
        let merged = merge::merge(inherited(files, &file.path, variables).as_ref(), &document);
        let Value::Object(fields) = merged.to_json() else { return None };
        Some(ReadMonitor { written, document, spec: canonical::spec(fields, &file.group) })
    }
}

/// A monitor as its file has it on the way.
struct ReadMonitor {
    /// Its document with the variables as they are written.
    written: Node,
    /// The same with their values.
    document: Node,
    spec: Spec,
}

impl ReadMonitor {
    /// The text to write for a field that has its value from variables, or a part of it; `None` if it has none. What
    /// stands in a `defaults.yaml` is not edited.
    fn with_variables(
        &self,
        path: &[String],
        after: Option<&Value>,
        variables: &DefinedVariables,
    ) -> Option<Result<String, String>> {
        let ValueSource { place, variable } =
            fill::sources_of(node_at(&self.document, path)?).into_iter().next()?;
        let variable = variable.unwrap_or_default();
        let comes_from = || format!("comes from `{variable}` ({place}): edit the variable");
        let written = node_at(&self.written, path).and_then(Node::text);
        let (Some(written), Some(Value::String(after))) = (written, after) else {
            return Some(Err(comes_from()));
        };
        // What a variable holds as a whole is edited there, unless a hand wrote more around it.
        let kept = kept::kept(written, after, variables);
        Some(kept.map_or_else(|| Err(comes_from()), |kept| kept.map_err(|unkept| unkept.to_string())))
    }
}

fn node_at<'n>(document: &'n Node, path: &[String]) -> Option<&'n Node> {
    path.iter().try_fold(document, |node, key| {
        // Headers may be written in any case.
        let mut entries = node.entries().iter();
        entries.find(|entry| entry.key.eq_ignore_ascii_case(key)).map(|entry| &entry.value)
    })
}

/// How often each comment is there, wherever.
fn comments(text: &str) -> Option<BTreeMap<&str, usize>> {
    let mut found = BTreeMap::new();
    for comment in outline(text)?.comments {
        *found.entry(text.get(comment)?.trim_end()).or_default() += 1;
    }
    Some(found)
}

/// The monitor is the live one, every other one is what it was, and nothing is at fault.
fn proven(before: &Loaded, after: &Loaded, id: &MonitorId, live: &Spec) -> Result<(), String> {
    if let Some(fault) = after.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        return Err(format!("the stored item is invalid: {}", fault.message));
    }
    let same_number = before.monitors.len() == after.monitors.len();
    let as_meant = before.monitors.iter().zip(&after.monitors).all(|(before, after)| {
        let expected = if before.monitor.id == *id { live } else { &before.spec };
        before.monitor.id == after.monitor.id && after.spec == *expected
    });
    if same_number && as_meant {
        Ok(())
    } else {
        Err("the edited file would differ from the stored item".to_owned())
    }
}

/// Proves that a new file loads to exactly this monitor, beside the defaults of the catalog.
pub fn prove_new(
    files: &[SourceFile],
    definitions: Definitions<'_>,
    new: &SourceFile,
    id: &MonitorId,
    spec: &Spec,
) -> Result<(), String> {
    let defaults = files.iter().filter(|file| is_defaults(&file.path));
    let files: Vec<_> = defaults.chain([new]).cloned().collect();
    let loaded = load_catalog(&files, definitions);
    let own =
        loaded.diagnostics.iter().find(|diagnostic| diagnostic.is_error() && diagnostic.file == new.path);
    if let Some(fault) = own {
        return Err(marked(format!("the stored item is invalid: {}", fault.message)));
    }
    match loaded.monitors.as_slice() {
        [one] if one.monitor.id == *id && one.spec == *spec => Ok(()),
        _ => Err("no YAML of this item reads back equal to it".to_owned()),
    }
}
