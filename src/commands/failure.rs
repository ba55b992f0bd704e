//! A command that could not do its work: what to say, and the exit code.

use std::error::Error;
use std::path::Path;

use anstream::adapter::strip_str;

use super::target::TargetError;
use crate::config::EnvironmentError;
use crate::exit::Exit;
use crate::machine::{LockHolder, lock_holder};
use crate::net::CidrError;
use crate::report::{BAD, FAINT, chain, one_line, paint};
use crate::run::RunError;
use crate::source::{GitError, Outside, SourceError};
use crate::store::{StoreError, lockable};

/// Where ids are found.
pub const LISTED: &str = "`monitorctl status` lists the monitors";

/// What to do where alerts have no channel.
pub const NO_CHANNEL: &str = "define `channels:` in monitorctl.yaml and sync, set SNS_TOPIC_ARN=arn:aws:sns:REGION:ACCOUNT:NAME, \
                              or write alerts to a file with --notify local";

/// What to do about the table of another environment.
const OTHER_TABLE: &str =
    "check --env (or APP_ENVIRONMENT) and the names of the tables; each environment needs its own";

/// Version of the JSON that names what is wrong in the files.
const FORMAT_VERSION: u32 = 1;

/// The end of a command that failed.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    message: String,
    help: Option<String>,
    whereabouts: Whereabouts,
    /// What is wrong in the files, a line each with its place; for programs.
    problems: Vec<String>,
}

/// What of the place on AWS a failure says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// It has nothing to do with it.
    Irrelevant,
    /// No server answers there, so none is asked for the account.
    Region,
    RegionAndAccount,
}

