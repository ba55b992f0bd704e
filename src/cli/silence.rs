//! The command line of `silence`.

use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand};
use jiff::Timestamp;

use super::describe::{CommandLine, Reads};
use super::{Format, duration, moment};
use crate::exit::Exit;

#[derive(Debug, Args)]
pub struct Silence {
    #[command(subcommand)]
    pub command: SilenceCommand,
}

impl CommandLine for Silence {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        (
            "monitorctl silence add team:search --for 2h --reason 'index rebuild'",
            "Silence the alerts of one team for two hours.",
        ),
        ("monitorctl silence list", "List the active silences."),
        ("monitorctl silence end team:search", "End that silence early."),
    ];
    const EXITS: &'static [Exit] = &[Exit::Partly, Exit::Unconfirmed];
}

#[derive(Debug, Subcommand)]
pub enum SilenceCommand {
    /// Silence alerts for a limited time
    Add(SilenceAdd),
    /// List the active silences
    List(SilenceList),
    /// End a silence early
    End(SilenceEnd),
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("length").args(["lasts", "until"]).required(true)))]
pub struct SilenceAdd {
    /// Monitors to silence: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`
    ///
    /// Commas separate terms: `team:search,team:web,tag:eu` means team search or web, and tag eu. `!x` excludes x.
    /// Several arguments add up.
    #[arg(value_name = "SELECTOR", required = true)]
    pub selector: Vec<String>,
    /// Silence more than 10 monitors without confirmation
    #[arg(long)]
    pub yes: bool,
    /// Duration of the silence, at most 7d
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    pub lasts: Option<Duration>,
    /// End of the silence, for example 2026-12-01T14:30Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub until: Option<Timestamp>,
    /// Reason, shown in `status`
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct SilenceList {
    /// Include silences that ended in the last seven days
    #[arg(long)]
    pub all: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct SilenceEnd {
    /// Id of a silence, or the selector of the silences to end
    #[arg(value_name = "ID|SELECTOR")]
    pub which: String,
}
