//! Who applies what and when.

use std::path::Path;

use jiff::Timestamp;

use crate::commands::context::{host, variable};
use crate::commands::history::{DIRTY, short};
use crate::plan::{Generation, Stamp};
use crate::source::Repository;

/// The stamp of this process; its generation is set by each transaction.
///
/// `folder` is where the files are, if they are what is applied.
pub fn stamp(owner: &str, folder: Option<&Path>, now: Timestamp) -> Stamp {
    Stamp {
        owner: owner.to_owned(),
        commit: commit(folder),
        generation: Generation::default(),
        synced_at: now,
        synced_by: caller(),
    }
}

/// The commit that is applied: the CI's word, or git's; with a mark if the files are not as committed.
fn commit(folder: Option<&Path>) -> Option<String> {
    let repository = Repository::around(Path::new(".")).ok();
    let hash = variable("GITHUB_SHA").or_else(|| repository.as_ref()?.commit("HEAD").ok())?;
    let is_dirty = repository.zip(folder).and_then(|(repository, folder)| repository.is_dirty(folder).ok());
    let mark = if is_dirty.unwrap_or_default() { DIRTY } else { "" };
    Some(format!("{}{mark}", short(&hash)))
}

/// The CI run, or the person at the machine.
pub fn caller() -> String {
    let run = variable("GITHUB_RUN_ID").map(|run| {
        let repository = variable("GITHUB_REPOSITORY").unwrap_or_default();
        format!("github:{repository}/runs/{run}")
    });
    run.unwrap_or_else(|| {
        let user = variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "unknown".to_owned());
        format!("{user}@{}", host())
    })
}
