//! Violations of the schema, put back on their places, in our words.

use std::cell::Cell;
use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Violation;
use jsonschema::paths::Location;
use regex::Regex;
use serde_json::Value;

use crate::config::diagnostic::Code;
use crate::config::schema::applies;
use crate::config::schema::foreign;
use crate::config::schema::hints;
use crate::config::schema::other_tools;
use crate::config::schema::words::{
    allowed_types, example, found, is_duration, keys, missing_key, name, path, repeated, types, with_help,
    words,
};
use crate::config::schema::{FileKind, compiled};
use crate::config::sizes::{QUOTED, SUGGESTIONS};
use crate::config::sources::Sources;
use crate::config::suggest::suggest;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Entry, Node, YamlTree};
use crate::kinds::{KindName, Manner, manner};
use crate::monitor::{clip, is_hidden};
use crate::written::{Path, Step};

/// Applies the schema to a document as it is written and marks what is wrong in it.
pub fn check(kind: FileKind, document: &mut Node, sources: &Sources<'_>) -> Vec<PlacedViolation> {
    let compiled = compiled(kind);
    let Some(validator) = &compiled.validator else { return Vec::new() };
    if kind == FileKind::Monitor
        && let Some(fault) =
            foreign::no_monitor(document, |key| compiled.schema["properties"].get(key).is_some())
    {
        document.faulty = true;
        return vec![fault];
    }
    let value = document.to_json();
    if validator.is_valid(&value) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let report =
        SchemaReport { schema: &compiled.schema, document, sources, suggestions: Cell::new(SUGGESTIONS) };
    for error in validator.iter_errors(&value) {
        report.collect(&error, &mut findings);
    }
    for finding in &findings {
        document.mark_faulty(&finding.path, finding.usable);
    }
    distinct(findings)
}

/// Whether a character comes with what is copied from a web page, and is no part of a key.
fn is_odd(c: char) -> bool {
    !c.is_ascii() && (c.is_whitespace() || is_hidden(c))
}

/// A fault and the path of the value that later stages have to do without.
struct SchemaFinding {
    path: Path,
    fault: PlacedViolation,
    /// Whether they can still judge it: there is too much or too little in it, but it is of its type.
    usable: bool,
}

/// Steps of a dialog are read as a whole.
fn is_step(path: &Path) -> bool {
    matches!(path.steps(), [Step::Key(key), Step::Index(_), ..] if manner(&[], key) == Manner::Steps)
}

/// A value of the wrong type breaks its pattern and its enumeration too; once is enough.
fn distinct(findings: Vec<SchemaFinding>) -> Vec<PlacedViolation> {
    let typed: HashSet<Path> =
        findings.iter().filter(|f| f.fault.code == Code::WrongType).map(|f| f.path.clone()).collect();
    findings
        .into_iter()
        .filter(|finding| {
            let implied = matches!(finding.fault.code, Code::UnknownValue | Code::BadFormat);
            !(implied && typed.contains(&finding.path))
        })
        .map(|finding| finding.fault)
        .collect()
}

struct SchemaReport<'a> {
    schema: &'a Value,
    document: &'a Node,
    sources: &'a Sources<'a>,
    /// For so many unknown keys yet a known one is looked for.
    suggestions: Cell<usize>,
}

