//! `diff`: shows what sync would change. It holds only a reader.

use super::backtest::backtest;
use super::explain::explain;
use super::offline::review_offline;
use super::probe_preview::probe_preview;
use crate::cli::Diff;
use crate::commands::catalog::{Read, Reviewed, desired, review, show};
use crate::commands::context::{Context, Missing};
use crate::commands::failure::Failure;
use crate::commands::folders::folders;
use crate::commands::output::Output;
use crate::commands::plan_request::PlanRequest;
use crate::commands::resume::{Proposal, propose};
use crate::commands::shard::shard;
use crate::exit::Exit;
use crate::report::chain;
use crate::source::MonitorFolders;
use crate::store::{StateReader, StoreError};

pub async fn diff(context: &Context, args: &Diff) -> Result<Exit, Failure> {
    if let Some(field) = &args.explain {
        return explain(context, args, field).await;
    }
    let owner = context.owner()?;
    let request = PlanRequest::of(&args.planning)?;
    let output = Output::open(&args.showing)?;
    let folders = folders(context, args.monitors.as_deref())?;
    let reviewed = match &args.planning.base {
        Some(base) if args.offline => {
            review_offline(context, &folders, owner, base, &request).map(|reviewed| (reviewed, None))
        }
        Some(_) | None => against_table(context, &folders, owner, &request)
            .await
            .map(|(reviewed, history)| (reviewed, Some(history))),
    };
    let (mut reviewed, history) = match reviewed {
        Ok(reviewed) => reviewed,
        Err(failure) => {
            output.show_problems(context.environment().as_deref(), &failure)?;
            return Err(failure);
        }
    };
    if args.drift {
        reviewed.only_drift();
    }
    if args.probe {
        reviewed.probe_previews = Some(probe_preview(context, args, &reviewed.plan).await?);
    }
    if let (Some(window), Some(history)) = (args.backtest, &history) {
        let now = context.clock.wall();
        match backtest(history, &reviewed.plan, window, request.period, now).await {
            Ok(report) => reviewed.backtest = Some(report),
            Err(error) => reviewed.notes.push(no_backtest(&error)),
        }
    }
    show(context, &reviewed, output)?;
    Ok(exit(&reviewed, args))
}

/// The plan that sync would make, also where it would go on with an interrupted run; and the history of the monitors.
async fn against_table(
    context: &Context,
    folders: &MonitorFolders,
    owner: &str,
    request: &PlanRequest,
) -> Result<(Reviewed, StateReader), Failure> {
    let store = context.open_store(Missing::CountsAsEmpty).await?;
    let (reader, history) = (store.config_reader(&shard()), store.state_reader(&shard()));
    // The table comes while the files are read.
    let table = reader.clone();
    let table = tokio::spawn(async move { Read::all(&table).await });
    let desired = tokio::task::block_in_place(|| desired(context, folders))?;
    let read = table
        .await
        .map_err(|error| Failure::new(Exit::Failed, format!("cannot read the table: {error}")))??;
    let plan = |read: &Read| review(context, owner, folders, &desired, read, request);
    let Proposal { mut reviewed, note, .. } = propose(&reader, owner, &read, plan).await?;
    reviewed.notes.extend(note);
    Ok((reviewed, history))
}

/// The plan stands without it.
fn no_backtest(error: &StoreError) -> String {
    format!(
        "no backtest: cannot read the history: {}; allow dynamodb:Query on the history table, as the policy of `diff` in \
         infra/terraform does",
        chain(error)
    )
}

fn exit(reviewed: &Reviewed, args: &Diff) -> Exit {
    let drifted = reviewed.plan.changes.iter().filter(|change| change.drift.is_some()).count();
    let pending = if args.drift { 0 } else { reviewed.plan.size() - reviewed.plan.counts().drift };
    match (reviewed.refusals.is_empty(), args.exit_code, pending, drifted) {
        // What sync would refuse is no plan, whether it was asked for a code or not.
        (false, _, _, _) => Exit::Refused,
        (true, false, _, _) | (true, true, 0, 0) => Exit::Done,
        (true, true, _, 0) => Exit::ChangesPending,
        (true, true, 0, _) => Exit::Drifted,
        (true, true, _, _) => Exit::PendingAndDrifted,
    }
}
