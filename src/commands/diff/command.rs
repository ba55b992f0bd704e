//! `diff`: shows what sync would change. It holds only a reader.

use super::explain::explain;
use super::offline::base_of;
use super::trial::trial;
use crate::cli::Diff;
use crate::commands::catalog::{Read, Reviewed, desired, review, show};
use crate::commands::context::Context;
use crate::commands::failure::Failure;
use crate::commands::output::Output;
use crate::commands::wish::Wish;
use crate::exit::Exit;

pub async fn diff(context: &Context, args: &Diff) -> Result<Exit, Failure> {
    if let Some(field) = &args.explain {
        return explain(context, args, field).await;
    }
    let owner = context.owner()?;
    let wish = Wish::of(&args.planning)?;
    let output = Output::open(&args.showing)?;
    let desired = desired(context, &args.monitors)?;
    let read = before(context, args, owner, desired.len()).await?;
    let mut reviewed = review(context, owner, &args.monitors, &desired, &read, &wish)?;
    if args.drift {
        reviewed.only_drift();
    }
    if args.probe {
        reviewed.trials = Some(trial(context, args, &reviewed.plan).await?);
    }
    show(context, &reviewed, output)?;
    Ok(exit(&reviewed, args))
}

/// What the files are compared with: the table, or the files of an earlier commit.
async fn before(context: &Context, args: &Diff, owner: &str, monitors: usize) -> Result<Read, Failure> {
    match (&args.planning.base, args.offline) {
        (Some(base), true) => base_of(context, &args.monitors, owner, base, monitors),
        (_, true | false) => Read::all(&context.open_store().await?.config_reader()).await,
    }
}

fn exit(reviewed: &Reviewed, args: &Diff) -> Exit {
    let drifted = reviewed.plan.changes.iter().filter(|change| change.drift.is_some()).count();
    let pending = if args.drift { 0 } else { reviewed.plan.size() - reviewed.plan.counts().drift };
    match (reviewed.refusals.is_empty(), args.exit_code, pending, drifted) {
        // What sync would refuse is no plan, whether it was asked for a code or not.
        (false, _, _, _) => Exit::Refused,
        (true, false, _, _) | (true, true, 0, 0) => Exit::Done,
        (true, true, _, 0) => Exit::Pending,
        (true, true, 0, _) => Exit::Drifted,
        (true, true, _, _) => Exit::PendingAndDrifted,
    }
}
