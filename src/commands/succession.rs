//! How the commit that is checked out follows the applied one.

use std::collections::BTreeSet;

use super::environment::variable;
use super::origin::DIRTY;
use crate::monitor::MonitorId;
use crate::plan::{Plan, Stored, StoredHead, Succession, UnknownOrder};
use crate::source::{Order, Outside, Repository};

/// Digits of a commit that are shown and stored.
const SHORT: usize = 12;

/// How the commit that is checked out follows the applied one, and the one of a run that was interrupted.
pub fn succession(
    around: &Result<Repository, Outside>,
    head: Option<&str>,
    applied: Option<&StoredHead>,
) -> Succession {
    let Some(stored) = applied else { return Succession::Onwards };
    let interrupted = stored.journal.as_ref().and_then(|journal| journal.commit.as_deref());
    let mut found = Succession::Onwards;
    for applied in stored.commit.as_deref().into_iter().chain(interrupted) {
        match (follows(around, head, applied), &found) {
            // What is known to be older counts more than what may be.
            (Succession::Onwards | Succession::Unrelated { .. }, _)
            | (Succession::Unknown { .. } | Succession::Diverged { .. }, Succession::Backwards { .. })
            | (Succession::Unknown { .. }, Succession::Diverged { .. }) => {}
            (other, _) => found = other,
        }
    }
    found
}

fn follows(around: &Result<Repository, Outside>, head: Option<&str>, applied: &str) -> Succession {
    let hash = applied.strip_suffix(DIRTY).unwrap_or(applied);
    let unknown_order = |reason| Succession::Unknown { applied: short(hash).to_owned(), reason };
    let repository = match around {
        Ok(repository) => repository,
        Err(Outside::NoRepository) => return Succession::Onwards,
        Err(closed @ Outside::Closed(_)) => {
            return unknown_order(UnknownOrder::Unanswered(closed.to_string()));
        }
    };
    let Some(head) = head else { return unknown_order(UnknownOrder::NoCommit) };
    match repository.order(hash, head) {
        Ok(Order::Same | Order::Newer) => Succession::Onwards,
        Ok(Order::Diverged) => Succession::Diverged {
            applied: short(hash).to_owned(),
            incoming: short(head).to_owned(),
            unseen: BTreeSet::new(),
        },
        Ok(Order::Older) => {
            Succession::Backwards { applied: short(hash).to_owned(), incoming: short(head).to_owned() }
        }
        Ok(Order::Unknown) if repository.is_shallow() => unknown_order(UnknownOrder::Shallow),
        Ok(Order::Unknown) => unknown_order(UnknownOrder::Absent),
        Err(error) => unknown_order(UnknownOrder::Unanswered(error.to_string())),
    }
}

/// The monitors that `plan` would write over although a commit that `head` does not contain wrote them last.
pub fn unseen(
    around: &Result<Repository, Outside>,
    head: Option<&str>,
    plan: &Plan,
    stored: &[Stored],
) -> BTreeSet<MonitorId> {
    let (Ok(repository), Some(head)) = (around, head) else { return BTreeSet::new() };
    let rewritten: BTreeSet<_> = plan.rewritten().collect();
    let written: Vec<_> = stored
        .iter()
        .filter(|item| rewritten.contains(&item.id))
        .filter_map(|item| Some((&item.id, item.commit.as_deref()?)))
        .collect();
    let commits: BTreeSet<_> = written.iter().map(|(_, commit)| *commit).collect();
    let is_unseen = |commit: &&str| {
        let hash = commit.strip_suffix(DIRTY).unwrap_or(commit);
        !repository.order(hash, head).is_ok_and(|order| matches!(order, Order::Same | Order::Newer))
    };
    let commits: BTreeSet<_> = commits.into_iter().filter(is_unseen).collect();
    written.into_iter().filter(|(_, commit)| commits.contains(commit)).map(|(id, _)| id.clone()).collect()
}

/// The commit of the files: git's word alone, because what is judged is what is written down; only where there is no
/// repository, the CI's.
pub fn checked_out(around: &Result<Repository, Outside>) -> Option<String> {
    match around {
        Ok(repository) => repository.commit("HEAD").ok(),
        Err(Outside::NoRepository) => variable("GITHUB_SHA"),
        Err(Outside::Closed(_)) => None,
    }
}

