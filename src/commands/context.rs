//! What every command that uses the store starts from: settings, table names, the store.
//!
//! Precedence: flag, then variable of the machine, then the chosen environment in monitorctl.yaml, then the settings
//! above it, then the default.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::environment::{is_ci, variable};
use super::failure::Failure;
use super::origin::suggested_owner;
use super::settings::{SETTINGS_FILE, settings, settings_of_run};
use super::suggested_command::{Called, Unblocking};
use super::target::{Asked, StoreChoice, choose};
use super::terminal::Terminal;
use crate::aws::Aws;
use crate::cli::Global;
use crate::clock::Clock;
use crate::config::{EXAMPLE_OWNERS, Environment, Settings};
use crate::exit::Exit;
use crate::monitor::{FILES_VARIABLE, OFFER_VARIABLE, Offer, PROXIES_VARIABLE, Permits, ROLES_VARIABLE};
use crate::net::{AddressPolicy, Cidr};
use crate::plan::{CatalogSettings, PageTexts};
use crate::report::{FAINT, paint};
use crate::source::Repository;
use crate::store::{Store, StoreTarget, TableNames};

/// What an owner looks like.
const OTHER_OWNER: &str = "payments/api-monitors";

/// Where alerts go on a machine without AWS, beside the store.
const ALERTS_FILE: &str = "alerts.jsonl";

/// The variables by which a machine says its region.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// Where a machine keeps what belongs to it alone.
pub const LOCAL_FOLDER: &str = ".monitorctl";

/// The start of a command.
pub struct Context {
    pub terminal: Terminal,
    pub settings: Settings,
    pub clock: Clock,
    /// Read by the first that needs it.
    pub aws: Aws,
    pub choice: StoreChoice,
    /// The store as it was asked for.
    asked: Option<String>,
    /// The directory of `-C`, which is the current one by now.
    directory: Option<PathBuf>,
    /// The environment as it was asked for.
    asked_environment: Option<String>,
}

impl Context {
    /// Reads the settings and decides on the store.
    pub fn load(global: &Global, terminal: Terminal) -> Result<Self, Failure> {
        Self::with(settings(global, terminal)?, global, terminal)
    }

    /// The same for a run of the stored monitors, which needs no more of the settings than the names of the tables.
    pub fn load_for_run(global: &Global, terminal: Terminal) -> Result<Self, Failure> {
        Self::with(settings_of_run(global, terminal)?, global, terminal)
    }

    /// The same for what opens no store: a CI job has to name none.
    pub fn load_for_files(global: &Global, terminal: Terminal) -> Result<Self, Failure> {
        let settings = settings(global, terminal)?;
        let asked = asked(global, &settings);
        // A job is no laptop, so what it may probe is what a job may.
        let asked = Asked { tables_set: asked.tables_set || asked.ci, ..asked };
        Self::of(asked, settings, global, terminal)
    }

    /// Decides on the store, with the settings of the environment, which are already read.
    pub fn with(settings: Settings, global: &Global, terminal: Terminal) -> Result<Self, Failure> {
        Self::of(asked(global, &settings), settings, global, terminal)
    }

    fn of(asked: Asked, settings: Settings, global: &Global, terminal: Terminal) -> Result<Self, Failure> {
        let choice = choose(&asked)?;
        let region = region_to_set(&settings, variable);
        Ok(Self {
            terminal,
            settings,
            clock: Clock::system(),
            aws: Aws::in_region(region),
            choice,
            asked: asked.store,
            directory: global.directory.clone(),
            asked_environment: global.environment.clone(),
        })
    }

    /// The next that needs credentials reads them again.
    pub fn forget_credentials(&mut self) {
        self.aws = self.aws.unread();
    }

