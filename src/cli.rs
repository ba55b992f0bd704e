//! The command line as typed. `commands` decides what it means.

mod check;
mod explain;
mod man;
mod plan;
mod sync;

use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{ArgGroup, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

pub use check::{Check, Notify};
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

/// Monitor APIs: definitions in git, state in DynamoDB, alerts over SNS
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
    /// Reads the command line of this process; invalid arguments end it with the usage.
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

    /// The completion script of a shell.
    pub fn completions(shell: Shell) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Self::command(), "monitorctl", &mut script);
        script
    }
}

/// The default folder of the monitor files.
pub const MONITORS: &str = "monitors";

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Store to use: `dynamodb`, or `embedded:PATH` for a local file
    ///
    /// The default is dynamodb if a DDB_*_TABLE variable is set, else embedded:.monitorctl/store.db.
    #[arg(long, value_name = "STORE", global = true, env = "MONITORCTL_STORE")]
    pub store: Option<String>,
    /// Format of messages on standard error
    #[arg(long, value_name = "FORMAT", global = true, default_value = "text", env = "MONITORCTL_LOG")]
    pub log: LogFormat,
    /// When to use colours
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people
    Text,
    /// One JSON object per line, and a summary of each run in CloudWatch's embedded metric format
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(clippy::doc_markdown, reason = "a terminal shows these words")]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a repository of monitors in this directory
    ///
    /// Writes monitorctl.yaml, an example monitor, the JSON Schemas and .gitignore. Overwrites nothing.
    Init(Init),
    /// Validate the monitor files and report every error
    ///
    /// Needs no credentials and no network.
    Validate(Validate),
    /// Print, write or check the JSON Schemas for editors
    Schema(Schema),
    /// Show what sync would change
    ///
    /// Compares the monitor files with the config table, and applies the safety limits. Writes nothing.
    Diff(Diff),
    /// Apply the monitor files to the config table
    ///
    /// Shows the plan, asks for confirmation and applies it. Prints the command that undoes it. Removes no monitor of
    /// another owner.
    Sync(Sync),
    /// Write changes from the config table back to the monitor files
    ///
    /// Pass --drift for edits of known monitors, --unmanaged for monitors without an owner, or both.
    Pull(Pull),
    /// Probe the monitors that are due, store their state, send alerts
    ///
    /// Cron starts one run every two minutes; `monitorctl init --cron` prints the line. Overlapping runs are safe.
    Check(Check),
    /// Show the health of every monitor
    Status(Status),
    /// Explain one monitor: its health, its alerts and its next run
    ///
    /// Shows why the monitor has its health, which alerts are pending, suppressed or delivered, and what the
    /// next run would do. Also shows the worst-case time to alert. Reads the tables and writes nothing.
    Explain(Explain),
    /// Silence alerts for selected monitors
    Silence(Silence),
    /// Simulate probe outcomes and show the alerts they cause
    ///
    /// Plays a script of outcomes through the alert policy of a monitor. Needs no store and no network.
    Simulate(Simulate),
    /// Diagnose the installation and suggest fixes
    ///
    /// Examines credentials, tables, topics, secrets and files, and prints the command that fixes each problem.
    /// Changes nothing.
    Doctor(Doctor),
    /// Print a shell completion script
    Completions(Completions),
    /// Print a man page
    ///
    /// Read it with `monitorctl man check | man -l -`.
    Man(Man),
}

#[derive(Debug, Args)]
pub struct Init {
    /// Print a crontab line that runs check here every two minutes; write no files
    #[arg(long)]
    pub cron: bool,
}

