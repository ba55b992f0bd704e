//! The command line of `status`.

use std::time::Duration;

use clap::Args;

use super::describe::{CommandLine, Reads};
use super::{Format, duration};
use crate::exit::Exit;

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

impl CommandLine for Status {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl status", "Show the health of every monitor."),
        ("monitorctl status --format json --exit-code", "Exit 20 in a script if a monitor is not UP."),
    ];
    const EXITS: &'static [Exit] = &[Exit::NotUp];

    fn shows_json(&self) -> bool {
        self.format == Format::Json
    }
}
