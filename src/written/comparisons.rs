//! Comparisons as they are written, without rules: the same for every subject.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use super::Path;
use crate::assert::Comparison;
use crate::value::{Decimal, Pattern};

/// Texts that one comparison may take.
pub const MOST_TEXTS: usize = 20;

/// One value of a JSON answer and what it must be; all comparisons must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct JsonComparisons(pub RawComparisons);

/// Comparisons with a text that may be missing, such as a header; all must pass.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "RawComparisons")]
pub struct OptionalTextComparisons(pub RawComparisons);

/// Comparisons with a text that is always there, such as a body; all must pass.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "RawComparisons")]
pub struct TextComparisons(pub RawComparisons);

/// All comparisons with a value. The schema of a subject lists those that it takes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawComparisons {
    /// RFC 9535 path of the value.
    #[serde(default)]
    #[schemars(
        with = "String",
        regex(pattern = r"^\$"),
        extend("patternErrorMessage" = "a path begins with $, like $.status or $.items[0].name"),
        example = &"$.status"
    )]
    pub path: Option<String>,
    /// The value equals this.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value", example = &"up")]
    pub equals: Option<Value>,
    /// The value differs from this.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value", example = &"error")]
    pub not_equals: Option<Value>,
    /// The value contains this, or each of these.
    #[serde(default)]
    #[schemars(with = "Texts", example = &"ok")]
    pub contains: Option<Texts>,
    /// The value contains neither this nor any of these.
    #[serde(default)]
    #[schemars(with = "Texts", example = &"error")]
    pub not_contains: Option<Texts>,
    /// The value matches this regular expression, or each of these.
    #[serde(default)]
    #[schemars(with = "Texts", example = &r"^\{")]
    pub matches: Option<Texts>,
    /// The value is a string that matches none of these regular expressions.
    #[serde(default)]
    #[schemars(with = "Texts", example = &"(?i)exception")]
    pub not_matches: Option<Texts>,
    /// The value is a number below this.
    #[serde(default)]
    #[schemars(with = "f64")]
    pub less_than: Option<Decimal>,
    /// The value is a number above this.
    #[serde(default)]
    #[schemars(with = "f64")]
    pub greater_than: Option<Decimal>,
    /// The value has this length: characters of a string, elements of a list, keys of a map.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 0, max = 1_048_576), example = &3)]
    pub length: Option<u32>,
    /// The value is shorter than this: characters of a string, elements of a list, keys of a map.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 1, max = 1_048_576))]
    pub shorter_than: Option<u32>,
    /// The value is longer than this: characters of a string, elements of a list, keys of a map.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 0, max = 1_048_576))]
    pub longer_than: Option<u32>,
    /// The value equals the one at this path of the same body.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub equals_path: Option<String>,
    /// The value differs from the one at this path of the same body.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub not_equals_path: Option<String>,
    /// The value is less than the one at this path of the same body: two numbers or two strings.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub less_than_path: Option<String>,
    /// The value is more than the one at this path of the same body: two numbers or two strings.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub greater_than_path: Option<String>,
    /// true: it must exist. false: it must not.
    #[serde(default)]
    #[schemars(with = "bool")]
    pub exists: Option<bool>,
}

/// One text, or several that must all meet the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Texts {
    One(String),
    Several(Vec<String>),
}

/// Comparisons that only a value of a document can meet: others have no path beside them.
const OF_DOCUMENTS: [&str; 8] = [
    "path",
    "length",
    "shorter_than",
    "longer_than",
    "equals_path",
    "not_equals_path",
    "less_than_path",
    "greater_than_path",
];

impl Texts {
    /// Each with its place below `path`.
    pub fn placed<'a>(&'a self, path: &Path) -> Vec<(Path, &'a str)> {
        match self {
            Self::One(text) => vec![(path.clone(), text.as_str())],
            Self::Several(texts) => {
                texts.iter().enumerate().map(|(index, text)| (path.index(index), text.as_str())).collect()
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let texts = match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts,
        };
        texts.iter().map(String::as_str)
    }
}

impl RawComparisons {
    /// Those that take texts, by their keys.
    pub fn texts(&self) -> [(&'static str, Option<&Texts>); 4] {
        [
            ("contains", self.contains.as_ref()),
            ("not_contains", self.not_contains.as_ref()),
            ("matches", self.matches.as_ref()),
            ("not_matches", self.not_matches.as_ref()),
        ]
    }

    /// Those that take a path to another value, by their keys.
    pub fn paths(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("equals_path", self.equals_path.as_deref()),
            ("not_equals_path", self.not_equals_path.as_deref()),
            ("less_than_path", self.less_than_path.as_deref()),
            ("greater_than_path", self.greater_than_path.as_deref()),
        ]
    }

