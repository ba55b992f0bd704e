//! The JSON Schemas, derived from the types that are parsed: one truth for editors and `validate`.

pub mod applies;
pub mod check;
pub mod foreign;
pub mod hints;
pub mod other_tools;
pub mod words;

use std::sync::OnceLock;

use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::config::pages::raw::{RawNotice, RawStatusPage};
use crate::config::raw::RawMonitor;
use crate::config::settings::Settings;
use crate::config::variables::REFERENCE_PATTERN;
use crate::kinds::KindName;

/// Which kind of file a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Monitor,
    Defaults,
    Settings,
    Page,
    Notice,
}

/// A schema of values that are filled in, and what applies it.
pub struct CompiledSchema {
    pub schema: Value,
    /// `None` would be a schema that is none itself; a test proves that there is no such.
    pub validator: Option<Validator>,
}

impl FileKind {
    pub const ALL: [Self; 5] = [Self::Monitor, Self::Defaults, Self::Settings, Self::Page, Self::Notice];

    /// The file in `schema/`.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Monitor => "monitor.schema.json",
            Self::Defaults => "defaults.schema.json",
            Self::Settings => "settings.schema.json",
            Self::Page => "page.schema.json",
            Self::Notice => "notice.schema.json",
        }
    }
}

/// The schema as it is committed.
pub fn schema_text(kind: FileKind) -> String {
    format!("{:#}\n", for_editors(kind))
}

/// The schema of files as they are written. `validate` applies the other one to values that are filled in already.
pub fn for_editors(kind: FileKind) -> Value {
    let mut schema = compiled(kind).schema.clone();
    match kind {
        FileKind::Monitor | FileKind::Defaults => {
            if let Some(Value::Object(properties)) = schema.get_mut("properties") {
                properties.values_mut().for_each(accept_variables);
            }
        }
        FileKind::Settings | FileKind::Page | FileKind::Notice => {}
    }
    schema
}

/// Built once, because compiling takes longer than applying it to a hundred files.
pub fn compiled(kind: FileKind) -> &'static CompiledSchema {
    static MONITOR: OnceLock<CompiledSchema> = OnceLock::new();
    static DEFAULTS: OnceLock<CompiledSchema> = OnceLock::new();
    static SETTINGS: OnceLock<CompiledSchema> = OnceLock::new();
    static PAGE: OnceLock<CompiledSchema> = OnceLock::new();
    static NOTICE: OnceLock<CompiledSchema> = OnceLock::new();
    let cell = match kind {
        FileKind::Monitor => &MONITOR,
        FileKind::Defaults => &DEFAULTS,
        FileKind::Settings => &SETTINGS,
        FileKind::Page => &PAGE,
        FileKind::Notice => &NOTICE,
    };
    cell.get_or_init(|| {
        let schema = match kind {
            FileKind::Monitor => monitor(),
            FileKind::Defaults => defaults(),
            FileKind::Settings => derive::<Settings>(),
            FileKind::Page => derive::<RawStatusPage>(),
            FileKind::Notice => derive::<RawNotice>(),
        };
        let validator = jsonschema::validator_for(&schema).ok();
        CompiledSchema { schema, validator }
    })
}

/// The fields that all kinds of check share, with those of each kind in their places.
fn fields() -> Value {
    let mut generator = generator();
    let mut schema = generator.root_schema_for::<RawMonitor>().to_value();
    let (mut own, mut expect, mut warn) = (Map::new(), Map::new(), Map::new());
    for kind in KindName::ALL {
        let (fields, within) = kind.properties(&mut generator);
        own.extend(fields);
        if kind.field("warn").is_some() {
            warn.extend(within.clone());
        }
        expect.extend(within);
    }
    // Nothing is implied there.
    for property in warn.values_mut().filter_map(Value::as_object_mut) {
        property.shift_remove("default");
    }
    insert_after(&mut schema, "url", own);
    for (key, fields) in [("expect", expect), ("warn", warn)] {
        if let Some(map) = schema.get_mut("properties").and_then(|properties| properties.get_mut(key)) {
            insert_after(map, "", fields);
        }
    }
    finished(schema)
}

/// Puts properties behind one of this name, or first.
fn insert_after(schema: &mut Value, name: &str, more: Map<String, Value>) {
    let Value::Object(schema) = schema else { return };
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    let Value::Object(mut before) = properties.take() else { return };
    let place = before.keys().position(|key| key == name).map_or(0, |place| place + 1);
    let after: Vec<_> = before.keys().skip(place).cloned().collect();
    let after: Vec<_> = after.iter().filter_map(|key| before.shift_remove_entry(key)).collect();
    before.extend(more.into_iter().chain(after));
    *properties = Value::Object(before);
}

