//! What was typed. What it means is decided in `commands`.

mod explain;
mod plan;
mod sync;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{ArgGroup, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

pub use clap_complete::Shell;
pub use explain::Explain;
pub use plan::{PlanFormat, PlanOutput, Planning, Showing};
pub use sync::Sync;

mod silence;
mod simulate;
mod standard_output;
#[cfg(test)]
mod tests;

pub use silence::{Silence, SilenceAdd, SilenceCommand, SilenceEnd, SilenceList};
pub use simulate::Simulate;

use crate::monitor;

/// The version and the commit it was built from, where that is known.
const VERSION: &str = env!("MONITORCTL_VERSION");

/// Watch the APIs that must not go down: monitors in git, state in DynamoDB, alerts by SNS.
#[derive(Debug, Parser)]
#[command(name = "monitorctl", version = VERSION, max_term_width = 100, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
    /// Whether the folder of the monitor files is no default.
    #[arg(skip)]
    pub folder_is_typed: bool,
}

/// The fields that name the monitor files.
const FOLDERS: [&str; 2] = ["monitors", "paths"];

impl Cli {
    /// Reads the command line of this process; ends it with the usage where that makes no sense.
    pub fn of_this_process() -> Self {
        Self::of(&Self::command().get_matches()).unwrap_or_else(|error| error.exit())
    }

    fn of(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let is_typed = |args: &ArgMatches, name: &&str| {
            args.try_contains_id(name).is_ok_and(|is_there| is_there)
                && args.value_source(name) == Some(ValueSource::CommandLine)
        };
        let folder_is_typed =
            matches.subcommand().is_some_and(|(_, args)| FOLDERS.iter().any(|name| is_typed(args, name)));
        Ok(Self { folder_is_typed, ..Self::from_arg_matches(matches)? })
    }

    /// What a shell runs to complete this command line.
    pub fn completions(shell: Shell) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Self::command(), "monitorctl", &mut script);
        script
    }

    /// The man page of the program, or of one of its commands; `None` if there is no such command.
    pub fn man(command: Option<&str>) -> io::Result<Option<Vec<u8>>> {
        let mut program = Self::command();
        // Gives each command its full name, `monitorctl-check`.
        program.build();
        let described = match command {
            None => Some(program),
            Some(name) => program.find_subcommand(name).cloned(),
        };
        let Some(described) = described else { return Ok(None) };
        let mut page = Vec::new();
        clap_mangen::Man::new(described).render(&mut page)?;
        Ok(Some(page))
    }
}

/// The folder of the monitor files where none is named.
pub const MONITORS: &str = "monitors";

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Where the tables are: `dynamodb`, or `embedded:PATH` for a local file [default: dynamodb if a
    /// DDB_*_TABLE is set, else embedded:.monitorctl/store.db]
    #[arg(long, value_name = "STORE", global = true, env = "MONITORCTL_STORE")]
    pub store: Option<String>,
    /// What is said on standard error: text, or lines of JSON for programs that collect logs
    #[arg(long, value_name = "FORMAT", global = true, default_value = "text", env = "MONITORCTL_LOG")]
    pub log: LogFormat,
    /// Colours in text output
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    /// A JSON object a line, and the summary of a run in CloudWatch's embedded metric format
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a repository of monitors in this directory
    Init(Init),
    /// Check every monitor file and report every fault
    Validate(Validate),
    /// Print, write or check the JSON Schemas for editors
    Schema(Schema),
    /// Show what sync would change
    Diff(Diff),
    /// Make the config table equal to the monitor files
    Sync(Sync),
    /// Write what is in the config table into the monitor files
    Pull(Pull),
    /// Probe what is due, store the state, send alerts
    Check(Check),
    /// Show the health of every monitor
    Status(Status),
    /// Say why a monitor is as it is, what its next run would do, and when somebody would be paged
    Explain(Explain),
    /// Tell nobody of some monitors for a while
    Silence(Silence),
    /// Play made-up outcomes through a monitor's policy and show the alerts: needs no store and no network
    Simulate(Simulate),
    /// Look for what is wrong with the installation, and say the command that puts it right
    Doctor(Doctor),
    /// Print what a shell runs to complete this command line
    Completions(Completions),
    /// Print the man page of the program or of a command
    Man(Man),
}

#[derive(Debug, Args)]
pub struct Init {
    /// Print the line of a crontab that runs check here every two minutes, and write nothing
    #[arg(long)]
    pub cron: bool,
}

#[derive(Debug, Args)]
pub struct Validate {
    /// Files or directories; `-` reads one file from standard input
    #[arg(value_name = "PATH", default_value = MONITORS)]
    pub paths: Vec<PathBuf>,
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DiagnosticFormat,
    /// Report only what files have to do with that changed since this commit; all are read nevertheless
    #[arg(long, value_name = "COMMIT")]
    pub changed_since: Option<String>,
    /// Exit 3 on warnings too
    #[arg(long)]
    pub strict: bool,
    /// Time from one cron entry to the next, as given to check
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration, env = "MONITORCTL_PERIOD")]
    pub period: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiagnosticFormat {
    /// With the lines of the file, for people
    Text,
    /// A line a fault: `file:line:col: error[code]: message`
    Short,
    Json,
    /// Annotations at the lines of a pull request: ten, and one that sums up the rest
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Debug, Args)]
pub struct Schema {
    /// Which file the schema is for
    #[arg(value_name = "KIND", default_value = "monitor")]
    pub kind: SchemaKind,
    /// Exit 3 unless the files in `schema/` are those of this version
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Write all schemas into `schema/`
    #[arg(long)]
    pub write: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    /// A monitor file
    Monitor,
    /// A folder's `defaults.yaml`
    Defaults,
    /// The repository's `monitorctl.yaml`
    Settings,
    /// What programs get that subscribe to a topic
    Alert,
    /// What programs get from `diff --format json`
    Plan,
}

