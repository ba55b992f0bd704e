//! The command line of `diff`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::describe::{CommandLine, Reads, TypedPath};
use super::{PlanFormat, Planning, Showing, duration};
use crate::exit::Exit;

/// How long results are kept.
const KEPT: Duration = Duration::from_hours(90 * 24);

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Diff {
    /// Folder of the monitor files [default: `folders` of monitorctl.yaml, else monitors]
    #[arg(value_name = "DIR")]
    pub monitors: Option<PathBuf>,
    /// Show only drift: changes made in the table by hand
    #[arg(long)]
    pub drift: bool,
    /// Compare with the files of the base commit instead of the table
    ///
    /// Needs no credentials.
    #[arg(long, requires = "base", conflicts_with_all = ["drift", "explain"])]
    pub offline: bool,
    /// Probe added and changed monitors once from this machine
    ///
    /// Writes nothing.
    #[arg(long)]
    pub probe: bool,
    /// With --probe: resolve secrets and probe the monitors that use them
    ///
    /// Without this option, --probe skips monitors that refer to a secret.
    #[arg(long, requires = "probe")]
    pub secrets: bool,
    /// With --probe: allow probes of these private address ranges
    #[arg(long, value_name = "CIDR", env = "MONITORCTL_ALLOW", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Replay the stored results of this time with the policies before and after the change: `30d`
    ///
    /// Shows for each added or changed monitor the alerts before and after, and the outages that are alerted later or
    /// not at all. Results are kept for 90 days. What they cannot show is named, such as retries and rules for the body.
    #[arg(long, value_name = "DURATION", value_parser = window, conflicts_with_all = ["offline", "explain"])]
    pub backtest: Option<Duration>,
    /// Explain one value: where it is set, and its value in the table
    ///
    /// Name the monitor and the field, for example `payments-api.expect.status`.
    #[arg(long, value_name = "ID.FIELD", conflicts_with_all = ["drift", "probe", "outputs"])]
    pub explain: Option<String>,
    /// Exit 10 if changes are pending, 11 if the table drifted, 12 if both
    #[arg(long)]
    pub exit_code: bool,
    #[command(flatten)]
    pub planning: Planning,
    #[command(flatten)]
    pub showing: Showing,
}

impl CommandLine for Diff {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl diff", "Show what sync would change."),
        ("monitorctl diff --probe --only 'payments-*'", "Also probe the added and changed monitors once."),
        (
            "monitorctl diff --backtest 30d",
            "Also count the alerts of the last 30 days before and after the change.",
        ),
        ("monitorctl diff --format json > plan.json", "Write a plan that sync --plan applies."),
    ];
    const EXITS: &'static [Exit] =
        &[Exit::Refused, Exit::ChangesPending, Exit::Drifted, Exit::PendingAndDrifted];

    fn shows_json(&self) -> bool {
        self.showing.format == PlanFormat::Json
    }

    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        let written = self.showing.outputs.iter_mut().map(|output| TypedPath::Written(&mut output.path));
        self.monitors.iter_mut().map(TypedPath::Read).chain(written).collect()
    }
}

/// No longer than results are kept.
fn window(text: &str) -> Result<Duration, String> {
    let window = duration(text)?;
    if window <= KEPT {
        Ok(window)
    } else {
        Err("results are kept for 90 days: write 90d or less".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backtest_reaches_no_further_back_than_results_are_kept() {
        assert_eq!(window("90d"), Ok(KEPT));
        assert!(window("91d").is_err_and(|why| why.contains("90 days")));
        assert!(window("0s").is_err());
    }
}
