//! `diff --offline --base REF`: files against files, for a pull request of a fork, which has no credentials.

use std::path::Path;

use crate::commands::catalog::{Read, wanted};
use crate::commands::context::{Context, catalog_settings};
use crate::commands::failure::Failure;
use crate::commands::history::settings_at;
use crate::config::{self, Definitions};
use crate::exit::Exit;
use crate::plan::{Desired, Generation, Stored, StoredHead};
use crate::source::{MonitorFolders, Repository};

/// A table as a sync of the commit `base` would have left it.
pub fn base_of(
    context: &Context,
    folders: &MonitorFolders,
    owner: &str,
    base: &str,
    monitors: usize,
) -> Result<Read, Failure> {
    let failed = |why: String| Failure::new(Exit::Failed, why);
    let repository = Repository::around(Path::new("."))
        .map_err(|outside| failed(format!("--offline needs git: {outside}")))?;
    let commit = repository.commit(base).map_err(|error| {
        Failure::new(Exit::Usage, error.to_string()).help("pass a commit of this clone with --base")
    })?;
    let settings = settings_at(&repository, &commit, context).map_err(|error| failed(error.to_string()))?;
    let folders = match folders {
        MonitorFolders::Typed(_) => folders.clone(),
        MonitorFolders::Listed(_) => MonitorFolders::of(&settings),
    };
    let files = repository.files_at(&commit, &folders).map_err(|error| failed(error.to_string()))?;
    // What was there may not be what this version takes; it is compared as far as it reads.
    let loaded =
        config::load_catalog(&files, Definitions { channels: None, variables: Some(&settings.vars) });
    let unread = loaded.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    if unread > 0 {
        let faults = crate::monitor::count(unread, "fault");
        context
            .terminal
            .warn(&format!("the monitors of {base} have {faults}; invalid monitors count as absent"));
    }
    let items =
        loaded.monitors.into_iter().map(wanted).map(|wanted| stored(owner, &commit, wanted)).collect();
    let settings = catalog_settings(&settings);
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
