//! `monitorctl.yaml`: what the repository says about itself.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::diagnostic::{Code, Diagnostic};
use super::path::Path;
use super::salvage::salvage;
use super::schema::Kind;
use super::sources::{SourceFile, Sources};
use super::text_forms::{CanaryText, TopicArnText};
use super::tree::{Entry, Node, Tree};
use super::violation::{Fault, Violation};
use super::{load, schema_check, storable};
use crate::monitor::{Canary, DEFAULT_TOPIC, MOST_CANARIES, TOPIC_NAME_PATTERN, TopicArn};

/// How an owner is written.
const OWNER_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)*$";

/// Characters of an owner.
const OWNER_LENGTH: usize = 100;

/// Owners of our own examples, which `sync` refuses: two teams that left one in place would share a name.
pub const EXAMPLE_OWNERS: [&str; 2] = ["acme/api-monitors", "payments/api-monitors"];

/// # Settings
///
/// What this repository of monitors says about itself. A flag or a variable of the environment goes first.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whose monitors these are in the config table; required for sync, which removes nothing of another
    /// owner.
    #[schemars(
        length(max = OWNER_LENGTH),
        regex(pattern = OWNER_PATTERN),
        extend("patternErrorMessage" = "an owner is written like acme/api-monitors"),
        example = &"acme/api-monitors"
    )]
    pub owner: Option<String>,

    /// Shown in alerts, such as prod.
    #[schemars(
        length(min = 1, max = 32),
        regex(pattern = r"^[A-Za-z0-9._-]*$"),
        extend("patternErrorMessage" = "an environment is one word of letters, digits, '.', '_' and '-'"),
        example = &"prod"
    )]
    pub environment: Option<String>,

    /// SNS topics by the name that a monitor's `alert.topic` says. sync brings them to the machines that run
    /// check. The topic of monitors that name none is not here: the variable `SNS_TOPIC_ARN` of the machine says it.
    #[schemars(
        with = "Option<BTreeMap<String, TopicArnText>>",
        extend("propertyNames" = {
            "pattern": TOPIC_NAME_PATTERN,
            "patternErrorMessage": "the name of a topic has 1 to 64 characters of a-z, 0-9, '_' and '-'"
        }),
        example = serde_json::json!({"oncall": "arn:aws:sns:eu-west-1:123456789012:oncall"})
    )]
    #[serde(deserialize_with = "topics")]
    pub topics: BTreeMap<String, TopicArn>,

    /// URLs that answer as long as the network of the machine that runs check works, best of others than yourself.
    /// Where many monitors fail at once without an answer, they are asked; if none of them answers either, it is the
    /// machine that is cut off: nothing is DOWN for it, and one alert says so. Any answer of HTTP will do. sync brings
    /// them to the machines that run check, which have to be allowed to reach them.
    #[schemars(
        with = "Option<Vec<CanaryText>>",
        length(max = MOST_CANARIES),
        example = serde_json::json!(["https://www.example.com/", "https://one.one.one.one/"])
    )]
    #[serde(deserialize_with = "canaries")]
    pub canaries: BTreeSet<Canary>,

    /// Names of the DynamoDB tables.
    #[schemars(with = "Option<Tables>")]
    pub tables: Tables,

    /// What DynamoDB costs where you are, for the line of diff about it; us-east-1 in November 2026 if left out.
    #[schemars(with = "Option<UnitPrices>")]
    pub prices: Option<UnitPrices>,
}

/// Whether a text may be an owner.
pub fn is_owner(text: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    text.len() <= OWNER_LENGTH
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.split('/').all(part)
}

/// Prices of DynamoDB on demand.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitPrices {
    /// Dollars for a million read request units.
    #[schemars(range(min = 0.0), example = 0.125)]
    pub reads: f64,
    /// Dollars for a million write request units.
    #[schemars(range(min = 0.0), example = 0.625)]
    pub writes: f64,
}

/// Names of the DynamoDB tables.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Tables {
    /// Monitors; the variable `DDB_CONFIG_TABLE` goes first.
    #[schemars(regex(pattern = "^[a-zA-Z0-9_.-]{3,255}$"), extend("default" = "api_health_configs", "patternErrorMessage" = TABLE))]
    pub config: Option<String>,
    /// States; the variable `DDB_STATE_TABLE` goes first.
    #[schemars(regex(pattern = "^[a-zA-Z0-9_.-]{3,255}$"), extend("default" = "api_health_states", "patternErrorMessage" = TABLE))]
    pub state: Option<String>,
    /// History; the variable `DDB_HISTORY_TABLE` goes first.
    #[schemars(regex(pattern = "^[a-zA-Z0-9_.-]{3,255}$"), extend("default" = "api_health_history", "patternErrorMessage" = TABLE))]
    pub history: Option<String>,
}

impl Tables {
    /// The keys, and the names of the tables where nothing is said.
    const fn default_names() -> [(&'static str, &'static str); 3] {
        [("config", "api_health_configs"), ("state", "api_health_states"), ("history", "api_health_history")]
    }
}

const TABLE: &str = "a table name has 3 to 255 characters of a-z, A-Z, 0-9, '_', '.' and '-'";

