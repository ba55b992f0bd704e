//! Where a command works: in the folder of `monitorctl.yaml`, which is looked for upwards as git looks for its own.

use std::path::{Path, PathBuf};

use super::environment::variable;
use super::settings::SETTINGS_FILE;
use crate::cli::{Cli, TypedPath};

/// How a store in a file is written.
const EMBEDDED: &str = "embedded:";

/// What ends the search: the settings of another repository are not ours.
const GIT: &str = ".git";

/// The folder to work in, and the way from there to where the command was typed.
#[derive(Debug, PartialEq, Eq)]
pub struct WorkPlace {
    pub root: PathBuf,
    pub way: PathBuf,
}

impl WorkPlace {
    /// Around `here`; `None` if the settings are there, or nowhere above.
    pub fn above(here: &Path) -> Option<Self> {
        for folder in here.ancestors() {
            if folder.join(SETTINGS_FILE).is_file() {
                let way = here.strip_prefix(folder).ok()?;
                let is_here = way.as_os_str().is_empty();
                return (!is_here).then(|| Self { root: folder.to_owned(), way: way.to_owned() });
            }
            if folder.join(GIT).exists() {
                return None;
            }
        }
        None
    }

    /// A path as typed, seen from the root. One that is not where it was typed may have been meant from the root.
    fn given(&self, typed: &Path) -> PathBuf {
        let below = self.way.join(typed);
        let is_path = typed.is_relative() && typed != Path::new("-");
        if is_path && below.exists() { below } else { typed.to_owned() }
    }

    /// The file of an embedded store. One that is nowhere yet is made where it was typed.
    fn store(&self, typed: &str) -> String {
        let Some(path) = typed.strip_prefix(EMBEDDED).map(Path::new) else { return typed.to_owned() };
        if path.is_absolute() || path.as_os_str().is_empty() {
            return typed.to_owned();
        }
        let below = self.way.join(path);
        if path.exists() && !below.exists() {
            typed.to_owned()
        } else {
            format!("{EMBEDDED}{}", below.display())
        }
    }

    /// A text, or the file behind its `@`.
    fn text(&self, typed: &mut String) {
        if let Some((before, path)) = typed.split_once('@')
            && (before.is_empty() || before.ends_with('='))
        {
            *typed = format!("{before}@{}", self.given(Path::new(path)).display());
        }
    }

    /// The same for a file that is to be written.
    fn written(&self, typed: &Path) -> PathBuf {
        self.way.join(typed)
    }
}

/// Turns the paths that were typed into those that are meant from the root.
pub fn follow(cli: &mut Cli, place: &WorkPlace) {
    // What the environment says is the same in every folder.
    if let Some(store) = &mut cli.global.store
        && variable("MONITORCTL_STORE").as_deref() != Some(store.as_str())
    {
        *store = place.store(store);
    }
    for path in cli.command.typed_paths() {
        match path {
            TypedPath::Read(path) => *path = place.given(path),
            TypedPath::Written(path) => *path = place.written(path),
            TypedPath::Text(text) => place.text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    // Trap 37: the wrong directory looks like a new installation.
    #[test]
    fn the_settings_are_found_upwards_but_not_beyond_the_repository() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |path: &str| folder.path().join(path);
        for path in ["shop/.git", "shop/monitors/eu", "shop/vendor/.git", "loose/a"] {
            fs::create_dir_all(at(path)).expect("a folder");
        }
        for path in ["shop/monitorctl.yaml", "shop/monitors/eu/a.yaml", "loose/monitorctl.yaml"] {
            fs::write(at(path), "").expect("a file");
        }
        let above = |path: &str| {
            WorkPlace::above(&at(path)).map(|place| (place.root, place.way.display().to_string()))
        };
        assert_eq!(above("shop/monitors/eu"), Some((at("shop"), "monitors/eu".to_owned())));
        assert_eq!(above("loose/a"), Some((at("loose"), "a".to_owned())));
        assert_eq!(above("shop"), None);
        assert_eq!(above("shop/vendor"), None);
        let place = WorkPlace::above(&at("shop/monitors")).expect("it is there");
        let seen = |typed: &str| place.root.join(place.given(Path::new(typed)));
        std::env::current_dir().expect("a directory");
        assert_eq!(seen("/x/a.yaml"), Path::new("/x/a.yaml"));
        assert_eq!(place.given(Path::new("-")), Path::new("-"));
        assert_eq!(place.written(Path::new("plan.json")), Path::new("monitors/plan.json"));
    }
}
