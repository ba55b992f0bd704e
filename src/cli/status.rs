//! The command line of `status`.

use std::time::Duration;

use clap::Args;

use super::describe::{CommandLine, Reads};
use super::{Format, period};
use crate::exit::Exit;

#[derive(Debug, Args)]
pub struct Status {
    /// Select monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`
    ///
    /// Commas separate terms: `team:search,team:web,tag:eu` means team search or web, and tag eu. `!x` excludes x.
    /// Several arguments add up.
    #[arg(value_name = "SELECTOR")]
    pub only: Vec<String>,
    /// Show only monitors that are DOWN or DEGRADED
    #[arg(long)]
    pub down: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Exit 20 if any monitor is not UP
    #[arg(long)]
    pub exit_code: bool,
    /// Time between two scheduled runs [default: that of the last run, else 2m]
    #[arg(long, value_name = "DURATION", value_parser = period, env = "MONITORCTL_PERIOD")]
    pub period: Option<Duration>,
}

impl CommandLine for Status {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl status", "Show the health of every monitor."),
        ("monitorctl status --down", "Show what is DOWN or DEGRADED."),
        ("monitorctl status --format json --exit-code", "Exit 20 in a script if a monitor is not UP."),
    ];
    const EXITS: &'static [Exit] = &[Exit::NotUp];

    fn shows_json(&self) -> bool {
        self.format == Format::Json
    }
}
