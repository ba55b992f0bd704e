//! The environments of one repository, such as staging and prod, and the settings of the one that is chosen. Pure.

use crate::config::diagnostic::Code;
use crate::config::settings::{Environment, Settings};
use crate::config::suggest::suggest;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::Node;
use crate::written::Path;

/// The key of the environments in `monitorctl.yaml`.
const KEY: &str = "environments";

/// Why no settings can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentError {
    #[error("no environment is chosen; monitorctl.yaml lists {}", .0.join(", "))]
    NoneChosen(Vec<String>),
    #[error("monitorctl.yaml lists no environment {name:?}")]
    Unknown { name: String, listed: Vec<String> },
}

impl EnvironmentError {
    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::NoneChosen(listed) => {
                let first = listed.first().map_or("NAME", String::as_str);
                format!("pass --env, such as `--env {first}`, or set APP_ENVIRONMENT")
            }
            Self::Unknown { name, listed } => {
                let all = listed.join(", ");
                match suggest(name, listed.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean `{meant}`? It lists {all}"),
                    None => format!("it lists {all}"),
                }
            }
        }
    }
}

impl Settings {
    /// The settings of the environment `name`. Without `environments`, a name is a label and nothing else.
    pub fn of_environment(mut self, name: Option<&str>) -> Result<Self, EnvironmentError> {
        if self.environments.is_empty() {
            self.environment = name.map(str::to_owned).or(self.environment);
            return Ok(self);
        }
        let listed = || self.environments.keys().cloned().collect::<Vec<_>>();
        let Some(name) = name else { return Err(EnvironmentError::NoneChosen(listed())) };
        let Some(chosen) = self.environments.get(name).cloned() else {
            return Err(EnvironmentError::Unknown { name: name.to_owned(), listed: listed() });
        };
        let Environment { region, tables, folders, channels, canaries, vars: _ } = chosen;
        self.environment = Some(name.to_owned());
        self.vars = self.vars.in_environment(Some(name));
        self.region = region.or(self.region);
        self.tables = tables.over(&self.tables);
        self.folders = folders.or(self.folders);
        self.channels.extend(channels);
        self.canaries = canaries.unwrap_or(self.canaries);
        Ok(self)
    }

    /// The environment that is chosen, if the settings list it.
    pub fn chosen(&self) -> Option<&Environment> {
        self.environments.get(self.environment.as_ref()?)
    }

    /// Pairs of environments that use one config or state table, in the order of their names, with the table.
    pub fn shared_tables(&self) -> Vec<(String, String, String)> {
        let places = |name: &String| -> Option<(Option<String>, [String; 2])> {
            let settings = Self { environment: None, ..self.clone() }.of_environment(Some(name)).ok()?;
            let [(_, config), (_, state), _] = settings.tables.names();
            Some((settings.region, [config, state]))
        };
        let all: Vec<_> = self.environments.keys().filter_map(|name| Some((name, places(name)?))).collect();
        let mut shared = Vec::new();
        for (at, (one, (region, tables))) in all.iter().enumerate() {
            for (two, (other_region, others)) in all.iter().skip(at + 1) {
                let same = tables.iter().zip(others).find(|(table, other)| table == other);
                if let Some((table, _)) = same.filter(|_| region == other_region) {
                    shared.push(((*one).clone(), (*two).clone(), table.clone()));
                }
            }
        }
        shared
    }
}

/// The paths below which settings stand: the top, and each environment.
pub fn levels(document: &Node) -> Vec<Path> {
    let environments = document.find(&Path::from(KEY)).map(Node::entries).unwrap_or_default();
    let paths = environments.iter().map(|entry| path(&entry.key));
    std::iter::once(Path::default()).chain(paths).collect()
}

/// Where the settings of an environment stand.
pub fn path(name: &str) -> Path {
    Path::from(KEY).key(name)
}

