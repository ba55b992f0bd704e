//! The command line as typed. `commands` decides what it means.

mod beat;
mod check;
mod completion;
mod describe;
mod diff;
mod explain;
mod history;
mod man;
mod notify;
mod page;
mod page_place;
mod plan;
mod pull;
mod report;
mod run;
mod silence;
mod simulate;
mod status;
mod sync;
#[cfg(test)]
mod tests;
mod validate;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

pub use beat::{Beat, BeatWord};
pub use check::{Check, OwnChannel, ProbeArgs};
pub use clap_complete::Shell;
pub use completion::{Candidate, CandidateSources};
pub use describe::{PageFacts, Reads, TypedPath};
pub use diff::Diff;
pub use explain::Explain;
pub use history::{History, HistoryFormat, HistoryStart};
pub use notify::{Notify, NotifyCommand, NotifyTest, TestHealth};
pub use page::Page;
pub use page_place::PagePlace;
pub use plan::{PlanFormat, PlanOutput, Planning, Showing};
pub use pull::Pull;
pub use report::{Report, ReportFormat};
pub use run::Run;
pub use silence::{Silence, SilenceAdd, SilenceCommand, SilenceEnd, SilenceList};
pub use simulate::Simulate;
pub use status::{Status, StatusSort};
pub use sync::Sync;
pub use validate::{DiagnosticFormat, Validate};

use describe::CommandLine;

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
}

