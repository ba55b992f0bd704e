//! `sync`: makes the config table equal to the files.

use std::path::Path;

use super::catalog::{Read, desired, review, show};
use super::context::{Context, is_ci, variable};
use super::failure::Failure;
use super::output::Output;
use super::terminal::Terminal;
use super::wish::Wish;
use crate::cli::Sync;
use crate::exit::Exit;
use crate::plan::{Generation, Plan, Stamp};
use crate::report;
use crate::source::Repository;
use crate::store::{Applied, Batch, ConfigWriter, HeadSeen, Store};

pub async fn sync(context: &Context, args: &Sync) -> Result<Exit, Failure> {
    let owner = context.owner()?;
    let wish = Wish::of(&args.planning)?;
    let output = Output::open(&args.showing)?;
    let desired = desired(context, &args.monitors)?;
    let store = context.open_store().await?;
    let read = Read::all(&store.config_reader()).await?;
    let reviewed = review(context, owner, &args.monitors, &desired, &read, &wish)?;
    show(context, &reviewed, output)?;
    let plan = &reviewed.plan;
    if !reviewed.refusals.is_empty() {
        let number = report::count(reviewed.refusals.len(), "reason");
        return Err(Failure::new(
            Exit::Refused,
            format!("the plan was refused for {number}; nothing was written"),
        ));
    }
    if plan.is_empty() {
        return Ok(Exit::Done);
    }
    confirm(context, args)?;
    let generation = apply(plan, stamp(owner, &store), &store.config_writer()).await?;
    let changes = report::count(plan.size(), "change");
    context.terminal.say(&format!("applied {changes}; the catalog is at generation {}", generation.0));
    Ok(Exit::Done)
}

/// Goes on only with `--yes`, or with exactly `yes` from a person.
fn confirm(context: &Context, args: &Sync) -> Result<(), Failure> {
    if args.yes {
        return Ok(());
    }
    let unconfirmed =
        |message| Err(Failure::new(Exit::Unconfirmed, message).help("`--yes` applies without asking"));
    if !Terminal::can_ask() || is_ci() {
        return unconfirmed("nobody is here to confirm; nothing was written");
    }
    match context.terminal.ask("\nApply this plan? Only `yes` is taken: ").as_deref() {
        Some("yes") => Ok(()),
        _ => unconfirmed("not confirmed; nothing was written"),
    }
}

/// Writes the plan, batch by batch, each only if nothing has changed since the plan was made.
async fn apply(plan: &Plan, mut stamp: Stamp, writer: &ConfigWriter) -> Result<Generation, Failure> {
    let digest = plan.digest();
    let count = u64::try_from(plan.desired).unwrap_or(u64::MAX);
    let mut expected = plan.base;
    let batches = plan.batches();
    for (done, writes) in batches.iter().enumerate() {
        stamp.generation = Generation(expected.unwrap_or_default().0 + 1);
        let settings = &plan.settings.after;
        let batch = Batch { expected, stamp: &stamp, plan_digest: &digest, count, settings, writes };
        match writer.apply(batch).await {
            Ok(Applied::Done { generation }) => expected = Some(generation),
            Ok(Applied::Overtaken { head, items }) => return Err(overtaken(head, &items, done)),
            Err(error) if done == 0 => return Err(error.into()),
            Err(error) => {
                let failure = Failure::from(error);
                return Err(failure.at(Exit::Partly).help(format!(
                    "{done} of {} parts are applied; the same command goes on from there",
                    batches.len()
                )));
            }
        }
    }
    Ok(expected.unwrap_or_default())
}

fn overtaken(head: HeadSeen, items: &[crate::monitor::MonitorId], done: usize) -> Failure {
    let what = match (head, items) {
        (HeadSeen::Moved, _) => "somebody else synced this owner's catalog".to_owned(),
        (HeadSeen::AsExpected, items) => {
            let ids: Vec<_> = items.iter().map(ToString::to_string).collect();
            format!("somebody changed {}", ids.join(", "))
        }
    };
    let written = if done == 0 { "nothing was written" } else { "a part was written before" };
    Failure::new(Exit::Stale, format!("{what} since the plan was made; {written}"))
        .help("run it again to see the new plan")
}

/// Who applies what and when.
fn stamp(owner: &str, store: &Store) -> Stamp {
    Stamp {
        owner: owner.to_owned(),
        commit: commit(),
        generation: Generation::default(),
        synced_at: store.now(),
        synced_by: synced_by(),
    }
}

/// The commit that is applied: the CI's word, or git's.
fn commit() -> Option<String> {
    variable("GITHUB_SHA")
        .or_else(|| Repository::around(Path::new(".")).ok()?.commit("HEAD").ok())
        .map(|hash| hash.chars().take(12).collect())
}

/// The CI run, or the person at the machine.
fn synced_by() -> String {
    let run = variable("GITHUB_RUN_ID").map(|run| {
        let repository = variable("GITHUB_REPOSITORY").unwrap_or_default();
        format!("github:{repository}/runs/{run}")
    });
    run.unwrap_or_else(|| {
        let user = variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "unknown".to_owned());
        format!("{user}@{}", super::context::host())
    })
}
