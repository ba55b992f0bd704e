//! The command line of `validate`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::describe::{CommandLine, Reads, TypedPath};
use super::period;

#[derive(Debug, Args)]
pub struct Validate {
    /// Files or folders to validate [default: the whole catalog]; `-` reads standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DiagnosticFormat,
    /// Validate in each environment that monitorctl.yaml lists
    ///
    /// Each problem is reported once, with the environments that have it.
    #[arg(long)]
    pub all_environments: bool,
    /// Report only problems related to files changed since this commit
    ///
    /// All files are still read, because a change in one file can break another.
    #[arg(long, value_name = "COMMIT")]
    pub changed_since: Option<String>,
    /// Exit 3 on warnings as well as errors
    #[arg(long)]
    pub strict: bool,
    /// Time between two scheduled runs
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = period, env = "MONITORCTL_PERIOD")]
    pub period: Duration,
}

impl CommandLine for Validate {
    const READS: Reads = Reads::Files;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl validate", "Validate all monitor files."),
        ("monitorctl validate --all-environments", "Validate them in each environment."),
        ("monitorctl validate --format github --strict", "Annotate a pull request and fail on warnings."),
    ];

    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        self.paths.iter_mut().map(TypedPath::Read).collect()
    }
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
