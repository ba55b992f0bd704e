//! What was typed after `silence`.

use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand};
use jiff::Timestamp;

use super::{Format, duration, moment};

#[derive(Debug, Args)]
pub struct Silence {
    #[command(subcommand)]
    pub command: SilenceCommand,
}

#[derive(Debug, Subcommand)]
pub enum SilenceCommand {
    /// Tell nobody that these monitors are not good, for a while
    Add(SilenceAdd),
    /// Show the silences that hold
    List(SilenceList),
    /// End a silence before its time
    End(SilenceEnd),
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("length").args(["lasts", "until"]).required(true)))]
pub struct SilenceAdd {
    /// Which monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`. In one argument values of one kind are
    /// alternatives and different kinds narrow: `team:search,team:web,tag:eu`. Several arguments add up
    #[arg(value_name = "SELECTOR", required = true)]
    pub selector: Vec<String>,
    /// Silence more than 10 monitors without asking
    #[arg(long)]
    pub yes: bool,
    /// How long, at most 7d
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub lasts: Option<Duration>,
    /// Until when, such as 2026-12-01T14:30Z
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub until: Option<Timestamp>,
    /// Why; others read it in `status`
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct SilenceList {
    /// Also those that ended in the last seven days
    #[arg(long)]
    pub all: bool,
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct SilenceEnd {
    /// Its id, or the selector as it was typed, which may have been used for several
    #[arg(value_name = "ID|SELECTOR")]
    pub which: String,
}
