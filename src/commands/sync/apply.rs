//! Writes a plan, transaction by transaction, each only if nothing has changed since the plan was made.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use tokio::sync::watch;

use super::goal::Goal;
use crate::commands::plan_request::PlanRequest;
use crate::commands::resume::Proposal;
use crate::monitor::MonitorId;
use crate::plan::{
    Generation, Journal, Plan, PlanPart, RunExtent, RunId, RunPage, SettingsWritten, Stamp, SyncRun,
    environment_after,
};
use crate::report::chain;
use crate::store::{Applied, AppliedCommit, Batch, ConfigWriter, StoreError};

/// A plan with everything that applying it needs.
pub struct ApplyOrder<'a> {
    pub plan: &'a Plan,
    /// What is to be written.
    pub parts: Vec<PlanPart>,
    /// Parts that were written before an interruption.
    pub before: u32,
    pub run: SyncRun,
    stamp: Stamp,
    /// What the head names once all is written.
    commit: AppliedCommit,
}

/// Why an apply did not come to its end.
#[derive(Debug)]
pub struct ApplyHalt {
    /// Parts that are written, by this process or before.
    pub done: u32,
    pub why: Why,
}

#[derive(Debug)]
pub enum Why {
    /// The table is not as the plan saw it.
    Overtaken,
    Store(StoreError),
    /// It was asked for.
    Signal,
}

