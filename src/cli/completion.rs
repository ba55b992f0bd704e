//! Completion: the script that a shell loads, and the answer when the shell asks this program.

use std::ffi::OsStr;

use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use super::{Cli, Shell};

/// The variable by which the script asks this program instead of running it.
const VARIABLE: &str = "MONITORCTL_COMPLETE";

/// A word that could stand on the command line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    pub value: String,
    /// Shown beside it, where the shell does that.
    pub help: Option<String>,
}

/// Where words come from that no command line knows.
#[derive(Debug, Clone, Copy)]
pub struct CandidateSources {
    /// Ids of monitors.
    pub monitors: fn() -> Vec<Candidate>,
    /// Ids and selectors of active silences.
    pub silences: fn() -> Vec<Candidate>,
    /// Names of channels.
    pub channels: fn() -> Vec<Candidate>,
}

impl Cli {
    /// Answers a shell that completes a command line. Returns whether one asked.
    pub fn complete(candidates: CandidateSources) -> bool {
        let factory = || completing(Self::command(), candidates);
        let folder = std::env::current_dir().ok();
        let answered = CompleteEnv::with_factory(factory)
            .var(VARIABLE)
            .try_complete(std::env::args_os(), folder.as_deref());
        // An error would appear in the middle of the line that is being typed.
        answered.unwrap_or(true)
    }

    /// The completion script of a shell. It asks `monitorctl`, as found in the PATH, for each word.
    pub fn completions(shell: Shell) -> Vec<u8> {
        let mut script = Vec::new();
        let program = "monitorctl";
        let shells = Shells::builtins();
        let written = shells
            .completer(&shell.to_string())
            .map(|shell| shell.write_registration(VARIABLE, program, program, program, &mut script));
        // Memory takes every write.
        drop(written);
        script
    }
}

/// The command line with the candidates of each argument that names a monitor, a silence or a channel.
pub fn completing(command: Command, candidates: CandidateSources) -> Command {
    let command = command.mut_args(|argument| completing_argument(argument, candidates));
    command.mut_subcommands(|command| completing(command, candidates))
}

fn completing_argument(argument: Arg, candidates: CandidateSources) -> Arg {
    let CandidateSources { monitors, silences, channels } = candidates;
    let Some(name) = argument.get_value_names().and_then(|names| names.first()).cloned() else {
        return argument;
    };
    match name.as_str() {
        "ID" => argument.add(ArgValueCompleter::new(move |typed: &OsStr| matching(typed, "", monitors))),
        "SELECTOR" => argument
            .add(ArgValueCompleter::new(move |typed: &OsStr| matching(typed, terms_before(typed), monitors))),
        "ID|SELECTOR" => {
            argument.add(ArgValueCompleter::new(move |typed: &OsStr| matching(typed, "", silences)))
        }
        "CHANNEL" => argument.add(ArgValueCompleter::new(move |typed: &OsStr| matching(typed, "", channels))),
        _ => argument,
    }
}

/// What stands before the last term of a selector: earlier terms, and a `!`.
fn terms_before(typed: &OsStr) -> &str {
    let typed = typed.to_str().unwrap_or_default();
    let start = typed.rfind([',', '!']).map_or(0, |at| at + 1);
    &typed[..start]
}

/// The candidates that go on as typed, after what stands `before` them.
fn matching(typed: &OsStr, before: &str, candidates: fn() -> Vec<Candidate>) -> Vec<CompletionCandidate> {
    let Some(begun) = typed.to_str().and_then(|typed| typed.strip_prefix(before)) else { return Vec::new() };
    let candidates = candidates().into_iter().filter(|candidate| candidate.value.starts_with(begun));
    candidates
        .map(|Candidate { value, help }| {
            CompletionCandidate::new(format!("{before}{value}")).help(help.map(StyledStr::from))
        })
        .collect()
}
