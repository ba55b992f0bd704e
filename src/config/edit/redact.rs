//! Credentials that were written into the table: a reference replaces each of them, and no value is shown.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::sources::Sources;
use crate::config::credentials;
use crate::config::yaml::tree::{Entry, Node, TextPlace, YamlTree};
use crate::monitor::{MonitorId, Spec, is_credential_header};
use crate::written::{Path, Step};

/// A field whose value is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// `headers.authorization`
    pub field: String,
    pub placeholder: Placeholder,
}

/// What stands in the place of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placeholder {
    /// A reference to the variable that is to hold the whole value.
    Whole(String),
    /// A reference to the variable that is to hold a part of it, such as the value of one key of a query.
    Part(String),
    /// What the file says there already.
    File,
}

/// Finds names for the variables of a run, no name twice.
#[derive(Debug, Default)]
pub struct Redactor {
    taken: BTreeSet<String>,
}

impl Redactor {
    /// The spec without its literal credentials: where the file has another value for the same field, that one stays,
    /// otherwise a reference stands there.
    pub fn redact(&mut self, id: &MonitorId, spec: &Spec, file: Option<&Spec>) -> (Spec, Vec<Redacted>) {
        let mut redacted = Vec::new();
        let mut fields = spec.fields().clone();
        if let Some(Value::Object(headers)) = fields.get_mut("headers") {
            for (name, value) in headers.iter_mut().filter(|(name, _)| is_credential_header(name)) {
                if !matches!(value, Value::String(_) | Value::Null) {
                    let path = Path::from("headers").key(name);
                    *value = self.reference(id, &path, Placeholder::Whole, &mut redacted).into();
                }
            }
        }
        let file = file.map(|file| Value::Object(file.fields().clone()));
        let mut root = Value::Object(fields);
        for path in literals(&root) {
            let kept = file.clone().and_then(|mut file| at(&mut file, &path).cloned());
            let by_name = path.steps().iter().all(|step| matches!(step, Step::Key(_)));
            let Some(value) = at(&mut root, &path) else { continue };
            match (kept, value.as_str().map(str::to_owned)) {
                (Some(kept), _) if by_name => {
                    *value = kept;
                    redacted.push(Redacted { field: path.to_string(), placeholder: Placeholder::File });
                }
                (_, Some(text)) => *value = self.without(id, &path, &text, &mut redacted).into(),
                (_, None) => {}
            }
        }
        match root {
            Value::Object(fields) => (Spec::new(fields), redacted),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                (Spec::default(), redacted)
            }
        }
    }

    /// The text with references in it, as small a part of it replaced as holds the credential.
    fn without(&mut self, id: &MonitorId, path: &Path, text: &str, redacted: &mut Vec<Redacted>) -> String {
        let is_url = *path == Path::from("url");
        let mut parts = Vec::new();
        if is_url {
            parts.extend(password(text));
            parts.extend(query(text));
        }
        parts.extend(tokens(text));
        let named = |part: &str| if part.is_empty() { path.clone() } else { path.key(part) };
        let mut changed = text.to_owned();
        for (name, part) in parts {
            if changed.contains(part) {
                let reference = self.reference(id, &named(name), Placeholder::Part, redacted);
                changed = changed.replace(part, &reference);
            }
        }
        let headers = path.steps().first() == Some(&Step::Key("headers".to_owned()));
        let key = match path.steps().last() {
            Some(Step::Key(key)) => key.as_str(),
            Some(Step::Index(_)) | None => "",
        };
        let still = match (headers, is_url) {
            (true, _) => is_credential_header(key) || is_literal("name", &changed),
            (false, true) => is_literal("url", &changed),
            (false, false) => is_literal("name", &changed),
        };
        if !still {
            return changed;
        }
        redacted.retain(|other| !other.field.starts_with(&path.to_string()));
        self.reference(id, path, Placeholder::Whole, redacted)
    }

    /// A reference to a variable of its own.
    fn reference(
        &mut self,
        id: &MonitorId,
        path: &Path,
        placeholder: fn(String) -> Placeholder,
        redacted: &mut Vec<Redacted>,
    ) -> String {
        let field = path.to_string();
        let last = field.strip_prefix("headers.").unwrap_or(&field);
        let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let mut name: String = format!("{id}_{last}").chars().map(word).collect();
        // A name must not look like what it hides.
        if name.starts_with(|c: char| c.is_ascii_digit()) || is_literal("name", &name) {
            name = format!("SECRET_{name}");
        }
        let mut variable = name.clone();
        let mut number = 1;
        while !self.taken.insert(variable.clone()) {
            number += 1;
            variable = format!("{name}_{number}");
        }
        redacted.push(Redacted { field, placeholder: placeholder(variable.clone()) });
        format!("${{env:{variable}}}")
    }
}

/// The paths of the literal credentials in a stored spec, as a plan names fields: their values are never shown.
pub fn secret_paths(spec: &Spec) -> Vec<String> {
    literals(&Value::Object(spec.fields().clone())).iter().map(ToString::to_string).collect()
}

/// The paths of all literal credentials.
fn literals(root: &Value) -> Vec<Path> {
    fn walk(node: &Node, path: &Path, found: &mut Vec<Path>) {
        if node.faulty {
            found.push(path.clone());
        }
        match &node.tree {
            YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => {}
            YamlTree::List(items) => {
                items.iter().enumerate().for_each(|(index, item)| walk(item, &path.index(index), found));
            }
            YamlTree::Map(entries) => {
                for entry in entries {
                    walk(&entry.value, &path.key(&entry.key), found);
                }
            }
        }
    }
    let mut root = node(root);
    // The value came from no file; where in a text it stands does not matter here.
    credentials::find(&mut root, &Sources::new(&[]));
    let mut found = Vec::new();
    walk(&root, &Path::default(), &mut found);
    found
}

/// Whether a text as this field holds a credential.
fn is_literal(field: &str, text: &str) -> bool {
    let root = Value::Object([(field.to_owned(), Value::from(text))].into_iter().collect());
    !literals(&root).is_empty()
}

/// The password of a URL.
fn password(url: &str) -> Option<(&'static str, &str)> {
    let (_, rest) = url.split_once("://")?;
    let (user, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    is_literal("url", &format!("https://{user}@host/")).then_some(("password", password))
}

/// The values of a URL's query that are credentials, with their keys.
fn query(url: &str) -> Vec<(&str, &str)> {
    let query = url.split_once('?').and_then(|(_, rest)| rest.split('#').next()).unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, value)| is_literal("url", &format!("https://host/?{key}={value}"))).collect()
}

/// The words of a text that are tokens of services.
fn tokens(text: &str) -> Vec<(&'static str, &str)> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.split(|c| !is_token(c)).filter(|word| is_literal("name", word)).map(|word| ("token", word)).collect()
}

fn at<'v>(root: &'v mut Value, path: &Path) -> Option<&'v mut Value> {
    path.steps().iter().try_fold(root, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    })
}

fn node(value: &Value) -> Node {
    let place = TextPlace { file: 0, start: 0, end: 0 };
    let entry = |(key, value): (&String, &Value)| Entry::new(key.clone(), place, node(value));
    let tree = match value {
        Value::Null => YamlTree::Null,
        Value::Bool(value) => YamlTree::Bool(*value),
        Value::Number(number) => YamlTree::Number(number.clone()),
        Value::String(text) => YamlTree::Text(text.clone()),
        Value::Array(items) => YamlTree::List(items.iter().map(node).collect()),
        Value::Object(fields) => YamlTree::Map(fields.iter().map(entry).collect()),
    };
    Node::new(tree, place)
}