/// The first digits of a commit.
pub fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::*;
    use crate::plan::{Generation, Journal, RunId};

    /// A repository, and its three commits one after the other.
    fn sample() -> (tempfile::TempDir, [String; 3]) {
        let folder = tempfile::tempdir().expect("a folder");
        let git = |args: &[&str]| {
            let who = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
            let output = Command::new("git").current_dir(folder.path()).args(who).args(args).output();
            assert!(output.expect("git runs").status.success(), "{args:?}");
        };
        git(&["init", "-q", "-b", "main"]);
        for name in ["c1", "c2", "c3"] {
            git(&["commit", "-q", "--allow-empty", "-m", name]);
        }
        let repository = Repository::around(folder.path()).expect("a repository");
        let commits = ["HEAD~2", "HEAD~1", "HEAD"].map(|name| repository.commit(name).expect("a commit"));
        git(&["checkout", "-q", "--orphan", "unborn"]);
        (folder, commits)
    }

    /// Makes a commit that has no ancestor.
    fn commit_on_unborn(folder: &Path) -> String {
        let who = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
        let commit = ["commit", "-q", "--allow-empty", "-m", "side"];
        let output = Command::new("git").current_dir(folder).args(who).args(commit).output();
        assert!(output.expect("git runs").status.success());
        Repository::around(folder).expect("a repository").commit("HEAD").expect("a commit")
    }

    fn stored(commit: &str, interrupted: Option<&str>) -> StoredHead {
        let journal = interrupted.map(|commit| Journal {
            run: RunId::parse("01J00000000000000000000000").expect("an id"),
            undoes: None,
            commit: Some(commit.to_owned()),
            plan_digest: String::new(),
            approved_by: None,
            done: 1,
            parts: 2,
            generation: Generation(2),
        });
        StoredHead { commit: Some(commit.to_owned()), journal, ..StoredHead::default() }
    }

    #[test]
    fn a_commit_follows_the_applied_one_and_that_of_an_interrupted_run() {
        let (folder, [c1, c2, c3]) = sample();
        let side_commit = commit_on_unborn(folder.path());
        let around = Repository::around(folder.path());
        let followed = |head: &str, applied: &StoredHead| succession(&around, Some(head), Some(applied));
        let backwards = |applied: &str, incoming: &str| Succession::Backwards {
            applied: short(applied).to_owned(),
            incoming: short(incoming).to_owned(),
        };
        assert_eq!(followed(&c2, &stored(&c1, None)), Succession::Onwards);
        assert_eq!(followed(&c2, &stored(&c1, Some(&c2))), Succession::Onwards);
        assert_eq!(followed(&c2, &stored(&c1, Some(&c3))), backwards(&c3, &c2));
        // Two that have no ancestor in common have diverged as well, and that is less than to be older.
        let side = |applied: &str| Succession::Diverged {
            applied: short(applied).to_owned(),
            incoming: short(&side_commit).to_owned(),
            unseen: BTreeSet::new(),
        };
        assert_eq!(followed(&side_commit, &stored(&c3, None)), side(&c3));
        assert_eq!(followed(&side_commit, &stored(&side_commit, Some(&c3))), side(&c3));
        assert_eq!(followed(&c1, &stored(&format!("{}{DIRTY}", short(&c2)), None)), backwards(&c2, &c1));
        // What is known to be older is said, whatever else is not known.
        let nowhere = "0123456789ab";
        let absent = Succession::Unknown { applied: nowhere.to_owned(), reason: UnknownOrder::Absent };
        assert_eq!(followed(&c2, &stored(nowhere, None)), absent);
        assert_eq!(followed(&c2, &stored(nowhere, Some(&c3))), backwards(&c3, &c2));
        assert_eq!(followed(&c2, &stored(&c3, Some(nowhere))), backwards(&c3, &c2));
    }

    #[test]
    fn where_git_cannot_say_what_is_checked_out_nothing_follows() {
        let (folder, [c1, ..]) = sample();
        let around = Repository::around(folder.path());
        let head = checked_out(&around);
        let reason = |reason| Succession::Unknown { applied: short(&c1).to_owned(), reason };
        assert_eq!(
            succession(&around, head.as_deref(), Some(&stored(&c1, None))),
            reason(UnknownOrder::NoCommit)
        );
        let closed = Err(Outside::Closed("dubious ownership".to_owned()));
        let why = "git cannot open this repository: dubious ownership".to_owned();
        assert_eq!(
            succession(&closed, None, Some(&stored(&c1, None))),
            reason(UnknownOrder::Unanswered(why))
        );
        // Where nothing was applied there is nothing to follow; without a repository the order is unknown.
        assert_eq!(succession(&closed, None, Some(&StoredHead::default())), Succession::Onwards);
        let none = Err(Outside::NoRepository);
        assert_eq!(succession(&none, None, Some(&stored(&c1, None))), Succession::Onwards);
    }
}
