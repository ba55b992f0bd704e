//! How far the links of a catalog may lead. What is read of a catalog is printed, and a link is a line of a pull
//! request, so none may lead to what lies beside the repository on the machine that reads it.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::error::{SourceError, shown};

/// Where git keeps what is of no commit, and often a token.
const GIT: &str = ".git";

/// A folder that everything must lie in.
#[derive(Debug)]
pub struct Bounds {
    top: PathBuf,
}

impl Bounds {
    /// Around a named folder: the top of its git repository; without one the current directory; of a
    /// folder elsewhere that folder itself.
    pub fn around(folder: &Path) -> io::Result<Self> {
        let here = fs::canonicalize(".")?;
        // As it was typed: were it followed, it would lie in bounds wherever it leads.
        let typed = plain(&here.join(folder));
        let top = repository(&here).unwrap_or(&here);
        if typed.starts_with(top) {
            return Ok(Self { top: top.to_owned() });
        }
        let elsewhere = fs::canonicalize(folder)?;
        Ok(Self { top: repository(&elsewhere).unwrap_or(&elsewhere).to_owned() })
    }

    /// Refuses a path that leads out of them.
    pub fn hold(&self, path: &Path) -> Result<(), SourceError> {
        let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let target =
            fs::canonicalize(here).map_err(|source| SourceError::Unreadable { path: shown(path), source })?;
        let below = target.strip_prefix(&self.top).ok();
        if below.is_some_and(|below| below.components().all(|part| part.as_os_str() != GIT)) {
            return Ok(());
        }
        Err(SourceError::LedOut {
            path: shown(path),
            target: shown(&target),
            top: self.top.display().to_string(),
        })
    }
}

/// The closest folder on the way up that git keeps a repository in.
fn repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| folder.join(GIT).exists())
}

/// The path without `.` and `..`, as if there were no links.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            Component::ParentDir | Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                plain.push(part);
            }
        }
    }
    plain
}

/// Where the links on the way to a file lead, as the file there is shown; `None` if there is none on the way.
pub fn behind_links(path: &str) -> Option<String> {
    let target = fs::canonicalize(path).ok()?;
    let here = fs::canonicalize(".").ok()?;
    let target = shown(target.strip_prefix(here).unwrap_or(&target));
    (target != path).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_plain_without_what_leads_nowhere() {
        for (path, expected) in [
            ("./monitors/web/", "monitors/web"),
            ("monitors/web/..", "monitors"),
            ("../a/../b", "../b"),
            ("/a/./b/../../c", "/c"),
            ("a/..", ""),
        ] {
            assert_eq!(plain(Path::new(path)), Path::new(expected), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_anywhere_in_the_repository_but_not_out_of_it_or_to_what_git_keeps() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("a folder");
        let at = |path: &str| folder.path().join(path);
        for path in ["r/.git", "r/monitors/eu", "r/shared"] {
            fs::create_dir_all(at(path)).expect("a folder");
        }
        for path in ["r/.git/config", "r/shared/x.yaml", "secret.yaml"] {
            fs::write(at(path), "").expect("a file");
        }
        let links = [
            ("x.yaml", "../shared/x.yaml", true),
            ("shared", "../shared", true),
            ("out.yaml", "../../secret.yaml", false),
            ("up", "../..", false),
            ("token.yaml", "../.git/config", false),
        ];
        let bounds = Bounds::around(&at("r/monitors")).expect("it is there");
        for (name, target, expected) in links {
            let link = at("r/monitors").join(name);
            symlink(target, &link).expect("a link");
            assert_eq!(bounds.hold(&link).is_ok(), expected, "{name}");
        }
        fs::remove_dir_all(at("r/.git")).expect("there");
        let bounds = Bounds::around(&at("r/monitors")).expect("it is there");
        assert!(bounds.hold(&at("r/monitors/x.yaml")).is_err(), "a folder elsewhere is all there is");
    }
}