#[derive(Debug, Args)]
pub struct Validate {
    /// Files or directories to validate; `-` reads standard input
    #[arg(value_name = "PATH", default_value = MONITORS)]
    pub paths: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DiagnosticFormat,
    /// Report only problems related to files changed since this commit
    ///
    /// All files are still read, because a change in one file can break another.
    #[arg(long, value_name = "COMMIT")]
    pub changed_since: Option<String>,
    /// Exit 3 on warnings as well as errors
    #[arg(long)]
    pub strict: bool,
    /// Time between two cron runs of check
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration, env = "MONITORCTL_PERIOD")]
    pub period: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiagnosticFormat {
    /// Text for people, with the lines of the file
    Text,
    /// One line per problem: `file:line:col: error[code]: message`
    Short,
    /// JSON for programs
    Json,
    /// Annotations on a pull request: ten, and one that summarizes the rest
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Debug, Args)]
pub struct Schema {
    /// Kind of file the schema describes
    #[arg(value_name = "KIND", default_value = "monitor")]
    pub kind: SchemaKind,
    /// Exit 3 unless the files in `schema/` are those of this version
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Write all schemas to `schema/`
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
    /// An alert message, as subscribers receive it
    Alert,
    /// A plan, as `diff --format json` prints it
    Plan,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people
    Text,
    /// JSON for programs
    Json,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Diff {
    /// Folder of the monitor files
    #[arg(value_name = "DIR", default_value = MONITORS)]
    pub monitors: PathBuf,
    /// Show only drift: changes made in the table by hand
    #[arg(long)]
    pub drift: bool,
    /// Compare with the files of the base commit instead of the table
    ///
    /// Needs no credentials.
    #[arg(long, requires = "base", conflicts_with_all = ["drift", "explain"])]
    pub offline: bool,
    /// Probe added and changed monitors once from this machine
    ///
    /// Writes nothing.
    #[arg(long)]
    pub probe: bool,
    /// With --probe: resolve secrets and probe the monitors that use them
    ///
    /// Without this option, --probe skips monitors that refer to a secret.
    #[arg(long, requires = "probe")]
    pub secrets: bool,
    /// With --probe: allow probes of these private address ranges
    #[arg(long, value_name = "CIDR", env = "MONITORCTL_ALLOW", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Explain one value: where it is set, and its value in the table
    ///
    /// Name the monitor and the field, for example `payments-api.expect.status`.
    #[arg(long, value_name = "ID.FIELD", conflicts_with_all = ["drift", "probe", "outputs"])]
    pub explain: Option<String>,
    /// Exit 10 if changes are pending, 11 if the table drifted, 12 if both
    #[arg(long)]
    pub exit_code: bool,
    #[command(flatten)]
    pub planning: Planning,
    #[command(flatten)]
    pub showing: Showing,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["unmanaged", "drift"]).required(true).multiple(true)))]
pub struct Pull {
    /// Folder of the monitor files
    #[arg(value_name = "DIR", default_value = MONITORS)]
    pub monitors: PathBuf,
    /// Write monitors that were added to the table by hand to new files
    ///
    /// The files are candidates for `sync --adopt`.
    #[arg(long)]
    pub unmanaged: bool,
    /// Write edits made in the table since the last sync to their files
    #[arg(long)]
    pub drift: bool,
    /// Pull only these monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`
    #[arg(long, value_name = "SELECTOR")]
    pub only: Vec<String>,
    /// Overwrite the file of this monitor, even if it was edited since the last sync
    #[arg(long, value_name = "ID", requires = "drift")]
    pub overwrite: Vec<String>,
    /// Folder for the new files, inside DIR [default: the group of each monitor]
    #[arg(long, value_name = "FOLDER", requires = "unmanaged")]
    pub out: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct Status {
    /// Select monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`
    ///
    /// Commas separate terms: `team:search,team:web,tag:eu` means team search or web, and tag eu. `!x` excludes x.
    /// Several arguments add up.
    #[arg(value_name = "SELECTOR")]
    pub only: Vec<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Exit 20 if any monitor is not UP
    #[arg(long)]
    pub exit_code: bool,
    /// Time between two cron runs of check
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration, env = "MONITORCTL_PERIOD")]
    pub period: Duration,
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// Folder of the monitor files
    #[arg(value_name = "DIR", default_value = MONITORS)]
    pub monitors: PathBuf,
    /// Test the credentials against the permissions of this role
    ///
    /// Reports missing permissions and excess permissions. The default is the last word of the name of the AWS role:
    /// check for `monitorctl-check`.
    #[arg(long, value_name = "ROLE")]
    pub role: Option<RoleName>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Runs probes, stores state, sends alerts
    Check,
    /// Reads the config table
    Diff,
    /// Reads and changes the config table
    Sync,
}

#[derive(Debug, Args)]
pub struct Completions {
    /// Shell to complete for
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub struct Man {
    /// Command to describe [default: the program]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

fn duration(text: &str) -> Result<Duration, String> {
    match monitor::parse_duration(text) {
        Ok(Duration::ZERO) => Err("must be longer than zero".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(error.to_string()),
    }
}

/// The parser's own words say what it met, and not how a moment is written.
fn moment(text: &str) -> Result<Timestamp, String> {
    text.trim()
        .parse()
        .map_err(|_| "write a time like 2026-12-01T14:30Z, with Z or an offset such as +01:00".to_owned())
}
