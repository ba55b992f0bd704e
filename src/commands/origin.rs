//! Where a repository of monitors is at home, and whether what is applied came from there.

use std::path::Path;

use super::environment::variable;
use crate::config::{Remote, is_owner};
use crate::machine;
use crate::plan::{Generation, StoredHead};
use crate::source::{Outside, Repository};

/// Stands behind the commit of files that were not as committed, as `git describe` has it.
pub const DIRTY: &str = "-dirty";

/// Stands between a repository and the folder in it.
const FOLDER: &str = "//";

/// The home of the settings in the current directory: the repository on its server and the folder in it,
/// `github.com/acme/shop//monitoring`; without a server, the machine and the folder.
pub fn origin(around: &Result<Repository, Outside>) -> Option<String> {
    let (home, folder) = match around {
        Ok(repository) => {
            let (top, folder) = repository.place()?;
            (remote(repository).unwrap_or_else(|| on_this_machine(&top)), folder)
        }
        Err(Outside::NoRepository) => (of_job().or_else(here)?, String::new()),
        Err(Outside::Closed(_)) => return None,
    };
    Some(if folder.is_empty() { home } else { format!("{home}{FOLDER}{folder}") })
}

/// The owner that a repository suggests: its name on its server, and the folder if the settings are not at its top.
pub fn suggested_owner(around: &Result<Repository, Outside>) -> Option<String> {
    let Ok(repository) = around else { return None };
    let (_, folder) = repository.place()?;
    let Remote { host: _, path } = Remote::parse(&repository.remote()?)?;
    let owner = if folder.is_empty() { path } else { format!("{path}/{folder}") };
    is_owner(&owner).then_some(owner)
}

/// Whether the applied catalog is one of this repository: it has the same home, or its commit is known here and was
/// applied from the same folder.
pub fn is_related(around: &Result<Repository, Outside>, applied: Option<&StoredHead>) -> bool {
    let Some(stored) = applied else { return false };
    // A table that is made of a commit of this repository: the first generation of a real one is 1.
    if stored.generation == Generation(0) {
        return true;
    }
    let own = origin(around);
    if own.is_some() && stored.origin == own {
        return true;
    }
    let is_known = |commit: &str| {
        let hash = commit.strip_suffix(DIRTY).unwrap_or(commit);
        around.as_ref().is_ok_and(|repository| repository.commit(hash).is_ok())
    };
    let folder = |origin: &str| origin.split_once(FOLDER).map(|(_, folder)| folder.to_owned());
    let same_folder = match (&stored.origin, &own) {
        (Some(stored), Some(own)) => folder(stored) == folder(own),
        (None, _) | (_, None) => true,
    };
    same_folder && stored.commit.as_deref().is_some_and(is_known)
}

fn remote(repository: &Repository) -> Option<String> {
    let Remote { host, path } = Remote::parse(&repository.remote()?)?;
    // Servers ignore the case of names.
    Some(format!("{host}/{path}").to_ascii_lowercase())
}

/// The repository that a job on GitHub works for, if it has only the files of it.
fn of_job() -> Option<String> {
    let server = variable("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
    let Remote { host, path } = Remote::parse(&format!("{server}/{}", variable("GITHUB_REPOSITORY")?))?;
    Some(format!("{host}/{path}").to_ascii_lowercase())
}

fn here() -> Option<String> {
    Some(on_this_machine(&std::fs::canonicalize(".").ok()?))
}

fn on_this_machine(folder: &Path) -> String {
    format!("{}:{}", machine::host(), folder.display())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, args: &[&str]) {
        let who = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").current_dir(folder).args(who).args(args).output();
        assert!(output.expect("git runs").status.success(), "{args:?}");
    }

    fn repository(remote: Option<&str>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        git(folder.path(), &["init", "-q", "-b", "main"]);
        if let Some(remote) = remote {
            git(folder.path(), &["remote", "add", "origin", remote]);
        }
        std::fs::create_dir_all(folder.path().join("services/a")).expect("a folder");
        let place = folder.path().display().to_string();
        git(folder.path(), &["commit", "-q", "--allow-empty", "-m", &place]);
        folder
    }

    fn around(folder: &Path) -> Result<Repository, Outside> {
        Repository::around(folder)
    }

    #[test]
    fn a_repository_suggests_its_name_and_the_folder_in_it() {
        let folder = repository(Some("git@github.com:acme/api-monitors.git"));
        assert_eq!(suggested_owner(&around(folder.path())).as_deref(), Some("acme/api-monitors"));
        let inside = around(&folder.path().join("services/a"));
        assert_eq!(suggested_owner(&inside).as_deref(), Some("acme/api-monitors/services/a"));
        assert_eq!(origin(&inside).as_deref(), Some("github.com/acme/api-monitors//services/a"));
        for remote in [None, Some("/srv/git/monitors.git")] {
            let folder = repository(remote);
            assert_eq!(suggested_owner(&around(folder.path())), None, "{remote:?}");
            assert!(origin(&around(folder.path())).is_some(), "{remote:?}");
        }
    }

    // Trap 35: an example value left in place gives one team the right over another's monitors.
    #[test]
    fn a_catalog_is_related_to_its_own_repository_and_to_no_other() {
        let (one, other) = (repository(None), repository(None));
        let head = |folder: &Path, commit: Option<String>| StoredHead {
            origin: origin(&around(folder)),
            commit,
            generation: Generation(1),
            ..StoredHead::default()
        };
        let commit = |folder: &Path| around(folder).expect("a repository").commit("HEAD").ok();
        let applied = head(one.path(), None);
        assert!(is_related(&around(one.path()), Some(&applied)));
        assert!(!is_related(&around(other.path()), Some(&applied)));
        assert!(!is_related(&around(one.path()), None));
        // The same history in another place.
        let clone = tempfile::tempdir().expect("a folder");
        git(clone.path(), &["clone", "-q", &one.path().display().to_string(), "."]);
        let applied = head(one.path(), commit(one.path()));
        assert!(is_related(&around(clone.path()), Some(&applied)));
        assert!(!is_related(&around(other.path()), Some(&applied)));
        // Another folder of the same repository is another catalog.
        let inside = one.path().join("services/a");
        assert!(!is_related(&around(&inside), Some(&applied)));
        assert!(is_related(&around(&inside), Some(&head(&inside, commit(one.path())))));
    }
}