    /// What only the command line says: the directory, and the environment and the store unless a variable names them.
    pub fn called(&self) -> Called<'_> {
        fn typed<'a>(asked: Option<&'a str>, name: &str) -> Option<&'a str> {
            asked.filter(|asked| variable(name).as_deref() != Some(*asked))
        }
        Called {
            directory: self.directory.as_deref(),
            environment: typed(self.asked_environment.as_deref(), "APP_ENVIRONMENT"),
            store: typed(self.asked.as_deref(), "MONITORCTL_STORE"),
            unblocking: if is_ci() { Unblocking::ByDigest } else { Unblocking::ByNumbers },
        }
    }

    /// Opens the store; says so if it is the default. What only reads makes no file: in a wrong directory that would look
    /// like a new installation.
    pub async fn open_store(&self, missing: Missing) -> Result<Store, Failure> {
        let target = match &self.choice {
            StoreChoice::DynamoDb => StoreTarget::DynamoDb(self.aws.clone()),
            StoreChoice::Embedded { path, by_default } => {
                let is_missing = is_absent(path);
                match missing {
                    Missing::Refused | Missing::RefusedQuietly if is_missing => return Err(no_store(path)),
                    Missing::CountsAsEmpty if is_missing => {
                        let note = format!("no store at {} yet; using an empty one", path.display());
                        self.terminal.say(&paint(FAINT, &note));
                        return Ok(
                            Store::open(StoreTarget::Empty, self.table_names(), self.clock.clone()).await?
                        );
                    }
                    Missing::Refused | Missing::RefusedQuietly | Missing::CountsAsEmpty | Missing::IsMade => {
                    }
                }
                if *by_default && !matches!(missing, Missing::RefusedQuietly) {
                    let note =
                        format!("using the embedded store {} (choose one with --store)", path.display());
                    self.terminal.say(&paint(FAINT, &note));
                }
                StoreTarget::Embedded(path.clone())
            }
        };
        Ok(Store::open(target, self.table_names(), self.clock.clone()).await?)
    }

    /// The file of the store: its device and its number. Another one of the same name is another store.
    pub fn store_file(&self) -> Option<(u64, u64)> {
        match &self.choice {
            StoreChoice::DynamoDb => None,
            StoreChoice::Embedded { path, by_default: _ } => {
                path.metadata().ok().map(|file| (file.dev(), file.ino()))
            }
        }
    }

    /// From now on the default store is opened without a word.
    pub fn stop_naming_the_store(&mut self) {
        match &mut self.choice {
            StoreChoice::DynamoDb => {}
            StoreChoice::Embedded { by_default, path: _ } => *by_default = false,
        }
    }

    /// The file that takes the alerts of a machine without AWS: beside the store, if that is a file.
    pub fn alerts_file(&self) -> PathBuf {
        match &self.choice {
            StoreChoice::DynamoDb => Path::new(LOCAL_FOLDER).join(ALERTS_FILE),
            StoreChoice::Embedded { path, .. } => path.with_file_name(ALERTS_FILE),
        }
    }

    /// The environment that messages and plans name.
    pub fn environment(&self) -> Option<String> {
        self.settings.environment.clone()
    }

    /// Whose channels those of the files are. Without a name of their own, files have channels all the same.
    pub fn owner_of_files(&self) -> String {
        self.settings.owner.clone().unwrap_or_else(|| "files".to_owned())
    }

    /// Whose monitors these are; without an owner there is nothing to reconcile.
    pub fn owner(&self) -> Result<&str, Failure> {
        self.settings.owner.as_deref().ok_or_else(|| {
            if !Path::new(SETTINGS_FILE).exists() {
                return Failure::new(Exit::Invalid, format!("no {SETTINGS_FILE} here or above")).help(
                    "go to the repository of the monitors, or pass `-C DIR`; `monitorctl init` starts one",
                );
            }
            let help = match suggested_owner(&Repository::around(Path::new("."))) {
                Some(owner) => format!("write `owner: {owner}`, as the git remote has it"),
                None => format!("write the name of this repository, such as `owner: {OTHER_OWNER}`"),
            };
            Failure::new(Exit::Invalid, format!("{SETTINGS_FILE} names no owner")).help(help)
        })
    }

    /// The same for what writes: an example that was left in place is no owner, unless the repository is called so.
    pub fn owner_to_write(&self) -> Result<&str, Failure> {
        let owner = self.owner()?;
        if !EXAMPLE_OWNERS.contains(&owner) {
            return Ok(owner);
        }
        match suggested_owner(&Repository::around(Path::new("."))) {
            Some(own) if own.eq_ignore_ascii_case(owner) => Ok(owner),
            other => {
                let own = other.unwrap_or_else(|| OTHER_OWNER.to_owned());
                let message =
                    format!("the owner {owner} in {SETTINGS_FILE} is the placeholder of the examples");
                Err(Failure::new(Exit::Invalid, message).help(format!(
                    "another repository with the same owner could remove these monitors; write your own, such as `owner: {own}`"
                )))
            }
        }
    }

    /// What the repository says beyond its monitors.
    pub fn catalog_settings(&self, pages: PageTexts) -> CatalogSettings {
        catalog_settings(&self.settings, pages)
    }

    /// What may be probed: on a laptop the addresses of the laptop too, on a team's machine only what it allows.
    pub fn addresses(&self, allow: &[String]) -> Result<AddressPolicy, Failure> {
        // A list that CI puts together may have gaps.
        let written = allow.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        let ranges = written.map(Cidr::parse).collect::<Result<Vec<_>, _>>()?;
        Ok(match self.choice {
            StoreChoice::DynamoDb => AddressPolicy::new(ranges),
            StoreChoice::Embedded { .. } => AddressPolicy::laptop(ranges),
        })
    }

    /// Which variables monitors may name: what the machine lists; without a list every one on a laptop, none on the
    /// machine of a team.
    pub fn offer(&self) -> Result<Offer, Failure> {
        match (listed_offer()?, &self.choice) {
            (Some(offer), _) => Ok(offer),
            (None, StoreChoice::DynamoDb) => Ok(Offer::nothing()),
            (None, StoreChoice::Embedded { .. }) => Ok(Offer::everything()),
        }
    }

    /// Which files, proxies and roles of this machine probes may use: what it lists. Without a list of folders, any file on a
    /// laptop, and those below one folder on the machine of a team.
    pub fn permits(&self) -> Result<Permits, Failure> {
        let implied = match self.choice {
            StoreChoice::DynamoDb => Some("/etc/monitorctl"),
            StoreChoice::Embedded { .. } => None,
        };
        let listed = [FILES_VARIABLE, PROXIES_VARIABLE, ROLES_VARIABLE].map(variable);
        let [folders, proxies, roles] = listed.each_ref().map(Option::as_deref);
        Permits::parse(folders, implied, proxies, roles)
            .map_err(|error| Failure::new(Exit::Usage, error.to_string()))
    }

    pub fn table_names(&self) -> TableNames {
        let TableNames { configs, states, history } = TableNames::default();
        let tables = &self.settings.tables;
        let name = |name: &str, setting: &Option<String>, default: String| {
            variable(name).or_else(|| setting.clone()).unwrap_or(default)
        };
        TableNames {
            configs: name("DDB_CONFIG_TABLE", &tables.config, configs),
            states: name("DDB_STATE_TABLE", &tables.state, states),
            history: name("DDB_HISTORY_TABLE", &tables.history, history),
        }
    }
}

