//! The words about violations of the schema: names of values, types, examples.

use std::collections::{BTreeMap, HashMap};

use jsonschema::paths::{Location, LocationSegment};
use serde_json::Value;

use crate::config::diagnostic::Code;
use crate::config::schema::applies;
use crate::config::sources::Sources;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Node, YamlTree};
use crate::monitor::DURATION_PATTERN;
use crate::written::{Path, Step};

/// Points at the first element that was there before, and at the one it repeats.
pub fn repeated(node: &Node, name: &str) -> PlacedViolation {
    let items = match &node.tree {
        YamlTree::List(items) => items.as_slice(),
        YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) | YamlTree::Map(_) => {
            &[]
        }
    };
    let mut firsts = HashMap::new();
    let again = items.iter().find_map(|item| {
        let first = firsts.insert(canonical_text(&item.to_json()), item.place)?;
        Some((first, item.place))
    });
    let message = format!("{name} repeats an element");
    match again {
        Some((first, second)) => PlacedViolation::new(Code::Repeated, second, message)
            .label("written again here")
            .related(first, "first written here"),
        None => PlacedViolation::new(Code::Repeated, node.place, message),
    }
}

/// A text that equal values share, whatever the order of their keys.
fn canonical_text(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let parts: BTreeMap<&str, String> =
                fields.iter().map(|(key, value)| (key.as_str(), canonical_text(value))).collect();
            format!("{parts:?}")
        }
        other => other.to_string(),
    }
}

pub fn path(location: &Location) -> Path {
    let steps = location.iter().map(|segment| match segment {
        LocationSegment::Property(key) => Step::Key(key.to_string()),
        LocationSegment::Index(index) => Step::Index(index),
    });
    Path::from(steps.collect::<Vec<_>>())
}

pub fn name(path: &Path) -> String {
    if path.steps().is_empty() { "the document".to_owned() } else { format!("`{path}`") }
}

pub fn words<'a>(rule: Option<&'a Value>, keyword: &str) -> Option<&'a str> {
    rule?.get(keyword)?.as_str()
}

pub fn keys(rule: Option<&Value>) -> Option<String> {
    let properties = rule?.get("properties")?.as_object()?;
    Some(properties.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
}

pub fn with_help(fault: PlacedViolation, help: Option<String>) -> PlacedViolation {
    match help {
        Some(help) => fault.help(help),
        None => fault,
    }
}

pub fn allowed_types<'a>(rule: Option<&'a Value>) -> Vec<&'a str> {
    let of_type = |rule: &'a Value| rule.get("type").or_else(|| rule.get("else")?.get("type"));
    match rule.and_then(of_type) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

pub fn types(rule: Option<&Value>) -> String {
    let words: Vec<&str> = allowed_types(rule)
        .into_iter()
        .filter_map(|name| match name {
            "string" => Some("a string"),
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
pub fn example(path: &Path, rule: Option<&Value>) -> Option<String> {
    let Some(Step::Key(key)) = path.steps().last() else { return None };
    let examples = rule?.get("examples").and_then(Value::as_array);
    let value = rule?.get("default").or_else(|| examples.and_then(|examples| examples.first()))?;
    let text = match value {
        // Without quotes it would be a number.
        Value::String(text) if text.parse::<f64>().is_ok() => format!("\"{text}\""),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(format!("write it like `{key}: {text}`"))
}

/// What a value is that has the wrong type.
pub fn found(node: &Node, sources: &Sources<'_>) -> String {
    match &node.tree {
        YamlTree::Null => "nothing".to_owned(),
        YamlTree::Bool(_) if node.filled_in.is_some() => "a boolean".to_owned(),
        YamlTree::Number(_) if node.filled_in.is_some() => "a number".to_owned(),
        YamlTree::Bool(_) | YamlTree::Number(_) => format!("`{}`", sources.text(node.place)),
        YamlTree::Text(text) if text.is_empty() => "an empty string".to_owned(),
        YamlTree::Text(_) => "a string".to_owned(),
        YamlTree::List(_) => "a list".to_owned(),
        YamlTree::Map(_) => "a map".to_owned(),
    }
}

pub fn is_duration(rule: Option<&Value>) -> bool {
    words(rule, "pattern") == Some(DURATION_PATTERN)
}

/// How a missing key of the outermost map is said.
pub fn missing(key: &str) -> String {
    format!("missing key `{key}`")
}

/// A map without one of the keys that it must have.
pub fn missing_key(node: &Node, path: &Path, key: &str, rule: Option<&Value>) -> PlacedViolation {
    let whose = if path.steps().is_empty() { String::new() } else { format!(" in {path}") };
    let fault = PlacedViolation::new(Code::MissingKey, node.place, missing(key) + &whose)
        .label(format!("no `{key}` here"));
    let property = rule.and_then(|rule| rule.get("properties")).and_then(|properties| properties.get(key));
    let other = || words(rule, "errorMessage").map(str::to_owned);
    let help = example(&Path::default().key(key), property).or_else(other);
    with_help(fault, if key == "url" { help.map(applies::or_another) } else { help })
}
