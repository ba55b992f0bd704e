//! `${var:name}` in a value becomes what the variable holds. Pure.
//!
//! A document is filled in as soon as it is read, before the schema and every rule look at it. A filled-in value keeps
//! its place in the file of the monitor, and knows its variables.

use std::ops::Range;
use std::sync::Arc;

use crate::config::credentials::part_of;
use crate::config::diagnostic::Code;
use crate::config::sizes::{FILLED_IN_BYTES, QUOTED, grouped};
use crate::config::sources::Sources;
use crate::config::suggest::suggest;
use crate::config::variables::{
    BEGINNING, DefinedVariable, DefinedVariables, NAME_WORDS, reference_from, refers,
};
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{FilledIn, Node, TextPlace, YamlTree};
use crate::monitor::{ValueSource, clip};

/// A reference in a text: its bytes, and the name; `None` if it is never closed.
pub(super) struct Reference<'t> {
    pub range: Range<usize>,
    pub name: Option<&'t str>,
}

/// Fills in the values of a document. What cannot be filled in is marked. `None` where there are no settings.
pub fn fill(
    document: &mut Node,
    variables: Option<&DefinedVariables>,
    sources: &Sources<'_>,
) -> Vec<PlacedViolation> {
    let mut filling = Filling { variables, sources, bytes: 0, is_full: false, faults: Vec::new() };
    filling.walk(document);
    filling.faults
}

struct Filling<'a> {
    variables: Option<&'a DefinedVariables>,
    sources: &'a Sources<'a>,
    /// That were filled in.
    bytes: usize,
    /// Whether they are too many.
    is_full: bool,
    faults: Vec<PlacedViolation>,
}

impl Filling<'_> {
    fn walk(&mut self, node: &mut Node) {
        match &mut node.tree {
            YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) => {}
            YamlTree::Text(text) => {
                if !text.contains(BEGINNING) || !refers(text) {
                    return;
                }
                match self.filled(text, node.place) {
                    Some((tree, filled_in)) => {
                        node.tree = tree;
                        node.filled_in = Some(Arc::new(filled_in));
                    }
                    None => node.faulty = true,
                }
            }
            YamlTree::List(items) => items.iter_mut().for_each(|item| self.walk(item)),
            YamlTree::Map(entries) => {
                for entry in entries.values_mut() {
                    if refers(&entry.key) {
                        entry.value.faulty = true;
                        self.faults.push(
                            PlacedViolation::new(
                                Code::MisplacedReference,
                                entry.key_place,
                                "a key takes no variable",
                            )
                            .label("a variable in a key")
                            .help("write the key itself; variables work in values"),
                        );
                    } else {
                        self.walk(&mut entry.value);
                    }
                }
            }
        }
    }

    /// The value of a text; `None` if a variable in it has none. A fault of the settings is not said again here.
    fn filled(&mut self, text: &str, place: TextPlace) -> Option<(YamlTree, FilledIn)> {
        let mut whole = String::new();
        let mut sources: Vec<ValueSource> = Vec::new();
        let (mut at, mut has_faults) = (0, false);
        for Reference { range, name } in references(text) {
            let before = &text[at..range.start];
            has_faults |= self.completes(&whole, before, &sources, place);
            whole.push_str(before);
            at = range.end;
            let is_all = range == (0..text.len());
            match look_up(self.variables, name) {
                Ok(Some(DefinedVariable { value: Some(value), source, .. })) if is_all => {
                    return Some((
                        value.clone(),
                        FilledIn { sources: vec![source.clone()], name: name.map(str::to_owned) },
                    ));
                }
                Ok(Some(DefinedVariable { value: Some(_), text: value, source, .. })) => {
                    has_faults |= self.completes(&whole, value, &sources, place);
                    if is_in_reference(&whole) && value.contains(['{', '}', '$']) {
                        has_faults = true;
                        let place = part_of(place, text, &range, self.sources);
                        self.faults.push(breaks(place, source));
                    }
                    let text = value;
                    whole.push_str(text);
                    self.bytes = self.bytes.saturating_add(text.len());
                    if !sources.contains(source) {
                        sources.push(source.clone());
                    }
                }
                Ok(Some(DefinedVariable { value: None, .. }) | None) => has_faults = true,
                Err(fault) => {
                    has_faults = true;
                    let place = part_of(place, text, &range, self.sources);
                    self.faults.push(PlacedViolation { place, ..*fault });
                }
            }
        }
        has_faults |= self.completes(&whole, &text[at..], &sources, place);
        whole.push_str(&text[at..]);
        if self.bytes > FILLED_IN_BYTES {
            self.say_too_much(place);
            return None;
        }
        (!has_faults).then_some((YamlTree::Text(whole), FilledIn { sources, name: None }))
    }

    /// Says so if what stands before ends with a `$` from a variable, and what follows makes it the start of a reference.
    fn completes(&mut self, before: &str, next: &str, sources: &[ValueSource], place: TextPlace) -> bool {
        let is_start = before.ends_with('$') && (next.starts_with('{') || next.starts_with("${"));
        let source = sources.last().filter(|_| is_start);
        self.faults.extend(source.map(|source| breaks(place, source)));
        source.is_some()
    }

    /// Says it once: of the rest of the document it is known.
    fn say_too_much(&mut self, place: TextPlace) {
        if std::mem::replace(&mut self.is_full, true) {
            return;
        }
        let message = format!(
            "the variables in this document are longer than {} bytes in all",
            grouped(FILLED_IN_BYTES)
        );
        self.faults.push(
            PlacedViolation::new(Code::TooLarge, place, message)
                .label("too much")
                .help("write shorter variables, or use them less often"),
        );
    }
}

