//! The command line of `sync`.

use std::path::PathBuf;

use clap::Args;

use super::{Planning, Showing};

#[derive(Debug, Args)]
pub struct Sync {
    /// Folder of the monitor files
    #[arg(value_name = "DIR", default_value = super::MONITORS)]
    pub monitors: PathBuf,
    /// Apply exactly this plan from `diff --format json`, or refuse
    #[arg(long, value_name = "FILE", conflicts_with = "expect_plan")]
    pub plan: Option<PathBuf>,
    /// Apply exactly the plan with this digest (`sha256:…`), or refuse
    #[arg(long, value_name = "DIGEST")]
    pub expect_plan: Option<String>,
    /// Undo an earlier sync: the id of its run as it was printed, or `last`
    #[arg(
        long,
        value_name = "RUN",
        conflicts_with_all = ["plan", "expect_plan", "adopt", "take_over", "allow_rollback", "base"]
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
