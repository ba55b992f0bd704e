//! A live edit, written into the file that its monitor stands in.

use std::collections::BTreeMap;

use super::super::load;
use super::super::load::{Loaded, Topics};
use super::super::merge;
use super::super::sources::{SourceFile, is_defaults};
use super::change::{FieldEdit, changes};
use super::document::inherited;
use super::outline::outline;
use super::splice;
use crate::config::rules::canonical;
use crate::config::yaml;
use crate::config::yaml::extensions;
use crate::monitor::{MonitorId, Place, Spec, marked};

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
    topics: Topics<'_>,
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
    let before = load(&files, topics);
    let text = walk(&files[index], &files, &original, id, live).map_err(|reason| unfaithful(&reason))?;
    if comments(&original) != comments(&text) {
        return Err(unfaithful("a comment would be lost"));
    }
    files[index].bytes = text.clone().into_bytes();
    proven(&before, &load(&files, topics), id, live).map_err(|reason| unfaithful(&reason))?;
    Ok(Amended { text })
}

/// Step by step, each on the text that the one before made.
fn walk(
    file: &SourceFile,
    files: &[SourceFile],
    text: &str,
    id: &MonitorId,
    live: &Spec,
) -> Result<String, String> {
    let mut text = text.to_owned();
    for _ in 0..STEPS {
        let spec = spec(&text, file, files, id).ok_or("the edited file cannot be read")?;
        let Some(change) = changes(&spec, live).into_iter().next() else { return Ok(text) };
        let FieldEdit { path, .. } = &change;
        if path.first().is_some_and(|field| field == "group") {
            let group = live.fields().get("group").and_then(|group| group.as_str()).unwrap_or_default();
            let folder =
                if group.is_empty() { "the topmost folder".to_owned() } else { format!("{group:?}") };
            return Err(format!(
                "its group was edited, and a group is the folder of the file: move it into {folder}"
            ));
        }
        let edited = splice::step(&text, id.as_str(), &change)
            .map_err(|reason| format!("`{}` cannot be written in place: {reason}", path.join(".")))?;
        if edited == text {
            return Err(format!("`{}` cannot be written in place", path.join(".")));
        }
        text = edited;
    }
    Err("the edit does not finish".to_owned())
}

/// The spec of a monitor on the way, whether it is valid yet or not.
fn spec(text: &str, file: &SourceFile, files: &[SourceFile], id: &MonitorId) -> Option<Spec> {
    let parsed = yaml::parse(text, 0);
    if !parsed.faults.is_empty() {
        return None;
    }
    let is_it = |text: Option<&str>| text == Some(id.as_str());
    let mut documents = parsed.documents.into_iter().map(|document| document.root);
    let mut document =
        documents.find(|document| is_it(document.entry("id").and_then(|entry| entry.value.text())))?;
    extensions::remove(&mut document);
    let merged = merge::merge(inherited(files, &file.path).as_ref(), &document);
    let serde_json::Value::Object(fields) = merged.to_json() else { return None };
    Some(canonical::spec(fields, &file.folder))
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
    topics: Topics<'_>,
    new: &SourceFile,
    id: &MonitorId,
    spec: &Spec,
) -> Result<(), String> {
    let defaults = files.iter().filter(|file| is_defaults(&file.path));
    let files: Vec<_> = defaults.chain([new]).cloned().collect();
    let loaded = load(&files, topics);
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