impl Cli {
    /// Reads the command line of this process; invalid arguments end it with the usage.
    pub fn of_this_process() -> Self {
        Self::parse()
    }
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Environment to work in: one of those that monitorctl.yaml lists
    ///
    /// Without a list in monitorctl.yaml, the name is a label for alerts and plans.
    #[arg(long = "env", value_name = "NAME", global = true, env = "APP_ENVIRONMENT")]
    pub environment: Option<String>,
    /// Store to use: `dynamodb`, or `embedded:PATH` for a local file
    ///
    /// The default is dynamodb if a DDB_*_TABLE variable is set, or the environment has a region or tables in
    /// monitorctl.yaml; else embedded:.monitorctl/store.db, or .monitorctl/store-NAME.db for the environment NAME of
    /// monitorctl.yaml.
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

/// Makes [`Command`] of a list, and asks the [`CommandLine`] of each.
macro_rules! commands {
    ($($(#[$help:meta])* $command:ident = $name:literal,)*) => {
        #[derive(Debug, Subcommand)]
        pub enum Command {
            $($(#[$help])* #[command(name = $name)] $command($command),)*
        }

        impl Command {
            pub const PAGES: &[PageFacts] = &[$(PageFacts::of::<$command>($name),)*];

            pub fn looks_above(&self) -> bool {
                match self { $(Self::$command(args) => args.looks_above(),)* }
            }

            pub fn shows_json(&self) -> bool {
                match self { $(Self::$command(args) => args.shows_json(),)* }
            }

            pub fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
                match self { $(Self::$command(args) => args.typed_paths(),)* }
            }
        }
    };
}

// A command, its name, and the help of it.
commands! {
    /// Start a repository of monitors in this directory
    ///
    /// Writes monitorctl.yaml, an example monitor, the JSON Schemas and .gitignore. Overwrites nothing.
    Init = "init",
    /// Validate the monitor files and report every error
    ///
    /// Needs no credentials and no network.
    Validate = "validate",
    /// Print, write or check the JSON Schemas for editors
    Schema = "schema",
    /// Show what sync would change
    ///
    /// Compares the monitor files with the config table, and applies the safety limits. Writes nothing.
    Diff = "diff",
    /// Apply the monitor files to the config table
    ///
    /// Shows the plan, asks for confirmation and applies it. Prints the command that undoes it. Removes no monitor of
    /// another owner.
    Sync = "sync",
    /// Write changes from the config table back to the monitor files
    ///
    /// Pass --drift for edits of known monitors, --unmanaged for monitors without an owner, or both.
    Pull = "pull",
    /// Probe the monitors that are due, store their state, send alerts
    ///
    /// Cron starts one run every two minutes; `monitorctl init --cron` prints the line. Overlapping runs are safe.
    Check = "check",
    /// Check in a loop, in a terminal or a container without cron
    ///
    /// Makes the same runs as check: one now, then one every two minutes (--every), until a signal comes. Prints a line
    /// for each run in which a monitor was due, and one for each change and alert. A run that fails does not end the
    /// loop; wrong settings at the start do.
    ///
    /// SIGTERM and Ctrl-C end the loop after the run at work has stored and sent what it knows; the exit code is then 143
    /// or 130. A second signal ends it at once.
    Run = "run",
    /// Say that a program begins, ended well or failed
    ///
    /// A heartbeat monitor is DOWN when no beat came in time. With a command behind `--`, runs it between its beats.
    Beat = "beat",
    /// Show the health of every monitor
    Status = "status",
    /// Publish a status page from what the runs stored
    ///
    /// Reads status.yaml, or the files that are named, and notices/*.md. Writes HTML, a feed, badges and JSON into a folder
    /// or a bucket, or serves them on this machine. Only changed files are written.
    Page = "page",
    /// Explain one monitor: its health, its alerts and its next run
    ///
    /// Shows why the monitor has its health, which alerts are pending, suppressed or delivered, and what the
    /// next run would do. Also shows the worst-case time to alert. Reads the tables and writes nothing.
    Explain = "explain",
    /// Show outages and results of a monitor, or the changes of all
    ///
    /// With an ID: its outages with their causes, its changes of health, and latency and results by hour. Without: every
    /// change of health of every monitor, the newest last. Reads the tables and writes nothing.
    History = "history",
    /// Report the availability of monitors over a period
    ///
    /// Has a table for each group, totals, the longest outages, and the definitions of all figures. A month that is over is
    /// stored by the first report on it, and stays the same from then on.
    Report = "report",
    /// Silence alerts for selected monitors
    Silence = "silence",
    /// Test the channels that alerts go to
    Notify = "notify",
    /// Simulate probe outcomes and show the alerts they cause
    ///
    /// Plays a script of outcomes through the alert policy of a monitor. Needs no store and no network, except that
    /// --from-incident reads stored results.
    Simulate = "simulate",
    /// Diagnose the installation and suggest fixes
    ///
    /// Examines credentials, tables, topics, secrets and files, and prints the command that fixes each problem.
    /// Changes nothing.
    Doctor = "doctor",
    /// Print a shell completion script
    Completions = "completions",
    /// Print a man page
    ///
    /// Read it with `monitorctl man check | man -l -`.
    Man = "man",
}

#[derive(Debug, Args)]
pub struct Init {
    /// Print a crontab line that runs check here every two minutes; write no files
    #[arg(long)]
    pub cron: bool,
}

impl CommandLine for Init {
    const READS: Reads = Reads::Nothing;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl init", "Create monitorctl.yaml, an example monitor and the schemas."),
        ("monitorctl init --cron", "Print the crontab line for this directory."),
    ];

    /// The files are made here; the line is for the settings above.
    fn looks_above(&self) -> bool {
        self.cron
    }
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

impl CommandLine for Schema {
    const READS: Reads = Reads::Files;
    const EXAMPLES: &'static [(&'static str, &'static str)] =
        &[("monitorctl schema --check", "Fail if the schemas in schema/ are outdated.")];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    /// A monitor file
    Monitor,
    /// A folder's `defaults.yaml`
    Defaults,
    /// The repository's `monitorctl.yaml`
    Settings,
    /// A status page, such as `status.yaml`
    Page,
    /// The front matter of a notice
    Notice,
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
pub struct Doctor {
    /// Folder of the monitor files [default: `folders` of monitorctl.yaml, else monitors]
    #[arg(value_name = "DIR")]
    pub monitors: Option<PathBuf>,
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

impl CommandLine for Doctor {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl doctor", "Diagnose the installation."),
        ("monitorctl doctor --role check", "Also test the permissions of the role that runs check."),
    ];

    fn shows_json(&self) -> bool {
        self.format == Format::Json
    }

    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        self.monitors.iter_mut().map(TypedPath::Read).collect()
    }
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

impl CommandLine for Completions {
    const READS: Reads = Reads::Nothing;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[(
        "monitorctl completions bash > /etc/bash_completion.d/monitorctl",
        "Install the completion script for bash.",
    )];
}

#[derive(Debug, Args)]
pub struct Man {
    /// Command to describe [default: the program]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

impl CommandLine for Man {
    const READS: Reads = Reads::Nothing;
    const EXAMPLES: &'static [(&'static str, &'static str)] =
        &[("monitorctl man check | man -l -", "Read the man page of check.")];
}

fn duration(text: &str) -> Result<Duration, String> {
    match monitor::parse_duration(text) {
        Ok(Duration::ZERO) => Err("must be longer than zero".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(error.to_string()),
    }
}

/// The time between two scheduled runs, which are counted in seconds.
fn period(text: &str) -> Result<Duration, String> {
    let period = duration(text)?;
    if period.subsec_nanos() == 0 { Ok(period) } else { Err("must be whole seconds".to_owned()) }
}

/// The parser's own words say what it met, and not how a moment is written.
fn moment(text: &str) -> Result<Timestamp, String> {
    text.trim()
        .parse()
        .map_err(|_| "write a time like 2026-12-01T14:30Z, with Z or an offset such as +01:00".to_owned())
}
