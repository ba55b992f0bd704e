//! The status pages that a run leaves behind.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::page_state::page_state;
use crate::archive::page_members;
use crate::aws::Aws;
use crate::cli::PagePlace;
use crate::clock::Clock;
use crate::commands::page::{
    ConfiguredPage, MadePage, PageFolder, PageTarget, PastRuns, StoredPages, kept_days, stored_pages, view_of,
};
use crate::commands::signals::stopped;
use crate::history::second;
use crate::monitor::{Traits, rough_duration};
use crate::page::Visibility;
use crate::publish::{
    Bucket, Destination, PageFreshness, PageIdentity, PageStamp, PlaceError, PublishError, publish_of_run,
    stamp_of,
};
use crate::report::{PageError, chain};
use crate::run::{CompletedRun, RunOptions};
use crate::store::{Store, StoreError};

/// For how long a run waits until its pages are written.
const BOUND: Duration = Duration::from_secs(20);

/// After its deadline, a run that is started by cron has this long: then it is killed, or the next one begins.
const AFTER_DEADLINE: Duration = Duration::from_secs(8);

/// Where the pages go.
pub struct PageOrder {
    places: Vec<(PagePlace, PageTarget)>,
}

/// What writing a page needs of a machine.
#[derive(Clone, Copy)]
pub struct PageDeps<'a> {
    pub store: &'a Store,
    pub aws: &'a Aws,
    pub clock: &'a Clock,
}

/// Why a page is not written.
#[derive(Debug, thiserror::Error)]
enum UnwrittenPage {
    #[error("the config table has no page `{id}`; it has {known}")]
    Unknown { id: String, known: String },
    #[error("the config table has several pages ({known}); pass --page ID=PLACE for each")]
    Several { known: String },
    #[error("two repositories have a page `{id}`; give one of them another id")]
    Twice { id: String },
    #[error("it was not done after {}", rough_duration(*after))]
    Late { after: Duration },
    #[error("{}; {}", chain(source), source.help())]
    Publish { source: PublishError },
    #[error("{}", chain(source))]
    Store { source: StoreError },
    #[error("{}", chain(source))]
    Render { source: PageError },
}

impl PageOrder {
    /// What is wrong with a place is said before anything is probed.
    pub fn of(places: &[PagePlace]) -> Result<Self, PlaceError> {
        let target =
            |place: &PagePlace| Ok((place.clone(), PageTarget::parse(&place.place.to_string_lossy())?));
        Ok(Self { places: places.iter().map(target).collect::<Result<_, _>>()? })
    }

    pub fn is_asked(&self) -> bool {
        !self.places.is_empty()
    }
}

/// How long a run that no loop repeats may still write.
pub fn time_left(options: &RunOptions, completed: &CompletedRun, now: Timestamp) -> Duration {
    let took = Duration::try_from(now.duration_since(completed.started_at)).unwrap_or_default();
    options.deadline.saturating_add(AFTER_DEADLINE).saturating_sub(took)
}

/// Writes the pages that are due, within `left`. The run is over and has alerted by then. What goes wrong is a problem of
/// it, and the next run tries again. So it does after a signal.
pub async fn write_pages(
    order: &PageOrder,
    completed: &mut CompletedRun,
    options: &RunOptions,
    deps: PageDeps<'_>,
    (left, stop): (Duration, watch::Receiver<bool>),
) {
    if !order.is_asked() {
        return;
    }
    let watchlist = &completed.inventory.watchlist;
    let traits: Vec<_> = watchlist.enabled().map(|one| Traits::of_monitor(&one.monitor)).collect();
    let StoredPages { pages, problems, notices } = stored_pages(&watchlist.pages, &traits);
    drop(traits);
    let has_none = pages.is_empty() && problems.is_empty();
    completed.problems.extend(problems);
    completed.notices.extend(notices);
    if has_none {
        let none = "--page: the config table has no status page; write status.yaml and run `monitorctl sync`";
        completed.notices.push(none.to_owned());
        return;
    }
    let bound = left.min(BOUND);
    let end = Instant::now() + bound;
    for (place, target) in &order.places {
        let writing = Box::pin(timeout_at(end, write(place, target, &pages, (completed, options), deps)));
        let written = tokio::select! {
            written = writing => written.unwrap_or(Err(UnwrittenPage::Late { after: bound })),
            () = stopped(stop.clone()) => return,
        };
        if let Err(why) = written {
            completed.problems.push(format!("could not write the status page to {}: {why}", target.name()));
        }
    }
}

/// Writes one page if it is due.
async fn write(
    place: &PagePlace,
    target: &PageTarget,
    pages: &[ConfiguredPage],
    run: (&CompletedRun, &RunOptions),
    deps: PageDeps<'_>,
) -> Result<(), UnwrittenPage> {
    let page = chosen(place.id.as_deref(), pages)?;
    match target {
        PageTarget::Folder(folder) => write_to(&PageFolder::new(folder), page, run, deps.store).await,
        PageTarget::Bucket(bucket) => {
            let bucket = Bucket::open(bucket.clone(), deps.aws, deps.clock.clone()).await?;
            write_to(&bucket, page, run, deps.store).await
        }
    }
}

/// The page that a place is for.
fn chosen<'a>(id: Option<&str>, pages: &'a [ConfiguredPage]) -> Result<&'a ConfiguredPage, UnwrittenPage> {
    let known = || pages.iter().map(|page| page.page.id.as_str()).collect::<Vec<_>>().join(", ");
    let mut found = pages.iter().filter(|page| id.is_none_or(|id| page.page.id == id));
    match (found.next(), found.next(), id) {
        (Some(page), None, _) => Ok(page),
        (None, _, id) => {
            Err(UnwrittenPage::Unknown { id: id.unwrap_or_default().to_owned(), known: known() })
        }
        (Some(_), Some(_), None) => Err(UnwrittenPage::Several { known: known() }),
        (Some(_), Some(_), Some(id)) => Err(UnwrittenPage::Twice { id: id.to_owned() }),
    }
}

async fn write_to(
    destination: &impl Destination,
    page: &ConfiguredPage,
    (completed, options): (&CompletedRun, &RunOptions),
    store: &Store,
) -> Result<(), UnwrittenPage> {
    // A run writes public pages alone: an option that was forgotten must not publish what the team sees.
    let id = PageIdentity::new(&page.page, Visibility::Public);
    let (now, inventory) = (store.now(), &completed.inventory);
    let state = page_state(page, inventory, &page_members(&page.page, inventory), now);
    let stamp = PageStamp { written_at: second(now), state };
    let freshness = PageFreshness { period: completed.period, stale_after: page.page.stale_after };
    if !stamp.replaces(stamp_of(destination, id).await?.as_ref(), freshness) {
        return Ok(());
    }
    let runs =
        PastRuns { last: completed.last_run, rolled_up: completed.rolled_up, period: completed.period };
    let closed = kept_days(destination, id).await?;
    let reader = store.state_reader(&options.shard);
    let view = Box::pin(view_of((&reader, now), inventory, page, runs, closed)).await;
    let made = MadePage::public(&view.map_err(|source| UnwrittenPage::Store { source })?);
    let files = made.map_err(|source| UnwrittenPage::Render { source })?.into_files();
    publish_of_run(destination, id, &files, Some(stamp)).await?;
    Ok(())
}

impl From<PublishError> for UnwrittenPage {
    fn from(source: PublishError) -> Self {
        Self::Publish { source }
    }
}
