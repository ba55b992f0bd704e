//! `monitorctl.yaml`: what the repository says about itself.

pub mod channel_places;
pub mod environments;
pub mod file;
pub mod folders;
pub mod places;
pub mod remote;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::{Map, Value};

use crate::channels::channel_schema;
use crate::config::raw::text_forms::{CanaryText, FolderText, VariableValue};
use crate::config::settings::folders::{FolderPatterns, MOST_FOLDERS};
use crate::config::variables::{self, DefinedVariables};
use crate::monitor::{CHANNEL_NAME_PATTERN, Canary, MOST_CANARIES};

/// How an owner is written.
const OWNER_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)*$";

/// Characters of an owner.
const OWNER_LENGTH: usize = 100;

/// How a region of AWS is written.
const REGION_PATTERN: &str = "^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$";

const REGION_WORDS: &str = "write a region of AWS like eu-west-1";

const CHANNEL_NAME_WORDS: &str = "the name of a channel has 1 to 64 characters of a-z, 0-9, '_' and '-'";

/// Owners of our own examples, which `sync` refuses: two teams that left one in place would share a name.
pub const EXAMPLE_OWNERS: [&str; 2] = ["acme/api-monitors", "payments/api-monitors"];

/// Channels by name, each as it is written.
pub type WrittenChannels = BTreeMap<String, Map<String, Value>>;

/// # Settings
///
/// Settings of this repository. A flag or an environment variable overrides them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Owner of these monitors in the config table. sync requires it, and removes nothing of another owner.
    #[schemars(
        length(max = OWNER_LENGTH),
        regex(pattern = OWNER_PATTERN),
        extend("patternErrorMessage" = "write an owner like acme/api-monitors"),
        example = &"acme/api-monitors"
    )]
    pub owner: Option<String>,

    /// Name of the environment, such as prod; shown in alerts.
    #[schemars(
        length(min = 1, max = 32),
        regex(pattern = r"^[A-Za-z0-9._-]*$"),
        extend("patternErrorMessage" = "an environment is one word of letters, digits, '.', '_' and '-'"),
        example = &"prod"
    )]
    pub environment: Option<String>,

    /// Folders of the monitor files, below the folder of monitorctl.yaml. `*` stands for one folder name or a part of it.
    /// The default is `monitors`.
    #[schemars(
        with = "Option<Vec<FolderText>>",
        length(min = 1, max = MOST_FOLDERS),
        example = serde_json::json!(["services/*/monitors", "ops/monitors"])
    )]
    #[serde(deserialize_with = "folders")]
    pub folders: Option<FolderPatterns>,

    /// Channels of alerts by name, for `alert.to` of monitors. sync brings them to the machines that run check. Write
    /// credentials as references, such as `${env:NAME}`.
    #[schemars(
        with = "Option<BTreeMap<String, ChannelSchema>>",
        extend("propertyNames" = {
            "pattern": CHANNEL_NAME_PATTERN,
            "patternErrorMessage": CHANNEL_NAME_WORDS
        }),
        example = serde_json::json!({"oncall": {"kind": "sns", "topic": "arn:aws:sns:eu-west-1:123456789012:oncall"}})
    )]
    #[serde(deserialize_with = "channels", skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: WrittenChannels,

    /// URLs that prove that the network of the machine works. Use sites of several providers, not your own. If many
    /// monitors fail at once without an answer, check asks the canaries. If no canary answers either, the machine is cut
    /// off: no monitor goes DOWN, and one alert says so. Any HTTP answer counts. sync distributes them to the machines
    /// that run check, which must be able to reach them.
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

    /// Region on AWS. `AWS_REGION` overrides it.
    #[schemars(regex(pattern = REGION_PATTERN), extend("patternErrorMessage" = REGION_WORDS), example = &"eu-west-1")]
    pub region: Option<String>,

    /// Environments by name, such as staging and prod. `--env` or `APP_ENVIRONMENT` chooses one.
    #[schemars(
        with = "Option<BTreeMap<String, Environment>>",
        extend("propertyNames" = {
            "pattern": "^[A-Za-z0-9._-]{1,32}$",
            "patternErrorMessage": "an environment is one word of letters, digits, '.', '_' and '-'"
        }),
        example = serde_json::json!({"staging": {"tables": {"config": "staging_configs", "state": "staging_states"}}})
    )]
    #[serde(deserialize_with = "environments")]
    pub environments: BTreeMap<String, Environment>,

    /// Variables by name. `${var:name}` in a value of a monitor or of a defaults.yaml stands for the value. An environment
    /// may have its own.
    #[schemars(
        with = "Option<BTreeMap<String, VariableValue>>",
        extend("propertyNames" = {"pattern": variables::NAME_PATTERN, "patternErrorMessage": variables::NAME_WORDS}),
        example = serde_json::json!({"domain": "example.com"})
    )]
    #[serde(deserialize_with = "variables::in_the_tree")]
    pub vars: DefinedVariables,

    /// Prices of DynamoDB in your region, for the cost line of diff; default: us-east-1 in November 2026.
    #[schemars(with = "Option<UnitPrices>")]
    pub prices: Option<UnitPrices>,
}

