//! `diff --offline --base REF`: files against files, for a pull request of a fork, which has no credentials.

use std::path::Path;

use super::base::ComparedBase;
use crate::commands::catalog::{Read, Reviewed, desired, review, wanted};
use crate::commands::context::{Context, catalog_settings};
use crate::commands::failure::Failure;
use crate::commands::git_past::settings_at;
use crate::commands::page_texts::page_texts;
use crate::commands::plan_request::PlanRequest;
use crate::config::{self, Definitions};
use crate::exit::Exit;
use crate::plan::{Desired, Generation, Stored, StoredHead};
use crate::report::plan::View;
use crate::source::{GitError, MonitorFolders, Repository};

/// The review of the files against those of the commit where the branch left `base`.
pub fn review_offline(
    context: &Context,
    folders: &MonitorFolders,
    owner: &str,
    base: &str,
    request: &PlanRequest,
) -> Result<Reviewed, Failure> {
    let desired = desired(context, folders)?;
    let repository = Repository::around(Path::new("."))
        .map_err(|outside| Failure::new(Exit::Failed, format!("--offline needs git: {outside}")))?;
    let base = ComparedBase::find(&repository, base)?;
    let read = table_of(context, &repository, folders, owner, &base, desired.len())?;
    let request = PlanRequest { base: Some(base.name), ..request.clone() };
    let mut reviewed = review(context, owner, folders, &desired, &read, &request)?;
    reviewed.heading.view = View::Offline;
    reviewed.heading.warning = base.warning;
    reviewed.notes.splice(0..0, base.note);
    Ok(reviewed)
}

/// A table as a sync of the commit `base` would have left it.
fn table_of(
    context: &Context,
    repository: &Repository,
    folders: &MonitorFolders,
    owner: &str,
    base: &ComparedBase,
    monitors: usize,
) -> Result<Read, Failure> {
    let failed = |error: GitError| Failure::new(Exit::Failed, error.to_string());
    let ComparedBase { name, commit, note: _, warning: _ } = base;
    let settings = settings_at(repository, commit, context).map_err(failed)?;
    let folders = match folders {
        MonitorFolders::Typed(_) => folders.clone(),
        MonitorFolders::Listed(_) => MonitorFolders::of(&settings),
    };
    let files = repository.files_at(commit, &folders).map_err(failed)?;
    // What was there may not be what this version takes; it is compared as far as it reads.
    let loaded =
        config::load_catalog(&files, Definitions { channels: None, variables: Some(&settings.vars) });
    let unread = loaded.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    if unread > 0 {
        let faults = crate::monitor::count(unread, "fault");
        context
            .terminal
            .warn(&format!("the monitors of {name} have {faults}; invalid monitors count as absent"));
    }
    let items = loaded.monitors.into_iter().map(wanted).map(|wanted| stored(owner, commit, wanted)).collect();
    // Status pages are compared with a table only: here those of the base are taken to be those of the files.
    let settings = catalog_settings(&settings, page_texts(context.terminal)?);
    let head = StoredHead {
        owner: owner.to_owned(),
        generation: Generation(0),
        // Nothing is applied here: there is no order to guard, and no table that a hand could have touched.
        commit: None,
        plan_digest: None,
        count: u64::try_from(monitors).unwrap_or(u64::MAX),
        settings,
        ..StoredHead::default()
    };
    Ok(Read::of(items, head))
}

fn stored(owner: &str, commit: &str, wanted: Desired) -> Stored {
    let Desired { id, spec, place, monitor: _, moved_from: _, inherited: _ } = wanted;
    Stored {
        id,
        fingerprint: Some(spec.fingerprint()),
        spec,
        owner: Some(owner.to_owned()),
        source: Some(place.to_string()),
        commit: Some(commit.to_owned()),
        generation: None,
        synced_at: None,
        formerly: Vec::new(),
        retired_at: None,
        damage: None,
    }
}
