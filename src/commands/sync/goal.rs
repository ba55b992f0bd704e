//! What the table is to become: what the files say, or what it was before a run.

use std::sync::Arc;

use crate::cli::Sync;
use crate::commands::catalog::{Read, Reviewed, desired, review};
use crate::commands::context::Context;
use crate::commands::failure::Failure;
use crate::commands::folders::folders;
use crate::commands::plan_request::PlanRequest;
use crate::commands::suggested_command::{Again, suggested_command};
use crate::exit::Exit;
use crate::plan::{Desired, Refusal, RunId, RunPage, StoredHead, Succession, refusals, undo};
use crate::report::{self, FAINT, paint};
use crate::source::MonitorFolders;
use crate::store::{ConfigReader, StoreError, Unreadable};

/// Pages of the record that are looked at to name the last runs.
const PAGES_LISTED: i32 = 25;

/// As typed.
pub enum Wanted {
    Files { folders: MonitorFolders, desired: Vec<Arc<Desired>> },
    Undo { run: String },
}

/// With what the store knows of it.
pub enum Goal {
    Files { folders: MonitorFolders, desired: Vec<Arc<Desired>> },
    Undo { run: RunId, pages: Vec<RunPage> },
}

impl Wanted {
    /// Reads the files, unless a run is to be taken back.
    pub fn of(context: &Context, args: &Sync) -> Result<Self, Failure> {
        if let Some(run) = &args.undo {
            return Ok(Self::Undo { run: run.clone() });
        }
        let folders = folders(context, args.monitors.as_deref())?;
        let desired = desired(context, &folders)?;
        Ok(Self::Files { folders, desired })
    }

    /// Reads what the run wrote.
    pub async fn goal(
        self,
        reader: &ConfigReader,
        owner: &str,
        head: Option<&StoredHead>,
    ) -> Result<Goal, Failure> {
        let run = match self {
            Self::Files { folders, desired } => return Ok(Goal::Files { folders, desired }),
            Self::Undo { run } => run,
        };
        let id = match run.as_str() {
            "last" => last(head),
            run => RunId::parse(&run.to_ascii_uppercase()),
        };
        let Some(id) = id else { return Err(unknown(reader, owner, &run).await?) };
        let pages = reader.run(owner, &id).await?;
        if pages.is_empty() {
            return Err(unknown(reader, owner, &run).await?);
        }
        let pages = pages.into_iter().collect::<Result<_, _>>().map_err(|error| unread(&error))?;
        Ok(Goal::Undo { run: id, pages })
    }
}

/// The run that wrote last; but if that is an undo which was interrupted, the run that it takes back.
fn last(head: Option<&StoredHead>) -> Option<RunId> {
    let head = head?;
    let undone = head.journal.as_ref().and_then(|journal| journal.undoes.clone());
    undone.or_else(|| head.run.clone())
}

fn unread(error: &Unreadable) -> Failure {
    Failure::new(Exit::Failed, format!("cannot read the record of the run: {error}")).help(error.help())
}

/// Names the runs that could be meant.
async fn unknown(reader: &ConfigReader, owner: &str, run: &str) -> Result<Failure, StoreError> {
    let pages = reader.last_runs(owner, PAGES_LISTED).await?;
    let runs = report::runs_text(&pages);
    let message = match run {
        "last" => "no earlier sync found".to_owned(),
        run => format!("unknown run {run:?}"),
    };
    Ok(Failure::new(Exit::Usage, message).help(if runs.is_empty() {
        "sync records its runs for 30 days; there are none".to_owned()
    } else {
        format!("sync records its runs for 30 days; these are the last:\n{}", paint(FAINT, &runs))
    }))
}

impl Goal {
    /// The plan that gets there from what was read.
    pub fn review(
        &self,
        context: &Context,
        owner: &str,
        read: &Read,
        request: &PlanRequest,
    ) -> Result<Reviewed, Failure> {
        match self {
            Self::Files { folders, desired } => review(context, owner, folders, desired, read, request),
            Self::Undo { run, pages } => back(context, owner, run, pages, read, request),
        }
    }

    /// Where the files are that are wanted.
    pub fn folders(&self) -> Option<&MonitorFolders> {
        match self {
            Self::Files { folders, .. } => Some(folders),
            Self::Undo { .. } => None,
        }
    }

    /// The run that is taken back.
    pub fn undoes(&self) -> Option<&RunId> {
        match self {
            Self::Files { .. } => None,
            Self::Undo { run, pages: _ } => Some(run),
        }
    }
}

fn back(
    context: &Context,
    owner: &str,
    run: &RunId,
    pages: &[RunPage],
    read: &Read,
    request: &PlanRequest,
) -> Result<Reviewed, Failure> {
    request.refuse_idle(&[], &read.items)?;
    let plan = undo(owner, pages, read.live(owner), request.scope.only.as_ref()).map_err(|obstacles| {
        let listed: Vec<_> = obstacles.iter().map(ToString::to_string).collect();
        let listed = listed.join("\n  ");
        let message = format!("cannot undo the whole run {run}; nothing was written:\n  {listed}");
        Failure::new(Exit::Refused, message)
            .help("undo a part of it with `--only`, such as `--only '!ID'` for all but one monitor")
    })?;
    let mut refusals = refusals(&plan, &request.overrides, &Succession::Onwards);
    // There are no files that could be incomplete; what is lost is counted all the same.
    refusals.retain(|refusal| !matches!(refusal, Refusal::NothingDesired { .. }));
    // What the way back costs is what it cost before.
    let mut reviewed = Reviewed::new(context, request, plan, refusals, read.head(owner));
    reviewed.heading.undoes = Some(run.to_string());
    reviewed.heading.suggested_command =
        suggested_command(Again::Undo(run), context.called(), request, &reviewed.refusals);
    Ok(reviewed)
}