/// What one environment has of its own. It takes precedence over the settings above.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// Region on AWS. `AWS_REGION` overrides it.
    #[schemars(regex(pattern = REGION_PATTERN), extend("patternErrorMessage" = REGION_WORDS), example = &"eu-west-1")]
    pub region: Option<String>,

    /// Names of the DynamoDB tables of this environment.
    #[schemars(with = "Option<Tables>")]
    pub tables: Tables,

    /// Folders of the monitor files of this environment, instead of those above.
    #[schemars(with = "Option<Vec<FolderText>>", length(min = 1, max = MOST_FOLDERS))]
    #[serde(deserialize_with = "folders")]
    pub folders: Option<FolderPatterns>,

    /// Channels by name. A name that the settings above have too stands for this channel.
    #[schemars(
        with = "Option<BTreeMap<String, ChannelSchema>>",
        extend("propertyNames" = {
            "pattern": CHANNEL_NAME_PATTERN,
            "patternErrorMessage": CHANNEL_NAME_WORDS
        }),
        example = serde_json::json!({"oncall": {"kind": "sns", "topic": "arn:aws:sns:eu-west-1:123456789012:oncall-staging"}})
    )]
    #[serde(deserialize_with = "channels", skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: WrittenChannels,

    /// Canaries instead of those above; an empty list for none.
    #[schemars(with = "Option<Vec<CanaryText>>", length(max = MOST_CANARIES))]
    #[serde(deserialize_with = "own_canaries")]
    pub canaries: Option<BTreeSet<Canary>>,

    /// Variables of this environment. They take precedence over those above.
    #[schemars(
        with = "Option<BTreeMap<String, VariableValue>>",
        extend("propertyNames" = {"pattern": variables::NAME_PATTERN, "patternErrorMessage": variables::NAME_WORDS}),
        example = serde_json::json!({"domain": "staging.example.com"})
    )]
    #[serde(deserialize_with = "variables::in_the_tree")]
    pub vars: DefinedVariables,
}

impl Environment {
    /// Whether it names a place on AWS.
    pub fn is_on_aws(&self) -> bool {
        self.region.is_some() || self.tables != Tables::default()
    }
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
    /// Table of monitors; `DDB_CONFIG_TABLE` overrides it.
    #[schemars(regex(pattern = "^[a-zA-Z0-9_.-]{3,255}$"), extend("default" = "api_health_configs", "patternErrorMessage" = TABLE))]
    pub config: Option<String>,
    /// Table of states; `DDB_STATE_TABLE` overrides it.
    #[schemars(regex(pattern = "^[a-zA-Z0-9_.-]{3,255}$"), extend("default" = "api_health_states", "patternErrorMessage" = TABLE))]
    pub state: Option<String>,
    /// Table of probe results; `DDB_HISTORY_TABLE` overrides it.
    #[schemars(regex(pattern = "^[a-zA-Z0-9_.-]{3,255}$"), extend("default" = "api_health_history", "patternErrorMessage" = TABLE))]
    pub history: Option<String>,
}

impl Tables {
    /// The variables that override them.
    pub const VARIABLES: [&str; 3] = ["DDB_CONFIG_TABLE", "DDB_STATE_TABLE", "DDB_HISTORY_TABLE"];

    /// The keys, and the names of the tables where nothing is said.
    pub const fn default_names() -> [(&'static str, &'static str); 3] {
        [("config", "api_health_configs"), ("state", "api_health_states"), ("history", "api_health_history")]
    }

    /// The keys, and the names as they are written or implied.
    pub fn names(&self) -> [(&'static str, String); 3] {
        let Self { config, state, history } = self;
        let mut written = [config, state, history].into_iter();
        Self::default_names().map(|(key, default)| {
            let name = written.next().cloned().flatten();
            (key, name.unwrap_or_else(|| default.to_owned()))
        })
    }

    /// These names, and those of `base` where none is written.
    pub fn over(self, base: &Self) -> Self {
        let Self { config, state, history } = self;
        Self {
            config: config.or_else(|| base.config.clone()),
            state: state.or_else(|| base.state.clone()),
            history: history.or_else(|| base.history.clone()),
        }
    }
}

const TABLE: &str = "a table name has 3 to 255 characters of a-z, A-Z, 0-9, '_', '.' and '-'";

/// What is no canary has been reported at its place.
fn canaries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Canary>, D::Error> {
    let texts = Option::<Vec<String>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(texts.iter().filter_map(|text| Canary::parse(text).ok()).collect())
}

/// What is no folder has been reported at its place.
fn folders<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<FolderPatterns>, D::Error> {
    let texts = Option::<Vec<String>>::deserialize(deserializer)?;
    Ok(texts.and_then(|texts| FolderPatterns::of(&texts)))
}

/// A map of names to channels.
fn channels<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Map<String, Value>>, D::Error> {
    // An empty `channels:` is a map that is still to be filled.
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The schema of a channel, whose fields are those of its kind.
struct ChannelSchema;

impl JsonSchema for ChannelSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Channel".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Schema::try_from(channel_schema(generator)).unwrap_or_default()
    }
}

/// An empty `environments:` is a map that is still to be filled.
fn environments<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Environment>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The same where no list is another thing than an empty one.
fn own_canaries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BTreeSet<Canary>>, D::Error> {
    let texts = Option::<Vec<String>>::deserialize(deserializer)?;
    Ok(texts.map(|texts| texts.iter().filter_map(|text| Canary::parse(text).ok()).collect()))
}