/// Reads `monitorctl.yaml`; with an error among the diagnostics the settings are not to be used.
pub fn settings(file: &SourceFile) -> (Settings, Vec<Diagnostic>) {
    let sources = Sources::new(std::slice::from_ref(file));
    let mut faults = Vec::new();
    let mut settings = Settings::default();
    for (index, source) in sources.iter() {
        let parsed = load::parse(source, index);
        faults.extend(parsed.faults);
        let salvaged = parsed.broken.iter().filter_map(|broken| salvage(&source.text, index, broken));
        let salvaged: Vec<_> = salvaged.collect();
        let mut documents = parsed.documents.into_iter().map(|document| document.root).collect::<Vec<_>>();
        for part in salvaged {
            faults.extend(part.faults);
            documents.push(part.document);
        }
        for (number, document) in documents.iter_mut().enumerate() {
            faults.extend(schema_check::check(Kind::Settings, document, &sources));
            faults.extend(named_default(document));
            faults.extend(no_canaries(document));
            faults.extend(one_table_for_two(document));
            faults.extend(storable::too_large_settings(document));
            if number > 0 {
                let fault =
                    Fault::new(Code::SeveralDocuments, document.place, "the settings are one document");
                faults.push(fault.label("a second one"));
                continue;
            }
            let sound = super::merge::merge(None, document).to_sound_json();
            match Settings::deserialize(&sound) {
                Ok(read) => settings = read,
                // What was reported at its place is not said once more of the whole.
                Err(error) if faults.is_empty() => {
                    faults.push(Fault::new(Code::WrongType, document.place, error.to_string()));
                }
                Err(_) => {}
            }
        }
    }
    let mut diagnostics: Vec<_> = faults.into_iter().map(|fault| sources.diagnostic(fault)).collect();
    diagnostics.sort();
    (settings, diagnostics)
}

/// The topics that monitors may name, also where something else in the file is faulty; `None` where the file does not
/// say which there are. One whose ARN is faulty has the ARN of none.
pub fn known_topics(file: &SourceFile) -> Option<BTreeMap<String, TopicArn>> {
    let sources = Sources::new(std::slice::from_ref(file));
    let (index, source) = sources.iter().next()?;
    let parsed = load::parse(source, index);
    if !parsed.broken.is_empty() || source.not_utf8_at.is_some() {
        return None;
    }
    let Some(document) = parsed.documents.first() else { return Some(BTreeMap::new()) };
    let placeholder = TopicArn::parse("arn:aws:sns:us-east-1:000000000000:faulty").ok()?;
    match document.root.entry("topics").map(|entry| &entry.value.tree) {
        None | Some(Tree::Null) => Some(BTreeMap::new()),
        Some(Tree::Map(entries)) => {
            let arn = |node: &Node| node.text().and_then(|text| TopicArn::parse(text).ok());
            let topic =
                |entry: &Entry| (entry.key.clone(), arn(&entry.value).unwrap_or_else(|| placeholder.clone()));
            Some(entries.iter().map(topic).collect())
        }
        Some(Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_)) => None,
    }
}

/// What the machine decides is not decided here: a name that means one topic in the file and another one on the
/// machine would send alerts where nobody looks.
fn named_default(document: &Node) -> Option<Fault> {
    let path = Path::from("topics").key(DEFAULT_TOPIC);
    document.find(&path)?;
    let message =
        format!("the topic `{DEFAULT_TOPIC}` is what SNS_TOPIC_ARN says on the machine that runs check");
    Some(
        Fault::new(Code::Contradiction, document.key_place(&path), message)
            .label("a name that is taken")
            .help("set SNS_TOPIC_ARN there, or choose another name"),
    )
}

/// Two tables in one would have each other's items.
fn one_table_for_two(document: &Node) -> Option<Fault> {
    let default = Tables::default_names();
    let path = |key: &str| Path::from("tables").key(key);
    let name = |key: &str, default: &str| {
        let written = document.find(&path(key)).filter(|node| !node.has_faults());
        written.and_then(Node::text).unwrap_or(default).to_owned()
    };
    let names: Vec<_> = default.map(|(key, default)| (key, name(key, default))).into();
    let pairs =
        names.iter().enumerate().flat_map(|(at, one)| names.iter().skip(at + 1).map(move |two| (one, two)));
    let ((first, table), (second, _)) = { pairs }.find(|((_, one), (_, two))| one == two)?;
    let at = if document.find(&path(second)).is_some() { second } else { first };
    let message = format!("`tables.{first}` and `tables.{second}` are one table, {table}");
    Some(
        Fault::new(Code::Contradiction, document.nearest(&path(at)).place, message)
            .label("the same table")
            .help("give each of the three a table of its own"),
    )
}

/// What the pattern of the schema lets through, and nobody could ask.
fn no_canaries(document: &Node) -> Vec<Fault> {
    let list = Path::from("canaries");
    let Some(Node { tree: Tree::List(items), .. }) = document.find(&list) else { return Vec::new() };
    let violation = |(index, item): (usize, &Node)| {
        // What the schema refused was reported.
        let text = item.text().filter(|_| !item.has_faults())?;
        let error = match Canary::parse(text) {
            Ok(canary) if canary.is_never_asked() => "is an address that is never asked".to_owned(),
            Ok(_) => return None,
            Err(error) => error.to_string(),
        };
        let path = list.index(index);
        let violation = Violation::new(Code::InvalidUrl, path.clone(), format!("`{path}` {error}"));
        Some(
            violation
                .label("in this URL")
                .help("name an address that anybody may ask, such as `https://www.example.com/`")
                .locate(document),
        )
    };
    items.iter().enumerate().filter_map(violation).collect()
}

/// What is no canary has been reported at its place.
fn canaries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Canary>, D::Error> {
    let texts = Option::<Vec<String>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(texts.iter().filter_map(|text| Canary::parse(text).ok()).collect())
}

fn topics<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, TopicArn>, D::Error> {
    // An empty `topics:` is a map that nobody has filled yet.
    let texts = Option::<BTreeMap<String, String>>::deserialize(deserializer)?.unwrap_or_default();
    let arn = |(name, text): (String, String)| Ok((name, TopicArn::parse(&text).map_err(D::Error::custom)?));
    texts.into_iter().map(arn).collect()
}