    /// The comparisons in the order in which they are judged.
    pub fn comparisons(&self) -> Vec<Comparison> {
        let Self {
            path: _,
            equals,
            not_equals,
            contains,
            not_contains,
            matches,
            not_matches,
            less_than,
            greater_than,
            length,
            shorter_than,
            longer_than,
            equals_path,
            not_equals_path,
            less_than_path,
            greater_than_path,
            exists,
        } = self;
        let texts = |texts: &Option<Texts>, make: fn(&str) -> Comparison| {
            texts.iter().flat_map(Texts::iter).map(make).collect::<Vec<_>>()
        };
        let one = |comparison: Option<Comparison>| comparison.into_iter().collect::<Vec<_>>();
        [
            one(exists.map(Comparison::Exists)),
            one(equals.clone().map(Comparison::Equals)),
            one(not_equals.clone().map(Comparison::NotEquals)),
            texts(contains, |text| Comparison::Contains(text.to_owned())),
            texts(not_contains, |text| Comparison::NotContains(text.to_owned())),
            texts(matches, |text| Comparison::Matches(Pattern::trusted(text))),
            texts(not_matches, |text| Comparison::NotMatches(Pattern::trusted(text))),
            one(less_than.clone().map(Comparison::LessThan)),
            one(greater_than.clone().map(Comparison::GreaterThan)),
            one(length.map(Comparison::Length)),
            one(shorter_than.map(Comparison::ShorterThan)),
            one(longer_than.map(Comparison::LongerThan)),
            one(equals_path.clone().map(Comparison::EqualsPath)),
            one(not_equals_path.clone().map(Comparison::NotEqualsPath)),
            one(less_than_path.clone().map(Comparison::LessThanPath)),
            one(greater_than_path.clone().map(Comparison::GreaterThanPath)),
        ]
        .concat()
    }
}

/// Distinguishes `equals: null` from a missing `equals`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Comparisons that a text can be held against. The schema says the same of files.
fn of_text(mut raw: RawComparisons) -> Result<RawComparisons, String> {
    for value in [&mut raw.equals, &mut raw.not_equals] {
        match value {
            // As with any other field, nothing is asked.
            Some(Value::Null) => *value = None,
            Some(Value::String(_)) | None => {}
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                return Err("compare a header or a body with a string".to_owned());
            }
        }
    }
    let is_of_documents = |comparison: &Comparison| OF_DOCUMENTS.contains(&comparison.key());
    match raw.comparisons().iter().find(|comparison| is_of_documents(comparison)) {
        Some(comparison) => Err(format!("unknown field `{}`", comparison.key())),
        None if raw.path.is_some() => Err("unknown field `path`".to_owned()),
        None => Ok(raw),
    }
}

impl TryFrom<RawComparisons> for OptionalTextComparisons {
    type Error = String;

    fn try_from(raw: RawComparisons) -> Result<Self, String> {
        of_text(raw).map(Self)
    }
}

impl TryFrom<RawComparisons> for TextComparisons {
    type Error = String;

    fn try_from(raw: RawComparisons) -> Result<Self, String> {
        match raw.exists {
            Some(_) => Err("unknown field `exists`".to_owned()),
            None => of_text(raw).map(Self),
        }
    }
}

/// The schema of all comparisons without some; of a text, what it is equal to is a text too.
fn without(keys: &[&str], of_text: bool, generator: &mut SchemaGenerator) -> Schema {
    let mut schema = RawComparisons::json_schema(generator);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|key, _| !keys.contains(&key.as_str()));
        if of_text {
            for (key, property) in properties {
                let Value::Object(property) = property else { continue };
                if matches!(key.as_str(), "equals" | "not_equals") {
                    property.insert("type".to_owned(), "string".into());
                    property.shift_remove("examples");
                }
                nullable(property);
            }
        }
    }
    schema.insert("minProperties".to_owned(), if of_text { 1 } else { 2 }.into());
    schema
}

/// In a map that merges with those of the folders above, `null` takes back what they set.
fn nullable(property: &mut Map<String, Value>) {
    let types = match property.get("type") {
        Some(Value::Array(types)) => types.clone(),
        Some(one) => vec![one.clone()],
        None => return,
    };
    let types = types.into_iter().chain([Value::from("null")]).collect();
    property.insert("type".to_owned(), Value::Array(types));
}

impl JsonSchema for OptionalTextComparisons {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "HeaderComparisons".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        without(&OF_DOCUMENTS, true, generator)
    }
}

impl JsonSchema for TextComparisons {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "BodyComparisons".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        // There is always a body, if only an empty one.
        let keys: Vec<_> = OF_DOCUMENTS.into_iter().chain(["exists"]).collect();
        without(&keys, true, generator)
    }
}

impl JsonSchema for JsonComparisons {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "JsonAssertion".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = without(&[], false, generator);
        schema.insert("required".to_owned(), json!(["path"]));
        schema
    }
}

impl JsonSchema for Texts {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Texts".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "array"],
            "minLength": 1,
            "items": { "type": "string", "minLength": 1 },
            "minItems": 1,
            "maxItems": MOST_TEXTS,
            "uniqueItems": true
        })
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextsVisitor;

        impl<'de> Visitor<'de> for TextsVisitor {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a list of texts")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts::One(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = items.next_element()? {
                    texts.push(text);
                }
                // All of none always hold.
                if texts.is_empty() {
                    return Err(de::Error::custom("an empty list compares with nothing"));
                }
                Ok(Texts::Several(texts))
            }
        }

        deserializer.deserialize_any(TextsVisitor)
    }
}
