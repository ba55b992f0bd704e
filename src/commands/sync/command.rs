//! The command, from its arguments to its exit code.

use super::apply::{Order, apply};
use super::goal::{Goal, Wanted};
use super::halt;
use super::reviewed::{self, Promised};
use super::stamp::stamp;
use crate::cli::Sync;
use crate::commands::catalog::{Read, show};
use crate::commands::context::{Context, is_ci};
use crate::commands::failure::Failure;
use crate::commands::output::Output;
use crate::commands::resume::{Proposal, propose};
use crate::commands::signals::Signals;
use crate::commands::terminal::Terminal;
use crate::commands::wish::Wish;
use crate::exit::Exit;
use crate::monitor::MonitorId;
use crate::plan::Plan;
use crate::report::{self, FAINT, paint};
use crate::store::Store;

pub async fn sync(context: &Context, args: &Sync) -> Result<Exit, Failure> {
    let owner = context.owner()?;
    let wish = Wish::of(&args.planning)?;
    let promise = reviewed::promise(args)?;
    let output = Output::open(&args.showing)?;
    let wanted = Wanted::of(context, args)?;
    let store = context.open_store().await?;
    let reader = store.config_reader();
    let read = Read::now(&reader).await?;
    let goal = wanted.goal(&reader, owner, read.head(owner)).await?;
    let proposal = propose(&reader, owner, &read, |read| goal.review(context, owner, read, &wish)).await?;
    show(context, &proposal.reviewed, output)?;
    say_what_is_special(context, &proposal, &goal, args);
    let plan = &proposal.reviewed.plan;
    if let Some(promise) = promise {
        match reviewed::hold(&promise, plan, read.head(owner))? {
            Promised::AsReviewed => {}
            Promised::AppliedBefore => {
                context.terminal.say("the reviewed plan was applied before; there is nothing to do");
                return Ok(Exit::Done);
            }
        }
    }
    refuse(&proposal)?;
    if !plan.is_empty() {
        confirm(context, args)?;
        write(context, &store, &read, &goal, &proposal, &wish).await?;
    }
    Ok(done(context, plan))
}

/// What an unreadable item kept from being written is said last: a job must not look as if all was done.
fn done(context: &Context, plan: &Plan) -> Exit {
    if plan.left_out.is_empty() {
        return Exit::Done;
    }
    let ids: Vec<_> = plan.left_out.iter().map(MonitorId::as_str).collect();
    context.terminal.warn(&format!("not synced, because the stored item does not read: {}", ids.join(", ")));
    Exit::Partly
}

/// What the plan itself does not show.
fn say_what_is_special(context: &Context, proposal: &Proposal<'_>, goal: &Goal, args: &Sync) {
    let mut notes: Vec<String> = proposal.note.iter().cloned().collect();
    if args.planning.only.is_some() {
        notes.push("with --only no commit counts as applied: the head keeps the one that it has".to_owned());
    }
    if let (Goal::Undo { .. }, false) = (goal, proposal.reviewed.plan.is_empty()) {
        notes.push(
            "the files are not changed: the next sync brings all of this again, unless it is reverted there too"
                .to_owned(),
        );
    }
    for note in notes {
        context.terminal.say(&note);
    }
}

fn refuse(proposal: &Proposal<'_>) -> Result<(), Failure> {
    match proposal.reviewed.refusals.len() {
        0 => Ok(()),
        number => {
            let number = report::count(number, "reason");
            let message = format!("the plan was refused for {number}; nothing was written");
            Err(Failure::new(Exit::Refused, message))
        }
    }
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

async fn write(
    context: &Context,
    store: &Store,
    read: &Read,
    goal: &Goal,
    proposal: &Proposal<'_>,
    wish: &Wish,
) -> Result<(), Failure> {
    let signals = Signals::listen().map_err(|error| Failure::runtime(&error))?;
    let stamp = stamp(&proposal.reviewed.plan.owner, goal.folder(), store.now());
    let order = Order::of(proposal, goal, wish, stamp);
    let writer = store.config_writer();
    let generation = match apply(&order, &writer, &signals.stop()).await {
        Ok(generation) => generation,
        Err(halt) => {
            return Err(halt::told(halt, &order, read, &store.config_reader(), signals.caught()).await);
        }
    };
    let changes = report::count(proposal.reviewed.plan.size(), "change");
    let before =
        proposal.resumed.as_ref().map(|resumed| format!(", {} of them before", resumed.written.len()));
    context.terminal.say(&format!(
        "applied {changes}{}; the catalog is at generation {}; {}",
        before.unwrap_or_default(),
        generation.0,
        paint(FAINT, &format!("undo: monitorctl sync --undo {}", order.run.id)),
    ));
    Ok(())
}
