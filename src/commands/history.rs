//! What git knows about the catalog: which commit it is, which it is compared with, and which was applied.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::environment::variable;
use super::failure::Failure;
use super::origin::{DIRTY, is_related};
use super::settings::SETTINGS_FILE;
use crate::config::{self, DefinedVariables, Definitions, Settings, SourceFile, is_defaults};
use crate::exit::Exit;
use crate::monitor::MonitorId;
use crate::plan::{Catalog, Change, Past, Plan, Stored, StoredHead, Succession, UnknownOrder};
use crate::source::{GitError, MonitorFolders, Order, Outside, Repository};

/// Digits of a commit that are shown and stored.
const SHORT: usize = 12;

/// The commits around a plan. What git cannot say is a note; but not knowing the order of commits is a reason to refuse,
/// and not finding what was named is an error.
#[derive(Debug, Default)]
pub struct History {
    repository: Option<Repository>,
    /// The commit of the files.
    pub head: Option<String>,
    /// The name of the base, and its commit.
    base: Option<(String, String)>,
    /// The commit that was applied last, as the table names it, and as git does.
    applied: Option<(String, String)>,
    pub succession: Succession,
    /// Branch, and whether files differ from the commit.
    branch: Option<String>,
    is_dirty: bool,
    pub notes: Vec<String>,
}

/// The catalogs of earlier commits.
pub struct Catalogs {
    base: Option<Catalog>,
    applied: Option<(String, Catalog)>,
    /// Variables of the settings that have another value than at the base, such as `vars.timeout`.
    changed_variables: Vec<String>,
}

impl History {
    /// Looks at the repository around the current directory. `base` is the named commit to compare with; `applied`
    /// is the head item, which knows the commits that came before; `stored` are the items that `plan` was made against.
    pub fn look(
        folders: &MonitorFolders,
        base: Option<&str>,
        applied: Option<&StoredHead>,
        plan: &Plan,
        stored: &[Stored],
    ) -> Result<Self, Failure> {
        let around = Repository::around(Path::new("."));
        let head = checked_out(&around);
        let succession = match succession(&around, head.as_deref(), applied) {
            Succession::Onwards | Succession::Diverged { .. } if !is_related(&around, applied) => {
                Succession::Unrelated { origin: applied.and_then(|head| head.origin.clone()) }
            }
            Succession::Diverged { applied, incoming, unseen: _ } => {
                let unseen = unseen(&around, head.as_deref(), plan, stored);
                Succession::Diverged { applied, incoming, unseen }
            }
            succession @ (Succession::Onwards
            | Succession::Backwards { .. }
            | Succession::Unrelated { .. }
            | Succession::Unknown { .. }) => succession,
        };
        let mut history = Self { head, succession, ..Self::default() };
        let repository = match around {
            Ok(repository) => repository,
            Err(outside) => {
                if let Some(base) = base {
                    return Err(Failure::new(Exit::Usage, format!("--base {base}: {outside}")));
                }
                history.notes.push(match &history.succession {
                    Succession::Onwards | Succession::Unrelated { .. } => {
                        format!("{outside}: the order of commits is not checked, and the causes of changes are unknown")
                    }
                    // That is refused, with its reason.
                    Succession::Backwards { .. }
                    | Succession::Diverged { .. }
                    | Succession::Unknown { .. } => {
                        format!("{outside}: the causes of changes are unknown")
                    }
                });
                return Ok(history);
            }
        };
        history.branch = variable("GITHUB_HEAD_REF").or_else(|| repository.branch());
        history.is_dirty = is_dirty(&repository, folders);
        // Of files that were never committed git knows nothing.
        let applied = applied.and_then(|head| head.commit.as_deref()).filter(|name| !name.ends_with(DIRTY));
        history.applied =
            applied.and_then(|applied| Some((applied.to_owned(), repository.commit(applied).ok()?)));
        history.repository = Some(repository);
        history.find_base(base)?;
        Ok(history)
    }

    fn find_base(&mut self, named: Option<&str>) -> Result<(), Failure> {
        let Some(repository) = &self.repository else { return Ok(()) };
        let of_pull_request = || variable("GITHUB_BASE_REF").map(|name| format!("origin/{name}"));
        let found = match named {
            Some(name) => Some((name.to_owned(), repository.commit(name)?)),
            None => match of_pull_request().map(|name| (repository.commit(&name), name)) {
                Some((Ok(commit), name)) => Some((name, commit)),
                Some((Err(error), _)) => {
                    self.notes.push(format!("{error}: the causes of changes are unknown"));
                    return Ok(());
                }
                None => None,
            },
        };
        let Some((name, commit)) = found else {
            // What was applied last is what this change comes on top of.
            self.base = self.applied.clone();
            return Ok(());
        };
        let order = repository.order(&commit, self.head.as_deref().unwrap_or("HEAD"));
        if order.is_ok_and(|order| matches!(order, Order::Older | Order::Diverged)) {
            self.notes
                .push(format!("this commit is behind {name}; update it to see what the merge would change"));
        }
        self.base = Some((name, commit));
        Ok(())
    }

    /// `main@1f3c9aa01f2e`
    pub fn base_label(&self) -> Option<String> {
        let (name, commit) = self.base.as_ref()?;
        let is_hash = commit.starts_with(name.as_str());
        Some(if is_hash { short(commit).to_owned() } else { format!("{name}@{}", short(commit)) })
    }

    /// `fix-login@8e02b7100c1d`, with a mark if files are not as committed.
    pub fn head_label(&self) -> Option<String> {
        let head = short(self.head.as_deref()?);
        let branch = self.branch.as_ref().map(|branch| format!("{branch}@")).unwrap_or_default();
        Some(format!("{branch}{head}{}", if self.is_dirty { " + uncommitted" } else { "" }))
    }
}