/// One name for the whole repository beside several for its parts.
pub fn named_twice(document: &Node) -> Option<PlacedViolation> {
    let one = document.entry("environment")?;
    let several = document.entry(KEY)?;
    let message = "`environment` names one environment, and `environments` lists several";
    Some(
        PlacedViolation::new(Code::Contradiction, one.key_place, message)
            .label("one name for all")
            .related(several.key_place, "the names are listed here")
            .help("remove `environment`; `--env` or APP_ENVIRONMENT chooses one of those listed"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Diagnostic;
    use crate::config::SourceFile;
    use crate::config::known_channels;
    use crate::config::settings;

    const TEXT: &str = "owner: acme/shop
region: eu-west-1
x-topic: &oncall arn:aws:sns:eu-west-1:123456789012:oncall
channels: {oncall: {kind: sns, topic: *oncall}, ops: {kind: file}}
canaries: ['https://www.example.com/']
tables: {history: shared_history}
environments:
  staging:
    tables: {config: st_configs, state: st_states}
    channels: {oncall: {kind: file}}
    canaries: []
  prod: {region: us-east-1, tables: {config: configs, state: states}}
";

    fn file(text: &str) -> SourceFile {
        SourceFile { path: "monitorctl.yaml".into(), group: String::new(), bytes: text.into() }
    }

    fn read(text: &str) -> Settings {
        let (settings, diagnostics) = settings(&file(text));
        assert_eq!(diagnostics, [], "{text}");
        settings
    }

    fn faults(text: &str) -> Vec<(Code, usize, usize)> {
        let place = |found: Diagnostic| (found.code, found.span.line, found.span.column);
        settings(&file(text)).1.into_iter().map(place).collect()
    }

    #[test]
    fn an_environment_takes_precedence_over_the_settings_above_it_name_by_name() {
        let staging = read(TEXT).of_environment(Some("staging")).expect("listed");
        assert_eq!(staging.environment.as_deref(), Some("staging"));
        assert_eq!(staging.region.as_deref(), Some("eu-west-1"));
        let tables = staging.tables.names().map(|(_, name)| name);
        assert_eq!(tables, ["st_configs", "st_states", "shared_history"]);
        let kinds: Vec<_> =
            staging.channels.iter().map(|(name, fields)| (name.as_str(), &fields["kind"])).collect();
        assert_eq!(kinds, [("oncall", &"file".into()), ("ops", &"file".into())]);
        assert_eq!(staging.canaries.len(), 0);
        let prod = read(TEXT).of_environment(Some("prod")).expect("listed");
        assert_eq!((prod.region.as_deref(), prod.canaries.len()), (Some("us-east-1"), 1));
        assert!(prod.chosen().is_some_and(Environment::is_on_aws));
    }

    #[test]
    fn with_environments_one_of_them_is_chosen_and_without_them_a_name_is_a_label() {
        let listed = || vec!["prod".to_owned(), "staging".to_owned()];
        let none = read(TEXT).of_environment(None);
        assert_eq!(none, Err(EnvironmentError::NoneChosen(listed())));
        let unknown = read(TEXT).of_environment(Some("stagin")).expect_err("misspelt");
        assert_eq!(unknown.help(), "did you mean `staging`? It lists prod, staging");
        let label = |text: &str, name| read(text).of_environment(name).expect("a label").environment;
        assert_eq!(label("environment: prod\n", Some("eu")).as_deref(), Some("eu"));
        assert_eq!(label("environment: prod\n", None).as_deref(), Some("prod"));
        assert_eq!(label("owner: a\n", None), None);
    }

    #[test]
    fn the_channels_of_an_environment_are_known_beside_those_above() {
        let known = |environment| {
            known_channels(&file(&TEXT.replace("oncall: {kind: file}", "night: {kind: file}")), environment)
                .map(|channels| channels.into_keys().collect::<Vec<_>>())
        };
        assert_eq!(known(None), Some(vec!["oncall".into(), "ops".into()]));
        assert_eq!(known(Some("staging")), Some(vec!["night".into(), "oncall".into(), "ops".into()]));
    }

    #[test]
    fn what_is_wrong_in_an_environment_has_its_place() {
        for (text, code, line, column) in [
            ("environment: a\nenvironments: {a: {}}\n", Code::Contradiction, 1, 1),
            ("environments:\n  a:\n    tables: {config: one_t, state: one_t}\n", Code::Contradiction, 3, 36),
            (
                "tables: {config: one_t}\nenvironments:\n  a: {tables: {state: one_t}}\n",
                Code::Contradiction,
                3,
                23,
            ),
            ("environments:\n  a: {canaries: ['https://']}\n", Code::InvalidUrl, 2, 18),
            ("environments:\n  a: {channels: {ops: {kind: sns, topic: oncall}}}\n", Code::BadFormat, 2, 42),
            ("environments:\n  a b: {}\n", Code::BadFormat, 2, 3),
            ("environments:\n  a: {owner: x}\n", Code::UnknownKey, 2, 7),
            ("environments:\n  a:\n", Code::WrongType, 2, 4),
        ] {
            assert_eq!(faults(text), [(code, line, column)], "{text}");
        }
    }

    #[test]
    fn environments_that_share_a_table_are_found_and_those_of_another_region_are_not() {
        assert_eq!(read(TEXT).shared_tables(), []);
        let pair = |table: &str| [("a".to_owned(), "b".to_owned(), table.to_owned())];
        let shared = |text: &str| read(text).shared_tables();
        assert_eq!(shared("environments: {a: {}, b: {}}\n"), pair("api_health_configs"));
        let apart = "environments: {a: {region: eu-west-1}, b: {region: us-east-1}}\n";
        assert_eq!(shared(apart), []);
        let state = "tables: {state: one_state}\nenvironments: {a: {tables: {config: aaa}}, b: {}}\n";
        assert_eq!(shared(state), pair("one_state"));
    }
}