/// Lets every scalar be a text with a variable. What it is otherwise stands under `else`, as where it may be null.
fn accept_variables(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    for keyword in ["properties", "patternProperties"] {
        if let Some(Value::Object(properties)) = fields.get_mut(keyword) {
            properties.values_mut().for_each(accept_variables);
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner) = fields.get_mut(keyword) {
            accept_variables(inner);
        }
    }
    let is_nullable = fields.contains_key("else");
    let mut other = match fields.get("else") {
        Some(Value::Object(other)) => other.clone(),
        Some(_) | None => Map::new(),
    };
    let scalars = OF_SCALARS.into_iter();
    other.extend(scalars.filter_map(|keyword| Some((keyword.to_owned(), fields.get(keyword)?.clone()))));
    let is_scalar =
        |value: &Value| matches!(value.as_str(), Some("string" | "integer" | "number" | "boolean"));
    let takes_scalars = match other.get("type") {
        Some(Value::Array(types)) => types.iter().any(is_scalar),
        Some(one) => is_scalar(one),
        None => false,
    };
    if !takes_scalars {
        return;
    }
    for keyword in OF_SCALARS {
        fields.shift_remove(keyword);
    }
    // What stands under `else` is not proposed.
    if !fields.contains_key("examples") {
        let values = match (other.get("enum"), other.get("type")) {
            (Some(Value::Array(values)), _) => Some(values.clone()),
            (_, Some(Value::String(name))) if name == "boolean" => Some(vec![true.into(), false.into()]),
            _ => None,
        };
        fields.extend(values.map(|values| ("examples".to_owned(), values.into())));
    }
    let types = if is_nullable { json!(["null", "string"]) } else { json!("string") };
    fields.insert("if".to_owned(), json!({"type": types, "pattern": REFERENCE_PATTERN}));
    fields.insert("else".to_owned(), Value::Object(other));
}

/// Keywords that say which scalars are taken.
const OF_SCALARS: [&str; 8] =
    ["type", "enum", "pattern", "patternErrorMessage", "minLength", "maxLength", "minimum", "maximum"];

fn monitor() -> Value {
    let mut schema = fields();
    if let Value::Object(root) = &mut schema {
        applies::insert_rules(root);
        root.insert(
            "defaultSnippets".to_owned(),
            json!([{
                "label": "monitor",
                "description": "A new monitor",
                "body": {
                    "id": "${1:payments-api}",
                    "url": "${2:https://payments.example.com/health}",
                    "expect": {"status": "^${3:200}"}
                }
            }]),
        );
    }
    schema
}

/// The fields of a monitor without the id, none required.
fn defaults() -> Value {
    let mut schema = fields();
    if let Value::Object(root) = &mut schema {
        root.insert("title".to_owned(), "Defaults".into());
        root.insert(
            "description".to_owned(),
            "Values for every monitor in this folder and below. Maps merge, lists replace, null takes back what a folder above sets.".into(),
        );
        root.shift_remove("required");
        if let Some(Value::Object(properties)) = root.get_mut("properties") {
            properties.shift_remove("id");
            properties.shift_remove("moved_from");
            // What a monitor watches is its own.
            for field in KindName::in_places_of_url() {
                properties.shift_remove(field);
            }
        }
    }
    schema
}

fn derive<T: JsonSchema>() -> Value {
    finished(generator().into_root_schema_for::<T>().to_value())
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true).into_generator()
}

fn finished(mut schema: Value) -> Value {
    polish(&mut schema, "");
    if let Value::Object(root) = &mut schema {
        let anchors = json!({"^x-": {"description": "Home of YAML anchors. Nothing else reads it."}});
        root.insert("patternProperties".to_owned(), anchors);
    }
    head_first(schema)
}

/// What a schema is comes before what is in it.
fn head_first(schema: Value) -> Value {
    let Value::Object(mut fields) = schema else { return schema };
    let mut ordered = Map::new();
    for key in ["$schema", "title", "description"] {
        ordered.extend(fields.shift_remove_entry(key));
    }
    ordered.extend(fields);
    Value::Object(ordered)
}

