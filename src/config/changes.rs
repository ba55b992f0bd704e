//! Which diagnostics a change of files may have brought about. Pure.

use std::collections::BTreeSet;

use super::diagnostic::{Code, Diagnostic};
use super::sources::is_defaults;

/// Files that changed since some commit, gone ones included, and what they reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    files: BTreeSet<String>,
    /// Folders whose defaults changed, each with a `/` at its end; the folder of the user is empty.
    folders: BTreeSet<String>,
    /// The settings changed, which every monitor may depend on.
    everywhere: bool,
}

impl Changes {
    /// Paths are relative to where the user stands, as those of diagnostics are.
    pub fn new(paths: Vec<String>, settings_file: &str) -> Self {
        let defaults = paths.iter().filter(|path| is_defaults(path));
        let folder = |path: &String| {
            path.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/"))
        };
        Self {
            folders: defaults.map(folder).collect(),
            everywhere: paths.iter().any(|path| path == settings_file),
            files: paths.into_iter().collect(),
        }
    }

    /// Whether it is about a changed file: in its own place, or in another that belongs to it, such as the first of
    /// two equal ids.
    pub fn concern(&self, diagnostic: &Diagnostic) -> bool {
        diagnostic.code == Code::EmptyCatalog
            || self.reach(&diagnostic.file)
            || diagnostic.related.iter().any(|related| self.reach(&related.file))
    }

    /// Whether a file changed, or lies below defaults that did. Of what stands outside the user's directory nothing
    /// knows, so it counts as changed.
    pub fn reach(&self, file: &str) -> bool {
        let is_outside = ["../", "/", "<"].iter().any(|start| file.starts_with(start));
        self.everywhere
            || is_outside
            || self.files.contains(file)
            || self.folders.iter().any(|folder| file.starts_with(folder.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SourceFile, load};

    fn changes(paths: &[&str]) -> Changes {
        Changes::new(paths.iter().map(|path| (*path).to_owned()).collect(), "monitorctl.yaml")
    }

    #[test]
    fn a_change_reaches_its_file_and_what_lies_below_defaults() {
        for (paths, file, expected) in [
            (&["monitors/a.yaml"][..], "monitors/a.yaml", true),
            (&["monitors/a.yaml"], "monitors/b.yaml", false),
            (&["monitors/eu/defaults.yaml"], "monitors/eu/w/a.yaml", true),
            (&["monitors/eu/defaults.yml"], "monitors/eu2/a.yaml", false),
            (&["defaults.yaml"], "a.yaml", true),
            (&["monitorctl.yaml"], "monitors/a.yaml", true),
            (&[], "../monitors/a.yaml", true),
            (&[], "/srv/monitors/a.yaml", true),
            (&[], "<stdin>", true),
            (&[], "monitors/a.yaml", false),
        ] {
            assert_eq!(changes(paths).reach(file), expected, "{paths:?} {file}");
        }
    }

    #[test]
    fn an_id_that_is_taken_concerns_the_file_that_took_it_first_too() {
        let file = |path: &str| SourceFile {
            path: path.to_owned(),
            group: String::new(),
            bytes: b"id: a\nurl: https://a\n".to_vec(),
        };
        let found = load(&[file("a.yaml"), file("b.yaml"), file("c.yaml")], None).diagnostics;
        let files: Vec<_> = found
            .iter()
            .filter(|found| changes(&["a.yaml"]).concern(found))
            .map(|found| &found.file)
            .collect();
        assert_eq!(files, ["b.yaml", "c.yaml"]);
        assert!(!found.iter().any(|found| changes(&["d.yaml"]).concern(found)));
    }
}
