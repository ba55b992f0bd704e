//! The command line of `simulate`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::describe::{CommandLine, Reads, TypedPath};
use super::{Format, moment, period};
use crate::exit::Exit;

#[derive(Debug, Args)]
pub struct Simulate {
    /// Id of the monitor in its file [default: the monitor of --from-incident]
    #[arg(value_name = "ID", required_unless_present = "from_incident")]
    pub id: Option<String>,
    /// Folder of the monitor files [default: `folders` of monitorctl.yaml, else monitors]
    #[arg(value_name = "DIR")]
    pub monitors: Option<PathBuf>,
    /// Outcomes of its probes, in order: `up*3, fail, (fail, up)*2, timeout for 1h`
    ///
    /// Outcomes are up, degraded, fail, unknown, skip, status=503, latency=2s, and faults such as timeout. `@FILE`
    /// reads the script from a file, in which `#` starts a comment.
    #[arg(long, value_name = "SCRIPT", required_unless_present = "from_incident")]
    pub outcomes: Option<String>,
    /// Replay the stored results around an incident: `payments-api/3`, or its incident key
    ///
    /// Reads the store. The output names what results cannot show, such as retries and rules for the body.
    #[arg(long, value_name = "INCIDENT", conflicts_with_all = ["outcomes", "parent", "from"])]
    pub from_incident: Option<String>,
    /// Outcomes of a monitor it depends on; repeatable
    ///
    /// The last outcome repeats until the end.
    #[arg(long, value_name = "ID=SCRIPT")]
    pub parent: Vec<String>,
    /// Exit 21 unless exactly these alerts result: `down at 12m, up at 14m`
    ///
    /// The time is optional. `none` expects no alert. `@FILE` reads the list from a file.
    #[arg(long, value_name = "ALERTS")]
    pub expect: Option<String>,
    /// Time of the first run; decides which maintenance windows apply
    #[arg(long, value_name = "TIME", default_value = "2026-01-05T00:00Z", value_parser = moment)]
    pub from: Timestamp,
    /// Time between two scheduled runs
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = period, env = "MONITORCTL_PERIOD")]
    pub period: Duration,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

impl CommandLine for Simulate {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        (
            "monitorctl simulate payments-api --outcomes 'up*3, fail*3, up' --expect 'down at 8m, up at 12m'",
            "Exit 21 unless this outage causes exactly these alerts.",
        ),
        (
            "monitorctl simulate --from-incident payments-api/3",
            "Replay the results around an incident with the policy in the files.",
        ),
    ];
    const EXITS: &'static [Exit] = &[Exit::Differing];

    fn shows_json(&self) -> bool {
        self.format == Format::Json
    }

    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        let scripts = self.parent.iter_mut().chain(&mut self.outcomes).chain(&mut self.expect);
        self.monitors.iter_mut().map(TypedPath::Read).chain(scripts.map(TypedPath::Text)).collect()
    }
}
