//! `monitorctl.yaml`: what the repository says about itself.

use schemars::JsonSchema;
use serde::Deserialize;

use super::complaint::Fault;
use super::diagnostic::{Code, Diagnostic};
use super::schema::Kind;
use super::sources::{SourceFile, Sources};
use super::{load, violation};

/// # Settings
///
/// What this repository of monitors says about itself. A flag or a variable of the environment goes first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whose monitors these are in the config table; required for sync, which removes nothing of another
    /// owner.
    #[schemars(
        length(max = 100),
        regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)*$"),
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

    /// Names of the DynamoDB tables.
    #[schemars(with = "Option<Tables>")]
    pub tables: Tables,
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

const TABLE: &str = "a table name has 3 to 255 characters of a-z, A-Z, 0-9, '_', '.' and '-'";

/// Reads `monitorctl.yaml`; with an error among the diagnostics the settings are not to be used.
pub fn settings(file: &SourceFile) -> (Settings, Vec<Diagnostic>) {
    let sources = Sources::new(std::slice::from_ref(file));
    let mut faults = Vec::new();
    let mut settings = Settings::default();
    for (index, source) in sources.iter() {
        let parsed = load::parse(source, index);
        faults.extend(parsed.faults);
        if let Some(second) = parsed.documents.get(1) {
            faults.push(
                Fault::new(Code::SeveralDocuments, second.place, "the settings are one document")
                    .label("a second one"),
            );
        }
        if let Some(mut document) = parsed.documents.into_iter().next() {
            faults.extend(violation::check(Kind::Settings, &mut document, &sources));
            let sound = super::merge::merge(None, &document).to_sound_json();
            match Settings::deserialize(&sound) {
                Ok(read) => settings = read,
                Err(error) => faults.push(Fault::new(Code::WrongType, document.place, error.to_string())),
            }
        }
    }
    let mut diagnostics: Vec<_> = faults.into_iter().map(|fault| sources.diagnostic(fault)).collect();
    diagnostics.sort();
    (settings, diagnostics)
}