/// Makes a derived schema good to read in an editor: no number formats of Rust, no comment's line breaks,
/// and the full name of a field as its title.
fn polish(schema: &mut Value, name: &str) {
    let Value::Object(fields) = schema else { return };
    fields.shift_remove("format");
    if fields.get("default") == Some(&Value::Null) {
        fields.shift_remove("default"); // an editor would propose to write it
    }
    if let Some(Value::String(text)) = fields.get_mut("description") {
        *text = text.replace("\n\n", "\u{0}").replace('\n', " ").replace('\u{0}', "\n\n");
    }
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        for (key, property) in properties {
            let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            polish(property, &name);
            if let Value::Object(property) = property {
                property.insert("title".to_owned(), name.into());
            }
        }
    }
    show_default(fields);
    let item = format!("{name}[]");
    for (keyword, name) in [("items", item.as_str()), ("additionalProperties", name)] {
        if let Some(inner) = fields.get_mut(keyword) {
            polish(inner, name);
        }
    }
    for (_, value) in fields.iter_mut() {
        whole_numbers(value);
    }
    hide_null(fields);
}

/// What a field is where it is left out stands in its description, which is all that editors show of it.
fn show_default(fields: &mut Map<String, Value>) {
    // Plain text: editors escape marks of Markdown here.
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let default = match fields.get("default") {
        None => return,
        Some(Value::Array(values)) => values.iter().map(text).collect::<Vec<_>>().join(", "),
        Some(value) => text(value),
    };
    if let Some(Value::String(description)) = fields.get_mut("description") {
        description.push_str("\n\nDefault: ");
        description.push_str(&default);
        description.push('.');
    }
}

/// `null` is taken everywhere, because it takes back what a folder sets, and is rarely meant: editors propose every
/// type and every value that they find at a field. So a field has none, and what it is if it is not `null` stands
/// under `else`, where they only look for faults.
fn hide_null(fields: &mut Map<String, Value>) {
    let is_null = |value: &Value| *value == Value::Null || *value == json!("null");
    let Some(Value::Array(types)) = fields.get("type") else { return };
    if !types.iter().any(is_null) {
        return;
    }
    let mut types: Vec<Value> = types.iter().filter(|name| !is_null(name)).cloned().collect();
    let mut other = Map::new();
    let types = if types.len() == 1 { types.remove(0) } else { Value::Array(types) };
    other.insert("type".to_owned(), types);
    fields.shift_remove("type");
    if let (Some(Value::String(name)), Some(Value::Bool(default))) =
        (other.get("type"), fields.get("default"))
        && name == "boolean"
    {
        let proposed = json!([!default]);
        fields.insert("examples".to_owned(), proposed);
    }
    if let Some(Value::Array(values)) = fields.shift_remove("enum") {
        let values: Vec<Value> = values.into_iter().filter(|value| !is_null(value)).collect();
        let default = fields.get("default");
        let proposed = values.iter().filter(|value| Some(*value) != default).cloned().collect();
        fields.insert("examples".to_owned(), Value::Array(proposed));
        other.insert("enum".to_owned(), values.into());
    }
    fields.insert("if".to_owned(), json!({"type": "null"}));
    fields.insert("else".to_owned(), Value::Object(other));
}

/// `"minimum": 100.0` reads better as `100`.
fn whole_numbers(value: &mut Value) {
    if let Value::Number(number) = value
        && let Some(float) = number.as_f64()
        && number.is_f64()
        && float.fract() == 0.0
        && let Ok(whole) = format!("{float:.0}").parse::<i64>()
    {
        *value = whole.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_is_a_valid_schema() {
        for kind in FileKind::ALL {
            assert!(compiled(kind).validator.is_some(), "{kind:?}");
            for schema in [&compiled(kind).schema, &for_editors(kind)] {
                jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
            }
        }
    }

    #[test]
    fn the_committed_schemas_are_those_of_this_version() {
        for kind in FileKind::ALL {
            let path = format!("{}/schema/{}", env!("CARGO_MANIFEST_DIR"), kind.file_name());
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == schema_text(kind), "run `monitorctl schema --write`: {path} is stale");
        }
    }

    #[test]
    fn every_field_is_described() {
        fn walk(schema: &Value, name: &str) {
            if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
                for (key, property) in properties {
                    let name = format!("{name}.{key}");
                    assert!(property.get("description").is_some(), "{name} has no description");
                    assert!(property.get("title").is_some(), "{name} has no title");
                    walk(property, &name);
                }
                assert_eq!(schema.get("additionalProperties"), Some(&Value::Bool(false)), "{name} is open");
            }
            for keyword in ["items", "additionalProperties"] {
                schema.get(keyword).inspect(|inner| walk(inner, name));
            }
            let types = schema.get("type").and_then(Value::as_array);
            assert!(types.is_none_or(|types| !types.contains(&json!("null"))), "{name} proposes null");
            // Editors show alternatives badly, and a violation of them says nothing; types are listed instead.
            assert!(schema.get("anyOf").or(schema.get("oneOf")).is_none(), "{name} has alternatives");
        }
        for kind in FileKind::ALL {
            walk(&for_editors(kind), "");
        }
    }
}