/// Text for people, or JSON for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that somebody types")]
pub struct Diff {
    /// Folder of the monitor files
    #[arg(value_name = "DIR", default_value = MONITORS)]
    pub monitors: PathBuf,
    #[command(flatten)]
    pub planning: Planning,
    #[command(flatten)]
    pub showing: Showing,
    /// Show only what was changed in the table by hand
    #[arg(long)]
    pub drift: bool,
    /// Compare with the files of the base commit instead of the table: needs no credentials
    #[arg(long, requires = "base", conflicts_with_all = ["drift", "explain"])]
    pub offline: bool,
    /// Probe the added and changed monitors once from here; writes nothing
    #[arg(long)]
    pub probe: bool,
    /// With --probe: fill in the secrets that monitors name; without it, those that name one are not probed
    #[arg(long, requires = "probe")]
    pub secrets: bool,
    /// With --probe: address ranges that may be probed although they are not public
    #[arg(long, value_name = "CIDR", env = "MONITORCTL_ALLOW", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Say where a value comes from, and what it is in the table: `payments-api.expect.status`
    #[arg(long, value_name = "ID.FIELD", conflicts_with_all = ["drift", "probe", "outputs"])]
    pub explain: Option<String>,
    /// Exit 10 if changes are pending, 11 if the table drifted, 12 if both
    #[arg(long)]
    pub exit_code: bool,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["unmanaged", "drift"]).required(true).multiple(true)))]
pub struct Pull {
    /// Folder of the monitor files
    #[arg(value_name = "DIR", default_value = MONITORS)]
    pub monitors: PathBuf,
    /// What was put into the table by hand, into new files: candidates for adoption
    #[arg(long)]
    pub unmanaged: bool,
    /// What was edited in the table since the last sync, into the files it came from
    #[arg(long)]
    pub drift: bool,
    /// Only these monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`
    #[arg(long, value_name = "SELECTOR")]
    pub only: Vec<String>,
    /// Take the table's word for this monitor although its file was edited since the last sync, too
    #[arg(long, value_name = "ID", requires = "drift")]
    pub overwrite: Vec<String>,
    /// Folder of the new files, inside DIR [default: the group of each item]
    #[arg(long, value_name = "FOLDER", requires = "unmanaged")]
    pub out: Option<PathBuf>,
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct Check {
    /// Only these monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`; several add up
    #[arg(value_name = "SELECTOR")]
    pub only: Vec<String>,
    /// Probe everything now, due or not
    #[arg(long)]
    pub all: bool,
    /// Take the monitors from files instead of the config table
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Probes at the same time
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    pub concurrency: u16,
    /// Probes of one host at the same time
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..))]
    pub per_host: u16,
    /// Time for the whole run; a probe begins only if its timeout fits into the rest, else it is skipped
    #[arg(long, value_name = "TIME", default_value = "100s", value_parser = duration)]
    pub deadline: Duration,
    /// Time from one cron entry to the next, the same on every machine
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration, env = "MONITORCTL_PERIOD")]
    pub period: Duration,
    /// Address ranges that may be probed although they are not public
    #[arg(long, value_name = "CIDR", env = "MONITORCTL_ALLOW", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Where alerts go: to the topics of SNS, or to a file beside the embedded store [default: sns with --store
    /// dynamodb, else local]
    #[arg(long, value_name = "WAY", env = "MONITORCTL_NOTIFY")]
    pub notify: Option<Notify>,
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Exit 20 if a monitor is not UP
    #[arg(long)]
    pub exit_code: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Notify {
    /// The topic of `SNS_TOPIC_ARN`, and those that monitors name
    Sns,
    /// A line of JSON for each message in `alerts.jsonl`
    Local,
}

#[derive(Debug, Args)]
pub struct Status {
    /// Only these monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`; several add up
    #[arg(value_name = "SELECTOR")]
    pub only: Vec<String>,
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Exit 20 if a monitor is not UP
    #[arg(long)]
    pub exit_code: bool,
    /// Time from one cron entry to the next, as given to check
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration, env = "MONITORCTL_PERIOD")]
    pub period: Duration,
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// Folder of the monitor files
    #[arg(value_name = "DIR", default_value = MONITORS)]
    pub monitors: PathBuf,
    /// Whose rights these credentials are to have, no less and no more [default: by the end of the role's name,
    /// such as monitorctl-check]
    #[arg(long, value_name = "ROLE")]
    pub role: Option<RoleName>,
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Runs monitors, keeps their state, sends alerts
    Check,
    /// Reads the config table
    Diff,
    /// Reads and changes the config table
    Sync,
}

#[derive(Debug, Args)]
pub struct Completions {
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub struct Man {
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

fn duration(text: &str) -> Result<Duration, String> {
    match monitor::parse_duration(text) {
        Ok(Duration::ZERO) => Err("must be longer than nothing".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(error.to_string()),
    }
}

/// The parser's own words say what it met, and not how a moment is written.
fn moment(text: &str) -> Result<Timestamp, String> {
    text.trim().parse().map_err(|_| {
        "a moment is written like 2026-12-01T14:30Z, with Z or an offset such as +01:00".to_owned()
    })
}
