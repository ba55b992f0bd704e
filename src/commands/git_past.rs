//! What git knows about the catalog: which commit it is, which it is compared with, and which was applied.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::environment::variable;
use super::failure::Failure;
use super::origin::{DIRTY, is_related};
use super::settings::SETTINGS_FILE;
use super::succession::{checked_out, short, succession, unseen};
use crate::config::{
    self, DefinedVariables, Definitions, Inherited, LoadedMonitor, Settings, SourceFile, is_defaults,
};
use crate::exit::Exit;
use crate::monitor::count;
use crate::plan::{
    Catalog, Change, ChangedVariable, FormerPlaces, Past, Plan, SpecReading, Stored, StoredHead, Succession,
};
use crate::source::{GitError, MonitorFolders, Order, Repository};

/// The commits around a plan. What git cannot say is a note; but not knowing the order of commits is a reason to refuse,
/// and not finding what was named is an error.
#[derive(Debug, Default)]
pub struct GitPast {
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
    /// That the base has commits which this one lacks.
    pub warning: Option<String>,
    pub notes: Vec<String>,
}

/// The catalogs of earlier commits.
#[derive(Default)]
pub struct Catalogs {
    base: Option<Catalog>,
    applied: Option<(String, Catalog)>,
    /// Where values were set at the base, or else at the applied commit.
    former_places: FormerPlaces,
    /// Variables of the settings that have another value than at the base.
    changed_variables: Vec<ChangedVariable>,
}

impl GitPast {
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
        let mut git = Self { head, succession, ..Self::default() };
        let repository = match around {
            Ok(repository) => repository,
            Err(outside) => {
                if let Some(base) = base {
                    return Err(Failure::new(Exit::Usage, format!("--base {base}: {outside}")));
                }
                git.notes.push(match &git.succession {
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
                return Ok(git);
            }
        };
        git.branch = variable("GITHUB_HEAD_REF").or_else(|| repository.branch());
        git.is_dirty = is_dirty(&repository, folders);
        // Of files that were never committed git knows nothing.
        let applied = applied.and_then(|head| head.commit.as_deref()).filter(|name| !name.ends_with(DIRTY));
        git.applied =
            applied.and_then(|applied| Some((applied.to_owned(), repository.commit(applied).ok()?)));
        git.repository = Some(repository);
        git.find_base(base)?;
        Ok(git)
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
        let head = self.head.as_deref().unwrap_or("HEAD");
        let order = repository.order(&commit, head);
        if order.is_ok_and(|order| matches!(order, Order::Older | Order::Diverged)) {
            let commits =
                repository.ahead(head, &commit).map(|number| format!(" by {}", count(number, "commit")));
            self.warning = Some(format!(
                "{name} has moved on{}, and this plan looks as if it undid that; update this branch to see what the merge would change",
                commits.unwrap_or_default()
            ));
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
        git: &GitPast,
        context: &Context,
        folders: &MonitorFolders,
        plan: &Plan,
        notes: &mut Vec<String>,
    ) -> Self {
        let Some(repository) = &git.repository else {
            return Self::default();
        };
        let mut former_places = FormerPlaces::new();
        let mut at = |commit: &str| {
            let catalog = catalog_at(repository, commit, context, folders, plan);
            let catalog = catalog.map(|(catalog, places)| {
                for (id, places) in places {
                    former_places.entry(id).or_insert(places);
                }
                catalog
            });
            if catalog.is_none() {
                notes.push(format!(
                    "cannot read the monitors at {}: the causes of changes are unknown",
                    short(commit)
                ));
            }
            catalog
        };
        let base = git.base.as_ref().and_then(|(_, commit)| at(commit));
        let applied = git.applied.as_ref().and_then(|(named, commit)| {
            let is_base = git.base.as_ref().is_some_and(|(_, base)| base == commit);
            let catalog = if is_base { base.clone() } else { at(commit) };
            Some((named.clone(), catalog?))
        });
        let before = git.base.as_ref().and_then(|(_, commit)| settings_at(repository, commit, context).ok());
        let changed = before.iter().flat_map(|before| context.settings.vars.changed_from(&before.vars));
        let changed_variables = changed.map(|(path, before, after)| ChangedVariable {
            path: path.to_owned(),
            before: before.map(str::to_owned),
            after: after.to_owned(),
        });
        let changed_variables = changed_variables.collect();
        Self { base, applied, former_places, changed_variables }
    }

    /// What they say of a plan; `reading` reads specs.
    pub fn past(&self, reading: SpecReading) -> Past<'_> {
        Past {
            base: self.base.as_ref(),
            applied: self.applied.as_ref().map(|(commit, catalog)| (commit.as_str(), catalog)),
            changed_variables: &self.changed_variables,
            former_places: Some(&self.former_places),
            reading: Some(reading),
        }
    }
}

/// The monitors of files of another commit; `None` if this version does not take all of them.
fn catalog_of(files: &[SourceFile], variables: &DefinedVariables) -> Option<(Catalog, FormerPlaces)> {
    let loaded = config::load_catalog(files, Definitions { channels: None, variables: Some(variables) });
    let is_whole = !loaded.diagnostics.iter().any(config::Diagnostic::is_error);
    let one = |loaded: LoadedMonitor| {
        let LoadedMonitor { monitor, spec, place: _, moved_from: _, inherited } = loaded;
        let first = |value: Inherited| Some((value.path, value.sources.into_iter().next()?));
        let places = inherited.into_iter().filter_map(first).collect();
        ((monitor.id.clone(), spec), (monitor.id, places))
    };
    is_whole.then(|| loaded.monitors.into_iter().map(one).unzip())
}

/// The monitors of a commit that `plan` asks about: those in files that are not as they were are read, and of the
/// others it is known that they are the same.
fn catalog_at(
    repository: &Repository,
    commit: &str,
    context: &Context,
    folders: &MonitorFolders,
    plan: &Plan,
) -> Option<(Catalog, FormerPlaces)> {
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
    let (mut catalog, places) = catalog_of(&read, variables)?;
    let unchanged = plan.changes.iter().filter_map(Change::desired);
    let unchanged = unchanged
        .filter(|desired| !is_changed(&desired.place.file) && was_there.contains(&desired.place.file));
    catalog.extend(unchanged.map(|desired| (desired.id.clone(), desired.spec.clone())));
    Some((catalog, places))
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
