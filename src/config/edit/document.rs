//! A monitor that stands in no file yet, as a document of its own.

use serde_json::{Map, Value};

use super::super::merge;
use super::super::sources::{SourceFile, Sources, is_defaults, parent};
use super::emit;
use crate::config::schema::{FileKind, compiled};
use crate::config::variables::DefinedVariables;
use crate::config::variables::fill;
use crate::config::yaml::extensions;
use crate::config::yaml::parse::parse;
use crate::config::yaml::tree::Node;
use crate::kinds::{Manner, manner};
use crate::monitor::{MonitorId, Spec};

/// Where a key stands among those of the map at `above`, in the order of the schema; an unknown one comes last.
pub fn rank(above: &[String], key: &str) -> usize {
    if key == "<<" {
        return 0;
    }
    let schema = Some(&compiled(FileKind::Monitor).schema);
    let map = above.iter().fold(schema, |schema, key| match key.as_str() {
        "[]" => schema?.get("items"),
        key => schema?.get("properties")?.get(key),
    });
    let keys = map.and_then(|map| map.get("properties")).and_then(Value::as_object);
    let place = keys.and_then(|keys| keys.keys().position(|known| known == key));
    place.map_or(usize::MAX, |place| place + 1)
}

/// The defaults that hold in the file of this path, if there are any.
pub fn inherited(files: &[SourceFile], path: &str, variables: &DefinedVariables) -> Option<Node> {
    let holds = |file: &&SourceFile| {
        let folder = parent(&file.path);
        let inside = path.strip_prefix(folder).is_some_and(|rest| folder.is_empty() || rest.starts_with('/'));
        is_defaults(&file.path) && inside
    };
    let mut above: Vec<SourceFile> = files.iter().filter(holds).cloned().collect();
    above.sort_by(|one, two| parent(&one.path).cmp(parent(&two.path)));
    let sources = Sources::new(&above);
    let documents =
        sources.iter().filter_map(|(index, source)| parse(source, index).documents.into_iter().next());
    documents.fold(None, |base, mut document| {
        extensions::remove(&mut document.root);
        drop(fill::fill(&mut document.root, Some(variables), &sources));
        Some(merge::merge(base.as_ref(), &document.root))
    })
}

/// The document of a monitor in a folder of these defaults: what they set and the monitor does not have, is `null`.
pub fn document(id: &MonitorId, spec: &Spec, defaults: Option<&Node>) -> String {
    let mut fields = spec.fields().clone();
    fields.shift_remove("group");
    if let Some(Value::Object(defaults)) = defaults.map(Node::to_json) {
        take_back(&mut fields, &defaults, &mut Vec::new());
    }
    fields.insert("id".to_owned(), id.as_str().into());
    let Value::Object(fields) = ordered(&Value::Object(fields), &mut Vec::new()) else {
        return String::new();
    };
    let lines: Vec<_> = fields.iter().map(|(key, value)| emit::pair(key, value, 0)).collect();
    lines.join("\n") + "\n"
}

fn take_back(fields: &mut Map<String, Value>, defaults: &Map<String, Value>, path: &mut Vec<String>) {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let is_of_headers = keys.split_last().is_some_and(|(last, above)| manner(above, last) == Manner::Headers);
    for (key, inherited) in defaults {
        let own =
            fields.keys().find(|own| *own == key || is_of_headers && own.eq_ignore_ascii_case(key)).cloned();
        let Some(own) = own else {
            fields.insert(key.clone(), Value::Null);
            continue;
        };
        if let (Some(Value::Object(fields)), Value::Object(inherited)) = (fields.get_mut(&own), inherited)
            && !(path.is_empty() && manner(&[], key) == Manner::Whole)
        {
            path.push(key.clone());
            take_back(fields, inherited, path);
            path.pop();
        }
    }
}

/// Every map in the order of people; a value that is taken whole stays as it is.
fn ordered(value: &Value, path: &mut Vec<String>) -> Value {
    let is_whole = path.first().is_some_and(|key| manner(&[], key) == Manner::Whole);
    match value {
        Value::Object(fields) if !is_whole => {
            let mut keys: Vec<_> = fields.iter().collect();
            keys.sort_by_key(|(key, _)| rank(path, key));
            let field = |(key, value): (&String, &Value)| {
                path.push(key.clone());
                let value = ordered(value, path);
                path.pop();
                (key.clone(), value)
            };
            Value::Object(keys.into_iter().map(field).collect())
        }
        Value::Array(items) if path.len() == 2 => {
            path.push("[]".to_owned());
            let items = items.iter().map(|item| ordered(item, path)).collect();
            path.pop();
            Value::Array(items)
        }
        value => value.clone(),
    }
}
