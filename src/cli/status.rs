//! The command line of `status`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::describe::{CommandLine, Reads};
use super::{Format, duration, period};
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
    /// Order of the monitors
    ///
    /// A terminal has the worst or the slowest monitors at the bottom. Other output has them at the top.
    #[arg(long, value_name = "ORDER", default_value = "health")]
    pub sort: StatusSort,
    /// Draw the status again every 5s (or `--watch=30s`), until Ctrl-C
    ///
    /// Needs a terminal. Reads what the runs stored, and probes nothing.
    #[arg(
        long,
        value_name = "DURATION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "5s",
        value_parser = watch,
        conflicts_with = "exit_code"
    )]
    pub watch: Option<Duration>,
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

/// The time between two looks. Each reads the tables.
fn watch(text: &str) -> Result<Duration, String> {
    let every = duration(text)?;
    if every < Duration::from_secs(1) { Err("must be at least 1s".to_owned()) } else { Ok(every) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatusSort {
    /// By health
    Health,
    /// By the latency of the last result
    Latency,
    /// By id, from a to z
    Id,
}

impl CommandLine for Status {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl status", "Show the health of every monitor."),
        ("monitorctl status --down", "Show what is DOWN or DEGRADED."),
        ("monitorctl status --sort latency", "Sort by the latency of the last result."),
        ("monitorctl status --watch", "Keep the status on the screen."),
        ("monitorctl status --format json --exit-code", "Exit 20 in a script if a monitor is not UP."),
    ];
    const EXITS: &'static [Exit] =
        &[Exit::NotUp, Exit::HungUp, Exit::Interrupted, Exit::Quit, Exit::Terminated];

    fn shows_json(&self) -> bool {
        self.format == Format::Json
    }
}