/// What becomes of a store file that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    IsMade,
    CountsAsEmpty,
    Refused,
    /// The same, and no word about a store that is there.
    RefusedQuietly,
}

fn no_store(path: &Path) -> Failure {
    let here = std::env::current_dir().unwrap_or_default();
    let place = here.join(path);
    let message = format!("no store found: {} does not exist", place.display());
    // Where the settings are, this is no wrong directory: nothing was synced yet.
    let next = if Path::new(SETTINGS_FILE).exists() {
        "`monitorctl sync` creates it"
    } else {
        "go to the directory of monitorctl.yaml, or name it with `-C DIR` (`monitorctl sync` creates the store there)"
    };
    Failure::new(Exit::Failed, message).help(format!(
        "{next}; for tables on AWS, set AWS_REGION and DDB_CONFIG_TABLE, or pass `--store dynamodb`"
    ))
}

/// Whether there is no store: a file of no bytes is none either, and a look at it would make one.
pub fn is_absent(path: &Path) -> bool {
    match path.metadata() {
        Ok(metadata) => metadata.is_file() && metadata.len() == 0,
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// The region that the settings give to the AWS SDK; `None` where a variable of the machine says it, which the SDK reads.
fn region_to_set(settings: &Settings, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    settings.region.clone().filter(|_| !REGIONS.iter().any(|name| variable(name).is_some()))
}

/// What the choice of a store depends on, here.
fn asked(global: &Global, settings: &Settings) -> Asked {
    let set = |name| variable(name).is_some();
    let is_set = set("DDB_CONFIG_TABLE") || set("DDB_STATE_TABLE") || set("DDB_HISTORY_TABLE");
    Asked {
        store: global.store.clone(),
        tables_set: is_set || settings.chosen().is_some_and(Environment::is_on_aws),
        ci: is_ci(),
        environment: settings.chosen().and_then(|_| settings.environment.clone()),
    }
}

/// What settings say beyond the monitors.
pub fn catalog_settings(settings: &Settings, pages: PageTexts) -> CatalogSettings {
    CatalogSettings { channels: settings.channels.clone(), canaries: settings.canaries.clone(), pages }
}

/// What this machine lists for monitors to name, if it lists anything.
pub fn listed_offer() -> Result<Option<Offer>, Failure> {
    let listed = variable(OFFER_VARIABLE).map(|text| Offer::parse(&text)).transpose();
    listed.map_err(|error| Failure::new(Exit::Usage, format!("{OFFER_VARIABLE}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, SourceFile};

    #[test]
    fn the_sdk_is_given_the_region_of_the_environment_unless_the_machine_names_one() {
        let text = "region: eu-west-1\nenvironments: {staging: {region: us-east-1}, prod: {}}\n";
        let file = SourceFile { path: "monitorctl.yaml".into(), group: String::new(), bytes: text.into() };
        for (environment, set, expected) in [
            ("staging", None, Some("us-east-1")),
            ("prod", None, Some("eu-west-1")),
            ("staging", Some("AWS_REGION"), None),
            ("prod", Some("AWS_DEFAULT_REGION"), None),
            ("prod", Some("AWS_PROFILE"), Some("eu-west-1")),
        ] {
            let settings = config::settings(&file).0.of_environment(Some(environment)).expect("listed");
            let variable = |name: &str| (set == Some(name)).then(|| "ap-south-1".to_owned());
            assert_eq!(region_to_set(&settings, variable).as_deref(), expected, "{environment} {set:?}");
        }
    }
}
