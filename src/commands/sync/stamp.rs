//! Who applies what and when.

use std::path::Path;

use jiff::Timestamp;

use crate::commands::context::{host, variable};
use crate::plan::{Generation, Stamp};
use crate::source::Repository;

/// The stamp of this process; its generation is set by each transaction.
pub fn stamp(owner: &str, now: Timestamp) -> Stamp {
    Stamp {
        owner: owner.to_owned(),
        commit: commit(),
        generation: Generation::default(),
        synced_at: now,
        synced_by: caller(),
    }
}

/// The commit that is applied: the CI's word, or git's.
fn commit() -> Option<String> {
    variable("GITHUB_SHA")
        .or_else(|| Repository::around(Path::new(".")).ok()?.commit("HEAD").ok())
        .map(|hash| hash.chars().take(12).collect())
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