impl Catalogs {
    /// Reads the files of both commits, if they are two; as far as `plan` asks about them.
    pub fn load(
        history: &History,
        context: &Context,
        folders: &MonitorFolders,
        plan: &Plan,
        notes: &mut Vec<String>,
    ) -> Self {
        let Some(repository) = &history.repository else {
            return Self { base: None, applied: None, changed_variables: Vec::new() };
        };
        let mut at = |commit: &str| {
            let catalog = catalog_at(repository, commit, context, folders, plan);
            if catalog.is_none() {
                notes.push(format!(
                    "cannot read the monitors at {}: the causes of changes are unknown",
                    short(commit)
                ));
            }
            catalog
        };
        let base = history.base.as_ref().and_then(|(_, commit)| at(commit));
        let applied = history.applied.as_ref().and_then(|(named, commit)| {
            let is_base = history.base.as_ref().is_some_and(|(_, base)| base == commit);
            let catalog = if is_base { base.clone() } else { at(commit) };
            Some((named.clone(), catalog?))
        });
        let before =
            history.base.as_ref().and_then(|(_, commit)| settings_at(repository, commit, context).ok());
        let changed = before.iter().flat_map(|before| context.settings.vars.changed_from(&before.vars));
        let changed_variables = changed.map(str::to_owned).collect();
        Self { base, applied, changed_variables }
    }

    pub fn past(&self) -> Past<'_> {
        Past {
            base: self.base.as_ref(),
            applied: self.applied.as_ref().map(|(commit, catalog)| (commit.as_str(), catalog)),
            changed_variables: &self.changed_variables,
        }
    }
}

/// The monitors of files of another commit; `None` if this version does not take all of them.
fn catalog_of(files: &[SourceFile], variables: &DefinedVariables) -> Option<Catalog> {
    let loaded = config::load_catalog(files, Definitions { topics: None, variables: Some(variables) });
    let is_whole = !loaded.diagnostics.iter().any(config::Diagnostic::is_error);
    is_whole.then(|| loaded.monitors.into_iter().map(|loaded| (loaded.monitor.id, loaded.spec)).collect())
}

/// The monitors of a commit that `plan` asks about: those in files that are not as they were are read, and of the
/// others it is known that they are the same.
fn catalog_at(
    repository: &Repository,
    commit: &str,
    context: &Context,
    folders: &MonitorFolders,
    plan: &Plan,
) -> Option<Catalog> {
    let settings = settings_at(repository, commit, context).ok()?;
    let variables = &settings.vars;
    let then = match folders {
        MonitorFolders::Typed(_) => folders.clone(),
        MonitorFolders::Listed(_) => MonitorFolders::of(&settings),
    };
    // git names what lies outside the current directory in another way than the files are shown.
    let is_outside = |path: &Path| path.is_absolute() || path.starts_with("..");
    let is_other = then != *folders || !variables.has_values_of(&context.settings.vars);
    if is_other || folders.starts().iter().any(|path| is_outside(path)) {
        return catalog_of(&repository.files_at(commit, &then).ok()?, variables);
    }
    let specs = folders.pathspecs();
    let specs: Vec<_> = specs.iter().map(PathBuf::as_path).collect();
    let changed = repository.changed_since(commit, &specs).ok()?;
    let folder_of = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let defaults: Vec<_> =
        changed.iter().filter(|path| is_defaults(path)).map(|path| folder_of(path)).collect();
    let files: BTreeSet<&str> = changed.iter().map(String::as_str).collect();
    let is_changed = |path: &str| {
        let below = |folder: &String| {
            path.strip_prefix(folder.as_str()).is_some_and(|rest| folder.is_empty() || rest.starts_with('/'))
        };
        files.contains(path) || defaults.iter().any(below)
    };
    let tree = repository.tree_at(commit, folders).ok()?;
    // git does not call changed what it ignores, or what a link leads to; neither was in the commit.
    let was_there: BTreeSet<String> = tree.paths().map(str::to_owned).collect();
    let read = repository.read(tree, |path| is_changed(path) || is_defaults(path)).ok()?;
    let mut catalog = catalog_of(&read, variables)?;
    let unchanged = plan.changes.iter().filter_map(Change::desired);
    let unchanged = unchanged
        .filter(|desired| !is_changed(&desired.place.file) && was_there.contains(&desired.place.file));
    catalog.extend(unchanged.map(|desired| (desired.id.clone(), desired.spec.clone())));
    Some(catalog)
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

/// The settings at another commit, in the environment of now. One that was not there yet had none.
pub fn settings_at(repository: &Repository, commit: &str, context: &Context) -> Result<Settings, GitError> {
    let file = repository.file_at(commit, Path::new(SETTINGS_FILE))?;
    let settings = file.map(|file| config::settings(&file).0).unwrap_or_default();
    Ok(settings.of_environment(context.environment().as_deref()).unwrap_or_default())
}

/// Whether what is wanted is not as committed: the files in these folders, or the settings. What git knows nothing of is
/// not.
pub fn is_dirty(repository: &Repository, folders: &MonitorFolders) -> bool {
    let mut specs = folders.pathspecs();
    specs.push(SETTINGS_FILE.into());
    let specs: Vec<_> = specs.iter().map(PathBuf::as_path).collect();
    repository.is_dirty(&specs).unwrap_or(true)
}

/// How the commit that is checked out follows the applied one, and the one of a run that was interrupted.
fn succession(
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
fn unseen(
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

/// The first digits of a commit.
pub fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

#[cfg(test)]
mod tests {
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
