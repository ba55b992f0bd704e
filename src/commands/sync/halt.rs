//! What is said when an apply did not come to its end.

use std::collections::BTreeSet;

use super::apply::{ApplyHalt, ApplyOrder, Why};
use crate::commands::catalog::{READING, Read};
use crate::commands::failure::Failure;
use crate::commands::signals::Signal;
use crate::exit::Exit;
use crate::monitor::MonitorId;
use crate::plan::{ItemWrite, PlanPart, Stored, since};
use crate::report;
use crate::store::ConfigReader;

/// Says what happened and how it goes on. `seen` is the table as the plan saw it.
pub async fn failure(
    halt: ApplyHalt,
    order: &ApplyOrder<'_>,
    seen: &Read,
    reader: &ConfigReader,
    signal: Option<Signal>,
) -> Failure {
    let ApplyHalt { done, why } = halt;
    let progress = match done {
        0 => "nothing was written".to_owned(),
        done => format!("{done} of {} parts are written", order.total()),
    };
    let on = format!(
        "the same command continues from there; `sync --undo {}` undoes what is written",
        order.run.id
    );
    match why {
        Why::Overtaken => overtaken(order, done, &progress, seen, reader).await,
        Why::Store(error) if done == 0 => error.into(),
        Why::Store(error) => Failure::from(error).at(Exit::Partly).help(format!("{progress}; {on}")),
        Why::Signal => {
            let exit = signal.map_or(Exit::Interrupted, Signal::exit);
            let failure = Failure::new(exit, format!("interrupted; {progress}"));
            if done == 0 { failure } else { failure.help(on) }
        }
    }
}

/// Reads the table again and shows what is different.
async fn overtaken(
    order: &ApplyOrder<'_>,
    done: u32,
    progress: &str,
    seen: &Read,
    reader: &ConfigReader,
) -> Failure {
    let now = match Read::now(reader).await {
        Ok(now) => now,
        Err(failure) => return failure,
    };
    let parts = usize::try_from(done.saturating_sub(order.before)).unwrap_or_default();
    let (written, left) = order.parts.split_at(parts.min(order.parts.len()));
    let (ours, left) = (ids(written), ids(left));
    let owner = &order.plan.owner;
    let concerns = |item: &Stored| {
        left.contains(&item.id) || (item.owner.as_ref() == Some(owner) && !ours.contains(&item.id))
    };
    let events = since(&seen.items, &now.items, READING.secrets, concerns);
    let since = report::since_text(seen.head(owner), now.head(owner), order.expected(done), &events);
    Failure::new(Exit::Stale, format!("the table changed since the plan was made; {progress}{since}"))
        .help("run it again to see the new plan")
}

fn ids(parts: &[PlanPart]) -> BTreeSet<MonitorId> {
    parts.iter().flat_map(|part| &part.writes).map(ItemWrite::id).cloned().collect()
}
