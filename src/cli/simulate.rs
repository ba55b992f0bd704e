//! What was typed after `simulate`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::{Format, duration, moment};

#[derive(Debug, Args)]
pub struct Simulate {
    /// The monitor, as its file has it
    #[arg(value_name = "ID")]
    pub id: String,
    /// Folder of the monitor files
    #[arg(value_name = "DIR", default_value = super::MONITORS)]
    pub monitors: PathBuf,
    /// What its probes see, one after the other: `up*3, fail, (fail, up)*2, timeout for 1h`; `@FILE` reads a file, in
    /// which `#` begins a comment. Outcomes are up, degraded, fail, unknown, skip, status=503, latency=2s, and faults
    /// such as timeout
    #[arg(long, value_name = "SCRIPT")]
    pub outcomes: String,
    /// What the probes of a monitor that it depends on see; the last outcome goes on. May be given more than once
    #[arg(long, value_name = "ID=SCRIPT")]
    pub parent: Vec<String>,
    /// Exactly these alerts and no others, or exit 21: `down at 12m, up at 14m`, `none`; the time may be left out;
    /// `@FILE` reads a file
    #[arg(long, value_name = "ALERTS")]
    pub expect: Option<String>,
    /// When the first run is: it decides what windows of maintenance hold
    #[arg(long, value_name = "MOMENT", default_value = "2026-01-05T00:00Z", value_parser = moment)]
    pub from: Timestamp,
    /// Time from one cron entry to the next, as given to check
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration, env = "MONITORCTL_PERIOD")]
    pub period: Duration,
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}
