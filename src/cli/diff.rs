//! The command line of `diff`.

use std::path::PathBuf;

use clap::Args;

use super::describe::{CommandLine, Reads, TypedPath};
use super::{PlanFormat, Planning, Showing};
use crate::exit::Exit;

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