impl Failure {
    /// The message and what is wrong in the files, a line each with its place; `None` if it is not the files.
    pub fn problems_of_files(&self) -> Option<(&str, &[String])> {
        (!self.problems.is_empty()).then_some((self.message.as_str(), self.problems.as_slice()))
    }

    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            help: None,
            whereabouts: Whereabouts::Irrelevant,
            problems: Vec::new(),
        }
    }

    /// With a next step.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// With what it is needed for.
    #[must_use]
    pub fn because(self, why: &str) -> Self {
        Self { message: format!("{}; {why}", self.message), ..self }
    }

    /// With what is wrong in the files, a line each with its place.
    #[must_use]
    pub fn problems(self, problems: Vec<String>) -> Self {
        Self { problems, ..self }
    }

    /// For a program that asked for JSON: what is wrong in the files, in the place of what it asked for. `None` where the
    /// files are not at fault.
    pub fn json(&self) -> Option<String> {
        let Self { problems, .. } = self;
        let found = serde_json::json!({"format_version": FORMAT_VERSION, "problems": problems});
        (!problems.is_empty()).then(|| format!("{found:#}\n"))
    }

    /// With another exit code.
    #[must_use]
    pub fn at(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// The message alone, for a warning.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn whereabouts(&self) -> Whereabouts {
        self.whereabouts
    }

    /// With the place where something was looked for, such as `in region eu-west-1`.
    #[must_use]
    pub fn at_place(self, place: &str) -> Self {
        Self { message: format!("{} {place}", self.message), whereabouts: Whereabouts::Irrelevant, ..self }
    }

    pub fn directory(path: &Path, error: &std::io::Error) -> Self {
        Self::new(Exit::Failed, format!("cannot change to {}: {error}", path.display()))
    }

    pub fn output(error: &std::io::Error) -> Self {
        Self::new(Exit::Failed, format!("cannot print: {error}"))
    }

    pub fn runtime(error: &std::io::Error) -> Self {
        Self::new(Exit::Failed, format!("cannot start: {error}"))
    }

    /// As it is shown: the message with its causes, then the next step.
    pub fn text(&self) -> String {
        let help = self
            .help
            .as_ref()
            .map(|help| format!("\n  {} {help}", paint(FAINT, "help:")))
            .unwrap_or_default();
        format!("{} {}{help}", paint(BAD, "error:"), self.message)
    }

    /// The same without colours, for a page.
    pub fn plain(&self) -> String {
        strip_str(&self.text()).to_string()
    }

    /// One that came before the first write.
    #[must_use]
    pub fn before_writing(self) -> Self {
        Self { message: format!("{}; nothing was written", self.message), ..self }
    }

    /// The table is that of the environment `stored`, and `chosen` is another one.
    pub fn other_environment(stored: &str, chosen: &str) -> Self {
        RunError::OtherEnvironment { stored: stored.to_owned(), chosen: chosen.to_owned() }.into()
    }

    /// With the causes of the error.
    pub fn of(exit: Exit, error: &dyn Error) -> Self {
        Self::new(exit, one_line(&chain(error)))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match error {
            StoreError::NoRegion
            | StoreError::OddRegion { .. }
            | StoreError::Credentials(_)
            | StoreError::Denied { .. } => Exit::Denied,
            StoreError::Throttled { .. } | StoreError::Contended { .. } | StoreError::Unavailable { .. } => {
                Exit::Partly
            }
            StoreError::NoTable { .. }
            | StoreError::File { .. }
            | StoreError::Locked { .. }
            | StoreError::NotAStore { .. }
            | StoreError::Unreadable(_)
            | StoreError::Rejected { .. }
            | StoreError::Unexpected { .. } => Exit::Failed,
        };
        if let StoreError::Locked { path } = &error {
            return locked(path);
        }
        let failure = Self { whereabouts: whereabouts(&error), ..Self::of(exit, &error) };
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

fn whereabouts(error: &StoreError) -> Whereabouts {
    match error {
        StoreError::NoTable { .. } => Whereabouts::RegionAndAccount,
        StoreError::Unavailable { .. } => Whereabouts::Region,
        StoreError::NoRegion
        | StoreError::OddRegion { .. }
        | StoreError::Credentials(_)
        | StoreError::Denied { .. }
        | StoreError::Throttled { .. }
        | StoreError::Contended { .. }
        | StoreError::File { .. }
        | StoreError::Locked { .. }
        | StoreError::NotAStore { .. }
        | StoreError::Unreadable(_)
        | StoreError::Rejected { .. }
        | StoreError::Unexpected { .. } => Whereabouts::Irrelevant,
    }
}

/// Another process keeps the store to itself. Which one, the kernel knows.
fn locked(path: &Path) -> Failure {
    let file = path.display();
    let Some(LockHolder { pid, command, is_stopped }) = lock_holder(&lockable(path)) else {
        let message =
            format!("the store file {file} is locked by a process outside this machine or container");
        return Failure::new(Exit::Failed, message)
            .help("stop the monitorctl that uses this file in another container or on another machine");
    };
    let command = one_line(&command);
    let state = if is_stopped { ", which is stopped" } else { "" };
    let next = if is_stopped {
        format!("`kill -CONT {pid}` resumes it; `kill -KILL {pid}` ends it without losing data")
    } else {
        format!("wait for it, or end it with `kill {pid}`")
    };
    Failure::new(Exit::Failed, format!("the store file {file} is locked by process {pid} ({command}){state}"))
        .help(next)
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::NothingMatches(_) => Self::of(Exit::Usage, &error).help(LISTED),
            RunError::Disabled { .. } => {
                Self::of(Exit::Usage, &error).help("set `enabled: true` in its file, and sync")
            }
            RunError::OtherEnvironment { .. } => Self::of(Exit::Usage, &error).help(OTHER_TABLE),
            RunError::NoChannel => Self::of(Exit::Invalid, &error).help(NO_CHANNEL),
            RunError::LeaseLost => Self::of(Exit::Partly, &error).help("run it again"),
            RunError::Store(error) => error.into(),
        }
    }
}

impl From<TargetError> for Failure {
    fn from(error: TargetError) -> Self {
        Self::of(Exit::Usage, &error).help(error.help())
    }
}

impl From<EnvironmentError> for Failure {
    fn from(error: EnvironmentError) -> Self {
        Self::of(Exit::Usage, &error).help(error.help())
    }
}

impl From<CidrError> for Failure {
    fn from(error: CidrError) -> Self {
        Self::of(Exit::Usage, &error)
            .help("write a range like --allow 10.0.0.0/8 or MONITORCTL_ALLOW=10.0.0.0/8,fd00::/8")
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::of(Exit::Failed, &error).help(error.help())
    }
}

impl From<Outside> for Failure {
    fn from(error: Outside) -> Self {
        Self::of(Exit::Usage, &error)
    }
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        match error {
            GitError::NoCommit(_) => Self::of(Exit::Usage, &error)
                .help("a shallow clone has only the newest commits; fetch the commit, in GitHub Actions with `fetch-depth: 0`"),
            GitError::NotRun(_) | GitError::Failed { .. } => Self::of(Exit::Failed, &error),
        }
    }
}
