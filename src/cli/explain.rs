//! What was typed after `explain`.

use std::time::Duration;

use clap::Args;

use super::{Format, duration};

#[derive(Debug, Args)]
pub struct Explain {
    /// The monitor
    #[arg(value_name = "ID")]
    pub id: String,
    /// Time from one cron entry to the next, as given to check [default: that of the last run, else 2m]
    #[arg(long, value_name = "TIME", value_parser = duration, env = "MONITORCTL_PERIOD")]
    pub period: Option<Duration>,
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}
