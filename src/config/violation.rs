//! Violations of the schema, put back on their places, in our words.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Violation;
use jsonschema::paths::{Location, LocationSegment};
use regex::Regex;
use serde_json::Value;

use super::complaint::Fault;
use super::diagnostic::Code;
use super::path::{Path, Step};
use super::schema::{Kind, compiled};
use super::sources::Sources;
use super::suggest::suggest;
use super::tree::{Node, Tree};

/// Applies the schema to a document as it is written and marks what is wrong in it.
pub fn check(kind: Kind, document: &mut Node, sources: &Sources<'_>) -> Vec<Fault> {
    let compiled = compiled(kind);
    let Some(validator) = &compiled.validator else { return Vec::new() };
    let value = document.to_json();
    if validator.is_valid(&value) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let report = Report { schema: &compiled.schema, document, sources };
    for error in validator.iter_errors(&value) {
        report.collect(&error, &mut findings);
    }
    for finding in &findings {
        document.mark_faulty(&finding.path);
    }
    distinct(findings)
}

/// A fault and the path of the value that later stages have to do without.
struct Finding {
    path: Path,
    fault: Fault,
}

/// A value of the wrong type breaks its pattern and its enumeration too; once is enough.
fn distinct(findings: Vec<Finding>) -> Vec<Fault> {
    let typed: Vec<Path> =
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

struct Report<'a> {
    schema: &'a Value,
    document: &'a Node,
    sources: &'a Sources<'a>,
}

impl Report<'_> {
    fn collect(&self, error: &ValidationError<'_>, findings: &mut Vec<Finding>) {
        let path = path(error.instance_path());
        let node = self.document.nearest(&path);
        if node.faulty {
            return; // an unsupported value was reported when it was read
        }
        let rule = self.rule(error.schema_path());
        let mut add = |path: Path, fault: Fault| findings.push(Finding { path, fault });
        match error.kind() {
            Violation::AdditionalProperties { unexpected } => {
                for key in unexpected {
                    add(path.key(key), self.unknown_key(&path, key, rule));
                }
            }
            Violation::Required { property } => {
                // The map stays: its other fields are still worth looking at.
                let key = property.as_str().unwrap_or_default();
                findings.push(Finding { path: path.key(key), fault: missing_key(node, &path, key, rule) });
            }
            Violation::PropertyNames { error } => {
                let key = error.instance().as_str().unwrap_or_default().to_owned();
                let path = path.key(&key);
                let names = rule.and_then(|rule| rule.get("propertyNames")).or(rule);
                let message = words(names, "patternErrorMessage")
                    .unwrap_or("this key has a character that it may not have");
                let place = self.document.key_place(&path);
                add(
                    path,
                    Fault::new(Code::BadFormat, place, format!("`{key}`: {message}")).label("not a name"),
                );
            }
            kind => add(path.clone(), self.fault(kind, error, node, &path, rule)),
        }
    }

    fn fault(
        &self,
        kind: &Violation,
        error: &ValidationError<'_>,
        node: &Node,
        path: &Path,
        rule: Option<&Value>,
    ) -> Fault {
        let name = name(path);
        let found = format!("found {}", self.found(node));
        match kind {
            Violation::Type { .. } => {
                let expected = types(rule);
                let fault = Fault::new(Code::WrongType, node.place, format!("{name} must be {expected}"))
                    .label(found);
                with_help(fault, self.quotes(node, path, rule).or_else(|| example(path, rule)))
            }
            Violation::Enum { options } => {
                let options: Vec<&str> =
                    options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let written = shortened(self.sources.text(node.place));
                let message = format!("unknown value `{written}` for {name}");
                let fault = Fault::new(Code::UnknownValue, node.place, message).label("none of its values");
                let all = options.join(", ");
                match node.text().and_then(|text| suggest(text, options)) {
                    Some(meant) => fault.help(format!("did you mean `{meant}`? The values are {all}")),
                    None => fault.help(format!("the values are {all}")),
                }
            }
            Violation::Pattern { .. } => {
                let expected =
                    words(rule, "patternErrorMessage").unwrap_or("its form is not the expected one");
                let fault = Fault::new(Code::BadFormat, node.place, format!("{name}: {expected}"));
                with_help(fault.label("not of this form"), example(path, rule))
            }
            Violation::Minimum { .. } | Violation::Maximum { .. } => {
                let bound = |keyword| rule.and_then(|rule| rule.get(keyword)).map(Value::to_string);
                let bounds = match (bound("minimum"), bound("maximum")) {
                    (Some(least), Some(most)) => format!("between {least} and {most}"),
                    (Some(least), None) => format!("at least {least}"),
                    (None, Some(most)) => format!("at most {most}"),
                    (None, None) => "within its bounds".to_owned(),
                };
                Fault::new(Code::OutOfBounds, node.place, format!("{name} must be {bounds}")).label(found)
            }
            Violation::MinLength { .. } | Violation::MinItems { .. } => {
                let fault = Fault::new(Code::Empty, node.place, format!("{name} must not be empty"));
                with_help(fault.label("nothing in it"), example(path, rule))
            }
            Violation::MinProperties { .. } => {
                let fault = Fault::new(Code::Empty, node.place, format!("{name} compares with nothing"));
                with_help(
                    fault.label("no comparison"),
                    keys(rule).map(|keys| format!("comparisons are {keys}")),
                )
            }
            Violation::MaxLength { limit } => {
                Fault::new(Code::OutOfBounds, node.place, format!("{name} has at most {limit} characters"))
                    .label("too long")
            }
            Violation::MaxItems { limit } => {
                Fault::new(Code::OutOfBounds, node.place, format!("{name} has at most {limit} elements"))
                    .label("too many")
            }
            Violation::UniqueItems => repeated(node, &name),
            _ => Fault::new(Code::BadFormat, node.place, format!("{name}: {}", error.masked())),
        }
    }

    fn unknown_key(&self, path: &Path, key: &str, rule: Option<&Value>) -> Fault {
        let place = self.document.key_place(&path.key(key));
        let fault = Fault::new(Code::UnknownKey, place, format!("unknown key `{key}`")).label("no such key");
        let known = rule.and_then(|rule| rule.get("properties")).and_then(Value::as_object);
        let known = || known.into_iter().flatten().map(|(key, _)| key.as_str());
        if let Some(meant) = suggest(key, known()) {
            return fault.help(format!("did you mean `{meant}`?"));
        }
        match (path.steps(), key) {
            ([], "group") => fault.help("the group of a monitor is its folder"),
            ([], "id") => fault.help("an id belongs to one monitor, not to defaults"),
            _ => with_help(fault, keys(rule).map(|keys| format!("the keys here are {keys}"))),
        }
    }

    /// The part of the schema that was violated; its keywords carry our words and examples.
    fn rule(&self, location: &Location) -> Option<&Value> {
        let pointer = location.as_str();
        let (parent, _) = pointer.rsplit_once('/')?;
        self.schema.pointer(parent)
    }

    fn found(&self, node: &Node) -> String {
        match &node.tree {
            Tree::Null => "nothing".to_owned(),
            Tree::Bool(_) | Tree::Number(_) => format!("`{}`", self.sources.text(node.place)),
            Tree::Text(text) if text.is_empty() => "an empty text".to_owned(),
            Tree::Text(_) => "a text".to_owned(),
            Tree::List(_) => "a list".to_owned(),
            Tree::Map(_) => "a map".to_owned(),
        }
    }

    /// `id: 123` is a number to YAML although a text was meant.
    fn quotes(&self, node: &Node, path: &Path, rule: Option<&Value>) -> Option<String> {
        let scalar = matches!(node.tree, Tree::Bool(_) | Tree::Number(_));
        let wants_text = allowed_types(rule).contains(&"string");
        let Some(Step::Key(key)) = path.steps().last() else { return None };
        let written = self.sources.text(node.place);
        let pattern = words(rule, "pattern").and_then(|pattern| Regex::new(pattern).ok());
        // A number without a unit is no better a duration between quotes.
        let fits = pattern.is_none_or(|pattern| pattern.is_match(written));
        (scalar && wants_text && fits).then(|| format!("put it in quotes: `{key}: \"{written}\"`"))
    }
}

