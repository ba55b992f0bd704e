//! The command line of `sync`.

use std::path::PathBuf;

use clap::Args;

use super::describe::{CommandLine, Reads, TypedPath};
use super::{PlanFormat, Planning, Showing};
use crate::exit::Exit;

#[derive(Debug, Args)]
pub struct Sync {
    /// Folder of the monitor files [default: `folders` of monitorctl.yaml, else monitors]
    #[arg(value_name = "DIR")]
    pub monitors: Option<PathBuf>,
    /// Apply exactly this plan from `diff --format json`, or refuse
    #[arg(long, value_name = "FILE", conflicts_with = "expect_plan")]
    pub plan: Option<PathBuf>,
    /// Apply exactly the plan with this digest (`sha256:…`), or refuse
    #[arg(long, value_name = "DIGEST")]
    pub expect_plan: Option<String>,
    /// Apply the reviewed plan, or any plan without a risk; refuse others
    ///
    /// DIGEST (`sha256:…`) names the plan that was reviewed before the merge. An empty or absent DIGEST says that no
    /// review is known. A plan has a risk if it loses, weakens or takes over monitors, sends secrets to new hosts, or
    /// may undo a newer commit.
    #[arg(
        long,
        value_name = "DIGEST",
        num_args = 0..=1,
        default_missing_value = "",
        conflicts_with_all = ["plan", "expect_plan", "undo"]
    )]
    pub reviewed: Option<String>,
    /// Approve the plan of --expect-plan, with exactly its own numbers
    ///
    /// Overrides every safety limit that this plan exceeds. The record of the run keeps NAME, by default the actor of
    /// the workflow, else the user.
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        conflicts_with_all = ["allow_loss", "allow_weaker", "allow_secret_host", "allow_rollback", "claim_table"]
    )]
    pub approve: Option<String>,
    /// Undo an earlier sync: the id of its run as it was printed, or `last`
    #[arg(
        long,
        value_name = "RUN",
        conflicts_with_all = ["plan", "expect_plan", "adopt", "take_over", "rename_owner", "allow_rollback", "claim_table", "base"]
    )]
    pub undo: Option<String>,
    /// Apply without confirmation
    #[arg(long, short)]
    pub yes: bool,
    #[command(flatten)]
    pub planning: Planning,
    #[command(flatten)]
    pub showing: Showing,
}

impl CommandLine for Sync {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl sync", "Show the plan, ask for confirmation, and apply it."),
        ("monitorctl sync --plan plan.json --yes", "Apply a reviewed plan without confirmation."),
        ("monitorctl sync --undo last", "Undo the last sync."),
    ];
    const EXITS: &'static [Exit] = &[
        Exit::Partly,
        Exit::Refused,
        Exit::Stale,
        Exit::Unconfirmed,
        Exit::HungUp,
        Exit::Interrupted,
        Exit::Quit,
        Exit::Terminated,
    ];

    fn shows_json(&self) -> bool {
        self.showing.format == PlanFormat::Json
    }

    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        let read = self.plan.iter_mut().map(TypedPath::Read);
        let written = self.showing.outputs.iter_mut().map(|output| TypedPath::Written(&mut output.path));
        self.monitors.iter_mut().map(TypedPath::Read).chain(read).chain(written).collect()
    }
}