impl SchemaReport<'_> {
    fn collect(&self, error: &ValidationError<'_>, findings: &mut Vec<SchemaFinding>) {
        let path = path(error.instance_path());
        let node = self.document.nearest(&path);
        if node.faulty {
            return; // an unsupported value was reported when it was read
        }
        let rule = self.rule(error.schema_path());
        let mut add =
            |path: Path, fault: PlacedViolation| findings.push(SchemaFinding { path, fault, usable: false });
        match error.kind() {
            Violation::AdditionalProperties { unexpected } => {
                self.unknown_keys(node, &path, unexpected, rule, findings);
            }
            Violation::Required { property } => {
                // The map stays: its other fields are still worth looking at.
                let key = property.as_str().unwrap_or_default();
                let fault = missing_key(
                    node,
                    &path,
                    key,
                    if path.steps().is_empty() { Some(self.schema) } else { rule },
                );
                findings.push(SchemaFinding { path: path.key(key), fault, usable: false });
            }
            Violation::PropertyNames { error } => {
                let key = error.instance().as_str().unwrap_or_default().to_owned();
                let path = path.key(&key);
                if key.contains("${var:") && self.document.find(&path).is_some_and(|value| value.faulty) {
                    return;
                }
                let names = rule.and_then(|rule| rule.get("propertyNames")).or(rule);
                let message =
                    words(names, "patternErrorMessage").unwrap_or("this key has an invalid character");
                let place = self.document.key_place(&path);
                add(
                    path,
                    PlacedViolation::new(Code::BadFormat, place, format!("`{key}`: {message}"))
                        .label("not a name"),
                );
            }
            kind => {
                let usable = matches!(
                    kind,
                    Violation::MaxItems { .. }
                        | Violation::MaxLength { .. }
                        | Violation::MinProperties { .. }
                        | Violation::UniqueItems
                ) && !is_step(&path);
                let fault = self.fault(kind, error, node, &path, rule);
                findings.push(SchemaFinding { path: path.clone(), fault, usable });
            }
        }
    }

    fn fault(
        &self,
        kind: &Violation,
        error: &ValidationError<'_>,
        node: &Node,
        path: &Path,
        rule: Option<&Value>,
    ) -> PlacedViolation {
        let name = name(path);
        let found = format!("found {}", found(node, self.sources));
        match kind {
            Violation::Type { .. } => {
                let hint = self.hint(node, path, rule);
                let message = match &hint {
                    Some(_) if is_duration(rule) => format!("{name} has no unit"),
                    Some(_) | None => format!("{name} must be {}", types(rule)),
                };
                let fault = PlacedViolation::new(Code::WrongType, node.place, message).label(found);
                let help = hint.or_else(|| self.quotes(node, path, rule)).or_else(|| example(path, rule));
                with_help(fault, help)
            }
            Violation::Enum { options } => {
                let options: Vec<&str> =
                    options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let written = clip(self.sources.text(node.place), QUOTED);
                let message = format!("unknown value `{written}` for {name}");
                let fault =
                    PlacedViolation::new(Code::UnknownValue, node.place, message).label("unknown value");
                let all = options.join(", ");
                match node.text().and_then(|text| suggest(text, options)) {
                    Some(meant) => fault.help(format!("did you mean `{meant}`? The values are {all}")),
                    None => fault.help(format!("the values are {all}")),
                }
            }
            Violation::Pattern { .. } => {
                let expected =
                    words(rule, "patternErrorMessage").unwrap_or("does not match the expected format");
                let fault = PlacedViolation::new(Code::BadFormat, node.place, format!("{name}: {expected}"));
                let help = self.hint(node, path, rule).or_else(|| example(path, rule));
                with_help(fault.label("wrong format"), help)
            }
            Violation::Minimum { .. } | Violation::Maximum { .. } => {
                let bound = |keyword| rule.and_then(|rule| rule.get(keyword)).map(Value::to_string);
                let bounds = match (bound("minimum"), bound("maximum")) {
                    (Some(least), Some(most)) => format!("between {least} and {most}"),
                    (Some(least), None) => format!("at least {least}"),
                    (None, Some(most)) => format!("at most {most}"),
                    (None, None) => "within its bounds".to_owned(),
                };
                let fault =
                    PlacedViolation::new(Code::OutOfBounds, node.place, format!("{name} must be {bounds}"))
                        .label(found);
                with_help(fault, self.hint(node, path, rule))
            }
            Violation::MinLength { .. } | Violation::MinItems { .. } => {
                let fault =
                    PlacedViolation::new(Code::Empty, node.place, format!("{name} must not be empty"));
                with_help(fault.label("empty"), example(path, rule))
            }
            Violation::MinProperties { .. } if is_step(path) => {
                let fault = PlacedViolation::new(Code::Empty, node.place, format!("{name} is an empty step"));
                with_help(fault.label("empty"), keys(rule).map(|keys| format!("a step is one of {keys}")))
            }
            Violation::MinProperties { .. } => {
                let fault =
                    PlacedViolation::new(Code::Empty, node.place, format!("{name} has no comparison"));
                with_help(
                    fault.label("no comparison"),
                    keys(rule).map(|keys| format!("the keys here are {keys}")),
                )
            }
            Violation::MaxProperties { .. } => PlacedViolation::new(
                Code::OutOfBounds,
                node.place,
                format!("{name} is one step, and has several keys"),
            )
            .label("more than one")
            .help("write each as a step of its own"),
            Violation::MaxLength { limit } => PlacedViolation::new(
                Code::OutOfBounds,
                node.place,
                format!("{name} has at most {limit} characters"),
            )
            .label("too long"),
            Violation::MaxItems { limit } => PlacedViolation::new(
                Code::OutOfBounds,
                node.place,
                format!("{name} has at most {limit} elements"),
            )
            .label("too many"),
            Violation::UniqueItems => repeated(node, &name),
            Violation::FalseSchema => {
                let kind = applies::kind_of_node(self.document).unwrap_or(KindName::HIDDEN);
                let place = self.document.key_place(path);
                PlacedViolation::new(Code::UnknownKey, place, applies::message(&path.to_string(), kind))
                    .label(applies::label(kind))
                    .help("leave it out")
            }
            Violation::Not { .. } => {
                let message = words(rule, "errorMessage").unwrap_or("it must not be here");
                let place = self.document.key_place(path);
                PlacedViolation::new(Code::Contradiction, place, message)
                    .label("one too many")
                    .help("leave one of them out")
            }
            _ => PlacedViolation::new(Code::BadFormat, node.place, format!("{name}: {}", error.masked())),
        }
    }

    fn unknown_keys(
        &self,
        node: &Node,
        path: &Path,
        unexpected: &[String],
        rule: Option<&Value>,
        findings: &mut Vec<SchemaFinding>,
    ) {
        let is_unknown: HashSet<&str> = unexpected.iter().map(String::as_str).collect();
        let is_flow = self.sources.text(node.place).starts_with('{');
        // In `{a: b, c}` the key `c` is what a comma cut off from `b`.
        let is_cut_off = |entry: &Entry| {
            is_flow && entry.value.tree == YamlTree::Null && self.sources.text(entry.value.place).is_empty()
        };
        let mut before: Option<(&Entry, Vec<&str>)> = None;
        for entry in node.entries() {
            let is_part = is_unknown.contains(entry.key.as_str()) && is_cut_off(entry);
            if let Some((_, parts)) = before.as_mut().filter(|_| is_part) {
                parts.push(&entry.key);
                continue;
            }
            findings.extend(before.take().and_then(|(entry, parts)| self.cut_off(path, entry, &parts)));
            before = matches!(entry.value.tree, YamlTree::Text(_) | YamlTree::Number(_))
                .then_some((entry, Vec::new()));
            // One that is faulty was reported, with a variable in it.
            if is_unknown.contains(entry.key.as_str()) && !entry.value.faulty {
                let fault = self.unknown_key(path, entry, rule);
                findings.push(SchemaFinding { path: path.key(&entry.key), fault, usable: false });
            }
        }
        findings.extend(before.and_then(|(entry, parts)| self.cut_off(path, entry, &parts)));
    }

    /// One fault for all parts that commas cut off from a value between braces.
    fn cut_off(&self, path: &Path, entry: &Entry, parts: &[&str]) -> Option<SchemaFinding> {
        let first = parts.first()?;
        let written = self.sources.text(entry.value.place);
        let whole = std::iter::once(written).chain(parts.iter().copied()).collect::<Vec<_>>().join(",");
        let what = if entry.key == "repeats" { "rule" } else { "value" };
        let path = path.key(first);
        let fault = PlacedViolation::new(
            Code::UnknownKey,
            self.document.key_place(&path),
            format!("unknown key `{}`", clip(first, QUOTED)),
        );
        let quoted = format!("quote the {what}: `{}: \"{}\"`", entry.key, clip(&whole, 4 * QUOTED));
        let fault = fault
            .label("a comma ends a value inside braces")
            .related(entry.value.place, format!("the {what} it belongs to"))
            .help(quoted);
        Some(SchemaFinding { path, fault, usable: false })
    }

    fn unknown_key(&self, path: &Path, entry: &Entry, rule: Option<&Value>) -> PlacedViolation {
        let key = entry.key.as_str();
        let message = format!("unknown key `{}`", clip(key, 2 * QUOTED));
        let fault = PlacedViolation::new(Code::UnknownKey, entry.key_place, message).label("unknown key");
        // Who has a hundred of them does not need a suggestion for each.
        let left = self.suggestions.get();
        if left == 0 {
            return fault;
        }
        self.suggestions.set(left - 1);
        let known = rule.and_then(|rule| rule.get("properties")).and_then(Value::as_object);
        let known = || known.into_iter().flatten().map(|(key, _)| key.as_str());
        if let Some(help) = other_tools::help(path, key) {
            return fault.help(help);
        }
        if let Some(meant) = suggest(key, known()) {
            return fault.help(format!("did you mean `{meant}`?"));
        }
        if key.chars().any(is_odd) {
            return fault.help("it contains an invisible or space-like character; retype the key");
        }
        match (path.steps(), key) {
            ([], "group") => fault.help("the group of a monitor is its folder"),
            (_, "topics") => fault.help(
                "topics are channels: write `channels: { NAME: { kind: sns, topic: \"arn:aws:sns:…\" } }`",
            ),
            ([], "id") => fault.help("an id belongs to a monitor, not to defaults"),
            _ => with_help(fault, keys(rule).map(|keys| format!("the keys here are {keys}"))),
        }
    }

    /// What the author meant who wrote a duration or a status as another tool has it.
    fn hint(&self, node: &Node, path: &Path, rule: Option<&Value>) -> Option<String> {
        let written = match &node.tree {
            YamlTree::Text(text) => text.as_str(),
            YamlTree::Number(_) => self.sources.text(node.place),
            YamlTree::Null | YamlTree::Bool(_) | YamlTree::List(_) | YamlTree::Map(_) => return None,
        };
        let mut keys = path.steps().iter().rev().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        });
        let (last, above) = (keys.next()?, keys.next().unwrap_or_default());
        if is_duration(rule) {
            let field = if matches!(above, "latency" | "certificate") { above } else { last };
            let meant = hints::duration(field, written)?;
            return Some(format!("write `{}: {meant}`", node.variable().unwrap_or(last)));
        }
        let meant = (last == "status").then(|| hints::status(written))??;
        let is_in_list = matches!(path.steps().last(), Some(Step::Index(_)));
        let meant = if is_in_list { meant.trim_matches(['[', ']']) } else { meant.as_str() };
        Some(format!("write {meant}"))
    }

    /// The part of the schema that was violated; its keywords carry our words and examples.
    fn rule(&self, location: &Location) -> Option<&Value> {
        let pointer = location.as_str();
        let (parent, _) = pointer.rsplit_once('/')?;
        // What a value is if it is not null; its words stand beside that.
        self.schema.pointer(parent.strip_suffix("/else").unwrap_or(parent))
    }

    /// `id: 123` is a number to YAML although a text was meant.
    fn quotes(&self, node: &Node, path: &Path, rule: Option<&Value>) -> Option<String> {
        let scalar = matches!(node.tree, YamlTree::Bool(_) | YamlTree::Number(_));
        let wants_text = allowed_types(rule).contains(&"string");
        let Some(Step::Key(key)) = path.steps().last() else { return None };
        let written = self.sources.text(node.place);
        let pattern = words(rule, "pattern").and_then(|pattern| Regex::new(pattern).ok());
        // A number without a unit is no better a duration between quotes.
        let fits = pattern.is_none_or(|pattern| pattern.is_match(written));
        (scalar && wants_text && fits).then(|| match node.variable() {
            Some(name) => format!("quote the value of the variable: `{name}: \"…\"`"),
            None => format!("quote it: `{key}: \"{written}\"`"),
        })
    }
}