fn missing_key(node: &Node, path: &Path, key: &str, rule: Option<&Value>) -> Fault {
    let whose = if path.steps().is_empty() { String::new() } else { format!(" in {path}") };
    let fault = Fault::new(Code::MissingKey, node.place, format!("missing key `{key}`{whose}"))
        .label(format!("no `{key}` here"));
    let property = rule.and_then(|rule| rule.get("properties")).and_then(|properties| properties.get(key));
    with_help(fault, example(&Path::default().key(key), property))
}

/// Points at the first element that was there before, and at the one it repeats.
fn repeated(node: &Node, name: &str) -> Fault {
    let items = match &node.tree {
        Tree::List(items) => items.as_slice(),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::Map(_) => &[],
    };
    let values: Vec<Value> = items.iter().map(Node::to_json).collect();
    let again = values.iter().enumerate().find_map(|(i, value)| {
        let first = values.iter().take(i).position(|earlier| earlier == value)?;
        Some((items.get(first)?.place, items.get(i)?.place))
    });
    let message = format!("{name} has an element twice");
    match again {
        Some((first, second)) => Fault::new(Code::Repeated, second, message)
            .label("written again here")
            .related(first, "first written here"),
        None => Fault::new(Code::Repeated, node.place, message),
    }
}

fn path(location: &Location) -> Path {
    let steps = location.iter().map(|segment| match segment {
        LocationSegment::Property(key) => Step::Key(key.to_string()),
        LocationSegment::Index(index) => Step::Index(index),
    });
    Path::from(steps.collect::<Vec<_>>())
}

fn name(path: &Path) -> String {
    if path.steps().is_empty() { "the document".to_owned() } else { format!("`{path}`") }
}

fn words<'a>(rule: Option<&'a Value>, keyword: &str) -> Option<&'a str> {
    rule?.get(keyword)?.as_str()
}

/// Enough of a value to know it again.
pub fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn keys(rule: Option<&Value>) -> Option<String> {
    let properties = rule?.get("properties")?.as_object()?;
    Some(properties.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
}

fn with_help(fault: Fault, help: Option<String>) -> Fault {
    match help {
        Some(help) => fault.help(help),
        None => fault,
    }
}

fn allowed_types(rule: Option<&Value>) -> Vec<&str> {
    match rule.and_then(|rule| rule.get("type")) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn types(rule: Option<&Value>) -> String {
    let words: Vec<&str> = allowed_types(rule)
        .into_iter()
        .filter_map(|name| match name {
            "string" => Some("a text"),
            "integer" => Some("a whole number"),
            "number" => Some("a number"),
            "boolean" => Some("true or false"),
            "array" => Some("a list"),
            "object" => Some("a map"),
            _ => None,
        })
        .collect();
    if words.is_empty() { "of another type".to_owned() } else { words.join(" or ") }
}

/// ``like `interval: 2m` ``, from the examples or the default of the schema.
fn example(path: &Path, rule: Option<&Value>) -> Option<String> {
    let Some(Step::Key(key)) = path.steps().last() else { return None };
    let examples = rule?.get("examples").and_then(Value::as_array);
    let value = examples.and_then(|examples| examples.first()).or_else(|| rule?.get("default"))?;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(format!("write it like `{key}: {text}`"))
}
