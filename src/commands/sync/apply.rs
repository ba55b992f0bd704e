//! Writes a plan, transaction by transaction, each only if nothing has changed since the plan was made.

use std::collections::BTreeSet;

use tokio::sync::watch;

use super::goal::Goal;
use crate::commands::resume::Proposal;
use crate::commands::wish::Wish;
use crate::plan::{Extent, Generation, Journal, Part, Plan, Run, RunId, RunPage, SettingsWritten, Stamp};
use crate::store::{Applied, AppliedCommit, Batch, ConfigWriter, StoreError};

/// A plan with everything that applying it needs.
pub struct Order<'a> {
    pub plan: &'a Plan,
    /// What is to be written.
    pub parts: Vec<Part>,
    /// Parts that were written before an interruption.
    pub before: u32,
    pub run: Run,
    stamp: Stamp,
    /// What the head names once all is written.
    commit: AppliedCommit,
}

/// Why an apply did not come to its end.
#[derive(Debug)]
pub struct Halt {
    /// Parts that are written, by this process or before.
    pub done: u32,
    pub why: Why,
}

#[derive(Debug)]
pub enum Why {
    /// The table is not as the plan saw it.
    Overtaken,
    Store(StoreError),
    /// Somebody asked for it.
    Signal,
}

impl<'a> Order<'a> {
    pub fn of(proposal: &'a Proposal<'_>, goal: &Goal, wish: &Wish, stamp: Stamp) -> Self {
        let Proposal { reviewed, items, head, resumed, note: _ } = proposal;
        let plan = &reviewed.plan;
        let nothing = BTreeSet::new();
        let (id, before, written) = match resumed {
            Some(resumed) => (resumed.journal.run.clone(), resumed.journal.done, &resumed.written),
            None => (new_run(), 0, &nothing),
        };
        let first = match resumed {
            Some(resumed) => resumed.first,
            None => Generation(plan.base.unwrap_or_default().0 + 1),
        };
        let extent = if wish.scope.only.is_some() { Extent::Part } else { Extent::Whole };
        let settings = (!plan.settings.fields.is_empty()).then(|| SettingsWritten {
            before: head.as_ref().map(|head| head.settings.clone()).unwrap_or_default(),
            after: plan.settings.after.clone(),
        });
        let run = Run {
            id,
            undoes: goal.undoes().cloned(),
            extent,
            plan_digest: plan.digest(),
            overrides: wish.overrides.text(),
            commit_before: head.as_ref().and_then(|head| head.commit.clone()),
            settings,
        };
        let commit = applied_commit(goal, extent, &stamp, first);
        Self { plan, parts: plan.parts(items, written), before, run, stamp, commit }
    }

    /// The generation of the head once so many parts are written.
    pub fn expected(&self, done: u32) -> Option<Generation> {
        match (self.plan.base, u64::from(done.saturating_sub(self.before))) {
            (None, 0) => None,
            (base, parts) => Some(Generation(base.unwrap_or_default().0 + parts)),
        }
    }

    /// Parts of the whole run.
    pub fn total(&self) -> u32 {
        self.before + u32::try_from(self.parts.len()).unwrap_or(u32::MAX)
    }
}

fn new_run() -> RunId {
    let name = ulid::Ulid::generate().to_string();
    RunId::parse(&name).unwrap_or_else(|| unreachable!("a ULID has the form of one"))
}

/// The commit that is applied as a whole afterwards.
fn applied_commit(goal: &Goal, extent: Extent, stamp: &Stamp, first: Generation) -> AppliedCommit {
    match (goal, extent) {
        (_, Extent::Part) => AppliedCommit::Stays,
        (Goal::Files { .. }, Extent::Whole) => AppliedCommit::Becomes(stamp.commit.clone()),
        // If nobody wrote in between, the table is what it was before that run.
        (Goal::Undo { run: _, pages }, Extent::Whole) => match pages.last() {
            Some(last) if last.stamp.generation.0 + 1 == first.0 => {
                AppliedCommit::Becomes(last.run.commit_before.clone())
            }
            Some(_) | None => AppliedCommit::Stays,
        },
    }
}

/// Writes what is missing; gives the generation that the catalog has then.
pub async fn apply(
    order: &Order<'_>,
    writer: &ConfigWriter,
    stop: &watch::Receiver<bool>,
) -> Result<Generation, Halt> {
    let Order { plan, parts, before, run, stamp, commit } = order;
    let (total, count) = (order.total(), u64::try_from(plan.owned_after()).unwrap_or(u64::MAX));
    let mut expected = plan.base;
    for (number, part) in (before + 1..).zip(parts) {
        let halt = |why| Err(Halt { done: number - 1, why });
        if *stop.borrow() {
            return halt(Why::Signal);
        }
        let generation = Generation(expected.unwrap_or_default().0 + 1);
        let is_last = number == total;
        let journal = (!is_last).then(|| Journal {
            run: run.id.clone(),
            undoes: run.undoes.clone(),
            commit: match commit {
                AppliedCommit::Becomes(commit) => commit.clone(),
                AppliedCommit::Stays => None,
            },
            plan_digest: run.plan_digest.clone(),
            done: number,
            parts: total,
            generation,
        });
        let stamp = Stamp { generation, ..stamp.clone() };
        let page = RunPage { run: run.clone(), number, stamp, items: part.items.clone() };
        let batch = Batch {
            expected,
            page: &page,
            count,
            settings: &plan.settings.after,
            commit: if is_last { commit } else { &AppliedCommit::Stays },
            journal: journal.as_ref(),
            writes: &part.writes,
        };
        match writer.apply(batch).await {
            Ok(Applied::Done { generation }) => expected = Some(generation),
            Ok(Applied::Overtaken { head: _, items: _ }) => return halt(Why::Overtaken),
            Err(error) => return halt(Why::Store(error)),
        }
    }
    Ok(expected.unwrap_or_default())
}
