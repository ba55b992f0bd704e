//! What git knows about the catalog: which commit it is, which it is compared with, and which was applied.

use std::collections::BTreeSet;
use std::path::Path;

use super::catalog::catalog_of;
use super::context::variable;
use crate::config::is_defaults;
use crate::plan::{Catalog, Change, Past, Plan, Succession};
use crate::source::{Order, Repository};

/// Digits of a commit that are shown and stored.
const SHORT: usize = 12;

/// Stands behind the commit of files that were not as committed, as `git describe` has it.
pub const DIRTY: &str = "-dirty";

/// The commits around a plan. What git cannot say is a note, and never stops anybody.
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
}

impl History {
    /// Looks at the repository around the current directory. `base` is what somebody named to compare with; `applied`
    /// is the commit of the head item.
    pub fn look(folder: &Path, base: Option<&str>, applied: Option<&str>) -> Self {
        let mut history = Self { head: variable("GITHUB_SHA"), ..Self::default() };
        let repository = match Repository::around(Path::new(".")) {
            Ok(repository) => repository,
            Err(outside) => {
                history.notes.push(format!(
                    "{outside}: the order of commits is not guarded, and causes are not known"
                ));
                return history;
            }
        };
        history.head = repository.commit("HEAD").ok();
        history.branch = variable("GITHUB_HEAD_REF").or_else(|| repository.branch());
        history.is_dirty = repository.is_dirty(folder).unwrap_or_default();
        history.repository = Some(repository);
        history.find_applied(applied);
        history.find_base(base);
        history
    }

    fn find_applied(&mut self, applied: Option<&str>) {
        let (Some(repository), Some(applied)) = (&self.repository, applied) else { return };
        let hash = applied.strip_suffix(DIRTY).unwrap_or(applied);
        let Ok(commit) = repository.commit(hash) else {
            self.succession = Succession::Untold { applied: applied.to_owned() };
            return;
        };
        if let Some(head) = &self.head {
            let applied = short(&commit).to_owned();
            self.succession = match repository.order(&commit, head) {
                Ok(Order::Same | Order::Newer | Order::Diverged) => Succession::Onwards,
                Ok(Order::Older) => Succession::Backwards { applied, incoming: short(head).to_owned() },
                Ok(Order::Unknown) | Err(_) => Succession::Untold { applied },
            };
        }
        // Of files that were never committed git knows nothing.
        self.applied = (hash == applied).then(|| (applied.to_owned(), commit));
    }

    fn find_base(&mut self, named: Option<&str>) {
        let Some(repository) = &self.repository else { return };
        let of_pull_request = variable("GITHUB_BASE_REF").map(|name| format!("origin/{name}"));
        match named.map(str::to_owned).or(of_pull_request) {
            Some(name) => match repository.commit(&name) {
                Ok(commit) => {
                    let head = self.head.as_deref().unwrap_or("HEAD");
                    let order = repository.order(&commit, head);
                    if order.is_ok_and(|order| matches!(order, Order::Older | Order::Diverged)) {
                        self.notes.push(format!(
                            "this commit lacks some of {name}: bring it up to date to see what the merge would change"
                        ));
                    }
                    self.base = Some((name, commit));
                }
                Err(error) => self.notes.push(format!("{error}: causes are not known")),
            },
            // What was applied last is what this change comes on top of.
            None => self.base = self.applied.clone(),
        }
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
    pub fn load(history: &History, folder: &Path, plan: &Plan, notes: &mut Vec<String>) -> Self {
        let Some(repository) = &history.repository else { return Self { base: None, applied: None } };
        let mut at = |commit: &str| {
            let catalog = catalog_at(repository, commit, folder, plan);
            if catalog.is_none() {
                notes.push(format!(
                    "the monitors at {} do not read: their causes are not known",
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
        Self { base, applied }
    }

    pub fn past(&self) -> Past<'_> {
        Past {
            base: self.base.as_ref(),
            applied: self.applied.as_ref().map(|(commit, catalog)| (commit.as_str(), catalog)),
        }
    }
}

/// The monitors of a commit that `plan` asks about: those in files that are not as they were are read, and of the
/// others it is known that they are the same.
fn catalog_at(repository: &Repository, commit: &str, folder: &Path, plan: &Plan) -> Option<Catalog> {
    // git names what lies outside the current directory in another way than the files are shown.
    if folder.is_absolute() || folder.starts_with("..") {
        return catalog_of(&repository.files_at(commit, folder).ok()?);
    }
    let changed = repository.changed_since(commit, &[folder]).ok()?;
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
    let read = repository.some_files_at(commit, folder, |path| is_changed(path) || is_defaults(path)).ok()?;
    let mut catalog = catalog_of(&read)?;
    let unchanged = plan.changes.iter().filter_map(Change::desired);
    let unchanged = unchanged.filter(|desired| !is_changed(&desired.place.file));
    catalog.extend(unchanged.map(|desired| (desired.id.clone(), desired.spec.clone())));
    Some(catalog)
}

/// The first digits of a commit.
pub fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}
