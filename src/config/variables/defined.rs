//! The definitions in `monitorctl.yaml`, and what is wrong with them. Pure.

use crate::config::credentials::{self, offered};
use crate::config::diagnostic::Code;
use crate::config::sources::Sources;
use crate::config::variables::{DefinedVariable, DefinedVariables, refers};
use crate::config::violation::PlacedViolation;
use crate::config::yaml::traps;
use crate::config::yaml::tree::{Entry, Node, YamlTree};
use crate::monitor::{Template, ValueSource};
use crate::written::Path;

/// The key of the variables, at the top and in each environment.
pub const KEY: &str = "vars";

/// The key of the environments.
const ENVIRONMENTS: &str = "environments";

/// Where variables stand: those at the top, then those of each environment, with its name.
pub fn levels(document: &Node) -> Vec<(Option<String>, Path)> {
    let environments = document.entry(ENVIRONMENTS).map(|entry| entry.value.entries()).unwrap_or_default();
    let own = |entry: &Entry| (Some(entry.key.clone()), Path::from(ENVIRONMENTS).key(&entry.key).key(KEY));
    std::iter::once((None, Path::from(KEY))).chain(environments.iter().map(own)).collect()
}

/// Every variable that a document defines, whatever else is wrong with it. `is_whole` says whether all of the file is in
/// the document.
pub fn read(document: Option<&Node>, sources: &Sources<'_>, is_whole: bool) -> DefinedVariables {
    let mut all = DefinedVariables { is_incomplete: !is_whole, ..DefinedVariables::default() };
    let Some(document) = document else { return all };
    for (environment, path) in levels(document) {
        let Some(node) = document.find(&path) else { continue };
        all.is_incomplete |= !matches!(node.tree, YamlTree::Null | YamlTree::Map(_));
        for entry in node.entries() {
            let Some(place) = sources.line_of(entry.key_place) else { continue };
            let variable = DefinedVariable {
                environment: environment.clone(),
                value: value(&entry.value),
                text: inside_text(&entry.value, sources),
                source: ValueSource { place, variable: Some(path.key(&entry.key).to_string()) },
            };
            all.by_name.entry(entry.key.clone()).or_default().push(variable);
        }
    }
    all
}

fn value(node: &Node) -> Option<YamlTree> {
    let is_scalar = match &node.tree {
        YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => true,
        YamlTree::Null | YamlTree::List(_) | YamlTree::Map(_) => false,
    };
    (is_scalar && !node.has_faults()).then(|| node.tree.clone())
}

fn inside_text(node: &Node, sources: &Sources<'_>) -> String {
    match &node.tree {
        YamlTree::Text(text) => text.clone(),
        YamlTree::Bool(_) | YamlTree::Number(_) => sources.text(node.place).to_owned(),
        YamlTree::Null | YamlTree::List(_) | YamlTree::Map(_) => String::new(),
    }
}

/// Looks for what no schema can say, and marks what is no variable: a reference to another one or to no secret, and a
/// literal credential.
pub fn check(document: &mut Node, sources: &Sources<'_>) -> Vec<PlacedViolation> {
    let mut faults = Vec::new();
    for (_, path) in levels(document) {
        let Some(node) = document.find_mut(&path) else { continue };
        faults.extend(credentials::find_in_fields(&path, node, sources));
        let YamlTree::Map(entries) = &mut node.tree else { continue };
        for Entry { key, value, .. } in entries.values_mut() {
            let path = path.key(key);
            traps::ambiguous(&path, value, sources, &mut faults);
            if value.has_faults() {
                continue;
            }
            faults.extend(offered::reserved(value, sources));
            let fault = value.text().and_then(|text| misread(&path, text, value));
            value.faulty |= fault.is_some();
            faults.extend(fault);
        }
    }
    faults
}

/// A text that would be something else where it is written in: what it is would depend on an order that nothing shows.
fn misread(path: &Path, text: &str, value: &Node) -> Option<PlacedViolation> {
    if refers(text) {
        let message = format!("`{path}` refers to another variable");
        return Some(
            PlacedViolation::new(Code::MisplacedReference, value.place, message)
                .label("a variable in a variable")
                .help("write the value itself; it may have ${env:NAME} or ${ssm:/path} in it"),
        );
    }
    let error = Template::parse(text).err()?;
    let message = format!("`{path}`: {error}");
    let help = "close it with `}`; for the characters `${` themselves, write `$${`";
    Some(PlacedViolation::new(Code::InvalidSecret, value.place, message).label("not a reference").help(help))
}

/// What is said better than by a schema. Marks what is not one value, and every reference to a variable elsewhere in the
/// settings: they decide where a command works, so they are what is written.
pub fn unfit(document: &mut Node) -> Vec<PlacedViolation> {
    let mut faults = Vec::new();
    search(&Path::default(), document, &mut faults);
    for (_, path) in levels(document) {
        let Some(Node { tree: YamlTree::Map(entries), .. }) = document.find_mut(&path) else { continue };
        for Entry { key, value, .. } in entries.values_mut() {
            let (found, help) = match &value.tree {
                YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => continue,
                YamlTree::Null => ("nothing", "write its value, or remove it"),
                YamlTree::List(_) => {
                    ("a list", "write the list where it is used; its elements may be variables")
                }
                YamlTree::Map(_) => ("a map", "write the map where it is used; its values may be variables"),
            };
            value.faulty = true;
            let message = format!("`{}` must be a string, a number or a boolean", path.key(key));
            let fault = PlacedViolation::new(Code::WrongType, value.place, message);
            faults.push(fault.label(format!("found {found}")).help(help));
        }
    }
    faults
}

fn search(path: &Path, node: &mut Node, faults: &mut Vec<PlacedViolation>) {
    match &mut node.tree {
        YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) => {}
        YamlTree::Text(text) => {
            if refers(text) {
                node.faulty = true;
                let message = format!("`{path}` takes no variable");
                faults.push(
                    PlacedViolation::new(Code::MisplacedReference, node.place, message)
                        .label("a variable")
                        .help("write the value itself; variables work in monitors and in defaults.yaml"),
                );
            }
        }
        YamlTree::List(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                search(&path.index(index), item, faults);
            }
        }
        YamlTree::Map(entries) => {
            for Entry { key, value, .. } in entries.values_mut().filter(|entry| entry.key != KEY) {
                search(&path.key(key), value, faults);
            }
        }
    }
}
