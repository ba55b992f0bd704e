//! The command, from its arguments to its exit code.

use anstream::adapter::strip_str;

use super::apply::{ApplyOrder, Applying, apply};
use super::approval::Approval;
use super::goal::{Goal, Wanted};
use super::halt;
use super::refused::{PriorReview, refuse};
use super::reviewed::{self, Promised};
use super::stamp::stamp;
use crate::cli::Sync;
use crate::commands::catalog::{Read, show};
use crate::commands::context::{Context, Missing};
use crate::commands::environment::is_ci;
use crate::commands::failure::Failure;
use crate::commands::output::Output;
use crate::commands::plan_request::PlanRequest;
use crate::commands::resume::{Proposal, propose};
use crate::commands::shard::shard;
use crate::commands::signals::Signals;
use crate::commands::suggested_command::undo_command;
use crate::commands::terminal::Terminal;
use crate::exit::Exit;
use crate::monitor::count;
use crate::plan::{Plan, Promise};
use crate::report::{FAINT, paint};
use crate::store::Store;

pub async fn sync(context: &Context, args: &Sync) -> Result<Exit, Failure> {
    let owner = context.owner_to_write()?;
    let request = PlanRequest::of(&args.planning)?;
    let promise = reviewed::promise(args)?;
    let approval = Approval::of(args, promise.as_ref())?;
    let prior = PriorReview::of(args)?;
    let output = Output::open(&args.showing)?;
    let wanted = Wanted::of(context, args)?;
    let store = context.open_store(Missing::IsMade).await?;
    let reader = store.config_reader(&shard());
    let read = Read::now(&reader).await?;
    let goal = wanted.goal(&reader, owner, read.head(owner)).await?;
    let review = |read: &Read| {
        let planned = |request: &PlanRequest| goal.review(context, owner, read, request);
        approval.as_ref().map_or_else(|| planned(&request), |approval| approval.review(&request, planned))
    };
    let proposal = propose(&reader, owner, &read, review).await?;
    let job = show(context, &proposal.reviewed, output).map_err(Failure::before_writing)?;
    say_what_is_special(context, &proposal, args);
    let work =
        Work { context, store: &store, read: &read, goal: &goal, proposal: &proposal, request: &request };
    let end = carry_out(&work, args, promise.as_ref(), &prior).await;
    match &end {
        Ok(PlanEnd { exit, summary }) => job.conclude(context.terminal, *exit, summary),
        Err(failure) => job.conclude(context.terminal, failure.exit, &failure.plain()),
    }
    end.map(|end| end.exit)
}

/// What became of a plan.
struct PlanEnd {
    exit: Exit,
    summary: String,
}

impl PlanEnd {
    /// Says it, and that all is done.
    fn done(context: &Context, summary: &str) -> Self {
        context.terminal.say(summary);
        Self { exit: Exit::Done, summary: strip_str(summary).to_string() }
    }

    /// Says this too.
    fn and(self, context: &Context, more: &str) -> Self {
        context.terminal.say(more);
        Self { summary: format!("{}\n{more}", self.summary), ..self }
    }
}

/// What there is once the plan is shown.
#[derive(Clone, Copy)]
struct Work<'a> {
    context: &'a Context,
    store: &'a Store,
    read: &'a Read,
    goal: &'a Goal,
    proposal: &'a Proposal<'a>,
    request: &'a PlanRequest,
}

/// The steps after that.
async fn carry_out(
    work: &Work<'_>,
    args: &Sync,
    promise: Option<&Promise>,
    prior: &PriorReview,
) -> Result<PlanEnd, Failure> {
    let Work { context, read, goal, proposal, request, .. } = *work;
    let plan = &proposal.reviewed.plan;
    if let Some(promise) = promise {
        match reviewed::hold(promise, &proposal.reviewed, read.head(&plan.owner))? {
            Promised::AsReviewed => {}
            Promised::AppliedBefore => {
                let summary = "the reviewed plan is already applied";
                return Ok(PlanEnd::done(context, summary));
            }
        }
    }
    refuse(context, request, &proposal.reviewed, prior, goal.folders())?;
    let end = if plan.is_empty() {
        PlanEnd { exit: Exit::Done, summary: "nothing to do".to_owned() }
    } else {
        say_what_undo_leaves(context, goal);
        confirm(context, args)?;
        write(work).await?
    };
    Ok(without_left_out(context, plan, end))
}

