//! Goes on with a run that was interrupted, if the same is still wanted. `diff` and `sync` both plan through here, so that
//! what is reviewed is what is applied.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::commands::catalog::{Read, Reviewed};
use crate::commands::failure::Failure;
use crate::monitor::MonitorId;
use crate::plan::{Generation, Journal, RunPage, Stored, StoredHead, before_run};
use crate::store::{ConfigReader, StoreError};

/// A plan, and what of it was applied before.
pub struct Proposal<'a> {
    pub reviewed: Reviewed,
    /// The table that the plan was made against: as it was before the interrupted run, if that one goes on.
    pub items: Cow<'a, [Stored]>,
    pub head: Option<StoredHead>,
    /// The run that goes on.
    pub resumed: Option<Resumed>,
    /// What to say about an interrupted run.
    pub note: Option<String>,
}

/// A run that was interrupted and goes on.
pub struct Resumed {
    pub journal: Journal,
    /// That the first of its transactions made.
    pub first: Generation,
    /// What it has written.
    pub written: BTreeSet<MonitorId>,
}

/// Makes a plan. If a run was interrupted, it is taken back in thought first: where that gives the plan that was being
/// applied, the guard and the reviewer see the whole of it again, and only what is missing is written.
pub async fn propose<'a>(
    reader: &ConfigReader,
    owner: &str,
    read: &'a Read,
    review: impl Fn(&Read) -> Result<Reviewed, Failure>,
) -> Result<Proposal<'a>, Failure> {
    let head = read.head(owner);
    let mut note = None;
    if let Some((head, journal)) = head.and_then(|head| Some((head, head.journal.as_ref()?))) {
        if let Some(proposal) = resumed(reader, owner, read, head, journal, &review).await? {
            return Ok(proposal);
        }
        note = Some(format!(
            "the run {} was interrupted after {} of {} parts, and the files changed since; this is a new plan against the table",
            journal.run, journal.done, journal.parts
        ));
    }
    let reviewed = review(read)?;
    Ok(Proposal { reviewed, items: Cow::Borrowed(&read.items), head: head.cloned(), resumed: None, note })
}

async fn resumed(
    reader: &ConfigReader,
    owner: &str,
    read: &Read,
    head: &StoredHead,
    journal: &Journal,
    review: impl Fn(&Read) -> Result<Reviewed, Failure>,
) -> Result<Option<Proposal<'static>>, Failure> {
    let Some(pages) = pages(reader, owner, head, journal).await? else { return Ok(None) };
    let before = before_run(read.live(owner), head, &pages);
    let earlier = read.with(before.items, before.head);
    // What is refused here is judged again against what is there.
    let Ok(reviewed) = review(&earlier) else { return Ok(None) };
    if reviewed.plan.digest() != journal.plan_digest {
        return Ok(None);
    }
    let note = format!(
        "continuing the run {}, which stopped or is still running: {} of {} parts were applied before",
        journal.run, journal.done, journal.parts
    );
    let first = pages.first().map_or(journal.generation, |page| page.stamp.generation);
    let resumed = Resumed { journal: journal.clone(), first, written: before.written };
    let head = earlier.head(owner).cloned();
    let items = Cow::Owned(earlier.items);
    Ok(Some(Proposal { reviewed, items, head, resumed: Some(resumed), note: Some(note) }))
}

/// All pages of the interrupted run, if they are there and no other run wrote since.
async fn pages(
    reader: &ConfigReader,
    owner: &str,
    head: &StoredHead,
    journal: &Journal,
) -> Result<Option<Vec<RunPage>>, StoreError> {
    let pages = reader.run(owner, &journal.run).await?;
    let pages = pages.into_iter().collect::<Result<Vec<_>, _>>().ok();
    Ok(pages.filter(|pages| journal.is_delivered_by(pages, head)))
}