/// Whether a text ends inside a reference to a secret.
fn is_in_reference(text: &str) -> bool {
    let start = text.rmatch_indices("${").map(|(at, _)| at).find(|at| !text[..*at].ends_with('$'));
    start.is_some_and(|start| !text[start..].contains('}'))
}

/// A value that is only a part of a reference must neither end it nor begin one.
fn breaks(place: TextPlace, ValueSource { place: set, variable }: &ValueSource) -> PlacedViolation {
    let variable = variable.as_deref().unwrap_or_default();
    let message = format!("the value of `{variable}` begins or ends a reference to a secret");
    PlacedViolation::new(Code::InvalidSecret, place, message)
        .label("not a reference as it is written")
        .variable(variable)
        .help(format!("write no `$`, `{{` or `}}` there; `{variable}` is set in {set}"))
}

/// The variable, or a fault whose place is still to be said. `Ok(None)`: it may be defined in a part of the settings
/// that cannot be read.
fn look_up<'a>(
    variables: Option<&'a DefinedVariables>,
    name: Option<&str>,
) -> Result<Option<&'a DefinedVariable>, Box<PlacedViolation>> {
    let fault = |message: String, label: &str, help: String| {
        let nowhere = TextPlace { file: 0, start: 0, end: 0 };
        Box::new(PlacedViolation::new(Code::UndefinedVariable, nowhere, message).label(label).help(help))
    };
    let Some(name) = name else {
        return Err(fault(
            format!("`{BEGINNING}` is never closed"),
            "not closed",
            "write `${var:name}`".to_owned(),
        ));
    };
    let shown = clip(name, QUOTED);
    let fault = |message, label, help| Box::new(fault(message, label, help).variable(name));
    let Some(variables) = variables else {
        let help = "variables are set in monitorctl.yaml; validate the file in its repository".to_owned();
        return Err(fault(
            format!("the value of the variable `{shown}` is unknown"),
            "no settings here",
            help,
        ));
    };
    if let Some(variable) = variables.get(name) {
        return Ok(Some(variable));
    }
    if variables.is_incomplete {
        return Ok(None);
    }
    let message = format!("undefined variable `{shown}`");
    if let Some(DefinedVariable { source: ValueSource { place, variable }, .. }) =
        variables.by_name.get(name).and_then(|elsewhere| elsewhere.first())
    {
        let Some(own) = &variables.environment else { return Ok(None) };
        let path = variable.as_deref().unwrap_or_default();
        let help = format!(
            "`{path}` ({place}) is of another environment; set it in `environments.{own}.vars` or in `vars`"
        );
        return Err(fault(message, "not set in this environment", help));
    }
    let help = match suggest(name, variables.names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if !is_name(name) => NAME_WORDS.to_owned(),
        None => format!("set it in monitorctl.yaml: `vars: {{ {shown}: VALUE }}`"),
    };
    Err(fault(message, "in no `vars:` of monitorctl.yaml", help))
}

fn is_name(name: &str) -> bool {
    let is_part =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    (1..=64).contains(&name.len()) && name.bytes().all(is_part)
}

/// Every reference to a variable in a text, in its order.
pub(super) fn references(text: &str) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = reference_from(text, at) {
        let inner = start + BEGINNING.len();
        let name = text.get(inner..).and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
        at = name.map_or(text.len(), |name| inner + name.len() + 1);
        found.push(Reference { range: start..at, name });
    }
    found
}

/// The names that a text refers to.
pub fn names_in(text: &str) -> impl Iterator<Item = &str> {
    references(text).into_iter().filter_map(|reference| reference.name)
}

/// Says of every fault at a filled-in value which variable it comes from, and where that is set.
pub fn explain(faults: &mut [PlacedViolation], document: &Node) {
    if faults.is_empty() {
        return;
    }
    let mut all = Vec::new();
    collect(document, &mut all);
    if all.is_empty() {
        return;
    }
    for fault in faults {
        let places = std::iter::once(fault.place).chain(fault.related.iter().map(|(place, _)| *place));
        let of_fault: Vec<_> = places.collect();
        let is_there = |place: &TextPlace| of_fault.iter().any(|inner| holds(*place, *inner));
        let sources =
            all.iter().filter(|(place, _)| is_there(place)).flat_map(|(_, filled_in)| &filled_in.sources);
        let mut help: Vec<String> = fault.help.take().into_iter().collect();
        for ValueSource { place, variable } in sources {
            let words = format!("`{}` is set in {place}", variable.as_deref().unwrap_or_default());
            fault.variables.extend(variable.clone());
            if help.iter().all(|said| !said.contains(&words)) {
                help.push(words);
            }
        }
        fault.variables.sort();
        fault.variables.dedup();
        fault.help = (!help.is_empty()).then(|| help.join("; "));
    }
}

fn holds(outer: TextPlace, inner: TextPlace) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

fn collect<'n>(node: &'n Node, found: &mut Vec<(TextPlace, &'n FilledIn)>) {
    found.extend(node.filled_in.as_deref().map(|filled_in| (node.place, filled_in)));
    match &node.tree {
        YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => {}
        YamlTree::List(items) => items.iter().for_each(|item| collect(item, found)),
        YamlTree::Map(entries) => entries.iter().for_each(|entry| collect(&entry.value, found)),
    }
}

/// Where the variables in a node are set, however deep they stand.
pub fn sources_of(node: &Node) -> Vec<ValueSource> {
    let mut found = Vec::new();
    collect(node, &mut found);
    let mut sources: Vec<ValueSource> = Vec::new();
    for source in found.into_iter().flat_map(|(_, filled_in)| &filled_in.sources) {
        if !sources.contains(source) {
            sources.push(source.clone());
        }
    }
    sources
}