/// What an unreadable item kept from being written is said last: a job must not look as if all was done.
fn without_left_out(context: &Context, plan: &Plan, end: PlanEnd) -> PlanEnd {
    if plan.left_out.is_empty() {
        return end;
    }
    let ids: Vec<_> = plan.left_out.iter().map(ToString::to_string).collect();
    let left = format!("not synced, because the stored item is unreadable: {}", ids.join(", "));
    context.terminal.warn(&left);
    PlanEnd { exit: Exit::Partly, summary: format!("{}\n{left}", end.summary) }
}

/// What the plan itself does not show.
fn say_what_is_special(context: &Context, proposal: &Proposal<'_>, args: &Sync) {
    let only = "with --only the applied commit stays the same".to_owned();
    for note in proposal.note.iter().cloned().chain(args.planning.only.first().map(|_| only)) {
        context.terminal.say(&note);
    }
}

/// Said only where it can still come to that.
fn say_what_undo_leaves(context: &Context, goal: &Goal) {
    if let Goal::Undo { .. } = goal {
        context.terminal.say(
            "the files still contain the undone change: revert them too, or the next sync applies it again",
        );
    }
}

/// Goes on only with `--yes`, or with exactly `yes` from a person.
fn confirm(context: &Context, args: &Sync) -> Result<(), Failure> {
    if args.yes {
        return Ok(());
    }
    let unconfirmed =
        |message| Err(Failure::new(Exit::Unconfirmed, message).help("`--yes` applies without confirmation"));
    if !Terminal::can_ask() || is_ci() {
        return unconfirmed("not a terminal: pass --yes to apply; nothing was written");
    }
    match context.terminal.ask("\nApply this plan? Type `yes` to confirm: ").as_deref() {
        Some("yes") => Ok(()),
        _ => unconfirmed("not confirmed; nothing was written"),
    }
}

/// Writes it, and says what became of it.
async fn write(work: &Work<'_>) -> Result<PlanEnd, Failure> {
    let Work { context, store, read, goal, proposal, request } = *work;
    let signals = Signals::listen().map_err(|error| Failure::runtime(&error))?;
    let stamp = stamp(&proposal.reviewed.plan.owner, context.environment(), goal.folders(), store.now());
    let order = ApplyOrder::of(proposal, goal, request, stamp);
    let writer = store.config_writer(&shard());
    let Applying { generation, rejected } = match apply(&order, &writer, &signals.stop()).await {
        Ok(applying) => applying,
        Err(halt) => {
            return Err(
                halt::failure(halt, &order, read, &store.config_reader(&shard()), signals.caught()).await
            );
        }
    };
    let changes = proposal.reviewed.plan.size().saturating_sub(rejected.len());
    let changes = count(changes, "change");
    let before =
        proposal.resumed.as_ref().map(|resumed| format!(", {} of them before", resumed.written.len()));
    let end = PlanEnd::done(
        context,
        &format!(
            "applied {changes}{}; the catalog is at generation {}; {}",
            before.unwrap_or_default(),
            generation.0,
            paint(FAINT, &format!("undo: {}", undo_command(&order.run.id, context.called()))),
        ),
    );
    let end = match &proposal.reviewed.approved_by {
        None => end,
        Some(name) => end.and(context, &format!("approved by {name}")),
    };
    if rejected.is_empty() {
        return Ok(end);
    }
    let why: Vec<_> = rejected.iter().map(|(id, why)| format!("{id} ({why})")).collect();
    let left = format!("not synced, because the table rejects it: {}", why.join("; "));
    context.terminal.warn(&left);
    Ok(PlanEnd { exit: Exit::Partly, summary: format!("{}\n{left}", end.summary) })
}
