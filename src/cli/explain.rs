//! The command line of `explain`.

use std::time::Duration;

use clap::Args;

use super::describe::{CommandLine, Reads};
use super::{Format, period};

#[derive(Debug, Args)]
pub struct Explain {
    /// Id of the monitor
    #[arg(value_name = "ID")]
    pub id: String,
    /// Time between two scheduled runs [default: that of the last run, else 2m]
    #[arg(long, value_name = "DURATION", value_parser = period, env = "MONITORCTL_PERIOD")]
    pub period: Option<Duration>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

impl CommandLine for Explain {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] =
        &[("monitorctl explain payments-api", "Explain one monitor.")];

    fn shows_json(&self) -> bool {
        self.format == Format::Json
    }
}