impl<'a> ApplyOrder<'a> {
    pub fn of(proposal: &'a Proposal<'_>, goal: &Goal, request: &PlanRequest, stamp: Stamp) -> Self {
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
        let extent = if request.scope.only.is_some() { RunExtent::Part } else { RunExtent::Whole };
        let settings = (!plan.settings.fields.is_empty()).then(|| SettingsWritten {
            before: head.as_ref().map(|head| head.settings.clone()).unwrap_or_default(),
            after: plan.settings.after.clone(),
        });
        let run = SyncRun {
            id,
            undoes: goal.undoes().cloned(),
            extent,
            plan_digest: plan.digest(),
            overrides: reviewed.heading.allowed.clone(),
            approved_by: reviewed
                .approved_by
                .clone()
                .or_else(|| resumed.as_ref()?.journal.approved_by.clone()),
            environment_before: head.as_ref().and_then(|head| head.environment.clone()),
            commit_before: head.as_ref().and_then(|head| head.commit.clone()),
            settings,
        };
        let stamp = match goal {
            Goal::Files { .. } => stamp,
            Goal::Undo { pages, run: _ } => {
                let environment = match extent {
                    RunExtent::Whole => environment_after(pages, head.as_ref()),
                    RunExtent::Part => head.as_ref().and_then(|head| head.environment.as_deref()),
                };
                Stamp { environment: environment.map(str::to_owned), ..stamp }
            }
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
fn applied_commit(goal: &Goal, extent: RunExtent, stamp: &Stamp, first: Generation) -> AppliedCommit {
    match (goal, extent) {
        (_, RunExtent::Part) => AppliedCommit::Stays,
        (Goal::Files { .. }, RunExtent::Whole) => AppliedCommit::Becomes(stamp.commit.clone()),
        // If no other run wrote in between, the table is what it was before that run.
        (Goal::Undo { run: _, pages }, RunExtent::Whole) => match pages.last() {
            Some(last) if last.stamp.generation.0 + 1 == first.0 => {
                AppliedCommit::Becomes(last.run.commit_before.clone())
            }
            Some(_) | None => AppliedCommit::Stays,
        },
    }
}

/// How an apply came to its end.
#[derive(Debug, PartialEq)]
pub struct Applying {
    /// That the catalog has then.
    pub generation: Generation,
    /// Monitors of the plan that no table takes, each with the reason. The others are written.
    pub rejected: BTreeMap<MonitorId, String>,
}

/// Writes what is missing, and goes on without what the table does not take.
pub async fn apply(
    order: &ApplyOrder<'_>,
    writer: &ConfigWriter,
    stop: &watch::Receiver<bool>,
) -> Result<Applying, ApplyHalt> {
    let ApplyOrder { plan, parts, before, run, stamp, commit } = order;
    let mut queue: VecDeque<PlanPart> = parts.iter().cloned().collect();
    let (mut done, mut generation, mut rejected) = (*before, plan.base, BTreeMap::new());
    while let Some(part) = queue.pop_front() {
        if *stop.borrow() {
            return Err(ApplyHalt { done, why: Why::Signal });
        }
        let (number, is_last) = (done + 1, queue.is_empty());
        let next = Generation(generation.unwrap_or_default().0 + 1);
        let journal = (!is_last).then(|| Journal {
            run: run.id.clone(),
            undoes: run.undoes.clone(),
            commit: match commit {
                AppliedCommit::Becomes(commit) => commit.clone(),
                AppliedCommit::Stays => None,
            },
            plan_digest: run.plan_digest.clone(),
            approved_by: run.approved_by.clone(),
            done: number,
            parts: number + u32::try_from(queue.len()).unwrap_or(u32::MAX),
            generation: next,
        });
        let stamp = Stamp { generation: next, ..stamp.clone() };
        let page = RunPage { run: run.clone(), number, stamp, items: part.items.clone() };
        // Without one of its monitors, a commit is not applied as a whole.
        let is_whole = is_last && rejected.is_empty();
        let batch = Batch {
            expected: generation,
            page: &page,
            count: count(plan, &rejected),
            settings: &plan.settings.after,
            commit: if is_whole { commit } else { &AppliedCommit::Stays },
            journal: journal.as_ref(),
            writes: &part.writes,
        };
        match writer.apply(batch).await {
            Ok(Applied::Done { generation: made }) => (done, generation) = (number, Some(made)),
            Ok(Applied::Overtaken { head: _, items: _ }) => {
                return Err(ApplyHalt { done, why: Why::Overtaken });
            }
            Err(error) => {
                let Some((rest, found)) = divide(&part, &error) else {
                    return Err(ApplyHalt { done, why: Why::Store(error) });
                };
                rejected.extend(found);
                for part in rest.into_iter().rev() {
                    queue.push_front(part);
                }
                if queue.is_empty() {
                    if done == *before && plan.settings.fields.is_empty() {
                        return Err(ApplyHalt { done, why: Why::Store(error) });
                    }
                    queue.push_back(PlanPart::default()); // the head alone, which says that the run is at its end
                }
            }
        }
    }
    Ok(Applying { generation: generation.unwrap_or_default(), rejected })
}

/// What is left of a part that the table does not take, in parts, and which monitors it does not take; `None` if that is
/// no matter of single monitors.
fn divide(part: &PlanPart, error: &StoreError) -> Option<(Vec<PlanPart>, BTreeMap<MonitorId, String>)> {
    let StoreError::Rejected { rejected, .. } = error else { return None };
    let changes = part.changes();
    let ids = |part: &PlanPart| part.writes.iter().map(|write| write.id().clone()).collect::<BTreeSet<_>>();
    match (rejected.as_slice(), changes.as_slice()) {
        ([], []) => None,
        // The table does not say which one it means.
        ([], [one]) => {
            let first = one.writes.first()?.id().clone();
            Some((Vec::new(), BTreeMap::from([(first, chain(error))])))
        }
        ([], _) => Some((changes, BTreeMap::new())),
        (rejected, _) => {
            let named = |id: &MonitorId| rejected.iter().find(|item| item.key == id.as_str());
            let found: BTreeMap<_, _> = ids(part)
                .into_iter()
                .filter_map(|id| named(&id).map(|item| item.why.clone()).map(|why| (id, why)))
                .collect();
            let rest = part.without(&found.keys().cloned().collect());
            let rest = if rest.writes.is_empty() { Vec::new() } else { vec![rest] };
            match (found.is_empty(), changes.len()) {
                (false, _) => Some((rest, found)),
                // What is written down of the whole is what it does not take: the record, or the head.
                (true, 0 | 1) => None,
                (true, _) => Some((changes, BTreeMap::new())),
            }
        }
    }
}

/// Monitors in the catalog afterwards.
fn count(plan: &Plan, rejected: &BTreeMap<MonitorId, String>) -> u64 {
    let without = rejected.keys().cloned().collect();
    u64::try_from(plan.owned_after_without(&without)).unwrap_or(u64::MAX)
}
